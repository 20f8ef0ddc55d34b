"""Add to the journal, read it, verify it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol, TypedDict, Unpack

from sqlalchemy import ColumnElement, bindparam, false, insert, inspect, or_, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from app.database import insert_missing
from app.journal.models import Chain, Entry

GENESIS = "0" * 64
"""What the first entry of a chain carries as the hash of the one before."""

AT_ONCE = 20
"""So many changes, at most, are looked at as made at the same time."""

# Built once, and without the unit of work: every change says these three.
_HEAD = select(Chain.count, Chain.head).where(Chain.id == bindparam("id")).with_for_update()
_ADD = insert(Entry)
_MOVE = update(Chain).where(Chain.id == bindparam("chain")).values(count=bindparam("to"), head=bindparam("reached"))
_COLUMNS = tuple(column.key for column in inspect(Entry).columns)


class Doer(Protocol):
    """Whoever did it, by id and name."""

    @property
    def id(self) -> str:
        """What the journal keeps."""
        ...

    @property
    def name(self) -> str:
        """What the journal shows."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: `action` is a stable word such as `evidence.added`; `before` and `after` are JSON-able."""

    action: str
    subject_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    programme_id: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the number of the entry and why."""

    chain_id: str
    number: int
    reason: str


def record(session: Session, chain_id: str, event: Event, *, actor: Doer, at: datetime) -> None:
    """Append one entry to the chain. Holds the chain's lock until the transaction ends: call it last."""
    record_several(session, chain_id, (event,), actor=actor, at=at)


def record_several(session: Session, chain_id: str, events: Iterable[Event], *, actor: Doer, at: datetime) -> None:
    """Append entries in their order, as `record` does; three statements, however many they are."""
    session.flush()
    connection, key = session.connection(), {"id": chain_id}
    head = connection.execute(_HEAD, key).first()
    if head is None:
        insert_missing(session, Chain, id=chain_id, count=0, head=GENESIS)
        head = connection.execute(_HEAD, key).one()
    count, reached = head
    rows: list[dict[str, Any]] = []
    for event in events:
        entry = Entry(
            chain_id=chain_id,
            number=count + len(rows) + 1,
            at=at,
            programme_id=event.programme_id,
            actor_id=actor.id,
            actor_name=actor.name,
            action=event.action,
            subject_id=event.subject_id,
            before=plain(event.before),
            after=plain(event.after),
            previous=reached,
        )
        entry.hash = reached = hash_of(entry)
        rows.append({name: getattr(entry, name) for name in _COLUMNS})
    if rows:
        connection.execute(_ADD, rows)
        connection.execute(_MOVE, {"chain": chain_id, "to": count + len(rows), "reached": reached})


def hash_of(entry: Entry) -> str:
    """Return the SHA-256 of the entry's content and of the hash before it, in canonical JSON."""
    content = {
        "chain": entry.chain_id,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),  # as it comes back from the database
        "programme": entry.programme_id,
        "actor": [entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": entry.subject_id,
        "before": entry.before,
        "after": entry.after,
        "previous": entry.previous,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session) -> Iterator[Break]:
    """Yield every place where a chain does not hold; streams, so a million entries need little memory.

    An entry that cannot even be read ends the walk: then each such entry is named.
    """
    try:
        yield from _walk(session)
    except (ValueError, TypeError, StatementError):
        yield from _unreadable(session)


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """Return how many entries each chain has and the hash of its last one."""
    return {chain.id: (chain.count, chain.head) for chain in session.scalars(select(Chain))}


class Newest(NamedTuple):
    """What names the state of one thing: number and hash of the last entry about it; `at` is the last ones' latest."""

    number: int
    hash: str
    at: datetime


def newest_about(session: Session, chain_id: str, programme_id: str | None) -> Newest | None:
    """Return the last entry of a chain about a programme (None: about no programme), None where there is none.

    Of changes made at once the one that came last need not have the latest moment: that of the last few is looked for.
    """
    query = select(Entry.number, Entry.hash, Entry.at).where(
        Entry.chain_id == chain_id,
        Entry.programme_id.is_(None) if programme_id is None else Entry.programme_id == programme_id,
    )
    last = session.execute(query.order_by(Entry.number.desc()).limit(AT_ONCE)).all()
    return Newest(last[0].number, last[0].hash, max(row.at for row in last)) if last else None


