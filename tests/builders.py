"""Builders with defaults, and `house`: one organisation with one programme and its people, in an open transaction."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.catalogue.service import install_shipped
from app.database import Database
from app.documents import approval
from app.documents import service as documents
from app.documents.models import Document, Revision
from app.evidence import service as evidence
from app.evidence.service import NewEvidence, Submitted
from app.evidence.versions import NewVersion
from app.identity.actor import Actor, Grant, Role, local_operator
from app.identity.models import User
from app.identity.passwords import hash_password
from app.identity.service import give_role, user_actor
from app.identity.users import NewUser, add_user
from app.programmes.models import Organisation, Programme
from app.programmes.organisations import NewOrganisation, add_organisation
from app.programmes.service import add_programme
from app.storage.blobs import LocalBlobs
from app.storage.files import NewFile

AT = datetime(2026, 8, 10, 2, tzinfo=UTC)
"""When things happen unless a test says otherwise: 10 August 2026, 10:00 in Shanghai."""
TODAY = date(2026, 8, 10)
INSTALLER = local_operator("installer")
F2018, F2011 = "iso20000-1-2018", "iso20000-1-2011"
RECORD = "incident-records"
"""An expectation of both editions: a monthly record, demanded by the standard."""
PAPER = "service-management-policy"
"""An expectation of both editions: a document, demanded by the standard."""
CUSTOMARY = "policy-review-record"
"""A yearly record that is customary only, so it may be waived."""
LIMIT_BYTES = 4 << 20
HASH_KIB = 32
"""The least memory Argon2 takes: tests need no strong hashes."""


@dataclass(frozen=True, slots=True)
class House:
    """One programme, its people by role, and an open `writing()` transaction on a real database with real blobs."""

    database: Database
    blobs: LocalBlobs
    session: Session
    programme: Programme
    officer: Actor
    owner: Actor
    contributor: Actor
    reviewer: Actor
    second_reviewer: Actor
    auditor: Actor

    def file(self, content: bytes = b"minutes", name: str = "minutes.txt") -> NewFile:
        """Store bytes and name them as an upload does."""
        return NewFile(name, self.blobs.put(io.BytesIO(content)))


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    """A house; what a test does in its transaction is undone."""
    blobs = some_blobs(tmp_path)
    with database.writing() as session:
        yield some_house(session, database, blobs)
        session.rollback()


def some_blobs(folder: Path, limit_bytes: int = LIMIT_BYTES) -> LocalBlobs:
    """Make a blob store in `folder`."""
    blobs = LocalBlobs(folder / "blobs", limit_bytes)
    blobs.root.mkdir(parents=True, exist_ok=True)
    blobs.check()
    return blobs


def some_house(
    session: Session, database: Database, blobs: LocalBlobs, *, frameworks: Sequence[str] = (F2018,)
) -> House:
    """Make an organisation with a programme and one person a role."""
    programme = some_programme(session, frameworks=frameworks)
    organisation_id = programme.organisation_id
    return House(
        database,
        blobs,
        session,
        programme,
        officer=somebody(session, organisation_id, Role.COMPLIANCE_OFFICER),
        owner=somebody(session, organisation_id, Role.PROCESS_OWNER),
        contributor=somebody(session, organisation_id, Role.CONTRIBUTOR),
        reviewer=somebody(session, organisation_id, Role.REVIEWER),
        second_reviewer=somebody(session, organisation_id, Role.REVIEWER, login="second-reviewer"),
        auditor=somebody(
            session, organisation_id, Role.AUDITOR, programme_id=programme.id, until=AT + timedelta(days=2000)
        ),
    )


def some_organisation(session: Session, name: str = "Example", *, time_zone: str = "Asia/Shanghai") -> Organisation:
    """Make an organisation."""
    new = NewOrganisation(name, f"{name} 公司", time_zone)
    return add_organisation(session, new, actor=INSTALLER, at=long_ago())


def some_programme(
    session: Session,
    organisation: Organisation | None = None,
    *,
    code: str = "itsm",
    frameworks: Sequence[str] = (F2018,),
    start_of_operation: date | None = date(2026, 1, 1),
) -> Programme:
    """Make a programme, with its organisation and the shipped frameworks where they are not there yet."""
    install_shipped(session, at=long_ago())
    organisation = organisation or some_organisation(session)
    profile = {"name_en": "IT services", "frameworks": list(frameworks), "start_of_operation": start_of_operation}
    return add_programme(session, organisation.id, code, profile, actor=INSTALLER, at=long_ago())


def some_user(session: Session, login: str = "wang", *, password: str | None = None, installer: bool = False) -> User:
    """Make a user without any role."""
    hashed = None if password is None else hash_password(password, HASH_KIB)
    new = NewUser(login, login.title(), "zh", hashed, installer)
    return add_user(session, new, actor=INSTALLER, at=long_ago())


def somebody(
    session: Session,
    organisation_id: str,
    *roles: Role,
    login: str | None = None,
    programme_id: str | None = None,
    until: datetime | None = None,
) -> Actor:
    """Make a user with roles and return them as an actor; the login is that of the roles unless given."""
    user = some_user(session, login or "-".join(roles) + "@" + organisation_id)
    grant = Grant(organisation_id, frozenset(roles), programme_id)
    give_role(session, grant, user, actor=INSTALLER, at=long_ago(), until=until)
    return user_actor(session, user, at=long_ago())


def some_version(collected_on: date = TODAY, **more: object) -> NewVersion:
    """Say what a version proves."""
    return NewVersion(collected_on, **more)  # type: ignore[arg-type]


def some_evidence(
    house: House,
    *,
    title: str = "Minutes",
    version: NewVersion | None = None,
    files: Sequence[NewFile] | None = None,
    expectation_ids: Sequence[str] = (RECORD,),
    owner_id: str | None = None,
    actor: Actor | None = None,
    at: datetime = AT,
) -> Submitted:
    """Submit evidence with one file, as the contributor."""
    new = NewEvidence(title, version or some_version(), tuple(expectation_ids), owner_id)
    files = [house.file()] if files is None else files
    return evidence.add_evidence(house.session, house.programme, new, files, actor=actor or house.contributor, at=at)


def accepted(house: House, submitted: Submitted | None = None, *, at: datetime = AT) -> Submitted:
    """Accept evidence as the reviewer; makes some where none is given."""
    submitted = submitted or some_evidence(house, at=at)
    review(house, submitted.evidence.id, at=at)
    return submitted


def review(
    house: House,
    evidence_id: str,
    *,
    accept: bool = True,
    reason: str = "",
    actor: Actor | None = None,
    at: datetime = AT,
) -> None:
    """Accept or reject the newest version, as the reviewer."""
    evidence.review_evidence(
        house.session,
        house.programme,
        evidence_id,
        accept=accept,
        reason=reason or ("" if accept else "unreadable"),
        actor=actor or house.reviewer,
        at=at,
    )


def some_document(
    house: House,
    number: str = "SMS-P-01",
    title: str = "Policy",
    *,
    expectation_ids: Sequence[str] = (PAPER,),
    owner_id: str | None = None,
    at: datetime = AT,
) -> Document:
    """Enter a document in the master list, as the officer; it has no revision yet."""
    new = documents.NewDocument(
        number, title, documents.Level.L1, documents.DocumentKind.POLICY, owner_id, tuple(expectation_ids)
    )
    return documents.add_document(house.session, house.programme, new, actor=house.officer, at=at)


def submitted_revision(
    house: House, document: Document, *, content: bytes = b"policy", at: datetime = AT, **days: date | None
) -> Revision:
    """Add a revision and send it to review, as the officer; `days` are `effective_on` and `next_review_on`."""
    file = house.file(content, "policy.docx")
    documents.add_revision(house.session, house.programme, document.id, file, actor=house.officer, at=at)
    return approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=at, **days)


def approve(house: House, document: Document, *, actor: Actor | None = None, at: datetime = AT) -> Revision:
    """Sign the revision in review, as the reviewer."""
    return approval.decide_revision(
        house.session, house.programme, document.id, approve=True, actor=actor or house.reviewer, at=at
    )


def effective_document(house: House, number: str = "SMS-P-01", *, at: datetime = AT, **more: Sequence[str]) -> Document:
    """Make a document with an approved revision that is in force."""
    document = some_document(house, number, at=at, **more)  # type: ignore[arg-type]
    submitted_revision(house, document, at=at)
    approve(house, document, at=at)
    return document


def long_ago() -> datetime:
    """Return the moment at which the house was built, well before anything happens in it."""
    return datetime(2025, 1, 1, tzinfo=UTC)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Collect the statements sent to the database; what the session knows is forgotten first, so nothing is free."""
    session.flush()
    session.expire_all()
    sent: list[str] = []

    def note(_c: Connection, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
