"""A table as it came in: its rows as text by column, read from XLSX or CSV in a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.confined import TooSlow, Unreadable, run_confined
from app.errors import Invalid, TooLarge
from app.imports.columns import HEADS, NEEDED, Column, column_of
from app.imports.worker import MOST_ROWS
from app.language import Message, say

MOST_BYTES = 10 << 20
MERGED = "merged"
LETTERS = 26
_REFUSED: Mapping[str, Message] = {
    "old": say(
        "The table is in the format of Excel before 2007, or protected by a password. Save it as XLSX, without a "
        "password, or as CSV."
    ),
    "other": say("The table is neither XLSX nor CSV. Save it as one of these."),
    "encoding": say("The text of the table is neither in UTF-8 nor in GB 18030. Save it as XLSX, or as CSV in UTF-8."),
    "broken": say("The CSV is broken: a quotation mark is not closed. Save it again, or as XLSX."),
    "empty": say("The table is empty. Fill in the template, one row a piece of evidence."),
    "wide": say("The table has more than 200 columns. Use those of the template."),
    "long": say("A table has at most {most} rows. Split it into several.", most=MOST_ROWS),
    "text": say("The table holds more text than can be imported at once. Split it into several."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the spreadsheet: text by column, empty cells left out; `faults` are unreadable cells."""

    number: int
    cells: Mapping[Column, str]
    faults: Mapping[Column, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table in their order, at least one."""

    rows: tuple[Row, ...]

    def body(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"rows": [[row.number, dict(row.cells), dict(row.faults)] for row in self.rows]}


def table_from_body(body: Mapping[str, Any]) -> Table:
    """Return the table that `body` came from."""
    return Table(tuple(Row(number, _by_column(cells), _by_column(faults)) for number, cells, faults in body["rows"]))


def read_table(content: bytes) -> Table:
    """Return the table in the bytes of an XLSX or CSV file. Slow: call it before a transaction.

    Raises TooLarge, Invalid for what is no table of ours: unreadable, empty, too long, other columns.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge("A table has at most {most} MB. Split it into several.", most=MOST_BYTES >> 20, field="table")
    try:
        found = json.loads(run_confined("app.imports.worker", (), content))
    except TooSlow as error:
        raise Invalid("The table takes too long to be read. Split it into several.", field="table") from error
    except Unreadable as error:
        raise Invalid(
            "The table cannot be read: it is broken, protected, or stretches over far too many cells. Copy its rows "
            "into the template and send that.",
            field="table",
        ) from error
    if reason := found.get("refused"):
        raise _refused(reason)
    return _table(found)


def _table(found: Mapping[str, Any]) -> Table:
    rows: list[tuple[int, list[str]]] = found["rows"]
    if not rows:
        raise _refused("empty")
    head, *rest = rows
    columns = _columns(head[1], rest)
    faults = _faults(found, columns, head[0], max((number for number, _ in rest), default=0))
    cells = {
        number: {column: row[place] for place, column in columns.items() if place < len(row) and row[place]}
        for number, row in rest
    }
    numbers = sorted(cells.keys() | faults.keys())
    if not numbers:
        raise Invalid(
            "The table has no row below its head. Fill in the template, one row a piece of evidence.", field="table"
        )
    return Table(tuple(Row(number, cells.get(number, {}), faults.get(number, {})) for number in numbers))


def _columns(head: Sequence[str], rest: Sequence[tuple[int, Sequence[str]]]) -> dict[int, Column]:
    """Return which column stands where. Raises Invalid for a head that is not ours."""
    known = {place: column for place, heading in enumerate(head) if (column := column_of(heading))}
    if not known:
        raise Invalid(
            "The first row is not the head of our template: it has none of its headings. Download the template.",
            field="table",
        )
    if strange := tuple(heading for heading in head if heading and not column_of(heading)):
        raise Invalid(
            "The table has columns that are not known here: {names}. Delete them, or call them as in the template: "
            "{known}.",
            names=strange[:10],
            known=tuple(each.name for each in HEADS.values()),
            field="table",
        )
    if missing := tuple(HEADS[each].name for each in NEEDED if each not in known.values()):
        raise Invalid("The table lacks the column {names}. Take the template's head.", names=missing, field="table")
    for place, column in known.items():
        if list(known.values()).index(column) != list(known).index(place):
            raise Invalid("The column {name} is there twice. Delete one.", name=HEADS[column].name, field="table")
    for number, row in rest:
        for place in (place for place, cell in enumerate(row) if cell and place not in known):
            raise Invalid(
                "Row {row} has something in column {column}, which has no heading. Delete it, or give the column one.",
                row=number,
                column=_letter(place),
                field="table",
            )
    return known


def _faults(
    found: Mapping[str, Any], columns: Mapping[int, Column], head: int, last: int
) -> dict[int, dict[Column, str]]:
    """Return, by row, the columns whose value cannot be known, and why."""
    faults: dict[int, dict[Column, str]] = {}
    for number, place, kind in found["faults"]:
        if number > head and place in columns:
            faults.setdefault(number, {})[columns[place]] = kind
    for top, left, bottom, right in found["merged"]:
        for number in range(max(top, head + 1), min(bottom, last) + 1):
            for place in range(left, right + 1):
                if place in columns:
                    faults.setdefault(number, {})[columns[place]] = MERGED
    return faults


def _by_column(named: Mapping[str, str]) -> dict[Column, str]:
    return {Column(name): text for name, text in named.items()}


def _refused(reason: str) -> Invalid:
    message = _REFUSED[reason]
    return Invalid(message.text, field="table", **message.parts)


def _letter(place: int) -> str:
    """Return a column as spreadsheets call it: A, B, ... AA."""
    upper, rest = divmod(place, LETTERS)
    return (_letter(upper - 1) if upper else "") + chr(ord("A") + rest)
