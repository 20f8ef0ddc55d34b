import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, date, datetime

import pytest

from app.documents.service import DocumentKind, Level, NewDocument, add_document
from app.http import sheets
from app.http.sheets import Column, Table, Value, write
from app.programmes.service import find_programme
from tests.builders import INSTALLER
from tests.web.conftest import HOME, Site
from tests.web.test_coverage import actor, month, record_of
from tests.web.test_journal import fill

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
LISTS = ("evidence", "documents", "journal", "worklist", "clauses", "coverage")
HOSTILE = '=HYPERLINK("http://x","a") <r>&\'é'


def cells(content: bytes, sheet: int = 1) -> list[list[str]]:
    """Return the words and numbers of a sheet, row by row; fails where there is a formula in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 (we have just written it)
    assert root.findall(".//m:f", NAMES) == []
    return [["".join(cell.itertext()) for cell in row.findall("m:c", NAMES)] for row in root.findall(".//m:row", NAMES)]


def written(made: Table, kind: str) -> bytes:
    """Return a table as the bytes of a file."""
    with write(made, kind) as file:
        return file.read()


def table(site: Site, name: str, query: str = "") -> list[list[str]]:
    """Take a list along as CSV."""
    answer = site.get(f"{HOME}/{name}/export.csv{query}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_list_can_be_taken_along_as_a_workbook_and_as_csv_with_the_same_rows(
    site: Site, name: str, language: str
) -> None:
    record_of(site, month(2), title="事件记录 2026")
    site.sign_in("officer", language)
    answer = site.get(f"{HOME}/{name}/export.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == sheets.MEDIA_TYPES["xlsx"]
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="itsm-{name}-')
    assert int(answer.headers["content-length"]) == len(answer.content)
    book, plain = cells(answer.content), table(site, name)
    assert book[0] == plain[0]
    assert len(book) == len(plain)
    assert len(plain) > (1 if name != "documents" else 0)
    assert site.get(f"{HOME}/{name}/export.pdf").status_code == 404


def test_what_people_typed_stays_text_in_a_workbook_and_is_harmless_in_csv(site: Site) -> None:
    record_of(site, month(2), title=HOSTILE)
    record_of(site, month(3), title="<r><t>事件</t></r>")
    site.sign_in("officer")
    rows = cells(site.get(f"{HOME}/evidence/export.xlsx").content)
    assert [row[0].strip() for row in rows] == ["Title", "<r><t>事件</t></r>", HOSTILE]
    assert [row[0] for row in table(site, "evidence")] == ["Title", "<r><t>事件</t></r>", f"'{HOSTILE}"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_of_csv_begins_like_a_formula(start: str) -> None:
    made = written(Table("x", (Column(f"{start}h"),), [[f"{start}1+1"], [-5], [date(2026, 8, 1)]]), "csv")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert rows == [[f"'{start}h"], [f"'{start}1+1"], ["-5"], ["2026-08-01"]]


def test_days_are_real_days_the_header_is_frozen_and_rows_can_be_filtered() -> None:
    rows: list[list[Value]] = [[date(2026, 8, 1), datetime(2026, 8, 1, 12), 3, "\x01\ud800", date(1, 1, 1)]]  # noqa: DTZ001
    made = written(Table("Evidence: [x]/y", (*(Column(str(number), 30) for number in range(5)),), rows), "xlsx")
    assert cells(made)[1] == ["46235", "46235.5", "3", "_x0001_\ufffd", "0001-01-01"]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "yyyy-mm-dd" in book.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:E2"/>' in sheet
    assert 'customWidth="1"' in sheet


def test_more_rows_than_a_sheet_takes_go_on_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 4)
    made = written(Table("Items", (Column("n"),), ([number] for number in range(7))), "xlsx")
    found = [cells(made, number) for number in (1, 2, 3)]
    assert found == [[["n"], ["0"], ["1"], ["2"]], [["n"], ["3"], ["4"], ["5"]], [["n"], ["6"]]]


def test_all_rows_are_there_however_many_pages_they_come_in(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.export_items.MAX_PAGE", 3)
    made = {record_of(site, month(back % 4 + 2)) for back in range(8)}
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        for number in range(7):
            new = NewDocument(f"D-{number}", "方针", Level.L1, DocumentKind.POLICY)
            add_document(session, programme, new, actor=actor(session, site, "officer"), at=datetime.now(UTC))
    fill(site, 10)
    site.sign_in("officer")
    assert {row[-1] for row in table(site, "evidence")[1:]} == made
    assert [row[0] for row in table(site, "documents")[1:]] == [f"D-{number}" for number in range(7)]
    rows = table(site, "journal", "?subject=thing")
    assert rows[1][rows[0].index("Details")] == "Title: old 9 → new 9"
    numbers = [int(row[0]) for row in rows[1:]]
    assert len(numbers) == 10
    assert numbers == sorted(numbers, reverse=True)


def test_a_table_holds_what_the_filters_of_its_page_leave(site: Site) -> None:
    record_of(site, month(2), accept=False)
    record_of(site, month(3))
    site.sign_in("officer")
    assert {row[1] for row in table(site, "evidence", "?state=submitted")[1:]} == {"submitted"}
    assert {row[3] for row in table(site, "worklist", "?process=incident")[1:]} == {"8.6.1"}
    assert {row[0] for row in table(site, "coverage", "?process=incident")[1:]} == {"8.6.1"}
    assert site.get(f"{HOME}/evidence/export.csv?state=nothing").status_code == 422
    assert site.get(f"{HOME}/clauses/export.csv?framework=nothing").status_code == 404


def test_an_auditor_takes_along_only_what_an_auditor_sees(site: Site) -> None:
    record_of(site, month(2), title="awaiting", accept=False)
    record_of(site, month(3), title="in force")
    site.sign_in("auditor")
    assert [row[:2] for row in table(site, "evidence")[1:]] == [["in force", "accepted"]]
    for name in ("documents", "clauses", "coverage"):
        assert "awaiting" not in str(table(site, name))
    for name in ("journal", "worklist"):
        assert site.get(f"{HOME}/{name}/export.xlsx").status_code == 403


def test_nobody_takes_along_anything_who_has_not_signed_in(site: Site) -> None:
    assert site.get(f"{HOME}/evidence/export.xlsx").url.path == "/sign-in"
