"""`auditready check`: on a data folder straight through its use case, because a pipeline waits for it."""

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.checks.formats import FORMATS, NARROWEST, WIDEST, WORKLIST_LINES, Options
from app.cli.files import read_text, written_whole
from app.cli.group import Verb, make_verb
from app.cli.options import DAY, LINES, Given, argument_order, one_of, option, programme_option
from app.cli.where import DONE, REFUSED, WRONG, Trouble, Where
from app.errors import AppError, Invalid
from app.language import say

if TYPE_CHECKING:
    from app.checks.report import Report
    from app.checks.service import Question
    from app.identity.actor import Actor
    from app.runtime import Runtime

SEVERITIES = ("blocking", "major", "at-risk", "observation", "to-do", "info")
STDOUT = "-"
EXAMPLE = """
auditready check --stage 2
auditready check --programme itsm --stage 1 --as-of 2027-03-01 --fail-on at-risk
auditready check --stage 2 --format text --format sarif --output readiness.sarif
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked; `places` are formats with where they go, `-` is standard output."""

    programme: str | None
    stage: int
    frameworks: tuple[str, ...]
    as_of: date | None
    known_at: str | None
    places: tuple[tuple[str, str], ...]
    baseline: Mapping[str, Any] | None
    fail_on: str
    worklist_lines: int

    def options(self, format_name: str) -> Options:
        """Return how a format is written: for a terminal only what goes to one."""
        colour = (format_name, STDOUT) in self.places and sys.stdout is not None and sys.stdout.isatty()
        width = shutil.get_terminal_size((100, 24)).columns if colour else 100
        return Options(
            width,
            colour and "NO_COLOR" not in os.environ,
            worklist_lines=self.worklist_lines,
            fail_on=self.fail_on,
            baseline=self.baseline,
        )


class Checking(Verb):
    """The command; it minds the order of --format and --output, which belong together."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        ctx.meta["order"] = argument_order(args, {"--format": "format", "--output": "output"})
        return super().parse_args(ctx, args)


@programme_option
@option("--stage", kind=one_of("1", "2"), required=True, said=say("Stage of the certification audit: 1 or 2."))
@option("--framework", "frameworks", multiple=True, metavar="F", said=say("Judge only this framework; repeatable."))
@option("--as-of", kind=DAY, said=say("The day to judge; without it the planned day of the audit, or today."))
@option(
    "--known-at",
    metavar="T",
    said=say(
        "What was known at this moment (2027-03-01T08:00:00Z), or at the end of this day where the organisation is."
    ),
)
@option(
    "--format",
    "formats",
    kind=one_of(*FORMATS),
    multiple=True,
    said=say("How to write the report; several may be made in one run."),
)
@option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    said=say("Write the format to this file: the first to the first, or, with fewer files, each to the one before it."),
)
@option("--baseline", metavar="FILE", said=say("Say what is new, closed and worse since this report in JSON."))
@option(
    "--fail-on",
    kind=one_of(*SEVERITIES),
    default="blocking",
    said=say("Exit with 1 where anything is as heavy as this, even if the verdict is better."),
)
@option(
    "--worklist",
    kind=LINES,
    default=str(WORKLIST_LINES),
    metavar="N",
    said=say("Lines of the worklist, and of what changed, in text and markdown: a number or `all`."),
)
def check(where: Where, /, **asked: Given) -> int:
    """Judge and return the exit code; every refusal is 2, because 1 says that there are gaps."""
    try:
        wanted = Wanted(
            programme=asked["programme"],
            stage=int(asked["stage"]),
            frameworks=asked["frameworks"],
            as_of=asked["as_of"],
            known_at=asked["known_at"],
            places=_places(where, asked["formats"], asked["outputs"]),
            baseline=_baseline(asked["baseline"]),
            fail_on=asked["fail_on"],
            worklist_lines=asked["worklist"],
        )
        texts, code = _remotely(where, wanted) if where.remote else _locally(where, wanted)
        _write(wanted.places, texts)
    except AppError as error:
        raise Trouble(error.message, WRONG, error.field) from error
    except Trouble as trouble:
        raise Trouble(trouble.message, WRONG, trouble.field) from trouble
    return code


def _locally(where: Where, wanted: Wanted) -> tuple[dict[str, str], int]:
    from app.checks.formats import render  # noqa: PLC0415 (not needed for a server)
    from app.checks.formats.outlook import exit_code  # noqa: PLC0415
    from app.checks.service import Question  # noqa: PLC0415
    from app.cli.stores import acting, opened  # noqa: PLC0415

    question = Question(wanted.stage, wanted.as_of, wanted.frameworks)
    with opened(where) as runtime:
        report = _judge(runtime, wanted, question, acting(where, runtime))
    names = {name for name, _ in wanted.places}
    texts = {name: render(report, name, language=where.language, options=wanted.options(name)) for name in names}
    return texts, exit_code(report, wanted.fail_on)


def _judge(runtime: "Runtime", wanted: Wanted, question: "Question", actor: "Actor") -> "Report":
    from app.checks import service  # noqa: PLC0415 (not needed for a server)
    from app.programmes.service import find_programme, programmes, zone_of  # noqa: PLC0415

    with runtime.database.reading() as session:
        name = wanted.programme or only([each.code for each in programmes(session, actor=actor)])
        programme = find_programme(session, name, actor=actor)
        asked = _moment(wanted.known_at, zone_of(session, programme).key)
        known_at = service.moment_asked(asked, now=datetime.now(UTC))
        return service.check(session, programme, question, actor=actor, known_at=known_at)


def _remotely(where: Where, wanted: Wanted) -> tuple[dict[str, str], int]:
    from app.cli.finding import the_programme  # noqa: PLC0415 (not needed on a data folder)

    with where.api() as api:
        programme = the_programme(api, wanted.programme)
        zone = "UTC"
        if wanted.known_at:
            zone = api.get("organisations", programme["organisation_id"])["time_zone"]
        query = {
            "stage": wanted.stage,
            "as_of": wanted.as_of,
            "known_at": _moment(wanted.known_at, zone),
            "framework": wanted.frameworks,
            "fail_on": wanted.fail_on,
        }
        path = ("programmes", programme["id"], "check")
        texts = {"json": api.text(*path, query={**query, "format": "json"}, body=wanted.baseline)}
        report = json.loads(texts["json"])
        query["known_at"] = report["known_at"]  # every format of one run tells of one moment
        for name, _ in wanted.places:
            if name not in texts:
                options = wanted.options(name)
                shown = {
                    "format": name,
                    "width": min(max(options.width, NARROWEST), WIDEST),
                    "colour": options.colour,
                    "worklist": options.worklist_lines,
                }
                texts[name] = api.text(*path, query={**query, **shown}, body=wanted.baseline)
    return texts, _exit_code(report, wanted.fail_on)


def only(codes: Sequence[str]) -> str:
    """Return the one code there is. Raises Trouble where there is none, or a choice."""
    if not codes:
        raise Trouble(say("There is no programme yet. Add one with `auditready programme add`."))
    if len(codes) > 1:
        raise Trouble(say("There are several programmes: {codes}. Choose one with --programme.", codes=tuple(codes)))
    return codes[0]


def _exit_code(report: Mapping[str, Any], fail_on: str) -> int:
    """Return the code of a report in JSON, as `outlook.exit_code` does of one in memory."""
    if report["verdict"] == "cannot-evaluate":
        return WRONG
    found = {
        finding["severity"]
        for framework in report["frameworks"]
        for part in (framework, *framework["expectations"])
        for finding in part["findings"]
    }
    tightened = fail_on != "blocking" and not found.isdisjoint(SEVERITIES[: SEVERITIES.index(fail_on) + 1])
    return REFUSED if report["verdict"] == "not-ready" or tightened else DONE


def _moment(text: str | None, zone: str) -> datetime | None:
    """Return the moment; a bare day means its last one in the time zone."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo  # noqa: PLC0415 (rarely needed)

    try:
        if len(text) == len("2027-03-01"):
            return datetime.combine(date.fromisoformat(text), time.max, ZoneInfo(zone)).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        "{value} is neither a day nor a moment with its time zone such as 2027-03-01T08:00:00Z.",
        value=text,
        field="known_at",
    )


