"""Arithmetic of months and of the periods of a cadence (month, quarter, half-year, year), all in whole days."""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import NamedTuple

MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}
"""Cadences that have periods, with their length in months; they start with the calendar year."""

DAY = timedelta(days=1)


class Period(NamedTuple):
    """One calendar period, both days included; `name` is `2026-08`, `2026-Q3`, `2026-H2` or `2026`."""

    start: date
    end: date
    name: str


def add_days(day: date, days: int) -> date:
    """Return `day` moved by `days`, stopping at the ends of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day where it is shorter; stops at the calendar's ends.

    >>> add_months(date(2026, 5, 31), -3)
    datetime.date(2026, 2, 28)
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if year < MINYEAR:
        return date.min
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, _last_day(year, month + 1)))


def period_of(day: date, cadence: str) -> Period:
    """Return the period of `cadence` that holds `day`."""
    months = MONTHS[cadence]
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    return Period(
        date(day.year, first, 1), date(day.year, last, _last_day(day.year, last)), _name(day.year, first, months)
    )


def period_named(name: str) -> Period:
    """Return the period that has this name.

    >>> period_named("2026-Q3").end
    datetime.date(2026, 9, 30)
    """
    year, _, part = name.partition("-")
    cadence = {"": "annual", "Q": "quarterly", "H": "semiannual"}.get(part[:1], "monthly")
    number = int(part.lstrip("QH") or 1)
    return period_of(date(int(year), (number - 1) * MONTHS[cadence] + 1, 1), cadence)


def periods_between(first: date, last: date, cadence: str) -> Iterator[Period]:
    """Yield, in order, every period that has a day in `first`..`last`."""
    if first > last:
        return
    period = period_of(first, cadence)
    while period.start <= last:
        yield period
        if period.end == date.max:
            return
        period = period_of(period.end + DAY, cadence)


def _name(year: int, first_month: int, months: int) -> str:
    number = (first_month - 1) // months + 1
    return {1: f"{year:04}-{first_month:02}", 3: f"{year:04}-Q{number}", 6: f"{year:04}-H{number}"}.get(
        months, f"{year:04}"
    )


def _last_day(year: int, month: int) -> int:
    if month == 12:  # noqa: PLR2004 (December; the day after it may lie outside the calendar)
        return 31
    return (date(year, month + 1, 1) - DAY).day
