"""Tables as people send them, made for tests."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

HEAD = ("Title", "Expectations", "Collected on", "Period from", "Period to", "Owner", "Nil return", "Note", "Files")
GOOD = ("Incidents", "incident-records", "2026-08-02", "2026-07-01", "2026-07-31", "", "", "", "incidents.xlsx")
"""A row that can become evidence, with one file."""
NIL = ("Major incidents", "major-incident-report", "2026-08-02", "2026-07-01", "2026-07-31", "", "yes", "None.", "")
"""A row that can become evidence, without a file."""
Rows = Sequence[Sequence[Any]]


def csv_of(
    *rows: Sequence[Any], head: Sequence[str] = HEAD, encoding: str = "utf-8-sig", delimiter: str = ","
) -> bytes:
    """Return rows below a head as the bytes of a CSV."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([head, *rows])
    return written.getvalue().encode(encoding)


def xlsx_of(*rows: Sequence[Any], head: Sequence[str] = HEAD, more: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return rows below a head as the bytes of a workbook; `more` may add to the book and its sheet."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate([head, *rows]):
            for column, value in enumerate(row):
                if isinstance(value, date | datetime):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
        if more is not None:
            more(book, sheet)
    return written.getvalue()


def altered(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with something in one of its parts replaced; fails where that is not there."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(written, "w") as copy:
        for name in archive.namelist():
            inside = archive.read(name)
            if name == part:
                assert old in inside
                inside = inside.replace(old, new)
            copy.writestr(name, inside)
    return written.getvalue()
