"""One piece of evidence: what it proves, since when and by whose word, and everything that ever happened to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.database import new_id
from app.doctor import watched
from app.evidence.models import EvidenceFile, EvidenceVersion
from app.evidence.reading import EvidenceView, get_evidence, open_file
from app.http.deps import Reading
from app.http.downloads import download
from app.identity.names import names_of
from app.identity.service import members
from app.journal.models import Entry
from app.journal.service import entries
from app.language import Message, Text, say
from app.links.models import Link
from app.storage.blobs import Blob
from app.storage.service import open_damages
from app.web.expectations import Choice, Expected, expected
from app.web.forms import EMPTY, Filled
from app.web.opened import note_if_outsider
from app.web.outcomes import Outcome, find_outcome
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.sizes import size_said
from app.web.viewing import Which
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/evidence/{evidence_id}")
FILE = "/versions/{number}/files/{position}"
HISTORY = 100
EVENTS = {
    "evidence.added": say("Evidence added"),
    "evidence.version-added": say("New version submitted"),
    "evidence.period-corrected": say("Period corrected"),
    "evidence.accepted": say("Accepted"),
    "evidence.rejected": say("Rejected"),
    "evidence.withdrawn": say("Withdrawn"),
    "evidence.amended": say("Title or owner changed"),
    "evidence.linked": say("Linked"),
    "link.removed": say("Link removed"),
    "link.confirmed": say("Link confirmed"),
    "file.opened": say("File opened"),
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file: `address` is its download's; damaged bytes are named."""

    file: EvidenceFile
    size: Message
    damaged: bool
    address: str
    view: str


