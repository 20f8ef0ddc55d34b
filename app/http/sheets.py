"""Tables for spreadsheets, as XLSX and as CSV, row by row: what people typed stays text and is never run."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter

from app.errors import NotFound

Value = str | int | float | date | datetime | None
MEDIA_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MAX_ROWS = 1_048_576
"""So many rows fit on one sheet of a workbook, the header included; more go on to another sheet."""
IN_MEMORY_BYTES = 1 << 20
FIRST_YEAR = 1900
"""The calendar of spreadsheets begins then; earlier days are written as text."""
STARTS_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 (the full-width ones start formulas too)
"""Source: OWASP, CSV Injection."""
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and its width in characters."""

    title: str
    width: int = 18


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written. `rows` is read once, row by row; moments in it are naive, of the reader's zone."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]


def write(table: Table, kind: str) -> IO[bytes]:
    """Return an open file with the table in it, at its beginning. Raises NotFound for a kind we do not write."""
    if kind not in MEDIA_TYPES:
        raise NotFound("There is nothing at this address.")
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 (whoever sends it closes it)
    try:
        (_write_xlsx if kind == "xlsx" else _write_csv)(table, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write_csv(table: Table, file: IO[bytes]) -> None:
    """Write UTF-8 with a byte order mark, without which Excel takes it for another encoding."""
    text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([_harmless(column.title) for column in table.columns])
    for row in table.rows:
        writer.writerow([_harmless(value) for value in row])
    text.detach()


def _harmless(value: Value) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, str):
        return f"'{value}" if STARTS_FORMULA.match(value) else value
    return "" if value is None else str(value)


def _write_xlsx(table: Table, file: IO[bytes]) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheets = _Sheets(book, table)
        for row in table.rows:
            sheets.add(row)
        sheets.end()


class _Sheets:
    """Writes rows one below the other; begins another sheet where one is full."""

    def __init__(self, book: Any, table: Table) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
        self._book = book
        self._table = table
        self._heading = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self._text = book.add_format({"valign": "top", "num_format": "@"})
        self._count = 0
        self._begin()

    def add(self, row: Sequence[Value]) -> None:
        """Write one row."""
        if self._at == MAX_ROWS:
            self.end()
            self._begin()
        for column, value in enumerate(row):
            self._write(column, value)
        self._at += 1

    def end(self) -> None:
        """Let the rows be filtered."""
        self._sheet.autofilter(0, 0, max(1, self._at - 1), len(self._table.columns) - 1)

    def _begin(self) -> None:
        self._count += 1
        name = re.sub(r"[\[\]:*?/\\']", " ", self._table.name)[:25]
        self._sheet = self._book.add_worksheet(name if self._count == 1 else f"{name} {self._count}")
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        for number, column in enumerate(self._table.columns):
            self._sheet.set_column(number, number, column.width)
            self._sheet.write_string(0, number, _writable(column.title), self._heading)
        self._at = 1

    def _write(self, column: int, value: Value) -> None:
        if isinstance(value, date) and value.year < FIRST_YEAR:
            value = value.isoformat()
        if isinstance(value, datetime):
            self._sheet.write_datetime(self._at, column, value, self._moment)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._at, column, value, self._day)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._at, column, value)
        elif value:
            self._sheet.write_string(self._at, column, _writable(value), self._text)


def _writable(text: str) -> str:
    """Return text that is well-formed in XML; xlsxwriter escapes the control characters itself."""
    clean = NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    # xlsxwriter passes on what looks like its own rich text without escaping it
    return f"{clean} " if clean.startswith("<r>") and clean.endswith("</r>") else clean
