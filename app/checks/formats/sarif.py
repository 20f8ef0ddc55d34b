"""The findings as a SARIF 2.1.0 log for tools that collect results. Source: OASIS SARIF 2.1.0, errata 01."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app import __version__
from app.checks.formats import Options, codes, outlook
from app.checks.formats.changes import said
from app.checks.formats.plain import one_line
from app.checks.report import FrameworkReport, Merged, Report
from app.checks.snapshots import compare, findings_by_framework, fingerprint, report_body
from app.language import Message, Text
from app.readiness.findings import CODES, Finding, Severity, Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "auditreadyFinding/v1"
RULES = {code: index for index, code in enumerate(CODES)}
LEVELS = {Severity.BLOCKING: "error", Severity.MAJOR: "error", Severity.AT_RISK: "warning"}
"""Anything lighter is a note."""


def render(report: Report, language: str, options: Options) -> str:
    """Return the log as JSON text."""
    return json.dumps(log(report, language, options), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def log(report: Report, language: str, options: Options) -> dict[str, Any]:
    """Return the log as plain values, with one run; results are in the order of the report, absent ones last."""
    places = _Places()
    before = _by_fingerprint(options.baseline, report)
    results = [
        _result(report, framework, merged, places, language)
        for framework in report.frameworks
        for merged in framework.all_findings
    ]
    if before is not None:
        results = [{**result, "baselineState": _state(result, before)} for result in results]
        there = {result["partialFingerprints"][FINGERPRINT] for result in results}
        results += [_absent(finding, language) for name, finding in before.items() if name not in there]
    evaluated = report.verdict is not Verdict.CANNOT_EVALUATE
    run = {
        "tool": {"driver": _driver(language)},
        "language": language,
        "automationDetails": {"id": f"auditready/{report.programme_code}/stage-{report.stage}/{report.known_on}"},
        "invocations": [
            {"executionSuccessful": evaluated, "exitCode": outlook.exit_code(report, options.fail_on)},
        ],
        "logicalLocations": places.found,
        "results": results,
        "properties": _run_properties(report, language, options),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


class _Places:
    """The logical locations of a run, each once: framework, clause in it, subject in that."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._indices: dict[str, int] = {}

    def of(self, framework: FrameworkReport, finding: Finding) -> dict[str, Any]:
        """Return the location of a finding, with its index among those of the run."""
        clause, subject = finding.clause, one_line(finding.subject)
        path = [("framework", framework.pack.id)]
        path += [("clause", clause)] if clause else []
        path += [("subject" if ":" in subject else "expectation", subject)]
        name, parent = "", -1
        for kind, part in path:
            name = f"{name}/{part}" if name else part
            if name not in self._indices:
                self._indices[name] = len(self.found)
                place = {"name": part, "fullyQualifiedName": name, "kind": kind}
                self.found.append(place if parent < 0 else {**place, "parentIndex": parent})
            parent = self._indices[name]
        return {"fullyQualifiedName": name, "index": parent}


def _driver(language: str) -> dict[str, Any]:
    return {"name": "auditready", "version": __version__, "rules": [_rule(code, language) for code in CODES]}


def _rule(code: str, language: str) -> dict[str, Any]:
    title, meaning, usual = codes.CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": title.in_(language)},
        "fullDescription": {"text": meaning.in_(language)},
        "defaultConfiguration": {"level": _level(usual)},
        "properties": {"title": _both(title), "meaning": _both(meaning)},
    }


def _result(
    report: Report, framework: FrameworkReport, merged: Merged, places: _Places, language: str
) -> dict[str, Any]:
    finding = merged.finding
    message, step = (one_line(each.in_(language)) for each in (finding.message, finding.next_step))
    owner = one_line(report.owners.get(merged.owner or "", ""))
    return {
        "ruleId": finding.code,
        "ruleIndex": RULES[finding.code],
        "level": _level(finding.severity),
        "message": {"text": f"{message} {step}"},
        "locations": [{"logicalLocations": [places.of(framework, finding)]}],
        "partialFingerprints": {FINGERPRINT: fingerprint(framework.pack.id, finding)},
        "suppressions": list(_suppressions(finding)),
        "properties": {
            "severity": finding.severity.value,
            "when": merged.when,
            "act_by": finding.act_by.isoformat() if finding.act_by else None,
            "owner": {"id": merged.owner, "name": owner} if merged.owner else None,
            "items": [item._asdict() for item in finding.items],
            "days": [day.isoformat() for day in finding.days],
            "periods": list(finding.periods),
            "message": _both(finding.message),
            "next_step": _both(finding.next_step),
        },
    }


def _suppressions(finding: Finding) -> Iterator[dict[str, str]]:
    """A waiver is a suppression; all other results have none, which has to be said once one has (3.27.23)."""
    if finding.code == "waived":
        reason = one_line(str(finding.message.parts.get("reason", "")))
        yield {"kind": "external", "status": "accepted", "justification": reason}


def _absent(finding: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A finding of the baseline that is gone."""
    code = one_line(str(finding.get("code") or "unknown"))
    known = {"ruleIndex": RULES[code]} if code in RULES else {}
    parts = [said(finding, name, language) for name in ("message", "next_step")]
    return {
        "ruleId": code,
        **known,
        "level": _level(Severity(finding["severity"])),
        "message": {"text": " ".join(part for part in parts if part) or code},
        "partialFingerprints": {FINGERPRINT: str(finding["fingerprint"])},
        "suppressions": [],
        "baselineState": "absent",
        "properties": {"severity": finding["severity"]},
    }


def _by_fingerprint(baseline: Mapping[str, Any] | None, report: Report) -> dict[str, Mapping[str, Any]] | None:
    """Return the baseline's findings by fingerprint, in their order. Raises Invalid as `compare` does."""
    if baseline is None:
        return None
    left_out = compare(baseline, report_body(report)).left_out
    return {
        finding["fingerprint"]: finding
        for framework, several in findings_by_framework(baseline).items()
        if framework not in left_out
        for finding in several
    }


def _state(result: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]) -> str:
    old = before.get(result["partialFingerprints"][FINGERPRINT])
    if old is None:
        return "new"
    now = result["properties"]
    return "unchanged" if all(old.get(each) == now[each] for each in ("severity", "when", "message")) else "updated"


def _run_properties(report: Report, language: str, options: Options) -> dict[str, Any]:
    return {
        "verdict": report.verdict.value,
        "conclusion": outlook.conclusion(report, options.fail_on, language=language),
        "stage": report.stage,
        "as_of": report.as_of.isoformat(),
        "known_at": report.known_at.isoformat(),
        "audit_on": report.audit_on.isoformat() if report.audit_on else None,
        "programme": {"code": report.programme_code, "name": _both(report.programme_name)},
        "organisation": _both(report.organisation_name),
        "count_submitted": report.count_submitted,
        "engine_version": report.engine_version,
        "frameworks": [
            {
                "id": framework.pack.id,
                "verdict": framework.verdict.value,
                **{
                    name: {"verdict": each.verdict.value, "satisfied": each.satisfied, "applicable": each.applicable}
                    for name, each in (("today", framework.today), ("forecast", framework.forecast))
                },
                "earliest_ready_on": framework.earliest_ready_on.isoformat() if framework.earliest_ready_on else None,
            }
            for framework in report.frameworks
        ],
    }


def _level(severity: Severity) -> str:
    return LEVELS.get(severity, "note")


def _both(text: Message | Text) -> dict[str, str]:
    return {"en": text.in_("en"), "zh": text.in_("zh")}