@dataclass(frozen=True, slots=True)
class VersionCard:
    """One version and where it stands: waiting, accepted, rejected, or no longer in force."""

    version: EvidenceVersion
    state: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link; `suspect_since` is when a newer framework changed what is expected, after it was last confirmed."""

    link: Link
    choice: Choice | None
    suspect_since: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that somebody did."""

    entry: Entry
    event: Message | str
    detail: str | Text | tuple[Text | str, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything on the page; `form` is the one that was refused, `wrong` its name."""

    view: EvidenceView
    state: str
    versions: tuple[VersionCard, ...]
    links: tuple[LinkRow, ...]
    names: dict[str, str]
    people: dict[str, str]
    expected: Expected
    history: tuple[HistoryLine, ...]
    may: frozenset[str]
    undo: Choice | None
    outcome: Outcome | None
    wrong: str
    form: Filled
    once: str

    def filled(self, name: str) -> Filled:
        """Return a form as it was filled in; empty for the others."""
        return self.form if name == self.wrong else EMPTY

    def name(self, user_id: str | None) -> str:
        """Return what somebody is called."""
        return self.names.get(user_id or "", (user_id or "").removeprefix("local:"))


@router.get("")
def show_item(programme: str, evidence_id: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the item."""
    return item_page(session, enter(session, visit, programme, dates), evidence_id)


@router.get(FILE)
def get_file(programme: str, which: Which, visit: Visiting, session: Reading) -> Response:
    """Download a file; its bytes are hashed on the way. What somebody from outside opens is on record."""
    place = enter(session, visit, programme)
    file, chunks = open_file(
        session,
        visit.runtime.blobs,
        place.programme,
        which.evidence_id,
        number=which.number,
        position=which.position,
        actor=visit.who,
    )
    note_if_outsider(place, which.evidence_id, file.name)
    chunks = watched(visit.runtime, Blob(file.sha256, file.size_bytes), chunks, actor=visit.who, at=visit.at)
    known = visit.request.headers.get("if-none-match", "").split(",")
    return download(file, file.name, chunks, frozenset(each.strip().strip('"') for each in known))


def item_page(session: Session, place: Place, evidence_id: str, *, wrong: str = "", form: Filled = EMPTY) -> Response:
    """Return the page, with the form `wrong` as it was filled in. Raises NotFound, Forbidden."""
    visit, asked = place.visit, place.visit.request.query_params
    view = get_evidence(session, place.programme, evidence_id, known_at=place.known_at, actor=visit.who)
    known = expected(session, place)
    history, may = _history(session, place, view, known), _may(place, view)
    removed = asked.get("unlinked", "")
    linked = {link.expectation_id for link in view.links}
    page = ItemPage(
        view=view,
        state=view.state,
        versions=_versions(session, place, view),
        links=_links(session, place, view, known),
        names=names_of(session, _people_in(view)),
        people=members(session, place.organisation.id, at=visit.at) if "link" in may else {},
        expected=known,
        history=history,
        may=may,
        undo=known.by_id.get(removed) if "link" in may and removed not in linked else None,
        outcome=find_outcome(session, visit, asked.get("came", "")),
        wrong=wrong,
        form=form,
        once=new_id(),
    )
    return render(visit, "evidence_item.html", page, place=place, status=form.status)


def _may(place: Place, view: EvidenceView) -> frozenset[str]:
    """Return which forms the page has: what would be refused is not offered."""
    if view.evidence.withdrawn_at is not None:
        return frozenset()
    who, newest = place.visit.who.id, view.versions[0].version
    found = {right for right in ("link", "add-evidence") if place.may(right)}
    if place.may("review-evidence") and newest.decision is None and newest.submitted_by != who:
        found.add("review")
    own = all(each.version.submitted_by == who and each.version.decision is None for each in view.versions)
    if place.may("link") or (own and place.may("add-evidence")):
        found.add("withdraw")
    return frozenset(found)


def _versions(session: Session, place: Place, view: EvidenceView) -> tuple[VersionCard, ...]:
    damaged = open_damages(session, known_at=place.known_at)
    cards = []
    for each in view.versions:
        version, base = each.version, ("evidence", view.evidence.id, "versions", each.version.number, "files")
        files = tuple(
            FileRow(
                file,
                size_said(file.size_bytes),
                file.sha256 in damaged,
                place.to(*base, file.position),
                place.to(*base, file.position, "view"),
            )
            for file in each.files
        )
        cards.append(VersionCard(version, _state(version, view), files))
    return tuple(cards)


def _state(version: EvidenceVersion, view: EvidenceView) -> str:
    if version.ended_at is None or version.decision == "rejected":
        return version.decision or "submitted"
    return "withdrawn" if version.ended_at == view.evidence.withdrawn_at else "superseded"


def _links(session: Session, place: Place, view: EvidenceView, known: Expected) -> tuple[LinkRow, ...]:
    changed: dict[str, datetime] = {}
    for pack in known.packs if view.links else ():
        framework = catalogue.find_framework(session, pack.id, place.programme.organisation_id)
        changed |= catalogue.changed_expectations(session, framework.id, known_at=place.known_at or place.visit.at)
    rows = []
    for link in view.links:
        since = changed.get(link.expectation_id)
        suspect = since if since is not None and link.confirmed_at < since else None
        rows.append(LinkRow(link, known.by_id.get(link.expectation_id), suspect))
    return tuple(rows)


def _people_in(view: EvidenceView) -> Iterable[str | None]:
    yield from (view.evidence.owner_id, view.evidence.withdrawn_by)
    for each in view.versions:
        yield from (each.version.submitted_by, each.version.decided_by)
    for link in view.links:
        yield from (link.made_by, link.confirmed_by)


def _history(session: Session, place: Place, view: EvidenceView, known: Expected) -> tuple[HistoryLine, ...]:
    """Return the newest entries of the journal about the evidence, for those who may read it."""
    if not place.may("read-journal"):
        return ()
    found = entries(
        session,
        place.organisation.id,
        programme_id=place.programme.id,
        subject_id=view.evidence.id,
        until=place.known_at,
        limit=HISTORY,
    )
    return tuple(HistoryLine(each, EVENTS.get(each.action, each.action), _detail(each, known)) for each in found)


def _detail(entry: Entry, known: Expected) -> str | Text | tuple[Text | str, ...]:
    after = entry.after or {}
    if after.get("reason"):
        return str(after["reason"])
    if "file" in after:
        return str(after["file"])
    ids = after.get("expectations") or ([after["expectation"]] if "expectation" in after else [])
    return tuple(known.by_id[each].name if each in known.by_id else str(each) for each in ids)
