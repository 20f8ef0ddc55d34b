"""An auditor's visit: clause by clause, reading only, and nothing that leads nowhere."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.identity.actor import local_operator
from app.identity.passwords import hash_password
from app.identity.users import NewUser, add_user
from app.runtime import open_runtime
from tests.browser.conftest import PASSWORD, Visitor
from tests.server.running import Server

pytestmark = pytest.mark.server
LOGIN = "zhou.auditor"
ALLOWED = ("/sign-out", "/account")
NAMES, ALIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+"), 20
"""What tells addresses of one shape apart, and how many of a shape are asked for."""
PLACES = ("/coverage", "/documents", "/evidence")


def make_auditor(sample: Server, administrator: Visitor) -> None:
    """Make an account in the data folder; the administrator lets it in."""
    settings, at = sample.prepared.settings, datetime.now(UTC)
    with open_runtime(settings, at=at) as runtime, runtime.database.writing() as session:
        hashed = hash_password(PASSWORD, settings.password_memory_kib)
        add_user(session, NewUser(LOGIN, "周审核", password_hash=hashed), actor=local_operator("tests"), at=at)
    page = administrator.open("/people/auditor")
    page.fill("main [name=login]", LOGIN)
    page.fill("main [name=until]", (at + timedelta(days=30)).date().isoformat())
    page.click("main form button")
    page.wait_for_url("**/people?done=role-given")


def look(page: Page, links: dict[str, str]) -> None:
    """Collect where the page's links lead, and raise AssertionError where a form would change something."""
    forms = page.eval_on_selector_all("form[method=post]", "all => all.map(one => new URL(one.action).pathname)")
    assert [each for each in forms if not each.startswith(ALLOWED)] == [], page.url
    for address in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href.split('#')[0])"):
        if "/language/" not in address:
            links.setdefault(address, page.url)


def test_an_auditor_walks_clause_by_clause_and_meets_no_refusal(
    visitor: Callable[..., Visitor], sample: Server
) -> None:
    make_auditor(sample, visitor("zhao.lei"))
    links: dict[str, str] = {}
    auditor = visitor(LOGIN, "zh")
    page = auditor.page
    assert page.url == f"{auditor.base}/programmes/itsm/clauses"
    look(page, links)
    page.locator("table.clauses a[href$='/clauses/iso20000-1-2018/8']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/8")
    walked = []
    while page.url.rpartition("/")[2].startswith("8"):
        walked.append(page.url)
        look(page, links)
        with page.expect_navigation():
            page.keyboard.press("ArrowRight")
    assert len(walked) > 20
    auditor.check_calm()

    file = next(each for each in links if "/evidence/" in each and each.endswith("/view"))
    page.goto(file)
    expect(page.locator("main h1")).to_be_visible()
    look(page, links)
    for place in PLACES:
        look(auditor.open(place), links)
    page.goto(f"{auditor.base}/account")
    look(page, links)
    refused, shapes = {}, Counter[str]()
    for address, seen_at in links.items():
        shape = NAMES.sub("#", address)
        shapes[shape] += 1
        if shapes[shape] > ALIKE:
            continue
        answer = page.request.get(address)
        if not answer.ok:
            refused[address] = (answer.status, seen_at)
        answer.dispose()
    assert refused == {}
