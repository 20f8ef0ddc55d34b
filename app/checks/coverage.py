"""Coverage: for every record that has a cadence and every controlled document, what is there and what is not.

The periods and what they lack are the engine's (`readiness.case`, `readiness.rules`); here they are laid out.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.checks.cells import MOST_ITEMS, Cell, Mark, Row
from app.checks.document_cells import document_cells
from app.checks.gather import gather
from app.checks.known import Gathered, Known
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.identity.names import names_of
from app.programmes.models import Programme
from app.readiness.case import Case, View, cases, items_of, span
from app.readiness.facts import Facts, Need, Proof
from app.readiness.periods import DAY, MONTHS, Period, add_months, period_of, periods_between
from app.readiness.rules.history import backfilled, holes, late

MOST_MONTHS, MOST_YEARS = 24, 10
USUAL_MONTHS, MONTHS_AHEAD = 12, 6


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """Which months to lay out of which framework; None leaves the choice to us. `as_of` is the day to judge."""

    framework: str | None = None
    as_of: date | None = None
    first: date | None = None
    months: int = USUAL_MONTHS


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix of one framework: `months` by their first days, rows in the order of the clauses."""

    pack: Pack
    frameworks: tuple[tuple[str, str], ...]
    months: tuple[date, ...]
    rows: tuple[Row, ...]
    start_of_operation: date | None
    today: date
    owners: dict[str, str]


NOTHING: Mapping[str, Row] = MappingProxyType({})


class LaidOut(NamedTuple):
    """What is laid out: which months, judged on which day, known on which."""

    months: tuple[date, ...]
    as_of: date | None
    known_on: date


LayOut = Callable[[Known, LaidOut], tuple[Row, ...]]


def lay_out_whole(known: Known, on: LaidOut) -> tuple[Row, ...]:
    """Return the rows of a framework."""
    return lay_out(known.pack, _facts(known), on.months, as_of=on.as_of, known_on=on.known_on)


