"""Which file proves what: for each expectation the sort of file and the function that writes what it says."""

from collections.abc import Callable

from app.demo.company import NAME_EN, NAME_ZH
from app.demo.records import ENGLISH
from app.demo.writing.content import Content, Occasion, Section
from app.demo.writing.subjects import (
    abroad,
    assurance,
    audit,
    corrective,
    following,
    notices,
    operation,
    parties,
    services,
    system,
)

Writer = Callable[[Occasion], tuple[Section, ...]]
SUBJECTS: dict[str, tuple[str, Writer]] = {
    "climate-change-determination": ("docx", system.climate),
    "management-commitment-record": ("docx", system.meeting),
    "policy-review-record": ("docx", system.policy_review),
    "policy-communication-record": ("eml", notices.policy),
    "process-owner-appointments": ("pdf", system.appointments),
    "risk-assessment-report": ("docx", system.risks),
    "risk-action-effectiveness-record": ("xlsx", system.treated),
    "objectives-monitoring-record": ("xlsx", system.objectives),
    "plan-alignment-review": ("docx", system.alignment),
    "competence-matrix": ("xlsx", system.competence),
    "training-records": ("pdf", system.training),
    "qualification-evidence": ("pdf", system.qualifications),
    "awareness-records": ("pdf", system.training),
    "communication-records": ("eml", notices.customers),
    "document-approval-records": ("pdf", system.approvals),
    "record-disposal-log": ("xlsx", system.disposal),
    "obsolete-document-log": ("xlsx", system.obsolete),
    "documentation-completeness-checklist": ("xlsx", system.completeness),
    "process-performance-records": ("xlsx", system.objectives),
    "sms-change-records": ("docx", system.system_changes),
    "service-delivery-records": ("xlsx", operation.delivery_records),
    "service-criticality-assessment": ("docx", services.criticality),
    "party-evaluation-records": ("pdf", parties.party_evaluation),
    "party-control-monitoring-records": ("docx", parties.party_monitoring),
    "catalogue-access-evidence": ("png", services.catalogue_page),
    "asset-stocktake-record": ("xlsx", assurance.stocktake),
    "configuration-information": ("xlsx", assurance.configuration),
    "configuration-audit-report": ("docx", assurance.configuration_audit),
    "customer-manager-assignment": ("pdf", services.customer_managers),
    "service-review-minutes": ("docx", services.minutes),
    "customer-satisfaction-report": ("pdf", services.satisfaction),
    "complaint-register": ("xlsx", services.complaints),
    "sla-performance-report": ("pdf", abroad.service_levels),
    "workload-report": ("xlsx", services.workload),
    "supplier-sla-alignment-record": ("docx", abroad.alignment),
    "supplier-performance-report": ("pdf", abroad.supplier_performance),
    "contract-review-record": ("pdf", abroad.contract_review),
    "contract-dispute-log": ("xlsx", parties.disputes),
    "internal-supplier-performance-report": ("pdf", parties.internal_performance),
    "cost-report": ("xlsx", parties.costs),
    "demand-forecast-report": ("xlsx", parties.demand),
    "capacity-monitoring-report": ("png", assurance.capacity),
    "change-proposal-prioritisation": ("xlsx", following.priorities),
    "change-request-records": ("xlsx", operation.change_requests),
    "service-removal-transfer-records": ("docx", services.removal),
    "change-approval-records": ("pdf", operation.change_approvals),
    "change-schedule": ("xlsx", operation.change_schedule),
    "emergency-change-records": ("pdf", operation.emergency_changes),
    "change-review-records": ("docx", operation.change_reviews),
    "change-trend-analysis": ("pdf", operation.change_trends),
    "new-service-plan": ("docx", services.transition),
    "service-acceptance-criteria": ("docx", services.transition),
    "service-design-package": ("docx", services.transition),
    "service-test-records": ("xlsx", services.transition),
    "service-acceptance-record": ("pdf", services.transition),
    "transition-outcome-report": ("pdf", services.transition),
    "release-plan": ("docx", operation.release_plan),
    "release-acceptance-record": ("pdf", operation.release_acceptance),
    "configuration-baseline-record": ("xlsx", operation.baseline),
    "release-review-report": ("docx", operation.release_review),
    "incident-records": ("xlsx", operation.incident_records),
    "service-request-records": ("xlsx", operation.request_records),
    "problem-records": ("xlsx", operation.problem_records),
    "incident-trend-analysis": ("pdf", operation.incident_trends),
    "problem-effectiveness-report": ("docx", operation.problem_effectiveness),
    "availability-risk-assessment": ("docx", assurance.availability_risks),
    "availability-monitoring-report": ("png", assurance.availability),
    "unavailability-investigation-record": ("docx", assurance.unavailability),
    "continuity-risk-assessment": ("docx", assurance.impact_analysis),
    "continuity-invocation-report": ("docx", operation.invocation),
    "security-policy-communication-record": ("eml", notices.security),
    "information-security-risk-assessment": ("xlsx", abroad.security_risks),
    "security-control-effectiveness-report": ("docx", abroad.security_controls),
    "security-incident-records": ("xlsx", assurance.security_incidents),
    "security-incident-analysis-report": ("pdf", abroad.security_analysis),
    "monitoring-measurement-results": ("xlsx", system.objectives),
    "sms-effectiveness-evaluation": ("docx", system.effectiveness),
    "internal-audit-plan": ("docx", audit.audit_plan),
    "internal-audit-report": ("pdf", audit.audit_report),
    "internal-audit-working-papers": ("docx", audit.working_papers),
    "internal-auditor-impartiality-record": ("pdf", audit.impartiality),
    "management-review-plan": ("docx", audit.review_plan),
    "management-review-minutes": ("docx", audit.review),
    "management-review-actions": ("xlsx", audit.review_actions),
    "service-report": ("docx", abroad.service_report),
    "service-report-actions": ("xlsx", following.report_actions),
    "corrective-action-records": ("docx", corrective.corrective_actions),
    "nonconformity-register": ("xlsx", corrective.register),
    "improvement-report": ("docx", system.improvement),
    "isms-risk-owner-approval": ("pdf", abroad.security_risks),
    "isms-risk-treatment-results": ("xlsx", abroad.risk_treatment),
}
"""By expectation: the ending of the file's name, and who writes it."""
CHARTS = {"capacity-monitoring-report": "capacity", "availability-monitoring-report": "availability"}


