"""Tables of organisations, programmes and their registers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Organisation(Base):
    """One customer; organisations never see each other. Days are days in its `time_zone`."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name_en: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(60))
    languages: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class Programme(Base):
    """One undertaking to certify one scope; `code` is its short name in commands, unique in the organisation."""

    __tablename__ = "programmes"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]


class RegisterEntry(Base):
    """One entry of one of a programme's registers, as it was from `recorded_at` until `ended_at`.

    A change ends this row and adds the next revision; nothing is overwritten, so every past moment can be read.
    """

    __tablename__ = "register_entries"
    __table_args__ = (
        Index(None, "programme_id", "register", "entry_id"),
        Index(
            "uq_register_entries_live",
            "entry_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    entry_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    register: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None]
