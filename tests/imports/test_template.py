"""The template: what it says is understood when it comes back, in either language."""

import csv
import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from app.errors import Forbidden, NotFound
from app.identity.actor import Role
from app.identity.models import User
from app.imports.checking import Known, check_table
from app.imports.columns import HEADS, column_of
from app.imports.names import Expectations, People
from app.imports.tables import read_table
from app.imports.template import given_for, write_template
from app.links.service import packs_of
from app.storage.blobs import Blob
from tests.builders import AT, TODAY, House, somebody
from tests.imports.sheets import altered

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def book_of(house: House, language: str) -> bytes:
    return write_template(given_for(house.session, house.programme, actor=house.contributor, at=AT), "xlsx", language)


def sheets_of(content: bytes) -> dict[str, list[list[str]]]:
    """Return every sheet's cells as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [list(map(str, row)) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
    }


@LANGUAGES
def test_its_first_sheet_has_the_head_only_and_the_second_explains_every_column(house: House, language: str) -> None:
    found = list(sheets_of(book_of(house, language)).values())
    assert [column_of(heading) for heading in found[0][0]] == list(HEADS)
    assert len(found[0]) == 1
    explained = [row for row in found[1][1:] if column_of(row[0])]
    assert [column_of(row[0]) for row in explained] == list(HEADS)
    assert all(row[2] and row[3] for row in explained)
    assert [row[1] for row in explained].count({"en": "yes", "zh": "是"}[language]) == 2


@LANGUAGES
def test_whatever_it_offers_for_a_choice_is_found_again(house: House, language: str) -> None:
    for login in ("same-1", "same-2"):
        same = somebody(house.session, house.programme.organisation_id, Role.CONTRIBUTOR, login=login)
        house.session.get_one(User, same.id).name = "Same"
    house.session.flush()
    given = given_for(house.session, house.programme, actor=house.contributor, at=AT)
    found = list(sheets_of(book_of(house, language)).values())
    known = Expectations(packs_of(house.session, house.programme))
    offered = {row[0]: row[1] for row in found[2][1:]}
    assert len(offered) == len(given.expectations) > 80
    assert {text: known.find(text)[0] for text in offered} == offered
    people = People(given.people, {login: login for login in given.people})
    assert {people.find(row[0]): row[1] for row in found[3][1:]} == {login: login for login in given.people}


@LANGUAGES
def test_the_example_of_every_column_can_be_imported(house: House, language: str) -> None:
    row = [head.example.in_(language) for head in HEADS.values()]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([[head.name.in_(language) for head in HEADS.values()], row])
    table = read_table(written.getvalue().encode("utf-8-sig"))
    [path] = [cell for cell in row if cell.startswith("2026-08/")]
    people = People({"1": "王敏"}, {"1": "wang.min"})
    packs = tuple(packs_of(house.session, house.programme))
    found = check_table(table, Known(packs, people, {path: Blob("a" * 64, 1)}, TODAY.replace(month=12)))
    assert found.problems == ()
    assert found.ready[0].coming.new.owner_id == "1"


@LANGUAGES
def test_cells_are_text_or_days_before_anything_is_typed_and_lists_can_be_chosen_from(
    house: House, language: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(book_of(house, language))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    styled = re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style=', sheet)
    assert sum(int(last) - int(first) + 1 for first, last in styled) == len(HEADS)
    assert 'formatCode="@"' in styles, "as text 8.10 stays 8.10"
    assert len(re.findall(r'<dataValidation type="list"', sheet)) == 3
    assert len(re.findall(r"<dataValidation ", sheet)) == len(HEADS)


def test_a_filled_template_is_read_though_its_other_sheets_have_merged_cells(house: House) -> None:
    content = altered(
        book_of(house, "zh"), "xl/worksheets/sheet1.xml", b"</sheetData>",
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c></row></sheetData>',
    )  # fmt: skip
    [row] = read_table(content).rows
    assert (row.number, dict(row.faults)) == (2, {})


@LANGUAGES
def test_as_csv_it_is_the_head_alone_as_excel_reads_it(house: House, language: str) -> None:
    given = given_for(house.session, house.programme, actor=house.contributor, at=AT)
    content = write_template(given, "csv", language)
    assert content.startswith(b"\xef\xbb\xbf")
    [head] = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert head == [each.name.in_(language) for each in HEADS.values()]


def test_there_is_no_other_kind_and_none_for_who_may_not_add(house: House) -> None:
    given = given_for(house.session, house.programme, actor=house.contributor, at=AT)
    with pytest.raises(NotFound):
        write_template(given, "pdf", "en")
    with pytest.raises(Forbidden):
        given_for(house.session, house.programme, actor=house.auditor, at=AT)
