"""The database means the same on SQLite and on PostgreSQL; the migrations lead there and back."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Event as Signal
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app import tables
from app.collation import stored_key
from app.database import Database, insert_missing, new_id
from app.documents.models import Document
from app.errors import Invalid, Unavailable
from app.evidence.models import Evidence
from app.identity.models import User
from app.programmes.models import Programme
from app.runtime import newest_schema, schema_version
from app.storage.models import StoredBlob
from tests.builders import AT, some_blobs, some_document, some_evidence, some_house
from tests.servers import ROOT


def blob(name: str, at: datetime = AT) -> StoredBlob:
    """Return a row to store."""
    return StoredBlob(sha256=name, size_bytes=1 << 40, stored_at=at)


def names(database: Database) -> list[str]:
    """Return what is stored."""
    with database.reading() as session:
        return sorted(session.scalars(select(StoredBlob.sha256)))


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.add(blob("a"))
        session.flush()
    assert names(database) == []
    with database.writing() as session:
        session.add(blob("b"))
    assert names(database) == ["b"]


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(LookupError), database.writing() as session:
        session.add(blob("a"))
        session.flush()
        raise LookupError
    assert names(database) == []


def test_a_read_sees_one_frozen_moment(database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(StoredBlob)).all() == []
        with database.writing() as other:
            other.add(blob("a"))
        assert session.scalars(select(StoredBlob)).all() == []
    assert names(database) == ["a"]


@pytest.mark.only("sqlite")
def test_a_second_writer_waits_for_the_first_and_sees_what_it_did(database: Database) -> None:
    begun = Signal()

    def first() -> None:
        with database.writing() as session:
            session.add(blob("a"))
            session.flush()
            begun.set()
            session.add(blob("b"))

    def second() -> list[str]:
        begun.wait(20)
        with database.writing() as session:
            return sorted(session.scalars(select(StoredBlob.sha256)))

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result()
        assert other.result() == ["a", "b"]


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Programme(id="p", organisation_id="nobody", code="x", created_at=AT))


def test_a_moment_comes_back_as_it_was_wherever_it_was_said(database: Database) -> None:
    moment = datetime(2026, 8, 10, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        session.add(blob("a", moment))
    with database.reading() as session:
        found = session.get_one(StoredBlob, "a").stored_at
        earlier = select(StoredBlob.sha256).where(StoredBlob.stored_at < moment)
        assert session.scalars(earlier).all() == []
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.writing() as session:
        session.add(blob("a", datetime(2026, 8, 10)))  # noqa: DTZ001 (that it is refused is the point)


def test_a_row_is_inserted_unless_its_key_is_there_and_that_is_said(database: Database) -> None:
    row: dict[str, Any] = {"sha256": "a", "size_bytes": 1, "stored_at": AT}
    with database.writing() as session:
        assert insert_missing(session, StoredBlob, **row) is True
        assert insert_missing(session, StoredBlob, **{**row, "size_bytes": 2}) is False
        assert session.get_one(StoredBlob, "a").size_bytes == 1


def test_a_row_inserted_by_many_at_once_is_new_to_one_of_them(database: Database) -> None:
    def insert(_: int) -> bool:
        with database.writing() as session:
            return insert_missing(session, StoredBlob, sha256="a", size_bytes=1, stored_at=AT)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(insert, range(12))) == [False] * 11 + [True]


def test_ids_are_uuids_of_version_7_in_the_order_of_their_making() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(UUID(each).version, UUID(each).variant) for each in made} == {(7, "specified in RFC 4122")}


def test_two_people_with_one_login_are_refused_by_the_database_itself(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        for number in range(2):
            session.add(User(id=str(number), login="a", name="A", language="zh", installer=False, created_at=AT))


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://localhost/x", "oracle://x", "file.sqlite3"])
def test_a_url_of_no_database_of_ours_is_refused_with_the_setting_to_correct(url: str) -> None:
    with pytest.raises(Invalid, match="AUDITREADY_DATABASE_URL"):
        Database(url)


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql+psycopg://nobody@/x?host={tmp_path}")
    with pytest.raises(Unavailable, match="AUDITREADY_DATABASE_URL"):
        database.check()
    database.close()


@pytest.mark.parametrize(
    "content", [b"this is no database, whatever its name says" * 50, b"SQLite format 3\x00 but cut"]
)
def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "auditready.sqlite3"
    file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(Unavailable):
        database.check()
    database.close()
    assert file.read_bytes() == content


def shape(database: Database) -> dict[str, object]:
    """Return tables, columns, keys and indexes as the database itself tells them."""
    look = inspect(database.engine)
    return {
        table: (
            [(each["name"], str(each["type"]), each["nullable"]) for each in look.get_columns(table)],
            look.get_pk_constraint(table),
            sorted(map(repr, look.get_foreign_keys(table))),
            sorted(
                (str(each["name"]), each["column_names"], each["unique"], str(list(map(str, options_of(each)))))
                for each in look.get_indexes(table)
            ),
            sorted(map(repr, look.get_unique_constraints(table))),
        )
        for table in look.get_table_names()
    }


def options_of(index: Any) -> list[object]:
    """Return the conditions of an index, as text that says nothing about where it lies in memory."""
    return list(index.get("dialect_options", {}).values())


def moved(database: Database, revision: str) -> None:
    """Run the migrations up or down to a revision."""
    config = Config(ROOT / "alembic.ini")
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)


def test_the_migrations_lead_down_to_nothing_and_up_to_the_same_tables_again(database: Database) -> None:
    before = shape(database)
    assert set(before) == {*tables.metadata.tables, "alembic_version"}
    moved(database, "base")
    assert set(shape(database)) == {"alembic_version"}
    assert schema_version(database) is None
    moved(database, "head")
    assert shape(database) == before
    assert schema_version(database) == newest_schema()


def test_titles_and_numbers_that_were_there_before_get_their_keys(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        house = some_house(session, database, some_blobs(tmp_path))
        evidence, document = some_evidence(house, title="变更记录 9").evidence.id, some_document(house, "P-9").id
    moved(database, "2026_11_25_document_reviews")
    moved(database, "head")
    with database.reading() as session:
        assert session.get_one(Evidence, evidence).title_key == stored_key("变更记录 9")
        found = session.get_one(Document, document)
        assert (found.number_key, found.title_key) == (stored_key("P-9"), stored_key("Policy"))


@pytest.mark.only("sqlite")
def test_the_migrations_make_a_file_that_was_not_there(database: Database, tmp_path: Path) -> None:
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    moved(fresh, "head")
    assert shape(fresh) == shape(database)
    fresh.close()


def test_every_migration_is_named_for_its_file_and_they_follow_each_other_in_one_line() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    revisions = list(script.walk_revisions())[::-1]
    assert [each.revision for each in revisions] == [Path(each.path).stem for each in revisions]
    assert [each.revision for each in revisions] == sorted(each.revision for each in revisions)
    assert [each.down_revision for each in revisions] == [None, *(each.revision for each in revisions[:-1])]
    assert newest_schema() == script.get_current_head()


def test_a_file_that_cannot_be_opened_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no database at all, but long enough to be looked at as one" * 20)
    for name, trouble in (("away/db", "not there"), ("folder", "is a folder"), ("text", "not a database")):
        opened = Database(f"sqlite:///{tmp_path / name}")
        with pytest.raises(Unavailable, match=trouble) as refusal:
            opened.check()
        assert str(tmp_path / name) in str(refusal.value)
        assert "AUDITREADY" not in str(refusal.value)
        opened.close()


def test_an_older_snapshot_is_given_its_figures(database: Database) -> None:
    moved(database, "2026_11_26_text_licences")
    report = {
        "frameworks": [{"today": {"satisfied": 3, "applicable": 5}}, {"today": {"satisfied": 1, "applicable": 2}}]
    }
    columns = {
        **dict.fromkeys(("id", "programme_id", "taken_by", "label", "verdict", "engine_version", "facts_digest"), "x"),
        **dict.fromkeys(("known_at", "taken_at"), "2026-08-01 00:00:00"),
        "as_of": "2026-08-01",
        "stage": 2,
        "report": json.dumps(report),
    }
    names = ", ".join(columns)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO organisations (id, name_en, name_zh, time_zone, languages, created_at, revision)"
            " VALUES ('x', 'x', 'x', 'UTC', '[]', '2026-08-01 00:00:00', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO programmes (id, organisation_id, code, created_at)"
            " VALUES ('x', 'x', 'x', '2026-08-01 00:00:00')"
        )
        values = ", ".join(f":{name}" for name in columns)
        connection.execute(text(f"INSERT INTO snapshots ({names}) VALUES ({values})"), columns)  # noqa: S608
    moved(database, "head")
    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT satisfied, applicable FROM snapshots")).one() == (4, 7)
