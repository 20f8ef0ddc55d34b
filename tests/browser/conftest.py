"""`sample` is a running server with the sample organisation; `visitor` opens pages in it as somebody."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.load import load_sample
from app.runtime import open_runtime
from app.settings import Settings
from tests.server.running import Prepared, Server, running

PASSWORD = "correct horse battery"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@dataclass
class Visitor:
    """A browser window of its own with somebody signed in."""

    page: Page
    base: str
    troubles: list[str]

    def open(self, path: str) -> Page:
        """Open a page of the sample's programme and return the window."""
        self.page.goto(f"{self.base}/programmes/itsm{path}")
        return self.page

    def sign_in(self, login: str) -> None:
        """Fill in the form that signs in, on the page that shows it."""
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button")

    def check_accessible(self) -> None:
        """Raise AssertionError for what WCAG 2.2 AA forbids, as far as a program can see it."""
        tags = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=tags).response["violations"]
        assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found] == []

    def check_calm(self) -> None:
        """Raise AssertionError where the page can be scrolled sideways, or the browser complained."""
        width = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], (self.page.url, width)
        assert self.troubles == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser, started once."""
    assert CHROMIUM, "no Chromium: `make browser` installs one"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample organisation; everybody's password is `PASSWORD`."""
    folder = tmp_path_factory.mktemp("sample")
    now = datetime.now(UTC)
    with open_runtime(Settings.load(data_folder=folder, password_memory_kib=64), at=now) as runtime:
        load_sample(runtime, now=now, report=lambda _: None, password=PASSWORD)
    return folder


@pytest.fixture
def sample(filled: Path, tmp_path: Path) -> Iterator[Server]:
    """A server on a copy of the sample, so that a test may change anything."""
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    settings = Settings.load(data_folder=folder, password_memory_kib=64)
    with running(Prepared(settings, "", "", "")) as server:
        yield server


@contextmanager
def windows(browser: Browser, base: str) -> Iterator[Callable[..., Visitor]]:
    """Lend what opens windows and signs people in: `enter("wang.min", "zh", width=360)`."""
    with ExitStack() as kept:

        def enter(login: str, language: str = "en", *, width: int = 1280, script: bool = True) -> Visitor:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, locale=LOCALES[language], java_script_enabled=script
            )
            kept.callback(context.close)
            page, troubles = context.new_page(), []
            page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.goto(f"{base}/language/{language}?to=/sign-in")
            somebody = Visitor(page, base, troubles)
            somebody.sign_in(login)
            page.wait_for_url(lambda address: "/sign-in" not in address)
            return somebody

        yield enter


@pytest.fixture
def visitor(browser: Browser, sample: Server) -> Iterator[Callable[..., Visitor]]:
    """What opens windows on the sample: `visitor("wang.min", "zh", width=360)`."""
    with windows(browser, f"http://127.0.0.1:{sample.port}") as enter:
        yield enter
