"""The first run: from an empty data folder with one installer to Home."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.identity.actor import local_operator
from app.identity.passwords import hash_password
from app.identity.users import NewUser, add_user
from app.runtime import open_runtime
from app.settings import Settings
from tests.browser.conftest import PASSWORD, windows
from tests.server.running import Prepared, running

pytestmark = pytest.mark.server
STEPS = 12


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_installer_comes_from_nothing_to_home(browser: Browser, tmp_path: Path, language: str) -> None:
    settings, at = Settings.load(data_folder=tmp_path, password_memory_kib=64), datetime.now(UTC)
    with open_runtime(settings, at=at) as runtime, runtime.database.writing() as session:
        hashed = hash_password(PASSWORD, settings.password_memory_kib)
        new = NewUser("admin", "赵磊", language, hashed, installer=True)
        add_user(session, new, actor=local_operator("tests"), at=at)
    with (
        running(Prepared(settings, "", "", "")) as server,
        windows(browser, f"http://127.0.0.1:{server.port}") as enter,
    ):
        somebody = enter("admin", language)
        page = somebody.page
        assert page.url.endswith("/start")
        somebody.check_accessible()
        page.fill("[name=name_zh]", "杭州云栈信息技术有限公司")
        page.click("main form button")
        page.wait_for_url("**/start?step=programme**")
        somebody.check_accessible()
        page.fill("[name=name_zh]", "信息技术服务管理")
        page.fill("[name=start_of_operation]", "2026-03-01")
        page.click("main form button")
        page.wait_for_url("**/programmes/itsm/set-up/guide/**")
        for _ in range(STEPS):
            somebody.check_accessible()
            somebody.check_calm()
            with page.expect_navigation():
                page.click("nav.pager a.button")
            if "/set-up/" not in page.url:
                break
        assert page.url == f"{somebody.base}/programmes/itsm"
        expect(page.locator("h1")).to_be_visible()
        somebody.check_accessible()
        somebody.check_calm()
