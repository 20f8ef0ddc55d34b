"""Use cases that change imports: prepare one, send its files, apply it whole, undo it whole, or drop it.

Where one returns hashes, nobody names these bytes any more: `storage.remove_unnamed` takes them after the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Conflict, Invalid
from app.evidence.models import Evidence
from app.evidence.several import add_several, withdraw_several
from app.identity.actor import Actor, Permission
from app.imports.models import EvidenceImport, EvidenceImportFile, EvidenceImportItem
from app.imports.paths import clean_path, key_of
from app.imports.reading import check_draft, find_import, known_for, no_such_import, obstacles_to
from app.imports.tables import Table
from app.journal.service import Event
from app.language import Message, say
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.storage.files import NewFile, check_name
from app.storage.service import keep, release

MOST_FILES = 5000
NAMED = 5
"""So many obstacles are named in a refusal."""
UNDONE = "Import undone · 撤销导入: {name}"
"""Why evidence was withdrawn, where nobody says more; it is kept, so it is in both languages."""


def prepare_import(
    session: Session, programme: Programme, table: Table, file: NewFile, *, actor: Actor, at: datetime
) -> EvidenceImport:
    """Keep a table as a draft of an import; nothing becomes evidence by that. Raises Forbidden, NotFound, Invalid."""
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    head = EvidenceImport(
        id=new_id(), programme_id=programme.id, state="draft", prepared_at=at, prepared_by=actor.id, body=None, rows=0
    )
    _set_table(session, head, table, file, at=at)
    session.add(head)
    session.flush()
    return head


def replace_table(
    session: Session,
    programme: Programme,
    import_id: str,
    table: Table,
    file: NewFile,
    *,
    actor: Actor,
    at: datetime,
) -> list[str]:
    """Take a corrected table into a draft; the files that have come stay. Raises Forbidden, NotFound, Conflict.

    Returns hashes of bytes that nobody names any more.
    """
    head = _draft(session, programme, import_id, actor)
    former = head.table_sha256
    _set_table(session, head, table, file, at=at)
    return release(session, [former])


def add_files(
    session: Session, programme: Programme, import_id: str, files: Sequence[NewFile], *, actor: Actor, at: datetime
) -> list[str]:
    """Take files into a draft; a name holds the folders too. One that comes again takes the place of the former.

    Returns hashes of bytes that nobody names any more. Raises Forbidden, NotFound, Conflict, Invalid.
    """
    head = _draft(session, programme, import_id, actor)
    clean = {key_of(path): NewFile(path, file.blob) for file in files if (path := clean_path(file.name))}
    keep(session, [file.blob for file in clean.values()], at=at)
    former = []
    for key, file in clean.items():
        row = session.get(EvidenceImportFile, (head.id, key))
        if row is None:
            row = EvidenceImportFile(import_id=head.id, key=key)
            session.add(row)
        else:
            former.append(row.sha256)
        row.path, (row.sha256, row.size_bytes) = file.name, file.blob
    session.flush()
    count = select(func.count()).select_from(EvidenceImportFile).where(EvidenceImportFile.import_id == head.id)
    if (session.scalar(count) or 0) > MOST_FILES:
        raise Invalid("An import has at most {most} files. Split the table.", most=MOST_FILES, field="file")
    return release(session, former)


def drop_import(session: Session, programme: Programme, import_id: str, *, actor: Actor) -> list[str]:
    """Drop a draft without a trace; returns hashes of bytes that nobody names any more.

    Raises Forbidden, NotFound, Conflict for what was applied.
    """
    head = _draft(session, programme, import_id, actor)
    hashes = [head.table_sha256, *_drop_files(session, head)]
    session.delete(head)
    session.flush()
    return release(session, hashes)


def apply_import(
    session: Session, programme: Programme, import_id: str, *, actor: Actor, at: datetime
) -> tuple[EvidenceImport, list[str]]:
    """Make evidence of every row, submitted by the actor; all of them, or with what is raised none.

    Returns the import, and hashes of bytes that nobody names any more. Raises Forbidden, NotFound, Invalid where a row
    cannot become evidence, Conflict where it was applied already.
    """
    head = _draft(session, programme, import_id, actor)
    check = check_draft(head, known_for(session, programme, head, at=at))
    if check.problems:
        raise Invalid(
            "Nothing was imported: {wrong} of {rows} rows have errors. Correct them first.",
            wrong=check.wrong,
            rows=check.rows,
            field="table",
        )
    ids = add_several(session, programme, [each.coming for each in check.ready], actor=actor, at=at)
    made = [
        {"import_id": head.id, "row_number": each.row, "evidence_id": evidence_id}
        for each, evidence_id in zip(check.ready, ids, strict=True)
    ]
    session.connection().execute(insert(EvidenceImportItem), made)
    head.state, head.applied_at, head.applied_by, head.body = "applied", at, actor.id, None
    released = release(session, _drop_files(session, head))
    after = {"name": head.table_name, "sha256": head.table_sha256, "items": len(made)}
    programmes.note(session, programme, Event("import.applied", head.id, after=after), actor=actor, at=at)
    return head, released


def undo_import(
    session: Session, programme: Programme, import_id: str, *, reason: str = "", actor: Actor, at: datetime
) -> EvidenceImport:
    """Withdraw everything that an import made and that is not withdrawn already; all of it stays on record.

    Raises Forbidden, NotFound, Invalid, Conflict where it was not applied or is undone, or where somebody has reviewed
    or changed anything of it since: then nothing is withdrawn.
    """
    place = (programme.organisation_id, programme.id)
    actor.must(Permission.ADD_EVIDENCE if actor.may(Permission.ADD_EVIDENCE, *place) else Permission.LINK, *place)
    head = find_import(session, programme, import_id, actor=actor)
    session.refresh(head, with_for_update=True)
    if head.state == "draft":
        raise Conflict("Nothing of this table was imported yet: there is nothing to undo. Drop the draft instead.")
    if head.state == "undone":
        raise Conflict("This import is undone already.")
    items = select(EvidenceImportItem.evidence_id).where(EvidenceImportItem.import_id == head.id)
    locked = select(Evidence.id).where(Evidence.id.in_(items), Evidence.state != "withdrawn")
    left = session.scalars(locked.order_by(Evidence.id).with_for_update()).all()  # before anybody looks at them
    _refuse_for(
        [say("“{title}”: {reason}", title=each.title, reason=each.reason) for each in obstacles_to(session, head)]
    )
    said = reason.strip() or UNDONE.format(name=head.table_name)
    withdraw_several(session, programme, left, reason=said, actor=actor, at=at)
    head.state, head.undone_at, head.undone_by, head.undone_reason = "undone", at, actor.id, reason.strip() or None
    after = {"name": head.table_name, "items": len(left), "reason": head.undone_reason}
    programmes.note(session, programme, Event("import.undone", head.id, after=after), actor=actor, at=at)
    return head


def _draft(session: Session, programme: Programme, import_id: str, actor: Actor) -> EvidenceImport:
    """Return a draft, locked. Raises Forbidden, NotFound, Conflict where it is none any more."""
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    head = session.get(EvidenceImport, import_id, with_for_update=True, populate_existing=True)
    if head is None or head.programme_id != programme.id:
        raise no_such_import()
    if head.state != "draft":
        raise Conflict("This table was imported already. Send it again to import more.")
    return head


def _set_table(session: Session, head: EvidenceImport, table: Table, file: NewFile, *, at: datetime) -> None:
    head.table_name = check_name(file.name)
    keep(session, [file.blob], at=at)
    head.table_sha256, head.table_bytes = file.blob
    head.body, head.rows = table.body(), len(table.rows)


def _drop_files(session: Session, head: EvidenceImport) -> list[str]:
    """Forget which files came for a draft; returns their hashes."""
    hashes = select(EvidenceImportFile.sha256).where(EvidenceImportFile.import_id == head.id)
    found = list(session.scalars(hashes))
    session.execute(delete(EvidenceImportFile).where(EvidenceImportFile.import_id == head.id))
    return found


def _refuse_for(obstacles: Iterable[Message]) -> None:
    """Raise Conflict where there is any obstacle, naming the first ones."""
    found = tuple(obstacles)
    if found:
        raise Conflict(
            "It cannot be undone as a whole: {count} of its items were dealt with since. {named}. Withdraw the others "
            "one by one where that is right.",
            count=len(found),
            named=found[:NAMED],
        )
