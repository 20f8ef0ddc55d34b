"""Whether each row of a table can become evidence, and what is wrong with those that cannot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from app.catalogue.pack import Pack
from app.errors import AppError, Invalid, NotFound
from app.evidence.service import NewEvidence
from app.evidence.several import Coming
from app.evidence.versions import NewVersion, check_version
from app.imports.cells import day_in, names_in, truth_in
from app.imports.columns import Column
from app.imports.names import Expectations, People
from app.imports.paths import Paths, unclear
from app.imports.tables import Row, Table
from app.language import Message, say
from app.links.service import refuse_nil_return
from app.storage.blobs import Blob
from app.storage.files import NewFile, check_file
from app.validation import line

T = TypeVar("T")
COLUMNS = {"file": Column.FILES, "expectation_ids": Column.EXPECTATIONS, "owner_id": Column.OWNER}
"""Fields of evidence whose column is called otherwise."""
FAULTS: Mapping[str, Message] = {
    "error": say("The cell shows an error of the spreadsheet. Correct it there."),
    "formula": say("The formula was never calculated. Open and save the table in Excel, or write the value."),
    "merged": say("The cell is merged with others, so it is unclear which row it belongs to. Unmerge it."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, in which column (None: the row itself). `file` has not come, where that is it."""

    row: int
    column: Column | None
    message: Message
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can become evidence."""

    row: int
    coming: Coming


@dataclass(frozen=True)
class Check:
    """What would become of a table now. `problems` are in the order of the rows; `unneeded` files are named by none."""

    rows: int
    ready: tuple[Ready, ...]
    problems: tuple[Problem, ...]
    unneeded: tuple[str, ...]

    @cached_property
    def wrong(self) -> int:
        """How many rows have a problem."""
        return len({each.row for each in self.problems})

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Files that rows name and that have not come, each once."""
        return tuple(dict.fromkeys(each.file for each in self.problems if each.file is not None))


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are held against: what is expected, who is there, which files have come (by path), and the day."""

    packs: tuple[Pack, ...]
    people: People
    files: Mapping[str, Blob]
    today: date


def check_table(table: Table, known: Known) -> Check:
    """Return what would become of each row. Its days, names and files are read by the rules for single evidence."""
    return _Checking(known).check(table)


class _Checking:
    """Reads one table; what it needs for every row is made once."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._expectations = Expectations(known.packs)
        self._paths = Paths(known.files)
        self._used: set[str] = set()
        self._seen: dict[tuple[tuple[Column, str], ...], int] = {}

    def check(self, table: Table) -> Check:
        ready: list[Ready] = []
        problems: list[Problem] = []
        for row in table.rows:
            found = _Reading(row)
            coming = self._coming(found)
            self._note_repeated(found)
            if coming is not None and not found.problems:
                ready.append(Ready(row.number, coming))
            problems += found.problems
        unneeded = tuple(sorted(path for path in self._known.files if path not in self._used))
        return Check(len(table.rows), tuple(ready), tuple(problems), unneeded)

    def _coming(self, found: "_Reading") -> Coming | None:
        title = found.value(Column.TITLE, _title)
        expectations = found.value(Column.EXPECTATIONS, self._expectations.find)
        owner_id = found.value(Column.OWNER, self._known.people.find)
        nil = found.value(Column.NIL_RETURN, lambda text: truth_in(text, Column.NIL_RETURN))
        days = [found.value(column, _day(column)) for column in (Column.COLLECTED_ON, *PERIOD, Column.VALID_UNTIL)]
        files, count = self._files(found)
        collected_on, period_from, period_to, valid_until = days
        if collected_on is None or found.problems_of(*PERIOD, Column.VALID_UNTIL, Column.NIL_RETURN):
            return None
        note = found.value(Column.NOTE, str) or ""
        version = NewVersion(collected_on, period_from, period_to, valid_until, nil_return=bool(nil), note=note)
        checked = found.trying(lambda: check_version(version, count, self._known.today))
        if nil:
            found.trying(lambda: refuse_nil_return(self._known.packs, expectations or ()))
        if checked is None or title is None:
            return None
        return Coming(NewEvidence(title, checked, expectations or (), owner_id), tuple(files))

    def _files(self, found: "_Reading") -> tuple[list[NewFile], int]:
        """Return the files that a row names and that have come, and how many it names."""
        names = found.value(Column.FILES, lambda text: names_in(text, whole=lambda name: bool(self._paths.find(name))))
        files = []
        for name in names or ():
            paths = self._paths.find(name)
            self._used.update(paths)
            if not paths:
                found.miss(name)
            elif len(paths) > 1:
                found.add(Column.FILES, unclear(name, paths))
            else:
                file = NewFile(paths[0].rpartition("/")[2], self._known.files[paths[0]])
                if found.trying(lambda file=file: check_file(file)) is not None:  # type: ignore[misc]
                    files.append(file)
        return files, len(names or ()) if names is not None else 1  # what is wrong with the cell is said already

    def _note_repeated(self, found: "_Reading") -> None:
        cells = tuple(sorted(found.row.cells.items()))
        before = self._seen.setdefault(cells, found.row.number)
        if cells and before != found.row.number:
            found.add(None, say("It is the same as row {row}. Delete one of the two.", row=before))


PERIOD = (Column.PERIOD_FROM, Column.PERIOD_TO)


class _Reading:
    """One row while it is read; collects what is wrong with it."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = [
            Problem(row.number, column, FAULTS[kind]) for column, kind in sorted(row.faults.items())
        ]

    def value(self, column: Column, read: Callable[[str], T]) -> T | None:
        """Return what stands in a column, None where that is wrong, which is then noted."""
        if column in self.row.faults:
            return None
        return self.trying(lambda: read(self.row.cells.get(column, "")))

    def trying(self, act: Callable[[], T]) -> T | None:
        """Return what `act` returns, None where it refuses, which is then noted."""
        try:
            return act()
        except (Invalid, NotFound) as error:
            self.add(_column_of(error), error.message)
            return None

    def add(self, column: Column | None, message: Message) -> None:
        """Note what is wrong."""
        self.problems.append(Problem(self.row.number, column, message))

    def miss(self, name: str) -> None:
        """Note that a file has not come."""
        message = say("The file “{name}” has not come. Send it too, or correct its name.", name=name)
        self.problems.append(Problem(self.row.number, Column.FILES, message, name))

    def problems_of(self, *columns: Column) -> bool:
        """Say whether something is wrong in one of these columns."""
        return any(each.column in columns for each in self.problems)


def _title(text: str) -> str:
    if not text.strip():
        raise Invalid("The title is missing: say what the record is.", field=Column.TITLE)
    return line(text, Column.TITLE)


def _day(column: Column) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        day = day_in(text, column)
        if day is None and column is Column.COLLECTED_ON:
            raise Invalid("The day it was collected is missing: its age counts from there.", field=column)
        return day

    return read


def _column_of(error: AppError) -> Column | None:
    field = error.field or ""
    return COLUMNS.get(field) or (Column(field) if field in list(Column) else None)
