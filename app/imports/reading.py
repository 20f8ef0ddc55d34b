"""Reads of imports: the list, and one with what would become of it, or with what it made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.evidence.models import Evidence, EvidenceVersion
from app.evidence.rows import SameBytes, same_bytes
from app.identity.actor import Actor, Permission
from app.identity.names import logins_of
from app.identity.service import members
from app.imports.checking import Check, Known, check_table
from app.imports.models import EvidenceImport, EvidenceImportFile, EvidenceImportItem
from app.imports.names import People
from app.imports.tables import table_from_body
from app.language import Message, say
from app.links.service import packs_of
from app.paging import DEFAULT_PAGE, Page, check_limit, page_of, read_cursor
from app.programmes.models import Programme
from app.programmes.service import day_of
from app.storage.blobs import Blob, Blobs
from app.storage.files import NewFile, media_type_of


@dataclass(slots=True)
class StoredTable:
    """The table of an import as it came."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


class Item(NamedTuple):
    """A piece of evidence that an import made, of which row, as it is now."""

    row: int
    evidence_id: str
    title: str
    state: str


class Obstacle(NamedTuple):
    """A piece of evidence that somebody has dealt with since, and how: the import cannot be undone for that."""

    evidence_id: str
    title: str
    reason: Message


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import. A draft has its `check`; what was applied has its `items` and what stands against undoing it.

    `same_bytes` are files that the organisation holds already, `same_tables` earlier imports of this very table.
    """

    head: EvidenceImport
    check: Check | None = None
    files: int = 0
    same_bytes: tuple[SameBytes, ...] = ()
    same_tables: tuple[EvidenceImport, ...] = ()
    items: tuple[Item, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


def list_imports(
    session: Session, programme: Programme, *, actor: Actor, cursor: str | None = None, limit: int = DEFAULT_PAGE
) -> Page[EvidenceImport]:
    """Return a page of the programme's imports, newest first, drafts too. Raises Forbidden, NotFound, Invalid."""
    may_see(programme, actor)
    limit, after = check_limit(limit), read_cursor(cursor, "imports")
    query = select(EvidenceImport).where(EvidenceImport.programme_id == programme.id)
    if after is not None:
        query = query.where(EvidenceImport.id < after)
    found = list(session.scalars(query.order_by(EvidenceImport.id.desc()).limit(limit + 1)))
    return page_of(found, limit, [each.id for each in found], "imports")


def get_import(session: Session, programme: Programme, import_id: str, *, actor: Actor, at: datetime) -> ImportView:
    """Return one import; a draft is checked against what holds at this moment. Raises Forbidden, NotFound.

    A bounded number of queries, however many rows it has.
    """
    head = find_import(session, programme, import_id, actor=actor)
    if head.state == "draft":
        known = known_for(session, programme, head, at=at)
        files = [NewFile(path.rpartition("/")[2], blob) for path, blob in known.files.items()]
        return ImportView(
            head,
            check=check_draft(head, known),
            files=len(files),
            same_bytes=same_bytes(session, programme, files),
            same_tables=_same_tables(session, head),
        )
    items = tuple(_items(session, head))
    return ImportView(
        head, items=items, obstacles=tuple(obstacles_to(session, head)) if head.state == "applied" else ()
    )


def find_import(session: Session, programme: Programme, import_id: str, *, actor: Actor) -> EvidenceImport:
    """Return an import without what is in it. Raises Forbidden, NotFound."""
    may_see(programme, actor)
    head = session.get(EvidenceImport, import_id)
    if head is None or head.programme_id != programme.id:
        raise no_such_import()
    return head


def open_table(
    session: Session, blobs: Blobs, programme: Programme, import_id: str, *, actor: Actor
) -> tuple[StoredTable, Iterator[bytes]]:
    """Return the table of an import and its bytes, hashed while they are read. Raises Forbidden, NotFound, Damaged."""
    head = find_import(session, programme, import_id, actor=actor)
    table = StoredTable(head.table_name, media_type_of(head.table_name), head.table_bytes, head.table_sha256)
    return table, blobs.read(Blob(head.table_sha256, head.table_bytes))


def no_such_import() -> NotFound:
    """Return what is said where there is none."""
    return NotFound("There is no such import in this programme. A draft that was dropped is gone.")


def may_see(programme: Programme, actor: Actor) -> None:
    """Raise NotFound or Forbidden unless the actor may add evidence, or see what nobody has accepted yet."""
    place = (programme.organisation_id, programme.id)
    actor.must(
        Permission.ADD_EVIDENCE if actor.may(Permission.ADD_EVIDENCE, *place) else Permission.READ_DRAFTS, *place
    )


def known_for(session: Session, programme: Programme, head: EvidenceImport, *, at: datetime) -> Known:
    """Return what the rows of a draft are held against now. A bounded number of queries."""
    names = members(session, programme.organisation_id, at=at)
    query = select(EvidenceImportFile.path, EvidenceImportFile.sha256, EvidenceImportFile.size_bytes)
    files = session.execute(query.where(EvidenceImportFile.import_id == head.id).order_by(EvidenceImportFile.path))
    return Known(
        tuple(packs_of(session, programme)),
        People(names, logins_of(session, names)),
        {path: Blob(sha256, size_bytes) for path, sha256, size_bytes in files},
        day_of(session, programme, at),
    )


def check_draft(head: EvidenceImport, known: Known) -> Check:
    """Return what would become of a draft."""
    return check_table(table_from_body(head.body or {"rows": []}), known)


def obstacles_to(session: Session, head: EvidenceImport) -> Iterator[Obstacle]:
    """Yield the evidence of an import that somebody has dealt with since, by row. What was withdrawn is no obstacle."""
    made = EvidenceImportItem
    versions = select(func.max(EvidenceVersion.number)).where(EvidenceVersion.evidence_id == Evidence.id)
    query = (
        select(Evidence.id, Evidence.title, Evidence.state, Evidence.amended_at, versions.scalar_subquery())
        .join(made, made.evidence_id == Evidence.id)
        .where(made.import_id == head.id, Evidence.revision > 1, Evidence.state != "withdrawn")
        .order_by(made.row_number)
    )
    for evidence_id, title, state, amended_at, newest in session.execute(query):
        yield Obstacle(evidence_id, title, _why(state, newest, amended=amended_at is not None))


def _why(state: str, newest: int, *, amended: bool) -> Message:
    if state == "accepted":
        return say("it was accepted")
    if state == "rejected":
        return say("it was rejected")
    if newest > 1:
        return say("it has a newer version")
    return say("its title or owner was changed") if amended else say("what it is linked to was changed")


def _items(session: Session, head: EvidenceImport) -> Iterator[Item]:
    made = EvidenceImportItem
    query = select(made.row_number, Evidence.id, Evidence.title, Evidence.state).join(
        Evidence, Evidence.id == made.evidence_id
    )
    for row in session.execute(query.where(made.import_id == head.id).order_by(made.row_number)):
        yield Item(*row)


def _same_tables(session: Session, head: EvidenceImport) -> tuple[EvidenceImport, ...]:
    query = select(EvidenceImport).where(
        EvidenceImport.table_sha256 == head.table_sha256,
        EvidenceImport.programme_id == head.programme_id,
        EvidenceImport.state == "applied",
    )
    return tuple(session.scalars(query.order_by(EvidenceImport.id.desc()).limit(5)))
