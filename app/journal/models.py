"""Tables of the journal."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base

INSTALLATION = "installation"
"""The chain of what belongs to no organisation."""


class Chain(Base):
    """The head of one organisation's chain; locked while an entry is added, so that numbers have no holes."""

    __tablename__ = "journal_chains"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    count: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


class Entry(Base):
    """One thing that somebody did. Never updated, never deleted."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        Index(None, "chain_id", "subject_id", "number"),
        Index(None, "chain_id", "programme_id", "number"),
    )

    chain_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    programme_id: Mapped[str | None] = mapped_column(String(36))
    actor_id: Mapped[str] = mapped_column(String(100))
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(100))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Answered(Base):
    """A request that was answered once under a key its sender chose; repeated, it gets the same answer."""

    __tablename__ = "answered_requests"

    actor_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
