"""A register with its folder of files: checked, completed, imported and undone by somebody who looks at the pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.imports.sheets import HEAD, csv_of

pytestmark = pytest.mark.server
MONTHS = ("2026-05", "2026-06", "2026-07")
FORM = "form[data-upload]"


def rows(collected_on: str = "2026-08-02") -> list[tuple[str, ...]]:
    """Return a row a month; the files of all months are called the same."""
    what, owner = "service-request-records", "王敏"
    return [
        (f"记录 {month}", what, collected_on, f"{month}-01", f"{month}-28", owner, "", "", f"{month}/记录.txt")
        for month in MONTHS
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files, one a month in a folder of its own, and one that no row names."""
    kept = tmp_path / "files"
    for month in MONTHS:
        (kept / month).mkdir(parents=True)
        (kept / month / "记录.txt").write_text(f"{month}\n")
    (kept / "holiday.jpg").write_bytes(b"x")
    return kept


def table(tmp_path: Path, name: str, *found: tuple[str, ...]) -> str:
    """Write a table and return where it is."""
    path = tmp_path / name
    path.write_bytes(csv_of(*found, head=HEAD))
    return str(path)


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 320)])
def test_a_register_is_corrected_completed_imported_and_undone(
    visitor: Callable[..., Visitor], tmp_path: Path, folder: Path, language: str, width: int
) -> None:
    officer = visitor("wang.min", language, width=width)
    page = officer.open("/evidence")
    page.click("a[href$='/evidence/imports']")
    officer.check_accessible()
    page.set_input_files("#f-table", table(tmp_path, "register.csv", *rows("soon")))
    page.click("form.made .actions button")
    expect(page.locator("table.errors tbody tr")).to_have_count(len(MONTHS))
    officer.check_accessible()
    officer.check_calm()

    page.set_input_files("#f-table", table(tmp_path, "better.csv", *rows()))
    page.click("form[action$='/table'] button")
    expect(page.locator("table.errors")).to_have_count(0)
    expect(page.locator("[data-file]")).to_have_count(len(MONTHS))
    page.set_input_files(f"{FORM} input[webkitdirectory]", str(folder))
    expect(page.locator(".upload-rows li")).to_have_count(len(MONTHS))
    expect(page.locator(".upload-sum")).to_contain_text("1")
    page.click(f"{FORM} .actions button:not([type=button])")
    expect(page.locator("form[action$='/apply']")).to_be_visible(timeout=30_000)
    officer.check_accessible()
    officer.check_calm()

    page.click("form[action$='/apply'] button")
    expect(page.locator("tbody th a")).to_have_text([f"记录 {month}" for month in MONTHS])
    officer.check_accessible()
    officer.check_calm()
    page.click("form[action$='/undo'] button")
    expect(page.locator("tbody .status.withdrawn")).to_have_count(len(MONTHS))
    officer.check_accessible()
    officer.check_calm()
