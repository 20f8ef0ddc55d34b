"""What stands in a cell, as the use cases take it."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from app.errors import Invalid
from app.imports.columns import Column, folded

DAY = re.compile(
    r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?[日号]?(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YES = frozenset({"yes", "y", "true", "1", "是", "√", "✓"})
NO = frozenset({"no", "n", "false", "0", "否", "×"})  # noqa: RUF001 (a cross stands for no)
BETWEEN = re.compile(r"[;；]")  # noqa: RUF001 (Chinese writes another semicolon)


def day_in(text: str, column: Column) -> date | None:
    """Return the day, None where there is none: 2026-08-01, 2026/8/1, 2026.8.1, 20260801 or 2026年8月1日.

    A time of day is left out. Raises Invalid, also for 1/8/2026, which is another day in another country.
    """
    clean = folded(text)
    if not clean:
        return None
    found = DAY.fullmatch(clean) or DIGITS.fullmatch(clean)
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass  # there is no such day: as below
    raise Invalid("“{value}” is no day. Write it as 2026-08-01.", value=text[:40], field=column)


def truth_in(text: str, column: Column) -> bool:
    """Return whether the cell says yes; an empty one says no. Raises Invalid."""
    clean = folded(text)
    if clean in YES:
        return True
    if not clean or clean in NO:
        return False
    raise Invalid("“{value}” is neither yes nor no. Write one of these.", value=text[:40], field=column)


def names_in(text: str, *, whole: Callable[[str], bool]) -> list[str]:
    """Return the names in a cell, below each other or with semicolons between unless that is one name."""
    lines = [line.strip() for line in unicodedata.normalize("NFC", text).splitlines()]
    parts = (part.strip() for line in lines for part in ([line] if whole(line) else BETWEEN.split(line)))
    return list(dict.fromkeys(part for part in parts if part))
