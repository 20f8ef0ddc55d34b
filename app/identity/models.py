"""Tables of identity."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class User(Base):
    """A person or a machine that signs in; `login` is unique in the installation and compared in lower case."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    installer: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """A role of a user in an organisation, from `starts_at` until `ends_at`; for auditors limited to one programme.

    Where somebody has ended it, `ended_at` says when, and `planned_end_at` when it was to end.
    """

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "organisation_id", "user_id"), Index(None, "user_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[str] = mapped_column(String(36))
    programme_id: Mapped[str | None] = mapped_column(String(36))
    role: Mapped[str] = mapped_column(String(30))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    planned_end_at: Mapped[datetime | None]


class AccessLink(Base):
    """An address that lets its own user, an auditor without a password, read one programme until `expires_at`.

    Only the SHA-256 of its secret is kept.
    """

    __tablename__ = "access_links"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str] = mapped_column(String(36))
    programme_id: Mapped[str] = mapped_column(String(36))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Token(Base):
    """A key for programs; only its SHA-256 is kept. Acts for its user, with no more than `role` in one organisation.

    A token without organisation is a signed-in session of its user and has all the user's roles.
    """

    __tablename__ = "tokens"
    __table_args__ = (Index(None, "user_id"), Index(None, "organisation_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[str | None] = mapped_column(String(36))
    programme_id: Mapped[str | None] = mapped_column(String(36))
    role: Mapped[str | None] = mapped_column(String(30))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AttemptCount(Base):
    """Wrong passwords in a row of one client, or of one client for one login; `key` is a SHA-256 of which."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "last_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int]
    last_at: Mapped[datetime]
