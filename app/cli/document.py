"""`auditready document`: the master list, revisions and their approval."""

from typing import TYPE_CHECKING, Any

from app.cli.downloads import Stored, save, save_options
from app.cli.files import CHUNK_BYTES, Counted, existing
from app.cli.finding import document_id, the_programme, user_id
from app.cli.group import Group
from app.cli.labels import worded
from app.cli.options import (
    DAY,
    WHOLE,
    Given,
    argument,
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
    from collections.abc import AsyncIterator

    from app.cli.client import Api

DOCUMENT = say("Its number in the master list, or its id.")
LIST = "number title level kind effective newest_revision revisions.0.state revisions.0.next_review_on id"
REVISIONS = "number state file_name change_note author_id recorded_on approvals_needed effective_on next_review_on"
SIGNATURES = "number user_id decision reason at"
REVIEWS = "number reviewed_by reviewed_at next_review_on note"
LINKS = "expectation_id made_at confirmed_at"
LEVELS = ("L1", "L2", "L3", "L4")
KINDS = ("policy", "plan", "procedure", "agreement", "register", "record", "report")

command = Group(
    "document",
    say("Controlled documents: an entry in the master list, and revisions that are reviewed, approved and in force."),
    "auditready document list",
)


@command.verb(
    "add",
    say("Enter a document in the master list; its text comes with a revision."),
    example="""
auditready document add SMS-P-01 --title "服务管理方针" --level L1 --kind policy \\
    --expectation service-management-policy --owner wang.min
""",
)
@argument("number", said=say("Its number in the master list."))
@programme_option
@option("--title", required=True, metavar="TEXT", said=say("What it is called."))
@option("--level", kind=one_of(*LEVELS), required=True, said=say("Its place in the hierarchy."))
@option(
    "--kind",
    kind=one_of(*KINDS),
    required=True,
    said=say("What sort of document it is."),
)
@option("--owner", metavar="LOGIN", said=say("Whose it is."))
@option("--expectation", "expectation_ids", multiple=True, metavar="E", said=say("What it answers; repeatable."))
@once_option
def add(where: Where, programme: str | None, owner: str | None, **fields: Given) -> None:
    """Enter it."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        found = the_programme(api, programme)
        body = given({**fields, "owner_id": user_id(api, found["organisation_id"], owner)})
        made = api.post("programmes", found["id"], "documents", body=body)
    _show(where, made)


@command.verb(
    "revise",
    say("Add a draft revision from a file."),
    example="auditready document revise SMS-P-01 policy.docx --change-note 'First issue'",
)
@argument("document", said=DOCUMENT)
@argument("file", said=say("The file with its text."))
@programme_option
@option("--change-note", default="", metavar="TEXT", said=say("What changed since the last revision."))
@once_option
def revise(where: Where, document: str, file: str, programme: str | None, change_note: str) -> None:
    """Send the file as it is."""
    from app.cli.output import progress  # noqa: PLC0415 (slow to import, and the help needs none of it)

    path = existing(file)
    with where.api() as api, Counted(path, progress(path.stat().st_size)) as content:
        place = (*_path(api, programme, document), "revisions", "files", path.name)
        made = api.call("PUT", *place, query={"change_note": change_note}, content=_chunks(content))
    _show(where, made)


async def _chunks(content: Counted) -> "AsyncIterator[bytes]":
    while chunk := content.read(CHUNK_BYTES):
        yield chunk


@command.verb(
    "submit",
    say("Send the newest draft to review."),
    example="auditready document submit SMS-P-01 --effective-on 2027-01-01 --next-review-on 2027-12-31",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--effective-on", kind=DAY, said=say("The day from which it is in force; the day of approval unless given."))
@option("--next-review-on", kind=DAY, said=say("The day by which it is to be reviewed again."))
def submit(where: Where, document: str, programme: str | None, **days: Given) -> None:
    """Submit."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        done = api.post(*_path(api, programme, document), "submit", body=given(days))
    _show(where, done)


@command.verb(
    "approve",
    say("Sign the revision in review. The author's own signature never counts."),
    example="auditready document approve SMS-P-01 --as li.na",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--reason", default="", metavar="TEXT", said=say("A remark."))
@option("--number", kind=WHOLE, said=say("The revision you looked at: refused where another is in review."))
def approve(where: Where, document: str, programme: str | None, **fields: Given) -> None:
    """Sign."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "decision", body={"approve": True, **fields})
    _tell_of_never_effective(where, done)
    _show(where, done)


@command.verb(
    "return",
    say("Return the revision in review to its author."),
    example="auditready document return SMS-P-01 --reason 'The scope is missing.' --as li.na",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--reason", required=True, metavar="TEXT", said=say("Why."))
@option("--number", kind=WHOLE, said=say("The revision you looked at: refused where another is in review."))
def send_back(where: Where, document: str, programme: str | None, **fields: Given) -> None:
    """Return it."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "decision", body={"approve": False, **fields})
    _show(where, done)


@command.verb(
    "recall",
    say("Take your own revision out of review; add a new one to go on."),
    example="auditready document recall SMS-P-01 --reason 'The annex is missing.' --as wang.min",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--reason", default="", metavar="TEXT", said=say("Why."))
def recall(where: Where, document: str, programme: str | None, reason: str) -> None:
    """Recall it."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "recall", body={"reason": reason})
    _show(where, done)


@command.verb(
    "review",
    say("Say that the revision in force was reviewed and still holds, and when to review it again."),
    example="auditready document review SMS-P-01 --next-review-on 2028-03-31 --as li.na",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--next-review-on", kind=DAY, required=True, said=say("The day by which it is to be reviewed again."))
@option("--note", default="", metavar="TEXT", said=say("A remark."))
def review(where: Where, document: str, programme: str | None, **fields: Given) -> None:
    """Put the review on record."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "reviews", body=fields)
    _show(where, done)


@command.verb(
    "amend",
    say("Change title, level or kind; what they were stays on record."),
    example="auditready document amend SMS-P-01 --title 'Service management policy' --level L1",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--title", metavar="TEXT", said=say("The new title."))
@option("--level", kind=one_of(*LEVELS), said=say("Its place in the hierarchy."))
@option("--kind", kind=one_of(*KINDS), said=say("What sort of document it is."))
def amend(where: Where, document: str, programme: str | None, **fields: Given) -> None:
    """Change what was given."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    body = given(fields)
    if not body:
        raise Trouble(say("Nothing is to be changed: give --title, --level or --kind."), WRONG)
    with where.api() as api:
        done = api.call("PATCH", *_path(api, programme, document), json=body)
    _show(where, done)


@command.verb(
    "withdraw",
    say("Take a document out of force; its revisions stay on record."),
    example="auditready document withdraw SMS-P-01 --reason 'Merged into SMS-P-02.'",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--reason", required=True, metavar="TEXT", said=say("Why."))
def withdraw(where: Where, document: str, programme: str | None, reason: str) -> None:
    """Withdraw."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "withdraw", body={"reason": reason})
    _show(where, done)


@command.verb(
    "list",
    say("Show the master list, by number unless sorted otherwise."),
    example="auditready document list --as-of 2027-03-01 --sort review --all",
)
@programme_option
@option("--as-of", kind=DAY, said=say("States as they are on this day; today unless given."))
@sorted_by("number", "title", "review")
@known_at_option
@paged
def list_documents(where: Where, programme: str | None, *, limit: int, everything: bool, **wanted: Given) -> None:
    """Show the list."""
    with where.api() as api:
        programme_id = the_programme(api, programme)["id"]
        listed = api.listed("programmes", programme_id, "documents", limit=None if everything else limit, **wanted)
    rows = [
        {**each, "newest_revision": next((one["number"] for one in each["revisions"]), None)} for each in listed.items
    ]
    where.rows(worded(rows, where.language), LIST, body=listed.items)
    where.tell_of_more(more=listed.more)


@command.verb(
    "show",
    say("Show a document with its revisions, signatures and links."),
    example="auditready document show SMS-P-01",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--as-of", kind=DAY, said=say("States as they are on this day; today unless given."))
@known_at_option
def show(where: Where, document: str, programme: str | None, **wanted: Given) -> None:
    """Show one."""
    with where.api() as api:
        found = api.get(*_path(api, programme, document), **wanted)
    _show(where, found)


@command.verb("owner", say("Hand a document to another owner."), example="auditready document owner SMS-P-01 li.na")
@argument("document", said=DOCUMENT)
@argument("login", said=say("Login of the new owner; `-`: nobody."))
@programme_option
def owner(where: Where, document: str, login: str, programme: str | None) -> None:
    """Change it."""
    with where.api() as api:
        found = the_programme(api, programme)
        body = {"owner_id": user_id(api, found["organisation_id"], login)}
        path = ("programmes", found["id"], "documents", document_id(api, found["id"], document))
        done = api.call("PATCH", *path, json=body)
    _show(where, done)


@command.verb(
    "link",
    say("Say that the document answers these expectations too."),
    example="auditready document link SMS-P-01 service-management-policy",
)
@argument("document", said=DOCUMENT)
@argument(
    "expectations",
    nargs=-1,
    required=True,
    metavar="E",
    said=say("Ids of expectations, as `framework show` lists them."),
)
@programme_option
def link(where: Where, document: str, expectations: tuple[str, ...], programme: str | None) -> None:
    """Link."""
    with where.api() as api:
        done = api.post(*_path(api, programme, document), "links", body={"expectation_ids": list(expectations)})
    _show(where, done)


@command.verb(
    "unlink",
    say("End a link; that it was there stays on record."),
    example="auditready document unlink SMS-P-01 service-management-policy",
)
@argument("document", said=DOCUMENT)
@argument("expectation", said=say("Id of the expectation."))
@programme_option
def unlink(where: Where, document: str, expectation: str, programme: str | None) -> None:
    """End it."""
    with where.api() as api:
        *place, item = _path(api, programme, document)
        api.delete(*place[:-1], "links", item, expectation)
    where.tell(say("{item} is no longer linked to {expectation}.", item=document, expectation=expectation))


@command.verb(
    "confirm",
    say("Say that a link still holds after the document or the framework changed."),
    example="auditready document confirm SMS-P-01 service-management-policy",
)
@argument("document", said=DOCUMENT)
@argument("expectation", said=say("Id of the expectation."))
@programme_option
def confirm(where: Where, document: str, expectation: str, programme: str | None) -> None:
    """Confirm it."""
    with where.api() as api:
        *place, item = _path(api, programme, document)
        done = api.post(*place[:-1], "links", item, expectation, "confirm")
    where.details(done)


@command.verb(
    "download",
    say("Fetch the file of a revision; it is compared with its SHA-256."),
    example="auditready document download SMS-P-01 --number 2 --output policy.docx",
)
@argument("document", said=DOCUMENT)
@programme_option
@option("--number", kind=WHOLE, said=say("Which revision; the one in force, else the newest."))
@save_options
def download(where: Where, document: str, programme: str | None, number: int | None, **to: Given) -> None:
    """Fetch."""
    with where.api() as api:
        path = _path(api, programme, document)
        found = api.get(*path)
        newest = next((each["number"] for each in found["revisions"]), None)
        wanted = number or found["effective"] or newest
        save(
            where, api, [_stored(path[1], found, each) for each in found["revisions"] if each["number"] == wanted], **to
        )


def _tell_of_never_effective(where: Where, document: dict[str, Any]) -> None:
    newest, *older = document["revisions"]
    for each in older:
        if newest["approved_at"] and each["approved_at"] and each["effective_on"] >= newest["effective_on"]:
            where.tell(
                say(
                    "Revision {older} will never be in force: revision {newest} takes its place from {day}.",
                    older=each["number"],
                    newest=newest["number"],
                    day=newest["effective_on"],
                )
            )


def _stored(programme_id: str, document: dict[str, Any], revision: dict[str, Any]) -> Stored:
    return Stored(
        "documents",
        programme_id,
        document["id"],
        revision["number"],
        1,
        revision["file_name"],
        revision["size_bytes"],
        revision["sha256"],
    )


def _path(api: "Api", programme: str | None, document: str) -> tuple[str, ...]:
    programme_id = the_programme(api, programme)["id"]
    return ("programmes", programme_id, "documents", document_id(api, programme_id, document))


def _show(where: Where, document: Json) -> None:
    signed = [{"number": each["number"], **mark} for each in document["revisions"] for mark in each["signatures"]]
    reviewed = [{"number": each["number"], **mark} for each in document["revisions"] for mark in each["reviews"]]
    told = {**document, "signatures": signed, "reviews": reviewed}
    shown = document if where.json else worded(told, where.language)
    where.details(shown, revisions=REVISIONS, signatures=SIGNATURES, reviews=REVIEWS, links=LINKS)
