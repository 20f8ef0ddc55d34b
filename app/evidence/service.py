"""Use cases that change evidence. Bytes are stored before; a use case only names them, so no row lacks its bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.database import insert_one, new_id
from app.errors import Conflict, Forbidden, NotFound, Stale
from app.evidence.models import Evidence, EvidenceAmendment, EvidenceFile, EvidenceVersion
from app.evidence.rows import SameBytes, file_rows, said, same_bytes, version_row
from app.evidence.versions import NewVersion, check_period_kept, check_version, submitters
from app.identity.actor import Actor, Permission
from app.identity.service import check_owner
from app.journal.service import Event
from app.links import service as links
from app.links.models import Link
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.storage.files import NewFile, check_file
from app.storage.service import keep
from app.validation import line, words

MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """Evidence to be added, with its first version and the expectations it answers."""

    title: str
    version: NewVersion
    expectation_ids: tuple[str, ...] = ()
    owner_id: str | None = None


_ADD_FILES = insert(EvidenceFile)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was recorded, with the evidence's live links, and which bytes were there before."""

    evidence: Evidence
    version: EvidenceVersion
    files: tuple[EvidenceFile, ...]
    links: tuple[Link, ...]
    same_bytes: tuple[SameBytes, ...]


def add_evidence(
    session: Session, programme: Programme, new: NewEvidence, files: Sequence[NewFile], *, actor: Actor, at: datetime
) -> Submitted:
    """Record evidence and its first version. Raises Forbidden, NotFound, Invalid; then nothing is recorded."""
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    title = line(new.title, "title")
    check_owner(session, new.owner_id, programme.organisation_id, at=at)
    evidence = Evidence(
        id=new_id(),
        programme_id=programme.id,
        title=title,
        owner_id=new.owner_id,
        state="submitted",
        created_at=at,
        revision=1,
    )
    insert_one(session, evidence)
    version, stored, same = _add_version(session, programme, evidence, 1, new.version, files, actor=actor, at=at)
    if new.version.nil_return:
        links.check_nil_return(session, programme, new.expectation_ids)
    made = links.make_links(
        session, programme, links.LinkKind.EVIDENCE, evidence.id, new.expectation_ids, actor=actor, at=at
    )
    event = added(evidence.id, replace(new, title=title), files)
    programmes.note(session, programme, event, actor=actor, at=at)
    return Submitted(evidence, version, stored, tuple(made), same)


def add_version(
    session: Session,
    programme: Programme,
    evidence_id: str,
    new: NewVersion,
    files: Sequence[NewFile],
    *,
    actor: Actor,
    at: datetime,
) -> Submitted:
    """Submit a new version. An accepted one stays in force until the new one is accepted, which covers its period too.

    Raises Forbidden, NotFound, Invalid, Conflict for withdrawn evidence.
    """
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    evidence = get_for_change(session, programme, evidence_id)
    newest = newest_version(session, evidence.id)
    check_period_kept(version_in_force(session, evidence.id), new)
    end_waiting(session, evidence.id, at=at)
    number = newest.number + 1
    version, stored, same = _add_version(session, programme, evidence, number, new, files, actor=actor, at=at)
    evidence.state = "submitted"
    event = Event("evidence.version-added", evidence.id, after={"number": version.number, **said(version, files)})
    programmes.note(session, programme, event, actor=actor, at=at)
    live = links.links_of(session, [evidence.id])[evidence.id]
    return Submitted(evidence, version, stored, tuple(live), same)