def record_content(expectation_id: str, when: Occasion) -> Content:
    """Return what a record says. Raises KeyError for an expectation that the sample has no record for."""
    _, write = SUBJECTS[expectation_id]
    kind = CHARTS.get(expectation_id)
    english = expectation_id in ENGLISH
    facts = (_in_english if english else _in_chinese)(when)
    chart = operation.charted(when, kind) if kind else ()
    post = notices.POSTS.get(expectation_id)
    return Content(
        when.title, "en" if english else "zh", when.day, facts, write(when), chart, f"{when.last:%Y-%m}", post
    )


def _in_chinese(when: Occasion) -> tuple[tuple[str, str], ...]:
    return (
        ("组织 Organisation", NAME_ZH),
        ("日期 Date", when.day.isoformat()),
        ("期间 Period", when.period),
        ("编制 Prepared by", when.author.name),
        ("审核 Reviewed by", when.reviewer.name),
    )


def _in_english(when: Occasion) -> tuple[tuple[str, str], ...]:
    return (
        ("Organisation", NAME_EN),
        ("Date", when.day.isoformat()),
        ("Period", f"{when.first} to {when.last}" if when.first != when.last else when.last.isoformat()),
        ("Prepared by", f"{when.author.name_en}, {when.author.title_en}"),
        ("Reviewed by", f"{when.reviewer.name_en}, {when.reviewer.title_en}"),
    )
