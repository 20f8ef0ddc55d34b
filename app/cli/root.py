"""The command `auditready`: which commands there are, and how every one of them ends."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import click

from app.cli.group import Misused, Place, Shelf
from app.cli.where import BROKEN_PIPE, INTERRUPTED, REFUSED, WRONG, Trouble, Where
from app.errors import AppError, Damaged, Unauthorized, Unavailable
from app.language import Message, pick_language, say

PLACES = {
    "init": Place("app.cli.init", say("Make a data folder, or bring one up to date.")),
    "demo": Place("app.cli.demo", say("Fill an empty data folder with a sample organisation.")),
    "serve": Place("app.cli.serve", say("Start the server.")),
    "check": Place("app.cli.check", say("Judge readiness for an audit.")),
    "evidence": Place("app.cli.evidence", say("Proof that something was done.")),
    "document": Place("app.cli.document", say("Controlled documents and their revisions.")),
    "programme": Place("app.cli.programme", say("Undertakings to certify a scope.")),
    "register": Place("app.cli.register", say("Profile, settings, sites, services, audits and other registers.")),
    "organisation": Place("app.cli.organisation", say("Organisations.")),
    "framework": Place("app.cli.framework", say("Standards: their clauses and what they expect.")),
    "crosswalk": Place("app.cli.crosswalk", say("Which clauses of two standards answer each other.")),
    "user": Place("app.cli.user", say("Who can sign in.")),
    "people": Place("app.cli.people", say("Who has which role in an organisation.")),
    "token": Place("app.cli.token", say("Keys for programs.")),
    "journal": Place("app.cli.journal", say("What was done, by whom and when.")),
    "snapshot": Place("app.cli.snapshot", say("Reports kept as they were.")),
    "doctor": Place("app.cli.doctor", say("Examine the stores: the journal and every stored byte.")),
    "sign-in": Place("app.cli.sign_in", say("Exchange login and password for a token.")),
    "sign-out": Place("app.cli.sign_out", say("End the session.")),
    "me": Place("app.cli.me", say("Who you are here.")),
}
EXAMPLE = """
auditready init
auditready demo --data data/demo
auditready --data data/demo check --stage 2
"""


class Root(Shelf):
    """The whole command line; no traceback leaves it."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **_: Any) -> NoReturn:  # type: ignore[override] # noqa: ANN401 (click's tests give more)
        """Run and exit: 0 done, 1 refused or gaps, 2 called wrongly or cannot evaluate, 130 interrupted."""
        given = list(sys.argv[1:] if args is None else args)
        where = Where(wanted_language(given))
        for stream in (sys.stdout, sys.stderr):  # a character that the terminal lacks must not end a command
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")

        def run() -> object:
            with self.make_context(prog_name or "auditready", given, obj=where) as ctx:
                return self.invoke(ctx)

        sys.exit(end(run, where))


def wanted_language(args: Sequence[str]) -> str:
    """Return the language to answer in, before the command line is read: its help and refusals need one."""
    named = ""
    for before, each in zip(("", *args), args, strict=False):
        if before == "--language" or each.startswith("--language="):
            named = each.removeprefix("--language=")
    system = (os.environ.get(name, "") for name in ("AUDITREADY_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    first = next(filter(None, (named, *system)), "")
    return pick_language(first)


def end(run: Callable[[], object], where: Where) -> int:
    """Run a command and return its exit code; what went wrong is said in one sentence."""
    try:
        code = run()
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as stopped:
        return stopped.exit_code
    except (KeyboardInterrupt, click.Abort, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read has enough; without this Python says at its end that it could not write the rest
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 (the door: nothing may leave it as a traceback)
        return _fail(_explained(error, where), where)
    return code if isinstance(code, int) else 0


def _explained(error: Exception, where: Where) -> Trouble:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, click.UsageError):
        return _misused(error, where)
    if isinstance(error, AppError):
        code = WRONG if isinstance(error, Unauthorized | Unavailable | Damaged) else REFUSED
        return Trouble(error.message, code, error.field)
    if isinstance(error, OSError):
        why, name = error.strerror or str(error), error.filename or "-"
        return Trouble(say("The system refused ({name}): {why}.", name=name, why=why))
    return Trouble(_unforeseen(error))


def _misused(error: click.UsageError, where: Where) -> Trouble:
    command = error.ctx.command_path if error.ctx is not None else "auditready"
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and error.ctx is not None:
        click.echo(error.ctx.get_help() + "\n", err=True)
        return Trouble(say("Say which command."))
    sentence = _sentence(error, where.language)
    return Trouble(say("{sentence} See `{command} --help`.", sentence=sentence, command=command))


def _sentence(error: click.UsageError, language: str) -> str:
    if isinstance(error, Misused):
        return error.message
    if isinstance(error, click.NoSuchOption):
        return say("There is no option {name}.", name=error.option_name).in_(language)
    if isinstance(error, click.BadOptionUsage):
        return say("The option {name} needs a value.", name=error.option_name).in_(language)
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[0] if isinstance(error.param, click.Option) else error.param.make_metavar(_ctx(error))
        if isinstance(error, click.MissingParameter):
            return say("{name} is missing.", name=name).in_(language)
        return f"{name}: {error.message}"
    return error.format_message()


def _ctx(error: click.UsageError) -> click.Context:
    return error.ctx or click.Context(root)


def _fail(trouble: Trouble, where: Where) -> int:
    sentence = say("Error: {sentence}", sentence=trouble.message).in_(where.language)
    if trouble.field and trouble.field not in sentence:
        sentence += say(" (field {name})", name=trouble.field).in_(where.language)
    click.echo(sentence, err=True)
    return trouble.code


def _unforeseen(error: Exception) -> Message:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "-"  # noqa: PTH119
    why = f"{type(error).__name__}: {error}"
    return say("Something went wrong that nobody foresaw ({place}): {why}", place=place, why=why)


root = Root(
    "auditready", say("Show an auditor, clause by clause, what is written down, done and current."), PLACES, EXAMPLE
)
