"""The database: tables share `Base`, moments share `Moment`, and there are two ways in, `reading()` and `writing()`.

SQLite and PostgreSQL mean the same here: a read sees one frozen moment and cannot write, a write commits all or
nothing. Identifiers are UUID version 7 (RFC 9562, 5.7), so their order is the order of making and lists page by them.
"""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Engine,
    Insert,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    insert,
    make_url,
    text,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import Invalid, Unavailable

BUSY_TIMEOUT_MS = 20_000
LOOK_AGAIN_S = 0.0005
NEEDED_BYTES = 1 << 20
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time: refuses naive values, stores UTC, returns aware values (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment needs a time zone: {value!r}"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware UTC value."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them on both databases."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment()}  # noqa: RUF012 (SQLAlchemy reads it from the class)
    WRITTEN: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What is written into a row after it was made: by the column of its moment, the columns written with it."""


def new_id() -> str:
    """Return a fresh identifier: UUID version 7, as text, later ones sort after earlier ones (RFC 9562, 5.7).

    The twelve bits after the version are the fraction of the millisecond (6.2, method 3): many are made in one.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    ordered = (milliseconds << 16) | (0x7 << 12) | (rest * 4096 // 1_000_000)
    return str(UUID(int=(ordered << 64) | (0x2 << 62) | (int.from_bytes(os.urandom(8)) >> 2)))


class Database:
    """`reading()` sees one frozen moment and cannot write; `writing()` commits all or nothing.

    On SQLite `writing()` holds the one write lock from its first statement to its commit: keep slow work before it.
    Raises Invalid for a URL that names no database of these two kinds.
    """

    def __init__(self, url: str) -> None:
        try:
            self.engine, self.reads = _engines(url)
        except ArgumentError as error:
            raise Invalid("AUDITREADY_DATABASE_URL cannot be used: {why}.", why=str(error)) from error
        self.reading = sessionmaker(self.reads, expire_on_commit=False).begin
        self.writing = sessionmaker(self.engine, expire_on_commit=False).begin

    def check(self) -> None:
        """Raise Unavailable unless the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            raise _cannot_open(self.engine, str(error.orig)) from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.reads.dispose()


def _cannot_open(engine: Engine, why: str) -> Unavailable:
    if engine.dialect.name != "sqlite":
        return Unavailable("The database cannot be opened: {why}. Check AUDITREADY_DATABASE_URL.", why=why)
    file = Path(engine.url.database or "")
    if not file.parent.is_dir():
        return Unavailable("The database {file} cannot be opened: its folder is not there. Make it first.", file=file)
    if file.is_dir():
        return Unavailable("The database {file} cannot be opened: it is a folder. Name a file.", file=file)
    if not os.access(file.parent, os.W_OK):
        return Unavailable(
            "The database {file} cannot be opened: its folder cannot be written. Check its owner and rights.", file=file
        )
    if shutil.disk_usage(file.parent).free < NEEDED_BYTES or "full" in why:
        return Unavailable("The database {file} cannot be opened: the disk is full. Make room on it.", file=file)
    return Unavailable(
        "The database {file} cannot be opened: {why}. Check its owner and rights, or restore it from a backup.",
        file=file,
        why=why,
    )


def _engines(url: str) -> tuple[Engine, Engine]:
    """Return the way in that writes and the one that cannot."""
    backend = make_url(url).get_backend_name()
    if backend == "postgresql":
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if backend != "sqlite":
        message = f"{backend} is neither sqlite nor postgresql"
        raise ArgumentError(message)
    writes, reads = (create_engine(url, connect_args={"check_same_thread": False}, pool_size=size) for size in (5, 40))
    event.listen(writes, "connect", _on_connect)
    turns = _Turns()
    event.listen(writes, "begin", turns.begin)
    event.listen(writes, "checkin", turns.end)
    event.listen(reads, "connect", _on_connect_to_read)
    event.listen(reads, "begin", _begin_to_read)
    return writes, reads


def _on_connect(dbapi: Any, _record: object) -> None:  # noqa: ANN401 (the driver's own connection)
    # sqlite3 begins late and only for writes; reads would then not share one moment, so BEGIN is said by us.
    dbapi.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "mmap_size=268435456",
    ):
        dbapi.execute(f"PRAGMA {pragma}")


def _on_connect_to_read(dbapi: Any, record: object) -> None:  # noqa: ANN401
    _on_connect(dbapi, record)
    dbapi.execute("PRAGMA query_only=ON")


def _begin_to_read(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


class _Turns:
    """Lets this process's writers queue, and the first of them ask SQLite often.

    SQLite's own waiting sleeps for up to a tenth of a second between two looks, while the transactions of another
    process last milliseconds. Who has waited as long as SQLite waits asks all the same, and is told why not.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction when its turn has come; none fails half-way because another writes."""
        connection.info["turn"] = self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        dbapi = cast("sqlite3.Connection", connection.connection.driver_connection)
        dbapi.execute("PRAGMA busy_timeout=0")
        while time.monotonic() < until:
            try:
                dbapi.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(LOOK_AGAIN_S)
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        dbapi.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def end(self, _dbapi: object, record: ConnectionPoolEntry) -> None:
        """Give the turn on when the connection comes back: only then is what was written durable."""
        if record.info.pop("turn", False):
            self._turn.release()


def insert_one(session: Session, row: Base) -> None:
    """Insert a new row at once and hold it, as `add` and `flush` would, at a third of their cost."""
    held, columns = vars(row), type(row).__table__.columns.keys()
    session.connection().execute(_insert(type(row)), {name: held.setdefault(name, None) for name in columns})
    make_transient_to_detached(row)
    session.add(row)


@cache
def _insert(table: type[Base]) -> Insert:
    return insert(cast("Table", table.__table__))


def insert_missing(session: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless its key is there already; says whether it was new. Safe against others doing the same."""
    result = session.connection().execute(_insert_missing(table, session.get_bind().dialect.name), values)
    return bool(result.rowcount)


@cache
def _insert_missing(table: type[Base], dialect: str) -> Insert:
    own = import_module(f"sqlalchemy.dialects.{dialect}")  # the other's is slow to import
    statement: Insert = own.insert(cast("Table", table.__table__)).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # psycopg's is lost otherwise
