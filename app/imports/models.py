"""Tables of imports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class EvidenceImport(Base):
    """A table that came in, and what became of it: `draft`, `applied` or `undone`. A dropped draft leaves no row.

    `body` holds the rows while it is a draft; afterwards they are evidence, and the table itself is kept as it came.
    """

    __tablename__ = "evidence_imports"
    __table_args__ = (Index(None, "programme_id", "id"), Index(None, "table_sha256"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    state: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(255))
    table_sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    table_bytes: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    rows: Mapped[int]
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[str] = mapped_column(String(100))
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str | None] = mapped_column(String(100))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(100))
    undone_reason: Mapped[str | None] = mapped_column(String(2000))


class EvidenceImportFile(Base):
    """A file that has come for a draft, by its path; `key` is the path as paths are compared."""

    __tablename__ = "evidence_import_files"
    __table_args__ = (Index(None, "sha256"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("evidence_imports.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    path: Mapped[str] = mapped_column(String(500))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))


class EvidenceImportItem(Base):
    """Which evidence a row became."""

    __tablename__ = "evidence_import_items"

    import_id: Mapped[str] = mapped_column(ForeignKey("evidence_imports.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
