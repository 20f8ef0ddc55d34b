"""What is sent about organisations, programmes, their registers and the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.journal.models import Entry
from app.programmes.models import Organisation, Programme
from app.programmes.registers import Profile, entry_body
from app.programmes.service import Recorded


class OrganisationShape(BaseModel):
    """An organisation; its days are days in `time_zone`."""

    id: str
    name_en: str
    name_zh: str
    time_zone: str
    languages: list[str]
    created_at: datetime
    revision: int = Field(description="Counts changes; the ETag.")

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationShape":
        """Build it from the row."""
        return cls(**{name: getattr(organisation, name) for name in OrganisationShape.model_fields})


class Organisations(BaseModel):
    """Those the actor has to do with."""

    items: list[OrganisationShape]


class ProgrammeShape(BaseModel):
    """A programme with its profile as it is now."""

    id: str
    organisation_id: str
    code: str
    created_at: datetime
    profile: dict[str, Any] = Field(description="The entry of the register `profile`.")

    @classmethod
    def of(cls, programme: Programme, profile: Profile) -> "ProgrammeShape":
        """Build it from the row and its profile."""
        return cls(
            id=programme.id,
            organisation_id=programme.organisation_id,
            code=programme.code,
            created_at=programme.created_at,
            profile=entry_body(profile),
        )


class Programmes(BaseModel):
    """Those the actor may read, by organisation and code."""

    items: list[ProgrammeShape]


class EntryShape(BaseModel):
    """An entry of a register; its fields are in `entry`."""

    id: str
    revision: int = Field(description="Counts its changes; the ETag.")
    entry: dict[str, Any]
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, recorded: Recorded) -> "EntryShape":
        """Build it from what was recorded."""
        return cls(
            id=recorded.id,
            revision=recorded.revision,
            entry=entry_body(recorded.entry),
            recorded_at=recorded.recorded_at,
            recorded_by=recorded.recorded_by,
        )


class Register(BaseModel):
    """A register's entries in the order they were first made; `profile` and `settings` have one."""

    items: list[EntryShape]

    @classmethod
    def of(cls, entries: Sequence[Recorded]) -> "Register":
        """Build it from what was read."""
        return cls(items=[EntryShape.of(each) for each in entries])


class JournalEntry(BaseModel):
    """One thing that somebody did; each entry carries the hash of the one before."""

    number: int
    at: datetime
    programme_id: str | None
    actor_id: str
    actor_name: str
    action: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "JournalEntry":
        """Build it from the row."""
        return cls(**{name: getattr(entry, name) for name in JournalEntry.model_fields})


class JournalPage(BaseModel):
    """Some of the journal, newest first."""

    items: list[JournalEntry]
    cursor: str | None
