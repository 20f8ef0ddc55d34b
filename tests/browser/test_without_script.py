"""Without scripts everything works too, only less comfortably."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.server


def test_evidence_is_added_and_accepted_and_a_document_approved(visitor: Callable[..., Visitor]) -> None:
    page = visitor("han.mei", "zh", script=False).open("/evidence/add")
    file: FilePayload = {"name": "值班表 六月.txt", "mimeType": "text/plain", "buffer": "六月".encode()}
    page.set_input_files("#f-file", file)
    page.click("form.add .actions button")
    page.wait_for_url("**done=evidence-added**")
    expect(page.locator("h1")).to_have_text("值班表 六月")
    item = page.url.partition("/programmes/itsm")[2].partition("?")[0]

    reviewer = visitor("shen.yu", "zh", script=False)
    page = reviewer.open(item)
    page.click("button[value=accept]")
    page.wait_for_url("**done=evidence-accepted**")
    expect(page.locator("main > p .status.accepted")).to_be_visible()

    approver = visitor("chen.zhiyuan", script=False)
    page = approver.open("/documents?state=in-review")
    waiting = [each.get_attribute("href") for each in page.locator("table.master th[scope=row] a").all()]
    for address in waiting:
        page.goto(f"{approver.base}{address}")
        if page.locator("form[action$='/approve']").count():
            break
    page.click("form[action$='/approve'] button")
    expect(page.locator("main > .notice")).to_be_visible()
    expect(page.locator(".revision .signatures").first).to_contain_text("陈志远")
