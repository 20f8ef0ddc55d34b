"""Documents on a day, as SQL: where one stands, what who reads no drafts may see, when one is to be reviewed again."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.documents.models import Document, DocumentReview, Revision
from app.documents.past import described
from app.documents.states import NO_TEXT, State
from app.links.models import Link
from app.links.past import live
from app.ordering import Order
from app.past import happened
from app.programmes.models import Programme

ORDERS, BY_NUMBER = ("number", "title", "review"), "number"
"""What the master list may be sorted by: the number, the title, the day of the next review."""
LAST_DAY = date(9999, 12, 30)
"""One day before the calendar ends: its end can be said in every time zone."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to list; None leaves a criterion out.

    `state` is where the newest revision is; `owner_id` empty means: without owner; `due_by`: the revision in force is
    to be reviewed again by that day; `text` is part of the number or the title. By number where `sort` is empty.
    """

    state: str | None = None
    level: str | None = None
    kind: str | None = None
    owner_id: str | None = None
    expectation_ids: frozenset[str] | None = None
    due_by: date | None = None
    text: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day where the organisation is, and the moment up to which things are known (None: now)."""

    as_of: date
    zone: ZoneInfo
    known_at: datetime | None = None

    @property
    def entered(self) -> ColumnElement[bool]:
        """Whether a document was in the master list."""
        return true() if self.known_at is None else Document.created_at <= self.known_at

    @property
    def withdrawn(self) -> ColumnElement[bool]:
        """Whether a document was withdrawn by the end of the day."""
        ends_at = datetime.combine(min(self.as_of, LAST_DAY), time.max, self.zone)
        known = happened(Document.withdrawn_at, self.known_at)
        return and_(Document.withdrawn_at.is_not(None), known, Document.withdrawn_at <= ends_at)

    @property
    def in_force(self) -> ColumnElement[bool]:
        """Whether a document is there for who reads no drafts: not withdrawn, with a revision whose day had come."""
        begun = exists().where(Revision.document_id == Document.id, *self._begun(Revision))
        return and_(~self.withdrawn, begun)

    def standing(self, newest: type[Revision]) -> ColumnElement[str]:
        """Where a document is: its newest revision's state, unless it was withdrawn or has none."""
        return case(
            (self.withdrawn, State.WITHDRAWN.value),
            (newest.id.is_(None), NO_TEXT),
            (and_(*self._begun(newest)), State.EFFECTIVE.value),
            (happened(newest.approved_at, self.known_at), State.APPROVED.value),
            (happened(newest.returned_at, self.known_at), State.RETURNED.value),
            (happened(newest.submitted_at, self.known_at), State.IN_REVIEW.value),
            else_=State.DRAFT.value,
        )

    def due(self, by: date) -> ColumnElement[bool]:
        """Whether the revision in force is to be reviewed again by a day."""
        return self.next_review <= by

    @property
    def next_review(self) -> ColumnElement[date]:
        """When the revision in force is to be reviewed: as its latest review says, else as approved; or null."""
        other, current = aliased(Revision), aliased(Revision)
        in_force = select(func.max(other.number)).where(other.document_id == Document.id, *self._begun(other))
        review = (
            select(DocumentReview.next_review_on)
            .where(
                DocumentReview.document_id == Document.id,
                DocumentReview.revision_id == current.id,
                happened(DocumentReview.reviewed_at, self.known_at),
            )
            .order_by(DocumentReview.id.desc())
            .limit(1)
            .correlate(Document, current)
        )
        found = select(func.coalesce(review.scalar_subquery(), current.next_review_on)).where(
            ~self.withdrawn,
            current.document_id == Document.id,
            current.number == in_force.correlate(Document).scalar_subquery(),
        )
        return found.correlate(Document).scalar_subquery()

    def joined(self, query: Select[Document], newest: type[Revision]) -> Select[Document]:
        """Join the newest revision of each document, where it has one."""
        other = aliased(Revision)
        last = select(func.max(other.number)).where(
            other.document_id == Document.id, happened(other.recorded_at, self.known_at)
        )
        number = last.correlate(Document).scalar_subquery()
        return query.outerjoin(newest, and_(newest.document_id == Document.id, newest.number == number))

    def _begun(self, revision: type[Revision]) -> tuple[ColumnElement[bool], ...]:
        return happened(revision.approved_at, self.known_at), revision.effective_on <= self.as_of


def order_by(column: str, day: Day) -> Order:
    """Return how the master list is sorted by a column; titles by those of today."""
    columns = {"number": Document.number_key, "title": Document.title_key, "review": day.next_review}
    return Order(columns[column], Document.id, optional=column == "review")


def narrowed(
    query: Select[Document], programme: Programme, wanted: Filter, day: Day, *, drafts: bool
) -> Select[Document]:
    """Keep the documents that are wanted; who reads no drafts finds all of theirs as effective."""
    if wanted.state is not None and drafts:
        newest = aliased(Revision)
        query = day.joined(query, newest).where(day.standing(newest) == wanted.state)
    then = described(programme.id, day.known_at)
    query = then.joined(query)
    if wanted.level is not None:
        query = query.where(then.level == wanted.level)
    if wanted.kind is not None:
        query = query.where(then.kind == wanted.kind)
    if wanted.owner_id is not None:
        query = query.where(then.owner_id == wanted.owner_id if wanted.owner_id else then.owner_id.is_(None))
    if wanted.expectation_ids is not None:
        query = query.where(
            exists().where(
                Link.programme_id == programme.id,
                Link.kind == "document",
                Link.expectation_id.in_(sorted(wanted.expectation_ids)),
                Link.item_id == Document.id,
                live(day.known_at),
            )
        )
    if wanted.due_by is not None:
        query = query.where(day.due(wanted.due_by))
    if wanted.text:
        contains = (each.icontains(wanted.text, autoescape=True) for each in (Document.number, then.title))
        query = query.where(or_(*contains))
    return query
