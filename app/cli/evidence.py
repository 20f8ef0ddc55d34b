"""`auditready evidence`."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from app.cli.downloads import save, save_options, stored_files, verify_files
from app.cli.files import Counted, existing
from app.cli.finding import the_programme, user_id
from app.cli.group import Group
from app.cli.imports import VERBS
from app.cli.labels import worded
from app.cli.options import (
    DAY,
    WHOLE,
    Given,
    argument,
    flag,
    known_at_option,
    once_option,
    one_of,
    option,
    paged,
    programme_option,
    sorted_by,
)
from app.cli.where import WRONG, Json, Trouble, Where
from app.language import say

if TYPE_CHECKING:
    from app.cli.client import Api

LIST = "id title state versions.0.collected_on versions.0.period_from versions.0.period_to links.expectation_id"
VERSIONS = (
    "number collected_on period_from period_to correction valid_until nil_return submitted_by decision decided_by "
    "decision_reason"
)
LINKS = "expectation_id made_at confirmed_at"
FILES = "number position name size_bytes sha256"
EVIDENCE = say("Its id, as `auditready evidence list` shows it.")

command = Group(
    "evidence",
    say("Proof that something was done: records, reports, minutes, exports. Nobody accepts their own."),
    "auditready evidence list --state submitted",
)


for each in VERBS:
    command.add_command(each)


def version_options(function: Any) -> Any:  # noqa: ANN401 (a decorator, typed by click's own)
    """Decorate a command with what a version proves."""
    for decorate in (
        option("--collected-on", kind=DAY, said=say("The day it was collected; today unless given.")),
        option("--period-from", kind=DAY, said=say("First day of the period it covers.")),
        option("--period-to", kind=DAY, said=say("Last day of the period it covers.")),
        option("--valid-until", kind=DAY, said=say("Last day on which it holds.")),
        flag("--nil-return", said=say("Nothing happened in the period: say so in --note; no file is needed.")),
        option("--note", metavar="TEXT", said=say("What the reader should know.")),
    ):
        function = decorate(function)
    return function


@command.verb(
    "add",
    say("Add evidence with its files."),
    example="""
auditready evidence add 2026-08-incidents.xlsx --expectation incident-records \\
    --period-from 2026-08-01 --period-to 2026-08-31
auditready evidence add --title "重大事件 2026-08" --expectation major-incident-records --nil-return \\
    --note "2026 年 8 月没有重大事件" --period-from 2026-08-01 --period-to 2026-08-31
""",
)
@argument("files", nargs=-1, metavar="FILE", said=say("The files; they are sent as they are."))
@programme_option
@option("--title", metavar="TEXT", said=say("What it is; the first file's name unless given."))
@option("--expectation", "expectation_ids", multiple=True, metavar="E", said=say("What it answers; repeatable."))
@option("--owner", metavar="LOGIN", said=say("Whose it is."))
@version_options
@once_option
def add(where: Where, /, **fields: Given) -> None:
    """Send a form with the fields and the files."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    paths = [existing(name) for name in fields.pop("files")]
    with where.api() as api:
        programme = the_programme(api, fields.pop("programme"))
        owner_id = user_id(api, programme["organisation_id"], fields.pop("owner"))
        title = fields.pop("title") or (paths[0].stem if paths else "")
        body = given({**fields, "title": title, "owner_id": owner_id})
        body.setdefault("collected_on", _today(api, programme))
        made = _send_form(api, ("programmes", programme["id"], "evidence"), "evidence", body, paths)
    _tell_of_same_bytes(where, made)
    _show(where, made)


@command.verb("counts", say("Say how much evidence there is in each state."), example="auditready evidence counts")
@programme_option
@known_at_option
def counts(where: Where, programme: str | None, known_at: str | None) -> None:
    """Count."""
    with where.api() as api:
        found = api.get("programmes", the_programme(api, programme)["id"], "evidence", "counts", known_at=known_at)
    where.details(found)


