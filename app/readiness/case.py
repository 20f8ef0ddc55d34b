"""One expectation with everything that speaks for it, sorted once so that every rule can look at it cheaply."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from app.readiness.facts import Damage, Facts, Need, Paper, Proof, Suspect, Waiver
from app.readiness.findings import Item, Severity
from app.readiness.periods import MONTHS, Period, add_days, add_months, period_of, periods_between


@dataclass(frozen=True, slots=True)
class View:
    """Which stage is judged, on which day (`as_of`), and what day it was when we knew (`known_on`)."""

    facts: Facts
    stage: int
    as_of: date
    known_on: date

    @property
    def today(self) -> date:
        """The day up to which things can have happened: the earlier of the two."""
        return min(self.as_of, self.known_on)


@dataclass
class Case:
    """What the rules look at for one expectation.

    `accepted` holds what counts as of the judged day, `later` what was collected after it (where the day lies in the
    past), `pending` what waits for acceptance, `rejected` what was refused; `papers` the revisions of linked documents,
    withdrawn documents left out.
    """

    need: Need
    view: View
    accepted: list[Proof] = field(default_factory=list)
    later: list[Proof] = field(default_factory=list)
    pending: list[Proof] = field(default_factory=list)
    rejected: list[Proof] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    damages: list[Damage] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)

    @property
    def missing_severity(self) -> Severity:
        """Blocking where the standard itself demands it, else major (readiness, section 3)."""
        return Severity.BLOCKING if self.need.required else Severity.MAJOR

    @property
    def by_period(self) -> bool:
        """Whether each period of the cadence is looked for: monthly records, and others with a stated history.

        An annual or quarterly record without a stated history is judged by its age: it need not follow the calendar.
        """
        need = self.need
        if need.action != "retain" or need.cadence not in MONTHS:
            return False
        return need.cadence == "monthly" or need.history_months is not None

    @property
    def history_months(self) -> int:
        """Months of unbroken records wanted: the expectation's own figure, or the programme's where that is longer."""
        return max(self.need.history_months or 0, self.view.facts.limits.min_operation_months)

    @cached_property
    def window(self) -> tuple[Period, ...]:
        """The whole periods of the history window up to the judged day, since operation started.

        The window begins with the period that holds the day `history_months` before the judged day, so that three
        months of history are three whole calendar months.
        """
        view, cadence = self.view, self.need.cadence
        first = period_of(add_months(view.as_of, -self.history_months), cadence).start
        start = view.facts.start_of_operation
        return tuple(
            period
            for period in periods_between(first, view.as_of, cadence)
            if period.end < view.as_of and (start is None or period.start >= start)
        )

    @cached_property
    def covered(self) -> dict[str, list[Proof]]:
        """What counts, by name of the period of the window it covers a day of; only periods that have something."""
        return {period.name: proofs for period in self.window if (proofs := self.covering(period))}

    @cached_property
    def _spans(self) -> list[tuple[date, date, Proof]]:
        return [(*span(proof), proof) for proof in self.accepted]

    def covering(self, period: Period) -> list[Proof]:
        """Return what counts and covers a day of a period, whether the window holds it or not."""
        return [proof for first, last, proof in self._spans if first <= period.end and last >= period.start]

    def periods_of(self, proof: Proof) -> list[Period]:
        """Return the periods of the window that `proof` covers a day of."""
        first, last = span(proof)
        return [period for period in self.window if first <= period.end and last >= period.start]

    def due_on(self, period: Period) -> date:
        """Return the day by which a period's record must be there: its end and the days of grace."""
        return add_days(period.end, self.view.facts.limits.period_grace_days)

    def first_covered(self) -> date | None:
        """Return the first day of operation covered by anything that counts, None where nothing does."""
        first = min((proof.period_from or proof.collected_on for proof in self.accepted), default=None)
        if first is None:
            return None
        if self.by_period:
            first = period_of(first, self.need.cadence).start
        return max(first, self.view.facts.start_of_operation or date.min)

    @cached_property
    def ends_on(self) -> date:
        """The last day on which anything that counts on the judged day is valid."""
        return max(map(self.last_day, self.accepted), default=date.min)

    @cached_property
    def known_until(self) -> date:
        """The last day on which anything known is valid, whether collected by the judged day or later."""
        return max([self.ends_on, *map(self.last_day, self.later)])

    def last_day(self, proof: Proof) -> date:
        """Return the last day on which `proof` is valid: `valid_until`, or its age limit, whichever is earlier."""
        end = proof.valid_until or date.max
        if self.need.max_age_days is None:
            return end
        return min(end, add_days(proof.period_to or proof.collected_on, self.need.max_age_days))

    def was_valid(self, day: date) -> bool:
        """Say whether anything that counts was collected by a day and still valid on it."""
        return any(proof.collected_on <= day <= self.last_day(proof) for proof in self.accepted)

    @cached_property
    def waiver(self) -> Waiver | None:
        """The last waiver granted by then, in force or ended; None of what the standard itself demands.

        Source: readiness, section 1; ISO/IEC 20000-1, 1.2 allows no exclusion.
        """
        if self.need.required:
            return None
        granted = (waiver for waiver in self.waivers if waiver.granted_on <= self.view.today)
        return max(granted, key=lambda waiver: (waiver.until, waiver.reason), default=None)


def span(proof: Proof) -> tuple[date, date]:
    """Return the first and last day a proof covers: its period, else the day it was collected."""
    first = proof.period_from or proof.collected_on
    return first, proof.period_to or max(first, proof.collected_on)


def items_of(proofs: Iterable[Proof]) -> tuple[Item, ...]:
    """Return the evidence items named once each, by id."""
    return tuple(sorted({Item("evidence", proof.item_id, proof.title) for proof in proofs}))


def documents_of(papers: Iterable[Paper]) -> tuple[Item, ...]:
    """Return the documents named once each, by id."""
    return tuple(sorted({Item("document", paper.document_id, f"{paper.number} {paper.title}") for paper in papers}))


def cases(view: View, needs: Sequence[Need]) -> list[Case]:
    """Sort the facts to the expectations they speak for, in one pass; facts of other expectations are left out."""
    facts = view.facts
    found = {need.id: Case(need, view) for need in needs}
    _sort_proofs(found, view)
    for paper in facts.papers:
        if (case := found.get(paper.need_id)) and paper.recorded_on <= view.known_on and paper.state != "withdrawn":
            case.papers.append(paper)
    for kind in ("suspects", "damages", "waivers"):
        by_need = defaultdict(list)
        for fact in getattr(facts, kind):
            by_need[fact.need_id].append(fact)
        for need_id, several in by_need.items():
            if case := found.get(need_id):
                setattr(case, kind, sorted(several))
    return list(found.values())


def _sort_proofs(found: dict[str, Case], view: View) -> None:
    as_of, known_on, count_submitted = view.as_of, view.known_on, view.facts.limits.count_submitted
    for proof in view.facts.proofs:
        case = found.get(proof.need_id)
        if case is None or proof.collected_on > known_on or proof.recorded_on > known_on:
            continue  # not known, or not possible, by then
        state = proof.state
        if proof.nil_return and not case.need.nil_return:
            continue
        if state == "accepted" or (count_submitted and state == "submitted"):
            (case.accepted if proof.collected_on <= as_of else case.later).append(proof)
        elif proof.collected_on > as_of:
            continue
        elif state == "submitted":
            case.pending.append(proof)
        else:
            case.rejected.append(proof)