def _places(where: Where, formats: Sequence[str], outputs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pair formats with files. Raises Invalid where that cannot be done, or two would go to one place."""
    names = list(formats) or ["json" if where.json else "text"]
    if len(outputs) > len(names):
        raise Invalid("There are more --output than --format.", field="output")
    if len(outputs) == len(names):
        places = list(zip(names, outputs, strict=True))
    else:
        places = _in_order(click.get_current_context().meta["order"]) or [(names[0], STDOUT)]
    if len({name for name, _ in places}) < len(places):
        raise Invalid("A format is named twice.", field="format")
    targets = [STDOUT if place == STDOUT else str(Path(place).absolute()) for _, place in places]
    if targets.count(STDOUT) > 1:
        raise Invalid("Only one format can go to standard output: name a file for the others.", field="output")
    if len(set(targets)) < len(targets):
        raise Invalid("Two formats cannot go to one file.", field="output")
    return tuple(places)


def _in_order(order: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give each file to the format that stands right before it; the others go to standard output."""
    places: list[tuple[str, str]] = []
    for kind, value in order:
        if kind == "format":
            places.append((value, STDOUT))
        elif not places or places[-1][1] != STDOUT:
            raise Invalid("It is unclear for which format the file {name} is.", name=value, field="output")
        else:
            places[-1] = (places[-1][0], value)
    return places


def _baseline(name: str | None) -> Mapping[str, Any] | None:
    """Return an earlier report. Raises Trouble where it cannot be read, Invalid where it is no JSON object."""
    if name is None:
        return None
    try:
        body = json.loads(read_text(name))
    except (ValueError, RecursionError) as error:
        raise Invalid("{name} is not JSON: {why}.", name=name, why=str(error), field="baseline") from error
    if not isinstance(body, dict):
        raise Invalid("{name} is no report of ours.", name=name, field="baseline")
    return body


def _write(places: Sequence[tuple[str, str]], texts: Mapping[str, str]) -> None:
    """Write every file, then all of them to their places, then standard output."""
    with ExitStack() as kept:
        for name, place in places:
            if place != STDOUT:
                kept.enter_context(written_whole(Path(place))).write(texts[name].encode("utf-8", "replace"))
    for name, place in places:
        if place == STDOUT:
            click.echo(texts[name], nl=False)


command = make_verb(
    check,
    "check",
    say(
        "Judge how ready a programme is for an audit, today and on the day of the audit. Exits with 0 when ready or at "
        "risk, 1 when not ready, 2 when it cannot be evaluated or was called wrongly."
    ),
    EXAMPLE,
    Checking,
)
