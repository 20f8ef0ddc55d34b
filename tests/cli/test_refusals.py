"""What cannot be done ends with one sentence and the right code, never with a traceback."""

import os
from pathlib import Path

import click
import pytest

from app.cli.root import end
from app.cli.where import Where
from app.errors import Forbidden, Invalid, Unavailable
from tests.cli.commands import Cli


def test_a_folder_without_data_is_not_made_by_looking(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "没有")
    for words in (("evidence", "list"), ("check", "--stage", "1"), ("doctor",), ("programme", "show")):
        assert "auditready init" in cli.refused(*words, code=2)
        assert "auditready init" in cli.refused(*words, "--language", "zh", code=2)
    assert not cli.folder.exists()


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_database_that_is_none_is_2(cli: Cli, content: bytes) -> None:
    (cli.folder / "auditready.sqlite3").write_bytes(content)
    for words in (("check", "--stage", "1"), ("evidence", "list")):
        cli.refused(*words, code=2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_2(cli: Cli) -> None:
    cli.folder.chmod(0)
    cli.refused("check", "--stage", "1", code=2)
    cli.folder.chmod(0o700)


def test_a_file_where_the_folder_should_be_is_2(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    cli = Cli(file / "data")
    cli.refused("check", "--stage", "1", code=2)
    cli.refused("init", code=2)


def test_an_unknown_setting_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITREADY_DATABSE_URL", "x")
    assert "AUDITREADY_DATABSE_URL" in cli.refused("check", "--stage", "1", code=2)
    assert "AUDITREADY_DATABSE_URL" in cli.refused("evidence", "list", code=2)


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("evidence", "show", "nosuch"), 1, "evidence"),
        (("evidence", "show"), 2, "EVIDENCE"),
        (("evidence", "list", "--state", "good"), 2, "--state"),
        (("evidence", "list", "--limit", "many"), 2, "--limit"),
        (("evidence", "list", "--limit"), 2, "--limit"),
        (("evidence", "list", "--limit", "0"), 1, "limit"),
        (("evidence", "list", "-p", "nosuch"), 1, "nosuch"),
        (("evidence", "list", "--owner", "nobody"), 1, "nobody"),
        (("evidence", "add", "nosuch.pdf"), 2, "nosuch.pdf"),
        (("evidence", "add", "."), 2, "folder"),
        (("evidence", "add", __file__, "--collected-on", "2027-13-01"), 2, "--collected-on"),
        (("evidence", "add", __file__, "--collected-on", "2999-01-01"), 1, "collected_on"),
        (("evidence", "add", __file__, "--expectation", "nosuch"), 1, "nosuch"),
        (("evidence", "add", __file__, "--as", "li.na"), 1, "add-evidence"),
        (("evidence", "list", "--as", "nobody"), 1, "nobody"),
        (("register", "list", "nosuch"), 2, "REGISTER"),
        (("register", "add", "audits", "kind"), 2, "NAME=VALUE"),
        (("register", "add", "audits", "kind=party", "planned_on=2027-01-01"), 1, "kind"),
        (("register", "add", "audits", "--body", "{"), 2, "JSON"),
        (("people", "give", "li.na", "king"), 2, "ROLE"),
        (("programme", "add", "desk"), 1, "code"),
        (("programme", "add", "new", "--framework", "nosuch"), 1, "nosuch"),
        (("serve", "--port", "70000"), 2, "port"),
        (("serve", "--server", "http://127.0.0.1:9"), 2, "--server"),
        (("organisation", "change"), 2, "option"),
        (("evidence", "list", "--server", "somewhere"), 2, "somewhere"),
        (("evidence", "list", "--server", "http://127.0.0.1:9"), 2, "127.0.0.1:9"),
        (("check", "--stage", "1", "--server", "http://127.0.0.1:9"), 2, "127.0.0.1:9"),
        (("evidence", "list", "--server", "http://127.0.0.1:9", "--token", "令牌"), 2, "token"),
        (("evidence", "list", "--server", "http://127.0.0.1:9", "--as", "li.na"), 2, "--as"),
        (("frobnicate",), 2, "frobnicate"),
        (("evidence", "frobnicate"), 2, "frobnicate"),
    ],
    ids=lambda value: " ".join(value).replace(__file__, "FILE") if isinstance(value, tuple) else None,
)
def test_a_refusal_names_what_is_at_fault(cli: Cli, words: tuple[str, ...], code: int, named: str) -> None:
    assert named in cli.refused(*words, code=code)


def test_init_may_be_repeated(cli: Cli) -> None:
    again = cli.run("init", "--login", "admin")
    assert "stays as it was" in again.stderr
    assert again.stdout == ""
    cli.refused("init", "--password-stdin", code=2)
    short = cli.run("init", "--login", "second", "--password-stdin", given="short\n", code=1)
    assert "password" in short.stderr.lower()


def test_text_that_steers_a_terminal_is_made_harmless(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x", encoding="utf-8")
    cli.run("evidence", "add", str(file), "--title", "plain \u202etxt.exe")
    shown = cli.run("evidence", "list").stdout
    assert "\u202e" not in shown
    assert "plain" in shown


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (PermissionError(13, "Permission denied", "secret.txt"), 2, "secret.txt"),
        (ZeroDivisionError("by zero"), 2, "ZeroDivisionError: by zero"),
        (Forbidden("No."), 1, "No."),
        (Unavailable("Gone."), 2, "Gone."),
        (Invalid("Wrong.", field="title"), 1, "title"),
    ],
    ids=repr,
)
def test_every_end_has_its_code_and_its_sentence(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        raise error

    assert end(run, Where()) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == (1 if said else 0)
