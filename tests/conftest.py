"""What every test may ask for: `database_url` and `database`, fresh and migrated, on SQLite or on PostgreSQL."""

import ipaddress
import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from fastapi import FastAPI

from app.database import Database
from app.main import create_app
from app.settings import Settings
from tests.builders import house
from tests.servers import PostgresqlTemplate, SqliteTemplate, Template, postgresql_server

__all__ = ["house"]

hypothesis.settings.register_profile("auditready", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("auditready")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="which database the fixtures give; with postgresql only the tests that use one are run",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is meant for the database of this run; tests without a database are run once, with SQLite.

    Those with a browser come last: Playwright keeps an event loop running in its thread, where no other can run then.
    """
    chosen = config.getoption("database")
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        wanted = [mark.args[0] for mark in item.iter_markers("only")]
        uses = chosen == "sqlite" or "database_url" in getattr(item, "fixturenames", ())
        (kept if uses and all(each == chosen for each in wanted) else dropped).append(item)
    items[:] = sorted(kept, key=lambda item: "browser" in getattr(item, "fixturenames", ()))
    config.hook.pytest_deselected(items=dropped)


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """The migrated database that tests get copies of, one a worker."""
    if request.config.getoption("database") == "sqlite":
        yield SqliteTemplate(tmp_path_factory.mktemp("databases"))
        return
    with postgresql_server() as url:
        postgresql = PostgresqlTemplate(url)
        yield postgresql
        postgresql.close()


@pytest.fixture
def database_url(template: Template) -> Iterator[str]:
    """The URL of a fresh migrated database."""
    with template.copied() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database; closed afterwards."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The application, made once, since its hundreds of routes take time; a test gives it its own `state.settings`."""
    return create_app(Settings.load(data_folder=tmp_path_factory.mktemp("nothing") / "data"))


def _stay_at_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse names and addresses that are not this machine's: a test must pass without a network."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]  # elsewhere, as with Unix sockets, the address is a path
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and host not in {"", "localhost"} and not _is_loopback(host):
        message = f"tests reach this machine only, not {host}"
        raise PermissionError(message)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_stay_at_home)
