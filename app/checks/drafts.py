"""What those see of a report who may not read drafts: what is missing, and nothing of the drafts that are there.

An auditor's report is judged without drafts in the first place; a frozen one was judged with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.checks.report import FrameworkReport, Merged, Report
from app.checks.snapshots import fingerprint_of
from app.language import Message, say
from app.readiness.findings import Assessment, Finding

PENDING = "acceptance-pending"
MISSING = "evidence-missing"
CODES = frozenset({PENDING, "evidence-rejected", MISSING, "document-unapproved"})
"""Findings whose items are drafts: submitted or rejected evidence, documents in review."""
TELLING = (CODES - {PENDING}) | {"document-not-effective"}
"""Findings that say of drafts why nothing counts; shown as what is missing."""
NAMING = frozenset({"link-suspect", "file-damaged"})
"""Findings that may name drafts."""
NOTHING, THEN = (
    say("Nothing that is in force answers it."),
    say("It counts once something that answers it is in force."),
)
LOOKED_AT = say("Something that is linked had to be looked at.")


def without_drafts(report: Report) -> Report:
    """Return the report without the items of such findings."""
    return replace(report, frameworks=tuple(map(_framework, report.frameworks)))


def body_without_drafts(body: Any) -> Any:  # noqa: ANN401 (a report as JSON, or a part of one)
    """Return a frozen report as JSON in which no finding tells of drafts."""
    if isinstance(body, list):
        shown = (each for each in body if not (isinstance(each, Mapping) and each.get("code") == PENDING))
        return [body_without_drafts(each) for each in shown]
    if not isinstance(body, Mapping):
        return body
    if body.get("code") in TELLING | NAMING and "fingerprint" in body:
        return _neutral(body)
    days = {"earliest_ready_on": None} if "earliest_ready_on" in body else {}
    return {name: body_without_drafts(each) for name, each in body.items()} | days


def _neutral(finding: Mapping[str, Any]) -> dict[str, Any]:
    code = finding["code"] if finding["code"] in NAMING else MISSING
    said = LOOKED_AT if code in NAMING else NOTHING
    aspect = finding["aspect"] if code in NAMING else ""
    mark = fingerprint_of(finding["framework"], code, finding["subject"], aspect)
    words: dict[str, Any] = {"message": _both(said), "next_step": _both(THEN), "items": [], "days": [], "owner": None}
    return {**finding, **words, "code": code, "aspect": aspect, "fingerprint": mark}


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_("en"), "zh": message.in_("zh")}


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
