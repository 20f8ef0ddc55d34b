"""What is sent about evidence."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, Field

from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.evidence.reading import EvidenceView, VersionView
from app.evidence.service import Submitted
from app.links.models import Link
from app.paging import Page


class FileShape(BaseModel):
    """One file of a version."""

    position: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str = Field(description="Of the bytes, lower-case hexadecimal; also the download's ETag.")

    @classmethod
    def of(cls, file: EvidenceFile) -> "FileShape":
        """Build it from the row."""
        return cls(
            position=file.position,
            name=file.name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )


class VersionShape(BaseModel):
    """What was submitted at one moment, and what was decided about it."""

    number: int
    collected_on: date
    period_from: date | None
    period_to: date | None
    valid_until: date | None
    nil_return: bool
    note: str
    correction: str | None = Field(description="Why the period of the version before was wrong; it has the same files.")
    recorded_at: datetime
    recorded_on: date
    submitted_by: str
    decision: str | None = Field(description="accepted or rejected; null while it waits.")
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    ended_at: datetime | None = Field(description="When a later version took its place, or it was withdrawn.")
    files: list[FileShape]

    @classmethod
    def of(cls, version: EvidenceVersion, files: Iterable[EvidenceFile]) -> "VersionShape":
        """Build it from the rows."""
        return cls(
            number=version.number,
            collected_on=version.collected_on,
            period_from=version.period_from,
            period_to=version.period_to,
            valid_until=version.valid_until,
            nil_return=version.nil_return,
            note=version.note,
            correction=version.correction,
            recorded_at=version.recorded_at,
            recorded_on=version.recorded_on,
            submitted_by=version.submitted_by,
            decision=version.decision,
            decided_at=version.decided_at,
            decided_by=version.decided_by,
            decision_reason=version.decision_reason,
            ended_at=version.ended_at,
            files=[FileShape.of(file) for file in files],
        )


class LinkShape(BaseModel):
    """Who says that this item answers that expectation, and since when."""

    expectation_id: str
    item_id: str
    kind: str = Field(examples=["evidence"])
    made_at: datetime
    made_by: str
    confirmed_at: datetime
    confirmed_by: str

    @classmethod
    def of(cls, link: Link) -> "LinkShape":
        """Build it from the row."""
        return cls(
            expectation_id=link.expectation_id,
            item_id=link.item_id,
            kind=link.kind,
            made_at=link.made_at,
            made_by=link.made_by,
            confirmed_at=link.confirmed_at,
            confirmed_by=link.confirmed_by,
        )


_OF_THE_VIEW = {"state", "revision"}
_HEAD = tuple(each.key for each in Evidence.__table__.columns if each.key not in _OF_THE_VIEW)


class EvidenceShape(BaseModel):
    """One piece of evidence; versions newest first, in lists only the newest."""

    id: str
    programme_id: str
    title: str
    owner_id: str | None
    state: str = Field(description="submitted, accepted, rejected or withdrawn.")
    created_at: datetime
    amended_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    revision: int = Field(description="Counts changes; the ETag.")
    versions: list[VersionShape]
    links: list[LinkShape]

    @classmethod
    def of(cls, view: EvidenceView) -> "EvidenceShape":
        """Build it from what was read."""
        head = {name: getattr(view.evidence, name) for name in _HEAD}
        versions = [VersionShape.of(each.version, each.files) for each in view.versions]
        links = [LinkShape.of(each) for each in view.links]
        return cls(**head, state=view.state, revision=view.revision, versions=versions, links=links)


class SameBytesShape(BaseModel):
    """A file whose bytes this organisation already had, in its oldest evidence."""

    file_name: str
    evidence_id: str
    title: str


class SubmittedShape(EvidenceShape):
    """What was recorded: the evidence with the version that was just submitted, and which bytes were there before."""

    same_bytes: list[SameBytesShape] = Field(description="Files whose bytes this organisation already had.")

    @classmethod
    def made(cls, submitted: Submitted) -> "SubmittedShape":
        """Build it from what the use case recorded."""
        head, versions = submitted.evidence, (VersionView(submitted.version, submitted.files),)
        view = EvidenceView(head, versions, submitted.links, head.state, head.revision)
        shape = EvidenceShape.of(view)
        same = [SameBytesShape(**each._asdict()) for each in submitted.same_bytes]
        return cls(**dict(shape), same_bytes=same)


class EvidencePage(BaseModel):
    """Some of the evidence, newest first."""

    items: list[EvidenceShape]
    cursor: str | None = Field(description="Ask with it for the rest; null at the end.")

    @classmethod
    def of(cls, page: Page[EvidenceView]) -> "EvidencePage":
        """Build it from what was read."""
        return cls(items=[EvidenceShape.of(each) for each in page.items], cursor=page.cursor)


class EvidenceCounts(BaseModel):
    """How much evidence there is in each state."""

    submitted: int
    accepted: int
    rejected: int
    withdrawn: int
