"""Rows held against what is expected, who is there and which files came: each error in its row and column."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from app.catalogue.pack import Action, Pack
from app.catalogue.reading import shipped
from app.imports.checking import Check, Known, check_table
from app.imports.columns import Column
from app.imports.names import Expectations, People
from app.imports.tables import Row, Table
from app.storage.blobs import Blob
from tests.builders import F2011, F2018, RECORD

TODAY = date(2026, 8, 10)
PACKS = tuple(each for code in (F2018, F2011) for each in shipped() if isinstance(each, Pack) and each.id == code)
NAMES = {"1": "王敏", "2": "Li Wei", "3": "Li  WEI"}
PEOPLE = People(NAMES, {"1": "wang.min", "2": "li.wei", "3": "li.wei2", "9": "gone"})
SOME = Blob("a" * 64, 5)
FILES = {"2026-07/a.pdf": SOME, "2026-08/a.pdf": SOME, "2026-08/报告; 终稿.pdf": SOME, "empty.txt": Blob("b" * 64, 0)}
GOOD = {"title": "Incidents", "collected_on": "2026-08-02", "files": "2026-07/a.pdf"}
NO_NIL = "sla-performance-report"


def check(*rows: Mapping[str, str], files: Mapping[str, Blob] = FILES) -> Check:
    """Check rows that begin with number 2."""
    found = [
        Row(number, {Column(name): text for name, text in cells.items() if text})
        for number, cells in enumerate(rows, start=2)
    ]
    return check_table(Table(tuple(found)), Known(PACKS, PEOPLE, files, TODAY))


def problems(**cells: str) -> list[tuple[str | None, str]]:
    """Return columns and sentences of what is wrong with one row, which is good but for these cells."""
    return [(each.column, str(each.message)) for each in check({**GOOD, **cells}).problems]


def test_a_row_becomes_evidence_with_all_that_its_cells_say() -> None:
    cells = {
        "title": " 7 月事件\n记录 ",
        "expectations": f"{RECORD}; 8.6.1 major-incident-report",
        "collected_on": "2026年8月2日",
        "period_from": "2026/7/1",
        "period_to": "20260731",
        "valid_until": "2027.8.1",
        "owner": "王敏",
        "note": " from the desk ",
        "files": "2026-07\\A.PDF\n报告; 终稿.pdf",
    }
    found = check(cells)
    assert found.problems == ()
    [ready] = found.ready
    new, files = ready.coming
    assert (ready.row, new.title, new.owner_id) == (2, "7 月事件 记录", "1")
    assert new.expectation_ids == (RECORD, "major-incident-report")
    version = new.version
    assert (version.collected_on, version.period_from, version.period_to) == (
        date(2026, 8, 2), date(2026, 7, 1), date(2026, 7, 31),
    )  # fmt: skip
    assert (version.valid_until, version.note, version.nil_return) == (date(2027, 8, 1), "from the desk", False)
    assert [file.name for file in files] == ["a.pdf", "报告; 终稿.pdf"]


def test_a_nil_return_needs_no_file() -> None:
    nil = {"nil_return": "是", "period_from": "2026-07-01", "period_to": "2026-07-31", "note": "none"}
    found = check({**GOOD, **nil, "files": "", "expectations": "major-incident-report"})
    assert found.problems == ()
    assert found.ready[0].coming.new.version.nil_return


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"title": ""}, "title", "The title is missing"),
        ({"title": "x" * 301}, "title", "at most 300"),
        ({"title": "a\x00b"}, "title", "cannot be stored"),
        ({"collected_on": ""}, "collected_on", "The day it was collected is missing"),
        ({"collected_on": "1/8/2026"}, "collected_on", "“1/8/2026” is no day"),
        ({"collected_on": "2026-02-30"}, "collected_on", "is no day"),
        ({"collected_on": "46236"}, "collected_on", "is no day"),
        ({"collected_on": "2026-08-11"}, "collected_on", "in the future"),
        ({"collected_on": "1026-08-02"}, "collected_on", "too long ago"),
        ({"period_from": "2026-07-01"}, "period_to", "a first and a last day"),
        ({"period_from": "2026-07-01", "period_to": "soon"}, "period_to", "is no day"),
        ({"period_from": "2026-07-01", "period_to": "2026-06-30"}, "period_to", "before it begins"),
        ({"period_from": "2026-08-01", "period_to": "2026-08-31"}, "period_to", "has not ended"),
        ({"valid_until": "2026-08-01"}, "valid_until", "ended before it was collected"),
        ({"owner": "zhang.san"}, "owner", "Nobody with a role here is called “zhang.san”"),
        ({"owner": "gone"}, "owner", "Nobody with a role here"),
        ({"owner": "li wei"}, "owner", "Several people here are called li wei"),
        ({"nil_return": "perhaps"}, "nil_return", "neither yes nor no"),
        ({"nil_return": "yes"}, "note", "write it in the note"),
        ({"nil_return": "yes", "note": "none"}, "period_from", "is for a period"),
        ({"note": "x" * 4001}, "note", "at most 4000"),
        ({"expectations": "no-such-thing"}, "expectations", "“no-such-thing” is nothing that is expected"),
        ({"expectations": f"{RECORD}, 9.9.9"}, "expectations", "“9.9.9” is nothing that is expected"),
        ({"expectations": "8.6.1"}, "expectations", "Several records are expected at 8.6.1: "),
        ({"files": ""}, "files", "Evidence needs a file"),
        ({"files": "b.pdf"}, "files", "The file “b.pdf” has not come"),
        ({"files": "a.pdf"}, "files", "Several files are called a.pdf: 2026-07/a.pdf, 2026-08/a.pdf"),
        ({"files": "empty.txt"}, "files", "is empty: it proves nothing"),
        ({"files": ";".join(f"{each}.pdf" for each in range(101))}, "files", "at most 100 files"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_column(cells: dict[str, str], column: str, said: str) -> None:
    found = problems(**cells)
    assert (column, True) in [(where, said in why) for where, why in found], found
    assert {where for where, _ in found} == {column}


def test_a_nil_return_is_refused_where_something_is_due_in_every_period() -> None:
    nil = {"nil_return": "yes", "period_from": "2026-07-01", "period_to": "2026-07-31", "note": "none", "files": ""}
    [(column, said)] = problems(**nil, expectations=NO_NIL)
    assert (column, "takes no nil return" in said) == ("nil_return", True)


def test_everything_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = problems(title="", collected_on="x", period_to="y", owner="z", nil_return="?", expectations="?", files="?")
    assert [column for column, _ in found] == [
        "title", "expectations", "owner", "nil_return", "collected_on", "period_to", "files",
    ]  # fmt: skip


def test_cells_that_the_reader_could_not_read_are_errors_and_are_not_taken_for_empty() -> None:
    row = Row(
        7, {Column.TITLE: "a", Column.COLLECTED_ON: "2026-08-02"}, {Column.FILES: "merged", Column.OWNER: "error"}
    )
    found = check_table(Table((row,)), Known(PACKS, PEOPLE, FILES, TODAY))
    assert [(each.row, each.column) for each in found.problems] == [(7, "files"), (7, "owner")]
    assert found.ready == ()


def test_a_row_that_is_there_twice_is_said() -> None:
    found = check(GOOD, {**GOOD, "title": "other"}, GOOD)
    assert [(each.row, each.column, str(each.message)) for each in found.problems] == [
        (4, None, "It is the same as row 2. Delete one of the two.")
    ]
    assert (found.rows, found.wrong, [each.row for each in found.ready]) == (3, 1, [2, 3])


def test_files_that_no_row_names_and_files_that_have_not_come_are_listed() -> None:
    found = check(GOOD, {**GOOD, "title": "b", "files": "x.pdf;y.pdf"}, {**GOOD, "title": "c", "files": "x.pdf"})
    assert found.missing == ("x.pdf", "y.pdf")
    assert found.unneeded == ("2026-08/a.pdf", "2026-08/报告; 终稿.pdf", "empty.txt")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ()),
        (" INCIDENT-records ", (RECORD,)),
        ("Incident records", (RECORD,)),
        ("事件记录", (RECORD,)),
        ("8.6.1 事件记录", (RECORD,)),
        ("8.1 Incident records", (RECORD,)),
        ("incident-records service-request-records", (RECORD, "service-request-records")),
        ("incident-records、service-request-records", (RECORD, "service-request-records")),
        (f"{RECORD}\n{RECORD}", (RECORD,)),
        (
            "Top management commitment evidence: meetings, messages, resource decisions",
            ("management-commitment-record",),
        ),
    ],
)
def test_expectations_are_found_by_whatever_they_are_called(text: str, ids: Sequence[str]) -> None:
    known = Expectations([pack for pack in PACKS if "8.1" not in text or pack.id == F2011])
    assert known.find(text) == tuple(ids)


@pytest.mark.parametrize(
    ("text", "found"),
    [("王敏", "1"), ("wang min", "1"), ("王敏 Wang Min", "1"), ("WANG.MIN", "1"), ("阿依·努尔", "2"), ("", None)],
)
def test_people_are_found_by_their_login_and_by_either_way_their_name_is_written(text: str, found: str | None) -> None:
    people = People({"1": "王敏 Wang Min", "2": "阿依·努尔", "3": "Li Wei"}, {"1": "wang.min"})
    assert people.find(text) == found


def test_every_expectation_is_found_by_its_id_and_by_its_name_in_both_languages() -> None:
    known = Expectations(PACKS)
    for pack in PACKS:
        for each in pack.expectations:
            for name in (each.id, each.name.en, each.name.zh, f"{each.clause} {each.name.zh}"):
                assert known.find(name) == (each.id,), name


def test_the_number_of_a_clause_stands_for_the_one_record_that_is_expected_there() -> None:
    known = Expectations(PACKS[:1])
    records: dict[str, list[Any]] = {}
    for each in PACKS[0].expectations:
        if each.action is Action.RETAIN:
            records.setdefault(each.clause, []).append(each.id)
    alone = {clause: ids[0] for clause, ids in records.items() if len(ids) == 1}
    assert len(alone) > 10
    assert {clause: known.find(clause)[0] for clause in alone} == alone
