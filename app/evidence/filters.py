"""Which evidence a list shows, as conditions that indexes answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select, true
from sqlalchemy.orm import Session, aliased

from app.errors import Invalid
from app.evidence import past
from app.evidence.models import Evidence, EvidenceVersion
from app.links.models import Link
from app.links.past import live
from app.ordering import Order
from app.programmes.models import Programme

STATES = ("submitted", "accepted", "rejected", "withdrawn")
ORDERS, NEWEST_FIRST = ("added", "title", "period", "valid-until"), "-added"
"""What a list may be sorted by: when it was added, the title, the first day of the period, the last day it holds."""
FEW = 5000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which evidence to list, None leaves a criterion out; and in which order, newest first where `sort` is empty.

    `owner_id` empty means: without owner.

    `expectation_ids`: linked to any of them. Periods that touch `period_from` to `period_to`, and ends of validity from
    `ends_from` to `ends_to`, are those of the version that the list shows.
    """

    state: str | None = None
    expectation_id: str | None = None
    owner_id: str | None = None
    expectation_ids: tuple[str, ...] | None = None
    period_from: date | None = None
    period_to: date | None = None
    ends_from: date | None = None
    ends_to: date | None = None
    sort: str = ""

    @property
    def expected(self) -> tuple[str, ...] | None:
        """The expectations of which one has to be linked, None where it does not matter."""
        if self.expectation_id is None:
            return self.expectation_ids
        known = self.expectation_ids
        return (self.expectation_id,) if known is None or self.expectation_id in known else ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees: drafts or only what is in force, as known at a moment (None: now); `outside`, as auditors do.

    Who reads no drafts sees the past of what they may see now: what was withdrawn since stays out of sight.
    """

    drafts: bool
    known_at: datetime | None = None
    outside: bool = False

    @property
    def evidence(self) -> ColumnElement[bool]:
        """Whether evidence is in sight."""
        if self.drafts:
            return true() if self.known_at is None else Evidence.created_at <= self.known_at
        return and_(past.in_force(self.known_at), Evidence.withdrawn_at.is_(None))

    def versions(self, version: type[EvidenceVersion] = EvidenceVersion) -> ColumnElement[bool]:
        """Whether a version is in sight."""
        if self.drafts:
            return true() if self.known_at is None else version.recorded_at <= self.known_at
        return past.accepted(self.known_at, version)


def conditions(session: Session, programme: Programme, wanted: Filter, sight: Sight) -> Iterator[ColumnElement[bool]]:
    """Yield what has to hold of evidence to be listed, in this programme and in sight. Raises Invalid."""
    if wanted.state is not None and wanted.state not in STATES:
        raise Invalid("The state is one of {states}.", states=STATES, field="state")
    yield Evidence.programme_id == programme.id
    yield sight.evidence
    if sight.drafts and wanted.state is not None:
        yield past.state(sight.known_at) == wanted.state
    elif wanted.state not in {None, "accepted"}:
        yield false()
    if wanted.owner_id is not None:
        yield past.owned_by(programme.id, wanted.owner_id, sight.known_at)
    if wanted.expected is not None:
        yield _linked(session, programme, wanted.expected, sight.known_at)
    dated = tuple(_dated(wanted))
    if dated:
        yield _shown(session, programme, dated, sight)


def in_order(programme: Programme, column: str, sight: Sight) -> tuple[Select[Evidence], Order]:
    """Return the programme's evidence, where needed with the version that the list shows, and how to sort it.

    Titles are sorted by those of today.
    """
    if column in {"added", "title"}:
        by = Evidence.id if column == "added" else Evidence.title_key
        return select(Evidence).where(Evidence.programme_id == programme.id), Order(by, Evidence.id)
    shown = aliased(EvidenceVersion)
    query = (
        select(Evidence)
        .join(shown, shown.evidence_id == Evidence.id)
        .where(shown.programme_id == programme.id, *_is_shown(shown, sight))
    )
    by_day = shown.period_from if column == "period" else shown.valid_until
    return query, Order(by_day, shown.evidence_id, optional=True)


def _linked(
    session: Session, programme: Programme, expectation_ids: tuple[str, ...], known_at: datetime | None
) -> ColumnElement[bool]:
    """Whether one of the expectations is linked."""
    links = and_(Link.programme_id == programme.id, Link.kind == "evidence", Link.expectation_id.in_(expectation_ids))
    if _are_few(session, select(Link.item_id).where(links)):
        return Evidence.id.in_(select(Link.item_id).where(links, live(known_at)))
    return exists().where(links, Link.item_id == Evidence.id, live(known_at))


def _are_few(session: Session, found: Select[str]) -> bool:
    """Whether these are collected first; where there are many, one looks at each item, since a page is soon full."""
    return (session.scalar(select(func.count()).select_from(found.limit(FEW).subquery())) or 0) < FEW


def _dated(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    version = EvidenceVersion
    if wanted.period_from:
        yield version.period_to >= wanted.period_from
    if wanted.period_to:
        yield version.period_from <= wanted.period_to
    if wanted.ends_from:
        yield version.valid_until >= wanted.ends_from
    if wanted.ends_to:
        yield version.valid_until <= wanted.ends_to


def _shown(
    session: Session, programme: Programme, dated: tuple[ColumnElement[bool], ...], sight: Sight
) -> ColumnElement[bool]:
    """Whether the version that the list shows, the newest one in sight, has these days."""
    version, shown = EvidenceVersion, _is_shown(EvidenceVersion, sight)
    found = select(version.evidence_id).where(version.programme_id == programme.id, *dated)
    if _are_few(session, found):
        return Evidence.id.in_(found.where(*shown))
    return exists().where(version.evidence_id == Evidence.id, *dated, *shown)


def _is_shown(version: type[EvidenceVersion], sight: Sight) -> tuple[ColumnElement[bool], ...]:
    later = aliased(EvidenceVersion)
    newer = exists().where(later.evidence_id == version.evidence_id, later.number > version.number)
    return sight.versions(version), ~newer.where(sight.versions(later))
