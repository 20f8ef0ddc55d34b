"""`auditready check`: exit codes, formats, files, baseline, dates."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from tests.cli.commands import Cli


@pytest.fixture
def ready(cli: Cli, tmp_path: Path) -> Cli:
    """A programme that is ready for stage 1."""
    file = tmp_path / "policy.txt"
    file.write_text("policy", encoding="utf-8")
    cli.approve_policy(file)
    return cli


def test_the_exit_code_is_0_when_ready_1_with_gaps_2_when_nothing_can_be_evaluated(cli: Cli, empty: Cli) -> None:
    assert "(exit 1)" in cli.run("check", "--stage", "1", code=1).stdout
    cli.run("register", "add", "waivers", "expectation_id=desk-policy", "reason=r", "until=2099-01-01", code=1)
    assert "programme add" in empty.refused("check", "--stage", "1", code=2)


def test_a_ready_programme_ends_with_0_and_fail_on_tightens(ready: Cli) -> None:
    report = json.loads(ready.run("check", "--stage", "1", "--format", "json").stdout)
    assert report["verdict"] in {"ready", "at-risk"}
    found = {
        each["severity"]
        for framework in report["frameworks"]
        for line in framework["expectations"]
        for each in line["findings"]
    }
    text = ready.run("check", "--stage", "1", "--fail-on", "info", code=1 if found else 0).stdout
    assert f"(exit {1 if found else 0})" in text
    assert "(exit 0)" in ready.run("check", "-p", "desk", "--stage", "1", "--framework", "house-rules").stdout


def test_nothing_evaluated_is_2_and_the_report_says_why(cli: Cli) -> None:
    cli.run("register", "change", "profile", "--body", '{"frameworks": []}')
    assert "CANNOT EVALUATE (exit 2)" in cli.run("check", "--stage", "1", code=2).stdout


def test_several_formats_come_from_one_run(ready: Cli, tmp_path: Path) -> None:
    files = {name: tmp_path / f"报告.{name}" for name in ("json", "sarif", "junit", "markdown", "badge")}
    words = [word for name, path in files.items() for word in ("--format", name, "--output", str(path))]
    text = ready.run("check", "--stage", "1", "--format", "text", *words, "--language", "zh").stdout
    assert "服务台" in text
    body = json.loads(files["json"].read_text("utf-8"))
    assert json.loads(files["sarif"].read_text("utf-8"))["version"] == "2.1.0"
    assert ET.fromstring(files["junit"].read_text("utf-8")).tag.startswith("testsuite")  # noqa: S314 (our own)
    assert body["known_at"][:10] in text or body["known_on"] in text
    ready.run(
        "check",
        "--stage",
        "1",
        "--format",
        "badge",
        "--format",
        "json",
        "--output",
        "-",
        "--output",
        str(files["json"]),
    )


def test_files_belong_to_formats_in_order_or_to_the_one_right_before(ready: Cli, tmp_path: Path) -> None:
    one, two = str(tmp_path / "1"), str(tmp_path / "2")
    ready.run("check", "--stage", "1", "--format", "json", "--format", "junit", "--output", one, "--output", two)
    assert Path(one).read_text().startswith("{")
    assert Path(two).read_text().startswith("<?xml")
    text = ready.run("check", "--stage", "1", "--format", "text", "--format=sarif", f"--output={one}").stdout
    assert "(exit 0)" in text
    assert '"runs"' in Path(one).read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "text", "--format", "json"),
        ("--format", "json", "--format", "json", "--output", "a", "--output", "b"),
        ("--format", "text", "--output", "a", "--output", "b"),
        ("--output", "a", "--format", "text", "--format", "json"),
        ("--format", "text", "--format", "json", "--output", "a", "--output", "a"),
        ("--format", "pdf"),
        ("--fail-on", "everything"),
        ("--stage", "3"),
        ("--as-of", "tomorrow"),
        ("--as-of", "2027-02-30"),
        ("--as-of", "20270301"),
        ("--known-at", "2027-03-01T08:00"),
        ("--known-at", "yesterday"),
        ("--framework", "nosuch"),
        ("--programme", "nosuch"),
        ("--nosuch",),
        ("surplus",),
        ("--baseline", "nosuch.json"),
        ("--as", "nobody"),
    ],
)
def test_called_wrongly_is_2_with_one_sentence_and_no_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    english = cli.refused("check", "--stage", "1", *words, code=2)
    assert english.startswith("Error: ")
    assert cli.refused("check", "--stage", "1", *words, "--language", "zh", code=2).startswith("错误")
    assert set(tmp_path.iterdir()) == before


def test_a_baseline_that_is_no_report_is_2(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    for content in (b"{}", b"[]", b"{", b"\xff\xfe", b'{"schema": "auditready-report/1"}', b"null", b"[" * 200_000):
        file.write_bytes(content)
        cli.refused("check", "--stage", "1", "--baseline", str(file), code=2)
    report = json.loads(cli.run("check", "--stage", "2", "--format", "json", code=1).stdout)
    file.write_text(json.dumps(report), encoding="utf-8")
    assert "stage" in cli.refused("check", "--stage", "1", "--baseline", str(file), code=2)


def test_a_file_that_cannot_be_written_leaves_every_other_one_as_it_was(cli: Cli, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("before", encoding="utf-8")
    missing = tmp_path / "nosuch" / "b.xml"
    words = ("--format", "json", "--format", "junit", "--output", str(kept), "--output", str(missing))
    assert str(missing) in cli.refused("check", "--stage", "1", *words, code=2)
    assert kept.read_text("utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_the_two_dates_are_given_as_days_and_moments(ready: Cli) -> None:
    before = (datetime.now(UTC) - timedelta(days=3)).date()
    report = json.loads(ready.run("check", "--stage", "1", "--known-at", str(before), "--json", code=1).stdout)
    assert report["known_on"] == str(before), "the end of the day where the organisation is"
    assert datetime.fromisoformat(report["known_at"]).strftime("%H:%M%z") == "23:59+0800"
    moment = "2026-01-02T03:04:05+08:00"
    report = json.loads(
        ready.run("check", "--stage", "1", "--known-at", moment, "--as-of", "2026-02-01", "--json", code=1).stdout
    )
    assert (report["known_at"], report["as_of"]) == ("2026-01-02T03:04:05+08:00", "2026-02-01")


def test_what_is_known_on_a_day_to_come_nobody_knows(ready: Cli) -> None:
    here = datetime.now(ZoneInfo("Asia/Shanghai"))
    today, later = (str((here + timedelta(days=days)).date()) for days in (0, 3))
    report = json.loads(ready.run("check", "--stage", "1", "--known-at", today, "--json").stdout)
    assert report["known_at"][:10] >= today
    assert later in ready.refused("check", "--stage", "1", "--known-at", later, code=2)


def test_without_any_argument_it_says_what_is_missing(cli: Cli) -> None:
    assert "--stage" in cli.refused("check", code=2)


def test_the_worklist_is_as_long_as_asked_for(cli: Cli) -> None:
    few, every = (cli.run("check", "--stage", "2", "--worklist", most, code=1).stdout for most in ("1", "all"))
    assert "more; `--worklist all` shows them" in few
    assert "--worklist all" not in every
    assert len(every) > len(few)
    cli.refused("check", "--stage", "2", "--worklist", "-1", code=2)


def test_among_several_programmes_one_has_to_be_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.run("programme", "add", "other", "--name-en", "Other", "--framework", "house-rules")
    assert "desk, other" in cli.refused("check", "--stage", "1", code=2)
    assert "--programme" in cli.refused("evidence", "list", code=2)
    monkeypatch.setenv("AUDITREADY_PROGRAMME", "other")
    assert json.loads(cli.run("check", "--stage", "1", "--json", code=1).stdout)["programme"]["code"] == "other"
