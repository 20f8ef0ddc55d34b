"""What is sent about controlled documents."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from app.api.shapes_evidence import LinkShape
from app.documents.models import Approval, Document, DocumentReview, Revision
from app.documents.reading import DocumentView, RevisionView
from app.paging import Page

_OF_THE_VIEW = {"state", "signatures", "reviews", "next_review_on"}


class SignatureShape(BaseModel):
    """One person's signature under a revision."""

    user_id: str
    decision: str
    reason: str
    at: datetime

    @classmethod
    def of(cls, approval: Approval) -> "SignatureShape":
        """Build it from the row."""
        return cls(user_id=approval.user_id, decision=approval.decision, reason=approval.reason, at=approval.at)


class DocumentReviewShape(BaseModel):
    """Somebody looked at the revision in force and found that it still holds."""

    reviewed_at: datetime
    reviewed_by: str
    next_review_on: date
    note: str

    @classmethod
    def of(cls, review: DocumentReview) -> "DocumentReviewShape":
        """Build it from the row."""
        return cls(**{name: getattr(review, name) for name in DocumentReviewShape.model_fields})


class RevisionShape(BaseModel):
    """One revision and where it is on the day asked about."""

    number: int
    state: str = Field(description="draft, in-review, returned, approved, effective, superseded or withdrawn.")
    change_note: str
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    author_id: str
    recorded_at: datetime
    recorded_on: date
    submitted_at: datetime | None
    approvals_needed: int
    effective_on: date | None
    next_review_on: date | None = Field(description="Set by the latest review, else at approval.")
    approved_at: datetime | None
    approved_on: date | None
    returned_at: datetime | None
    signatures: list[SignatureShape]
    reviews: list[DocumentReviewShape] = Field(description="Of the revision in force, newest first.")

    @classmethod
    def of(cls, view: RevisionView) -> "RevisionShape":
        """Build it from what was read."""
        revision: Revision = view.revision
        fields = {name: getattr(revision, name) for name in RevisionShape.model_fields if name not in _OF_THE_VIEW}
        return cls(
            **fields,
            state=view.state.value,
            next_review_on=view.next_review_on,
            signatures=[SignatureShape.of(each) for each in view.signatures],
            reviews=[DocumentReviewShape.of(each) for each in view.reviews],
        )


class DocumentShape(BaseModel):
    """One line of the master list with its revisions, newest first."""

    id: str
    programme_id: str
    number: str
    title: str
    level: str
    kind: str
    owner_id: str | None
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    revision: int = Field(description="Counts changes of this entry, not of its text; the ETag.")
    effective: int | None = Field(description="The number of the revision in force.")
    revisions: list[RevisionShape]
    links: list[LinkShape]

    @classmethod
    def of(cls, view: DocumentView) -> "DocumentShape":
        """Build it from what was read."""
        document: Document = view.document
        effective = view.effective
        return cls(
            id=document.id,
            programme_id=document.programme_id,
            number=document.number,
            title=document.title,
            level=document.level,
            kind=document.kind,
            owner_id=document.owner_id,
            created_at=document.created_at,
            withdrawn_at=document.withdrawn_at,
            withdrawn_by=document.withdrawn_by,
            withdrawn_reason=document.withdrawn_reason,
            revision=view.changes,
            effective=effective.revision.number if effective else None,
            revisions=[RevisionShape.of(each) for each in view.revisions],
            links=[LinkShape.of(each) for each in view.links],
        )


class DocumentPage(BaseModel):
    """Some of the master list, by number."""

    items: list[DocumentShape]
    cursor: str | None

    @classmethod
    def of(cls, page: Page[DocumentView]) -> "DocumentPage":
        """Build it from what was read."""
        return cls(items=[DocumentShape.of(each) for each in page.items], cursor=page.cursor)
