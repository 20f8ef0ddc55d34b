"""The JUnit document, read by a library that reads what build servers read."""

from dataclasses import replace
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from app.checks.formats import render
from app.checks.report import Line, Report
from app.language import LANGUAGES
from app.readiness.facts import Facts
from app.readiness.findings import Status
from tests.checks.builders import F2011, F2018, everything, gaps, ids_where, limited, some_report, without
from tests.checks.test_formats import at_risk_facts, hostile


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_expectation_is_a_case_in_the_suite_of_its_clause(language: str) -> None:
    report = some_report(frameworks=(F2018, F2011))
    suites = read(report, language)
    clauses = [suite for suite in suites if properties(suite) == {}]
    wanted: dict[str, list[str]] = {}
    for framework in report.frameworks:
        for line in framework.lines:
            name = f"{framework.pack.reference} {line.need.clause} {line.clause_title.in_(language)}"
            wanted.setdefault(name, []).append(line.need.name.in_(language))
    assert {suite.name: [case.name for case in suite] for suite in clauses} == wanted
    names = [(case.classname, case.name) for suite in suites for case in suite]
    assert len(set(names)) == len(names)


def test_a_gap_fails_with_its_findings_and_what_to_do() -> None:
    need = ids_where(required=True, optional=False, action="maintain")[0]
    case = by_id(some_report(without(everything(), need)))[need]
    [failure] = case.result
    assert isinstance(failure, Failure)
    assert failure.type == "evidence-missing"
    assert "no document is there. [evidence-missing]" in failure.message
    assert failure.text == failure.message
    assert "| Create the document, have it approved and link it. | 李伟" in failure.text


def test_cases_follow_the_status_of_their_expectation() -> None:
    report = some_report(replace(at_risk_facts(), waivers=gaps().waivers))
    extra = some_report(without(gaps(), *ids_where(optional=True)))
    seen = set()
    for judged in (report, extra):
        cases = by_id(judged)
        for line in judged.frameworks[0].lines:
            case = cases[line.need.id]
            seen.add(line.status)
            assert [type(result) for result in case.result] == expected(line), line.need.id
            lighter = [m for m in line.findings if m.finding.severity not in {"blocking", "major"}]
            if line.status in {Status.AT_RISK, Status.MET, Status.GAP}:
                assert bool(case.system_out) == bool(lighter)
                assert all(f"[{merged.finding.code}]" in str(case.system_out) for merged in lighter)
    assert seen == {Status.GAP, Status.WAIVED, Status.AT_RISK, Status.MET, Status.NOT_EXPECTED}


def test_totals_add_up_and_nothing_takes_time() -> None:
    document = JUnitXml.fromstring(text_of(some_report()).encode())
    cases = [case for suite in document for case in suite]
    assert document.tests == len(cases) == sum(suite.tests for suite in document)
    for name, kind in (("failures", Failure), ("errors", Error), ("skipped", Skipped)):
        total = sum(isinstance(result, kind) for case in cases for result in case.result)
        assert getattr(document, name) == total == sum(getattr(suite, name) for suite in document)
    assert document.failures > 5
    assert {float(each.time) for each in (document, *document, *cases)} == {0.0}
    before = [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in document]
    for suite in document:
        suite.update_statistics()  # type: ignore[no-untyped-call]
    assert [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in document] == before


def test_the_suite_of_the_framework_says_verdict_days_and_figures() -> None:
    [first, *_] = read(some_report())
    facts = properties(first)
    assert facts["verdict"] == "not-ready"
    assert facts["as_of"] == facts["audit_on"] == "2027-05-20"
    assert facts["known_at"] == "2026-11-24T01:41:00+00:00"
    today = some_report().frameworks[0].today
    assert (facts["today.satisfied"], facts["today.score"]) == (str(today.satisfied), str(today.score))
    assert first.timestamp == "2026-11-24T01:41:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_green_that_is_not_ready_or_was_not_evaluated(language: str) -> None:
    customary = ids_where(required=False, optional=False)
    low = some_report(limited(without(everything(), *customary), conditional_min_percent=99))
    for report, kinds in (
        (some_report(), [Failure]),
        (low, [Failure]),
        (some_report(at_risk_facts()), []),
        (some_report(everything()), []),
        (some_report(Facts()), [Error]),
        (some_report(frameworks=()), [Error]),
    ):
        verdict = next(iter(read(report, language)[0]))
        assert [type(result) for result in verdict.result] == kinds
    at_risk = next(iter(read(some_report(at_risk_facts()))[0]))
    assert "Review overdue 1" in str(at_risk.system_out)


def test_what_is_wrong_with_the_programme_fails_in_the_suite_of_the_framework() -> None:
    [first, *_] = read(some_report())
    [_, *programme] = first
    names = [each.name.partition(":")[0] for each in programme]
    assert names == ["service-uncovered"] * (len(names) - 1) + ["supplier-uncovered"]
    assert len(names) > 1
    assert all(isinstance(result, Failure) for case in programme for result in case.result)


def test_titles_come_back_as_they_were_but_for_what_xml_cannot_hold() -> None:
    names = [case.name for suite in read(hostile()) for case in suite]
    assert any(
        "[31mRedtxt.exe ]]> <script>|@all | \U0001f469\u200d\U0001f467 שלום \ufffd&amp; 很长" in name for name in names
    )


def expected(line: Line) -> list[type[Any]]:
    match line.status:
        case Status.GAP:
            return [Failure]
        case Status.WAIVED | Status.NOT_EXPECTED:
            return [Skipped]
        case _:
            return []


def text_of(report: Report, language: str = "en") -> str:
    return render(report, "junit", language=language)


def read(report: Report, language: str = "en") -> list[TestSuite]:
    return list(JUnitXml.fromstring(text_of(report, language).encode()))


def properties(suite: TestSuite) -> dict[str, str]:
    return {each.name: each.value for each in suite.properties()}  # type: ignore[no-untyped-call]


def by_id(report: Report) -> dict[str, TestCase]:
    return {case.classname.rpartition(".")[2]: case for suite in read(report) for case in suite}
