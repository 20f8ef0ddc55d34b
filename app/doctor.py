"""Looks whether the stores are sound: the journal's chains, every stored byte, and what a crash may have left."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.errors import Damaged
from app.identity.actor import Actor
from app.journal.checkpoints import NAME, contradicted, keep
from app.journal.models import INSTALLATION, Chain
from app.journal.service import Break, Event, heads, record, verify
from app.programmes.models import Organisation
from app.runtime import Runtime
from app.storage.blobs import Blob
from app.storage.models import StoredBlob
from app.storage.service import (
    UNREADABLE,
    Trouble,
    find_trouble,
    named_blobs,
    open_damages,
    orphans,
    remember,
    repair_found_whole,
)

STALE_DRAFT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. Orphans and stale drafts are what crashes leave: they take room and harm nothing."""

    blobs: int
    breaks: tuple[Break, ...]
    troubles: tuple[Trouble, ...]
    repaired: tuple[str, ...]
    orphans: tuple[Blob, ...]
    stale_drafts: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks and not self.troubles


def examine(
    runtime: Runtime,
    *,
    actor: Actor,
    at: datetime,
    read: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Examine everything and put damage on record, so that checks show it. Raises Forbidden, Unavailable.

    Every stored byte is read and hashed unless `read` is off; then only presence and size are looked at. `progress` is
    told how many of how many blobs are done.
    """
    actor.must_install()
    checkpoints = runtime.settings.data_folder / NAME
    with runtime.database.reading() as session:
        breaks = (*verify(session), *contradicted(session, checkpoints), *_without_chain(session))
        reached = heads(session)
        total = session.scalar(select(func.count()).select_from(StoredBlob)) or 0
        troubles: list[Trouble] = []
        for done, blob in enumerate(named_blobs(session), start=1):
            troubles += find_trouble(runtime.blobs, [blob], read=read)
            if progress:
                progress(done, total)
        unlisted: list[str] = []
        left = tuple(orphans(session, runtime.blobs, unlisted))
        troubles += (Trouble(name, UNREADABLE) for name in unlisted)
        known = open_damages(session)
    repaired: list[str] = []
    if known or troubles:
        with runtime.database.writing() as session:
            repair_found_whole(session, runtime.blobs, at=at, report=repaired.append)
            new = remember(session, troubles, at=at)
            if new or repaired:
                after = {"damaged": {each.sha256: each.reason for each in new}, "repaired": repaired}
                record(session, INSTALLATION, Event("blobs.examined", INSTALLATION, after=after), actor=actor, at=at)
    if not breaks:
        keep(checkpoints, reached, at=at)
    seen = {each.sha256 for each in troubles}
    troubles += (Trouble(sha256, "altered") for sha256 in sorted(known - seen - set(repaired)))  # not read this time
    return Diagnosis(total, breaks, tuple(troubles), tuple(repaired), left, _stale_drafts(runtime, at))


def _without_chain(session: Session) -> Iterator[Break]:
    """An organisation's first entry is that it was added: one without a chain has lost its journal."""
    chained = exists().where(Chain.id == Organisation.id)
    for organisation_id in session.scalars(select(Organisation.id).where(~chained)):
        yield Break(organisation_id, 0, "the chain is missing")


def remove_left(runtime: Runtime, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Remove orphans and drafts older than a day; returns their names. Raises Forbidden, Unavailable.

    Younger ones may belong to an upload that goes on now. On the write lock, so that no row comes to name them.
    """
    actor.must_install()
    removed: list[str] = []
    with runtime.database.writing() as session:
        for blob in orphans(session, runtime.blobs, []):
            found = runtime.blobs.age_of(blob.sha256, at.timestamp())
            if found and found[1] > STALE_DRAFT_SECONDS and runtime.blobs.remove(blob.sha256, found[0]):
                removed.append(blob.sha256)
        for name in _stale_drafts(runtime, at):
            (runtime.blobs.incoming / name).unlink(missing_ok=True)
            removed.append(name)
        if removed:
            record(session, INSTALLATION, Event("blobs.removed", INSTALLATION, {"names": removed}), actor=actor, at=at)
    return tuple(removed)


def watched(runtime: Runtime, blob: Blob, chunks: Iterator[bytes], *, actor: Actor, at: datetime) -> Iterator[bytes]:
    """Yield the bytes of a blob; damage found on the way goes on record in a transaction of its own. Raises Damaged."""
    try:
        yield from chunks
    except Damaged:
        _put_on_record(runtime, blob, actor=actor, at=at)
        raise


def _put_on_record(runtime: Runtime, blob: Blob, *, actor: Actor, at: datetime) -> None:
    troubles = list(find_trouble(runtime.blobs, [blob]))  # read once more: somebody may just have stored them anew
    with runtime.database.writing() as session:
        new = remember(session, troubles, at=at)
        if new:
            after = {"damaged": {each.sha256: each.reason for each in new}}
            record(session, INSTALLATION, Event("blobs.damage-found", INSTALLATION, after=after), actor=actor, at=at)


def _stale_drafts(runtime: Runtime, at: datetime) -> tuple[str, ...]:
    oldest = at.timestamp() - STALE_DRAFT_SECONDS
    stale = []
    for path in runtime.blobs.incoming.iterdir():
        with suppress(FileNotFoundError):  # an upload that has just been finished
            if path.stat().st_mtime < oldest:
                stale.append(path.name)
    return tuple(sorted(stale))
