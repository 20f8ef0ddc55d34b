"""Evidence at a moment: what was known of it, in force, and by what name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.evidence.models import Evidence, EvidenceAmendment, EvidenceVersion
from app.past import as_known, former, happened, there


class Former(NamedTuple):
    """What evidence was called and whose it was, where that was changed since."""

    title: str
    owner_id: str | None


def standing(known_at: datetime | None, version: type[EvidenceVersion] = EvidenceVersion) -> ColumnElement[bool]:
    """Whether a version was there and nothing had ended it."""
    return there(version.recorded_at, version.ended_at, known_at)


def accepted(known_at: datetime | None, version: type[EvidenceVersion] = EvidenceVersion) -> ColumnElement[bool]:
    """Whether a version had been accepted."""
    return and_(version.decision == "accepted", happened(version.decided_at, known_at))


def decision(known_at: datetime, version: type[EvidenceVersion] = EvidenceVersion) -> ColumnElement[str]:
    """Where a version was: accepted, rejected, or submitted where nobody had decided."""
    return case((happened(version.decided_at, known_at), version.decision), else_=literal("submitted"))


def in_force(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether evidence had an accepted version that nothing had ended."""
    return exists().where(EvidenceVersion.evidence_id == Evidence.id, accepted(known_at), standing(known_at))


def state(known_at: datetime | None) -> ColumnElement[str] | InstrumentedAttribute[str]:
    """Where evidence was: withdrawn, else the state of its newest version."""
    if known_at is None:
        return Evidence.state
    version = aliased(EvidenceVersion)
    newest = select(decision(known_at, version)).where(
        version.evidence_id == Evidence.id, happened(version.recorded_at, known_at)
    )
    newest = newest.order_by(version.number.desc()).limit(1).correlate(Evidence)
    return case((happened(Evidence.withdrawn_at, known_at), "withdrawn"), else_=newest.scalar_subquery())


def owned_by(programme_id: str, owner_id: str, known_at: datetime | None) -> ColumnElement[bool]:
    """Whether evidence had this owner; empty: none."""
    now = _is(Evidence.owner_id, owner_id)
    if known_at is None:
        return now
    changed = _changed(programme_id, known_at)
    ids = select(changed.c.evidence_id)
    return or_(Evidence.id.in_(ids.where(_is(changed.c.owner_id, owner_id))), and_(now, Evidence.id.not_in(ids)))


def former_names(
    session: Session, programme_id: str, known_at: datetime | None, ids: Collection[str] | None = None
) -> dict[str, Former]:
    """Return what evidence, of all or of these ids, was called and whose it was, where that was changed since."""
    if known_at is None:
        return {}
    changed = _changed(programme_id, known_at)
    query = select(changed.c.evidence_id, changed.c.title, changed.c.owner_id)
    if ids is not None:
        query = query.where(changed.c.evidence_id.in_(ids))
    return {evidence_id: Former(title, owner_id) for evidence_id, title, owner_id in session.execute(query)}


def evidence_then(
    session: Session, several: Sequence[Evidence], states: Mapping[str, str], known_at: datetime | None
) -> list[Evidence]:
    """Return evidence of one programme as it was, None for now; `states` are those of its newest versions then.

    At most two queries.
    """
    if known_at is None or not several:
        return list(several)
    programme_id, ids = several[0].programme_id, [each.id for each in several]
    names = former_names(session, programme_id, known_at, ids)
    amended = _last_amended(session, programme_id, known_at, names) if names else {}
    found = []
    for each in several:
        then = as_known(each, known_at)
        then.state = "withdrawn" if then.withdrawn_at else states.get(each.id, "submitted")
        if each.id in names:
            then.title, then.owner_id = names[each.id]
            then.amended_at = amended.get(each.id)
        found.append(then)
    return found


def _last_amended(session: Session, programme_id: str, known_at: datetime, ids: Collection[str]) -> dict[str, datetime]:
    row = EvidenceAmendment
    query = select(row.evidence_id, func.max(row.ended_at)).group_by(row.evidence_id)
    query = query.where(row.programme_id == programme_id, row.ended_at <= known_at, row.evidence_id.in_(ids))
    return dict(session.execute(query).all())


def _is(column: ColumnElement[Any] | InstrumentedAttribute[str | None], owner_id: str) -> ColumnElement[bool]:
    return column == owner_id if owner_id else column.is_(None)


def _changed(programme_id: str, known_at: datetime) -> Subquery:
    row = EvidenceAmendment
    return former(row, row.evidence_id, known_at, row.programme_id == programme_id)
