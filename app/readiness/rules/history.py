"""Records of a cadence: is every whole closed period of the history window there, in time and made at the time?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import islice, takewhile

from app.language import say
from app.readiness.case import Case, items_of, span
from app.readiness.findings import Finding, Severity
from app.readiness.periods import Period, add_days, add_months, period_of, periods_between

MAX_UPCOMING = 24
BACKFILL_PERIODS = 3
"""This many periods recorded on one day look made up afterwards (readiness, section 3)."""


def period_missing(case: Case) -> Iterator[Finding]:
    """`period-missing` where a whole closed period of the window has no accepted evidence; lists each period.

    A period's record is missing after the last of its days of grace: until then it is still to be collected. Where
    nothing at all counts the expectation is `evidence-missing` instead. Source: RC-05, F-07 of the audit model.
    """
    if not case.by_period or not case.accepted or case.need.optional:
        return
    found = holes(case)
    if found:
        names = tuple(period.name for period in found)
        yield Finding(
            code="period-missing",
            severity=case.missing_severity,
            subject=case.need.id,
            clause=case.need.clause,
            message=say("{name}: no accepted evidence for {periods}.", name=case.need.name, periods=names),
            next_step=say("Add the records of these periods if they were made; nothing may be made up afterwards."),
            days=tuple(period.end for period in found),
            periods=names,
        )


def period_late(case: Case) -> Iterator[Finding]:
    """`period-late` where the first accepted evidence of a period came after its days of grace. Source: RC-02."""
    if not case.by_period:
        return
    found = late(case)
    if found:
        names = tuple(period.name for period, _ in found)
        proofs = [proof for name in names for proof in case.covered[name]]
        yield Finding(
            code="period-late",
            severity=Severity.OBSERVATION,
            subject=case.need.id,
            clause=case.need.clause,
            message=say("{name}: recorded late for {periods}.", name=case.need.name, periods=names),
            next_step=say("Be ready to explain the delay; collect the next period in time."),
            items=items_of(proofs),
            days=tuple(recorded_on for _, recorded_on in found),
            periods=names,
        )


def period_backfilled(case: Case) -> Iterator[Finding]:
    """`period-backfilled` where three or more periods were first recorded on one day. Source: RC-02."""
    if not case.by_period:
        return
    found = backfilled(case)
    if found:
        names = tuple(sorted(found))
        yield Finding(
            code="period-backfilled",
            severity=Severity.OBSERVATION,
            subject=case.need.id,
            clause=case.need.clause,
            message=say("{name}: {periods} were all recorded on one day.", name=case.need.name, periods=names),
            next_step=say("Keep what shows when the records were made; collect each period when it closes."),
            items=items_of(proof for name in names for proof in case.covered[name]),
            days=tuple(sorted(set(found.values()))),
            periods=names,
        )


def period_upcoming(case: Case) -> Iterator[Finding]:
    """`period-upcoming` for periods still to be collected before the judged day; names them and the first day due.

    Of a day far ahead only the next two years of months are named.
    """
    if not case.by_period or case.need.optional:
        return
    view, start = case.view, case.view.facts.start_of_operation
    spans = [span(proof) for proof in (*case.accepted, *case.later)]
    first = add_days(view.known_on, -view.facts.limits.period_grace_days)
    coming = takewhile(lambda period: period.end < view.as_of, periods_between(first, view.as_of, case.need.cadence))
    upcoming = [
        period
        for period in islice(coming, MAX_UPCOMING)
        if case.due_on(period) >= view.known_on
        and (start is None or period.start >= start)
        and not any(begin <= period.end and end >= period.start for begin, end in spans)
    ]
    if upcoming:
        names = tuple(period.name for period in upcoming)
        first_due = case.due_on(upcoming[0])
        yield Finding(
            code="period-upcoming",
            severity=Severity.TO_DO,
            subject=case.need.id,
            clause=case.need.clause,
            message=say(
                "{name}: still to be collected for {periods}, the first by {day}.",
                name=case.need.name,
                periods=names,
                day=first_due,
            ),
            next_step=say("Collect each record when its period closes."),
            days=tuple(case.due_on(period) for period in upcoming),
            periods=names,
            act_by=first_due,
        )


def too_short(case: Case) -> Iterator[Finding]:
    """`history-too-short` where the records begin too late for the months of history; names the earliest possible day.

    At risk on stage 1, blocking on stage 2. Nothing recorded at all is no history either, so that adding a first record
    never makes things worse; a history begun now starts with the first period whose days of grace are not over.
    Source: F-07 of the audit model, CNCA 2012 (three months of operation).
    """
    need, view = case.need, case.view
    if need.action != "retain" or need.history_months is None or need.optional:
        return
    first = case.first_covered()
    possible = _first_possible(case)
    start = possible if first is None else min(first, possible)
    enough_on = add_months(start, case.history_months)
    if enough_on <= view.as_of:
        return
    if first is None or first > possible:
        message = say(
            "{name}: no history yet; begun now, {months} months are reached on {day}.",
            name=need.name,
            months=case.history_months,
            day=enough_on,
        )
    else:
        message = say(
            "{name}: records begin on {first}; {months} months are reached on {day}.",
            name=need.name,
            first=first,
            months=case.history_months,
            day=enough_on,
        )
    yield Finding(
        code="history-too-short",
        severity=Severity.BLOCKING if view.stage > 1 else Severity.AT_RISK,
        subject=need.id,
        clause=need.clause,
        message=message,
        next_step=(
            say("Keep collecting without a gap, add older records if they exist, or plan the audit for then.")
            if view.as_of > view.known_on
            else say("Keep collecting without a gap until that day; add older records if they exist.")
        ),
        days=(start, enough_on),
        possible_from=enough_on,
    )


def holes(case: Case) -> list[Period]:
    """Return the closed periods of the window that nothing covers and whose days of grace are over."""
    return [
        period for period in case.window if period.name not in case.covered and case.due_on(period) < case.view.today
    ]


def late(case: Case) -> list[tuple[Period, date]]:
    """Return the periods of the window whose first record came after their days of grace, with its day."""
    found = []
    for period in case.window:
        if proofs := case.covered.get(period.name):
            recorded_on = min(proof.recorded_on for proof in proofs)
            if recorded_on > case.due_on(period):
                found.append((period, recorded_on))
    return found


def backfilled(case: Case) -> dict[str, date]:
    """Return the names of the periods of the window that were first recorded on one day, three or more, with it."""
    by_day: defaultdict[date, list[str]] = defaultdict(list)
    for name, proofs in case.covered.items():
        by_day[min(proof.recorded_on for proof in proofs)].append(name)
    return {name: day for day, names in by_day.items() if len(names) >= BACKFILL_PERIODS for name in names}


def _first_possible(case: Case) -> date:
    """The first day a history begun now can cover, not before operation starts."""
    view, start = case.view, case.view.facts.start_of_operation or date.min
    if not case.by_period:
        return max(view.known_on, start)
    still_in_grace = add_days(view.known_on, -view.facts.limits.period_grace_days)
    return max(period_of(max(still_in_grace, start), case.need.cadence).start, start)
