"""What goes wrong in real life: two at once, the back button, a double click, a session that ends."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.web.visits import SESSION
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.server


def open_title(somebody: Visitor, item: str) -> Page:
    """Open an item of evidence with the form for its title."""
    page = somebody.open(item)
    page.click("details:has(form[action$='/amend']) > summary")
    return page


def first_item(somebody: Visitor) -> str:
    """Return the address, within the programme, of an item of evidence."""
    link = somebody.open("/evidence").locator("table.evidence th[scope=row] a").first
    return (link.get_attribute("href") or "").removeprefix("/programmes/itsm")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_saves_second_is_told_and_loses_nothing(visitor: Callable[..., Visitor], language: str) -> None:
    one, other = visitor("wang.min", language), visitor("li.wei", language)
    item = first_item(one)
    mine, theirs = open_title(one, item), open_title(other, item)
    mine.fill("#f-title", "王敏的标题")
    mine.click("form[action$='/amend'] button")
    mine.wait_for_url("**done=saved**")
    theirs.fill("#f-title", "李伟的标题")
    theirs.click("form[action$='/amend'] button")
    expect(theirs.locator("[role=alert]").first).to_be_visible()
    expect(theirs.locator("#f-title")).to_have_value("李伟的标题")
    expect(theirs.locator("form.card[action$='/amend']")).to_contain_text("王敏的标题")
    theirs.click("form.card[action$='/amend'] button")
    expect(theirs.locator("h1")).to_have_text("李伟的标题")


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_and_the_back_button_make_no_second_item(
    visitor: Callable[..., Visitor], *, script: bool
) -> None:
    officer = visitor("wang.min", script=script)
    page = officer.open("/evidence/add")
    page.fill("#f-title", "七月没有变更")
    page.fill("#f-period_from", "2026-07-01")
    page.fill("#f-period_to", "2026-07-31")
    page.fill("#f-note", "没有变更")
    page.check("#f-nil_return")
    page.dblclick("form.add .actions button:not([type=button])")
    page.wait_for_url("**done=evidence-added**")
    page.go_back()
    page.go_forward()
    expect(page.locator("h1")).to_have_text("七月没有变更")
    titles = officer.open("/evidence").locator("table.evidence th[scope=row]").all_inner_texts()
    assert titles.count("七月没有变更") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_session_that_ends_keeps_what_was_typed(visitor: Callable[..., Visitor], language: str) -> None:
    officer = visitor("wang.min", language)
    page = open_title(officer, first_item(officer))
    page.fill("#f-title", "会话结束前写的标题")
    page.context.clear_cookies(name=SESSION)
    page.click("form[action$='/amend'] button")
    officer.sign_in("wang.min")
    expect(page.locator("main")).to_contain_text("会话结束前写的标题")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("会话结束前写的标题")
