"""Tables of evidence."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.collation import STORED_BYTES, stored_key
from app.database import Base


class Evidence(Base):
    """One piece of evidence; what it proves is in its versions. Withdrawn ones stay on record.

    `state` is that of the newest version (submitted, accepted, rejected), or withdrawn; lists read it.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index(None, "programme_id", "id"),
        Index(None, "programme_id", "state", "id"),
        Index(None, "programme_id", "owner_id", "id"),
        Index(None, "programme_id", "title_key", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[bytes] = mapped_column(LargeBinary(STORED_BYTES))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    amended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(100))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it from the class)
    WRITTEN: ClassVar = {"amended_at": (), "withdrawn_at": ("withdrawn_by", "withdrawn_reason")}

    @validates("title")
    def _keep_key(self, _name: str, title: str) -> str:
        self.title_key = stored_key(title)
        return title


class EvidenceAmendment(Base):
    """Title and owner as they were until `ended_at`; past moments are read with it."""

    __tablename__ = "evidence_amendments"
    __table_args__ = (Index(None, "programme_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    programme_id: Mapped[str] = mapped_column(String(36))
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    ended_at: Mapped[datetime]


class EvidenceVersion(Base):
    """What was submitted, never changed; a decision and an end are each written once.

    `correction` says why the period of the version before was wrong, whose files this one has too.
    `decision` is accepted or rejected. `ended_at` is when a later version took its place or the evidence was withdrawn.
    """

    __tablename__ = "evidence_versions"
    __table_args__ = (
        UniqueConstraint("evidence_id", "number"),
        Index(None, "programme_id"),
        Index(None, "programme_id", "period_from", "evidence_id"),
        Index(None, "programme_id", "period_to", "period_from", "evidence_id"),
        Index(None, "programme_id", "valid_until", "evidence_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    collected_on: Mapped[date]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    valid_until: Mapped[date | None]
    nil_return: Mapped[bool]
    note: Mapped[str] = mapped_column(String(4000))
    correction: Mapped[str | None] = mapped_column(String(2000))
    recorded_at: Mapped[datetime]
    recorded_on: Mapped[date]
    submitted_by: Mapped[str] = mapped_column(String(100))
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decision_reason: Mapped[str | None] = mapped_column(String(2000))
    ended_at: Mapped[datetime | None]

    WRITTEN: ClassVar = {"decided_at": ("decision", "decided_by", "decision_reason"), "ended_at": ()}


class EvidenceFile(Base):
    """One file of a version: its name as it came, and the blob with its bytes."""

    __tablename__ = "evidence_files"
    __table_args__ = (Index(None, "sha256"),)

    version_id: Mapped[str] = mapped_column(ForeignKey("evidence_versions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
