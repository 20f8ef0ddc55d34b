"""What is sent about snapshots and the state of the stores; a report is JSON as `app.checks.snapshots` makes it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from app.checks.models import Snapshot
from app.checks.snapshots import Comparison
from app.doctor import Diagnosis


class SnapshotHead(BaseModel):
    """A frozen report without its content."""

    id: str
    programme_id: str
    stage: int
    as_of: date
    known_at: datetime
    taken_at: datetime
    taken_by: str
    label: str
    verdict: str
    satisfied: int = Field(description="How many expectations were met when it was taken, in all frameworks.")
    applicable: int
    engine_version: str
    facts_digest: str = Field(description="SHA-256 of the facts: the same facts have the same digest.")

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotHead":
        """Build it from the row."""
        return cls(**{name: getattr(snapshot, name) for name in SnapshotHead.model_fields})


class SnapshotShape(SnapshotHead):
    """A frozen report."""

    report: dict[str, Any]

    @classmethod
    def whole(cls, snapshot: Snapshot) -> "SnapshotShape":
        """Build it from the row."""
        return cls(**{name: getattr(snapshot, name) for name in SnapshotShape.model_fields})


class Snapshots(BaseModel):
    """The programme's snapshots, newest first."""

    items: list[SnapshotHead]


class ComparisonShape(BaseModel):
    """What changed from one report to a later one, as findings."""

    new: list[dict[str, Any]]
    closed: list[dict[str, Any]]
    worsened: list[dict[str, Any]]
    left_out: list[str]

    @classmethod
    def of(cls, comparison: Comparison) -> "ComparisonShape":
        """Build it from what was compared."""
        found = {name: list(getattr(comparison, name)) for name in cls.model_fields}
        return cls(**found)


class BreakShape(BaseModel):
    """Where a chain of the journal does not hold."""

    chain_id: str
    number: int
    reason: str


class TroubleShape(BaseModel):
    """Bytes that are gone or altered."""

    sha256: str
    reason: str


class OrphanShape(BaseModel):
    """Bytes that no record names."""

    sha256: str
    size_bytes: int


class DiagnosisShape(BaseModel):
    """What was found in the stores."""

    sound: bool
    blobs: int
    breaks: list[BreakShape]
    troubles: list[TroubleShape]
    repaired: list[str]
    orphans: list[OrphanShape]
    stale_drafts: list[str]

    @classmethod
    def of(cls, found: Diagnosis) -> "DiagnosisShape":
        """Build it from what was found."""
        return cls(
            sound=found.sound,
            blobs=found.blobs,
            breaks=[
                BreakShape(chain_id=each.chain_id, number=each.number, reason=each.reason) for each in found.breaks
            ],
            troubles=[TroubleShape(sha256=each.sha256, reason=each.reason) for each in found.troubles],
            repaired=list(found.repaired),
            orphans=[OrphanShape(sha256=each.sha256, size_bytes=each.size_bytes) for each in found.orphans],
            stale_drafts=list(found.stale_drafts),
        )


class RemovedShape(BaseModel):
    """What was removed, by name."""

    removed: list[str]
