"""Opening the stores: made at the first boot, found at the second, and refused in words where they are not ours."""

import sqlite3
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from app import runtime as runtimes
from app.catalogue.models import FrameworkVersion
from app.database import Database
from app.errors import Invalid, Unavailable
from app.runtime import Runtime, newest_schema, open_runtime, schema_version
from app.settings import Settings
from tests.builders import AT


def settings_for(folder: Path, **more: object) -> Settings:
    """Return settings with everything in `folder`."""
    return Settings.load(data_folder=folder, password_memory_kib=32, **more)


def made(folder: Path) -> Settings:
    """Make a data folder and return its settings."""
    settings = settings_for(folder)
    with open_runtime(settings, at=AT):
        pass
    return settings


def refused(settings: Settings, *, boot: bool = False) -> str:
    """Return what is said when the stores cannot be opened."""
    with pytest.raises((Unavailable, Invalid)) as refusal, open_runtime(settings, at=AT if boot else None):
        pass
    return str(refusal.value)


def test_the_first_boot_makes_everything_that_is_needed(tmp_path: Path) -> None:
    with open_runtime(settings_for(tmp_path / "deep" / "data"), at=AT) as runtime:
        assert schema_version(runtime.database) == newest_schema()
        with runtime.database.reading() as session:
            assert {version.recorded_at for version in session.scalars(select(FrameworkVersion))} == {AT}
        assert runtime.blobs.incoming.is_dir()


def test_what_the_first_boot_makes_is_closed_to_everybody_else(tmp_path: Path) -> None:
    made(tmp_path / "data")
    for folder in (tmp_path / "data", tmp_path / "data" / "evidence", tmp_path / "data" / "evidence" / "incoming"):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o007 == 0, folder


def test_the_second_boot_changes_nothing_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = made(tmp_path / "data")
    sent: list[str] = []

    class Watched(Database):
        def __init__(self, url: str) -> None:
            super().__init__(url)
            for engine in (self.engine, self.reads):
                event.listen(engine, "before_cursor_execute", lambda *said: sent.append(said[2]))

    monkeypatch.setattr(runtimes, "Database", Watched)
    with open_runtime(settings, at=AT + timedelta(days=9)) as runtime, runtime.database.reading() as session:
        assert {version.recorded_at for version in session.scalars(select(FrameworkVersion))} == {AT}
    assert [each for each in sent if each.split()[0] in {"INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP"}] == []
    assert len(sent) < 40


def test_what_was_made_is_opened_without_a_boot(tmp_path: Path) -> None:
    with open_runtime(made(tmp_path / "data")) as runtime:
        assert isinstance(runtime, Runtime)
        runtime.database.check()


def test_a_folder_without_data_is_named_with_what_to_do(tmp_path: Path) -> None:
    said = refused(settings_for(tmp_path / "nothing"))
    assert str(tmp_path / "nothing") in said
    assert "auditready init" in said
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("found", ["2020_01_01_older", None])
def test_data_of_an_older_version_is_refused_without_an_upgrade(tmp_path: Path, found: str | None) -> None:
    settings = made(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "auditready.sqlite3") as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(found,)] if found else [])
    connection.close()
    said = refused(settings)
    assert newest_schema() in said
    assert "auditready init" in said


def test_data_of_a_version_that_this_program_does_not_know_is_not_upgraded(tmp_path: Path) -> None:
    settings = made(tmp_path / "data")
    database = Database(settings.resolved_database_url)
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '2099_01_01_newer'"))
    assert "2099_01_01_newer" in refused(settings, boot=True)
    assert schema_version(database) == "2099_01_01_newer"
    database.close()


@pytest.mark.parametrize("boot", [True, False])
def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path, boot: bool) -> None:
    file = tmp_path / "auditready.sqlite3"
    file.write_text("this is no database " * 99)
    assert "database" in refused(settings_for(tmp_path), boot=boot)
    assert file.read_text() == "this is no database " * 99


def a_file(place: Path) -> None:
    """Put a file where a folder should be."""
    place.write_text("in the way")


def a_dangling_link(place: Path) -> None:
    """Put a link that leads nowhere where a folder should be."""
    place.symlink_to("nowhere/at/all")


@pytest.mark.parametrize("obstacle", [a_file, a_dangling_link])
def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path, obstacle: Callable[[Path], None]) -> None:
    obstacle(tmp_path / "data")
    for place in (tmp_path / "data", tmp_path / "data" / "deeper"):
        assert str(tmp_path / "data") in refused(settings_for(place), boot=True)
    assert refused(settings_for(tmp_path / "data"))


def test_a_blob_store_that_is_gone_is_refused_and_not_made_anew(tmp_path: Path) -> None:
    settings = made(tmp_path / "data")
    (tmp_path / "data" / "evidence").rename(tmp_path / "elsewhere")
    assert "evidence" in refused(settings)
    assert not (tmp_path / "data" / "evidence").exists()


def test_a_program_without_its_migrations_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "MIGRATIONS", tmp_path)
    assert "migrations" in refused(settings_for(tmp_path / "data"), boot=True)


def test_the_stores_of_a_server_are_made_too(database_url: str, tmp_path: Path) -> None:
    with open_runtime(settings_for(tmp_path / "data", database_url=database_url), at=AT) as runtime:
        assert schema_version(runtime.database) == newest_schema()
    with open_runtime(settings_for(tmp_path / "data", database_url=database_url)) as runtime:
        runtime.database.check()
    assert not (tmp_path / "data" / "auditready.sqlite3").exists()
