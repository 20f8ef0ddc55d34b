"""Wrong passwords make whoever sends them wait: longer each time, and nobody else.

Counted by client address, so that nobody can lock out others: for one login from there, and for all logins from there.
Counted in memory and not in the database: strangers cause it, so it must cost no write and no space that lasts. A
process forgets it when it ends, and several processes count each for itself; the pauses are long enough for both.
Source: NIST SP 800-63B, 5.2.2 (a limit on failures in a row), OWASP Authentication Cheat Sheet (growing pauses).
"""

import hashlib
import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.errors import Invalid, TooOften, Unauthorized
from app.identity.logins import folded
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


@dataclass(slots=True)
class _Count:
    wrong: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Attempts:
    """The counts of one process. Safe between threads; each attempt is counted before its password is looked at."""

    _counts: "OrderedDict[str, _Count]" = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def trying(self, address: str, login: str, *, at: datetime) -> Iterator[None]:
        """Count what happens inside as an attempt; only a wrong password stays counted, a right one clears the login.

        Raises TooOften, at once, while this address has to wait.
        """
        where = network_of(address)
        keys = (f"{where} {hashlib.sha256(folded(login).encode('utf-8', 'replace')).hexdigest()}", where)
        self._admit(keys, at)
        try:
            yield
        except (Unauthorized, Invalid):
            raise
        except BaseException:
            self._take_back(keys)
            raise
        self._take_back(keys, right=True)

    def _admit(self, keys: tuple[str, str], at: datetime) -> None:
        with self._lock:
            limits = (FREE_FOR_LOGIN, FREE_FOR_ADDRESS)
            left = max(self._left(key, free, at) for key, free in zip(keys, limits, strict=True))
            if left > timedelta():
                seconds = math.ceil(left.total_seconds())
                raise TooOften(
                    "Too many wrong passwords came from here. Wait {wait}, then try again.",
                    seconds=seconds,
                    wait=_worded(seconds),
                )
            for key in keys:
                count = self._counts.setdefault(key, _Count(0, at))
                count.wrong, count.last = count.wrong + 1, at
                self._counts.move_to_end(key)
            while len(self._counts) > MOST_KEPT:
                self._counts.popitem(last=False)

    def _left(self, key: str, free: int, at: datetime) -> timedelta:
        """Return how long is still to be waited; what is too old is forgotten."""
        count = self._counts.get(key)
        if count is None:
            return timedelta()
        if at - count.last >= KEPT_FOR:
            del self._counts[key]
            return timedelta()
        return max(pause_after(count.wrong, free) - (at - count.last), timedelta())

    def _take_back(self, keys: tuple[str, str], *, right: bool = False) -> None:
        """Uncount one attempt. A right password does not clear the address: others may be guessed from there."""
        with self._lock:
            if right:
                self._counts.pop(keys[0], None)
            for key in keys:
                if key in self._counts:
                    self._counts[key].wrong -= 1


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
