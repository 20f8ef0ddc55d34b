"""Tables of checks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Snapshot(Base):
    """A report as it was, with both dates, the engine's version and the digest of its facts. Never updated.

    `satisfied` of `applicable` expectations of all its frameworks were met on the day of knowledge.
    """

    __tablename__ = "snapshots"
    __table_args__ = (Index(None, "programme_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    stage: Mapped[int]
    as_of: Mapped[date]
    known_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[str] = mapped_column(String(20))
    satisfied: Mapped[int]
    applicable: Mapped[int]
    engine_version: Mapped[str] = mapped_column(String(20))
    facts_digest: Mapped[str] = mapped_column(String(64))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
