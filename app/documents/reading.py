"""Reads of documents: pages of the master list, one document with its history, the bytes of a revision."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, Unpack

from sqlalchemy import exists, false, func, select
from sqlalchemy.orm import Session, aliased

from app.documents.models import Approval, Document, DocumentReview, Revision
from app.documents.past import described, documents_then, former_names
from app.documents.queries import BY_NUMBER, ORDERS, Day, Filter, narrowed, order_by
from app.documents.states import NO_TEXT, State, state_of, was_in_force
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.identity.models import User
from app.identity.names import by_name
from app.links.models import Link
from app.links.past import live
from app.links.service import links_of
from app.ordering import BACKWARDS, Stretch, check_sort, page_in_order
from app.paging import DEFAULT_PAGE, Page
from app.past import as_known, happened, there
from app.programmes.models import Programme
from app.programmes.service import zone_of
from app.storage.blobs import Blob, Blobs

STANDINGS = (NO_TEXT, *(each.value for each in State if each is not State.SUPERSEDED))
"""Where a document may be: a newest revision is never superseded."""
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision, where it is on the day asked about, what was decided, and its reviews since, newest first.

    `decisions` are those of everybody, oldest first: signatures, returns and recalls.
    """

    revision: Revision
    state: State
    decisions: tuple[Approval, ...]
    reviews: tuple[DocumentReview, ...] = ()

    @property
    def signatures(self) -> tuple[Approval, ...]:
        """Who approved it."""
        return tuple(each for each in self.decisions if each.decision == "approved")

    @property
    def next_review_on(self) -> date | None:
        """The day set by the latest review, else at approval."""
        return self.reviews[0].next_review_on if self.reviews else self.revision.next_review_on


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its revisions, newest first, its live links, and whether it was withdrawn by then.

    `changes` counts those of its entry; for those who may not read drafts it is the number of the newest revision.
    """

    document: Document
    revisions: tuple[RevisionView, ...]
    links: tuple[Link, ...]
    changes: int
    withdrawn: bool = False

    @property
    def standing(self) -> str:
        """Where the newest revision is, unless the document was withdrawn or has none."""
        if self.withdrawn:
            return State.WITHDRAWN.value
        return self.revisions[0].state.value if self.revisions else NO_TEXT

    @property
    def effective(self) -> RevisionView | None:
        """The revision in force, None where there is none."""
        return next((each for each in self.revisions if each.state is State.EFFECTIVE), None)


def visible_day(programme: Programme, wanted: date | None, *, today: date, actor: Actor) -> date:
    """Return the day to show documents on; who may not read drafts cannot look ahead to what is not yet in force."""
    return today if wanted is None or (wanted > today and not _reads_drafts(programme, actor)) else wanted


class Slice(TypedDict, total=False):
    """Which page of a list: after what, and how much on it."""

    cursor: str | None
    limit: int


def master_list(
    session: Session,
    programme: Programme,
    *,
    as_of: date,
    known_at: datetime | None = None,
    actor: Actor,
    wanted: Filter = EVERYTHING,
    **page: Unpack[Slice],
) -> Page[DocumentView]:
    """Return a page of the master list in its order, with every revision's state on `as_of` (DC-10).

    All as known at a moment, None for now. At most eleven queries, however many rows. Raises Forbidden, NotFound,
    Invalid. Who may not read drafts sees what is or was in force, all of it as effective.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    stretch = Stretch("documents", check_sort(wanted.sort, ORDERS, BY_NUMBER), **page)
    if wanted.state is not None and wanted.state not in STANDINGS:
        raise Invalid("The state is one of {states}.", states=STANDINGS, field="state")
    drafts, day = _reads_drafts(programme, actor), Day(as_of, zone_of(session, programme), known_at)
    everything = select(Document).where(Document.programme_id == programme.id, day.entered)
    narrow = narrowed(everything, programme, wanted, day, drafts=drafts)
    if not drafts:
        narrow = narrow.where(day.in_force if wanted.state in {None, State.EFFECTIVE} else false())
    order = order_by(stretch.sort.removeprefix(BACKWARDS), day)
    shown = page_in_order(session, everything, narrow, order, stretch)
    views = _views(session, shown.items, day)
    if not drafts:
        views = tuple(visible for view in views if (visible := _without_drafts(view, as_of)))
    return Page(views, shown.cursor)


def documents_for(
    session: Session,
    programme: Programme,
    expectation_ids: Sequence[str],
    *,
    as_of: date,
    known_at: datetime | None = None,
    actor: Actor,
    most: int = DEFAULT_PAGE,
) -> dict[str, list[DocumentView]]:
    """Return for each expectation the documents linked to it, by number; up to `most` in all, none withdrawn.

    All as known at a moment, None for now. Nine queries, however many rows. Raises Forbidden, NotFound.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    linked = exists().where(
        Link.programme_id == programme.id,
        Link.kind == "document",
        Link.expectation_id.in_(expectation_ids),
        Link.item_id == Document.id,
        live(known_at),
    )
    there_then = there(Document.created_at, Document.withdrawn_at, known_at)
    query = select(Document).where(Document.programme_id == programme.id, there_then, linked)
    found = session.scalars(query.order_by(Document.number_key, Document.id).limit(most)).all()
    views = _views(session, found, Day(as_of, zone_of(session, programme), known_at))
    if not _reads_drafts(programme, actor):
        views = tuple(visible for view in views if (visible := _without_drafts(view, as_of)))
    return {
        expectation_id: [view for view in views if any(each.expectation_id == expectation_id for each in view.links)]
        for expectation_id in expectation_ids
    }


def count_documents(
    session: Session, programme: Programme, *, as_of: date, known_at: datetime | None = None, actor: Actor
) -> dict[str, int]:
    """Return how many documents stand where on a day, those states only that there are. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    day = Day(as_of, zone_of(session, programme), known_at)
    of_programme = select(Document).where(Document.programme_id == programme.id, day.entered)
    if not _reads_drafts(programme, actor):
        seen = session.scalar(of_programme.where(day.in_force).with_only_columns(func.count())) or 0
        return {State.EFFECTIVE.value: seen} if seen else {}
    newest = aliased(Revision)
    standing = day.standing(newest).label("standing")
    query = day.joined(of_programme, newest).with_only_columns(standing, func.count()).group_by(standing)
    found = dict(session.execute(query).all())
    return {each: found[each] for each in STANDINGS if each in found}


