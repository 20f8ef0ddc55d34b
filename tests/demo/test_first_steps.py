"""What a new user does after `make demo`: put in what is missing, have it accepted, and look again."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from app.readiness.periods import period_of
from tests.cli.commands import Cli

NEED = "sla-performance-report"
CHECK = ("check", "--stage", "2", "--framework", "iso20000-1-2018")


def test_a_report_that_is_put_in_and_accepted_changes_its_own_lines_only(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "demo")
    cli.run("demo")
    before = _findings(cli)
    [month] = before["period-missing", NEED]
    report = tmp_path / "服务报告.txt"
    report.write_text("服务级别达成情况", encoding="utf-8")
    period = period_of(date.fromisoformat(f"{month}-01"), "monthly")
    days = ("--period-from", str(period.start), "--period-to", str(period.end))
    added = cli.json("evidence", "add", str(report), "--expectation", NEED, *days, "--as", "wang.min")
    assert _findings(cli) == before | {("acceptance-pending", NEED): ()}
    cli.run("evidence", "review", "accept", added["id"], "--as", "li.wei")
    expected = {key: value for key, value in before.items() if key != ("period-missing", NEED)}
    assert _findings(cli) == expected | {("period-late", NEED): (month,)}


def _findings(cli: Cli) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the periods that every finding names, by code and subject."""
    report = json.loads(cli.run(*CHECK, "--format", "json", code=1).stdout)
    return {(each["code"], each["subject"]): tuple(each["periods"]) for each in _each(report)}


def _each(report: Any) -> Iterator[Any]:
    for framework in report["frameworks"]:
        for part in (framework, *framework["expectations"]):
            yield from part["findings"]
