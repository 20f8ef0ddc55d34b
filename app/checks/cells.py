"""What the matrix of coverage is made of: a mark for each period of an expectation."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.language import Text
from app.readiness.facts import Need
from app.readiness.findings import Item
from app.readiness.periods import Period

MOST_ITEMS = 20


class Mark(StrEnum):
    """What there is for one period of one expectation; the last four are about controlled documents."""

    THERE = "there"
    LATE = "late"
    BACKFILLED = "back-filled"
    IN_FORCE = "in-force"
    SUBMITTED = "submitted"
    MISSING = "missing"
    EXPIRED = "expired"
    UPCOMING = "upcoming"
    WAIVED = "waived"
    UNASKED = "not-expected"
    BEFORE = "before"
    EFFECTIVE = "effective"
    REVIEW_DUE = "review-due"
    REVIEW_OVERDUE = "review-overdue"
    DRAFT = "draft"


HOLES = frozenset({Mark.MISSING, Mark.EXPIRED, Mark.DRAFT})
"""What stands against readiness today."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One period, over as many of the months laid out as it has days in.

    `items` is the evidence, accepted, or submitted where nothing else is there, newest first and at most 20 of `count`;
    or the documents. `due_on` is the last day of grace of a period that is looked for, or the day of the next review.
    """

    period: Period
    mark: Mark
    months: int
    due_on: date | None = None
    recorded_on: date | None = None
    items: tuple[Item, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One expectation. `by_period`: each period is looked for; other records are judged by their age."""

    need: Need
    clause_title: Text
    process: str | None
    by_period: bool
    cells: tuple[Cell, ...]

    @property
    def holes(self) -> int:
        """How many periods stand against readiness today."""
        return sum(cell.mark in HOLES for cell in self.cells)