def lay_out_again(known: Known, on: LaidOut, former: Known, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return what `lay_out_whole` does, where `rows` is what it returned of `former`: lay out what is not the same."""
    same = known.same_as(former)
    held = {row.need.id: row for row in rows if row.need.id in same}
    facts = _facts(known, without=same)
    return lay_out(known.pack, facts, on.months, as_of=on.as_of, known_on=on.known_on, held=held)


def _facts(known: Known, without: Collection[str] = ()) -> Facts:
    """Return the facts with every revision as it was through time."""
    return replace(known.facts(without), papers=known.papers)


def coverage(
    session: Session, programme: Programme, asked: CoverageQuestion, *, actor: Actor, known_at: datetime
) -> Coverage:
    """Lay out the months asked for. Raises Forbidden, NotFound for a framework of others, Invalid for such months.

    A bounded number of queries. Who may not read drafts sees what is accepted only.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    return coverage_on(session, asked, gather(session, programme, known_at=known_at, drafts=drafts))


def coverage_on(
    session: Session, asked: CoverageQuestion, gathered: Gathered, laid_out_by: LayOut = lay_out_whole
) -> Coverage:
    """Lay out what was gathered, as `coverage` does. The caller has checked that the programme may be read."""
    frameworks, calendar = gathered.frameworks, gathered.calendar
    if not frameworks:
        raise NotFound("The programme has no framework yet. Choose one in its set-up.", field="framework")
    code = asked.framework or next(iter(frameworks))
    if code not in frameworks:
        raise NotFound(
            "The programme is not about {code}; it is about: {codes}.",
            code=code,
            codes=tuple(frameworks),
            field="framework",
        )
    months = months_asked(asked, today=calendar.known_on, audit_on=calendar.audit_on(2))
    known = frameworks[code]
    rows = laid_out_by(known, LaidOut(months, asked.as_of, calendar.known_on))
    return Coverage(
        pack=known.pack,
        frameworks=tuple((each.pack.id, each.pack.reference) for each in frameworks.values()),
        months=months,
        rows=rows,
        start_of_operation=known.rest.start_of_operation,
        today=calendar.known_on,
        owners=names_of(session, {row.need.owner for row in rows if row.need.owner}),
    )


def months_asked(asked: CoverageQuestion, *, today: date, audit_on: date | None) -> tuple[date, ...]:
    """Return the first days of the months to lay out: those up to the audit's, no more than half a year from now.

    Raises Invalid for too many, or too far away.
    """
    if not 1 <= asked.months <= MOST_MONTHS:
        raise Invalid("The months shown are 1 to {most}.", most=MOST_MONTHS, field="months")
    first = asked.first
    if first is None:
        last = min(max(asked.as_of or audit_on or today, today), add_months(today, MONTHS_AHEAD))
        first = add_months(last.replace(day=1), 1 - asked.months)
    if abs(first.year - today.year) > MOST_YEARS:
        raise Invalid("At most {years} years before or after today are shown.", years=MOST_YEARS, field="from")
    return tuple(add_months(first.replace(day=1), number) for number in range(asked.months))


def lay_out(
    pack: Pack,
    facts: Facts,
    months: Sequence[date],
    *,
    as_of: date | None = None,
    known_on: date,
    held: Mapping[str, Row] = NOTHING,
) -> tuple[Row, ...]:
    """Return a row for every record that has a cadence and every document, judged as the engine does on `as_of`.

    So that what was filled in late looks the same whichever months are shown, all periods since operation started are
    looked at, of ten years at most. Rows that are `held` are taken as they are. `facts.papers` may hold a revision
    several times, once for each of its reviews.
    """
    end = period_of(months[-1], "annual").end
    view = View(facts, 2, as_of or max(known_on, end + DAY), known_on)
    start = max(facts.start_of_operation or months[0], add_months(known_on, -12 * MOST_YEARS))
    reach = _months_between(min(start, months[0]), view.as_of)
    needs = [need for need in facts.needs if need.action == "maintain" or need.cadence in MONTHS]
    new = [need for need in needs if need.id not in held]
    titles = {clause.number: (clause.title, clause.process_key) for clause in pack.clauses}
    rows = dict(held)
    for need, case in zip(new, cases(view, [replace_history(need, reach) for need in new]), strict=True):
        by_period = Case(need, view).by_period
        if need.action == "maintain":
            cells = document_cells(case, months)
        else:
            cells = _Cells(need, case).by_period(months) if by_period else _Cells(need, case).by_age(months)
        rows[need.id] = Row(need, *titles[need.clause], by_period, tuple(cells))
    return tuple(rows[need.id] for need in needs)


def replace_history(need: Need, months: int) -> Need:
    """Return a need that looks back so many months, where it looks for periods at all."""
    if need.cadence != "monthly" and need.history_months is None:
        return need
    return need._replace(history_months=max(need.history_months or 0, months))


class _Cells:
    """The cells of one row. `case` holds all that is known of `need`, with a window over all periods laid out."""

    def __init__(self, need: Need, case: Case) -> None:
        self._need = need
        self._case = case
        self._view = case.view
        self._start = case.view.facts.start_of_operation
        waiver = case.waiver
        self._waived = waiver is not None and waiver.until >= self._view.today

    def by_period(self, months: Sequence[date]) -> Iterator[Cell]:
        """Yield what each period has that is looked for by itself."""
        case = self._case
        self._holes = {period.name for period in holes(case)}
        self._late = {period.name for period, _ in late(case)}
        self._backfilled = backfilled(case)
        today = replace(self._view, as_of=self._view.today)
        self._judged = {period.name for period in Case(self._need, today).window}
        for period, width in _periods(self._need, months):
            found = case.covering(period)
            mark = self._mark_there(period) if found else self._mark_hole(period)
            yield self._cell(period, width, mark, found, due_on=case.due_on(period))

    def by_age(self, months: Sequence[date]) -> Iterator[Cell]:
        """Yield what each period has of a record that only must not be too old."""
        for period, width in _periods(self._need, months):
            found = self._case.covering(period)
            yield self._cell(period, width, self._mark_by_age(period, found), found)

    def _mark_there(self, period: Period) -> Mark:
        if period.name in self._backfilled:
            return Mark.BACKFILLED
        return Mark.LATE if period.name in self._late else Mark.THERE

    def _mark_hole(self, period: Period) -> Mark:
        if self._start is not None and period.start < self._start:
            return Mark.BEFORE
        if self._pending(period):
            return Mark.SUBMITTED
        if self._need.optional:
            return Mark.UNASKED
        if period.name not in self._holes:
            return Mark.UPCOMING
        if period.name not in self._judged:
            return Mark.UNASKED
        return Mark.WAIVED if self._waived else Mark.MISSING

    def _mark_by_age(self, period: Period, found: Sequence[Proof]) -> Mark:
        today = self._view.today
        valid = self._case.was_valid(min(period.end, today))
        stands = valid or self._need.optional or not period.start <= today <= period.end
        if found:
            return Mark.THERE if stands else Mark.EXPIRED
        if self._start is not None and period.end < self._start:
            return Mark.BEFORE
        if self._pending(period):
            return Mark.SUBMITTED
        if not stands:
            return Mark.WAIVED if self._waived else Mark.MISSING
        if period.start > today and not self._need.optional:
            return Mark.UPCOMING
        return Mark.IN_FORCE if valid and period.start <= today else Mark.UNASKED

    def _pending(self, period: Period) -> list[Proof]:
        spans = ((*span(proof), proof) for proof in self._case.pending)
        return [proof for first, last, proof in spans if first <= period.end and last >= period.start]

    def _cell(
        self, period: Period, months: int, mark: Mark, found: Sequence[Proof], *, due_on: date | None = None
    ) -> Cell:
        proofs = self._pending(period) if mark is Mark.SUBMITTED else found
        items = items_of(proofs)
        first = min((proof.recorded_on for proof in proofs), default=None)
        return Cell(period, mark, months, due_on, first, items[::-1][:MOST_ITEMS], len(items))


def _periods(need: Need, months: Sequence[date]) -> Iterator[tuple[Period, int]]:
    """Yield the periods that the months have days of, with how many of the months each has."""
    for period in periods_between(months[0], months[-1], need.cadence):
        yield period, sum(period.start <= month <= period.end for month in months)


def _months_between(first: date, last: date) -> int:
    return max(0, (last.year - first.year) * 12 + last.month - first.month)
