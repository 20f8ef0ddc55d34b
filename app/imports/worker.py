"""`python -m app.imports.worker`: a workbook or CSV from standard input, its cells as text to standard output, as JSON.

`rows`: pairs of a row's number, as spreadsheets count it, and its cells; empty rows are left out. `merged`: ranges of
cells. `faults`: cells whose value cannot be known, with the reason. Or `refused`: why the whole table is not read.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from zipfile import ZipFile

from app.confined import check_unpacked, serve
from app.imports.columns import column_of, folded
from app.imports.sheets import faults_of, sheet_part
from app.language import LANGUAGES, say

MOST_ROWS = 5000
MOST_COLUMNS = 200
MOST_CHARACTERS = 8_000_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = ",;\t"
NAMES = {folded(say("Evidence").in_(language)) for language in LANGUAGES}
"""What the sheet of the template is called."""
Rows = Iterable[tuple[int, Sequence[str]]]


class RefusedError(Exception):
    """The table is not read; the word says why."""


def read(_arguments: Sequence[str], content: bytes) -> bytes:
    """Return what is in a table, as JSON."""
    try:
        found = _read(content)
    except RefusedError as error:
        found = {"refused": str(error)}
    return json.dumps(found).encode()


def _read(content: bytes) -> dict[str, Any]:
    if content.startswith(OLE):
        raise RefusedError("old")
    if content.startswith(ZIP):
        return _workbook(content)
    return {"rows": _kept(_lines(_decoded(content))), "merged": [], "faults": []}


def _workbook(content: bytes) -> dict[str, Any]:
    check_unpacked(content)
    with ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise RefusedError("other")
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 (only for workbooks)

        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            raise RefusedError("empty")
        name = next((each for each in book.sheet_names if folded(each) in NAMES), book.sheet_names[0])
        sheet = book.get_sheet_by_name(name)
        if sheet.width > MOST_COLUMNS:
            raise RefusedError("wide")
        left = sheet.start[1] if sheet.start else 0  # the library begins at the first row, but at the first cell of it
        rows = ((number, [""] * left + [_text(value) for value in row])
                for number, row in enumerate(sheet.iter_rows(), start=1))  # fmt: skip
        kept = _kept(rows)
        with archive.open(sheet_part(archive, name)) as part:
            faults = list(faults_of(part, most=MOST_ROWS * MOST_COLUMNS))
    merged = [[first[0] + 1, first[1], last[0] + 1, last[1]] for first, last in sheet.merged_cell_ranges or ()]
    return {"rows": kept, "merged": merged, "faults": faults}


def _decoded(content: bytes) -> str:
    """Return the text in the encoding it is in: what Excel writes in China without being asked is GB 18030."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("encoding")


def _lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    try:
        known = {each: sum(column_of(cell) is not None for cell in _split(head, each)) for each in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda each: known[each])
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    except csv.Error as error:
        raise RefusedError("broken") from error


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _kept(rows: Rows) -> list[tuple[int, Sequence[str]]]:
    """Return the rows with anything in them. Raises RefusedError for more than a head and 5,000, and for a book."""
    kept: list[tuple[int, Sequence[str]]] = []
    size = 0
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise RefusedError("wide")
        size += sum(map(len, cells))
        if len(kept) > MOST_ROWS:
            raise RefusedError("long")
        if size > MOST_CHARACTERS:
            raise RefusedError("text")
        kept.append((number, cells))
    return kept


def _text(value: object) -> str:
    """Return a cell's value as text; days as ISO days, whatever the cell looks like."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


if __name__ == "__main__":
    sys.exit(serve(read))
