"""The verdict of a stage, its figures and the earliest ready day; the order in which things are said."""

from dataclasses import replace
from datetime import date

import pytest

from app.readiness.engine import assess
from app.readiness.facts import Facts
from app.readiness.findings import CODES, Severity, Status, Verdict
from tests.readiness.builders import (
    codes,
    findings,
    judged,
    on,
    some_damage,
    some_document,
    some_facts,
    some_need,
    some_paper,
    some_party,
    some_proof,
    some_service,
    some_waiver,
)


def shares(met: int, missing: int, customary_missing: int = 0, **limits: int) -> Facts:
    """Return facts with so many customary expectations met and missing, of equal weight unless stated."""
    needs = [some_need(id=f"n{number:03}", required=False) for number in range(met + missing)]
    proofs = [some_proof("01-10", need_id=need.id) for need in needs[:met]]
    return some_facts(*needs, *proofs, limits=limits)


@pytest.mark.parametrize(
    ("facts", "stage", "verdict"),
    [
        (some_facts(), 1, Verdict.CANNOT_EVALUATE),
        (some_facts(), 2, Verdict.CANNOT_EVALUATE),
        (some_facts(some_need(stage=2), some_proof("01-10")), 1, Verdict.CANNOT_EVALUATE),
        (some_facts(some_need(required=False), some_waiver("01-01", "12-31")), 1, Verdict.CANNOT_EVALUATE),
        (some_facts(some_need(required=False, optional=True)), 1, Verdict.CANNOT_EVALUATE),
        (some_facts(some_need(stage=2), some_proof("01-10")), 2, Verdict.READY),
        (some_facts(some_need(), some_proof("01-10")), 1, Verdict.READY),
        (some_facts(some_need(required=False, optional=True), some_proof("01-10")), 1, Verdict.READY),
        (some_facts(some_need(owner=None), some_proof("01-10")), 1, Verdict.AT_RISK),
        (some_facts(some_need(), some_proof("01-10"), some_damage("03-01")), 1, Verdict.NOT_READY),
        (some_facts(some_need()), 1, Verdict.NOT_READY),
        (some_facts(some_need(), some_proof("01-10"), some_party(), supplier_clause="8"), 1, Verdict.NOT_READY),
        (some_facts(some_need(), some_proof("01-10"), stage_1_on="03-01", stage_2_on="03-02"), 2, Verdict.AT_RISK),
        (some_facts(some_need(), some_proof("01-10"), some_party(), supplier_clause="8", stage_1_on="03-01",
                    stage_2_on="03-02"), 2, Verdict.NOT_READY),
        (some_facts(some_need(id="a", owner=None), some_proof("01-10", need_id="a"), some_need(required=False),
                    some_waiver("01-01", "12-31")), 1, Verdict.AT_RISK),
        (shares(4, 1), 1, Verdict.AT_RISK),
        (shares(5, 0), 1, Verdict.READY),
        (shares(79, 21), 1, Verdict.NOT_READY),
        (shares(80, 20), 1, Verdict.AT_RISK),
        (shares(4, 1, conditional_min_percent=81), 1, Verdict.NOT_READY),
        (shares(0, 1, conditional_min_percent=0), 1, Verdict.AT_RISK),
        (shares(0, 1, weight_customary=0), 1, Verdict.AT_RISK),
        (shares(2, 1, conditional_min_percent=67), 1, Verdict.NOT_READY),
        (shares(799, 200), 1, Verdict.NOT_READY),
    ],
)  # fmt: skip
def test_the_verdict(facts: Facts, stage: int, verdict: Verdict) -> None:
    assert judged(facts, "03-01", stage=stage).verdict is verdict


def test_something_to_do_or_observed_leaves_it_ready() -> None:
    facts = some_facts(some_need(cadence="monthly"), some_proof("07-01", period_from="03-01", period_to="06-30"))
    assessment = judged(facts, "08-10")
    assert {finding.severity for finding in findings(assessment)} == {Severity.TO_DO, Severity.OBSERVATION}
    assert assessment.verdict is Verdict.READY


@pytest.mark.parametrize(
    ("facts", "satisfied", "applicable", "score"),
    [
        (shares(2, 1), 2, 3, 66.6),
        (shares(1, 2), 1, 3, 33.3),
        (shares(0, 1), 0, 1, 0.0),
        (shares(799, 200), 799, 999, 79.9),
        (shares(9999, 1), 9999, 10000, 99.9),
        (some_facts(some_need(id="a"), some_need(id="b", required=False), some_proof("01-10", need_id="a")), 1, 2, 75.0),
        (some_facts(some_need(id="a"), some_need(id="b", required=False), some_proof("01-10", need_id="b")), 1, 2, 25.0),
        (some_facts(some_need(id="a"), some_need(id="b", required=False, optional=True), some_proof("01-10",
         need_id="b")), 1, 2, 0.0),
        (some_facts(some_need(id="a"), some_need(id="b", required=False, optional=True), some_proof("01-10",
         need_id="a")), 1, 1, 100.0),
        (some_facts(some_document(), some_paper("05-01", recorded_on="01-01")), 0, 1, 0.0),
        (some_facts(some_need(id="a"), some_need(id="b", required=False), some_proof("01-10", need_id="a"),
         limits={"weight_required": 4, "weight_customary": 1}), 1, 2, 80.0),
        (some_facts(), 0, 0, 100.0),
    ],
)  # fmt: skip
def test_the_figures(facts: Facts, satisfied: int, applicable: int, score: float) -> None:
    found = judged(facts, "03-01")
    assert (found.satisfied, found.applicable, found.score) == (satisfied, applicable, score)


