"""The sample organisation: its gaps, all of them and no others, whatever the day; and its files are real files."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.checks.report import Report
from app.checks.service import Question, check
from app.demo.load import load_sample
from app.documents.models import Document
from app.evidence.models import Evidence, EvidenceFile
from app.identity.actor import local_operator
from app.programmes.service import find_programme
from app.runtime import open_runtime
from app.settings import Settings

ACTOR = local_operator("tests")
GAPS_TODAY = {
    ("acceptance-pending", "catalogue-access-evidence"),
    ("document-not-effective", "release-deployment-procedure"),
    ("document-unapproved", "information-security-policy"),
    ("document-unapproved", "problem-management-procedure"),
    ("evidence-expired", "internal-auditor-impartiality-record"),
    ("evidence-missing", "catalogue-access-evidence"),
    ("evidence-missing", "continuity-test-record"),
    ("evidence-rejected", "party-evaluation-records"),
    ("history-too-short", "security-incident-records"),
    ("link-suspect", "incident-management-procedure"),
    ("link-suspect", "major-incident-procedure"),
    ("owner-missing", "improvement-report"),
    ("period-backfilled", "service-request-records"),
    ("period-late", "capacity-monitoring-report"),
    ("period-late", "service-request-records"),
    ("period-missing", "sla-performance-report"),
    ("review-overdue", "knowledge-management-procedure"),
    ("service-uncovered", "Database operation"),
    ("supplier-uncovered", "Ruijie Spare Parts"),
    ("waived", "document-repository-backup"),
}
"""What is wrong on the day the sample is made for, on purpose, by expectation or name."""
MOMENT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def _report(folder: Path, url: str, now: datetime) -> Report:
    with open_runtime(Settings.load(data_folder=folder, database_url=url), at=now) as runtime:
        load_sample(runtime, now=now, report=lambda _: None)
        with runtime.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Document)) == 60
            assert 280 <= (session.scalar(select(func.count()).select_from(Evidence)) or 0) <= 320
            endings = {name.rsplit(".", 1)[-1] for name in session.scalars(select(EvidenceFile.name))}
            assert endings == {"pdf", "xlsx", "docx", "png", "eml"}
            programme = find_programme(session, "itsm", actor=ACTOR)
            question = Question(2, frameworks=("iso20000-1-2018",))
            return check(session, programme, question, actor=ACTOR, known_at=now)


@pytest.mark.parametrize(
    "now", [MOMENT, datetime(2027, 1, 31, 8, tzinfo=UTC), datetime(2028, 2, 29, 8, tzinfo=UTC)], ids=str
)
def test_the_sample_has_its_gaps_and_no_others_whatever_the_day(
    tmp_path: Path, database_url: str, now: datetime
) -> None:
    [framework] = _report(tmp_path, database_url, now).frameworks
    found = {
        (
            merged.finding.code,
            merged.finding.items[0].title if ":" in merged.finding.subject else merged.finding.subject,
        )
        for merged in framework.all_findings
        if merged.when != "forecast"
    }
    assert found == GAPS_TODAY


def test_the_forecast_names_what_ends_before_stage_2(tmp_path: Path, database_url: str) -> None:
    [framework] = _report(tmp_path, database_url, MOMENT).frameworks
    forecast = {(each.finding.code, each.finding.subject) for each in framework.all_findings if each.when == "forecast"}
    assert ("waiver-expired", "document-repository-backup") in forecast
    assert ("evidence-expiring", "qualification-evidence") in forecast
    assert ("period-upcoming", "sla-performance-report") in forecast
    assert ("review-overdue", "service-management-policy") in forecast
    assert framework.earliest_ready_on == date(2027, 1, 25)
