"""The result of a check: the same facts judged today and on the audit's day, for each framework, and merged."""

from dataclasses import dataclass
from datetime import date, datetime

from app.catalogue.pack import Pack
from app.language import Text
from app.readiness.facts import Need
from app.readiness.findings import Assessment, Finding, Severity, Status, Verdict


@dataclass(frozen=True, slots=True)
class Merged:
    """A finding with the days it holds on: `today`, `forecast`, or `both`, and whose it is (user id, or None)."""

    finding: Finding
    when: str
    owner: str | None

    @property
    def act_by(self) -> date | None:
        """The finding's last safe day; of what settles itself before the judged day, the day on which it does."""
        return self.finding.possible_from if self.when == "today" else self.finding.act_by


@dataclass(frozen=True, slots=True)
class Line:
    """One expectation in a report: the worse of its two statuses, and the findings of both days, heaviest first."""

    need: Need
    clause_title: Text
    today: Status
    forecast: Status
    findings: tuple[Merged, ...]

    @property
    def status(self) -> Status:
        """The worse of the two."""
        return min(self.today, self.forecast, key=lambda status: status.rank)


@dataclass(frozen=True, slots=True)
class FrameworkReport:
    """One framework of a report. `lines` are in the order of the clauses; `findings` are the programme's own."""

    pack: Pack
    today: Assessment
    forecast: Assessment
    lines: tuple[Line, ...]
    findings: tuple[Merged, ...]

    @property
    def verdict(self) -> Verdict:
        """The worse of today's and the audit day's."""
        return min(self.today.verdict, self.forecast.verdict, key=lambda verdict: verdict.rank)

    @property
    def earliest_ready_on(self) -> date | None:
        """The first day from which it could be ready if everything is done now, counting what will stand in the way."""
        days = [each.earliest_ready_on for each in (self.today, self.forecast) if each.earliest_ready_on]
        return max(days, default=None)

    @property
    def all_findings(self) -> tuple[Merged, ...]:
        """The programme's findings and those of every line, heaviest first within each."""
        return self.findings + tuple(finding for line in self.lines for finding in line.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """Readiness of one programme for one stage.

    `known_at` is in the organisation's time zone, `known_on` its day there. `audit_on` is the planned day (None: not
    planned), `as_of` the day the forecast judges. `owners` names the users that findings belong to. Below `min_percent`
    of weighted coverage a verdict is not ready.
    """

    programme_id: str
    programme_code: str
    programme_name: Text
    organisation_name: Text
    stage: int
    as_of: date
    known_at: datetime
    known_on: date
    audit_on: date | None
    count_submitted: bool
    min_percent: int
    engine_version: str
    owners: dict[str, str]
    frameworks: tuple[FrameworkReport, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the frameworks'; without any, nothing was evaluated."""
        verdicts = [framework.verdict for framework in self.frameworks]
        return min(verdicts, key=lambda verdict: verdict.rank, default=Verdict.CANNOT_EVALUATE)

    @property
    def heaviest(self) -> Severity | None:
        """The heaviest severity found, None where nothing was."""
        found = [merged.finding.severity for framework in self.frameworks for merged in framework.all_findings]
        return min(found, key=lambda severity: severity.rank, default=None)


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the worklist: what to do by when, and whose it is. `act_by` None: the day has passed."""

    merged: Merged
    framework: str
    act_by: date | None


WORKED_ON = (Severity.BLOCKING, Severity.MAJOR, Severity.AT_RISK, Severity.TO_DO)
"""Severities that ask somebody to do something."""


def worklist(report: Report) -> tuple[Task, ...]:
    """Return what is to be done, by last safe day, overdue first.

    The same thing in two frameworks stands once: as the heavier of the two, and of two as heavy the more urgent.
    """
    tasks: dict[tuple[str, str, str], Task] = {}
    for framework in report.frameworks:
        for merged in framework.all_findings:
            finding = merged.finding
            if finding.severity in WORKED_ON:
                task = Task(merged, framework.pack.id, merged.act_by)
                kept = tasks.get(finding.key)
                if kept is None or _urgency(task) < _urgency(kept):
                    tasks[finding.key] = task
    return tuple(
        sorted(
            tasks.values(),
            key=lambda task: (
                task.act_by or date.min,
                task.merged.finding.severity.rank,
                task.merged.finding.key,
            ),
        )
    )


def _urgency(task: Task) -> tuple[int, date]:
    return task.merged.finding.severity.rank, task.act_by or date.min