def review_evidence(
    session: Session,
    programme: Programme,
    evidence_id: str,
    *,
    accept: bool,
    reason: str = "",
    number: int | None = None,
    actor: Actor,
    at: datetime,
) -> EvidenceVersion:
    """Accept or reject the newest version; `number` says which one the reviewer saw.

    Raises Forbidden for one's own submission, Invalid for a rejection without reason, Conflict where it is decided
    already, Stale where a newer version came meanwhile. Source: RC-04; readiness, section 1.
    """
    actor.must(Permission.REVIEW_EVIDENCE, programme.organisation_id, programme.id)
    evidence = get_for_change(session, programme, evidence_id)
    version = newest_version(session, evidence.id)
    if number is not None and number != version.number:
        raise Stale("A newer version was submitted meanwhile. Look at version {number}.", number=version.number)
    if version.decision is not None:
        raise _is_decided(version)
    if actor.id in submitters(session, version):
        raise Forbidden("You submitted this evidence: somebody else has to accept or reject it.")
    version.decision_reason = words(reason, "reason", least=0 if accept else 1, most=MAX_REASON) or None
    version.decision = "accepted" if accept else "rejected"
    version.decided_at, version.decided_by = at, actor.id
    if accept:
        earlier = update(EvidenceVersion).where(
            EvidenceVersion.evidence_id == evidence.id,
            EvidenceVersion.number < version.number,
            EvidenceVersion.ended_at.is_(None),
        )
        session.execute(earlier.values(ended_at=at))
    evidence.state = version.decision
    after = {"number": version.number, "decision": version.decision, "reason": version.decision_reason}
    programmes.note(
        session, programme, Event(f"evidence.{version.decision}", evidence.id, after=after), actor=actor, at=at
    )
    return version


def withdraw_evidence(
    session: Session, programme: Programme, evidence_id: str, *, reason: str, actor: Actor, at: datetime
) -> Evidence:
    """Take evidence out of force; it all stays on record. Whoever submitted it may do so until it is decided on.

    Raises Forbidden, NotFound, Invalid, Conflict.
    """
    place = (programme.organisation_id, programme.id)
    actor.must(Permission.ADD_EVIDENCE if actor.may(Permission.ADD_EVIDENCE, *place) else Permission.LINK, *place)
    evidence = get_for_change(session, programme, evidence_id)
    if not _is_own_and_undecided(session, evidence.id, actor):
        actor.must(Permission.LINK, *place)
    evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdrawn_reason = (
        at,
        actor.id,
        words(reason, "reason", least=1, most=MAX_REASON),
    )
    before = {"state": evidence.state}
    evidence.state = "withdrawn"
    in_force = update(EvidenceVersion).where(
        EvidenceVersion.evidence_id == evidence.id, EvidenceVersion.ended_at.is_(None)
    )
    session.execute(in_force.values(ended_at=at))
    after = {"state": "withdrawn", "reason": evidence.withdrawn_reason}
    programmes.note(session, programme, Event("evidence.withdrawn", evidence.id, before, after), actor=actor, at=at)
    return evidence


def amend_evidence(
    session: Session,
    programme: Programme,
    evidence_id: str,
    *,
    title: str,
    owner_id: str | None,
    revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> Evidence:
    """Change title and owner; what they were stays on record. Raises Forbidden, NotFound, Invalid, Stale."""
    actor.must(Permission.LINK, programme.organisation_id, programme.id)
    evidence = get_for_change(session, programme, evidence_id)
    if revision is not None and revision != evidence.revision:
        raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
    clean = line(title, "title")
    check_owner(session, owner_id, programme.organisation_id, at=at)
    before = {"title": evidence.title, "owner": evidence.owner_id}
    after = {"title": clean, "owner": owner_id}
    if before == after:
        return evidence
    former = EvidenceAmendment(
        id=new_id(),
        evidence_id=evidence.id,
        programme_id=programme.id,
        title=evidence.title,
        owner_id=evidence.owner_id,
        ended_at=at,
    )
    session.add(former)
    evidence.title, evidence.owner_id, evidence.amended_at = clean, owner_id, at
    session.flush()
    programmes.note(session, programme, Event("evidence.amended", evidence.id, before, after), actor=actor, at=at)
    return evidence


def link_evidence(
    session: Session,
    programme: Programme,
    evidence_id: str,
    expectation_ids: Sequence[str],
    *,
    actor: Actor,
    at: datetime,
) -> Evidence:
    """Say that the evidence answers more expectations. Raises Forbidden, NotFound, Conflict; then no link is made."""
    actor.must(Permission.LINK, programme.organisation_id, programme.id)
    evidence = get_for_change(session, programme, evidence_id)
    newest = select(EvidenceVersion.nil_return).where(EvidenceVersion.evidence_id == evidence.id)
    if session.scalar(newest.order_by(EvidenceVersion.number.desc()).limit(1)):
        links.check_nil_return(session, programme, expectation_ids)
    links.make_links(session, programme, links.LinkKind.EVIDENCE, evidence.id, expectation_ids, actor=actor, at=at)
    event = Event("evidence.linked", evidence.id, after={"expectations": expectation_ids})
    programmes.note(session, programme, event, actor=actor, at=at)
    return evidence


def check_may_add(session: Session, programme: Programme, evidence_id: str | None, *, actor: Actor) -> None:
    """Raise NotFound or Forbidden where the actor may not add evidence or a version of it: ask before taking bytes."""
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    if evidence_id is not None:
        evidence = session.get(Evidence, evidence_id)
        if evidence is None or evidence.programme_id != programme.id:
            raise NotFound("There is no such evidence in this programme.")


def get_for_change(session: Session, programme: Programme, evidence_id: str) -> Evidence:
    """Return evidence of this programme, locked. Raises NotFound, Conflict where it was withdrawn."""
    evidence = session.get(Evidence, evidence_id, with_for_update=True)
    if evidence is None or evidence.programme_id != programme.id:
        raise NotFound("There is no such evidence in this programme.")
    if evidence.withdrawn_at is not None:
        raise Conflict("This evidence was withdrawn. Add the record as new evidence.")
    flag_modified(evidence, "title")  # its revision counts every change, also of its versions and links
    return evidence


def end_waiting(session: Session, evidence_id: str, *, at: datetime) -> None:
    """End the version that waits or was rejected, since a newer one takes its place; an accepted one stays in force."""
    waiting = update(EvidenceVersion).where(
        EvidenceVersion.evidence_id == evidence_id, EvidenceVersion.ended_at.is_(None)
    )
    session.execute(
        waiting.where((EvidenceVersion.decision.is_(None)) | (EvidenceVersion.decision == "rejected")).values(
            ended_at=at
        )
    )


def newest_version(session: Session, evidence_id: str) -> EvidenceVersion:
    """Return the version submitted last."""
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id == evidence_id)
    return session.scalars(query.order_by(EvidenceVersion.number.desc()).limit(1)).one()


