"""Rows about stored bytes: naming them, and remembering damage."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from app.database import Base, Database, insert_missing, new_id
from app.errors import Damaged, Unavailable
from app.past import there
from app.storage.blobs import Blob, Blobs, Draft, LocalBlobs
from app.storage.models import BlobDamage, StoredBlob

UNREADABLE = "unreadable"
AT_ONCE = 500
"""So many hashes go into one question."""
_FORGET = delete(StoredBlob).where(StoredBlob.sha256 == bindparam("gone"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """One blob that is not as it was stored: `reason` is gone or altered, or that cannot be looked at: unreadable.

    For a folder that cannot be listed, `sha256` is its name.
    """

    sha256: str
    reason: str


def keep(session: Session, blobs: Iterable[Blob], *, at: datetime) -> set[str]:
    """Note that rows will name these blobs, which must be durable already; returns the hashes that were held before.

    Storing bytes again repairs damage of them.
    """
    held = set()
    for blob in blobs:
        new = insert_missing(session, StoredBlob, sha256=blob.sha256, size_bytes=blob.size_bytes, stored_at=at)
        if not new:
            held.add(blob.sha256)
            session.execute(
                update(BlobDamage)
                .where(BlobDamage.sha256 == blob.sha256, BlobDamage.repaired_at.is_(None))
                .values(repaired_at=at)
            )
    return held


def find_trouble(blobs: Blobs, named: Iterable[Blob], *, read: bool = True) -> Iterator[Trouble]:
    """Yield what is gone, altered or unreadable among `named`; without `read` only presence and size are looked at."""
    for blob in named:
        try:
            size = blobs.size_of(blob.sha256)
            if size is None:
                yield Trouble(blob.sha256, "gone")
            elif size != blob.size_bytes or (read and not _agrees(blobs, blob)):
                yield Trouble(blob.sha256, "altered")
        except Unavailable:
            yield Trouble(blob.sha256, UNREADABLE)


def named_blobs(session: Session) -> Iterator[Blob]:
    """Yield every blob that is on record, by hash, streaming."""
    query = select(StoredBlob.sha256, StoredBlob.size_bytes).order_by(StoredBlob.sha256)
    for sha256, size_bytes in session.execute(query.execution_options(yield_per=5000)):
        yield Blob(sha256, size_bytes)


def orphans(session: Session, blobs: Blobs, unreadable: list[str] | None = None) -> list[Blob]:
    """Return stored bytes that no row names, by hash: what a crash between storing and committing leaves.

    Names of folders that cannot be listed go to `unreadable`.
    """
    known = {sha256 for (sha256,) in session.execute(select(StoredBlob.sha256))}
    return sorted(blob for blob in blobs.sizes(unreadable) if blob.sha256 not in known)


def take_back(database: Database, drafts: Sequence[Draft]) -> None:
    """Remove the bytes that these drafts stored, where no row names them: their request was refused.

    On the write lock: on SQLite no row can come to name them meanwhile. On PostgreSQL one can, but whoever stores the
    same bytes puts a file of their own there, which stays.
    """
    with database.writing() as session:
        left = unnamed(session, (draft.blob.sha256 for draft in drafts if draft.blob))
        for draft in drafts:
            if draft.blob and draft.blob.sha256 in left:
                draft.take_back()


def unnamed(session: Session, hashes: Iterable[str]) -> set[str]:
    """Return those of the hashes that no row names."""
    wanted = set(hashes)
    return wanted - set(session.scalars(select(StoredBlob.sha256).where(StoredBlob.sha256.in_(wanted))))


def release(session: Session, hashes: Iterable[str]) -> list[str]:
    """Forget those of the hashes that no row of any feature names; returns them, for `remove_unnamed` after the commit.

    Damage that was found counts as a row. Where somebody comes to name one at the same moment, one of both is refused.
    """
    naming = [
        key.parent
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is StoredBlob.__table__
    ]
    session.flush()
    wanted = sorted(set(hashes))
    gone: list[str] = []
    for start in range(0, len(wanted), AT_ONCE):
        query = select(StoredBlob.sha256).where(
            StoredBlob.sha256.in_(wanted[start : start + AT_ONCE]),
            *(~exists().where(column == StoredBlob.sha256) for column in naming),
        )
        gone += session.scalars(query)
    if gone:
        session.connection().execute(_FORGET, [{"gone": sha256} for sha256 in gone])
    return gone


def remove_unnamed(database: Database, blobs: LocalBlobs, hashes: Sequence[str]) -> None:
    """Remove stored bytes that `release` has forgotten, unless a row names them again meanwhile; as `take_back`."""
    if not hashes:
        return
    with database.writing() as session:
        for sha256 in unnamed(session, hashes):
            if found := blobs.age_of(sha256, 0):
                blobs.remove(sha256, found[0])


def remember(session: Session, troubles: Iterable[Trouble], *, at: datetime) -> list[Trouble]:
    """Put damage on record unless it already is; returns what is new. What is only unreadable may be whole."""
    new = []
    for trouble in troubles:
        if trouble.reason == UNREADABLE:
            continue
        known = select(BlobDamage.id).where(BlobDamage.sha256 == trouble.sha256, BlobDamage.repaired_at.is_(None))
        if session.scalar(known) is None:
            session.add(BlobDamage(id=new_id(), sha256=trouble.sha256, found_at=at, reason=trouble.reason))
            new.append(trouble)
    session.flush()
    return new


def open_damages(session: Session, *, known_at: datetime | None = None) -> set[str]:
    """Return the hashes of blobs that were known to be damaged at a moment, None for now."""
    open_then = there(BlobDamage.found_at, BlobDamage.repaired_at, known_at)
    return set(session.scalars(select(BlobDamage.sha256).where(open_then)))


def count_damages(session: Session) -> tuple[int, int]:
    """Return how often damage was found and how often repaired: neither ever falls."""
    found, repaired = session.execute(select(func.count(BlobDamage.id), func.count(BlobDamage.repaired_at))).one()
    return found, repaired


def repair_found_whole(session: Session, blobs: Blobs, *, at: datetime, report: Callable[[str], None]) -> None:
    """Mark recorded damage as repaired where the bytes are whole again (restored from a backup)."""
    query = select(BlobDamage, StoredBlob).join(StoredBlob, StoredBlob.sha256 == BlobDamage.sha256)
    for damage, stored in session.execute(query.where(BlobDamage.repaired_at.is_(None))).all():
        if not list(find_trouble(blobs, [Blob(stored.sha256, stored.size_bytes)])):
            damage.repaired_at = at
            report(stored.sha256)


def _agrees(blobs: Blobs, blob: Blob) -> bool:
    try:
        for _ in blobs.read(blob):
            pass
    except Damaged:
        return False
    return True
