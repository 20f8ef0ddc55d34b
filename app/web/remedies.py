"""Where a finding is settled: the page on which whoever reads of it takes the next step."""

from collections.abc import Iterable, Mapping

from app.checks.report import Merged, Report
from app.identity.actor import Permission
from app.readiness.findings import Finding
from app.readiness.periods import period_named
from app.web.places import Place

ON_THE_ITEM = frozenset(
    {
        "acceptance-pending",
        "evidence-rejected",
        "document-unapproved",
        "document-not-effective",
        "review-overdue",
        "link-suspect",
        "file-damaged",
    }
)
"""Settled on the page of the evidence or document that they name."""
BY_ADDING = frozenset(
    {
        "evidence-missing",
        "evidence-expired",
        "evidence-expiring",
        "evidence-rejected",
        "period-missing",
        "period-upcoming",
        "history-too-short",
        "waiver-expired",
    }
)
"""Settled by something new: evidence for a record, a document for what is to be maintained."""
IN_THE_SET_UP: Mapping[str, tuple[str, ...]] = {
    "owner-missing": ("set-up", "owners"),
    "stage-gap": ("set-up", "audits"),
    "supplier-uncovered": ("set-up", "agreements"),
}
PLACES = {"evidence": "evidence", "document": "documents"}


def remedies(place: Place, report: Report, found: Iterable[Merged]) -> dict[tuple[str, str, str], str]:
    """Return by the key of each finding where it is settled; none where the visitor may not, or nothing can be done."""
    actions = {line.need.id: line.need.action for framework in report.frameworks for line in framework.lines}
    addresses = {each.finding.key: _remedy(place, each.finding, actions) for each in found}
    return {key: address for key, address in addresses.items() if address is not None}


def _remedy(place: Place, finding: Finding, actions: Mapping[str, str]) -> str | None:
    if finding.code in ON_THE_ITEM:
        for item in finding.items:
            if item.kind in PLACES:
                return place.to(PLACES[item.kind], item.id)
    if finding.code in BY_ADDING:
        return _adding(place, finding, actions.get(finding.subject, ""))
    if not place.may(Permission.MANAGE_PROGRAMME):
        return None
    if finding.code == "service-uncovered":
        return _of_service(place, finding)
    return place.to(*IN_THE_SET_UP[finding.code]) if finding.code in IN_THE_SET_UP else None


def _adding(place: Place, finding: Finding, action: str) -> str | None:
    if action == "maintain":
        may = place.may(Permission.WRITE_DOCUMENTS)
        return place.to("documents", "add", expectation=finding.subject) if may else None
    if action != "retain" or not place.may(Permission.ADD_EVIDENCE):
        return None
    period = period_named(finding.periods[0]) if finding.periods else None
    if period is None or period.end > place.today:
        return place.to("evidence", "add", expectation=finding.subject)
    days = {"period_from": period.start, "period_to": period.end}
    return place.to("evidence", "add", expectation=finding.subject, **days)


def _of_service(place: Place, finding: Finding) -> str:
    """Return where a service is covered: its entry lacks owner or requirements, or its agreement is to be renewed."""
    if finding.aspect in {"owner", "requirements"}:
        return place.to("set-up", "services", finding.items[0].id)
    return place.to("set-up", "agreements")
