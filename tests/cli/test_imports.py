"""Evidence from a table by commands: said first, imported whole, undone whole; a dry run leaves nothing."""

from pathlib import Path

import pytest

from tests.builders import F2018
from tests.cli.commands import Cli
from tests.imports.sheets import GOOD, NIL, csv_of


@pytest.fixture
def desk(cli: Cli) -> Cli:
    """The data folder, with a programme that expects records."""
    cli.run("register", "change", "profile", f"frameworks={F2018}")
    return cli


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A table with two rows in a folder, and below it the file that one of them names."""
    folder = tmp_path / "登记"
    (folder / "2026" / "07").mkdir(parents=True)
    (folder / "2026" / "07" / "incidents.xlsx").write_bytes(b"incidents" * 1000)
    (folder / "holiday.jpg").write_bytes(b"not evidence")
    table = folder / "register.csv"
    table.write_bytes(csv_of((*GOOD[:5], "王敏", *GOOD[6:]), NIL))
    return table


def stored(cli: Cli) -> list[str]:
    return sorted(path.name for path in (cli.folder / "evidence").glob("??/*"))


def test_without_apply_it_is_only_said_what_would_become_of_each_row(desk: Cli, register: Path) -> None:
    for more in ((), ("--dry-run",)):
        result = desk.run("evidence", "import", str(register), *more)
        assert "2 rows can be imported. Nothing was changed" in result.stderr
    assert desk.json("evidence", "import", str(register))["check"]["errors"] == []
    assert desk.json("evidence", "imports") == desk.json("evidence", "list") == []
    assert stored(desk) == []


def test_with_apply_everything_is_imported_and_only_the_files_that_rows_name(desk: Cli, register: Path) -> None:
    done = desk.json("evidence", "import", str(register), "--apply", "--as", "wang.min")
    assert (done["state"], [item["row"] for item in done["items"]]) == ("applied", [2, 3])
    one = desk.json("evidence", "show", done["items"][0]["evidence_id"])
    [file] = one["versions"][0]["files"]
    assert (file["name"], file["size_bytes"]) == ("incidents.xlsx", 9000)
    assert len(stored(desk)) == 2, "the file and the table"
    shown = desk.run("evidence", "imports", "--language", "zh").stdout
    assert done["id"] in shown
    assert "王敏" in shown
    undone = desk.run("evidence", "undo", done["id"], "--reason", "wrong year", "--as", "wang.min").stdout
    assert "wrong year" in undone
    assert {each["state"] for each in desk.json("evidence", "list")} == {"withdrawn"}
    assert "undone already" in desk.refused("evidence", "undo", done["id"])
    assert desk.json("doctor")["sound"] is True


def test_where_one_row_has_an_error_nothing_is_imported_and_each_is_named(desk: Cli, register: Path) -> None:
    register.write_bytes(
        csv_of(GOOD, (*NIL[:2], "soon", *NIL[3:]), (*GOOD[:8], "gone.pdf"), ("Other", *GOOD[1:8], "empty"))
    )
    (register.parent / "empty").touch()
    for more in ((), ("--apply",)):
        result = desk.run("evidence", "import", str(register), *more, code=1)
        lines = result.stdout.splitlines()
        assert [line.split()[0] for line in lines] == ["Row", "3", "4", "5"]
        for said in (
            "Collected on",
            "“soon” is no day",
            "“gone.pdf” has not come",
            "empty is empty: it proves nothing",
        ):
            assert said in result.stdout
        assert "3 of 4 rows have errors" in result.stderr
        check = desk.json("evidence", "import", str(register), *more, code=1)["check"]
        assert (check["rows_ready"], check["rows_wrong"], check["error_count"]) == (1, 3, 3)
    assert "文件" in desk.run("evidence", "import", str(register), "--language", "zh", code=1).stdout
    assert desk.json("evidence", "imports") == desk.json("evidence", "list") == []
    assert stored(desk) == []


def test_where_two_files_are_called_the_same_the_row_has_to_say_which(desk: Cli, register: Path) -> None:
    (register.parent / "incidents.xlsx").write_bytes(b"others")
    (register.parent / "2026" / "08").mkdir()
    (register.parent / "2026" / "08" / "incidents.xlsx").write_bytes(b"august")
    table = csv_of((*GOOD[:8], "2026/08/incidents.xlsx"))
    register.write_bytes(table)
    assert len(desk.json("evidence", "import", str(register), "--apply")["items"]) == 1
    register.write_bytes(csv_of((*GOOD[:8], "incidents.xlsx")))
    (register.parent / "incidents.xlsx").unlink()
    for more in ((), ("--apply",)):
        result = desk.run("evidence", "import", str(register), *more, code=1)
        assert (
            "Several files are called incidents.xlsx: 2026/07/incidents.xlsx, 2026/08/incidents.xlsx" in result.stdout
        )


def test_the_files_may_be_elsewhere(desk: Cli, register: Path, tmp_path: Path) -> None:
    table = tmp_path / "elsewhere.csv"
    table.write_bytes(register.read_bytes())
    desk.run("evidence", "import", str(table), "--files", str(register.parent))
    assert "is no folder" in desk.refused("evidence", "import", str(table), "--files", str(table), code=2)
    assert "contradict" in desk.refused("evidence", "import", str(table), "--apply", "--dry-run", code=2)


def test_the_same_command_with_the_same_key_imports_once(desk: Cli, register: Path) -> None:
    first, second = (
        desk.json("evidence", "import", str(register), "--apply", "--idempotency-key", "2026-08") for _ in range(2)
    )
    assert first == second
    assert len(desk.json("evidence", "list")) == 2


def test_a_table_of_another_kind_is_refused(desk: Cli, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n")
    assert "none of its headings" in desk.refused("evidence", "import", str(file))
    file.write_bytes(b"x" * 11_000_000)
    assert "larger than 10 MB" in desk.refused("evidence", "import", str(file), code=2)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_is_written_whole_and_replaces_nothing_unasked(
    desk: Cli, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk.run("evidence", "template", "--kind", kind)
    file = tmp_path / f"evidence-template.{kind}"
    assert "--force" in desk.refused("evidence", "template", "--kind", kind, code=2)
    desk.run("evidence", "template", "--kind", kind, "--force", "--output", str(file))
    assert "no row below its head" in desk.refused("evidence", "import", str(file))
    if kind == "csv":
        streamed = desk.run("evidence", "template", "--kind", kind, "--output", "-", "--language", "zh").stdout_bytes
        assert streamed.decode("utf-8-sig").startswith("标题,")
