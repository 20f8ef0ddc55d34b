"""What an auditor sees of a check: the same whether there are drafts or not."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from app.checks.coverage import CoverageQuestion, coverage
from app.checks.drafts import CODES, NAMING, PENDING, TELLING
from app.checks.report import Report
from app.checks.service import Question, check, freeze, get_snapshot
from app.checks.snapshots import findings_by_framework, report_body
from app.evidence.service import add_version
from app.identity.actor import Actor, Role
from app.programmes.service import change_entry, single
from app.readiness.findings import CODES as ALL
from app.storage.service import Trouble, remember
from tests.builders import (
    AT,
    PAPER,
    RECORD,
    TODAY,
    House,
    accepted,
    approve,
    effective_document,
    review,
    some_document,
    some_evidence,
    some_version,
    somebody,
    submitted_revision,
)

DAY = timedelta(days=1)
OTHER, THIRD = "internal-audit-report", "security-incident-records"


def count_submitted(house: House) -> None:
    """Let evidence count that nobody has accepted."""
    settings = single(house.session, house.programme, "settings")
    change_entry(house.session, house.programme, settings.id, {"count_submitted": True}, actor=house.officer, at=AT)


def in_force(house: House) -> Callable[[], None]:
    """Put evidence and a document in force and return what puts drafts of every kind beside them."""
    kept, paper = accepted(house), effective_document(house, expectation_ids=(PAPER,))
    session, programme = house.session, house.programme

    def drafts() -> None:
        version = some_version(TODAY, period_from=date(2026, 6, 1), period_to=date(2026, 6, 30))
        some_evidence(house, title="Pending minutes", version=version, expectation_ids=(RECORD, THIRD))
        rejected = some_evidence(house, title="Rejected minutes", expectation_ids=(OTHER,))
        review(house, rejected.evidence.id, accept=False)
        add_version(
            session, programme, kept.evidence.id, some_version(), [house.file(b"new")], actor=house.contributor, at=AT
        )
        submitted_revision(house, paper, content=b"second")
        submitted_revision(house, some_document(house, "Draft-P-01", expectation_ids=("service-management-plan",)))
        later = some_document(house, "Later-P-01", expectation_ids=("service-catalogue",))
        submitted_revision(house, later, content=b"later", effective_on=TODAY + 5 * DAY)
        approve(house, later)
        soon = some_document(house, "Soon-P-01", expectation_ids=(PAPER,))
        lost = submitted_revision(house, soon, content=b"lost")
        remember(session, [Trouble(lost.sha256, "gone")], at=AT)

    return drafts


def checked(house: House, actor: Actor, stage: int = 2) -> Report:
    """Check the programme."""
    return check(house.session, house.programme, Question(stage, TODAY + 30 * DAY), actor=actor, known_at=AT)


def findings(body: Any) -> Iterator[dict[str, Any]]:
    """Yield every finding of a report as JSON, wherever it stands."""
    for each in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from findings(each)
    if isinstance(body, dict) and "fingerprint" in body:
        yield body


@pytest.mark.parametrize("stage", [1, 2])
def test_an_auditors_report_is_the_same_with_and_without_drafts(house: House, stage: int) -> None:
    add_drafts = in_force(house)
    count_submitted(house)
    before = report_body(checked(house, house.auditor, stage))
    add_drafts()
    assert report_body(checked(house, house.auditor, stage)) == before
    assert report_body(checked(house, house.officer, stage)) != before


def test_an_auditors_coverage_is_the_same_with_and_without_drafts(house: House) -> None:
    add_drafts = in_force(house)
    count_submitted(house)

    def rows() -> object:
        return coverage(house.session, house.programme, CoverageQuestion(), actor=house.auditor, known_at=AT).rows

    before = rows()
    add_drafts()
    assert rows() == before


def test_a_machine_that_may_not_read_drafts_judges_with_them_and_does_not_name_them(house: House) -> None:
    in_force(house)()
    machine = somebody(house.session, house.programme.organisation_id, Role.CI, login="robot")
    inside, outside = (report_body(checked(house, actor)) for actor in (house.officer, machine))
    assert {PENDING, "document-unapproved"} <= {each["code"] for each in findings(inside) if each["items"]}
    for each in findings(inside):
        if each["code"] in CODES:
            each["items"] = []
    assert outside == inside


def test_a_frozen_report_tells_an_auditor_of_no_draft_and_stays_as_it_was_frozen(house: House) -> None:
    in_force(house)()
    taken = freeze(house.session, house.programme, Question(2), known_at=AT, actor=house.officer, at=AT)
    kept = dict(taken.report)
    assert TELLING | NAMING | {PENDING} <= {each["code"] for each in findings(kept)} | {"link-suspect"}
    shown = get_snapshot(house.session, house.programme, taken.id, actor=house.auditor).report
    assert findings_by_framework(shown)
    told = {each["code"] for each in findings(shown)}
    assert told.isdisjoint({PENDING, "evidence-rejected", "document-unapproved", "document-not-effective"})
    said = [str((each["message"], each["items"], each["owner"])) for each in findings(shown)]
    for name in (
        "Pending",
        "Rejected",
        "Draft-P-01",
        "Later-P-01",
        "Soon-P-01",
        "only a draft",
        "awaited",
        "effective only",
    ):
        assert not [each for each in said if name in each]
    house.session.flush()
    house.session.expire_all()
    assert get_snapshot(house.session, house.programme, taken.id, actor=house.officer).report == kept


def test_every_rule_is_looked_at_for_drafts() -> None:
    silent = {
        "evidence-expired",
        "evidence-expiring",
        "period-missing",
        "period-late",
        "period-backfilled",
        "period-upcoming",
        "history-too-short",
        "review-overdue",
        "owner-missing",
        "waived",
        "waiver-expired",
        "stage-gap",
        "service-uncovered",
        "supplier-uncovered",
    }
    assert set(ALL) == silent | TELLING | NAMING | {PENDING}
