"""Wrong passwords make whoever sends them wait: longer each time, and nobody else.

Counted by client address, so that nobody can lock out others: for one login from there, and for all logins from there.
Counted in the database, so that all processes of an installation count together and none forgets. A refused attempt
writes nothing; one that is admitted costs more for its hash than for its row.
Source: NIST SP 800-63B, 5.2.2 (a limit on failures in a row), OWASP Authentication Cheat Sheet (growing pauses).
"""

import hashlib
import ipaddress
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.database import Database, insert_missing
from app.errors import Invalid, TooOften, Unauthorized
from app.identity.logins import folded
from app.identity.models import AttemptCount
from app.language import Message, say

FREE_FOR_LOGIN, FREE_FOR_ADDRESS = 5, 30
"""So many wrong passwords in a row are free: people mistype, and a whole office may share one address."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=15)
KEPT_FOR = timedelta(hours=24)
"""After so long without another one, wrong passwords are forgotten."""
MOST_KEPT = 20_000
"""So many counts are kept; the ones not touched for longest go first."""
PREFIX_BITS = 64
"""Of an IPv6 address: one client commonly has all the rest to itself (RFC 6177)."""


@contextmanager
def trying(database: Database, address: str, login: str, *, at: datetime) -> Iterator[None]:
    """Count what happens inside as an attempt; only a wrong password stays counted, a right one clears the login.

    It is counted before its password is looked at, so that many at once gain nothing. Slow: it asks the database.
    Raises TooOften, at once, while this address has to wait.
    """
    where = network_of(address)
    limits = {_key(where, folded(login)): FREE_FOR_LOGIN, _key(where): FREE_FOR_ADDRESS}
    with database.reading() as session:
        _check(_counts(session, limits), limits, at)
    with database.writing() as session:
        _admit(session, limits, at)
    try:
        yield
    except (Unauthorized, Invalid):
        raise
    except BaseException:
        _take_back(database, tuple(limits))
        raise
    _take_back(database, tuple(limits), right=True)


def _admit(session: Session, limits: dict[str, int], at: datetime) -> None:
    new = [key for key in sorted(limits) if insert_missing(session, AttemptCount, key=key, wrong=0, last_at=at)]
    counts = _counts(session, limits, lock=True)
    _check(counts, limits, at)
    for count in counts:
        count.wrong = count.wrong + 1 if at - count.last_at < KEPT_FOR else 1
        count.last_at = at
    if new:
        session.flush()
        _forget(session, at)


def _check(counts: Sequence[AttemptCount], limits: dict[str, int], at: datetime) -> None:
    """Raise TooOften while one of the counts is too high."""
    left = max((_left(count, limits[count.key], at) for count in counts), default=timedelta())
    if left > timedelta():
        seconds = math.ceil(left.total_seconds())
        raise TooOften(
            "Too many wrong passwords came from here. Wait {wait}, then try again.",
            seconds=seconds,
            wait=_worded(seconds),
        )


def _left(count: AttemptCount, free: int, at: datetime) -> timedelta:
    """Return how long is still to be waited; what is too old counts no more."""
    gone = at - count.last_at
    return timedelta() if gone >= KEPT_FOR else max(pause_after(count.wrong, free) - gone, timedelta())


def _take_back(database: Database, keys: Sequence[str], *, right: bool = False) -> None:
    """Uncount one attempt. A right password does not clear the address: others may be guessed from there."""
    with database.writing() as session:
        for count in _counts(session, keys, lock=True):
            count.wrong -= 1
            if count.wrong < 1 or (right and count.key == keys[0]):
                session.delete(count)


def _counts(session: Session, keys: Iterable[str], *, lock: bool = False) -> Sequence[AttemptCount]:
    """Return the counts there are, always in the same order, so that two who lock them never wait for each other."""
    query = select(AttemptCount).where(AttemptCount.key.in_(keys)).order_by(AttemptCount.key)
    return session.scalars(query.with_for_update() if lock else query).all()


def _forget(session: Session, at: datetime) -> None:
    """Remove what is too old, and the oldest where there is too much; what another process holds is left to it."""
    oldest = select(AttemptCount.key).order_by(AttemptCount.last_at).with_for_update(skip_locked=True)
    kept = session.scalar(select(func.count()).select_from(AttemptCount)) or 0
    old = session.scalars(oldest.where(AttemptCount.last_at <= at - KEPT_FOR)).all()
    over = session.scalars(oldest.limit(max(0, kept - MOST_KEPT))).all()
    session.execute(
        delete(AttemptCount).where(AttemptCount.key.in_({*old, *over})),
        execution_options={"synchronize_session": False},
    )


def _key(*parts: str) -> str:
    """Return what names a count: neither addresses nor logins are kept."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def pause_after(wrong: int, free: int) -> timedelta:
    """Return how long to wait after so many wrong passwords: nothing at first, then doubled each time."""
    if wrong < free:
        return timedelta()
    doublings = min(wrong - free, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, the first 64 bits of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((found, PREFIX_BITS), strict=False))


def _worded(seconds: int) -> Message:
    return say("{count} s", count=seconds) if seconds < 120 else say("{count} min", count=math.ceil(seconds / 60))  # noqa: PLR2004
