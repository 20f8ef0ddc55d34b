"""Controlled documents: the master list, revisions, approval, download."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.answers import Answer, Once, check_seen, send
from app.api.deps import PAGE, AsOf, Cursor, IfMatch, IfNoneMatch, KnownAt, Limit, moment_of, sorts_of
from app.api.document_bodies import (
    ChangeQuery,
    DecisionBody,
    DocumentBody,
    DocumentChanges,
    DocumentReviewBody,
    RecallBody,
    RevisionBody,
    SubmissionBody,
)
from app.api.documented import changes, form_of, made, raw_file, reads, sends_bytes
from app.api.evidence_bodies import LinksBody, ReasonBody
from app.api.shapes_documents import DocumentPage, DocumentShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.api.uploads import Arrived, Uploading
from app.doctor import watched
from app.documents import approval, reading, service
from app.documents.models import Document
from app.documents.queries import ORDERS, Filter
from app.errors import Invalid
from app.http.deps import Now, Reading, RuntimeDep, Writing
from app.http.downloads import download
from app.http.opened import note_if_outsider
from app.identity.actor import Actor, Permission
from app.programmes.models import Programme
from app.programmes.service import day_of, find_programme
from app.storage.blobs import Blob


class RevisionRoute(StrictRoute):
    """A route that takes bytes only from those who may revise the document."""

    @staticmethod
    def admit(session: Session, actor: Actor, path: Mapping[str, str]) -> Programme:
        """Return the programme that the path names. Raises NotFound, Forbidden."""
        programme = find_programme(session, path["programme"], actor=actor)
        service.check_may_revise(session, programme, path["document"], actor=actor)
        return programme


Sort = Annotated[str, Query(max_length=20, description=sorts_of(ORDERS))]
PREFIX = "/programmes/{programme}/documents"
router = APIRouter(prefix=PREFIX, tags=["documents"], route_class=StrictRoute)
uploads = APIRouter(prefix=PREFIX, tags=["documents"], route_class=RevisionRoute)


@dataclass(frozen=True, slots=True)
class Days:
    """The day to be judged, today unless given, and the moment of knowledge; then the day of that moment."""

    as_of: AsOf = None
    known_at: KnownAt = None

    def of(self, session: Session, programme: Programme, actor: Actor, at: datetime) -> tuple[date, datetime | None]:
        """Return the day to show documents on, and the past moment, None for now. Raises Invalid."""
        known_at = moment_of(self.known_at, at)
        today = day_of(session, programme, known_at or at)
        return reading.visible_day(programme, self.as_of, today=today, actor=actor), known_at


Then = Annotated[Days, Depends()]


@router.get("", **reads(DocumentPage))
def list_documents(
    programme: str,
    session: Reading,
    *,
    actor: Acting,
    at: Now,
    then: Then,
    sort: Sort = "",
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """List the controlled documents, by number unless sorted otherwise, each revision with its state on the day."""
    found = find_programme(session, programme, actor=actor)
    day, known_at = then.of(session, found, actor, at)
    wanted = Filter(sort=sort)
    page = reading.master_list(
        session, found, as_of=day, known_at=known_at, actor=actor, wanted=wanted, cursor=cursor, limit=limit
    )
    return send(DocumentPage.of(page))


@router.post("", **made(DocumentShape))
def add_document(
    programme: str, body: DocumentBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Enter a document in the master list; its text comes with a revision."""
    found = find_programme(session, programme, actor=actor)

    def make() -> Answer:
        document = service.add_document(session, found, body.to_new(), actor=actor, at=at)
        return _answer(session, found, document.id, actor, at, status=HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.get("/{document}", **reads(DocumentShape))
def get_document(programme: str, document: str, session: Reading, *, actor: Acting, at: Now, then: Then) -> Response:
    """Show a document with its revisions and who signed them; the past has no ETag, since it cannot be changed."""
    found = find_programme(session, programme, actor=actor)
    day, known_at = then.of(session, found, actor, at)
    view = reading.get_document(session, found, document, as_of=day, known_at=known_at, actor=actor)
    return send(DocumentShape.of(view), None if known_at else view.changes)


@router.patch("/{document}", **changes(DocumentShape))
def amend_document(
    programme: str, document: str, body: DocumentChanges, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Change title, level, kind or owner; what they were stays on record."""
    found = find_programme(session, programme, actor=actor)
    service.amend_document(session, found, document, body.to_amendment(), revision=seen, actor=actor, at=at)
    if "owner_id" in body.model_fields_set:
        service.change_owner(session, found, document, body.owner_id, actor=actor, at=at)
    return _send(session, found, document, actor, at)


@uploads.post(
    "/{document}/revisions", openapi_extra=form_of("revision", RevisionBody, several=False), **made(DocumentShape)
)
async def add_revision(document: str, upload: Uploading, seen: IfMatch) -> Response:
    """Add a draft revision: a form with a part `revision` that holds JSON, and one `file`."""

    def record(arrived: Arrived[RevisionBody]) -> Answer:
        return _revise(arrived, document, upload.actor, seen)

    return await upload.form("revision", RevisionBody, record, lambda coming: _check_open(coming, document))


@uploads.put("/{document}/revisions/files/{file_name:path}", openapi_extra=raw_file(), **made(DocumentShape))
async def put_revision_file(
    document: str, file_name: str, query: Annotated[ChangeQuery, Query()], upload: Uploading, seen: IfMatch
) -> Response:
    """Add a draft revision: the body is the bytes of its file."""

    def record(arrived: Arrived[ChangeQuery]) -> Answer:
        return _revise(arrived, document, upload.actor, seen)

    return await upload.raw(file_name, query, record, lambda coming: _check_open(coming, document))


@router.post("/{document}/submit", **changes(DocumentShape))
def submit_revision(
    programme: str,
    document: str,
    session: Writing,
    *,
    actor: Acting,
    seen: IfMatch,
    at: Now,
    body: SubmissionBody | None = None,
) -> Response:
    """Send the newest draft to review; it becomes effective on the day given, or on the day it is approved."""
    found = find_programme(session, programme, actor=actor)
    before, days = _revision(session, document), body or SubmissionBody()
    approval.submit_revision(
        session,
        found,
        document,
        effective_on=days.effective_on,
        next_review_on=days.next_review_on,
        actor=actor,
        at=at,
    )
    check_seen(seen, before)
    return _send(session, found, document, actor, at)


@router.post("/{document}/decision", **changes(DocumentShape))
def decide_revision(
    programme: str, document: str, body: DecisionBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Sign the revision in review, or return it with a reason. The author's own signature never counts."""
    found = find_programme(session, programme, actor=actor)
    before = _revision(session, document)
    approval.decide_revision(
        session, found, document, approve=body.approve, reason=body.reason, number=body.number, actor=actor, at=at
    )
    check_seen(seen, before)
    return _send(session, found, document, actor, at)


@router.post("/{document}/recall", **changes(DocumentShape))
def recall_revision(
    programme: str,
    document: str,
    session: Writing,
    *,
    actor: Acting,
    seen: IfMatch,
    at: Now,
    body: RecallBody | None = None,
) -> Response:
    """Take one's own revision out of review; a new one may follow."""
    found = find_programme(session, programme, actor=actor)
    before, reason = _revision(session, document), (body or RecallBody()).reason
    approval.recall_revision(session, found, document, reason=reason, actor=actor, at=at)
    check_seen(seen, before)
    return _send(session, found, document, actor, at)


@router.post("/{document}/reviews", **made(DocumentShape))
def review_document(
    programme: str, document: str, body: DocumentReviewBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Say that the revision in force was reviewed and still holds, and when it is to be reviewed again."""
    found = find_programme(session, programme, actor=actor)
    actor.must(Permission.APPROVE_DOCUMENTS, found.organisation_id, found.id)

    def make() -> Answer:
        approval.confirm_review(
            session, found, document, next_review_on=body.next_review_on, note=body.note, actor=actor, at=at
        )
        return _answer(session, found, document, actor, at, status=HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.post("/{document}/withdraw", **changes(DocumentShape))
def withdraw_document(
    programme: str, document: str, body: ReasonBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Take a document out of force; its revisions stay on record."""
    found = find_programme(session, programme, actor=actor)
    before = _revision(session, document)
    service.withdraw_document(session, found, document, reason=body.reason, actor=actor, at=at)
    check_seen(seen, before)
    return _send(session, found, document, actor, at)


@router.post("/{document}/links", **changes(DocumentShape))
def link_document(
    programme: str, document: str, body: LinksBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Say that the document answers these expectations too."""
    found = find_programme(session, programme, actor=actor)
    actor.must(Permission.LINK, found.organisation_id, found.id)

    def make() -> Answer:
        service.link_document(session, found, document, body.expectation_ids, actor=actor, at=at)
        return _answer(session, found, document, actor, at)

    return once.once(session, body, make, at=at)


@router.get("/{document}/revisions/{number}/file", **sends_bytes())
def get_revision_file(
    programme: str,
    document: str,
    number: Annotated[int, Field(ge=1, le=1_000_000)],
    session: Reading,
    runtime: RuntimeDep,
    *,
    actor: Acting,
    at: Now,
    known: IfNoneMatch,
) -> Response:
    """Download a revision's file. Its bytes are hashed on the way: damaged ones never look complete.

    What an auditor downloads is in the journal.
    """
    found = find_programme(session, programme, actor=actor)
    day = day_of(session, found, at)
    revision, chunks = reading.open_revision(
        session, runtime.blobs, found, document, number=number, as_of=day, actor=actor
    )
    note_if_outsider(runtime, found, document, revision.file_name, actor=actor, at=at)
    chunks = watched(runtime, Blob(revision.sha256, revision.size_bytes), chunks, actor=actor, at=at)
    return download(revision, revision.file_name, chunks, known)


def _check_open(coming: Arrived[RevisionBody] | Arrived[ChangeQuery], document_id: str) -> None:
    service.check_takes_revision(coming.session, coming.session.get_one(Document, document_id))


def _revise(
    arrived: Arrived[RevisionBody] | Arrived[ChangeQuery], document_id: str, actor: Actor, seen: int | None
) -> Answer:
    session, programme, at = arrived.session, arrived.programme, arrived.at
    if len(arrived.files) != 1:
        raise Invalid("A revision has exactly one file.", field="file")
    service.check_may_revise(session, programme, document_id, actor=actor)
    check_seen(seen, _revision(session, document_id))
    note = arrived.body.change_note
    service.add_revision(session, programme, document_id, arrived.files[0], change_note=note, actor=actor, at=at)
    return _answer(session, programme, document_id, actor, at, status=HTTPStatus.CREATED)


def _revision(session: Session, document_id: str) -> int:
    """Return the revision of the entry before a change; the use case then says whether there is such a document."""
    document = session.get(Document, document_id)
    return document.revision_lock if document else 0


def _answer(
    session: Session, programme: Programme, document_id: str, actor: Actor, at: datetime, *, status: int = HTTPStatus.OK
) -> Answer:
    session.flush()
    today: date = day_of(session, programme, at)
    view = reading.get_document(session, programme, document_id, as_of=today, actor=actor)
    return Answer(DocumentShape.of(view), status, view.changes)


def _send(session: Session, programme: Programme, document_id: str, actor: Actor, at: datetime) -> Response:
    answer = _answer(session, programme, document_id, actor, at)
    return send(answer.shape, answer.revision)
