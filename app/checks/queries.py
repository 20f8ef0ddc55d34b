"""The rows that facts are made of: statements about one programme, filtered by what was known at a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.documents.models import Approval, Document, Revision
from app.evidence import past
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.links.models import Link
from app.links.past import live
from app.past import there
from app.storage.models import BlobDamage


@dataclass(frozen=True, slots=True)
class EvidenceOf:
    """The evidence of a programme, or `only` some items of it."""

    programme_id: str
    only: Collection[str] | None = None

    def items(self) -> Select[*tuple[Any, ...]]:
        """What they are called and whose they are now: id, title, owner."""
        return select(Evidence.id, Evidence.title, Evidence.owner_id).where(self._of(Evidence, Evidence.id))

    def links(self, known_at: datetime) -> Select[*tuple[Any, ...]]:
        """Their live links: the evidence's id, the expectation's."""
        which = self._of(Link, Link.item_id)
        return select(Link.item_id, Link.expectation_id).where(which, Link.kind == "evidence", live(known_at))

    def versions_in_force(self, known_at: datetime) -> Select[*tuple[Any, ...]]:
        """Their versions in force: the evidence's id, then the fields of `facts.Proof` from `state` to `nil_return`."""
        version = EvidenceVersion
        return select(
            version.evidence_id,
            past.decision(known_at),
            version.collected_on,
            version.period_from,
            version.period_to,
            version.valid_until,
            version.recorded_on,
            version.nil_return,
        ).where(
            self._of(version, version.evidence_id),
            past.standing(known_at),
        )

    def _of(self, table: type[Evidence | EvidenceVersion | Link], item_id: InstrumentedAttribute[str]) -> Any:  # noqa: ANN401 (a condition)
        if self.only is None:
            return table.programme_id == self.programme_id
        return item_id.in_(self.only)  # and by nothing else: SQLite would take the index that finds all


class RevisionRow(NamedTuple):
    """One revision of a linked document; what is true or false of it was so at the moment, None is false."""

    need_id: str
    document_id: str
    document_number: str
    title: str
    owner_id: str | None
    withdrawn: bool | None
    id: str
    number: int
    recorded_on: date
    submitted: bool | None
    returned: bool | None
    approved: bool | None
    approved_on: date | None
    effective_on: date | None
    next_review_on: date | None
    approvals_needed: int
    signatures: int


def linked_revisions(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Revisions of linked documents: the fields of `RevisionRow`; by expectation, document and number."""
    signed = (Approval.revision_id == Revision.id, Approval.decision == "approved", Approval.at <= known_at)
    return (
        select(
            *(Link.expectation_id, Document.id, Document.number, Document.title, Document.owner_id),
            Document.withdrawn_at <= known_at,
            *(Revision.id, Revision.number, Revision.recorded_on),
            Revision.submitted_at <= known_at,
            Revision.returned_at <= known_at,
            Revision.approved_at <= known_at,
            *(Revision.approved_on, Revision.effective_on, Revision.next_review_on, Revision.approvals_needed),
            select(func.count()).where(*signed).scalar_subquery(),
        )
        .select_from(Link)
        .join(Document, Document.id == Link.item_id)
        .join(Revision, Revision.document_id == Document.id)
        .where(*live_links(programme_id, "document", known_at), Revision.recorded_at <= known_at)
        .order_by(Link.expectation_id, Document.id, Revision.number)
    )


def damaged(known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Bytes that were known to be damaged then: SHA-256, moment found."""
    known = there(BlobDamage.found_at, BlobDamage.repaired_at, known_at)
    return select(BlobDamage.sha256, BlobDamage.found_at).where(known)


def damaged_files(programme_id: str, known_at: datetime, *, drafts: bool) -> Select[*tuple[Any, ...]]:
    """Damaged files of linked versions in force: expectation, item, title, file name, SHA-256.

    Without `drafts` of accepted versions only.
    """
    version, item = EvidenceVersion, Evidence
    return (
        select(Link.expectation_id, item.id, item.title, EvidenceFile.name, EvidenceFile.sha256)
        .select_from(EvidenceFile)
        .join(version, version.id == EvidenceFile.version_id)
        .join(item, item.id == version.evidence_id)
        .join(Link, Link.item_id == item.id)
        .where(
            item.programme_id.concat("") == programme_id,  # by an index, SQLite would look at all of the programme
            live(known_at),
            past.standing(known_at),
            *(() if drafts else (past.accepted(known_at),)),
            EvidenceFile.sha256.in_(damaged(known_at).with_only_columns(BlobDamage.sha256)),
        )
    )


def damaged_revisions(programme_id: str, known_at: datetime) -> Select[*tuple[Any, ...]]:
    """Damaged files of linked documents: expectation, document, its title, file name, SHA-256, revision."""
    title = Document.number + literal(" ") + Document.title
    return (
        select(Link.expectation_id, Document.id, title, Revision.file_name, Revision.sha256, Revision.number)
        .select_from(Revision)
        .join(Document, Document.id == Revision.document_id)
        .join(Link, Link.item_id == Document.id)
        .where(
            Document.programme_id == programme_id,
            live(known_at),
            Revision.recorded_at <= known_at,
            there(Document.created_at, Document.withdrawn_at, known_at),
            Revision.sha256.in_(damaged(known_at).with_only_columns(BlobDamage.sha256)),
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


def live_links(programme_id: str, kind: str | None, known_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for links of a kind, None for both, that were there at the moment."""
    kinds = Link.kind == kind if kind else literal(value=True)
    return Link.programme_id == programme_id, kinds, live(known_at)