@pytest.mark.parametrize(
    ("facts", "ready_on"),
    [
        (some_facts(), None),
        (some_facts(some_need()), "03-01"),
        (some_facts(some_document(), some_paper("05-01", recorded_on="01-01")), "05-01"),
        (some_facts(some_need(cadence="per_event", history_months=3)), "06-01"),
        (some_facts(some_document(id="a"), some_paper("07-01", need_id="a", recorded_on="01-01"),
                    some_need(cadence="per_event", history_months=3)), "07-01"),
        (some_facts(some_need(), some_proof("01-10"), stage_1_on="03-10", stage_2_on="03-12"), "03-24"),
    ],
)  # fmt: skip
def test_the_earliest_day_on_which_it_could_be_ready(facts: Facts, ready_on: str | None) -> None:
    assert judged(facts, "03-01").earliest_ready_on == (ready_on and on(ready_on))


def test_looking_back_it_could_be_ready_on_the_day_of_knowledge_at_the_earliest() -> None:
    assert judged(some_facts(some_need()), "02-01", "03-01").earliest_ready_on == on("03-01")


def test_expectations_are_in_the_order_of_their_ids_and_findings_heaviest_first() -> None:
    needs = [some_need(id=each, owner=None, cadence="monthly") for each in "cab"]
    proofs = [some_proof("08-02", period_from="04-01", period_to="06-30", need_id=each) for each in "abc"]
    assessment = judged(some_facts(*needs, *proofs), "08-20")
    assert [standing.need_id for standing in assessment.standings] == ["a", "b", "c"]
    for standing in assessment.standings:
        said = [finding.code for finding in standing.findings]
        assert said == ["period-missing", "owner-missing", "period-late"]


def test_the_programmes_findings_are_ordered_by_weight_code_and_subject() -> None:
    facts = some_facts(
        some_need(), some_proof("01-10"), some_party(id="q"), some_party(id="p"), some_service(id="t"), some_service(),
        service_clause="8", supplier_clause="8", stage_1_on="03-10", stage_2_on="03-12",
    )  # fmt: skip
    said = [finding.subject for finding in judged(facts, "03-01").findings]
    assert said == ["service:s", "service:t", "party:p", "party:q", "audit:stage-2"]


def test_an_expectation_named_twice_is_judged_once() -> None:
    facts = some_facts(some_need(), some_need(), some_proof("01-10"))
    assert len(judged(facts, "03-01").standings) == 1


def test_items_of_one_name_that_differ_are_said_in_a_fixed_way() -> None:
    facts = some_facts(some_need(), some_service(), some_service(owner=None), some_party(), some_party((None, None)),
                       service_clause="8", supplier_clause="8")  # fmt: skip
    assert codes(judged(facts, "03-01")).count("service-uncovered") == 3


@pytest.mark.parametrize("as_of", [date.min, date(2024, 2, 29), date.max])
@pytest.mark.parametrize("known_on", [date.min, date(2024, 2, 29), date.max])
def test_the_ends_of_the_calendar_are_days_like_any_other(as_of: date, known_on: date) -> None:
    cadences = ("monthly", "quarterly", "semiannual", "annual", "per_event", "none")
    needs = [
        some_need(id=f"{cadence}{months}{age}", cadence=cadence, history_months=months, max_age_days=age)
        for cadence in cadences
        for months in (None, 1, 36)
        for age in (None, 0, 3660)
    ]
    proofs = [
        some_proof(day, need_id=need.id, item_id=f"{need.id}{day}", **period)
        for need in needs
        for day in ("0001-01-01", "9999-12-31")
        for period in ({}, {"period_from": "9999-12-31", "period_to": "0001-01-01"}, {"period_to": "0001-01-01"})
    ]
    for facts in (some_facts(*needs), some_facts(*needs, *proofs)):
        assert len(assess(facts, stage=2, as_of=as_of, known_on=known_on).standings) == len(needs)


def test_thousands_of_periods_are_judged() -> None:
    facts = some_facts(some_need(cadence="monthly", history_months=12000), some_proof("01-10"))
    [standing] = assess(facts, stage=2, as_of=on("08-10"), known_on=on("08-10")).standings
    assert (
        max(len(finding.periods) for finding in standing.findings) == 11998
    )  # but for January, which is covered, and July, which is in its days of grace


def test_codes_severities_and_statuses_are_ranked_and_unique() -> None:
    assert len(set(CODES)) == len(CODES)
    assert [each.rank for each in Severity] == list(range(len(Severity)))
    assert [each.rank for each in Status] == list(range(len(Status)))
    assert [each.rank for each in Verdict] == list(range(len(Verdict)))


def test_the_stage_and_both_days_are_kept() -> None:
    found = assess(replace(some_facts(), needs=(some_need(),)), stage=1, as_of=on("03-02"), known_on=on("03-01"))
    assert (found.stage, found.as_of, found.known_on) == (1, on("03-02"), on("03-01"))
