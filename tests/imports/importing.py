"""Imports as a test makes them, as the contributor unless it says otherwise."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from app.identity.actor import Actor
from app.imports import service
from app.imports.models import EvidenceImport
from app.imports.reading import ImportView, get_import
from app.imports.tables import Table, read_table
from app.journal.models import Entry
from app.storage.files import NewFile
from tests.builders import AT, House
from tests.imports.sheets import GOOD, NIL, csv_of

LATER = AT + timedelta(hours=1)
TWO = csv_of(GOOD, NIL)


def prepared(house: House, content: bytes = TWO, *, actor: Actor | None = None, table: Table | None = None) -> str:
    """Prepare an import of a table, as the contributor; returns its id."""
    return service.prepare_import(
        house.session, house.programme, table or read_table(content), house.file(content, "register.csv"),
        actor=actor or house.contributor, at=AT,
    ).id  # fmt: skip


def send(house: House, import_id: str, *files: NewFile, actor: Actor | None = None) -> list[str]:
    """Take files into a draft, as the contributor."""
    return service.add_files(house.session, house.programme, import_id, files, actor=actor or house.contributor, at=AT)


def apply(house: House, import_id: str, *, actor: Actor | None = None) -> list[str]:
    """Apply an import, as the contributor; returns what is released."""
    return service.apply_import(house.session, house.programme, import_id, actor=actor or house.contributor, at=LATER)[
        1
    ]


def undo(house: House, import_id: str, reason: str = "", *, actor: Actor | None = None) -> EvidenceImport:
    """Undo an import, as the contributor."""
    return service.undo_import(
        house.session, house.programme, import_id, reason=reason, actor=actor or house.contributor, at=LATER
    )


def view(house: House, import_id: str, *, actor: Actor | None = None) -> ImportView:
    """Look at an import, as the contributor."""
    house.session.flush()
    house.session.expire_all()
    return get_import(house.session, house.programme, import_id, actor=actor or house.contributor, at=LATER)


def applied(house: House) -> tuple[str, list[str]]:
    """Import two rows and return the import's id and those of the evidence."""
    import_id = prepared(house)
    send(house, import_id, house.file(b"incidents", "incidents.xlsx"))
    apply(house, import_id)
    return import_id, [item.evidence_id for item in view(house, import_id).items]


def rows_of(house: House, table: type) -> int:
    return house.session.scalar(select(func.count()).select_from(table)) or 0


def entries(house: House, action: str) -> Sequence[Entry]:
    return house.session.scalars(select(Entry).where(Entry.action == action)).all()
