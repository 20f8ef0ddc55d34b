"""Runs the migrations: on the connection it is handed, else on `-x url=...`, else on the database of the settings.

In-process: `config.attributes["connection"] = connection` with no transaction begun on it yet. All steps are one
transaction on SQLite too, because our engine says BEGIN itself (`app/database.py`).
"""

import logging
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator, make_url
from sqlalchemy.engine import Connection

from app import tables
from app.database import Database
from app.settings import Settings


def run(connection: Connection) -> None:
    """Bring the database to the revision asked for, or leave it as it was."""
    sqlite = connection.dialect.name == "sqlite"
    ours = sqlite and not connection.in_transaction()
    if ours:  # batch mode drops and refills tables, rows that refer to them must survive it; no effect in a transaction
        _pragma(connection, "foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=sqlite,
        render_item=_render_item,
        compare_type=True,
        transactional_ddl=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := _pragma(connection, "foreign_key_check")):
                message = f"a migration left rows that refer to nothing: {broken[:5]}"
                raise ValueError(message)
    finally:
        if ours:
            _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, words: str) -> list[Any]:
    # On the driver's own connection: SQLAlchemy would begin a transaction first.
    driver: Any = connection.connection.driver_connection
    return list(driver.execute(f"PRAGMA {words}"))


def _render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # Migrations name plain types: a released one must not change when a type of ours does.
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _url() -> str:
    url = context.get_x_argument(as_dictionary=True).get("url") or Settings.load().resolved_database_url
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return url


if context.is_offline_mode():
    refusal = "Migrations need a database: leave out --sql."
    raise SystemExit(refusal)
if isinstance(ready := context.config.attributes.get("connection"), Connection):
    run(ready)
else:
    logging.basicConfig(format="%(message)s")
    logging.getLogger("alembic.runtime.migration").setLevel(logging.INFO)
    database = Database(_url())
    with database.engine.connect() as opened:
        run(opened)
    database.close()
