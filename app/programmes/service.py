"""Use cases about programmes. Every change of a register is a new row; the old one is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Conflict, Invalid, NotFound, Stale
from app.identity.actor import Actor, Permission
from app.journal.service import Event, record_several
from app.past import there
from app.programmes.models import Organisation, Programme, RegisterEntry
from app.programmes.references import check_references
from app.programmes.registers import (
    KINDS,
    SINGLE,
    Entry,
    Limits,
    Profile,
    entry_body,
    kind_of,
    load_entry,
    read_entry,
)

_NAMED = select(Programme).where(or_(Programme.id == bindparam("name"), Programme.code == bindparam("name")))


class Recorded(NamedTuple):
    """A register's entry with its identity: `revision` counts its changes from 1."""

    id: str
    revision: int
    entry: Any
    recorded_at: datetime
    recorded_by: str


def add_programme(
    session: Session, organisation_id: str, code: str, profile: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Programme:
    """Make a programme with its profile and default settings. Raises Forbidden, Invalid, Conflict for a taken code."""
    actor.must(Permission.MANAGE_PROGRAMME, organisation_id)
    if session.get(Organisation, organisation_id) is None:
        raise NotFound("There is no such organisation.")
    clean = code.strip().lower()
    if not clean or len(clean) > 60 or not all(char.isalnum() or char in "-_." for char in clean):  # noqa: PLR2004
        raise Invalid("A programme's code has 1 to 60 letters, digits, dots, hyphens or underlines.", field="code")
    taken = select(Programme.id).where(Programme.organisation_id == organisation_id, Programme.code == clean)
    if session.scalar(taken):
        raise Conflict("The code {code} is taken in this organisation.", code=clean, field="code")
    programme = Programme(id=new_id(), organisation_id=organisation_id, code=clean, created_at=at)
    session.add(programme)
    session.flush()
    entry = read_entry("profile", profile)
    check_references(session, programme, entry, at=at)
    _store(session, programme, "profile", entry, entry_id=new_id(), revision=1, actor=actor, at=at)
    _store(session, programme, "settings", Limits(), entry_id=new_id(), revision=1, actor=actor, at=at)
    after = {"code": clean, "profile": entry_body(entry)}
    note(session, programme, Event("programme.added", programme.id, after=after), actor=actor, at=at)
    return programme


def programmes(session: Session, *, actor: Actor) -> list[Programme]:
    """Return the programmes the actor may read, by organisation and code."""
    query = select(Programme).order_by(Programme.organisation_id, Programme.code)
    if not actor.installer:
        query = query.where(Programme.organisation_id.in_([grant.organisation_id for grant in actor.grants]))
    return [each for each in session.scalars(query) if actor.may(Permission.READ, each.organisation_id, each.id)]


def get_programme(
    session: Session, programme_id: str, *, actor: Actor, permission: Permission = Permission.READ
) -> Programme:
    """Return a programme the actor has `permission` in. Raises NotFound, Forbidden."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound("There is no such programme, or you may not see it.")
    actor.must(permission, programme.organisation_id, programme.id)
    return programme


def find_programme(session: Session, code_or_id: str, *, actor: Actor) -> Programme:
    """Return the programme with this id or code. Raises NotFound; Conflict where the code names several."""
    named = session.scalars(_NAMED, {"name": code_or_id})
    found = [each for each in named if actor.may(Permission.READ, each.organisation_id, each.id)]
    if not found:
        raise NotFound(
            "There is no programme {name}. `auditready programme list` shows those there are.", name=code_or_id
        )
    if len(found) > 1:
        raise Conflict("Several organisations have a programme {name}. Give its id.", name=code_or_id)
    return found[0]


def register(session: Session, programme: Programme, name: str, *, known_at: datetime | None = None) -> list[Recorded]:
    """Return a register's entries as known at a moment (None: now), in the order they were first made.

    The caller has checked that the programme may be read.
    """
    kind_of(name)
    query = _entries(programme, known_at).where(RegisterEntry.register == name)
    return [_recorded(row) for row in session.scalars(query)]


def registers(session: Session, programme: Programme, *, known_at: datetime) -> dict[str, list[Recorded]]:
    """Return all registers as known at a moment, by name and as `register` and `single` return them, in one query."""
    found: dict[str, list[Recorded]] = {name: [] for name in KINDS}
    for row in session.scalars(_entries(programme, known_at)):
        found[row.register].append(_recorded(row))
    for name in SINGLE:
        found[name] = found[name] or [single(session, programme, name, known_at=known_at)]
    return found


def single(session: Session, programme: Programme, name: str, *, known_at: datetime | None = None) -> Recorded:
    """Return the one entry of `profile` or `settings`; before the programme was made, its first one."""
    entries = register(session, programme, name, known_at=known_at)
    if entries:
        return entries[0]
    query = select(RegisterEntry).where(RegisterEntry.programme_id == programme.id, RegisterEntry.register == name)
    return _recorded(session.scalars(query.order_by(RegisterEntry.revision)).first())


def profile_of(session: Session, programme: Programme, *, known_at: datetime | None = None) -> Profile:
    """Return the programme's profile as known at a moment."""
    profile: Profile = single(session, programme, "profile", known_at=known_at).entry
    return profile


def limits_of(session: Session, programme: Programme, *, known_at: datetime | None = None) -> Limits:
    """Return the programme's settings as known at a moment."""
    limits: Limits = single(session, programme, "settings", known_at=known_at).entry
    return limits


def zone_of(session: Session, programme: Programme) -> ZoneInfo:
    """Return the organisation's time zone."""
    organisation = session.get_one(Organisation, programme.organisation_id)
    return ZoneInfo(organisation.time_zone)


def day_of(session: Session, programme: Programme, at: datetime) -> date:
    """Return the calendar day of a moment where the organisation is."""
    return at.astimezone(zone_of(session, programme)).date()


def note(session: Session, programme: Programme, event: Event, *, actor: Actor, at: datetime) -> None:
    """Put what happened in the programme on its organisation's journal; call it last (see `journal.record`)."""
    note_several(session, programme, (event,), actor=actor, at=at)


def note_several(
    session: Session, programme: Programme, events: Iterable[Event], *, actor: Actor, at: datetime
) -> None:
    """Put what happened on the journal, in its order, as `note` does."""
    here = (replace(event, programme_id=programme.id) for event in events)
    record_several(session, programme.organisation_id, here, actor=actor, at=at)


def add_entry(
    session: Session, programme: Programme, name: str, body: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Recorded:
    """Add an entry to a register. Raises Forbidden, Invalid, NotFound, Conflict for `profile` and `settings`."""
    actor.must(Permission.MANAGE_PROGRAMME, programme.organisation_id, programme.id)
    if name in SINGLE:
        raise Conflict("The register {name} has exactly one entry: change it.", name=name)
    entry = read_entry(name, body)
    check_references(session, programme, entry, at=at)
    row = _store(session, programme, name, entry, entry_id=new_id(), revision=1, actor=actor, at=at)
    event = Event(f"{name}.added", row.id, after=entry_body(entry))
    note(session, programme, event, actor=actor, at=at)
    return row


def change_entry(
    session: Session,
    programme: Programme,
    entry_id: str,
    body: Mapping[str, Any] | None,
    *,
    actor: Actor,
    at: datetime,
    revision: int | None = None,
) -> Recorded:
    """Replace an entry, or remove it with `body` None; the former state stays on record.

    Raises Forbidden, NotFound, Invalid, Stale where `revision` is not the newest, Conflict for removing a single entry.
    """
    actor.must(Permission.MANAGE_PROGRAMME, programme.organisation_id, programme.id)
    live = select(RegisterEntry).where(
        RegisterEntry.programme_id == programme.id,
        RegisterEntry.entry_id == entry_id,
        RegisterEntry.ended_at.is_(None),
    )
    row = session.scalar(live.with_for_update())
    if row is None:  # where another change was waited for (PostgreSQL), a new look finds what it left
        row = session.scalar(live.with_for_update())
    if row is None:
        raise NotFound("There is no such entry in this programme.")
    check_revision(revision, row.revision)
    before = dict(row.body)
    entry = None if body is None else read_entry(row.register, body)
    if entry is None and row.register in SINGLE:
        raise Conflict("The register {name} has exactly one entry: change it.", name=row.register)
    if entry is not None:
        check_references(session, programme, entry, entry_id=entry_id, at=at)
    row.ended_at = at
    session.flush()
    changed = _recorded(row)
    if entry is not None:
        changed = _store(
            session, programme, row.register, entry, entry_id=entry_id, revision=row.revision + 1, actor=actor, at=at
        )
    action = f"{row.register}.removed" if entry is None else f"{row.register}.changed"
    after = None if entry is None else entry_body(entry)
    note(session, programme, Event(action, entry_id, before, after), actor=actor, at=at)
    return changed


def last_of(session: Session, programme: Programme, entry_id: str) -> tuple[str, Recorded, bool]:
    """Return an entry's register, its newest state, and whether that still holds. Raises NotFound.

    The caller has checked that the programme may be read.
    """
    query = select(RegisterEntry).where(RegisterEntry.programme_id == programme.id, RegisterEntry.entry_id == entry_id)
    row = session.scalar(query.order_by(RegisterEntry.revision.desc()).limit(1))
    if row is None:
        raise NotFound("There is no such entry in this programme.")
    return row.register, _recorded(row), row.ended_at is None


def restore_entry(session: Session, programme: Programme, entry_id: str, *, actor: Actor, at: datetime) -> Recorded:
    """Add an entry that was removed again, as it was last, under its own id; one that holds is left as it is.

    Raises Forbidden, NotFound, and what `add_entry` raises where it no longer fits.
    """
    actor.must(Permission.MANAGE_PROGRAMME, programme.organisation_id, programme.id)
    name, last, holds = last_of(session, programme, entry_id)
    if holds:
        return last
    check_references(session, programme, last.entry, entry_id=entry_id, at=at)
    row = _store(
        session, programme, name, last.entry, entry_id=entry_id, revision=last.revision + 1, actor=actor, at=at
    )
    note(session, programme, Event(f"{name}.added", entry_id, after=entry_body(last.entry)), actor=actor, at=at)
    return row


def _entries(programme: Programme, known_at: datetime | None) -> Select[RegisterEntry]:
    """Select the entries of all registers as known at a moment (None: now), in the order they were first made."""
    then = there(RegisterEntry.recorded_at, RegisterEntry.ended_at, known_at)
    return (
        select(RegisterEntry).where(RegisterEntry.programme_id == programme.id, then).order_by(RegisterEntry.entry_id)
    )


def _store(
    session: Session,
    programme: Programme,
    name: str,
    entry: Entry,
    *,
    entry_id: str,
    revision: int,
    actor: Actor,
    at: datetime,
) -> Recorded:
    row = RegisterEntry(
        entry_id=entry_id,
        revision=revision,
        programme_id=programme.id,
        register=name,
        body=entry_body(entry),
        recorded_at=at,
        recorded_by=actor.id,
    )
    session.add(row)
    session.flush()
    return _recorded(row)


def check_revision(given: int | None, current: int) -> None:
    """Raise Stale where a change was made on another revision than the newest one."""
    if given is not None and given != current:
        raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")


def _recorded(row: RegisterEntry | None) -> Recorded:
    if row is None:
        raise NotFound("The programme has no such entry.")
    return Recorded(row.entry_id, row.revision, load_entry(row.register, row.body), row.recorded_at, row.recorded_by)
