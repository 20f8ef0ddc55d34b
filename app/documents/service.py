"""Use cases that change controlled documents: number, revise, submit, approve, withdraw.

Source: DC-01 to DC-06 of the audit model; ISO/IEC 20000-1:2018, 7.5.2 and 7.5.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.database import new_id
from app.documents.models import Approval, Document, DocumentOwner, Revision
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.identity.actor import Actor, Permission
from app.identity.service import check_owner
from app.journal.service import Event
from app.links import service as links
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.readiness.periods import add_months
from app.storage.files import NewFile, check_file, media_type_of
from app.storage.service import keep
from app.validation import line, words

MAX_REASON = 2000


class Level(StrEnum):
    """Place in the hierarchy of documents (audit model, section 14)."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"


class DocumentKind(StrEnum):
    """What sort of documented information it is."""

    POLICY = "policy"
    PLAN = "plan"
    PROCEDURE = "procedure"
    AGREEMENT = "agreement"
    REGISTER = "register"
    RECORD = "record"
    REPORT = "report"


class State(StrEnum):
    """Where a revision is; effective and superseded depend on the day asked about."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A line of the master list to be made."""

    number: str
    title: str
    level: Level
    kind: DocumentKind
    owner_id: str | None = None
    expectation_ids: tuple[str, ...] = ()


def add_document(session: Session, programme: Programme, new: NewDocument, *, actor: Actor, at: datetime) -> Document:
    """Enter a document in the master list. Raises Forbidden, Invalid, NotFound, Conflict for a number that is taken."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    number, title = line(new.number, "number", most=60), line(new.title, "title")
    check_owner(session, new.owner_id, programme.organisation_id, at=at)
    taken = select(Document.id).where(Document.programme_id == programme.id, Document.number == number)
    if session.scalar(taken):
        raise Conflict(
            "The number {number} is taken. Add a revision to it, or choose another.", number=number, field="number"
        )
    document = Document(
        id=new_id(),
        programme_id=programme.id,
        number=number,
        title=title,
        level=new.level.value,
        kind=new.kind.value,
        owner_id=new.owner_id,
        created_at=at,
    )
    session.add(document)
    session.flush()
    links.make_links(session, programme, links.LinkKind.DOCUMENT, document.id, new.expectation_ids, actor=actor, at=at)
    after = {"number": number, "title": title, "level": document.level, "expectations": new.expectation_ids}
    programmes.note(session, programme, Event("document.added", document.id, after=after), actor=actor, at=at)
    return document


def add_revision(
    session: Session,
    programme: Programme,
    document_id: str,
    file: NewFile,
    *,
    change_note: str = "",
    actor: Actor,
    at: datetime,
) -> Revision:
    """Add a draft revision from a stored file. Raises Forbidden, NotFound, Invalid, Conflict while one is in review."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    newest = newest_revision(session, document.id)
    if newest and newest.submitted_at and not newest.approved_at and not newest.returned_at:
        raise Conflict("Revision {number} is in review. Finish or return it first.", number=newest.number)
    clean = check_file(file)
    keep(session, [clean.blob], at=at)
    revision = Revision(
        id=new_id(),
        document_id=document.id,
        number=newest.number + 1 if newest else 1,
        change_note=words(change_note, "change_note", most=4000),
        file_name=clean.name,
        media_type=media_type_of(clean.name),
        size_bytes=clean.blob.size_bytes,
        sha256=clean.blob.sha256,
        author_id=actor.id,
        recorded_at=at,
        recorded_on=programmes.day_of(session, programme, at),
        approvals_needed=0,
    )
    session.add(revision)
    session.flush()
    after = {"number": revision.number, "file": clean.name, "sha256": clean.blob.sha256}
    programmes.note(session, programme, Event("document.revised", document.id, after=after), actor=actor, at=at)
    return revision


