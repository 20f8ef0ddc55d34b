"""Many pieces of evidence at once, by the rules for one, in so few statements that others need not wait long."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from app.collation import stored_key
from app.database import new_id
from app.errors import Conflict, NotFound
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.evidence.rows import file_rows, version_row
from app.evidence.service import MAX_REASON, NewEvidence, added
from app.evidence.versions import check_version
from app.identity.actor import Actor, Permission
from app.identity.service import check_owner
from app.journal.service import Event
from app.links import service as links
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.storage.files import NewFile, check_file
from app.validation import line, words

_ITEMS = Evidence.__table__
_VERSIONS = EvidenceVersion.__table__
# by the table, one line an item: an UPDATE of the class with several sets of parameters is another thing
_WITHDRAW = update(_ITEMS).where(_ITEMS.c.id == bindparam("item")).values(revision=_ITEMS.c.revision + 1)  # type: ignore[arg-type]
_END = update(_VERSIONS).where(_VERSIONS.c.evidence_id == bindparam("item"), _VERSIONS.c.ended_at.is_(None))  # type: ignore[arg-type]
AT_ONCE = 500
"""So many ids go into one question."""


class Coming(NamedTuple):
    """Evidence to be added, and its files, whose bytes are kept already (`storage.keep`)."""

    new: NewEvidence
    files: tuple[NewFile, ...] = ()


def add_several(
    session: Session, programme: Programme, several: Sequence[Coming], *, actor: Actor, at: datetime
) -> list[str]:
    """Record evidence as `add_evidence` does, all of it or, where one is refused, none; returns the ids in order.

    As many statements for thousands as for one, but one for each owner. Raises Forbidden, NotFound, Invalid.
    """
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    for owner_id in {each.new.owner_id for each in several}:
        check_owner(session, owner_id, programme.organisation_id, at=at)
    nil = {one for each in several if each.new.version.nil_return for one in each.new.expectation_ids}
    links.check_nil_return(session, programme, sorted(nil))
    recorded_on = programmes.day_of(session, programme, at)
    items, versions, files, events = [], [], [], []
    wanted: dict[str, tuple[str, ...]] = {}
    for each in several:
        checked = [check_file(file) for file in each.files]
        version = check_version(each.new.version, len(checked), recorded_on)
        new = replace(each.new, title=line(each.new.title, "title"), version=version)
        item = _item(programme, new, at)
        row = {**version_row(programme, item["id"], 1, version, actor=actor, at=at), "recorded_on": recorded_on}
        items.append(item)
        versions.append(row)
        files += file_rows(row["id"], checked)
        wanted[item["id"]] = new.expectation_ids
        events.append(added(item["id"], new, checked))
    for table, rows in ((Evidence, items), (EvidenceVersion, versions), (EvidenceFile, files)):
        if rows:
            session.connection().execute(insert(table), rows)
    links.link_new(session, programme, links.LinkKind.EVIDENCE, wanted, actor=actor, at=at)
    programmes.note_several(session, programme, events, actor=actor, at=at)
    return list(wanted)


def withdraw_several(
    session: Session, programme: Programme, ids: Sequence[str], *, reason: str, actor: Actor, at: datetime
) -> None:
    """Take evidence out of force as `withdraw_evidence` does, all of it or, where one is refused, none.

    Raises Forbidden, NotFound, Invalid, Conflict where one was withdrawn already.
    """
    place = (programme.organisation_id, programme.id)
    actor.must(Permission.ADD_EVIDENCE if actor.may(Permission.ADD_EVIDENCE, *place) else Permission.LINK, *place)
    clean = words(reason, "reason", least=1, most=MAX_REASON)
    states = _locked(session, programme, ids)
    if not actor.may(Permission.LINK, *place) and _any_of_others_or_decided(session, ids, actor):
        actor.must(Permission.LINK, *place)
    gone = {"state": "withdrawn", "withdrawn_at": at, "withdrawn_by": actor.id, "withdrawn_reason": clean}
    session.flush()
    if ids:
        session.connection().execute(_WITHDRAW, [{"item": each, **gone} for each in ids])
        session.connection().execute(_END, [{"item": each, "ended_at": at} for each in ids])
    session.expire_all()
    after = {"state": "withdrawn", "reason": clean}
    events = (Event("evidence.withdrawn", each, {"state": states[each]}, after) for each in ids)
    programmes.note_several(session, programme, events, actor=actor, at=at)


def _item(programme: Programme, new: NewEvidence, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "programme_id": programme.id,
        "title": new.title,
        "title_key": stored_key(new.title),
        "owner_id": new.owner_id,
        "state": "submitted",
        "created_at": at,
        "revision": 1,
    }


def _locked(session: Session, programme: Programme, ids: Sequence[str]) -> dict[str, str]:
    """Return the states by id, the rows locked. Raises NotFound, Conflict."""
    states: dict[str, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        query = select(Evidence.id, Evidence.state).where(
            Evidence.id.in_(ids[start : start + AT_ONCE]), Evidence.programme_id == programme.id
        )
        states |= dict(session.execute(query.with_for_update()).all())
    if len(states) < len(set(ids)):
        raise NotFound("There is no such evidence in this programme.")
    if "withdrawn" in states.values():
        raise Conflict("This evidence was withdrawn. Add the record as new evidence.")
    return states


def _any_of_others_or_decided(session: Session, ids: Sequence[str], actor: Actor) -> bool:
    theirs = or_(EvidenceVersion.submitted_by != actor.id, EvidenceVersion.decision.is_not(None))
    return any(
        session.scalar(
            select(EvidenceVersion.id)
            .where(EvidenceVersion.evidence_id.in_(ids[start : start + AT_ONCE]), theirs)
            .limit(1)
        )
        for start in range(0, len(ids), AT_ONCE)
    )
