"""The rows that facts are made of: statements about one programme, filtered by what was known at a moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from app.documents.models import Document, Revision
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.links.models import Link
from app.storage.models import BlobDamage


def items(programme_id: str) -> Select[*tuple[Any, ...]]:
    """All evidence, as it is called and owned now: id, title, owner."""
    return select(Evidence.id, Evidence.title, Evidence.owner_id).where(Evidence.programme_id == programme_id)


def links(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Live links of evidence: the evidence's id, the expectation's."""
    return select(Link.item_id, Link.expectation_id).where(*live_links(programme_id, "evidence", known_at))


def versions_in_force(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """The versions in force: the evidence's id, then the fields of `facts.Proof` from `state` to `nil_return`."""
    version = EvidenceVersion
    return select(
        version.evidence_id,
        case((version.decided_at <= known_at, version.decision), else_=literal("submitted")),
        version.collected_on,
        version.period_from,
        version.period_to,
        version.valid_until,
        version.recorded_on,
        version.nil_return,
    ).where(
        version.programme_id == programme_id,
        version.recorded_at <= known_at,
        or_(version.ended_at.is_(None), version.ended_at > known_at),
    )


def damaged_files(programme_id: str, known_at: datetime, *, drafts: bool) -> Select[*tuple[Any, ...]]:
    """Damaged files of linked versions in force: expectation, item, title, file name, moment found.

    Without `drafts` of accepted versions only.
    """
    version, item = EvidenceVersion, Evidence
    return (
        select(Link.expectation_id, item.id, item.title, EvidenceFile.name, BlobDamage.found_at)
        .select_from(BlobDamage)
        .join(EvidenceFile, EvidenceFile.sha256 == BlobDamage.sha256)
        .join(version, version.id == EvidenceFile.version_id)
        .join(item, item.id == version.evidence_id)
        .join(Link, Link.item_id == item.id)
        .where(
            *live_links(programme_id, "evidence", known_at),
            version.recorded_at <= known_at,
            or_(version.ended_at.is_(None), version.ended_at > known_at),
            *(() if drafts else (version.decision == "accepted", version.decided_at <= known_at)),
            *_open_damages(known_at),
        )
    )


def damaged_revisions(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Damaged files of linked documents: expectation, document, its title, file name, moment found, revision."""
    title = Document.number + literal(" ") + Document.title
    return (
        select(Link.expectation_id, Document.id, title, Revision.file_name, BlobDamage.found_at, Revision.number)
        .select_from(BlobDamage)
        .join(Revision, Revision.sha256 == BlobDamage.sha256)
        .join(Document, Document.id == Revision.document_id)
        .join(Link, Link.item_id == Document.id)
        .where(
            *live_links(programme_id, "document", known_at),
            Revision.recorded_at <= known_at,
            or_(Document.withdrawn_at.is_(None), Document.withdrawn_at > known_at),
            *_open_damages(known_at),
        )
    )


def linked_items(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Live links of items that are not withdrawn: expectation, item, its kind, moment confirmed, title of the item."""
    withdrawn_at = func.coalesce(Evidence.withdrawn_at, Document.withdrawn_at)
    title = func.coalesce(Evidence.title, Document.number + literal(" ") + Document.title)
    return (
        select(Link.expectation_id, Link.item_id, Link.kind, Link.confirmed_at, title)
        .join(Evidence, Evidence.id == Link.item_id, isouter=True)
        .join(Document, Document.id == Link.item_id, isouter=True)
        .where(
            *live_links(programme_id, None, known_at),
            or_(withdrawn_at.is_(None), withdrawn_at > known_at),
        )
    )


def _open_damages(known_at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        BlobDamage.found_at <= known_at,
        or_(BlobDamage.repaired_at.is_(None), BlobDamage.repaired_at > known_at),
    )


def live_links(programme_id: str, kind: str | None, known_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for links of a kind, None for both, that were there at the moment."""
    return (
        Link.programme_id == programme_id,
        Link.kind == kind if kind else literal(value=True),
        Link.made_at <= known_at,
        or_(Link.removed_at.is_(None), Link.removed_at > known_at),
    )