def submit_revision(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    effective_on: date | None = None,
    next_review_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> Revision:
    """Send the newest draft to review; it becomes effective on `effective_on`, or on the day it is approved.

    The quorum is the programme's setting at this moment. Raises Forbidden, NotFound, Conflict, Invalid.
    """
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    revision = newest_revision(session, document.id)
    if revision is None or revision.submitted_at is not None:
        raise Conflict("There is no draft to submit. Add a revision first.")
    if next_review_on and next_review_on < (effective_on or programmes.day_of(session, programme, at)):
        raise Invalid("The next review comes before the document is effective.", field="next_review_on")
    revision.submitted_at = at
    revision.approvals_needed = programmes.limits_of(session, programme).approvals_needed
    revision.effective_on, revision.next_review_on = effective_on, next_review_on
    after = {"number": revision.number, "effective_on": effective_on, "approvals_needed": revision.approvals_needed}
    programmes.note(session, programme, Event("document.submitted", document.id, after=after), actor=actor, at=at)
    return revision


def decide_revision(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    approve: bool,
    reason: str = "",
    number: int | None = None,
    actor: Actor,
    at: datetime,
) -> Revision:
    """Sign the revision in review, or return it with a reason; with the last signature needed it is approved.

    An approval by the author never counts (DC-03). The effective day is never before the day of approval. Raises
    Forbidden, NotFound, Invalid, Conflict, Stale where `number` is not the one in review.
    """
    actor.must(Permission.APPROVE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    revision = newest_revision(session, document.id)
    if revision is None or not revision.submitted_at or revision.approved_at or revision.returned_at:
        raise Conflict("No revision of this document is in review.")
    if number is not None and number != revision.number:
        raise Stale("Revision {number} is in review now. Look at it first.", number=revision.number)
    if revision.author_id == actor.id:
        raise Forbidden("You wrote this revision: somebody else has to approve it.")
    if session.get(Approval, (revision.id, actor.id)):
        raise Conflict("You have signed this revision already.")
    reason = words(reason, "reason", least=0 if approve else 1, most=MAX_REASON)
    decision = "approved" if approve else "returned"
    session.add(Approval(revision_id=revision.id, user_id=actor.id, decision=decision, reason=reason, at=at))
    session.flush()
    if not approve:
        revision.returned_at = at
    elif len(signatures(session, [revision.id])[revision.id]) >= revision.approvals_needed:
        _approve(session, programme, revision, at=at)
    after = {"number": revision.number, "decision": decision, "reason": reason, "effective_on": revision.effective_on}
    programmes.note(session, programme, Event(f"document.{decision}", document.id, after=after), actor=actor, at=at)
    return revision


def withdraw_document(
    session: Session, programme: Programme, document_id: str, *, reason: str, actor: Actor, at: datetime
) -> Document:
    """Take a document out of force; its revisions stay on record. Raises Forbidden, NotFound, Invalid, Conflict."""
    actor.must(Permission.MANAGE_PROGRAMME, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    document.withdrawn_reason = words(reason, "reason", least=1, most=MAX_REASON)
    document.withdrawn_at, document.withdrawn_by = at, actor.id
    after = {"reason": document.withdrawn_reason}
    programmes.note(session, programme, Event("document.withdrawn", document.id, after=after), actor=actor, at=at)
    return document


def change_owner(
    session: Session,
    programme: Programme,
    document_id: str,
    owner_id: str | None,
    *,
    revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> Document:
    """Hand a document to another owner; who it was stays on record. Raises Forbidden, NotFound, Invalid, Stale."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    if revision is not None and revision != document.revision_lock:
        raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
    check_owner(session, owner_id, programme.organisation_id, at=at)
    if owner_id != document.owner_id:
        session.add(DocumentOwner(id=new_id(), document_id=document.id, owner_id=document.owner_id, ended_at=at))
        before, document.owner_id = {"owner": document.owner_id}, owner_id
        session.flush()
        event = Event("document.owner-changed", document.id, before, {"owner": owner_id})
        programmes.note(session, programme, event, actor=actor, at=at)
    return document


def link_document(
    session: Session,
    programme: Programme,
    document_id: str,
    expectation_ids: Sequence[str],
    *,
    actor: Actor,
    at: datetime,
) -> Document:
    """Say that the document answers more expectations. Raises Forbidden, NotFound, Conflict; then no link is made."""
    actor.must(Permission.LINK, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    links.make_links(session, programme, links.LinkKind.DOCUMENT, document.id, expectation_ids, actor=actor, at=at)
    event = Event("document.linked", document.id, after={"expectations": expectation_ids})
    programmes.note(session, programme, event, actor=actor, at=at)
    return document


def check_may_revise(session: Session, programme: Programme, document_id: str, *, actor: Actor) -> None:
    """Raise NotFound or Forbidden where the actor may not add a revision: ask before taking bytes."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = session.get(Document, document_id)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")


def get_for_change(session: Session, programme: Programme, document_id: str) -> Document:
    """Return a document of this programme, locked. Raises NotFound, Conflict where it was withdrawn."""
    document = session.get(Document, document_id, with_for_update=True)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")
    if document.withdrawn_at is not None:
        raise Conflict("This document was withdrawn. Enter a new one.")
    flag_modified(document, "title")  # its revision counts every change, also of its revisions and links
    return document


def newest_revision(session: Session, document_id: str) -> Revision | None:
    """Return the revision added last, None where there is none."""
    query = select(Revision).where(Revision.document_id == document_id)
    return session.scalars(query.order_by(Revision.number.desc()).limit(1)).first()


def signatures(session: Session, revision_ids: Sequence[str]) -> dict[str, list[Approval]]:
    """Return the approvals (not the refusals) of these revisions, oldest first."""
    found: dict[str, list[Approval]] = {revision_id: [] for revision_id in revision_ids}
    query = select(Approval).where(Approval.revision_id.in_(revision_ids), Approval.decision == "approved")
    for approval in session.scalars(query.order_by(Approval.at, Approval.user_id)):
        found[approval.revision_id].append(approval)
    return found


def state_of(document: Document, revision: Revision, revisions: Sequence[Revision], as_of: date) -> State:
    """Return where `revision` is on a day, among all `revisions` of its document."""
    if revision.approved_at is None:
        if revision.returned_at is not None:
            return State.RETURNED
        return State.DRAFT if revision.submitted_at is None else State.IN_REVIEW
    if document.withdrawn_at is not None:
        return State.WITHDRAWN
    if revision.effective_on is None or revision.effective_on > as_of:
        return State.APPROVED
    later = (
        other.number > revision.number and other.approved_at and other.effective_on and other.effective_on <= as_of
        for other in revisions
    )
    return State.SUPERSEDED if any(later) else State.EFFECTIVE


def _approve(session: Session, programme: Programme, revision: Revision, *, at: datetime) -> None:
    today = programmes.day_of(session, programme, at)
    months = programmes.limits_of(session, programme).document_review_months
    revision.approved_at, revision.approved_on = at, today
    revision.effective_on = max(revision.effective_on or today, today)
    revision.next_review_on = revision.next_review_on or add_months(revision.effective_on, months)
