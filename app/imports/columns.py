"""The columns of a table: how their headings read, in both languages at once, and what goes into them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.language import LANGUAGES, Message, Text, say


class Column(StrEnum):
    """A column, by the name of its field in the API."""

    TITLE = "title"
    EXPECTATIONS = "expectations"
    COLLECTED_ON = "collected_on"
    PERIOD_FROM = "period_from"
    PERIOD_TO = "period_to"
    VALID_UNTIL = "valid_until"
    OWNER = "owner"
    NIL_RETURN = "nil_return"
    NOTE = "note"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading, what goes into it, and an example; `others` are headings that are understood too."""

    name: Message
    what: Message
    example: Text
    needed: bool = False
    others: tuple[Message, ...] = ()


HEADS: Mapping[Column, Head] = {
    Column.TITLE: Head(
        say("Title"),
        say("What the record is, in one line of at most 300 characters."),
        Text("Incident records, August 2026", "2026 年 8 月事件记录"),
        needed=True,
    ),
    Column.EXPECTATIONS: Head(
        say("Expectations"),
        say(
            "What it proves: names or ids from the sheet of expectations, or the number of a clause that expects one "
            "record only. Several stand below each other in the cell, or with a semicolon between them."
        ),
        Text("8.6.1 Incident records", "8.6.1 事件记录"),
        others=(say("Expectation"),),
    ),
    Column.COLLECTED_ON: Head(
        say("Collected on"),
        say("The day it was taken from its source: its age counts from there."),
        Text("2026-09-02", "2026-09-02"),
        needed=True,
    ),
    Column.PERIOD_FROM: Head(
        say("Period from"),
        say("First day of the period that it covers, where it covers one."),
        Text("2026-08-01", "2026-08-01"),
    ),
    Column.PERIOD_TO: Head(
        say("Period to"),
        say("Last day of that period; it has to be over."),
        Text("2026-08-31", "2026-08-31"),
    ),
    Column.VALID_UNTIL: Head(
        say("Valid until"),
        say("Last day on which it holds, where it says so, as a certificate does."),
        Text("2027-08-31", "2027-08-31"),
    ),
    Column.OWNER: Head(
        say("Owner"),
        say("Whose it is: name or login of somebody with a role here. Left empty: nobody yet."),
        Text("wang.min", "王敏"),
    ),
    Column.NIL_RETURN: Head(
        say("Nil return"),
        say("“yes” where nothing happened in the period: the note then says what did not, and no file is needed."),
        Text("no", "否"),
        others=(say("nil return"), say("Nothing happened")),
    ),
    Column.NOTE: Head(
        say("Note"),
        say("What the reader should know."),
        Text("Exported from the service desk", "由服务台系统导出"),
    ),
    Column.FILES: Head(
        say("Files"),
        say(
            "Names of the files that belong to it, with their folder where two are called the same; several below each "
            "other or with a semicolon between them. The files are sent together with the table."
        ),
        Text("2026-08/incidents.xlsx", "2026-08/事件清单.xlsx"),
        others=(say("File"),),
    ),
}
"""In the order of the template."""
NEEDED = tuple(column for column, head in HEADS.items() if head.needed)


def folded(text: str) -> str:
    """Return text as it is compared: without regard to case, to full-width forms, and to how much space is in it."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def column_of(heading: str) -> Column | None:
    """Return the column that a heading names, in either language or as the API does; None where it is none."""
    return _BY_HEADING.get(folded(heading))


_BY_HEADING = {
    folded(words.in_(language)): column
    for column, head in HEADS.items()
    for words in (head.name, *head.others, Message(column.value))
    for language in LANGUAGES
}
