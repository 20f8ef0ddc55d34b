"""Reads of documents: pages of the master list, one document with its history, the bytes of a revision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.models import Approval, Document, Revision
from app.documents.service import State, signatures, state_of
from app.errors import NotFound
from app.identity.actor import Actor, Permission
from app.links.models import Link
from app.links.service import links_of
from app.paging import DEFAULT_PAGE, Page, check_limit, page_of, read_cursor
from app.programmes.models import Programme
from app.storage.blobs import Blob, Blobs

OPEN_STATES = frozenset({State.EFFECTIVE, State.SUPERSEDED})
"""What those see who may not read drafts: what is or was in force."""


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision, where it is on the day asked about, and who has signed it."""

    revision: Revision
    state: State
    signatures: tuple[Approval, ...]


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

    Five queries, however many rows. Raises Forbidden, NotFound, Invalid.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    limit, after = check_limit(limit), read_cursor(cursor, "documents")
    query = select(Document).where(Document.programme_id == programme.id)
    if after is not None:
        query = query.where(Document.number > after)
    found = list(session.scalars(query.order_by(Document.number).limit(limit + 1)))
    page = page_of(found, limit, [each.number for each in found], "documents")
    views = _views(session, page.items, as_of=as_of)
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        views = tuple(filter(None, map(_without_drafts, views)))
    return Page(views, page.cursor)


def get_document(
    session: Session, programme: Programme, document_id: str, *, as_of: date, actor: Actor
) -> DocumentView:
    """Return one document with its history. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    document = session.get(Document, document_id)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")
    [view] = _views(session, [document], as_of=as_of)
    if actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        return view
    visible = _without_drafts(view)
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


def _without_drafts(view: DocumentView) -> DocumentView | None:
    visible = tuple(each for each in view.revisions if each.state in OPEN_STATES)
    return DocumentView(view.document, visible, view.links) if visible else None


def _views(session: Session, documents: Sequence[Document], *, as_of: date) -> tuple[DocumentView, ...]:
    ids = [document.id for document in documents]
    revisions: dict[str, list[Revision]] = {document_id: [] for document_id in ids}
    query = select(Revision).where(Revision.document_id.in_(ids)).order_by(Revision.number.desc())
    for revision in session.scalars(query):
        revisions[revision.document_id].append(revision)
    signed = signatures(session, [revision.id for several in revisions.values() for revision in several])
    linked = links_of(session, ids)
    return tuple(
        DocumentView(
            document,
            tuple(
                RevisionView(each, state_of(document, each, revisions[document.id], as_of), tuple(signed[each.id]))
                for each in revisions[document.id]
            ),
            tuple(linked[document.id]),
        )
        for document in documents
    )