def owners_of_documents(
    session: Session, programme: Programme, *, as_of: date, known_at: datetime | None = None, actor: Actor
) -> tuple[tuple[str, str], ...]:
    """Return id and name of everybody who owns a document that the actor may see. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    day = Day(as_of, zone_of(session, programme), known_at)
    seen = day.entered if _reads_drafts(programme, actor) else day.in_force
    then = described(programme.id, known_at)
    query = then.joined(select(User.id, User.name).select_from(Document)).join(User, User.id == then.owner_id)
    query = query.where(Document.programme_id == programme.id, seen)
    return tuple(by_name(dict(session.execute(query.distinct().order_by(User.id)).all())).items())


def get_document(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    as_of: date,
    known_at: datetime | None = None,
    actor: Actor,
) -> DocumentView:
    """Return one document with its history, as known at a moment, None for now. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    document = session.get(Document, document_id)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")
    if known_at is not None and document.created_at > known_at and _reads_drafts(programme, actor):
        raise NotFound("This document was entered later. Go back to today to see it.")
    [view] = _views(session, [document], Day(as_of, zone_of(session, programme), known_at))
    if _reads_drafts(programme, actor):
        return view
    visible = _without_drafts(view, as_of)
    if visible is None:
        raise NotFound("There is no such document in this programme.")
    return visible


def open_revision(
    session: Session, blobs: Blobs, programme: Programme, document_id: str, *, number: int, as_of: date, actor: Actor
) -> tuple[Revision, Iterator[bytes]]:
    """Return a revision and its bytes, hashed while they are read. Raises Forbidden, NotFound, Damaged."""
    view = get_document(session, programme, document_id, as_of=as_of, actor=actor)
    for each in view.revisions:
        if each.revision.number == number:
            return each.revision, blobs.read(Blob(each.revision.sha256, each.revision.size_bytes))
    raise NotFound("There is no such revision of this document.")


def titles_of(
    session: Session, programme: Programme, ids: Collection[str], *, known_at: datetime | None = None, actor: Actor
) -> dict[str, str]:
    """Return number and title, at a moment, None for now, of the documents among these ids. Raises Forbidden, NotFound.

    For those who may read drafts: also of documents that never were in force.
    """
    actor.must(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    query = select(Document.id, Document.number, Document.title).where(
        Document.programme_id == programme.id, Document.id.in_(ids)
    )
    former = former_names(session, programme.id, known_at, ids)
    found = {document_id: f"{number} {title}" for document_id, number, title in session.execute(query)}
    return found | {document_id: each.name for document_id, each in former.items()}


def _reads_drafts(programme: Programme, actor: Actor) -> bool:
    return actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)


def _without_drafts(view: DocumentView, as_of: date) -> DocumentView | None:
    """Return what is or was in force on the day, None where nothing is or the document was withdrawn by then."""
    visible = tuple(
        each for each in view.revisions if was_in_force(each.revision, as_of) and each.state is not State.WITHDRAWN
    )
    return DocumentView(view.document, visible, view.links, visible[0].revision.number) if visible else None


def _views(session: Session, documents: Sequence[Document], day: Day) -> tuple[DocumentView, ...]:
    ids = [document.id for document in documents]
    revisions: dict[str, list[Revision]] = {document_id: [] for document_id in ids}
    known_at = day.known_at
    query = select(Revision).where(Revision.document_id.in_(ids), happened(Revision.recorded_at, known_at))
    for revision in session.scalars(query.order_by(Revision.number.desc())):
        revisions[revision.document_id].append(as_known(revision, known_at))
    decided: defaultdict[str, list[Approval]] = defaultdict(list)
    decisions = select(Approval).join(Revision, Revision.id == Approval.revision_id)
    decisions = decisions.where(Revision.document_id.in_(ids), happened(Approval.at, known_at))
    for approval in session.scalars(decisions.order_by(Approval.at, Approval.user_id)):
        decided[approval.revision_id].append(approval)
    reviewed: defaultdict[str, list[DocumentReview]] = defaultdict(list)
    reviews = select(DocumentReview).where(
        DocumentReview.document_id.in_(ids), happened(DocumentReview.reviewed_at, known_at)
    )
    for review in session.scalars(reviews.order_by(DocumentReview.id.desc())):
        reviewed[review.revision_id].append(review)
    linked = links_of(session, ids, known_at=known_at)

    def view(document: Document) -> DocumentView:
        ended = document.withdrawn_at.astimezone(day.zone).date() if document.withdrawn_at else None
        several = revisions[document.id]
        shown = tuple(
            RevisionView(
                each,
                state_of(each, several, day.as_of, withdrawn_on=ended),
                tuple(decided[each.id]),
                tuple(reviewed[each.id]),
            )
            for each in several
        )
        withdrawn = ended is not None and ended <= day.as_of
        return DocumentView(document, shown, tuple(linked[document.id]), document.revision_lock, withdrawn)

    return tuple(view(each) for each in documents_then(session, documents, known_at))
