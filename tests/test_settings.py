"""Settings come from the environment; a name or value that cannot be meant is refused by its name."""

import os
from pathlib import Path

import pytest

from app.errors import Invalid
from app.settings import NOT_SETTINGS, Settings


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("AUDITREADY_"):
            monkeypatch.delenv(name)


def test_without_anything_set_everything_is_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load()
    assert settings.data_folder == tmp_path / "data"
    assert settings.resolved_database_url == f"sqlite:///{tmp_path / 'data' / 'auditready.sqlite3'}"
    assert settings.resolved_blob_folder == tmp_path / "data" / "evidence"


def test_the_environment_is_read_and_what_is_given_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITREADY_DATA_FOLDER", str(tmp_path / "there"))
    monkeypatch.setenv("AUDITREADY_BLOB_FOLDER", "~/blobs")
    monkeypatch.setenv("AUDITREADY_MAX_FILE_BYTES", "7")
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings.load(max_file_bytes=9, data_folder=None)
    assert (settings.data_folder, settings.resolved_blob_folder) == (tmp_path / "there", tmp_path / "blobs")
    assert settings.max_file_bytes == 9


@pytest.mark.parametrize("name", ["AUDITREADY_DATA_FOLDR", "AUDITREADY_", "auditready_blobs", "AUDITREADY_TOKENS"])
def test_an_unknown_name_is_refused_and_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(Invalid, match=f"{name}\\b"):
        Settings.load()


@pytest.mark.parametrize("name", sorted(NOT_SETTINGS))
def test_what_the_command_line_reads_is_no_unknown_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"AUDITREADY_{name}", "x")
    Settings.load()


@pytest.mark.parametrize("name", ["DATA_FOLDER", "BLOB_FOLDER", "DATABASE_URL", "MAX_FILE_BYTES"])
def test_an_empty_value_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"AUDITREADY_{name}", "")
    assert Settings.load() == Settings()
    assert Settings.load().resolved_blob_folder.name == "evidence"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDITREADY_MAX_FILE_BYTES", "0"),
        ("AUDITREADY_MAX_FILE_BYTES", "1 GB"),
        ("AUDITREADY_MAX_BODY_BYTES", "-1"),
        ("AUDITREADY_PASSWORD_MEMORY_KIB", "31"),
        ("AUDITREADY_SESSION_HOURS", "721"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_name_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Invalid, match=name) as refusal:
        Settings.load()
    assert refusal.value.field == name


def test_a_misspelt_value_given_in_the_program_is_refused_too() -> None:
    with pytest.raises(Invalid, match="DATA_FOLDR"):
        Settings.load(data_foldr=Path("x"))


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings.load().max_file_bytes = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
