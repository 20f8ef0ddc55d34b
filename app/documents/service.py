"""Use cases that change controlled documents: number, amend, revise, withdraw. Approval is in `approval`.

Source: DC-01 to DC-06 of the audit model; ISO/IEC 20000-1:2018, 7.5.2 and 7.5.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.database import new_id
from app.documents.models import Document, DocumentAmendment, DocumentOwner, Revision
from app.errors import Conflict, NotFound, Stale
from app.identity.actor import Actor, Permission
from app.identity.service import check_owner
from app.journal.service import Event
from app.links import service as links
from app.programmes import service as programmes
from app.programmes.models import Programme
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


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A line of the master list to be made."""

    number: str
    title: str
    level: Level
    kind: DocumentKind
    owner_id: str | None = None
    expectation_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to be called or classed otherwise; None leaves it as it is."""

    title: str | None = None
    level: Level | None = None
    kind: DocumentKind | None = None


def add_document(session: Session, programme: Programme, new: NewDocument, *, actor: Actor, at: datetime) -> Document:
    """Enter a document in the master list. Raises Forbidden, Invalid, NotFound, Conflict for a number that is taken."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    number, title = line(new.number, "number", most=60), line(new.title, "title")
    check_owner(session, new.owner_id, programme.organisation_id, at=at)
    _check_free(session, programme, number)
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
    newest = check_takes_revision(session, document)
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


def amend_document(
    session: Session,
    programme: Programme,
    document_id: str,
    change: Amendment,
    *,
    revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> Document:
    """Change title, level or kind; what they were stays on record. Raises Forbidden, NotFound, Invalid, Stale."""
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    if revision is not None and revision != document.revision_lock:
        raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
    before = {"title": document.title, "level": document.level, "kind": document.kind}
    after = {
        "title": document.title if change.title is None else line(change.title, "title"),
        "level": document.level if change.level is None else change.level.value,
        "kind": document.kind if change.kind is None else change.kind.value,
    }
    if before == after:
        return document
    session.add(
        DocumentAmendment(id=new_id(), document_id=document.id, programme_id=programme.id, ended_at=at, **before)
    )
    document.title, document.level, document.kind = after["title"], after["level"], after["kind"]
    session.flush()
    programmes.note(session, programme, Event("document.amended", document.id, before, after), actor=actor, at=at)
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


def _check_free(session: Session, programme: Programme, number: str) -> None:
    query = select(Document).where(Document.programme_id == programme.id, Document.number == number)
    holder = session.scalar(query)
    if holder is not None and holder.withdrawn_at is not None:
        raise Conflict(
            "The number {number} was that of a document that was withdrawn, and no number is given twice. Choose "
            "another one, such as {other}.",
            number=number,
            other=f"{number}-A",
            field="number",
        )
    if holder is not None:
        raise Conflict(
            "The number {number} is taken. Add a revision to it, or choose another.", number=number, field="number"
        )


def check_takes_revision(session: Session, document: Document) -> Revision | None:
    """Return the newest revision. Raises Conflict where it is in review, or the document was withdrawn."""
    _check_not_withdrawn(document)
    newest = newest_revision(session, document.id)
    if newest and newest.submitted_at and not newest.approved_at and not newest.returned_at:
        raise Conflict("Revision {number} is in review. Finish or return it first.", number=newest.number)
    return newest


def _check_not_withdrawn(document: Document) -> None:
    if document.withdrawn_at is not None:
        raise Conflict("This document was withdrawn. Enter a new one under another number.")


def get_for_change(session: Session, programme: Programme, document_id: str) -> Document:
    """Return a document of this programme, locked. Raises NotFound, Conflict where it was withdrawn."""
    document = session.get(Document, document_id, with_for_update=True)
    if document is None or document.programme_id != programme.id:
        raise NotFound("There is no such document in this programme.")
    _check_not_withdrawn(document)
    flag_modified(document, "title")  # its revision counts every change, also of its revisions and links
    return document


def newest_revision(session: Session, document_id: str) -> Revision | None:
    """Return the revision added last, None where there is none."""
    query = select(Revision).where(Revision.document_id == document_id)
    return session.scalars(query.order_by(Revision.number.desc()).limit(1)).first()
