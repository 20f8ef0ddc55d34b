"""What stands around the evidence of the first programme, so that no page is empty: people, documents, the journal."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.catalogue.service import get_pack
from app.database import new_id
from app.documents.models import Approval, Document, Revision
from app.evidence.models import Evidence
from app.identity.actor import Actor, Grant, Role, local_operator
from app.identity.service import NewToken, give_role, make_token, user_actor
from app.identity.users import NewUser, add_user
from app.journal.models import Chain, Entry
from app.journal.service import hash_of
from app.links.models import Link
from app.programmes.models import Programme
from app.programmes.service import add_entry
from app.readiness.periods import DAY
from app.runtime import open_runtime
from app.settings import Settings
from app.storage.models import StoredBlob
from tests.bench.data import FRAMEWORK, NOW, STAGE_2_ON, TODAY

PEOPLE, DOCUMENTS, REVISIONS, PARTIES = 40, 400, 3, 25
WAITING = 20
"""Every so many pieces of evidence one waits to be accepted."""
ACTOR = local_operator("bench")
BLOB = "0" * 64


def furnish(folder: Path) -> str:
    """Add to the first programme of a data folder what `build` leaves out, and a journal of all its evidence.

    Returns the token of an auditor.
    """
    with open_runtime(Settings.load(data_folder=folder)) as runtime, runtime.database.writing() as session:
        programme = session.scalars(select(Programme).where(Programme.code == "p0")).one()
        people = _people(session, programme)
        _registers(session, programme, people)
        session.execute(insert(StoredBlob), [{"sha256": BLOB, "size_bytes": 20_000, "stored_at": NOW}])
        _documents(session, programme, people)
        _journal(session, programme.organisation_id, people)
        token = _auditor(session, programme)
    _evidence(folder, programme.id, people)
    return token


def _people(session: Session, programme: Programme) -> list[Actor]:
    found = []
    for number in range(PEOPLE):
        user = add_user(session, NewUser(f"person-{number}", f"Person {number} 王敏"), actor=ACTOR, at=NOW)
        role = (Role.PROCESS_OWNER, Role.CONTRIBUTOR, Role.REVIEWER)[number % 3]
        give_role(session, Grant(programme.organisation_id, frozenset({role})), user, actor=ACTOR, at=NOW)
        found.append(Actor(user.id, user.name))
    return found


def _auditor(session: Session, programme: Programme) -> str:
    user = add_user(session, NewUser("auditor", "Auditor"), actor=ACTOR, at=NOW)
    grant = Grant(programme.organisation_id, frozenset({Role.AUDITOR}), programme.id)
    give_role(session, grant, user, actor=ACTOR, at=NOW, until=NOW + timedelta(days=30))
    new = NewToken("auditor", user.id, programme.organisation_id, Role.AUDITOR, 30, programme.id)
    return make_token(session, new, actor=user_actor(session, user, at=NOW), at=NOW)[1]


def _registers(session: Session, programme: Programme, people: list[Actor]) -> None:
    def add(name: str, **body: object) -> str:
        return add_entry(session, programme, name, body, actor=ACTOR, at=NOW).id

    add("audits", kind="stage-1", planned_on=str(STAGE_2_ON - timedelta(days=60)))
    for number, clause in enumerate(("4", "5", "6", "7", "8", "9", "10")):
        add("owners", framework=FRAMEWORK, clause=clause, owner_id=people[number].id)
    for number in range(PARTIES):
        party = add("parties", kind="external-supplier", name_en=f"Supplier {number}")
        ends_on = str(TODAY + timedelta(days=20 * number))
        add("agreements", kind="contract", title=f"Contract {number}", party_id=party, ends_on=ends_on)


def _documents(session: Session, programme: Programme, people: list[Actor]) -> None:
    needs = [each for each in get_pack(session, FRAMEWORK, None).expectations if each.action == "maintain"]
    for number in range(DOCUMENTS):
        owner = people[number % PEOPLE]
        document = Document(
            id=new_id(), programme_id=programme.id, number=f"SMS-{number:04}", title=f"Procedure {number} 程序",
            level="L2", kind="procedure", owner_id=owner.id, created_at=NOW - timedelta(days=600),
        )  # fmt: skip
        session.add(document)
        session.flush()
        for revision in range(1, REVISIONS + 1):
            _revision(session, document, revision, people)
        link = {"programme_id": programme.id, "kind": "document", "item_id": document.id}
        at = document.created_at
        made = {"made_at": at, "made_by": owner.id, "confirmed_at": at, "confirmed_by": owner.id}
        session.add(Link(id=new_id(), expectation_id=needs[number % len(needs)].id, **link, **made))
    session.flush()


def _revision(session: Session, document: Document, number: int, people: list[Actor]) -> None:
    at = NOW - timedelta(days=200 * (REVISIONS + 1 - number))
    revision = Revision(
        id=new_id(), document_id=document.id, number=number, change_note="Yearly review", file_name="procedure.docx",
        media_type="application/msword", size_bytes=20_000, sha256=BLOB, author_id=people[0].id, recorded_at=at,
        recorded_on=at.date(), submitted_at=at, approvals_needed=1, effective_on=at.date(), approved_at=at,
        next_review_on=at.date() + 365 * DAY, approved_on=at.date(),
    )  # fmt: skip
    session.add(revision)
    session.flush()
    session.add(Approval(revision_id=revision.id, user_id=people[1].id, decision="approved", reason="", at=at))


def _journal(session: Session, chain_id: str, people: list[Actor]) -> None:
    """Say of each piece of evidence that it was added, in a chain that holds."""
    chain = session.get_one(Chain, chain_id)
    columns = tuple(Entry.__table__.columns.keys())
    rows = []
    found = session.execute(select(Evidence.programme_id, Evidence.id, Evidence.title).order_by(Evidence.id))
    for programme_id, evidence_id, title in found:
        actor = people[chain.count % PEOPLE]
        entry = Entry(
            chain_id=chain_id, number=chain.count + 1, at=NOW, programme_id=programme_id, actor_id=actor.id,
            actor_name=actor.name, action="evidence.added", subject_id=evidence_id, before=None, after={"title": title},
            previous=chain.head,
        )  # fmt: skip
        chain.count, chain.head = entry.number, hash_of(entry)
        rows.append({**{name: getattr(entry, name, None) for name in columns}, "hash": chain.head})
    session.connection().execute(insert(Entry), rows)


def _evidence(folder: Path, programme_id: str, people: list[Actor]) -> None:
    """Give every piece a file, some an owner, and let some wait for acceptance."""
    connection = sqlite3.connect(folder / "auditready.sqlite3")
    connection.execute(
        "INSERT INTO evidence_files (version_id, position, name, media_type, size_bytes, sha256)"
        " SELECT id, 1, 'record.pdf', 'application/pdf', 20000, lower(hex(randomblob(32))) FROM evidence_versions"
        " WHERE programme_id = ?",
        (programme_id,),
    )
    connection.execute("INSERT INTO blobs SELECT sha256, size_bytes, ? FROM evidence_files", (str(NOW)[:26],))
    connection.execute("UPDATE evidence SET owner_id = ? WHERE programme_id = ?", (people[2].id, programme_id))
    waiting = (programme_id, WAITING)
    connection.execute("UPDATE evidence SET state = 'submitted' WHERE programme_id = ? AND rowid % ? = 0", waiting)
    connection.execute(
        "UPDATE evidence_versions SET decision = NULL, decided_at = NULL WHERE programme_id = ? AND rowid % ? = 0",
        waiting,
    )
    connection.commit()
    connection.close()
