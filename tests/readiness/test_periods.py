"""Months and periods against counting day by day."""

import calendar
import doctest
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness import periods
from app.readiness.periods import DAY, MONTHS, Period, add_days, add_months, period_named, period_of, periods_between

DAYS = st.dates() | st.sampled_from([date.min, date.max, date(2024, 2, 29), date(2023, 2, 28), date(9999, 12, 1)])
NEAR = st.dates(date(2023, 1, 1), date(2029, 12, 31)) | st.dates(date(9997, 1, 1)) | st.dates(max_value=date(3, 1, 1))
CADENCES = st.sampled_from(sorted(MONTHS))


def one_month_on(day: date, wanted: int) -> date:
    """Return the day `wanted` of the next month, or that month's last."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(wanted, calendar.monthrange(year, month)[1]))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(periods).failed == 0
    assert doctest.testmod(periods).attempted > 0


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 5, 31), -3, date(2026, 2, 28)),
        (date(2024, 5, 31), -3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(1900, 1, 31), 1, date(1900, 2, 28)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(9999, 12, 1), 1, date.max),
        (date(1, 1, 31), -1, date.min),
        (date(1, 2, 28), -1, date(1, 1, 28)),
    ],
)
def test_months_are_added(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(NEAR, st.integers(0, 40))
def test_adding_months_is_going_on_month_by_month(day: date, months: int) -> None:
    found = day
    for _ in range(months):
        if (found.year, found.month) == (9999, 12):
            found = date.max
            break
        found = one_month_on(found, day.day)
    assert add_months(day, months) == found


@given(DAYS, st.integers(-200_000, 200_000))
def test_months_back_and_forth_meet_but_for_the_length_of_months(day: date, months: int) -> None:
    there = add_months(day, months)
    if there in {date.min, date.max}:
        return
    back = add_months(there, -months)
    assert (back.year, back.month) == (day.year, day.month)
    assert back.day == min(day.day, there.day)


@given(DAYS, DAYS, st.integers(-40, 40))
def test_adding_months_keeps_the_order_of_days(first: date, second: date, months: int) -> None:
    assert (add_months(min(first, second), months)) <= add_months(max(first, second), months)


@given(DAYS, st.integers(-(10**12), 10**12))
def test_days_are_added_and_stop_at_the_ends_of_the_calendar(day: date, days: int) -> None:
    ordinal = day.toordinal() + days
    if ordinal < 1:
        assert add_days(day, days) == date.min
    elif ordinal > date.max.toordinal():
        assert add_days(day, days) == date.max
    else:
        assert add_days(day, days) == date.fromordinal(ordinal)


@given(DAYS, CADENCES)
def test_a_period_holds_its_day_and_begins_with_a_month_and_ends_before_the_next(day: date, cadence: str) -> None:
    period = period_of(day, cadence)
    assert period.start <= day <= period.end
    assert period.start.day == 1
    assert (period.start.month - 1) % MONTHS[cadence] == 0
    assert period.end.day == calendar.monthrange(period.end.year, period.end.month)[1]
    assert period.start.year == period.end.year
    assert period.end.month - period.start.month + 1 == MONTHS[cadence]
    assert period_of(period.start, cadence) == period_of(period.end, cadence) == period


@pytest.mark.parametrize(
    ("cadence", "name", "start", "end"),
    [
        ("monthly", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("monthly", "0001-01", date(1, 1, 1), date(1, 1, 31)),
        ("quarterly", "2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("quarterly", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("semiannual", "2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("semiannual", "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("annual", "9999", date(9999, 1, 1), date(9999, 12, 31)),
        ("annual", "0001", date(1, 1, 1), date(1, 12, 31)),
    ],
)
def test_a_period_has_a_name(cadence: str, name: str, start: date, end: date) -> None:
    assert period_of(start, cadence) == period_of(end, cadence) == Period(start, end, name)


@given(NEAR, st.integers(-40, 800), CADENCES)
def test_the_periods_between_two_days_are_those_of_every_day_between(first: date, length: int, cadence: str) -> None:
    last = add_days(first, length)
    count = max(0, (last - first).days + 1)
    expected = dict.fromkeys(period_of(first + timedelta(days=day), cadence) for day in range(count))
    assert list(periods_between(first, last, cadence)) == list(expected)


@pytest.mark.parametrize("cadence", sorted(MONTHS))
def test_the_periods_of_the_whole_calendar_join_without_a_gap(cadence: str) -> None:
    found = list(periods_between(date.min, date.max, cadence))
    assert (found[0].start, found[-1].end) == (date.min, date.max)
    assert len(found) == 9999 * 12 // MONTHS[cadence]
    assert all(before.end + DAY == after.start for before, after in pairwise(found))
    assert len({period.name for period in found}) == len(found)
    assert sorted(period.name for period in found) == [period.name for period in found]


@given(day=DAYS, cadence=CADENCES)
def test_a_period_is_found_again_by_its_name(day: date, cadence: str) -> None:
    period = period_of(day, cadence)
    assert period_named(period.name) == period
