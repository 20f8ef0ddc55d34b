"""Tables of the catalogue: frameworks and crosswalks with every version of them that was ever installed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Framework(Base):
    """A framework or crosswalk; shipped ones have no organisation and their code as id, own ones belong to one."""

    __tablename__ = "frameworks"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    organisation_id: Mapped[str | None] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))


class FrameworkVersion(Base):
    """One version of a pack, whole; the newest one recorded by a moment is in force then. Never updated."""

    __tablename__ = "framework_versions"
    __table_args__ = (Index(None, "framework_id", "recorded_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    framework_id: Mapped[str] = mapped_column(ForeignKey("frameworks.id"))
    version: Mapped[str] = mapped_column(String(30))
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_at: Mapped[datetime]


class ExpectationChange(Base):
    """An expectation that an upgrade of a pack added, removed or changed; links confirmed before it are suspect."""

    __tablename__ = "expectation_changes"
    __table_args__ = (Index(None, "framework_id", "expectation_id"),)

    version_id: Mapped[str] = mapped_column(ForeignKey("framework_versions.id"), primary_key=True)
    expectation_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    framework_id: Mapped[str] = mapped_column(ForeignKey("frameworks.id"))
    change: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime]


class TextLicence(Base):
    """Where the organisation's own texts of a framework in a language come from; the newest row holds.

    `for_auditors`: its licence lets auditors read them here.
    """

    __tablename__ = "text_licences"
    __table_args__ = (Index(None, "organisation_id", "framework_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(String(36))
    framework_id: Mapped[str] = mapped_column(ForeignKey("frameworks.id"))
    language: Mapped[str] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(300))
    for_auditors: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))


class ClauseText(Base):
    """The customer's own licensed text of a clause; the newest row of a clause and language is shown."""

    __tablename__ = "clause_texts"
    __table_args__ = (Index(None, "organisation_id", "framework_id", "clause"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(String(36))
    framework_id: Mapped[str] = mapped_column(ForeignKey("frameworks.id"))
    clause: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(100))
