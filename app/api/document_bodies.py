"""What clients send about controlled documents."""

from typing import Annotated

from pydantic import Field

from app.api.evidence_bodies import Ids
from app.api.fields import Body, Day, Id, Long, Short, Truth, Whole
from app.documents.service import Amendment, DocumentKind, Level, NewDocument


class DocumentBody(Body):
    """A line of the master list."""

    number: Short
    title: Short
    level: Level
    kind: DocumentKind
    owner_id: Id | None = None
    expectation_ids: Ids = Field(default_factory=list)

    def to_new(self) -> NewDocument:
        """Return it as the use case takes it."""
        return NewDocument(self.number, self.title, self.level, self.kind, self.owner_id, tuple(self.expectation_ids))


class DocumentChanges(Body):
    """What is left out stays as it is; the owner null means nobody."""

    title: Short | None = None
    level: Level | None = None
    kind: DocumentKind | None = None
    owner_id: Id | None = None

    def to_amendment(self) -> Amendment:
        """Return it as the use case takes it."""
        return Amendment(self.title, self.level, self.kind)


class RecallBody(Body):
    """Why, where there is something to say."""

    reason: Long = ""


class DocumentReviewBody(Body):
    """When the document is to be reviewed again, and a remark."""

    next_review_on: Day
    note: Long = ""


class RevisionBody(Body):
    """What changed: the part `revision` of the form."""

    change_note: Long = ""


class ChangeQuery(RevisionBody):
    """The same beside a raw body, in the query."""

    language: Annotated[str | None, Field(exclude=True)] = None


class SubmissionBody(Body):
    """Without a day it becomes effective when it is approved."""

    effective_on: Day | None = None
    next_review_on: Day | None = None


class DecisionBody(Body):
    """A signature, or a refusal with its reason; `number` says which revision was looked at."""

    approve: Truth
    reason: Long = ""
    number: Whole | None = None
