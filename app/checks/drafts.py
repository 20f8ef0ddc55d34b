"""What those see of a report who may not read drafts: what is missing, but not the drafts that it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.checks.report import FrameworkReport, Merged, Report
from app.readiness.findings import Assessment, Finding

CODES = frozenset({"acceptance-pending", "evidence-rejected", "evidence-missing", "document-unapproved"})
"""Findings whose items are drafts: submitted or rejected evidence, documents in review."""


def without_drafts(report: Report) -> Report:
    """Return the report without the items of such findings."""
    return replace(report, frameworks=tuple(map(_framework, report.frameworks)))


def body_without_drafts(body: Any) -> Any:  # noqa: ANN401 (a report as JSON, or a part of one)
    """Return a report as JSON without the items of such findings."""
    if isinstance(body, Mapping):
        bare: dict[str, Any] = {"items": []} if body.get("code") in CODES and "items" in body else {}
        return {name: body_without_drafts(each) for name, each in body.items()} | bare
    return [body_without_drafts(each) for each in body] if isinstance(body, list) else body


def _framework(framework: FrameworkReport) -> FrameworkReport:
    return replace(
        framework,
        today=_assessment(framework.today),
        forecast=_assessment(framework.forecast),
        lines=tuple(replace(line, findings=_merged(line.findings)) for line in framework.lines),
        findings=_merged(framework.findings),
    )


def _assessment(assessment: Assessment) -> Assessment:
    standings = (replace(each, findings=tuple(map(_bare, each.findings))) for each in assessment.standings)
    return replace(assessment, standings=tuple(standings), findings=tuple(map(_bare, assessment.findings)))


def _merged(several: Iterable[Merged]) -> tuple[Merged, ...]:
    return tuple(replace(each, finding=_bare(each.finding)) for each in several)


def _bare(finding: Finding) -> Finding:
    return replace(finding, items=()) if finding.code in CODES else finding