@command.verb(
    "version",
    say("Submit a new version; an accepted one stays in force until the new one is accepted."),
    example="""
auditready evidence version 0199a1b2-... corrected.xlsx --note 'The totals were wrong.' \\
    --period-from 2026-08-01 --period-to 2026-08-31
""",
)
@argument("evidence", said=EVIDENCE)
@argument("files", nargs=-1, metavar="FILE", said=say("The files; they are sent as they are."))
@programme_option
@version_options
@once_option
def add_version(where: Where, /, **fields: Given) -> None:
    """Send a form with the fields and the files."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    evidence, paths = fields.pop("evidence"), [existing(name) for name in fields.pop("files")]
    with where.api() as api:
        programme = the_programme(api, fields.pop("programme"))
        body = given(fields)
        body.setdefault("collected_on", _today(api, programme))
        path = ("programmes", programme["id"], "evidence", evidence, "versions")
        made = _send_form(api, path, "version", body, paths)
    _tell_of_same_bytes(where, made)
    _show(where, made)


@command.verb(
    "list",
    say("List evidence, newest first unless sorted otherwise."),
    example="auditready evidence list --state submitted --owner wang.min --sort valid-until",
)
@programme_option
@option(
    "--state",
    kind=one_of("submitted", "accepted", "rejected", "withdrawn"),
    said=say("Only what is in this state."),
)
@option("--expectation", "expectation_id", metavar="E", said=say("Only what answers this expectation."))
@option("--owner", metavar="LOGIN", said=say("Only what belongs to this user; `-`: to nobody."))
@sorted_by("added", "title", "period", "valid-until")
@known_at_option
@paged
def list_evidence(
    where: Where, programme: str | None, owner: str | None, *, limit: int, everything: bool, **wanted: Given
) -> None:
    """Show a list."""
    with where.api() as api:
        found = the_programme(api, programme)
        if owner is not None:
            wanted["owner_id"] = user_id(api, found["organisation_id"], owner) or ""
        listed = api.listed("programmes", found["id"], "evidence", limit=None if everything else limit, **wanted)
    where.rows(worded(listed.items, where.language), LIST, body=listed.items)
    where.tell_of_more(listed.more)


@command.verb(
    "show", say("Show evidence with its versions, files and links."), example="auditready evidence show 0199a1b2-..."
)
@argument("evidence", said=EVIDENCE)
@programme_option
@known_at_option
def show(where: Where, evidence: str, programme: str | None, known_at: str | None) -> None:
    """Show one."""
    with where.api() as api:
        programme_id = the_programme(api, programme)["id"]
        found = api.get("programmes", programme_id, "evidence", evidence, known_at=known_at)
    _show(where, found)


@command.verb(
    "review",
    say("Accept or reject the newest version. Nobody decides about what they submitted themselves."),
    example="""
auditready evidence review accept 0199a1b2-... --as li.na
auditready evidence review reject 0199a1b2-... --reason "Page 2 is missing."
""",
)
@argument("decision", kind=one_of("accept", "reject"), metavar="accept|reject", said=say("What you decide."))
@argument("evidence", said=EVIDENCE)
@programme_option
@option("--reason", default="", metavar="TEXT", said=say("Why; needed for a rejection."))
@option("--number", kind=WHOLE, said=say("The version you looked at: refused where a newer one came meanwhile."))
def review(where: Where, decision: str, evidence: str, *, programme: str | None, **fields: Given) -> None:
    """Decide."""
    body = {"accept": decision == "accept", **fields}
    with where.api() as api:
        done = api.post("programmes", the_programme(api, programme)["id"], "evidence", evidence, "review", body=body)
    _show(where, done)


@command.verb(
    "correct",
    say("Correct the period that the newest version covers; the files stay, and somebody else accepts it."),
    example="""
auditready evidence correct 0199a1b2-... --period-from 2026-07-01 --period-to 2026-07-31 \\
    --reason 'It is the record of July.'
""",
)
@argument("evidence", said=EVIDENCE)
@programme_option
@option("--period-from", kind=DAY, said=say("First day of the period it covers."))
@option("--period-to", kind=DAY, said=say("Last day of the period it covers."))
@option("--reason", required=True, metavar="TEXT", said=say("Why."))
def correct(where: Where, evidence: str, programme: str | None, **fields: Given) -> None:
    """Correct it."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "evidence", evidence, "period")
        done = api.post(*path, body=given(fields))
    _show(where, done)


@command.verb(
    "withdraw",
    say("Take evidence out of force; it all stays on record."),
    example="auditready evidence withdraw 0199a1b2-... --reason 'It belongs to another programme.'",
)
@argument("evidence", said=EVIDENCE)
@programme_option
@option("--reason", required=True, metavar="TEXT", said=say("Why."))
def withdraw(where: Where, evidence: str, programme: str | None, reason: str) -> None:
    """Withdraw."""
    body = {"reason": reason}
    with where.api() as api:
        done = api.post("programmes", the_programme(api, programme)["id"], "evidence", evidence, "withdraw", body=body)
    _show(where, done)


@command.verb(
    "amend",
    say("Change title or owner; what they were stays on record."),
    example="auditready evidence amend 0199a1b2-... --title 'Incident report, August 2026' --owner li.na",
)
@argument("evidence", said=EVIDENCE)
@programme_option
@option("--title", metavar="TEXT", said=say("The new title."))
@option("--owner", metavar="LOGIN", said=say("The new owner; `-`: nobody."))
def amend(where: Where, evidence: str, programme: str | None, title: str | None, owner: str | None) -> None:
    """Change what was given."""
    if title is None and owner is None:
        raise Trouble(say("Nothing is to be changed: give --title or --owner."), WRONG)
    with where.api() as api:
        found = the_programme(api, programme)
        body: dict[str, Any] = {} if title is None else {"title": title}
        if owner is not None:
            body["owner_id"] = user_id(api, found["organisation_id"], owner)
        done = api.call("PATCH", "programmes", found["id"], "evidence", evidence, json=body)
    _show(where, done)


