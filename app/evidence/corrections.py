"""A period that was stated wrongly is corrected by a new version with the same files, which somebody else accepts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.database import insert_one, new_id
from app.errors import Conflict
from app.evidence.models import EvidenceFile, EvidenceVersion
from app.evidence.service import MAX_REASON, Submitted, end_waiting, get_for_change, newest_version
from app.evidence.versions import NewVersion, check_version
from app.identity.actor import Actor, Permission
from app.journal.service import Event
from app.links.service import links_of
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.validation import words


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of what a version covers; None for both where it covers no period."""

    first: date | None
    last: date | None


def correct_period(
    session: Session,
    programme: Programme,
    evidence_id: str,
    period: Period,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Submitted:
    """Submit the newest version once more, with the same files and another period.

    The version that was accepted stays as it was, and in force, until somebody else accepts the corrected one; from
    then on the period first stated is covered no more. What was known on earlier days does not change.
    Raises Forbidden, NotFound, Invalid, and Conflict for withdrawn evidence or a period that is stated already.
    Source: RC-03, a record is changed only with a trace; RC-04.
    """
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    evidence = get_for_change(session, programme, evidence_id)
    why = words(reason, "reason", least=1, most=MAX_REASON)
    former = newest_version(session, evidence.id)
    before = Period(former.period_from, former.period_to)
    if before == period:
        raise Conflict("It covers this period already.")
    files = _files_of(session, former)
    version = _corrected(session, programme, former, period, len(files), actor=actor, at=at)
    version.correction = why
    end_waiting(session, evidence.id, at=at)
    insert_one(session, version)
    copies = [{**_row(each), "version_id": version.id} for each in files]
    if copies:  # the bytes are not stored again: where they are damaged they stay so
        session.connection().execute(insert(EvidenceFile), copies)
    evidence.state = "submitted"
    event = Event(
        "evidence.period-corrected",
        evidence.id,
        {"number": former.number, "period": [before.first, before.last]},
        {"number": version.number, "period": [period.first, period.last], "reason": why},
    )
    programmes.note(session, programme, event, actor=actor, at=at)
    live = links_of(session, [evidence.id])[evidence.id]
    return Submitted(evidence, version, tuple(EvidenceFile(**each) for each in copies), tuple(live), ())


def _corrected(
    session: Session,
    programme: Programme,
    former: EvidenceVersion,
    period: Period,
    count: int,
    *,
    actor: Actor,
    at: datetime,
) -> EvidenceVersion:
    recorded_on = programmes.day_of(session, programme, at)
    stated = NewVersion(
        former.collected_on, period.first, period.last, former.valid_until, former.nil_return, former.note
    )
    checked = check_version(stated, count, recorded_on)
    return EvidenceVersion(
        id=new_id(),
        programme_id=programme.id,
        evidence_id=former.evidence_id,
        number=former.number + 1,
        recorded_at=at,
        recorded_on=recorded_on,
        submitted_by=actor.id,
        collected_on=checked.collected_on,
        period_from=checked.period_from,
        period_to=checked.period_to,
        valid_until=checked.valid_until,
        nil_return=checked.nil_return,
        note=checked.note,
    )


def _files_of(session: Session, version: EvidenceVersion) -> list[EvidenceFile]:
    query = select(EvidenceFile).where(EvidenceFile.version_id == version.id).order_by(EvidenceFile.position)
    return list(session.scalars(query))


def _row(file: EvidenceFile) -> dict[str, object]:
    return {name: getattr(file, name) for name in EvidenceFile.__table__.columns.keys()}  # noqa: SIM118 (a collection)
