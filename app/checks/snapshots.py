"""Reports as JSON: what a snapshot keeps, what `--format json` prints, and what two reports differ in."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.checks.report import FrameworkReport, Line, Merged, Report, worklist
from app.errors import Invalid
from app.language import Message, Text
from app.readiness.findings import CODES, Assessment, Finding, Severity

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
                **_finding(report, task.framework, task.merged),
                "act_by": task.act_by.isoformat() if task.act_by else None,
            }
            for task in worklist(report)
        ],
    }


def fingerprint(framework: str, finding: Finding) -> str:
    """Return what names the same finding in every report: SHA-256 of framework, code, subject and any aspect."""
    return fingerprint_of(framework, *finding.key)


def fingerprint_of(framework: str, *key: str) -> str:
    """Return the fingerprint of a finding with this key."""
    return hashlib.sha256("\n".join((framework, *filter(None, key))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one report to a later one, as findings in JSON: came, went, became worse.

    `left_out` are the frameworks that only one of the reports judges: nothing is said of them.
    """

    new: tuple[dict[str, Any], ...]
    closed: tuple[dict[str, Any], ...]
    worsened: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare two reports as JSON, framework by framework.

    A finding is worse where it weighs more, names more periods or items, or holds now and not only on the later day;
    evidence that was to expire and has expired is worse, not closed and new. Raises Invalid where one is no report of
    ours, or they are of different programmes or stages.
    """
    old, new = findings_by_framework(before), findings_by_framework(after)
    if _programme_of(before) != _programme_of(after):
        raise Invalid("The earlier report is of another programme.", field="baseline")
    first, second = before.get("stage"), after.get("stage")
    if first != second:
        raise Invalid(
            "Reports of stage {first} and stage {second} cannot be compared.",
            first=str(first),
            second=str(second),
            field="baseline",
        )
    was = {_thread(finding): finding for code in old if code in new for finding in old[code]}
    now = {_thread(finding): finding for code in new if code in old for finding in new[code]}
    return Comparison(
        tuple(finding for name, finding in now.items() if name not in was),
        tuple(finding for name, finding in was.items() if name not in now),
        tuple(finding for name, finding in now.items() if name in was and _is_worse(finding, was[name])),
        tuple(sorted(set(old) ^ set(new))),
    )


def findings_by_framework(body: object) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of a report as JSON, by framework, in their order. Raises Invalid where it is none of ours.

    A report that names a rule or a severity this program does not know is of another version: it is refused.
    """
    if not isinstance(body, Mapping) or body.get("schema") != SCHEMA:
        raise Invalid("This is no report of ours. Make one with `auditready check --format json`.", field="baseline")
    try:
        found = {
            framework["id"]: [
                *framework["findings"],
                *(each for line in framework["expectations"] for each in line["findings"]),
            ]
            for framework in body["frameworks"]
        }
        for finding in (each for several in found.values() for each in several):
            Severity(finding["severity"])
            hash(_thread(finding))
            if finding["code"] not in CODES:
                raise Invalid("The report names an unknown rule: {code}.", code=str(finding["code"]), field="baseline")
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("The report is not complete. Make it again.", field="baseline") from error
    return found


def _programme_of(body: Mapping[str, Any]) -> object:
    programme = body.get("programme")
    return programme.get("id") if isinstance(programme, Mapping) else None


def _thread(finding: Mapping[str, Any]) -> tuple[str, str]:
    """What a finding is about: that evidence expires and that it has expired is one story."""
    if finding["code"] in ("evidence-expiring", "evidence-expired"):
        return "expiry", f"{finding.get('framework')} {finding.get('subject')}"
    return "finding", finding["fingerprint"]


def _is_worse(now: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    if Severity(now["severity"]).rank < Severity(was["severity"]).rank:
        return True
    if was.get("when") == "forecast" and now.get("when") != "forecast":
        return True
    return any(_named(now, name) - _named(was, name) for name in ("periods", "items"))


def _named(finding: Mapping[str, Any], name: str) -> set[str]:
    several = finding.get(name)
    return {json.dumps(each, sort_keys=True) for each in several} if isinstance(several, list) else set()


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
        "framework": framework,
        "subject": finding.subject,
        "aspect": finding.aspect,
        "clause": finding.clause,
        "message": _both(finding.message),
        "next_step": _both(finding.next_step),
        "items": [item._asdict() for item in finding.items],
        "days": [day.isoformat() for day in finding.days],
        "periods": list(finding.periods),
        "act_by": finding.act_by.isoformat() if finding.act_by else None,
        "owner": {"id": merged.owner, "name": report.owners.get(merged.owner, "")} if merged.owner else None,
        "fingerprint": fingerprint(framework, finding),
    }


def _both(text: Text | Message) -> dict[str, str]:
    return {"en": text.in_("en"), "zh": text.in_("zh")}