def hash_at(session: Session, chain_id: str, number: int) -> str | None:
    """Return the hash that an entry carries, None where there is no such entry."""
    return session.scalar(select(Entry.hash).where(Entry.chain_id == chain_id, Entry.number == number))


def _unreadable(session: Session) -> Iterator[Break]:
    for chain_id, number in session.execute(select(Entry.chain_id, Entry.number)).all():
        try:
            session.get(Entry, (chain_id, number))
        except (ValueError, TypeError, StatementError):
            yield Break(chain_id, number, "unreadable")


def _walk(session: Session) -> Iterator[Break]:
    known = heads(session)
    reached: dict[str, tuple[int, str]] = {}
    query = select(Entry).order_by(Entry.chain_id, Entry.number).execution_options(yield_per=2000)
    for entry in session.scalars(query):
        number, head = reached.get(entry.chain_id, (0, GENESIS))
        if entry.number != number + 1:
            yield Break(entry.chain_id, number + 1, "entry missing")
        elif entry.previous != head:
            yield Break(entry.chain_id, entry.number, "does not follow the entry before")
        if hash_of(entry) != entry.hash:
            yield Break(entry.chain_id, entry.number, "content altered")
        reached[entry.chain_id] = (entry.number, entry.hash)
        session.expunge(entry)
    for chain_id in sorted(known.keys() | reached.keys()):
        if known.get(chain_id, (0, GENESIS)) != reached.get(chain_id, (0, GENESIS)):
            yield Break(chain_id, known.get(chain_id, (0, GENESIS))[0], "the end is missing")


def plain(value: Any) -> Any:  # noqa: ANN401 (any JSON-able value, as the journal stores it)
    """Return `value` as JSON can hold it: days and moments in ISO form, dataclasses as objects, tuples as lists."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value


class Sought(TypedDict, total=False):
    """Which entries to read: about a programme, a subject; by somebody; of kinds of action; `since` until `until`.

    A kind is the part of an action before the dot: `evidence`. None leaves a criterion out. `until` itself is left out.
    `after` is the number of an entry: later ones only.
    """

    programme_id: str | None
    subject_id: str | None
    actor_id: str | None
    kinds: Sequence[str] | None
    since: datetime | None
    until: datetime | None
    after: int | None


def entries(
    session: Session, chain_id: str, *, before: int | None = None, limit: int, **sought: Unpack[Sought]
) -> list[Entry]:
    """Return up to `limit` entries of a chain, newest first, those before number `before` where it is given.

    The caller has checked that the journal may be read.
    """
    query = select(Entry).where(Entry.chain_id == chain_id, *_conditions(sought))
    if before is not None:
        query = query.where(Entry.number < before)
    return list(session.scalars(query.order_by(Entry.number.desc()).limit(limit)))


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    for name, column in (
        ("programme_id", Entry.programme_id),
        ("subject_id", Entry.subject_id),
        ("actor_id", Entry.actor_id),
    ):
        if (value := sought.get(name)) is not None:
            yield column == value
    if (kinds := sought.get("kinds")) is not None:
        yield or_(false(), *(Entry.action.startswith(f"{kind}.", autoescape=True) for kind in kinds))
    if (since := sought.get("since")) is not None:
        yield Entry.at >= since
    if (until := sought.get("until")) is not None:
        yield Entry.at < until
    if (after := sought.get("after")) is not None:
        yield Entry.number > after


def broken(session: Session, several: Sequence[Entry]) -> Iterator[Break]:
    """Yield which of these entries of one chain do not hold: altered, or not following the entry before; one query."""
    if not several:
        return
    wanted = [entry.number - 1 for entry in several]
    query = select(Entry.number, Entry.hash).where(Entry.chain_id == several[0].chain_id, Entry.number.in_(wanted))
    hashes = {0: GENESIS, **dict(session.execute(query).all())}
    for entry in several:
        if entry.previous != hashes.get(entry.number - 1):
            yield Break(entry.chain_id, entry.number, "does not follow the entry before")
        if hash_of(entry) != entry.hash:
            yield Break(entry.chain_id, entry.number, "content altered")
