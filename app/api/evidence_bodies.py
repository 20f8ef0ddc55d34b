"""What clients send about evidence."""

from typing import Annotated

from pydantic import Field

from app.api.deps import KNOWN_AT, sorts_of
from app.api.fields import Body, Day, Id, Instant, Long, Short, Truth, Whole
from app.evidence.filters import ORDERS
from app.evidence.service import NewEvidence
from app.evidence.versions import NewVersion
from app.paging import DEFAULT_PAGE, MAX_PAGE

Ids = Annotated[list[Id], Field(max_length=500)]


class VersionBody(Body):
    """What a version proves."""

    collected_on: Day
    period_from: Day | None = None
    period_to: Day | None = None
    valid_until: Day | None = None
    nil_return: Truth = False
    note: Long = ""

    def to_new(self) -> NewVersion:
        """Return it as the use case takes it."""
        return NewVersion(
            self.collected_on, self.period_from, self.period_to, self.valid_until, self.nil_return, self.note
        )


class EvidenceBody(VersionBody):
    """Evidence to be added: the part `evidence` of the form."""

    title: Short
    expectation_ids: Ids = Field(default_factory=list)
    owner_id: Id | None = None

    def to_evidence(self) -> NewEvidence:
        """Return it as the use case takes it."""
        return NewEvidence(self.title, self.to_new(), tuple(self.expectation_ids), self.owner_id)


class VersionQuery(Body):
    """The same beside a raw body, in the query; collected today unless a day is given. A file is no nil return."""

    collected_on: Day | None = None
    period_from: Day | None = None
    period_to: Day | None = None
    valid_until: Day | None = None
    note: Long = ""
    language: Annotated[str | None, Field(exclude=True)] = None


class EvidenceQuery(VersionQuery):
    """The same beside a raw body, in the query; the title is the file's name without its ending."""

    title: Short | None = None
    expectation_id: Ids = Field(default_factory=list, description="May be given several times.")
    owner_id: Id | None = None


class EvidenceList(Body):
    """Which evidence to list."""

    state: Annotated[str | None, Field(description="submitted, accepted, rejected or withdrawn.")] = None
    expectation_id: Id | None = None
    owner_id: Annotated[Id | None, Field(description="A user's id; empty for evidence without owner.")] = None
    sort: Annotated[str, Field(max_length=20, description=sorts_of(ORDERS))] = ""
    known_at: Annotated[Instant | None, Field(description=KNOWN_AT)] = None
    cursor: Annotated[str | None, Field(max_length=400, description="The `cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Most entries a page.")] = DEFAULT_PAGE
    language: Annotated[str | None, Field(exclude=True)] = None


class AmendBody(Body):
    """What is left out stays as it is."""

    title: Short | None = None
    owner_id: Id | None = None


class ReviewBody(Body):
    """A decision about the newest version; `number` says which one was looked at."""

    accept: Truth
    reason: Long = ""
    number: Whole | None = None


class ReasonBody(Body):
    """Why."""

    reason: Long


class PeriodBody(Body):
    """The right period, and why the one that was stated is wrong; both days left out: it covers no period."""

    period_from: Day | None = None
    period_to: Day | None = None
    reason: Long


class LinksBody(Body):
    """Expectations by their ids."""

    expectation_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]
