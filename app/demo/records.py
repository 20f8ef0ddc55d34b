"""The sample organisation's evidence over nine months: made by rule from the catalogue, with its gaps by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.catalogue.pack import Expectation
from app.demo.company import (
    AUDITED,
    MANAGER,
    PLANNED,
    REVIEWED,
    REVIEWER,
    WRITER,
    operation_start,
    owner_of,
    working_day,
)
from app.readiness.periods import DAY, Period, add_months, period_of, periods_between

NEVER = frozenset({"continuity-test-record", "document-repository-backup"})
"""Expected, and nothing is there: one demanded by the standard, one waived for a while."""
PENDING, REJECTED = "catalogue-access-evidence", "party-evaluation-records"
HOLE, LATE, BACKFILLED = "sla-performance-report", "capacity-monitoring-report", "service-request-records"
TOO_SHORT, NOBODYS, NIL = "security-incident-records", "improvement-report", "major-incident-report"
EXPIRED, EXPIRING = "internal-auditor-impartiality-record", "qualification-evidence"
REVIEW = "management-review-minutes"
ENGLISH = frozenset({
    "service-report", "sla-performance-report", "supplier-performance-report", "supplier-sla-alignment-record",
    "contract-review-record", "information-security-risk-assessment", "security-control-effectiveness-report",
    "security-incident-analysis-report", "isms-risk-owner-approval", "isms-risk-treatment-results",
})  # fmt: skip
"""Written in English: what customers, suppliers and partners abroad read."""
DESK = "han.mei"


@dataclass(frozen=True, slots=True)
class SampleEvidence:
    """One piece of evidence and what became of it. `decided_on` None: nobody has looked at it yet."""

    expectation_id: str
    title: str
    collected_on: date
    recorded_on: date
    period: Period | None = None
    valid_until: date | None = None
    owner: str | None = None
    submitted_by: str = WRITER
    decided_by: str = REVIEWER
    decided_on: date | None = None
    rejected_for: str = ""
    nil: str = ""


def records(expectations: tuple[Expectation, ...], today: date) -> tuple[SampleEvidence, ...]:
    """Return the evidence for these retained expectations as it is on `today`, by the day it was recorded."""
    made = [
        _owned(expectation, record)
        for expectation in expectations
        if expectation.id not in NEVER
        for record in _spoil(expectation.id, _regular(expectation, today), today)
        if record.recorded_on <= today
    ]
    return tuple(sorted(made, key=lambda each: (each.recorded_on, each.expectation_id, each.collected_on)))


def _regular(expectation: Expectation, today: date) -> list[SampleEvidence]:
    """Everything in its time, nothing missing."""
    if expectation.cadence in {"monthly", "quarterly"}:
        return [_of_period(expectation, period) for period in _closed(expectation.cadence, today)]
    yearly = (
        PLANNED if expectation.kind == "plan" else REVIEWED if expectation.id == REVIEW else AUDITED
    )  # a plan comes before what it plans
    ages = {"semiannual": (200, 70), "annual": (yearly,), "none": (yearly,)}.get(expectation.cadence)
    if ages:
        return [_of_day(expectation, today - timedelta(days=age)) for age in ages]
    if expectation.max_age_days and expectation.max_age_days <= 90:  # noqa: PLR2004 (days; events of every month)
        return [_of_day(expectation, period.end - timedelta(days=6)) for period in _closed("monthly", today)]
    return [_of_day(expectation, today - timedelta(days=age)) for age in (150, 40)]


def _spoil(name: str, regular: list[SampleEvidence], today: date) -> list[SampleEvidence]:
    """Put in what is wrong on purpose."""
    spoil = _SPOILS.get(name)
    return regular if spoil is None else spoil(regular, today)


def _hole(regular: list[SampleEvidence], _today: date) -> list[SampleEvidence]:
    return [*regular[:-2], regular[-1]]


def _late(regular: list[SampleEvidence], _today: date) -> list[SampleEvidence]:
    late = regular[-2]
    recorded_on = (late.period.end if late.period else late.collected_on) + timedelta(days=25)
    return [*regular[:-2], replace(late, recorded_on=recorded_on, decided_on=recorded_on), regular[-1]]


def _backfilled(regular: list[SampleEvidence], today: date) -> list[SampleEvidence]:
    there = [each for each in regular if each.collected_on <= today]
    on = min(today, there[-1].recorded_on)
    return [*there[:-3], *(replace(each, recorded_on=on, decided_on=on) for each in there[-3:])]


def _nil(regular: list[SampleEvidence], today: date) -> list[SampleEvidence]:
    said = "本季度未发生重大事件。No major incident occurred in this quarter."
    return [
        replace(
            regular[0],
            title=f"重大事件零报告 {period.name}",
            collected_on=collected_on,
            recorded_on=max(period.end + timedelta(days=4), collected_on),
            decided_on=max(period.end + timedelta(days=4), collected_on) + DAY,
            period=period,
            nil=said,
        )
        for period in _closed("quarterly", today)
        for collected_on in (working_day(period.end + DAY),)
    ]


_SPOILS: dict[str, Callable[[list[SampleEvidence], date], list[SampleEvidence]]] = {
    HOLE: _hole,
    LATE: _late,
    BACKFILLED: _backfilled,
    NIL: _nil,
    TOO_SHORT: lambda regular, _: regular[-1:],
    PENDING: lambda regular, today: [replace(regular[-1], recorded_on=today - timedelta(days=6), decided_on=None)],
    REJECTED: lambda regular, _: [replace(regular[-1], rejected_for="缺少评价人签字和评价日期，请补充后重新提交")],
    EXPIRED: lambda regular, today: [replace(regular[-1], valid_until=today - timedelta(days=20))],
    EXPIRING: lambda regular, today: [replace(regular[-1], valid_until=today + timedelta(days=100))],
}


def _owned(expectation: Expectation, record: SampleEvidence) -> SampleEvidence:
    """Give a record the owner of its process, and somebody else to decide about it."""
    owner = owner_of(expectation.id, expectation.clause)
    return replace(record, owner=owner, decided_by=MANAGER if owner == REVIEWER else REVIEWER)


def _of_period(expectation: Expectation, period: Period) -> SampleEvidence:
    """Collected on the first working day after the period; recorded some days later."""
    collected_on = working_day(period.end + DAY)
    recorded_on = max(period.end + timedelta(days=5), collected_on)
    return SampleEvidence(
        expectation_id=expectation.id,
        title=f"{_name(expectation)} {period.name}",
        collected_on=collected_on,
        recorded_on=recorded_on,
        period=period,
        submitted_by=DESK,
        decided_on=recorded_on + DAY,
    )


def _of_day(expectation: Expectation, day: date) -> SampleEvidence:
    return SampleEvidence(
        expectation_id=expectation.id,
        title=f"{_name(expectation)} {day.isoformat()}",
        collected_on=day,
        recorded_on=day + timedelta(days=3),
        decided_on=day + timedelta(days=5),
    )


def _name(expectation: Expectation) -> str:
    return expectation.name.in_("en" if expectation.id in ENGLISH else "zh")


def _closed(cadence: str, today: date) -> Iterator[Period]:
    """The whole periods that closed before `today`, since operation began."""
    start = operation_start(today)
    for period in periods_between(start, today, cadence):
        if period.end < today and period.start >= period_of(start, cadence).start:
            yield period


def months_back(today: date, months: int) -> str:
    """Return the name of a month so many months back, as periods are named."""
    return period_of(add_months(today, -months), "monthly").name
