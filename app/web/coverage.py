"""Coverage: what is there month by month, and from each hole the way to fill it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from app.checks.cells import HOLES, Cell, Mark, Row
from app.checks.coverage import Coverage, CoverageQuestion
from app.errors import Invalid
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.names import by_name
from app.language import Text
from app.readiness.periods import add_months
from app.web.pages import render
from app.web.places import Asked, Place, day_asked, enter
from app.web.visits import Visiting

router = APIRouter()
FILLED_IN = frozenset({Mark.MISSING, Mark.EXPIRED, Mark.UPCOMING, Mark.UNASKED})
"""Marks of periods for which evidence can still be added."""
ACTIONS = {"records": "retain", "documents": "maintain"}
"""What the rows can be narrowed to."""
MAX_DIGITS, SHOWN = 4, 5
FAR_YEARS = 2


@dataclass(frozen=True, slots=True)
class CoverageFilter:
    """Which rows and months are shown, as the address says it."""

    framework: str = ""
    process: str = ""
    owner: str = ""
    what: str = ""
    holes: bool = False
    first: date | None = None
    months: int = 12

    def query(self, first: date | None = None) -> dict[str, object]:
        """Return it as an address says it, with other months where they are given."""
        start = first or self.first
        return {
            "framework": self.framework,
            "process": self.process,
            "owner": self.owner,
            "what": self.what,
            "holes": "yes" if self.holes else "",
            "from": f"{start:%Y-%m}" if start else "",
            "months": self.months if self.months != 12 else "",  # noqa: PLR2004 (the usual number is not said)
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: the evidence that can be opened, and where a click adds some, None where it cannot be added."""

    cell: Cell
    opened: tuple[tuple[str, str], ...]
    added: str | None


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """The matrix, its filters, and the months before and after; None where there is nothing to be shown there."""

    found: Coverage
    rows: tuple[tuple[Row, tuple[Shown, ...]], ...]
    wanted: CoverageFilter
    processes: tuple[tuple[str, Text], ...]
    owners: tuple[tuple[str, str], ...]
    years: tuple[tuple[int, int], ...]
    marks: tuple[tuple[str, int], ...]
    holes: int
    earlier: str | None
    later: str | None
    sheets: tuple[str, str]


def _wanted(visit: Visiting) -> CoverageFilter:
    asked = visit.request.query_params
    start, months = asked.get("from", ""), asked.get("months", "")
    first = day_asked("from", f"{start}-01" if start.count("-") == 1 else start)
    if months and not (months.isascii() and months.isdecimal() and len(months) <= MAX_DIGITS):
        raise Invalid("{value} is not a whole number.", value=months[:40], field="months")
    return CoverageFilter(
        framework=asked.get("framework", ""),
        process=asked.get("process", ""),
        owner=asked.get("owner", ""),
        what=asked.get("what", ""),
        holes=bool(asked.get("holes", "")),
        first=first,
        months=int(months) if months else 12,
    )


Wanted = Annotated[CoverageFilter, Depends(_wanted)]


@router.get("/programmes/{programme}/coverage")
def show_coverage(programme: str, visit: Visiting, session: Reading, dates: Asked, wanted: Wanted) -> Response:
    """Show the matrix."""
    place = enter(session, visit, programme, dates)
    found = coverage_of(session, place, wanted)
    return render(visit, "coverage.html", None if found is None else _page(place, found, wanted), place=place)


def coverage_of(session: Session, place: Place, wanted: CoverageFilter) -> Coverage | None:
    """Return the matrix asked for, None where the programme has no framework. Raises Invalid, NotFound."""
    if not place.profile.frameworks:
        return None
    question = CoverageQuestion(wanted.framework or None, place.dates.as_of, wanted.first, wanted.months)
    return place.visit.runtime.reports.coverage(
        session, place.programme, question, known_at=place.known_at, actor=place.visit.who, at=place.visit.at
    )


def rows_wanted(found: Coverage, wanted: CoverageFilter) -> tuple[Row, ...]:
    """Return the rows that the filters leave."""
    return tuple(
        row
        for row in found.rows
        if (not wanted.process or row.process == wanted.process)
        and (not wanted.owner or row.need.owner == wanted.owner)
        and (wanted.what not in ACTIONS or row.need.action == ACTIONS[wanted.what])
        and (not wanted.holes or row.holes)
    )


def _page(place: Place, found: Coverage, wanted: CoverageFilter) -> CoveragePage:
    rows = rows_wanted(found, wanted)
    used = {row.process for row in found.rows}
    years = [month.year for month in found.months]
    counted = [cell.mark for row in rows for cell in row.cells]
    return CoveragePage(
        found=found,
        rows=tuple((row, tuple(_shown(place, row, cell) for cell in row.cells)) for row in rows),
        wanted=replace(wanted, framework=found.pack.id),
        processes=tuple((each.key, each.name) for each in found.pack.processes if each.key in used),
        owners=tuple(by_name(found.owners).items()),
        years=tuple((year, years.count(year)) for year in dict.fromkeys(years)),
        marks=tuple((mark.value, counted.count(mark)) for mark in Mark),
        holes=sum(mark in HOLES for mark in counted),
        earlier=_beside(place, found, wanted, -len(found.months)),
        later=_beside(place, found, wanted, len(found.months)),
        sheets=(_sheet(place, found, wanted, "xlsx"), _sheet(place, found, wanted, "csv")),
    )


def _sheet(place: Place, found: Coverage, wanted: CoverageFilter, kind: str) -> str:
    return place.to("coverage", f"export.{kind}", **wanted.query(found.months[0]))


def _beside(place: Place, found: Coverage, wanted: CoverageFilter, months: int) -> str | None:
    """Return the address of the months before or after; none lead before operation started, or far away."""
    first, started = add_months(found.months[0], months), found.start_of_operation
    last = add_months(first, len(found.months) - 1)
    if abs(first.year - found.today.year) > FAR_YEARS or (started and last < started.replace(day=1)):
        return None
    return place.to("coverage", **wanted.query(first))


def _shown(place: Place, row: Row, cell: Cell) -> Shown:
    if row.need.action == "maintain":
        return _document_shown(place, row, cell)
    open_now = place.known_at is None or place.may(Permission.READ_DRAFTS)  # what was withdrawn since is theirs only
    items = cell.items[:SHOWN] if open_now else ()
    opened = tuple((item.title, place.to("evidence", item.id)) for item in items)
    begun = cell.period.start <= place.today
    over = cell.period.end <= place.today or not row.by_period
    if not (cell.mark in FILLED_IN and begun and over and place.may(Permission.ADD_EVIDENCE)):
        return Shown(cell, opened, None)
    days = {"period_from": cell.period.start, "period_to": min(cell.period.end, place.today)}
    return Shown(cell, opened, place.to("evidence", "add", expectation=row.need.id, **days))


def _document_shown(place: Place, row: Row, cell: Cell) -> Shown:
    """Return a cell of a document: what is there is opened, and where nothing is, a click enters a document."""
    opened = tuple((item.title, place.to("documents", item.id)) for item in cell.items)
    if cell.mark is Mark.MISSING and place.may(Permission.WRITE_DOCUMENTS):
        return Shown(cell, opened, place.to("documents", "add", expectation=row.need.id))
    return Shown(cell, opened, None)
