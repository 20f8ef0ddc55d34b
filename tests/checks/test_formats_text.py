"""The report for a terminal."""

import re
from dataclasses import replace
from datetime import date
from unicodedata import category

import pytest
from wcwidth import iter_graphemes, wcwidth, width

from app.checks.formats import Options, outlook, render, terminal, wording
from app.checks.formats.plain import one_line
from app.checks.formats.terminal import Page, Span
from app.checks.report import worklist
from app.checks.snapshots import report_body
from app.language import LANGUAGES
from app.readiness.findings import Severity
from tests.checks.builders import (
    AUDIT,
    F2011,
    F2018,
    TODAY,
    WANG,
    everything,
    gaps,
    ids_where,
    limited,
    needs,
    renamed,
    some_report,
    without,
)
from tests.checks.test_formats import at_risk_facts, hostile

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [60, 61, 72, 80, 100, 173])
def test_no_line_is_wider_than_asked_but_the_last(language: str, columns: int) -> None:
    baseline = report_body(some_report(everything()))
    for report in (some_report(frameworks=(F2018, F2011)), hostile()):
        lines = render(report, "text", language=language, options=Options(columns, baseline=baseline)).splitlines()
        wide = [line for line in lines[:-1] if sum(width(each) for each in iter_graphemes(line)) > columns]
        assert wide == []
        assert any(width(line) > columns - 12 for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_by_wrapping(language: str) -> None:
    report = hostile()
    narrow, wide = (render(report, "text", language=language, options=Options(columns)) for columns in (60, 5000))
    assert re.sub(r"\s", "", narrow) == re.sub(r"\s", "", wide)


@pytest.mark.parametrize("language", LANGUAGES)
def test_colour_adds_nothing_but_colour(language: str) -> None:
    report = some_report()
    plain = render(report, "text", language=language)
    coloured = render(report, "text", language=language, options=Options(colour=True))
    assert "\x1b" not in plain
    assert SGR.sub("", coloured) == plain
    assert coloured.count("\x1b[") > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_and_what_to_do_about_it_is_there(language: str) -> None:
    report = some_report(frameworks=(F2018, F2011))
    text = render(report, "text", language=language, options=Options(5000, worklist_lines=0))
    for framework in report.frameworks:
        for merged in framework.all_findings:
            assert one_line(merged.finding.message.in_(language)) in text
            assert f"[{merged.finding.code}" in text
            if merged.finding.severity.rank <= Severity.AT_RISK.rank:
                assert merged.finding.next_step.in_(language) in text


def test_gaps_stand_under_their_clause_with_mark_word_day_and_owner() -> None:
    need = ids_where(required=True, optional=False, action="retain", history_months=None, owner=WANG)[0]
    [known] = [each for each in needs() if each.id == need]
    lines = render(some_report(without(everything(), need)), "text", language="en").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{known.clause} "))
    shown = " ".join(line.strip() for line in lines[at + 1 : at + 5])
    assert f"✘ blocking {known.name.en}: no evidence is there. [evidence-missing]" in re.sub(" +", " ", shown)
    assert "→ Add the record as evidence and have it accepted. · now · Wang Fang" in shown


def test_what_holds_on_one_of_the_days_only_says_so() -> None:
    facts = everything()
    last = date(2027, 1, 3)
    expiring = ids_where(action="retain", optional=False, required=True, cadence="annual", history_months=None)[0]
    proofs = tuple(each._replace(valid_until=last) if each.need_id == expiring else each for each in facts.proofs)
    text = render(some_report(replace(facts, proofs=proofs)), "text", language="en", options=Options(200))
    assert f"[evidence-expiring, on {AUDIT}]" in text
    assert "[period-missing, today only]" in render(some_report(), "text", language="en", options=Options(200))
    assert "· by 2027-01-03" in text
    assert "  by 2027-01-03  ! at risk" in text


def test_the_heaviest_findings_of_a_clause_come_first() -> None:
    maintained = ids_where(action="maintain", required=True, optional=False)
    several = [each.id for each in needs() if each.clause == "8.7.2" and each.id in maintained]
    facts = everything()
    [first, last] = several[0], several[-1]
    papers = [
        paper._replace(next_review_on=date(2027, 1, 1)) if paper.need_id == first else paper
        for paper in facts.papers
        if paper.need_id != last
    ]
    assert first != last
    text = render(some_report(replace(facts, papers=tuple(papers))), "text", language="en", options=Options(5000))
    shown = re.findall(r"^  [✘!] (blocking|at risk) ", text.partition("Worklist")[0], re.MULTILINE)
    assert shown == ["blocking", "at risk"]


def test_the_head_says_who_what_and_when() -> None:
    lines = render(some_report(), "text", language="zh").splitlines()
    assert lines[0] == "云栈科技有限公司 · IT 服务 · itsm"
    assert str(AUDIT) in lines[1]
    assert "177" in lines[1]
    assert str(AUDIT) in lines[2]
    assert f"{TODAY} 01:41 (UTC+00:00)" in lines[2]
    english = render(some_report(), "text", language="en").splitlines()
    assert english[1] == "ISO/IEC 20000-1 stage 2 · audit on 2027-05-20, in 177 days"
    framework = some_report().frameworks[0]
    for day in (framework.today, framework.forecast):
        figures = f"{day.satisfied} of {day.applicable} met, weighted {day.score} %"
        assert any(figures in line and "NOT READY" in line for line in english[:8])
    unplanned = render(some_report(audit_on=None), "text", language="en").splitlines()
    assert unplanned[1].endswith("no audit day is planned")


def test_a_past_day_is_judged_once() -> None:
    report = some_report(as_of=date(2026, 10, 1))
    lines = render(report, "text", language="en").splitlines()
    assert re.match(r"  2026-10-01 +NOT READY", lines[5])
    assert not any(line.startswith("  Today ") for line in lines)


def test_an_earliest_ready_day_after_the_audit_says_so_in_words() -> None:
    late = some_report(audit_on=date(2026, 11, 28), as_of=date(2026, 11, 28))
    assert late.frameworks[0].earliest_ready_on == date(2026, 12, 1)
    assert "2026-12-01 at the earliest, after the planned audit" in render(late, "text", language="en")
    assert "after the planned audit" not in render(some_report(), "text", language="en")


def test_submitted_evidence_that_counts_is_noted() -> None:
    note = "let submitted evidence count"
    assert note in render(some_report(count_submitted=True), "text", language="en")
    assert note not in render(some_report(), "text", language="en")
    assert "let submitted evidence count" in render(some_report(count_submitted=True), "markdown", language="en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_line_is_the_conclusion_in_one_piece(language: str) -> None:
    for report in (some_report(), some_report(everything()), some_report(at_risk_facts()), some_report(frameworks=())):
        for fail_on in ("blocking", "observation"):
            text = render(report, "text", language=language, options=Options(60, fail_on=fail_on))
            assert text.splitlines()[-1] == outlook.conclusion(report, fail_on, language=language)


def test_the_worklist_shows_the_first_and_says_how_many_more() -> None:
    report = some_report()
    tasks = worklist(report)
    for most in (0, 3, 15, 500):
        text = render(report, "text", language="en", options=Options(5000, worklist_lines=most))
        part = text.partition("Worklist, by the last safe day")[2]
        assert part.startswith(f" ({len(tasks)})")
        assert sum(
            f"[{code}" in line for line in part.splitlines() for code in [line.partition("[")[2][:4]] if code
        ) == (min(most, len(tasks)))
        assert (f"and {len(tasks) - most} more" in part) == (most < len(tasks))


def test_what_two_frameworks_share_is_told_once() -> None:
    both = some_report(frameworks=(F2018, F2011))
    text = render(both, "text", language="en", options=Options(5000, worklist_lines=0))
    keys = [
        (m.finding.code, m.finding.subject, str(m.finding.message)) for f in both.frameworks for m in f.all_findings
    ]
    assert f"{len(keys) - len(set(keys))} are the same as above and are not repeated." in text
    assert len(re.findall(r"\[[a-z-]+(?:, [^\]]+)?\]$", text, re.MULTILINE)) + len(
        re.findall(r"\[period-upcoming\] · ", text)
    ) == len(set(keys))


def test_clauses_in_the_worklist_name_their_edition_where_there_are_two() -> None:
    text = render(some_report(frameworks=(F2018, F2011)), "text", language="en", options=Options(5000))
    assert " 6.3 (2018) Service management plan" in text
    assert "(2018)" not in render(some_report(), "text", language="en")
    other = "iso27001-2022"
    mixed = some_report(gaps(), everything(other), frameworks=(F2018, other))
    text = render(mixed, "text", language="en", options=Options(5000))
    assert " 6.3 (20000-1:2018) Service management plan" in text


def test_what_changed_is_listed_with_the_verdict_before() -> None:
    missing, other = ids_where(required=True, optional=False, action="maintain")[:2]
    before = report_body(some_report(without(everything(), missing)))
    options = Options(5000, baseline=before)
    text = render(some_report(without(everything(), other)), "text", language="en", options=options)
    part = text.partition("Since 2026-11-24")[2].partition("Findings for")[0]
    assert [line for line in part.splitlines() if ":" in line and "[" not in line] == [
        "  New: 1",
        "  Worsened: 0",
        "  Closed: 1",
    ]
    assert len(re.findall(r"^  \+ ✘ blocking ", part, re.MULTILINE)) == 1
    assert len(re.findall(r"^  = ✘ blocking ", part, re.MULTILINE)) == 1
    ready = render(some_report(everything()), "text", language="en", options=options)
    assert "The verdict was not ready and is ready." in ready
    assert "verdict was" not in text


def test_a_finding_that_became_heavier_is_listed_as_worsened() -> None:
    need = ids_where(required=True, optional=False)[0]
    body = report_body(some_report(without(everything(), need)))
    for line in body["frameworks"][0]["expectations"]:
        for finding in line["findings"]:
            if finding["severity"] == "blocking":
                finding["severity"] = "at-risk"
    options = Options(5000, baseline=body)
    text = render(some_report(without(everything(), need)), "text", language="en", options=options)
    assert "  Worsened: 1\n  ^ ✘ blocking" in text


def test_low_coverage_is_named_as_what_decides() -> None:
    customary = ids_where(required=False, optional=False, history_months=None)
    report = some_report(limited(without(everything(), *customary), conditional_min_percent=95))
    text = render(report, "text", language="en")
    assert "weighted coverage below what the programme asks for" in text
    assert f"Evidence missing {len(customary)}" in text


def test_columns_are_those_of_the_terminal() -> None:
    simple = [chr(code) for code in range(0x110000) if terminal._SIMPLE.fullmatch(chr(code))]
    assert len(simple) > 20_000
    assert [each for each in simple if terminal.columns(each) != wcwidth(each)] == []
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert [terminal.columns(text) for text in ("服务", "a·b", "e\u0301", family, "שלום")] == [4, 3, 1, 2, 4]
    assert terminal.padded("风险", 8) == "风险    "


def test_marks_take_one_column_and_differ() -> None:
    assert {terminal.columns(mark) for mark in wording.MARKS.values()} == {1}
    assert len(set(wording.MARKS.values())) == len(Severity)


def test_long_text_hangs_under_where_it_began() -> None:
    page = Page(60, colour=False)
    page.add("长" * 70 + "。" + "word " * 20, [Span("  ✘ 阻断  ")])
    first, *rest = page.lines
    assert first.startswith("  ✘ 阻断  长")
    assert all(line.startswith(" " * 10) and line[10] != " " for line in rest)
    assert len(rest) > 3


def test_a_line_does_not_begin_with_closing_punctuation() -> None:
    page = Page(60, colour=False)
    opening, closing, comma = "\uff08", "\uff09", "\uff0c"
    for shift in range(12):
        page.add("a" * shift + f"服务{opening}管理{closing}体系{comma}已批准。「评审」" * 20)
    assert len(page.lines) > 100
    assert [line for line in page.lines if category(line[0]) in {"Pe", "Po", "Pf"}] == []
    assert [line for line in page.lines if category(line[-1]) in {"Ps", "Pi"}] == []


def test_a_word_longer_than_a_line_is_broken_anywhere() -> None:
    page = Page(60, colour=False)
    page.add("x" * 150)
    assert [len(line) for line in page.lines] == [60, 60, 30]


def test_a_narrow_width_is_taken_as_sixty() -> None:
    assert render(some_report(), "text", language="en", options=Options(10)) == render(
        some_report(), "text", language="en", options=Options(60)
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\nb\tc\u2028d", "a b c d"),
        ("\x1b[31mred\x9b0m\x07", "[31mred0m"),
        ("\u202eabc\u2066", "abc"),
        ("\ud800 \uffff", "\ufffd \ufffd"),
        ("\U0001f469\u200d\U0001f467 שלום ", "\U0001f469\u200d\U0001f467 שלום"),
    ],
)
def test_text_of_people_is_made_one_harmless_line(text: str, plain: str) -> None:
    assert one_line(text) == plain


def test_a_title_cannot_forge_a_line_of_the_report() -> None:
    need = ids_where(required=True, optional=False, action="maintain")[0]
    forged = "x\nREADY (exit 0): nothing is missing; keep it so"
    lines = render(
        some_report(renamed(gaps(), need, forged)), "text", language="en", options=Options(5000)
    ).splitlines()
    assert any("REA" in line for line in lines)
    assert not any(line.startswith("READY") for line in lines)
