"""Rows of versions and files as they are stored, and where bytes are already; made alike for one item and for many."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import new_id
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.evidence.versions import NewVersion
from app.identity.actor import Actor
from app.programmes.models import Programme
from app.storage.files import NewFile, media_type_of


class SameBytes(NamedTuple):
    """A file whose bytes this organisation already had: stored once, and said."""

    file_name: str
    evidence_id: str
    title: str


def version_row(
    programme: Programme, evidence_id: str, number: int, new: NewVersion, *, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Return the columns of a version that is submitted now, but for the day on which that is."""
    return {
        "id": new_id(),
        "programme_id": programme.id,
        "evidence_id": evidence_id,
        "number": number,
        "recorded_at": at,
        "submitted_by": actor.id,
        **asdict(new),
    }


def file_rows(version_id: str, files: Sequence[NewFile]) -> list[dict[str, Any]]:
    """Return the columns of a version's files, in their order."""
    return [
        {
            "version_id": version_id,
            "position": position,
            "name": file.name,
            "media_type": media_type_of(file.name),
            "size_bytes": file.blob.size_bytes,
            "sha256": file.blob.sha256,
        }
        for position, file in enumerate(files, start=1)
    ]


def same_bytes(session: Session, programme: Programme, files: Sequence[NewFile]) -> tuple[SameBytes, ...]:
    """Return where this organisation, and no other, already holds these bytes; the oldest one a file."""
    if not files:
        return ()
    query = (
        select(EvidenceFile.sha256, Evidence.id, Evidence.title)
        .join(EvidenceVersion, EvidenceVersion.id == EvidenceFile.version_id)
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .join(Programme, Programme.id == Evidence.programme_id)
        .where(
            Programme.organisation_id == programme.organisation_id,
            EvidenceFile.sha256.in_({file.blob.sha256 for file in files}),
        )
        .order_by(Evidence.id.desc())
        .limit(1000)
    )
    oldest = {sha256: (evidence_id, title) for sha256, evidence_id, title in session.execute(query)}
    return tuple(SameBytes(file.name, *oldest[file.blob.sha256]) for file in files if file.blob.sha256 in oldest)


def said(version: EvidenceVersion | NewVersion, files: Sequence[NewFile]) -> dict[str, object]:
    """Return what the journal says of a version."""
    return {
        "collected_on": version.collected_on,
        "period": [version.period_from, version.period_to],
        "valid_until": version.valid_until,
        "files": [[file.name, file.blob.sha256] for file in files],
    }
