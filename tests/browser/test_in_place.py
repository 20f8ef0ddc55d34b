"""Lists change in place, and still do everything that a page does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from app.web.visits import SESSION
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.server
HERE = "() => window.here === true"
"""Whether no page has been loaded since `stay`."""


def stay(page: Page) -> None:
    """Mark the page, to know later whether it is still the same."""
    page.evaluate("window.here = true")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_filtering_keeps_focus_says_how_many_and_is_a_step_to_go_back(
    visitor: Callable[..., Visitor], language: str
) -> None:
    officer = visitor("wang.min", language)
    page = officer.open("/evidence")
    stay(page)
    all_said = page.inner_text("#said")
    page.focus("select[name=state]")
    page.select_option("select[name=state]", "submitted")
    page.wait_for_url("**/evidence?state=submitted")
    expect(page.locator("#said")).not_to_have_text(all_said)
    expect(page.locator("select[name=state]")).to_be_focused()
    assert page.evaluate(HERE)
    expect(page.locator("table.evidence .status").first).to_have_class("status submitted")
    other = "en" if language == "zh" else "zh"
    address = f"/language/{other}?to=/programmes/itsm/evidence%3Fstate%3Dsubmitted"
    expect(page.locator("#tongue")).to_have_attribute("href", address)
    page.check("th input[type=checkbox]")
    expect(page.locator("td input[type=checkbox]").first).to_be_checked()
    officer.check_accessible()
    page.go_back()
    expect(page.locator("#said")).to_have_text(all_said)
    expect(page.locator("select[name=state]")).to_have_value("")
    page.go_forward()
    expect(page.locator("select[name=state]")).to_have_value("submitted")
    officer.check_calm()


def test_a_word_is_searched_while_it_is_typed_and_the_caret_stays(visitor: Callable[..., Visitor]) -> None:
    officer = visitor("wang.min")
    page = officer.open("/documents")
    stay(page)
    page.locator("[type=search]").press_sequentially("SMS")
    page.wait_for_url("**/documents?q=SMS")
    expect(page.locator("[type=search]")).to_be_focused()
    assert page.evaluate("document.activeElement.selectionStart") == 3
    assert page.evaluate(HERE)
    officer.check_calm()


def test_the_next_page_begins_at_its_top(visitor: Callable[..., Visitor]) -> None:
    officer = visitor("wang.min")
    page = officer.open("/evidence")
    stay(page)
    first = page.locator("table.evidence th[scope=row]").first.inner_text()
    page.click(".pager a[rel=next]")
    page.wait_for_url("**cursor=**")
    expect(page.locator("table.evidence th[scope=row]").first).not_to_have_text(first)
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("table.evidence thead")).to_be_in_viewport()
    assert page.evaluate(HERE)
    officer.check_calm()


def test_a_session_that_has_ended_leads_to_the_page_that_signs_in_and_back(visitor: Callable[..., Visitor]) -> None:
    officer = visitor("wang.min")
    page = officer.open("/evidence")
    page.context.clear_cookies(name=SESSION)
    page.select_option("select[name=state]", "accepted")
    page.wait_for_url("**/sign-in**")
    officer.sign_in("wang.min")
    page.wait_for_url("**/evidence?state=accepted")
    expect(page.locator("select[name=state]")).to_have_value("accepted")


def test_a_refusal_is_shown_and_a_broken_connection_is_said(visitor: Callable[..., Visitor]) -> None:
    page = visitor("wang.min").open("/evidence")

    def broken(route: Route) -> None:
        route.abort("connectionreset")

    page.route("**/evidence?**", broken)
    page.select_option("select[name=state]", "accepted")
    expect(page.locator("#broken")).to_be_visible()
    page.unroute("**/evidence?**", broken)
    page.select_option("select[name=owner]", "nobody")
    page.wait_for_url("**owner=nobody**")
    expect(page.locator("#broken")).to_be_hidden()
    page.route("**/evidence?**", lambda route: route.fulfill(status=503, body="<h1>Not available now</h1>"))
    page.select_option("select[name=state]", "rejected")
    expect(page.locator("h1")).to_have_text("Not available now")


@pytest.mark.parametrize("path", ["/evidence", "/documents", "/coverage", "/journal", "/worklist", "/clauses"])
def test_every_filter_works_without_scripts(visitor: Callable[..., Visitor], path: str) -> None:
    page = visitor("wang.min", script=False).open(path)
    page.locator("form.filters select").last.select_option(index=1)
    page.click("form.filters button")
    page.wait_for_url(f"**{path}?**")
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator("#found")).to_be_visible()


def test_a_heading_sorts_in_place_and_keeps_the_focus(visitor: Callable[..., Visitor]) -> None:
    officer = visitor("wang.min", "zh")
    page = officer.open("/documents?kind=policy")
    stay(page)
    page.focus("#by-title")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=title**")
    expect(page.locator("th[aria-sort=ascending] #by-title")).to_be_focused()
    titles = page.locator("table.master td.title").all_inner_texts()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=descending] #by-title")).to_be_focused()
    assert page.locator("table.master td.title").all_inner_texts() == titles[::-1]
    page.select_option("select[name=kind]", "plan")
    page.wait_for_url("**kind=plan&sort=-title")
    assert page.evaluate(HERE)
    officer.check_accessible()
    officer.check_calm()
