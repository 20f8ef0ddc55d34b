"""Imports on the pages: the template, what would become of each row, files that follow, import and undo."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from sqlalchemy import func, select

from app.evidence.models import Evidence
from app.imports.models import EvidenceImport
from app.imports.worker import MOST_ROWS
from app.storage.models import StoredBlob
from tests.imports.sheets import GOOD, HEAD, NIL, csv_of, xlsx_of
from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.test_evidence import LIST

IMPORTS = f"{LIST}/imports"
BOOK = xlsx_of(GOOD, NIL)
FILE = ("file", ("incidents.xlsx", b"incidents"))


def table(content: bytes = BOOK, name: str = "登记表.xlsx") -> tuple[str, tuple[str, bytes]]:
    """Return a table as a form sends it."""
    return "table", (name, content)


def prepare(site: Site, *files: tuple[str, tuple[str, bytes]], **fields: str) -> httpx2.Response:
    """Send a table and files, and follow to the page of the draft."""
    return site.send(IMPORTS, IMPORTS, fields, files=list(files or (table(), FILE)))


def step(site: Site, page: str, name: str, **fields: str) -> httpx2.Response:
    """Use one of the forms of an import."""
    return site.send(page, f"{page}/{name}", fields)


def count(site: Site, kind: type) -> int:
    with site.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def stored(site: Site) -> int:
    """Return how many blobs are stored, which have to be those that are on record."""
    there = {path.name for path in Path(site.runtime.blobs.root).glob("??/*")}
    with site.runtime.database.reading() as session:
        assert set(session.scalars(select(StoredBlob.sha256))) == there
    return len(there)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_with_its_files_is_checked_imported_and_undone(site: Site, language: str) -> None:
    said = {
        "en": ("All rows can be", "Import 2 pieces of evidence", "Everything is imported", "The import is undone"),
        "zh": ("所有行均可导入", "导入 2 条证据", "已全部导入", "导入已撤销"),
    }[language]  # fmt: skip
    site.sign_in("contributor", language)
    assert f'href="{IMPORTS}"' in site.get(LIST).text
    page = prepare(site)
    address = page.url.path
    assert said[0] in text_of(page)
    assert said[1] in text_of(page)
    assert count(site, Evidence) == 0
    done = step(site, address, "apply")
    assert said[2] in text_of(done)
    assert [GOOD[0] in text_of(done), NIL[0] in text_of(done)] == [True, True]
    assert count(site, Evidence) == 2
    undone = step(site, address, "undo", reason="错了一年")
    assert said[3] in text_of(undone)
    assert "错了一年" in text_of(undone)
    assert "Contributor" in site.read(IMPORTS)
    with site.runtime.database.reading() as session:
        assert set(session.scalars(select(Evidence.state))) == {"withdrawn"}


def test_each_error_is_shown_with_its_row_and_column_and_can_be_taken_along(site: Site) -> None:
    site.sign_in("officer")
    wrong = (*NIL[:2], "=soon", *NIL[3:])
    page = prepare(site, table(csv_of(GOOD, wrong), "x.csv"))
    words = text_of(page)
    assert "Errors in the table: 1" in words
    assert "3 Collected on “=soon” is no day. Write it as 2026-08-01." in words
    assert "Still to come: 1 incidents.xlsx row 2" in words
    assert "pieces of evidence" not in words
    address = page.url.path
    book, answer = (site.get(f"{address}/errors.{kind}") for kind in ("xlsx", "csv"))
    assert book.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Row", "Column"], ["2", "Files"], ["3", "Collected on"]]
    refused = step(site, address, "apply")
    assert refused.status_code == 422
    assert "Nothing was imported: 2 of 2 rows have errors" in text_of(refused)
    assert count(site, Evidence) == 0


def test_files_follow_and_a_corrected_table_keeps_them(site: Site) -> None:
    site.sign_in("officer")
    page = prepare(site, table(csv_of((*GOOD[:2], "soon", *GOOD[3:])), "x.csv"))
    address = page.url.path
    page = site.send(address, f"{address}/files", files=[FILE, ("file", ("holiday.jpg", b"no"))])
    assert "The files have come." in text_of(page)
    assert "Named by no row, so they are left out: 1 holiday.jpg" in text_of(page)
    page = site.send(address, f"{address}/table", files=[table(csv_of(GOOD), "y.csv")])
    assert page.url.path == address
    for said in (
        "The table is replaced.",
        "y.csv",
        "All rows can be imported",
        "All files that rows name are here: 1.",
    ):
        assert said in text_of(page)
    assert stored(site) == 3
    step(site, address, "apply")
    assert stored(site) == 2


def test_a_script_sends_files_one_by_one_with_their_folders(site: Site) -> None:
    site.sign_in("contributor")
    page = prepare(site, table(csv_of((*GOOD[:8], "2026/七月.pdf")), "x.csv"))
    address, headers = page.url.path, {"X-Form-Key": key_of(page), "Accept": "application/json"}
    assert f'data-each="{address}/files"' in page.text
    assert 'data-file="2026/七月.pdf"' in page.text
    for content in (b"first", b"second"):
        answer = site.client.put(f"{address}/files/{quote('2026/七月.pdf')}?", content=content, headers=headers)
        assert (answer.status_code, answer.json()["address"]) == (201, address)
    assert stored(site) == 2
    assert "All rows can be imported" in site.read(address)
    for name, status in (("a/../b", 422), ("a%00", 422)):
        answer = site.client.put(f"{address}/files/{name.replace('..', '%2E%2E')}", content=b"x", headers=headers)
        assert answer.status_code == status
        assert answer.json()["message"]
    assert site.client.put(f"{address}/files/a", content=b"x", headers={"X-Form-Key": "0"}).status_code == 403
    assert site.client.put(f"{IMPORTS}/none/files/a", content=b"x", headers=headers).status_code == 404
    answer = site.client.put(f"{address}/files/a", content=b"x" * 300_001, headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((("file", ("a.txt", b"1")),), "Choose the table first"),
        ((table(), table(csv_of(GOOD), "b.csv")), "exactly one table"),
        ((table(b"a,b\n1,2"), FILE), "none of its headings"),
        ((table(csv_of()), FILE), "no row below its head"),
        ((table(), ("file", ("a.txt", b"x" * 300_001))), "a.txt is too large"),
    ],
)
def test_a_form_that_is_refused_says_why_and_keeps_nothing(
    site: Site, files: Sequence[tuple[str, tuple[str, bytes]]], said: str
) -> None:
    site.sign_in("officer")
    page = prepare(site, *files)
    assert page.status_code in {413, 422}
    assert said in text_of(page)
    assert "Choose the files again" in text_of(page)
    assert (stored(site), count(site, EvidenceImport)) == (0, 0)


def test_a_refused_table_leaves_the_draft_as_it_was(site: Site) -> None:
    site.sign_in("officer")
    address = prepare(site).url.path
    page = site.send(address, f"{address}/table", files=[table(b"a,b", "y.csv")])
    assert page.status_code == 422
    assert re.search(r'<p class="why" id="w-table">The first row is not the head', page.text)
    page = site.send(address, f"{address}/files")
    assert "Choose the files first." in text_of(page)
    assert "All rows can be imported" in site.read(address)


def test_the_same_form_sent_twice_is_done_once(site: Site) -> None:
    site.sign_in("officer")
    first, again = (prepare(site, table(), FILE, once="a") for _ in range(2))
    assert first.url == again.url
    assert prepare(site, table(csv_of(NIL), "n.csv"), once="a").url != first.url
    address = first.url.path
    for name, done in (("apply", "Everything is imported."), ("undo", "The import is undone")):
        for _ in range(2):
            assert done in text_of(step(site, address, name, once=name))
    assert count(site, Evidence) == 2
    assert "imported already" in text_of(step(site, address, "apply", once="other"))


def test_a_draft_can_be_dropped_without_a_trace(site: Site) -> None:
    site.sign_in("officer")
    address = prepare(site).url.path
    page = step(site, address, "drop", once="d")
    assert "The draft is dropped." in text_of(page)
    assert "Nothing was imported yet" in text_of(page)
    assert (stored(site), site.get(address).status_code) == (0, 404)


def test_what_stands_against_undoing_is_named_and_no_button_leads_there(site: Site) -> None:
    site.sign_in("contributor")
    address = prepare(site).url.path
    made = text_of(step(site, address, "apply"))
    assert "Withdraws all 2 pieces of evidence at once." in made
    found = re.search(rf'href="({LIST}/[0-9a-f-]+)">{NIL[0]}', site.get(address).text)
    assert found
    site.sign_in("reviewer")
    site.send(found[1], f"{found[1]}/review", {"decision": "accept", "revision": "1", "number": "1"})
    site.sign_in("contributor")
    page = site.get(address)
    assert f"{NIL[0]} : it was accepted" in text_of(page)
    assert f'action="{address}/undo"' not in page.text
    refused = step(site, address, "undo")
    assert refused.status_code == 409
    assert "1 of its items were dealt with since" in text_of(refused)


def test_it_is_said_before_the_same_table_or_the_same_bytes_come_again(site: Site) -> None:
    site.sign_in("officer")
    step(site, prepare(site).url.path, "apply")
    page = prepare(site)
    assert "This very table was imported already, by Officer on" in text_of(page)
    assert "Here already in other evidence: 1" in text_of(page)


def test_the_journal_says_what_was_imported_and_leads_there(site: Site) -> None:
    site.sign_in("officer")
    address = prepare(site).url.path
    step(site, address, "apply")
    page = site.get(f"{HOME}/journal?group=evidence")
    assert "Evidence imported from a table" in text_of(page)
    assert f'<a href="{address}">登记表.xlsx</a>' in page.text


def test_the_table_can_be_downloaded_as_it_came(site: Site) -> None:
    site.sign_in("officer")
    answer = site.get(f"{prepare(site).url.path}/table")
    assert answer.content == BOOK
    assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_comes_in_the_readers_language(site: Site, kind: str) -> None:
    site.sign_in("contributor", "zh")
    answer = site.get(f"{IMPORTS}/template.{kind}")
    assert answer.status_code == 200
    if kind == "csv":
        assert "标题,期望,收集日期" in answer.content.decode("utf-8-sig")
    assert site.get(f"{IMPORTS}/template.pdf").status_code == 404


def test_who_may_not_add_evidence_sees_what_was_imported_and_changes_nothing(site: Site) -> None:
    site.sign_in("contributor")
    draft = prepare(site).url.path
    done = prepare(site, table(csv_of(NIL), "n.csv")).url.path
    step(site, done, "apply")
    site.sign_in("reviewer")
    assert f'href="{IMPORTS}"' in site.get(LIST).text
    for address in (IMPORTS, draft, done):
        page = site.get(address)
        assert page.status_code == 200
        assert not re.search(r"<main.*<form", page.text, re.DOTALL)
    key = key_of(site.get(HOME))
    before = stored(site)
    for path in (IMPORTS, f"{draft}/files", f"{draft}/table"):
        assert site.client.post(path, data={"form_key": key}, files=[table()]).status_code == 403
    for path in (f"{draft}/apply", f"{draft}/drop", f"{done}/undo"):
        assert site.client.post(path, data={"form_key": key}).status_code == 403
    site.sign_in("auditor")
    for address in (IMPORTS, draft, f"{IMPORTS}/template.csv", f"{draft}/errors.csv", f"{draft}/table"):
        assert site.get(address).status_code == 403
    assert IMPORTS not in site.get(LIST).text
    assert stored(site) == before


def test_a_table_of_5000_rows_needs_a_page_of_a_few_kilobytes(site: Site) -> None:
    site.sign_in("officer")
    rows = [(f"t{number}", "no-such-thing", NIL[2]) for number in range(MOST_ROWS)]
    page = prepare(site, table(csv_of(*rows, head=HEAD[:3]), "long.csv"))
    assert "Errors in the table: 10000" in text_of(page)
    assert "The first 200 are shown" in text_of(page)
    assert int(page.headers["content-length"]) < 30_000
