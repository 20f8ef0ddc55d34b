"""What a browser has to fetch to show a page for the first time: the page, its scripts and its style, compressed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from app.demo.load import load_sample
from app.identity.service import start_session
from app.identity.users import find_user
from app.main import create_app
from app.runtime import open_runtime
from app.settings import Settings
from app.web.visits import LANGUAGE, SESSION

MOST_BYTES = 60 * 1024
PLACE = "/programmes/itsm"
PAGES = (
    "",
    "/worklist",
    "/clauses",
    "/clauses/iso20000-1-2018/8.2.1",
    "/coverage",
    "/evidence",
    "/evidence/add",
    "/documents",
    "/documents/add",
    "/journal",
    "/set-up",
    "/set-up/settings",
    "/set-up/profile",
    "/set-up/services",
    "/set-up/guide/services",
    "/people",
)
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
ITEM = re.compile(rf'href="({PLACE}/(?:evidence|documents)/[0-9a-f-]{{36}})"')
VIEW = re.compile(rf'href="({PLACE}/[^"]+/view)"')


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser on the sample organisation, signed in as its compliance officer."""
    now, folder = datetime.now(UTC), tmp_path_factory.mktemp("sample")
    settings = Settings.load(data_folder=folder, password_memory_kib=64)
    with open_runtime(settings, at=now) as runtime:
        load_sample(runtime, now=now, report=lambda _: None, password="a long enough password")
        with runtime.database.writing() as session:
            user = find_user(session, "wang.min")
            secret = start_session(session, user.id, at=now, hours=1)[1]
    with TestClient(create_app(settings), cookies={SESSION: secret}) as client:
        yield client


def fetched(client: TestClient, address: str) -> tuple[str, int]:
    """Return what is at an address, and how many bytes of it were sent."""
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, address
        content = b"".join(answer.iter_raw())
        return answer.headers.get("content-encoding", ""), len(content)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_load_of_every_page_is_small(client: TestClient, language: str) -> None:
    client.cookies.set(LANGUAGE, language)
    items = {
        each.rsplit("/", 2)[1]: each
        for path in ("/evidence", "/documents")
        for each in ITEM.findall(client.get(PLACE + path).text)
    }
    assert set(items) == {"evidence", "documents"}
    sizes = {}
    views = {each: VIEW.findall(client.get(each).text)[0] for each in items.values()}
    for address in (*(PLACE + path for path in PAGES), *items.values(), *views.values(), "/account", "/"):
        packed, size = fetched(client, address)
        assert packed == "gzip"
        linked = set(STATIC.findall(client.get(address).text))
        sizes[address] = size + sum(fetched(client, each)[1] for each in linked)
    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}
