"""The template of a table: its head, how it is filled in, what is expected here, and who can own something."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from app.catalogue.pack import Action, Expectation
from app.errors import NotFound
from app.identity.actor import Actor, Permission
from app.identity.names import logins_of
from app.identity.service import members
from app.imports.columns import HEADS, Column, folded
from app.imports.worker import MOST_ROWS
from app.language import Message, say
from app.links.service import packs_of
from app.programmes.models import Programme

KINDS = ("xlsx", "csv")
WIDTHS: Mapping[Column, int] = {
    Column.TITLE: 40,
    Column.EXPECTATIONS: 44,
    Column.OWNER: 16,
    Column.NOTE: 36,
    Column.FILES: 40,
}
"""In characters; the others are as wide as a day."""
DAYS = frozenset({Column.COLLECTED_ON, Column.PERIOD_FROM, Column.PERIOD_TO, Column.VALID_UNTIL})
DAY_WIDTH = 14
MOST_HINT = 255
"""Characters that a spreadsheet shows beside a cell."""
RULES: Sequence[Message] = (
    say("One row is one piece of evidence. Leave the head as it is; columns that are not needed may be deleted."),
    say("A table has at most {most} rows.", most=MOST_ROWS),
    say("Of a formula what it shows is taken. Cells that are merged, or show an error, are refused."),
    say("Nothing is imported while one row has an error; what was imported can be undone as a whole."),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a template tells about a programme: the records that are expected, and people by login."""

    expectations: tuple[Expectation, ...]
    people: Mapping[str, str]


def given_for(session: Session, programme: Programme, *, actor: Actor, at: datetime) -> Given:
    """Return what the template of a programme tells. Raises NotFound, Forbidden for who may not add evidence."""
    actor.must(Permission.ADD_EVIDENCE, programme.organisation_id, programme.id)
    records = {
        each.id: each
        for pack in reversed(packs_of(session, programme))
        for each in pack.expectations
        if each.action is Action.RETAIN
    }  # where several frameworks expect one, the first of them says where
    order = {each.id: None for pack in packs_of(session, programme) for each in pack.expectations}
    names = members(session, programme.organisation_id, at=at)
    logins = logins_of(session, names)
    return Given(
        tuple(records[each] for each in order if each in records), {logins[each]: name for each, name in names.items()}
    )


def write_template(given: Given, kind: str, language: str) -> bytes:
    """Return the template as the bytes of a file. Raises NotFound for a kind we do not write."""
    if kind == "csv":
        return _csv(language)
    if kind != "xlsx":
        raise NotFound("There is nothing at this address.")
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        _Book(book, given, language).write()
    return written.getvalue()


def _csv(language: str) -> bytes:
    """Return the head, with a byte order mark, without which Excel takes UTF-8 for another encoding."""
    written = io.StringIO(newline="")
    csv.writer(written).writerow(head.name.in_(language) for head in HEADS.values())
    return written.getvalue().encode("utf-8-sig")


class _Book:
    """Writes the workbook in one language."""

    def __init__(self, book: Any, given: Given, language: str) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
        self._given, self._language = given, language
        self._main, self._help, self._expected, self._people = (
            book.add_worksheet(name.in_(language))
            for name in (say("Evidence"), say("How to fill it in"), say("What is expected"), say("People"))
        )
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})

    def write(self) -> None:
        """Write every sheet."""
        self._write_help()
        self._write_sheet(
            self._expected,
            [(say("Write this"), 60), (say("Id"), 34), (say("Clause"), 10), (say("Nil return"), 12)],
            [
                (self._called(each), each.id, each.clause, self._yes(each.nil_return))
                for each in self._given.expectations
            ],
        )
        counted = Counter(folded(name) for name in self._given.people.values())
        owners = [(name if counted[folded(name)] == 1 else login, login) for login, name in self._given.people.items()]
        self._write_sheet(self._people, [(say("Write this"), 30), (say("Login"), 30)], owners)
        self._write_main(len(owners))

    def _write_main(self, owners: int) -> None:
        sheet = self._main
        sheet.freeze_panes(1, 0)
        for place, (column, head) in enumerate(HEADS.items()):
            cells = self._day if column in DAYS else self._text  # as text 8.10 stays 8.10
            sheet.set_column(place, place, WIDTHS.get(column, DAY_WIDTH), cells)
            sheet.write_string(0, place, head.name.in_(self._language), self._head)
            rule = {
                "input_title": head.name.in_(self._language)[:32],
                "input_message": self._hint(head.what.in_(self._language)),
                **self._choices(column, owners),
            }
            sheet.data_validation(1, place, MOST_ROWS, place, rule)

    def _choices(self, column: Column, owners: int) -> dict[str, Any]:
        """Return what can be chosen in a column; several expectations may be typed, so others are let in there."""
        if column is Column.NIL_RETURN:
            return {"validate": "list", "source": [self._yes(each) for each in (True, False)]}
        if column is Column.OWNER and owners:
            return {"validate": "list", "source": _range(self._people, owners), "show_error": False}
        if column is Column.EXPECTATIONS and self._given.expectations:
            source = _range(self._expected, len(self._given.expectations))
            return {"validate": "list", "source": source, "show_error": False}
        return {"validate": "any"}

    def _write_help(self) -> None:
        rows = [
            (
                head.name.in_(self._language),
                self._yes(head.needed),
                head.what.in_(self._language),
                head.example.in_(self._language),
            )
            for head in HEADS.values()
        ]
        heading = [(say("Column"), 18), (say("Needed"), 10), (say("What goes into it"), 80), (say("Example"), 34)]
        self._write_sheet(self._help, heading, rows)
        for number, rule in enumerate(RULES, start=len(rows) + 2):
            self._help.merge_range(number, 0, number, 3, rule.in_(self._language), self._text)

    def _write_sheet(self, sheet: Any, heading: Sequence[tuple[Message, int]], rows: Sequence[Sequence[str]]) -> None:  # noqa: ANN401
        sheet.freeze_panes(1, 0)
        for place, (name, width) in enumerate(heading):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, name.in_(self._language), self._head)
        for number, row in enumerate(rows, start=1):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text, self._text)

    def _called(self, expectation: Expectation) -> str:
        return f"{expectation.clause} {expectation.name.in_(self._language)}"

    def _yes(self, value: bool) -> str:  # noqa: FBT001 (it is worded)
        return (say("yes") if value else say("no")).in_(self._language)

    def _hint(self, text: str) -> str:
        return text if len(text) <= MOST_HINT else text[: MOST_HINT - 1] + "…"


def _range(sheet: Any, count: int) -> str:  # noqa: ANN401 (xlsxwriter ships no types)
    name = sheet.get_name().replace("'", "''")
    return f"='{name}'!$A$2:$A${count + 1}"
