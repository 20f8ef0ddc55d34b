"""The report as Markdown, read by a Markdown parser with tables and HTML switched on."""

import re
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.checks.formats import Options, outlook, render, wording
from app.checks.formats.markdown import escaped
from app.checks.report import Report, worklist
from app.checks.snapshots import report_body
from app.language import LANGUAGES, Text
from app.readiness.findings import Severity
from tests.checks.builders import F2011, F2018, HOSTILE, everything, ids_where, renamed, some_report, without
from tests.checks.test_formats import hostile

BOTH = (F2018, F2011)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_shown_as_they_are_and_make_no_markup(language: str) -> None:
    usual = tokens(some_report(), language)
    odd = tokens(hostile(), language)
    assert {token.type for token in odd} == {token.type for token in usual}
    html = {token.content.strip() for token in odd if token.type in {"html_block", "html_inline"}}
    assert all(re.fullmatch(r"<details><summary>[^<>]*</summary>|</details>|<!-- -->", each) for each in html)
    shown = [cell.replace("<!-- -->", "") for row in rows(odd) for cell in row]
    assert any(cell.startswith("[31mRedtxt.exe ]]> <script>|@all | ") for cell in shown)


@pytest.mark.parametrize(
    "text", ["a|b", "`x`", "*x*", "_x_ __y__", "[a](b)", "<b>", "&lt;", "a\\|b", "~~x~~", "![i](u)"]
)
def test_an_escaped_text_reads_as_it_was(text: str) -> None:
    parsed = PARSER.parse(f"| a |\n| --- |\n| x {escaped(text)} |\n")
    assert rows(parsed) == [["a"], [f"x {text}"]]
    inline = [child.type for token in parsed for child in token.children or []]
    assert set(inline) <= {"text", "text_special"}


def test_no_bracket_of_html_is_left_even_where_it_would_be_harmless() -> None:
    assert escaped("<div onload=x> &amp;") == "&lt;div onload=x&gt; &amp;amp;"


def test_nobody_is_called_and_no_issue_is_linked() -> None:
    assert escaped("@all #12 a@b # @") == "@<!-- -->all #<!-- -->12 a@<!-- -->b # @"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_a_table_has_the_cells_of_its_head(language: str) -> None:
    for line in render(hostile(), "markdown", language=language).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 7


def test_the_heading_has_the_verdict_and_the_conclusion_stands_below() -> None:
    for report in (some_report(), some_report(everything()), some_report(frameworks=())):
        parsed = tokens(report, "en")
        assert parsed[1].content.endswith(f"stage 2: {wording.verdict_word(report.verdict, 'en')}")
        shown = [text_of(token) for token in parsed if token.type == "inline"]
        assert outlook.conclusion(report, language="en") in shown
    tightened = render(some_report(everything()), "markdown", language="en", options=Options(fail_on="observation"))
    assert "READY (exit 1)" in tightened


def test_frameworks_stand_in_a_table_with_their_figures() -> None:
    report = some_report(frameworks=(F2018, F2011))
    found = {row[0]: row for row in rows(tokens(report, "en"))}
    for framework in report.frameworks:
        row = found[framework.pack.reference]
        for cell, day in ((row[2], framework.today), (row[3], framework.forecast)):
            assert f"{day.satisfied} of {day.applicable} met, weighted {day.score} %" in cell
        assert row[4] == str(framework.earliest_ready_on)


def test_the_worklist_shows_the_first_and_says_how_many_more() -> None:
    report = some_report()
    tasks = worklist(report)
    options = Options(worklist_lines=4)
    part = render(report, "markdown", language="en", options=options).partition("### Worklist")[2].partition("<det")[0]
    assert len(rows(PARSER.parse(part.partition("\n")[2]))) == 1 + 4
    assert f"and {len(tasks) - 4} more" in part


def test_findings_are_folded_by_severity_and_each_stands_once() -> None:
    report = some_report(frameworks=(F2018, F2011))
    text = render(report, "markdown", language="en", options=Options(worklist_lines=0))
    for severity in Severity:
        keys = [key for key, heaviest in severities(report).items() if heaviest is severity]
        counted = wording.findings_counted(severity, len(keys)).in_("en")
        if not keys:
            assert f"{wording.MARKS[severity]} {counted}" not in text
            continue
        part = text.partition(f"<summary>{wording.MARKS[severity]} {counted}</summary>")[2].partition("</details>")[0]
        assert len(rows(PARSER.parse(part))) == 1 + len(keys)


def test_a_long_report_still_fits_into_a_comment() -> None:
    facts = [without(everything(each), *ids_where(each)) for each in BOTH]
    long = [
        replace(each, needs=tuple(n._replace(name=Text("long" * 50, "长" * 200)) for n in each.needs)) for each in facts
    ]
    report = some_report(*long, frameworks=BOTH)
    text = render(report, "markdown", language="en", options=Options(worklist_lines=0))
    assert 50_000 < len(text) < 65_536
    listed = len(re.findall(r"`[a-z-]+` \|", text))
    left = [int(number) for number in re.findall(r"^and (\d+) more$", text, re.MULTILINE)]
    assert len(left) == 3
    assert listed + sum(left[1:]) == len(severities(report))
    assert left[0] == len(worklist(report))


def test_what_changed_is_listed() -> None:
    missing, other = ids_where(required=True, optional=False, action="maintain")[:2]
    before = report_body(some_report(renamed(without(everything(), missing), missing, HOSTILE)))
    options = Options(baseline=before)
    text = render(some_report(without(everything(), other)), "markdown", language="en", options=options)
    part = text.partition("### Since 2026-11-24")[2].partition("###")[0]
    assert re.findall(r"^\*\*(\w+: \d+)\*\*$", part, re.MULTILINE) == ["New: 1", "Worsened: 0", "Closed: 1"]
    assert len(re.findall(r"^- ✘ blocking ", part, re.MULTILINE)) == 2
    assert "<script>" not in part


def severities(report: Report) -> dict[tuple[str, str, str], Severity]:
    """The heaviest severity of every finding, whichever framework has it."""
    found: dict[tuple[str, str, str], Severity] = {}
    for framework in report.frameworks:
        for merged in framework.all_findings:
            key, severity = merged.finding.key, merged.finding.severity
            found[key] = min(found.get(key, severity), severity, key=lambda each: each.rank)
    return found


def tokens(report: Report, language: str) -> list[Token]:
    baseline = report_body(some_report(everything()))
    return PARSER.parse(render(report, "markdown", language=language, options=Options(baseline=baseline)))


def rows(parsed: list[Token]) -> list[list[str]]:
    found: list[list[str]] = []
    for token, following in zip(parsed, [*parsed[1:], None], strict=True):
        if token.type == "tr_open":
            found.append([])
        elif token.type in {"th_open", "td_open"} and following is not None:
            found[-1].append(text_of(following))
    return found


def text_of(token: Token) -> str:
    children: list[Any] = token.children or []
    return "".join(child.content for child in children if child.type in {"text", "text_special", "code_inline"})
