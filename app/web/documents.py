"""Documents: the master list, one document with its revisions, and their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.doctor import watched
from app.documents.approval import approvers
from app.documents.queries import BY_NUMBER, ORDERS, Filter
from app.documents.reading import (
    DocumentView,
    RevisionView,
    count_documents,
    master_list,
    open_revision,
    owners_of_documents,
    visible_day,
)
from app.errors import Invalid
from app.http.deps import Reading
from app.http.downloads import download
from app.identity.names import names_of
from app.language import Message, Text, say
from app.paging import MAX_PAGE
from app.storage.blobs import Blob
from app.web.documents_awaited import SOON, Awaited, ReviewDay, awaited, called, people_in, review_day
from app.web.documents_choices import KIND_NAMES, LEVEL_NAMES, packs_of
from app.web.documents_page import show_document
from app.web.opened import note_if_outsider
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.sorting import Heading, headings
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/documents")
NOBODY = "-"
"""How the filter says: without owner."""
FILTERS = ("state", "level", "kind", "owner", "process", "clause", "due", "q")
ROWS, TOP_LEVELS = 50, 2
Choice = tuple[str, str | Text | Message]
"""A value of a filter and what it is called."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the master list."""

    view: DocumentView
    owner: str
    current: RevisionView | None
    newest: RevisionView | None
    review: ReviewDay | None
    awaited: Awaited | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """The master list. `filters` are those that narrow it, as the address says them."""

    day: date
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    filters: Mapping[str, str]
    sort: str
    heads: Mapping[str, Heading]
    choices: Mapping[str, tuple[Choice, ...]]
    clauses: tuple[tuple[str, tuple[Choice, ...]], ...]
    limit: int
    started: bool
    cursor: str | None

    @property
    def asked(self) -> dict[str, str]:
        """What other pages of the same list have in their address."""
        return {**self.filters, "sort": self.sort}

    @property
    def total(self) -> int:
        """How many documents there are."""
        return sum(self.counts.values())


@router.get("")
def show_list(programme: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the master list, narrowed as the address says."""
    place, asked = enter(session, visit, programme, dates), visit.request.query_params
    day = visible_day(place.programme, dates.as_of, today=place.today, actor=visit.who)
    filters = {name: value for name in FILTERS if (value := asked.get(name, "").strip())}
    packs, sort = packs_of(session, place), asked.get("sort", "")
    limit = MAX_PAGE if asked.get("limit") == str(MAX_PAGE) else ROWS
    found = master_list(
        session,
        place.programme,
        as_of=day,
        known_at=place.known_at,
        actor=visit.who,
        wanted=replace(_wanted(filters, packs, day), sort=sort),
        cursor=asked.get("cursor"),
        limit=limit,
    )
    page = ListPage(
        day=day,
        rows=_rows(session, place, found.items, day),
        counts=count_documents(session, place.programme, as_of=day, known_at=place.known_at, actor=visit.who),
        filters=filters,
        sort=sort,
        heads=headings(place, "documents", ORDERS, sort=sort, usual=BY_NUMBER, given=filters),
        choices=_choices(session, place, packs, day),
        clauses=tuple((pack.reference, _clauses(pack)) for pack in packs),
        limit=limit,
        started=bool(asked.get("cursor")),
        cursor=found.cursor,
    )
    return render(visit, "documents.html", page, place=place)


@router.get("/{document}")
def show_one(programme: str, document: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show a document with its revisions, and what can be done next."""
    return show_document(session, enter(session, visit, programme, dates), document)


@router.get("/{document}/revisions/{number}/file")
def get_file(programme: str, document: str, number: int, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Download a revision's file. Its bytes are hashed on the way: damaged ones never look complete."""
    place = enter(session, visit, programme, dates)
    runtime, actor = visit.runtime, visit.who
    day = visible_day(place.programme, dates.as_of, today=place.today, actor=actor)
    revision, chunks = open_revision(
        session, runtime.blobs, place.programme, document, number=number, as_of=day, actor=actor
    )
    note_if_outsider(place, document, revision.file_name)
    chunks = watched(runtime, Blob(revision.sha256, revision.size_bytes), chunks, actor=actor, at=visit.at)
    return download(revision, revision.file_name, chunks, frozenset())


def _wanted(filters: Mapping[str, str], packs: tuple[Pack, ...], day: date) -> Filter:
    owner = filters.get("owner")
    return Filter(
        state=filters.get("state"),
        level=filters.get("level"),
        kind=filters.get("kind"),
        owner_id="" if owner == NOBODY else owner,
        expectation_ids=_expectations(filters, packs),
        due_by=day + SOON if "due" in filters else None,
        text=filters.get("q", "")[:100],
    )


def _expectations(filters: Mapping[str, str], packs: tuple[Pack, ...]) -> frozenset[str] | None:
    """Return what the chosen process and clause expect, None where neither is chosen. Raises Invalid."""
    process, clause = filters.get("process"), filters.get("clause", "")
    if not process and not clause:
        return None
    framework, _, number = clause.partition(":")
    if clause and not any(pack.id == framework for pack in packs):
        raise Invalid("There is no such clause in the frameworks of this programme.", field="clause")
    return frozenset(
        expectation_id
        for pack in packs
        for each in pack.clauses
        for expectation_id in (*(one.id for one in each.expectations), *each.shared)
        if (not process or each.process_key == process)
        and (not clause or (pack.id == framework and f"{each.number}.".startswith(f"{number}.")))
    )


def _rows(session: Session, place: Place, views: Sequence[DocumentView], day: date) -> tuple[Row, ...]:
    drafts = place.may("read-drafts")
    able = approvers(session, place.programme, at=place.known_at or place.visit.at) if drafts else ()
    names = names_of(session, people_in(views))

    def row(view: DocumentView) -> Row:
        owner_id = view.document.owner_id
        return Row(
            view,
            called(owner_id, names) if owner_id else "",
            view.effective,
            view.revisions[0] if view.revisions else None,
            review_day(view, day),
            awaited(view, able, names, day) if drafts else None,
        )

    return tuple(row(view) for view in views)


def _choices(session: Session, place: Place, packs: tuple[Pack, ...], day: date) -> dict[str, tuple[Choice, ...]]:
    owners = owners_of_documents(session, place.programme, as_of=day, known_at=place.known_at, actor=place.visit.who)
    return {
        "level": tuple(LEVEL_NAMES.items()),
        "kind": tuple(KIND_NAMES.items()),
        "owner": (*owners, (NOBODY, say("nobody yet"))),
        "process": tuple({each.key: each.name for pack in packs for each in pack.processes}.items()),
    }


def _clauses(pack: Pack) -> tuple[Choice, ...]:
    """Return the clauses of the first two levels."""
    top = (each for each in pack.clauses if each.number.count(".") < TOP_LEVELS)
    return tuple(
        (f"{pack.id}:{each.number}", Text(f"{each.number} {each.title.en}", f"{each.number} {each.title.zh}"))
        for each in top
    )
