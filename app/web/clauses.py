"""Clauses: a standard as a tree, how each clause stands, and whose it is."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.checks.report import FrameworkReport
from app.http.deps import Reading
from app.language import Text
from app.readiness.findings import Status
from app.web.charts import STATUSES
from app.web.clause_tree import ClauseRow, clause_rows, framework_of, responsible, with_headings
from app.web.pages import render
from app.web.places import Asked, enter
from app.web.visits import Visiting

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ClauseFilter:
    """Which clauses are shown; stage 1 leaves out those of which it expects nothing."""

    stage: int = 2
    status: str = ""
    process: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self.stage == 1 or bool(self.status or self.process)

    def takes(self, row: ClauseRow) -> bool:
        """Say whether a clause is one of those asked for."""
        if row.is_heading or (self.process and row.clause.process_key != self.process):
            return False
        if self.status:
            return row.has(self.status)
        return self.stage != 1 or any(row.has(each.value) for each in STATUSES if each is not Status.NOT_EXPECTED)


@dataclass(frozen=True, slots=True)
class ClausesPage:
    """One framework of the programme as a tree; None where the programme is about no framework."""

    framework: FrameworkReport | None
    frameworks: tuple[FrameworkReport, ...]
    rows: tuple[ClauseRow, ...]
    shown: int
    count: int
    wanted: ClauseFilter
    statuses: tuple[str, ...]
    processes: tuple[tuple[str, Text], ...]


def stage_asked(stage: str = "") -> int:
    """Return the stage that an address asks for: practice, which is everything, unless it says documents."""
    return 1 if stage == "1" else 2


Stage = Annotated[int, Depends(stage_asked)]


def _wanted(stage: Stage, status: str = "", process: str = "") -> ClauseFilter:
    return ClauseFilter(stage, status, process)


Wanted = Annotated[ClauseFilter, Depends(_wanted)]


@router.get("/programmes/{programme}/clauses")
def show_clauses(
    programme: str, visit: Visiting, session: Reading, dates: Asked, wanted: Wanted, framework: str = ""
) -> Response:
    """Show the tree."""
    place = enter(session, visit, programme, dates)
    report = place.report(session, wanted.stage)
    if not report.frameworks and not framework:
        page = ClausesPage(None, (), (), 0, 0, wanted, (), ())
        return render(visit, "clauses.html", page, place=place)
    found = framework_of(report, framework)
    rows = clause_rows(found, responsible(session, place, found.pack))
    return render(visit, "clauses.html", _page(report.frameworks, found, rows, wanted), place=place)


def _page(
    frameworks: tuple[FrameworkReport, ...],
    found: FrameworkReport,
    rows: tuple[ClauseRow, ...],
    wanted: ClauseFilter,
) -> ClausesPage:
    taken = [row.clause.number for row in rows if wanted.takes(row)]
    named = {clause.process_key for clause in found.pack.clauses}
    return ClausesPage(
        framework=found,
        frameworks=frameworks,
        rows=with_headings(rows, taken) if wanted.narrows else rows,
        shown=len(taken),
        count=sum(not row.is_heading for row in rows),
        wanted=wanted,
        statuses=tuple(each.value for each in STATUSES),
        processes=tuple((each.key, each.name) for each in found.pack.processes if each.key in named),
    )
