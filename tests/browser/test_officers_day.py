"""A day of the compliance officer: many files at once, over a bad connection, accepted by somebody else."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.server.running import Server

pytestmark = pytest.mark.server
FILES = 20
BUILD = """([count, bytes]) => {
  const data = new DataTransfer();
  for (let n = 1; n <= count; n++) data.items.add(new File([`${n} `.padEnd(bytes, "x")], `变更记录 ${n}.txt`));
  return data;
}"""
FORM = "form[data-upload]"
ROWS = ".upload-rows li"


def drop(page: Page, count: int, size: int = 40) -> None:
    """Drop files that the page makes on the form, and send them."""
    page.dispatch_event(FORM, "drop", {"dataTransfer": page.evaluate_handle(BUILD, [count, size])})
    expect(page.locator(ROWS)).to_have_count(count)
    page.click(f"{FORM} .actions button:not([type=button])")


def titles(somebody: Visitor) -> list[str]:
    """Return what the newest evidence is called."""
    return somebody.open("/evidence").locator("table.evidence th[scope=row]").all_inner_texts()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hole_is_filled_with_many_files_that_somebody_else_accepts(
    visitor: Callable[..., Visitor], language: str
) -> None:
    officer = visitor("wang.min", language)
    page = officer.open("/coverage?holes=yes")
    hole = page.locator("td.missing a[href*='evidence/add']").first
    row = hole.locator("xpath=ancestor::tr")
    clause = row.locator("th.what a").get_attribute("href") or ""
    asked = parse_qs(urlsplit(hole.get_attribute("href") or "").query)
    expectation, first, last = (asked[name][0] for name in ("expectation", "period_from", "period_to"))
    hole.click()
    drop(page, FILES)
    expect(page.locator(f"{ROWS}[data-state=done]")).to_have_count(FILES, timeout=60_000)
    expect(page.locator(".upload-sum")).to_contain_text(f"{FILES}")
    officer.check_calm()

    listed = f"/evidence?state=submitted&expectation={expectation}&period_from={first}&period_to={last}"
    reviewer = visitor("li.wei", language)
    other = reviewer.open(listed)
    other.check("th[data-all] input")
    other.click("button[value=accept]")
    expect(other.locator(".notice")).to_contain_text(f"{FILES}")
    reviewer.check_calm()

    page = officer.open("/coverage?holes=yes")
    expect(page.locator(f"a[href*='expectation={expectation}'][href*='period_from={first}']")).to_have_count(0)
    page.goto(f"{officer.base}{clause}")
    section = page.locator(f"section[aria-labelledby='e-{expectation}']")
    expect(section.locator("table.linked")).to_contain_text("变更记录")


def test_a_broken_connection_is_tried_again_and_makes_one_item(visitor: Callable[..., Visitor]) -> None:
    officer, tries = visitor("wang.min", "zh"), []

    def disturb(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.abort("connectionreset")
        elif len(tries) == 2:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page = officer.open("/evidence/add")
    page.route("**/evidence/upload/**", disturb)
    drop(page, 1)
    expect(page.locator(ROWS)).to_have_attribute("data-state", "pausing")
    expect(page.locator(ROWS)).to_have_attribute("data-state", "done", timeout=20_000)
    assert len(tries) == 3
    assert titles(officer).count("变更记录 1") == 1


def test_a_cancelled_upload_leaves_nothing(visitor: Callable[..., Visitor], sample: Server) -> None:
    officer = visitor("wang.min")
    stored = sample.prepared.settings.data_folder / "evidence"
    before = {each for each in stored.rglob("*") if each.is_file()}
    page = officer.open("/evidence/add")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    slow.send("Network.emulateNetworkConditions", speed)
    drop(page, 1, 2_000_000)
    expect(page.locator(ROWS)).to_have_attribute("data-state", "sending")
    page.wait_for_timeout(1500)
    page.click(f"{ROWS} .buttons button")
    expect(page.locator(ROWS)).to_have_attribute("data-state", "cancelled")
    slow.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": -1})
    page.wait_for_timeout(500)
    assert "变更记录 1" not in titles(officer)
    assert {each for each in stored.rglob("*") if each.is_file()} == before
