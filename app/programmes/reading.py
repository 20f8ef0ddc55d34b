"""Reads of registers as they are now, or were last."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.programmes.models import Programme, RegisterEntry
from app.programmes.registers import Entry, Profile, load_entry


def profiles_of(session: Session, several: Sequence[Programme]) -> dict[str, Profile]:
    """Return the profiles of these programmes as they are now, by the programmes' ids, in one query."""
    query = select(RegisterEntry.programme_id, RegisterEntry.body).where(
        RegisterEntry.programme_id.in_([each.id for each in several]),
        RegisterEntry.register == "profile",
        RegisterEntry.ended_at.is_(None),
    )
    found = {programme_id: load_entry("profile", body) for programme_id, body in session.execute(query)}
    return {programme_id: entry for programme_id, entry in found.items() if isinstance(entry, Profile)}


def entries_now(session: Session, programme: Programme, name: str) -> dict[str, Entry]:
    """Return a register's entries as they are now by their ids."""
    query = select(RegisterEntry.entry_id, RegisterEntry.body).where(
        RegisterEntry.programme_id == programme.id, RegisterEntry.register == name, RegisterEntry.ended_at.is_(None)
    )
    return {entry_id: load_entry(name, body) for entry_id, body in session.execute(query)}


def last_bodies(
    session: Session, programme_ids: Sequence[str], entry_ids: Collection[str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the register and the newest state of these entries of these programmes by their ids, also of ended ones.

    The caller has checked that the programmes may be read.
    """
    query = (
        select(RegisterEntry.entry_id, RegisterEntry.register, RegisterEntry.body)
        .where(RegisterEntry.programme_id.in_(programme_ids), RegisterEntry.entry_id.in_(entry_ids))
        .order_by(RegisterEntry.revision)
    )
    return {entry_id: (name, body) for entry_id, name, body in session.execute(query)}
