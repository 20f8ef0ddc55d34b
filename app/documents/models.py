"""Tables of controlled documents."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.collation import STORED_BYTES, stored_key
from app.database import Base


class Document(Base):
    """One line of the master list. A withdrawn document stays on record (DC-04)."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("programme_id", "number"),
        Index(None, "programme_id", "id"),
        Index(None, "programme_id", "number_key", "id"),
        Index(None, "programme_id", "title_key", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[str] = mapped_column(String(60))
    number_key: Mapped[bytes] = mapped_column(LargeBinary(STORED_BYTES))
    title: Mapped[str] = mapped_column(String(300))
    title_key: Mapped[bytes] = mapped_column(LargeBinary(STORED_BYTES))
    level: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(100))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(2000))
    revision_lock: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision_lock}  # noqa: RUF012 (SQLAlchemy reads it from the class)
    WRITTEN: ClassVar = {"withdrawn_at": ("withdrawn_by", "withdrawn_reason")}

    @validates("number", "title")
    def _keep_key(self, name: str, text: str) -> str:
        setattr(self, f"{name}_key", stored_key(text))
        return text


class DocumentAmendment(Base):
    """Title, level and kind as they were until `ended_at`; past moments are read with it."""

    __tablename__ = "document_amendments"
    __table_args__ = (Index(None, "programme_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    programme_id: Mapped[str] = mapped_column(String(36))
    title: Mapped[str] = mapped_column(String(300))
    level: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(20))
    ended_at: Mapped[datetime]


class DocumentOwner(Base):
    """Who owned a document until `ended_at`; past moments are read with it."""

    __tablename__ = "document_owners"
    __table_args__ = (Index(None, "document_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    owner_id: Mapped[str | None] = mapped_column(String(36))
    ended_at: Mapped[datetime]


class Revision(Base):
    """One revision: a file, never changed. Each step it takes is written once, with its moment.

    Draft until `submitted_at`, in review until `approved_at`, then effective from `effective_on` until a later one is.
    `returned_at` is when a reviewer sent it back for good; a new revision follows.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    number: Mapped[int]
    change_note: Mapped[str] = mapped_column(String(4000))
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    author_id: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
    recorded_on: Mapped[date]
    submitted_at: Mapped[datetime | None]
    approvals_needed: Mapped[int]
    effective_on: Mapped[date | None]
    next_review_on: Mapped[date | None]
    approved_at: Mapped[datetime | None]
    approved_on: Mapped[date | None]
    returned_at: Mapped[datetime | None]

    WRITTEN: ClassVar = {
        "submitted_at": ("effective_on", "next_review_on"),
        "approved_at": ("approved_on", "effective_on", "next_review_on"),
        "returned_at": (),
    }


class Approval(Base):
    """What one person decided about a revision: approved, returned with a reason, or recalled by its author.

    Who has approved may return it later; both stay on record.
    """

    __tablename__ = "approvals"

    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    decision: Mapped[str] = mapped_column(String(10), primary_key=True)
    reason: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime]


class DocumentReview(Base):
    """Somebody looked at a revision in force and found that it still holds; never changed."""

    __tablename__ = "document_reviews"
    __table_args__ = (Index(None, "programme_id", "reviewed_at"), Index(None, "document_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"))
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[str] = mapped_column(String(100))
    next_review_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(2000))
