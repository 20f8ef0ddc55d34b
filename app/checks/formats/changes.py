"""What changed since an earlier report, in words; the earlier report is a file, so nothing in it is believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.checks.formats.plain import one_line
from app.checks.report import Report
from app.checks.snapshots import compare, report_body
from app.readiness.findings import Severity, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that came, went or became heavier."""

    severity: Severity
    clause: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, each heaviest first. `since` is the earlier report's day, `verdict` its verdict (None: no such).

    `left_out` are the frameworks that only one of the two judges, by code.
    """

    since: str
    verdict: Verdict | None
    new: tuple[Change, ...]
    closed: tuple[Change, ...]
    worsened: tuple[Change, ...]
    left_out: tuple[str, ...]


def changes(report: Report, baseline: Mapping[str, Any], language: str) -> Changes:
    """Compare `report` with an earlier one as JSON. Raises Invalid as `compare` does."""
    found = compare(baseline, report_body(report))
    verdict = baseline.get("verdict")
    new, closed, worsened = (
        tuple(sorted((_change(each, language) for each in some), key=lambda each: each.severity.rank))
        for some in (found.new, found.closed, found.worsened)
    )
    return Changes(
        since=one_line(str(baseline.get("known_on") or "?")),
        verdict=Verdict(verdict) if verdict in tuple(Verdict) else None,
        new=new,
        closed=closed,
        worsened=worsened,
        left_out=tuple(map(one_line, found.left_out)),
    )


def said(finding: Mapping[str, Any], name: str, language: str) -> str:
    """Return a sentence of a finding in JSON, on one line; empty where it has none."""
    both = finding.get(name)
    if not isinstance(both, Mapping):
        return ""
    return one_line(str(both.get(language) or both.get("en") or both.get("zh") or ""))


def _change(finding: Mapping[str, Any], language: str) -> Change:
    clause, code = (one_line(str(finding.get(name) or "")) for name in ("clause", "code"))
    return Change(Severity(finding["severity"]), clause, code, said(finding, "message", language))
