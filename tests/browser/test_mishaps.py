"""What goes wrong in real life: two at once, the back button, a double click, a session that ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.web.visits import SESSION
from tests.browser.conftest import PASSWORD, Visitor

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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_the_file_is_chosen_again_after_a_session_that_ended(
    visitor: Callable[..., Visitor], tmp_path: Path, language: str
) -> None:
    officer = visitor("wang.min", language, width=360)
    policy = tmp_path / "政策.txt"
    policy.write_text("服务管理方针", encoding="utf-8")
    page = officer.open("/documents/add")
    page.fill("#f-number", "SMS-P-99")
    page.fill("#f-title", "会话结束前写的方针")
    page.select_option("#f-level", "L1")
    page.select_option("#f-kind", "policy")
    page.set_input_files("#f-file", policy)
    page.context.clear_cookies(name=SESSION)
    page.click("form[enctype] .actions button")
    expect(page.locator("main .notice")).to_contain_text("政策.txt")
    officer.sign_in("wang.min")
    expect(page.locator("main")).to_contain_text("会话结束前写的方针")
    officer.troubles.clear()  # the browser notes that the form was not taken
    officer.check_calm()
    officer.check_accessible()
    page.set_input_files("main input[type=file]", policy)
    page.click("main form button")
    expect(page.locator("h1")).to_contain_text("会话结束前写的方针")


def test_a_form_outlives_signing_in_again_in_another_tab(visitor: Callable[..., Visitor]) -> None:
    officer = visitor("wang.min")
    item = first_item(officer)
    page = open_title(officer, item)
    page.fill("#f-title", "写了一半的标题")
    tab = page.context.new_page()
    tab.goto(page.url)
    tab.click("header form[action$='/sign-out'] button")
    Visitor(tab, officer.base, []).sign_in("li.wei")
    tab.wait_for_url(lambda address: "/sign-in" not in address)
    page.click("form[action$='/amend'] button")
    expect(page.locator("main")).to_contain_text("写了一半的标题")
    expect(page.locator("main form[action='/sign-in']")).to_be_visible()
    officer.check_accessible()
    page.fill("[name=login]", "wang.min")
    page.fill("[name=password]", PASSWORD)
    page.click("main form[action='/sign-in'] button")
    page.click("main form[action$='/amend'] button")
    expect(page.locator("h1")).to_have_text("写了一半的标题")
