"""Tables read: whatever people send is either read right, or refused with the next step; nothing is lost in silence."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid, TooLarge
from app.imports import worker
from app.imports.columns import HEADS, Column, column_of
from app.imports.tables import MOST_BYTES, read_table, table_from_body
from app.imports.worker import MOST_ROWS
from tests.imports.sheets import GOOD, HEAD, altered, csv_of, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
SHORT = ("Title", "Collected on", "Note")


def only(content: bytes) -> dict[str, str]:
    """Return the cells of a table with one row."""
    [row] = read_table(content).rows
    assert row.faults == {}
    return {column.value: text for column, text in row.cells.items()}


def refused(content: bytes) -> str:
    """Return why a table is refused."""
    with pytest.raises(Invalid) as refusal:
        read_table(content)
    assert refusal.value.field == "table"
    return str(refusal.value)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_headings_are_understood_in_both_languages_and_as_the_api_calls_them(make: Any, language: str) -> None:
    head = [each.name.in_(language) for each in HEADS.values()]
    row = [column.value for column in HEADS]
    assert only(make(row, head=head)) == {column.value: column.value for column in HEADS}
    assert only(make(row, head=[column.value for column in HEADS])) == only(make(row, head=head))


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        (" COLLECTED  on ", Column.COLLECTED_ON),
        ("\uff34\uff49\uff54\uff4c\uff45", Column.TITLE),
        ("零报告", Column.NIL_RETURN),
        ("Nothing happened", Column.NIL_RETURN),
        ("Titel", None),
        ("", None),
    ],
)
def test_a_heading_is_understood_however_it_is_spaced_and_cased(heading: str, column: Column | None) -> None:
    assert column_of(heading) == column


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_excel_writes_it_here_and_there(encoding: str, delimiter: str) -> None:
    content = csv_of(("事件、记录; 一\n二", "2026年8月2日", "注"), head=SHORT, encoding=encoding, delimiter=delimiter)
    assert only(content) == {"title": "事件、记录; 一\n二", "collected_on": "2026年8月2日", "note": "注"}


def test_rows_are_counted_as_the_spreadsheet_counts_them() -> None:
    rows = [("a", "2026-08-02", "two\nlines"), ("", "", ""), ("b", "2026-08-03", " "), ("", "", "")]
    for content in (csv_of(*rows, head=SHORT), xlsx_of(*rows, head=SHORT)):
        assert [row.number for row in read_table(content).rows] == [2, 4]
    moved = xlsx_of(("", "", ""), ("", *SHORT), ("", "a", date(2026, 8, 2), "x"), head=("", "", ""))
    [row] = read_table(moved).rows
    assert (row.number, row.cells[Column.COLLECTED_ON]) == (4, "2026-08-02")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 8, 2), "2026-08-02"),
        (datetime(2026, 8, 2, 9, 30), "2026-08-02 09:30"),  # noqa: DTZ001 (spreadsheets know no zones)
        (2026, "2026"),
        (8.6, "8.6"),
        (True, "yes"),
        (False, "no"),
        ("  x  ", "x"),
        ("=1+1", "=1+1"),
        ("_x0000_", "_x0000_"),
    ],
)
def test_cells_of_a_workbook_become_the_text_that_people_mean(value: object, text: str) -> None:
    assert only(xlsx_of((value, "2026-08-02", "n"), head=SHORT))["title"] == text


def test_of_a_formula_what_it_showed_counts() -> None:
    def formulas(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 0, '="Incidents "&"08"', None, "Incidents 08")
        sheet.write_formula(1, 1, "=TODAY()", book.add_format({"num_format": "yyyy/m/d"}), 46236)
        sheet.write_formula(1, 2, '=""', None, "")

    assert only(xlsx_of(head=SHORT, more=formulas)) == {"title": "Incidents 08", "collected_on": "2026-08-02"}


def test_what_cannot_be_known_is_a_fault_of_its_cell_and_never_an_empty_one() -> None:
    def faults(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 2, "=1+1", None, "NOT CALCULATED")
        sheet.merge_range(3, 1, 4, 2, "merged")

    content = xlsx_of(
        *[(title, "2026-08-02", "") for title in "abcd"], ("e", "2026-08-02", "n"), head=SHORT, more=faults
    )
    content = altered(content, SHEET, b"<v>NOT CALCULATED</v>", b"")
    rows = read_table(content).rows
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert [dict(row.faults) for row in rows] == [
        {Column.NOTE: "error"},
        {Column.NOTE: "formula"},
        {Column.COLLECTED_ON: "merged", Column.NOTE: "merged"},
        {Column.COLLECTED_ON: "merged", Column.NOTE: "merged"},
        {},
    ]
    assert table_from_body(read_table(content).body()).rows == rows


def test_rows_merged_into_one_are_told_of_each() -> None:
    content = xlsx_of(("a", "2026-08-02", ""), head=SHORT, more=lambda _, sheet: sheet.merge_range(2, 0, 3, 2, "b"))
    assert [(row.number, set(row.faults.values())) for row in read_table(content).rows] == [(2, set()), (3, {"merged"})]


def test_the_sheet_of_the_template_is_found_behind_others() -> None:
    def behind(book: Any, _sheet: Any) -> None:
        sheet = book.add_worksheet("证据")
        for number, row in enumerate((SHORT, ("there", "2026-08-02", ""))):
            sheet.write_row(number, 0, row)

    assert only(xlsx_of(("here",), head=("Whatever",), more=behind))["title"] == "there"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (("Whatever", "Else"), "none of its headings"),
        ((*SHORT, "Cost"), "not known here: Cost"),
        (("Title", "Note"), "lacks the column Collected on"),
        (("Title", "Collected on", "标题"), "The column Title is there twice"),
        (("Title", "Collected on", ""), "Row 2 has something in column C"),
    ],
)
@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_another_head_is_refused_with_what_is_wrong_about_it(make: Any, head: Sequence[str], said: str) -> None:
    assert said in refused(make(("a", "2026-08-02", "x"), head=head))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The table is empty"),
        (b"\xef\xbb\xbf\r\n,,\r\n", "The table is empty"),
        (csv_of(), "no row below its head"),
        (xlsx_of(), "no row below its head"),
        (xlsx_of(head=()), "The table is empty"),
        (b"\xd0\xcf\x11\xe0old", "before 2007"),
        (b"\xff\xfe\x00\xd8", "neither in UTF-8 nor"),
        (b"Title,Collected on\n\xff\xff\xff", "neither in UTF-8 nor"),
        (b"PK\x03\x04 nothing of the kind", "cannot be read"),
        (b'Title,Collected on\n"' + b"x" * 200_000, "a quotation mark is not closed"),
        (csv_of(["x"] * 300), "more than 200 columns"),
        (csv_of(*[("a", "2026-08-02", str(each)) for each in range(MOST_ROWS + 1)], head=SHORT), "at most 5000 rows"),
        (csv_of(*[("a", "2026-08-02", "x" * 5000)] * 2000, head=SHORT), "more text than can be imported"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_ours_is_refused_with_the_next_step(content: bytes, said: str) -> None:
    assert said in refused(content)


def test_a_table_may_have_5000_rows() -> None:
    rows = [("a", date(2026, 8, 2), str(number)) for number in range(MOST_ROWS)]
    table = read_table(xlsx_of(*rows, head=SHORT))
    assert (len(table.rows), table.rows[-1].number) == (MOST_ROWS, MOST_ROWS + 1)


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(TooLarge):
        read_table(b"x" * (MOST_BYTES + 1))


def test_another_archive_is_no_workbook() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "neither XLSX nor CSV" in refused(written.getvalue())


def test_cells_far_apart_are_no_reason_to_take_gigabytes() -> None:
    far = xlsx_of(GOOD, more=lambda _, sheet: sheet.write_string(1_048_575, 16_383, "x"))
    assert "far too many cells" in refused(far)


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        with archive.open(SHEET, "w") as part:
            for _ in range(310):
                part.write(bytes(1 << 20))
    assert "cannot be read" in refused(written.getvalue())


def test_entities_that_unfold_into_each_other_are_not_unfolded() -> None:
    bomb = b"<!DOCTYPE x [<!ENTITY a '" + b"x" * 1000 + b"'>"
    bomb += b"".join(
        b"<!ENTITY %c '%s'>" % (new, b"&%c;" % old * 100) for old, new in zip(b"abcd", b"bcde", strict=True)
    )
    content = altered(xlsx_of(GOOD), SHEET, b'standalone="yes"?>', b'standalone="yes"?>' + bomb + b"]>")
    content = altered(content, SHEET, b"<sheetData>", b"<sheetData><row r='9'><c r='A9'><f>&e;</f></c></row>")
    assert "cannot be read" in refused(content)


def test_styled_cells_without_anything_in_them_are_no_rows() -> None:
    def styled(book: Any, sheet: Any) -> None:
        sheet.write_blank(1_000_000, 3, None, book.add_format({"bold": True}))

    assert len(read_table(xlsx_of(GOOD, more=styled)).rows) == 1


def pieces() -> st.SearchStrategy[bytes]:
    """Return bytes that look like tables more or less."""
    cells = st.sampled_from([*HEAD, "2026-08-01", "x", "=1", "\x00", '"', "\ud800", "零报告", ""]) | st.text(max_size=9)
    rows = st.lists(st.lists(cells, max_size=12), max_size=6)
    texts = rows.map(lambda found: "\r\n".join(",".join(row) for row in found).encode("utf-8", "replace"))
    books = st.tuples(st.integers(0, 6000), st.binary(min_size=1, max_size=3)).map(
        lambda harm: (book := xlsx_of(GOOD))[: harm[0]] + harm[1] + book[harm[0] + len(harm[1]) :]
    )
    return st.binary(max_size=400) | texts | books


@hypothesis.settings(max_examples=300)
@given(pieces())
def test_whatever_comes_is_read_or_refused_by_the_reader_itself(content: bytes) -> None:
    """In this process, so that the reader's own errors are seen; those of the libraries end the other process."""
    try:
        found = worker.read((), content)
    except Exception:
        if not content.startswith(b"PK"):
            raise
    else:
        assert found.startswith(b"{")


@hypothesis.settings(max_examples=25)
@given(pieces())
def test_whatever_comes_becomes_a_table_or_a_refusal(content: bytes) -> None:
    try:
        table = read_table(content)
    except Invalid as error:
        field = error.field
    else:
        field = "table" if table.rows else ""
    assert field == "table"
