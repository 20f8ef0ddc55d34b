"""Checks from real rows: which day is judged, what each framework says of it, and whose every finding is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.checks.report import FrameworkReport, Line, Merged, Report, worklist
from app.checks.service import Question, check
from app.errors import Invalid, NotFound
from app.evidence.versions import NewVersion
from app.identity.actor import Actor, Role
from app.programmes.service import add_entry, change_entry, single
from app.readiness.findings import Verdict
from app.storage.service import Trouble, remember
from tests.builders import (
    AT,
    CUSTOMARY,
    F2011,
    F2018,
    PAPER,
    RECORD,
    TODAY,
    House,
    accepted,
    counted,
    effective_document,
    some_evidence,
    some_organisation,
    some_programme,
    somebody,
)

DAY = timedelta(days=1)
YEARLY = NewVersion(date(2026, 8, 1), valid_until=date(2026, 9, 30))


def checked(house: House, stage: int = 2, *, actor: Actor | None = None, known_at: Any = AT, **asked: Any) -> Report:
    """Check the programme, as the officer."""
    question = Question(stage, **asked)
    return check(house.session, house.programme, question, actor=actor or house.officer, known_at=known_at)


def add(house: House, name: str, body: dict[str, Any], at: Any = AT) -> str:
    """Add an entry to a register and return its id."""
    return add_entry(house.session, house.programme, name, body, actor=house.officer, at=at).id


def about(house: House, *frameworks: str) -> None:
    """Set what the programme is about."""
    profile = single(house.session, house.programme, "profile")
    change_entry(house.session, house.programme, profile.id, {"frameworks": frameworks}, actor=house.officer, at=AT)


def line(report: Report | FrameworkReport, expectation_id: str) -> Line:
    """Return what the (first) framework says of an expectation."""
    framework = report.frameworks[0] if isinstance(report, Report) else report
    return next(each for each in framework.lines if each.need.id == expectation_id)


def found(several: tuple[Merged, ...]) -> list[tuple[str, str]]:
    """Return code and days of each finding but those about owners."""
    return [(each.finding.code, each.when) for each in several if each.finding.code != "owner-missing"]


@pytest.mark.parametrize(
    ("expectation_id", "setting"),
    [
        ("internal-audit-report", "internal_audit_max_age_days"),
        ("management-review-minutes", "management_review_max_age_days"),
    ],
)
def test_how_old_something_may_be_is_for_the_programme_to_say(house: House, expectation_id: str, setting: str) -> None:
    day = TODAY - timedelta(days=200)
    accepted(house, some_evidence(house, version=NewVersion(day), expectation_ids=[expectation_id]))
    settings = single(house.session, house.programme, "settings")
    change_entry(house.session, house.programme, settings.id, {setting: 199}, actor=house.officer, at=AT + DAY / 24)
    body = {"expectation_id": expectation_id, "max_age_days": 201, "reason": "as agreed with the certification body"}
    add(house, "ages", body, AT + DAY / 12)

    def codes(hours: int) -> list[str]:
        report = checked(house, known_at=AT + timedelta(hours=hours), as_of=TODAY)
        return [code for code, _ in found(line(report, expectation_id).findings) if code != "evidence-expiring"]

    assert [codes(0), codes(1), codes(2)] == [[], ["evidence-expired"], []]


def test_an_empty_programme_is_not_ready_and_every_gap_is_a_finding(house: House) -> None:
    report = checked(house)
    assert report.verdict is Verdict.NOT_READY
    [framework] = report.frameworks
    assert len(framework.lines) == 175
    assert ("evidence-missing", "both") in found(line(report, RECORD).findings)
    assert found(line(report, PAPER).findings) == [("evidence-missing", "both")]


def test_a_programme_about_no_framework_cannot_be_evaluated(house: House) -> None:
    about(house)
    assert checked(house).verdict is Verdict.CANNOT_EVALUATE


def test_the_first_stage_looks_at_its_own_expectations_only(house: House) -> None:
    stages = {stage: {each.need.stage for each in checked(house, stage).frameworks[0].lines} for stage in (1, 2)}
    assert stages == {1: {1}, 2: {1, 2}}
    for stage in (0, 3):
        with pytest.raises(Invalid) as refusal:
            checked(house, stage)
        assert refusal.value.field == "stage"


def test_a_document_in_force_answers_what_is_to_be_maintained(house: House) -> None:
    effective_document(house)
    assert found(line(checked(house), PAPER).findings) == []
    assert found(line(checked(house, as_of=TODAY - DAY), PAPER).findings) != []


@pytest.mark.parametrize(
    ("planned", "as_of", "audit_on", "judged"),
    [
        ([], None, None, TODAY),
        ([TODAY + 30 * DAY], None, TODAY + 30 * DAY, TODAY + 30 * DAY),
        ([TODAY + 30 * DAY, TODAY + 20 * DAY], None, TODAY + 20 * DAY, TODAY + 20 * DAY),
        ([TODAY - DAY], None, TODAY - DAY, TODAY),
        ([TODAY + 30 * DAY], TODAY + 5 * DAY, TODAY + 30 * DAY, TODAY + 5 * DAY),
        ([TODAY + 30 * DAY], TODAY - 5 * DAY, TODAY + 30 * DAY, TODAY - 5 * DAY),
    ],
)
def test_the_day_judged_is_the_one_asked_for_or_the_audits_or_today(
    house: House, planned: list[date], as_of: date | None, audit_on: date | None, judged: date
) -> None:
    for day in planned:
        add(house, "audits", {"kind": "stage-2", "planned_on": day.isoformat()})
    add(house, "audits", {"kind": "stage-1", "planned_on": "2027-01-01"})
    report = checked(house, as_of=as_of)
    assert (report.audit_on, report.as_of, report.known_on) == (audit_on, judged, TODAY)


def test_the_day_of_knowledge_is_the_day_where_the_organisation_is(house: House) -> None:
    assert checked(house, known_at=AT.replace(hour=15, minute=59)).known_on == TODAY
    assert checked(house, known_at=AT.replace(hour=16)).known_on == TODAY + DAY


def test_what_is_fine_today_and_ends_before_the_audit_is_in_the_forecast_only(house: House) -> None:
    accepted(house, some_evidence(house, version=YEARLY, expectation_ids=[CUSTOMARY]))
    seen = line(checked(house, as_of=date(2026, 10, 1)), CUSTOMARY)
    assert found(seen.findings) == [("evidence-expiring", "forecast")]
    assert seen.findings[0].finding.act_by == date(2026, 9, 30)
    assert found(line(checked(house, as_of=date(2026, 9, 30)), CUSTOMARY).findings) == []


def test_each_framework_gets_its_own_verdict_from_the_same_links(house: House) -> None:
    about(house, F2018, F2011)
    effective_document(house)
    report = checked(house)
    assert [each.pack.id for each in report.frameworks] == [F2018, F2011]
    for framework in report.frameworks:
        assert found(line(framework, PAPER).findings) == []
    assert [each.pack.id for each in checked(house, frameworks=(F2011,)).frameworks] == [F2011]


def test_a_framework_that_the_programme_is_not_about_is_not_there(house: House) -> None:
    with pytest.raises(NotFound) as refusal:
        checked(house, frameworks=(F2011,))
    assert refusal.value.field == "framework"
    assert F2018 in str(refusal.value)


def test_a_past_moment_of_knowledge_gives_the_report_that_could_be_given_then(house: House) -> None:
    before = checked(house, known_at=AT - DAY)
    effective_document(house)
    add(house, "owners", {"framework": F2018, "clause": "8", "owner_id": house.owner.id})
    assert checked(house, known_at=AT - DAY) == before
    assert checked(house) != before


def test_a_finding_belongs_to_the_items_owner_else_to_that_of_the_clause(house: House) -> None:
    add(house, "owners", {"framework": F2018, "clause": "5", "owner_id": house.owner.id})
    version = replace(YEARLY, valid_until=date(2026, 8, 5))
    accepted(house, some_evidence(house, version=version, expectation_ids=[CUSTOMARY], owner_id=house.officer.id))
    report = checked(house)
    [expired] = line(report, CUSTOMARY).findings
    assert (expired.finding.code, expired.owner) == ("evidence-expired", house.officer.id)
    [missing] = line(report, "policy-communication-record").findings
    assert (missing.finding.code, missing.owner) == ("evidence-missing", house.owner.id)
    assert report.owners == {house.officer.id: house.officer.name, house.owner.id: house.owner.name}


def test_damage_is_blocking_and_a_waiver_does_not_hide_it(house: House) -> None:
    submitted = accepted(house, some_evidence(house, version=YEARLY, expectation_ids=[CUSTOMARY]))
    add(house, "waivers", {"expectation_id": CUSTOMARY, "reason": "new", "until": "2026-12-31"})
    remember(house.session, [Trouble(submitted.files[0].sha256, "altered")], at=AT)
    seen = line(checked(house), CUSTOMARY)
    assert found(seen.findings) == [("file-damaged", "both"), ("waived", "both")]
    assert checked(house).verdict is Verdict.NOT_READY


def test_damage_of_a_document_is_blocking_too(house: House) -> None:
    effective_document(house)
    remember(house.session, [Trouble(house.file(b"policy").blob.sha256, "gone")], at=AT)
    assert found(line(checked(house), PAPER).findings) == [("file-damaged", "both")]


def test_submitted_evidence_counts_only_where_the_programme_says_so_and_the_report_says_it_too(house: House) -> None:
    some_evidence(house, version=YEARLY, expectation_ids=[CUSTOMARY])
    assert found(line(checked(house), CUSTOMARY).findings) == [
        ("evidence-missing", "both"),
        ("acceptance-pending", "both"),
    ]
    settings = single(house.session, house.programme, "settings")
    change_entry(house.session, house.programme, settings.id, {"count_submitted": True}, actor=house.officer, at=AT)
    report = checked(house)
    assert report.count_submitted
    assert found(line(report, CUSTOMARY).findings) == []


def test_the_worklist_names_the_same_thing_in_two_frameworks_once(house: House) -> None:
    about(house, F2018, F2011)
    tasks = worklist(checked(house))
    keys = [(task.merged.finding.code, task.merged.finding.subject) for task in tasks]
    assert len(keys) == len(set(keys))
    assert ("evidence-missing", RECORD) in keys
    days = [task.act_by or date.min for task in tasks]
    assert days == sorted(days)


def test_an_auditor_checks_their_programme_and_a_stranger_none(house: House) -> None:
    assert checked(house, actor=house.auditor).verdict is Verdict.NOT_READY
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    for actor in (stranger, Actor("nobody", "Nobody")):
        with pytest.raises(NotFound):
            checked(house, actor=actor)


def test_a_check_asks_the_database_no_more_with_more_rows(house: House) -> None:
    asked = []
    for rows in (2, 30):
        for number in range(rows):
            accepted(house, some_evidence(house, title=f"E{number}", owner_id=house.owner.id))
        with counted(house.session) as sent:
            checked(house)
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 28
