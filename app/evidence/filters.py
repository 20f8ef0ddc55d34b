"""Which evidence a list shows, as conditions that indexes answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from app.errors import Invalid
from app.evidence.models import Evidence, EvidenceVersion
from app.links.models import Link
from app.ordering import Order
from app.programmes.models import Programme

STATES = ("submitted", "accepted", "rejected", "withdrawn")
ORDERS, NEWEST_FIRST = ("added", "title", "period", "valid-until"), "-added"
"""What a list may be sorted by: when it was added, the title, the first day of the period, the last day it holds."""
FEW_LINKS = 5000


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


def conditions(
    session: Session, programme: Programme, wanted: Filter, *, drafts: bool
) -> Iterator[ColumnElement[bool]]:
    """Yield what has to hold of evidence to be listed, in this programme and in sight. Raises Invalid."""
    if wanted.state is not None and wanted.state not in STATES:
        raise Invalid("The state is one of {states}.", states=STATES, field="state")
    yield Evidence.programme_id == programme.id
    if not drafts:
        yield in_force() if wanted.state in {None, "accepted"} else false()
    elif wanted.state is not None:
        yield Evidence.state == wanted.state
    if wanted.owner_id is not None:
        yield Evidence.owner_id == wanted.owner_id if wanted.owner_id else Evidence.owner_id.is_(None)
    if wanted.expected is not None:
        yield _linked(session, programme, wanted.expected)
    dated = tuple(_dated(wanted))
    if dated:
        yield _shown(dated, drafts=drafts)


def in_order(programme: Programme, column: str, *, drafts: bool) -> tuple[Select[Evidence], Order]:
    """Return the programme's evidence, where needed with the version that the list shows, and how to sort it."""
    if column in {"added", "title"}:
        by = Evidence.id if column == "added" else Evidence.title_key
        return select(Evidence).where(Evidence.programme_id == programme.id), Order(by, Evidence.id)
    shown = aliased(EvidenceVersion)
    query = (
        select(Evidence)
        .join(shown, shown.evidence_id == Evidence.id)
        .where(shown.programme_id == programme.id, *_is_shown(shown, drafts=drafts))
    )
    by_day = shown.period_from if column == "period" else shown.valid_until
    return query, Order(by_day, shown.evidence_id, optional=True)


def in_force() -> ColumnElement[bool]:
    """Whether evidence has an accepted version that nothing has ended."""
    return exists().where(
        EvidenceVersion.evidence_id == Evidence.id,
        EvidenceVersion.decision == "accepted",
        EvidenceVersion.ended_at.is_(None),
    )


def _linked(session: Session, programme: Programme, expectation_ids: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether one of the expectations is linked.

    Few links are collected first; where there are many, one looks at each item, since a page is soon full.
    """
    links = and_(Link.programme_id == programme.id, Link.kind == "evidence", Link.expectation_id.in_(expectation_ids))
    some = select(Link.item_id).where(links).limit(FEW_LINKS).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) < FEW_LINKS:
        return Evidence.id.in_(select(Link.item_id).where(links, Link.removed_at.is_(None)))
    return exists().where(links, Link.item_id == Evidence.id, Link.removed_at.is_(None))


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


def _shown(dated: tuple[ColumnElement[bool], ...], *, drafts: bool) -> ColumnElement[bool]:
    """Whether the version that the list shows, the newest one in sight, has these days."""
    return exists().where(
        EvidenceVersion.evidence_id == Evidence.id, *dated, *_is_shown(EvidenceVersion, drafts=drafts)
    )


def _is_shown(version: type[EvidenceVersion], *, drafts: bool) -> tuple[ColumnElement[bool], ...]:
    later = aliased(EvidenceVersion)
    newer = exists().where(later.evidence_id == version.evidence_id, later.number > version.number)
    if drafts:
        return (~newer,)
    return version.decision == "accepted", ~newer.where(later.decision == "accepted")
