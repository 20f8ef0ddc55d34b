"""Options and arguments with their help in both languages, and the kinds of values they take."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from app.checks.formats import ALL_LINES
from app.cli.where import Where
from app.language import Message, say

F = TypeVar("F", bound=Callable[..., Any])
Given = Any
"""What an option was given: text, a number, a day, a truth value, or several; its kind was checked."""
ISO_DAY_LENGTH = 10
PREFIX = "everywhere_"
"""Sets the names of these options apart from those of the commands' own."""
OTHER = {"data": "server", "server": "data"}
"""A command works on a data folder or on a server."""


def language_of(ctx: click.Context | None) -> str:
    """Return the language of whoever called."""
    where = ctx.find_object(Where) if ctx else None
    return where.language if where else "en"


class Kind(click.ParamType):  # type: ignore[type-arg] # generic in newer versions only
    """A kind of value; `wrong` says what would be right."""

    def __init__(self, name: str, read: Callable[[str], Any], wrong: Message) -> None:
        self.name, self.read, self.wrong = name, read, wrong

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return what the text stands for."""
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except ValueError:
            sentence = Message(self.wrong.text, {**self.wrong.parts, "value": value})
            self.fail(sentence.in_(language_of(ctx)), param, ctx)


def one_of(*names: str) -> Kind:
    """Return the kind of value that is one of these words."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError
        return text

    return Kind("|".join(names), read, say("{value} is none of {names}.", names=names))


def _day(text: str) -> date:
    if len(text) != ISO_DAY_LENGTH:
        raise ValueError
    return date.fromisoformat(text)


def _lines(text: str) -> int:
    lines = ALL_LINES if text == "all" else int(text)
    if not 0 <= lines <= ALL_LINES:
        raise ValueError
    return lines


DAY = Kind("DAY", _day, say("{value} is not a day such as 2027-03-01."))
WHOLE = Kind("N", int, say("{value} is not a whole number."))
LINES = Kind("N", _lines, say("{value} is neither a number of lines nor `all`."))
TEXT = Kind("TEXT", str, say("{value} is no text."))


class Option(click.Option):
    """An option whose help is `said` in the language of whoever asks."""

    def __init__(self, decls: Sequence[str], *, said: Message, **more: Given) -> None:
        super().__init__(decls, **more)
        self.said = said

    def line(self, ctx: click.Context) -> tuple[str, str]:
        """Return how it is written, and what it is for."""
        shape = self.metavar or self.type.name
        return ", ".join(self.opts) + ("" if self.is_flag else f" {shape}"), self.said.in_(language_of(ctx))


class Argument(click.Argument):
    """An argument whose help is `said` in the language of whoever asks."""

    def __init__(self, decls: Sequence[str], *, said: Message, **more: Given) -> None:
        super().__init__(decls, **more)
        self.said = said

    def line(self, ctx: click.Context) -> tuple[str, str]:
        """Return how it is written, and what it is for."""
        return self.make_metavar(ctx), self.said.in_(language_of(ctx))


def option(*decls: str, said: Message, kind: Kind = TEXT, **more: Given) -> Callable[[F], F]:
    """Decorate a command with an option."""
    if not more.get("is_flag"):
        more["type"] = kind
    return click.option(*decls, cls=Option, said=said, **more)


def flag(*decls: str, said: Message) -> Callable[[F], F]:
    """Decorate a command with an option that takes no value."""
    return option(*decls, said=said, is_flag=True)


def argument(name: str, *, said: Message, kind: Kind = TEXT, **more: Given) -> Callable[[F], F]:
    """Decorate a command with an argument."""
    return click.argument(name, cls=Argument, said=said, type=kind, **more)


def programme_option(function: F) -> F:
    """Decorate a command with the programme it is about."""
    said = say("The programme, by code or id (AUDITREADY_PROGRAMME); may be left out where there is only one.")
    return option("--programme", "-p", "programme", said=said, metavar="P", envvar="AUDITREADY_PROGRAMME")(function)


def organisation_option(function: F) -> F:
    """Decorate a command with the organisation it is about."""
    said = say("The organisation, by id (AUDITREADY_ORGANISATION); may be left out where there is only one.")
    return option("--organisation", "-o", "organisation", said=said, metavar="O", envvar="AUDITREADY_ORGANISATION")(
        function
    )


def once_option(function: F) -> F:
    """Decorate a command that makes something with the key under which it is made once, however often it is sent."""
    said = say("A word of your own, 1 to 200 characters: the same command with the same word is done once.")
    return option("--idempotency-key", said=said, metavar="TEXT", expose_value=False, callback=_keep_key)(function)


def known_at_option(function: F) -> F:
    """Decorate a command that can show the past."""
    said = say("As it was known at this moment, such as 2027-03-01T08:00:00Z.")
    return option("--known-at", metavar="T", said=said)(function)


def paged(function: F) -> F:
    """Decorate a command with how much of a long list it shows."""
    function = option("--limit", kind=WHOLE, default=100, said=say("Most entries to show; 100 unless given."))(function)
    return flag("--all", "everything", said=say("Show the whole list."))(function)


def sorted_by(*names: str) -> Callable[[F], F]:
    """Decorate a command with how a list is sorted."""
    kind = one_of(*(sign + each for each in names for sign in ("", "-")))
    return option("--sort", kind=kind, said=say("How it is sorted; with - before it the other way round."))


def everywhere(*, environment: bool = False) -> list[click.Parameter]:
    """Return the options that every command takes; only the first set of them reads the environment."""

    def made(field: str, *, said: Message, variable: str | None = None, **more: Given) -> Option:
        named = variable if environment else None
        flag_of = "--as" if field == "as_login" else f"--{field}"
        decls = (flag_of, PREFIX + field)
        return Option(decls, said=said, expose_value=False, callback=_keep, envvar=named, **more)

    return [
        made("data", metavar="DIR", said=say("Work on this data folder (AUDITREADY_DATA_FOLDER, else ./data).")),
        made(
            "server",
            metavar="URL",
            variable="AUDITREADY_SERVER",
            said=say("Work on a server instead (AUDITREADY_SERVER), with a token."),
        ),
        made(
            "token",
            metavar="TOKEN",
            variable="AUDITREADY_TOKEN",
            said=say("The token for the server; better in AUDITREADY_TOKEN, where other users do not see it."),
        ),
        made("as_login", metavar="LOGIN", said=say("On a data folder: act as this user.")),
        made(
            "language",
            type=one_of("zh", "en"),
            said=say("Language of the answer (AUDITREADY_LANGUAGE, else that of the system)."),
        ),
        made("json", is_flag=True, default=None, said=say("Print data as JSON.")),
    ]


def argument_order(args: Sequence[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the options of these names with their values in the order in which they were written."""
    found = []
    for each, after in zip(args, (*args[1:], ""), strict=False):
        name, equals, value = each.partition("=")
        if name in names:
            found.append((names[name], value if equals else after))
    return found


def _keep_key(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    where = ctx.find_object(Where)
    if where is not None:
        where.idempotency_key = value


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Put what was given into `Where`: the command line goes before the environment, later before earlier."""
    where = ctx.find_object(Where)
    if value is None or where is None or param.name is None:
        return
    field = param.name.removeprefix(PREFIX)
    written = ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    if field == "server" and not written and where.data is not None:
        return
    setattr(where, field, value)
    if field in OTHER and written:
        setattr(where, OTHER[field], None)