@command.verb(
    "link",
    say("Say that the evidence answers these expectations too."),
    example="auditready evidence link 0199a1b2-... incident-records service-reports",
)
@argument("evidence", said=EVIDENCE)
@argument(
    "expectations",
    nargs=-1,
    required=True,
    metavar="E",
    said=say("Ids of expectations, as `framework show` lists them."),
)
@programme_option
def link(where: Where, evidence: str, expectations: tuple[str, ...], programme: str | None) -> None:
    """Link."""
    body = {"expectation_ids": list(expectations)}
    with where.api() as api:
        done = api.post("programmes", the_programme(api, programme)["id"], "evidence", evidence, "links", body=body)
    _show(where, done)


@command.verb(
    "unlink",
    say("End a link; that it was there stays on record."),
    example="auditready evidence unlink 0199a1b2-... incident-records",
)
@argument("evidence", said=EVIDENCE)
@argument("expectation", said=say("Id of the expectation."))
@programme_option
def unlink(where: Where, evidence: str, expectation: str, programme: str | None) -> None:
    """End it."""
    with where.api() as api:
        api.delete("programmes", the_programme(api, programme)["id"], "links", evidence, expectation)
    where.tell(say("{item} is no longer linked to {expectation}.", item=evidence, expectation=expectation))


@command.verb(
    "confirm",
    say("Say that a link still holds after the evidence or the framework changed."),
    example="auditready evidence confirm 0199a1b2-... incident-records",
)
@argument("evidence", said=EVIDENCE)
@argument("expectation", said=say("Id of the expectation."))
@programme_option
def confirm(where: Where, evidence: str, expectation: str, programme: str | None) -> None:
    """Confirm it."""
    with where.api() as api:
        done = api.post("programmes", the_programme(api, programme)["id"], "links", evidence, expectation, "confirm")
    where.details(done)


@command.verb(
    "download",
    say("Fetch the files of a version; each is compared with its SHA-256."),
    example="""
auditready evidence download 0199a1b2-... --folder audit
auditready evidence download 0199a1b2-... --position 1 --output - > report.pdf
""",
)
@argument("evidence", said=EVIDENCE)
@programme_option
@option("--number", kind=WHOLE, said=say("Which version; the newest unless given."))
@option("--position", kind=WHOLE, said=say("Which file of it; all of them unless given."))
@save_options
def download(
    where: Where, evidence: str, programme: str | None, *, number: int | None, position: int | None, **to: Given
) -> None:
    """Fetch."""
    with where.api() as api:
        programme_id = the_programme(api, programme)["id"]
        found = api.get("programmes", programme_id, "evidence", evidence)
        wanted = number or found["versions"][0]["number"]
        files = [
            each
            for each in stored_files(programme_id, found)
            if each.number == wanted and position in (None, each.position)
        ]
        save(where, api, files, **to)


@command.verb(
    "verify",
    say("Read every stored file again and compare it with its SHA-256. Exits with 1 where one is damaged."),
    example="auditready evidence verify",
)
@argument("evidence", nargs=-1, metavar="EVIDENCE", said=say("Only these; all evidence of the programme unless given."))
@programme_option
def verify(where: Where, evidence: tuple[str, ...], programme: str | None) -> int:
    """Verify."""
    with where.api() as api:
        programme_id = the_programme(api, programme)["id"]
        path = ("programmes", programme_id, "evidence")
        ids = evidence or [each["id"] for each in api.listed(*path).items]
        files = [file for each in ids for file in stored_files(programme_id, api.get(*path, each))]
        return verify_files(where, api, files)


def _send_form(api: "Api", path: Sequence[str], part: str, body: dict[str, Any], paths: Sequence[Any]) -> Json:
    """Stream the files from the disk in one form with the fields before them."""
    from app.cli.output import progress  # noqa: PLC0415 (slow to import, and the help needs none of it)

    step = progress(sum(path.stat().st_size for path in paths))
    fields = (None, json.dumps(body, ensure_ascii=False).encode(), "application/json")
    with ExitStack() as kept:
        files = [(path.name, kept.enter_context(Counted(path, step))) for path in paths]
        return api.call("POST", *path, files=[(part, fields), *(("file", each) for each in files)])


def _today(api: "Api", programme: dict[str, Any]) -> str:
    """Return today's day where the organisation is."""
    from datetime import datetime  # noqa: PLC0415 (the help needs none of it)
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    zone = api.get("organisations", programme["organisation_id"])["time_zone"]
    return datetime.now(ZoneInfo(zone)).date().isoformat()


def _tell_of_same_bytes(where: Where, made: dict[str, Any]) -> None:
    for same in made["same_bytes"]:
        where.tell(
            say(
                "The bytes of {name} are there already, in “{title}” ({id}).",
                name=same["file_name"],
                title=same["title"],
                id=same["evidence_id"],
            )
        )


def _show(where: Where, evidence: dict[str, Any]) -> None:
    files = [{"number": each["number"], **file} for each in evidence["versions"] for file in each["files"]]
    shown = evidence if where.json else worded({**evidence, "files": files}, where.language)
    where.details(shown, versions=VERSIONS, files=FILES, links=LINKS)
