"""Cells of a sheet whose value cannot be known: errors, and formulas that nobody has calculated yet.

The library that reads the values shows both as empty cells. Read in confinement only: see `worker`.
"""

import posixpath
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
BOOK = "xl/workbook.xml"


def sheet_part(archive: ZipFile, name: str) -> str:
    """Return the part of a workbook that holds the sheet of this name. Raises KeyError. Source: ECMA-376, 1, 12.3."""
    targets = {each.get("Id"): each.get("Target", "") for each in _elements(archive, "xl/_rels/workbook.xml.rels")}
    for each in _elements(archive, BOOK):
        if _name(each) == "sheet" and each.get("name") == name:
            target = targets[each.get(RELATION) or each.get(STRICT_RELATION)]
            return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    raise KeyError(name)


def faults_of(part: IO[bytes], *, most: int) -> Iterator[tuple[int, int, str]]:
    """Yield row (from 1), column (from 0) and `error` or `formula` of such cells, at most so many."""
    row, column, found = 0, -1, 0
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314 (in confinement, with little memory)
        kind = _name(element)
        if event == "start" and kind == "row":
            row, column = int(element.get("r") or row + 1), -1
        elif event == "end" and kind == "c":
            column = _column(element.get("r", "")) if element.get("r") else column + 1
            if (fault := _fault(element)) and found < most:
                found += 1
                yield row, column, fault
        elif event == "end" and kind == "row":
            element.clear()


def _fault(cell: Element) -> str | None:
    value = next((each for each in cell if _name(each) == "v"), None)
    if cell.get("t") == "e":
        return "error"
    return "formula" if value is None and any(_name(each) == "f" for each in cell) else None


def _column(reference: str) -> int:
    """Return the column of a reference such as AB12, from 0."""
    number = 0
    for char in reference:
        if not char.isalpha():
            break
        number = number * 26 + ord(char.upper()) - ord("A") + 1
    return number - 1


def _elements(archive: ZipFile, part: str) -> Iterator[Element]:
    with archive.open(part) as opened:
        for _, element in iterparse(opened):  # noqa: S314 (in confinement, with little memory)
            yield element


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
