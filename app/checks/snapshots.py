"""Reports as JSON: what a snapshot keeps, what `--format json` prints, and what two reports differ in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.checks.report import FrameworkReport, Line, Merged, Report, worklist
from app.errors import Invalid
from app.language import Message, Text
from app.readiness.findings import Assessment, Severity

SCHEMA = "auditready-report/1"


def report_body(report: Report) -> dict[str, Any]:
    """Return the whole report as JSON, every sentence in both languages."""
    return {
        "schema": SCHEMA,
        "programme": {"id": report.programme_id, "code": report.programme_code, "name": _both(report.programme_name)},
        "organisation": _both(report.organisation_name),
        "stage": report.stage,
        "as_of": report.as_of.isoformat(),
        "known_at": report.known_at.isoformat(),
        "known_on": report.known_on.isoformat(),
        "audit_on": report.audit_on.isoformat() if report.audit_on else None,
        "count_submitted": report.count_submitted,
        "engine_version": report.engine_version,
        "verdict": report.verdict.value,
        "frameworks": [_framework(report, each) for each in report.frameworks],
        "worklist": [
            {
                "act_by": task.act_by.isoformat() if task.act_by else None,
                "framework": task.framework,
                **_finding(report, task.framework, task.merged),
            }
            for task in worklist(report)
        ],
    }


def fingerprint(framework: str, code: str, subject: str) -> str:
    """Return what names the same finding in every report: SHA-256 of framework, code and subject."""
    return hashlib.sha256(f"{framework}\n{code}\n{subject}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one report to a later one, as findings in JSON: came, went, became heavier."""

    new: tuple[dict[str, Any], ...]
    closed: tuple[dict[str, Any], ...]
    worsened: tuple[dict[str, Any], ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare two reports as JSON. Raises Invalid where one is no report, or they are of different stages."""
    old, new = _by_fingerprint(before), _by_fingerprint(after)
    first, second = before.get("stage"), after.get("stage")
    if first != second:
        raise Invalid("Reports of stage {first} and stage {second} cannot be compared.", first=first, second=second)
    worse = [
        finding
        for name, finding in new.items()
        if name in old and Severity(finding["severity"]).rank < Severity(old[name]["severity"]).rank
    ]
    return Comparison(
        tuple(finding for name, finding in new.items() if name not in old),
        tuple(finding for name, finding in old.items() if name not in new),
        tuple(worse),
    )


def _by_fingerprint(body: object) -> dict[str, dict[str, Any]]:
    if not isinstance(body, Mapping) or body.get("schema") != SCHEMA:
        raise Invalid("This is no report of ours. Make one with `auditready check --format json`.", field="baseline")
    try:
        return {
            finding["fingerprint"]: finding
            for framework in body["frameworks"]
            for finding in (
                *framework["findings"],
                *(each for line in framework["expectations"] for each in line["findings"]),
            )
            if Severity(finding["severity"])
        }
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("The report is not complete. Make it again.", field="baseline") from error


def _framework(report: Report, framework: FrameworkReport) -> dict[str, Any]:
    return {
        "id": framework.pack.id,
        "reference": framework.pack.reference,
        "version": framework.pack.version,
        "coverage": framework.pack.coverage.value,
        "verdict": framework.verdict.value,
        "today": _assessment(framework.today),
        "forecast": _assessment(framework.forecast),
        "earliest_ready_on": framework.earliest_ready_on.isoformat() if framework.earliest_ready_on else None,
        "findings": [_finding(report, framework.pack.id, each) for each in framework.findings],
        "expectations": [_line(report, framework.pack.id, each) for each in framework.lines],
    }


def _assessment(assessment: Assessment) -> dict[str, Any]:
    return {
        "day": assessment.as_of.isoformat(),
        "verdict": assessment.verdict.value,
        "satisfied": assessment.satisfied,
        "applicable": assessment.applicable,
        "score": assessment.score,
    }


def _line(report: Report, framework: str, line: Line) -> dict[str, Any]:
    return {
        "id": line.need.id,
        "clause": line.need.clause,
        "name": _both(line.need.name),
        "kind": line.need.kind,
        "action": line.need.action,
        "stage": line.need.stage,
        "required": line.need.required,
        "status": line.status.value,
        "today": line.today.value,
        "forecast": line.forecast.value,
        "findings": [_finding(report, framework, each) for each in line.findings],
    }


def _finding(report: Report, framework: str, merged: Merged) -> dict[str, Any]:
    finding = merged.finding
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "when": merged.when,
        "subject": finding.subject,
        "clause": finding.clause,
        "message": _both(finding.message),
        "next_step": _both(finding.next_step),
        "items": [item._asdict() for item in finding.items],
        "days": [day.isoformat() for day in finding.days],
        "periods": list(finding.periods),
        "act_by": finding.act_by.isoformat() if finding.act_by else None,
        "owner": {"id": merged.owner, "name": report.owners.get(merged.owner, "")} if merged.owner else None,
        "fingerprint": fingerprint(framework, finding.code, finding.subject),
    }


def _both(text: Text | Message) -> dict[str, str]:
    return {"en": text.in_("en"), "zh": text.in_("zh")}
