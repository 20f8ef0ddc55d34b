"""Every page, as a program can check it: accessible, nothing to scroll sideways, no complaint of the browser."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.server
PAGES = (
    "",
    "/worklist",
    "/clauses",
    "/clauses/iso20000-1-2018/8.2.1",
    "/coverage",
    "/evidence",
    "/evidence/add",
    "/evidence/imports",
    "/documents",
    "/documents/add",
    "/journal",
    "/set-up",
    "/set-up/settings",
    "/people",
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible_and_calm(visitor: Callable[..., Visitor], language: str, width: int) -> None:
    somebody = visitor("wang.min", language, width=width)
    for path in PAGES:
        somebody.open(path)
        somebody.check_accessible()
        somebody.check_calm()
    somebody.page.goto(f"{somebody.base}/account")
    somebody.check_accessible()
    somebody.check_calm()


def test_the_content_is_one_key_away_and_focus_is_seen(visitor: Callable[..., Visitor]) -> None:
    page = visitor("wang.min").open("")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
