"""Controlled documents month by month: in force, to be reviewed, only a draft, or not there.

Which revision is in force and when it is to be reviewed is the engine's matter (`readiness.rules.documents`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from app.checks.cells import MOST_ITEMS, Cell, Mark
from app.readiness.case import Case, documents_of
from app.readiness.facts import Paper
from app.readiness.periods import Period, period_of
from app.readiness.rules.documents import effective_papers, review_on


def document_cells(case: Case, months: Sequence[date]) -> Iterator[Cell]:
    """Yield what the months have of the documents for an expectation, as it was, is, or will be if nothing is done.

    Months gone by stand as they did at their end, the present one as it does today; months that are alike are one cell.
    `case.papers` may hold a revision several times, once for each time it was approved or reviewed.
    """
    cells = (_cell(case, period_of(month, "monthly")) for month in months)
    for _, alike in groupby(cells, key=lambda cell: (cell.mark, cell.items, cell.due_on)):
        first, *others = alike
        if others:
            last = others[-1].period
            period = Period(first.period.start, last.end, f"{first.period.name}/{last.name}")
            yield replace(first, period=period, months=1 + len(others))
        else:
            yield first


def _cell(case: Case, period: Period) -> Cell:
    today = case.view.today
    day = period.end if period.end < today or period.start > today else today
    then = replace(case, view=replace(case.view, as_of=day), papers=_known_by(case.papers, day))
    effective = effective_papers(then)
    if not effective:
        mark = _mark_hole(case, then.papers, period)
        return _made(period, mark, then.papers if mark in {Mark.DRAFT, Mark.UPCOMING} else [])
    due = {paper: review_on(then, paper) for paper in effective}
    first = min(due.values())
    if first < min(day, max(period.start, today)):
        mark = Mark.REVIEW_OVERDUE
    elif first <= period.end and period.end >= today:
        mark = Mark.REVIEW_DUE
    else:
        return _made(period, Mark.EFFECTIVE, effective)
    return _made(period, mark, effective, due_on=first)


def _known_by(papers: Sequence[Paper], day: date) -> list[Paper]:
    """Return each revision as it stood on a day: as of its last review by then; what came later is left out."""
    found: dict[tuple[str, int], Paper] = {}
    for paper in papers:
        if paper.recorded_on <= day and (paper.approved_on is None or paper.approved_on <= day):
            found[paper.document_id, paper.revision] = paper
        elif paper.recorded_on <= day:  # it was there, not yet approved
            draft = paper._replace(state="draft", approved_on=None, effective_on=None, next_review_on=None)
            found.setdefault((paper.document_id, paper.revision), draft)
    return list(found.values())


def _mark_hole(case: Case, papers: Sequence[Paper], period: Period) -> Mark:
    """Return why no document is in force: only the present month counts, what comes may still be done."""
    start, today = case.view.facts.start_of_operation, case.view.today
    if start is not None and period.end < start:
        return Mark.BEFORE
    if case.need.optional or period.end < today:
        return Mark.UNASKED
    if period.start > today or any(paper.effective_on is not None for paper in papers):
        return Mark.UPCOMING
    if case.waiver is not None and case.waiver.until >= today:
        return Mark.WAIVED
    return Mark.DRAFT if papers else Mark.MISSING


def _made(period: Period, mark: Mark, papers: Sequence[Paper], *, due_on: date | None = None) -> Cell:
    items = documents_of(papers)
    recorded_on = min((paper.recorded_on for paper in papers), default=None)
    return Cell(period, mark, 1, due_on, recorded_on, items[:MOST_ITEMS], len(items))
