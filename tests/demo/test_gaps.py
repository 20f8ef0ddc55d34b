"""The sample without a database: everything expected is covered but for the gaps, whatever the day it is made for."""

from datetime import date, timedelta

import pytest

from app.catalogue.pack import Action, Expectation, Pack
from app.catalogue.reading import shipped
from app.demo.company import FRAMEWORKS, HOLIDAYS
from app.demo.documents import documents
from app.demo.gaps import GAPS
from app.demo.records import NEVER, NOBODYS, SampleEvidence, records

DAYS = (
    date(2026, 11, 24),
    date(2027, 1, 31),
    date(2028, 2, 29),
    date(2026, 12, 30),
    date(2027, 3, 1),
    date(2027, 1, 1),
)
PACKS = {pack.id: pack for pack in shipped() if isinstance(pack, Pack)}
EXPECTED = {each.id: each for code in reversed(FRAMEWORKS) for each in PACKS[code].expectations}
RETAINED = tuple(each for each in EXPECTED.values() if each.action is Action.RETAIN)
HAVING_GAPS = {gap.subject for gap in GAPS if gap.code}


def _covers(record: SampleEvidence, need: Expectation, today: date) -> bool:
    last = record.period.end if record.period else record.collected_on
    ends = record.valid_until or last + timedelta(days=need.max_age_days or 36500)
    return record.decided_on is not None and not record.rejected_for and ends >= today


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_is_retained_has_valid_evidence_but_for_the_gaps(today: date) -> None:
    found = records(RETAINED, today)
    bare = {
        need.id
        for need in RETAINED
        if not any(each.expectation_id == need.id and _covers(each, need, today) for each in found)
    }
    assert bare <= HAVING_GAPS
    assert bare >= NEVER


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_is_maintained_has_a_document_of_the_right_sort(today: date) -> None:
    answered = {expectation for each in documents(today) for expectation in each.expectation_ids}
    maintained = {each.id for each in EXPECTED.values() if each.action is Action.MAINTAIN and not each.optional}
    assert maintained - answered == set()
    assert {each for each in answered if EXPECTED[each].action is Action.RETAIN} == set()


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_there_are_about_sixty_documents_and_three_hundred_records_none_from_the_future(today: date) -> None:
    found = records(RETAINED, today)
    assert len(documents(today)) == 60
    assert 270 <= len(found) <= 330
    assert all(each.collected_on <= each.recorded_on <= today for each in found)
    assert [each for each in found if each.nil]


def test_evidence_belongs_to_whoever_answers_for_its_process() -> None:
    found = records(RETAINED, DAYS[0])
    owners = {each.expectation_id: each.owner for each in found}
    assert {name for name, owner in owners.items() if owner is None} == {NOBODYS}
    assert {owners[each] for each in ("change-schedule", "release-plan", "service-design-package")} == {"zhou.hao"}
    assert {owners[each] for each in ("capacity-monitoring-report", "configuration-information")} == {"zheng.kai"}
    assert owners["information-security-risk-assessment"] == owners["isms-risk-treatment-results"] == "feng.xue"
    assert owners["contract-review-record"] == owners["party-evaluation-records"] == "chu.tian"
    assert owners["service-review-minutes"] == owners["sla-performance-report"] == "sun.jing"
    assert all(each.decided_by not in {each.owner, each.submitted_by} for each in found)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_covers_a_period_is_collected_on_a_working_day_after_it(today: date) -> None:
    for each in records(RETAINED, today):
        if each.period is not None:
            assert each.collected_on > each.period.end
            assert each.collected_on.weekday() < 5
            assert (each.collected_on.month, each.collected_on.day) not in HOLIDAYS


def test_every_gap_is_said_in_both_languages_about_something_that_exists() -> None:
    assert len({(gap.code, gap.subject) for gap in GAPS}) == len(GAPS) == 19
    assert all(gap.en.endswith(".") and gap.zh.endswith("。") for gap in GAPS)
    codes = {each.number.removeprefix("YZ-SMS-") for each in documents(DAYS[0])}
    names = {"Database operation", "Ruijie Spare Parts"}
    assert {gap.subject for gap in GAPS} <= set(EXPECTED) | codes | names
