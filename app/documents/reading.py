"""Reads of documents: pages of the master list, one document with its history, the bytes of a revision."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.approval import signatures
from app.documents.models import Approval, Document, DocumentReview, Revision
from app.documents.states import State, state_of, was_in_force
from app.errors import NotFound
from app.identity.actor import Actor, Permission
from app.links.models import Link
from app.links.service import links_of
from app.paging import DEFAULT_PAGE, Page, check_limit, page_of, read_cursor
from app.programmes.models import Programme
from app.programmes.service import zone_of
from app.storage.blobs import Blob, Blobs


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision, where it is on the day asked about, who has signed it, and its reviews since, newest first."""

    revision: Revision
    state: State
    signatures: tuple[Approval, ...]
    reviews: tuple[DocumentReview, ...] = ()

    @property
    def next_review_on(self) -> date | None:
        """The day set by the latest review, else at approval."""
        return self.reviews[0].next_review_on if self.reviews else self.revision.next_review_on


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its revisions, newest first, and its live links."""

    document: Document
    revisions: tuple[RevisionView, ...]
    links: tuple[Link, ...]

    @property
    def effective(self) -> RevisionView | None:
        """The revision in force, None where there is none."""
        return next((each for each in self.revisions if each.state is State.EFFECTIVE), None)


def visible_day(programme: Programme, wanted: date | None, *, today: date, actor: Actor) -> date:
    """Return the day to show documents on; who may not read drafts cannot look ahead to what is not yet in force."""
    drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    return today if wanted is None or (wanted > today and not drafts) else wanted


def master_list(
    session: Session,
    programme: Programme,
    *,
    as_of: date,
    actor: Actor,
    cursor: str | None = None,
    limit: int = DEFAULT_PAGE,
) -> Page[DocumentView]:
    """Return a page of the master list by number, with every revision's state on `as_of` (DC-10).

    Seven queries, however many rows. Raises Forbidden, NotFound, Invalid.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    limit, after = check_limit(limit), read_cursor(cursor, "documents")
    query = select(Document).where(Document.programme_id == programme.id)
    if after is not None:
        query = query.where(Document.number > after)
    found = list(session.scalars(query.order_by(Document.number).limit(limit + 1)))
    page = page_of(found, limit, [each.number for each in found], "documents")
    views = _views(session, programme, page.items, as_of=as_of)
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        views = tuple(visible for view in views if (visible := _without_drafts(view, as_of)))
    return Page(views, page.cursor)


def get_document(
    session: Session, programme: Programme, document_id: str, *, as_of: date, actor: Actor
) -> DocumentView:
    """Return one document with its history. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    document = session.get(Document, document_id)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")
    [view] = _views(session, programme, [document], as_of=as_of)
    if actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
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


def titles_of(session: Session, programme: Programme, ids: Collection[str], *, actor: Actor) -> dict[str, str]:
    """Return number and title of the documents among these ids, by id, in one query. Raises Forbidden, NotFound.

    For those who may read drafts: also of documents that never were in force.
    """
    actor.must(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    query = select(Document.id, Document.number, Document.title).where(
        Document.programme_id == programme.id, Document.id.in_(ids)
    )
    return {found: f"{number} {title}" for found, number, title in session.execute(query)}


def _without_drafts(view: DocumentView, as_of: date) -> DocumentView | None:
    """Return what is or was in force on the day, None where nothing is or the document was withdrawn by then."""
    visible = tuple(
        each for each in view.revisions if was_in_force(each.revision, as_of) and each.state is not State.WITHDRAWN
    )
    return DocumentView(view.document, visible, view.links) if visible else None


def _views(
    session: Session, programme: Programme, documents: Sequence[Document], *, as_of: date
) -> tuple[DocumentView, ...]:
    ids = [document.id for document in documents]
    revisions: dict[str, list[Revision]] = {document_id: [] for document_id in ids}
    query = select(Revision).where(Revision.document_id.in_(ids)).order_by(Revision.number.desc())
    for revision in session.scalars(query):
        revisions[revision.document_id].append(revision)
    signed = signatures(session, [revision.id for several in revisions.values() for revision in several])
    reviewed: defaultdict[str, list[DocumentReview]] = defaultdict(list)
    reviews = select(DocumentReview).where(DocumentReview.document_id.in_(ids)).order_by(DocumentReview.id.desc())
    for review in session.scalars(reviews):
        reviewed[review.revision_id].append(review)
    linked, zone = links_of(session, ids), zone_of(session, programme)

    def view(document: Document, revision: Revision) -> RevisionView:
        ended = document.withdrawn_at.astimezone(zone).date() if document.withdrawn_at else None
        state = state_of(revision, revisions[document.id], as_of, withdrawn_on=ended)
        return RevisionView(revision, state, tuple(signed[revision.id]), tuple(reviewed[revision.id]))

    return tuple(
        DocumentView(each, tuple(view(each, revision) for revision in revisions[each.id]), tuple(linked[each.id]))
        for each in documents
    )