def version_in_force(session: Session, evidence_id: str) -> EvidenceVersion | None:
    """Return the accepted version that nothing has ended, None where there is none."""
    query = select(EvidenceVersion).where(
        EvidenceVersion.evidence_id == evidence_id,
        EvidenceVersion.decision == "accepted",
        EvidenceVersion.ended_at.is_(None),
    )
    return session.scalars(query).first()


def _is_decided(version: EvidenceVersion) -> Conflict:
    if version.decision == "accepted":
        return Conflict(
            "Version {number} is accepted already. Submit a new version to correct it, or withdraw the evidence.",
            number=version.number,
        )
    return Conflict("Version {number} is rejected already. Submit a new version.", number=version.number)


def _is_own_and_undecided(session: Session, evidence_id: str, actor: Actor) -> bool:
    query = select(EvidenceVersion.submitted_by, EvidenceVersion.decision)
    rows = session.execute(query.where(EvidenceVersion.evidence_id == evidence_id)).all()
    return all(submitted_by == actor.id and decision is None for submitted_by, decision in rows)


def _add_version(
    session: Session,
    programme: Programme,
    evidence: Evidence,
    number: int,
    new: NewVersion,
    files: Sequence[NewFile],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[EvidenceVersion, tuple[EvidenceFile, ...], tuple[SameBytes, ...]]:
    recorded_on = programmes.day_of(session, programme, at)
    new = check_version(new, len(files), recorded_on)
    checked = [check_file(file) for file in files]
    held = keep(session, [file.blob for file in checked], at=at)
    same = same_bytes(session, programme, [file for file in checked if file.blob.sha256 in held])
    version = EvidenceVersion(
        **version_row(programme, evidence.id, number, new, actor=actor, at=at), recorded_on=recorded_on
    )
    insert_one(session, version)
    rows = file_rows(version.id, checked)
    if rows:
        session.connection().execute(_ADD_FILES, rows)  # never changed: the unit of work need not know them
    return version, tuple(EvidenceFile(**row) for row in rows), same


def added(evidence_id: str, new: NewEvidence, files: Sequence[NewFile]) -> Event:
    """Return what the journal says of new evidence."""
    what = {"title": new.title, "owner": new.owner_id, "expectations": new.expectation_ids}
    return Event("evidence.added", evidence_id, after={**what, **said(new.version, files)})
