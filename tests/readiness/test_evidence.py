"""Evidence for expectations to retain: the days around each boundary, what is said, how heavy it is, by when to act."""

from typing import Any

import pytest

from app.readiness.facts import Facts
from app.readiness.findings import Item, Severity, Status
from tests.readiness.builders import (
    NAME,
    Row,
    codes,
    days,
    judged,
    on,
    some_facts,
    some_need,
    some_paper,
    some_proof,
    standing,
    table,
    the,
)

AGED = some_need(max_age_days=90)
ONE = some_facts(AGED, some_proof("01-10"))
RENEWED = some_facts(AGED, some_proof("01-10"), some_proof("05-01"))
QUARTER = some_facts(AGED, some_proof("04-05", period_from="01-01", period_to="03-31"))
UNTIL = some_facts(AGED, some_proof("01-10", valid_until="02-28"))
PENDING = some_proof("04-01", state="submitted", item_id="p")
REJECTED = some_proof("04-01", state="rejected", item_id="r")
OPTIONAL = some_need(max_age_days=90, required=False, optional=True)

TABLE = table(
    days("nothing", some_facts(AGED), "0001-01-01 evidence-missing", "01-10 evidence-missing",
         "04-01 / 01-10 evidence-missing", "9999-12-31 evidence-missing"),
    days("counts from its day until its age limit", ONE, "01-09 evidence-missing", "01-10", "04-10",
         "04-11 evidence-expired", "9999-12-31 evidence-expired"),
    days("forecast", ONE, "04-10 / 01-10", "04-11 / 01-10 evidence-expiring", "9999-12-31 / 01-10 evidence-expiring",
         "04-11 / 04-10 evidence-expiring", "04-12 / 04-11 evidence-expired"),
    days("looked back on", ONE, "01-09 / 05-01 evidence-missing", "04-10 / 04-10", "04-10 / 04-11 evidence-expired",
         "01-10 / 04-11 evidence-expired"),
    days("renewed late", RENEWED, "04-30 evidence-expired", "05-01", "07-30", "07-31 evidence-expired",
         "04-10 / 06-01", "04-11 / 06-01 evidence-missing", "04-30 / 06-01 evidence-missing", "05-01 / 06-01",
         "04-10 / 07-31 evidence-expired", "04-20 / 07-30 evidence-missing", "04-20 / 07-31 evidence-expired"),
    days("told only later", some_facts(AGED, some_proof("01-10", recorded_on="01-20")), "01-19 evidence-missing",
         "01-20", "01-10 / 01-20", "01-10 / 01-19 evidence-missing"),
    days("collected only after it was told", some_facts(AGED, some_proof("01-10", recorded_on="01-01")),
         "01-09 evidence-missing", "01-20 / 01-09 evidence-missing", "01-10"),
    days("age is counted from the end of the period", QUARTER, "06-29", "06-30 evidence-expired"),
    days("an end comes before the age limit", UNTIL, "02-28", "03-01 evidence-expired"),
    days("the age limit comes before an end", some_facts(AGED, some_proof("01-10", valid_until="12-31")), "04-10",
         "04-11 evidence-expired"),
    days("an end and no age limit", some_facts(some_need(), some_proof("01-10", valid_until="02-28")), "02-28",
         "03-01 evidence-expired"),
    days("neither", some_facts(some_need(), some_proof("01-10")), "01-10", "9999-12-31", "9999-12-31 / 01-10"),
    days("a year over a leap day", some_facts(some_need(max_age_days=365), some_proof("2024-02-29")), "2025-02-28",
         "2025-03-01 evidence-expired"),
    days("a year to a leap day", some_facts(some_need(max_age_days=365), some_proof("2023-03-01")), "2024-02-29",
         "2024-03-01 evidence-expired"),
    days("on its day only", some_facts(some_need(max_age_days=0), some_proof("01-10")), "01-10",
         "01-11 evidence-expired"),
    days("at the end of the calendar", some_facts(AGED, some_proof("9999-12-01")), "9999-12-01", "9999-12-31"),
    days("at its beginning", some_facts(some_need(max_age_days=0), some_proof("0001-01-01")), "0001-01-01",
         "0001-01-02 evidence-expired"),
    days("the best of several counts", some_facts(AGED, some_proof("01-10"), some_proof("01-05", valid_until="01-06")),
         "04-10", "04-11 evidence-expired"),
    days("only rejected", some_facts(AGED, REJECTED), "03-31 evidence-missing", "04-01 evidence-rejected"),
    days("rejected and submitted again", some_facts(AGED, REJECTED, PENDING),
         "04-01 evidence-missing acceptance-pending"),
    days("rejected, but another accepted", some_facts(AGED, REJECTED, some_proof("03-01")), "04-01"),
    days("submitted", some_facts(AGED, PENDING), "03-31 evidence-missing",
         "04-01 evidence-missing acceptance-pending", "03-31 / 04-01 evidence-missing"),
    days("submitted counts by a setting", some_facts(AGED, PENDING, limits={"count_submitted": True}), "04-01",
         "06-30", "07-01 evidence-expired"),
    days("submitted to renew", some_facts(AGED, some_proof("01-10"), PENDING), "04-10",
         "04-11 evidence-expired acceptance-pending", "04-10 / 04-01", "06-01 / 04-01 evidence-expiring acceptance-pending",
         "07-01 / 04-01 evidence-expiring acceptance-pending", "06-30 evidence-expired acceptance-pending",
         "07-01 evidence-expired"),
    days("submitted, but it ends before what is accepted", some_facts(AGED, some_proof("03-01"), PENDING._replace(
        valid_until=on("05-01"))), "04-10", "06-01 / 04-10 evidence-expiring", "05-30 / 04-10"),
    days("a nil return that is not asked for", some_facts(AGED, some_proof("04-01", nil_return=True)),
         "04-01 evidence-missing"),
    days("a nil return that is asked for", some_facts(some_need(nil_return=True), some_proof("04-01", nil_return=True)),
         "04-01"),
    days("a document instead of a record", some_facts(AGED, some_paper("01-01")), "04-01 evidence-missing"),
    days("of another expectation", some_facts(AGED, some_proof("01-10", need_id="other")), "01-10 evidence-missing"),
    days("optional, nothing", some_facts(OPTIONAL), "01-10", "04-01 / 01-10"),
    days("optional, ends", some_facts(OPTIONAL, some_proof("01-10")), "04-10", "04-11 / 01-10",
         "04-11 evidence-expired"),
    days("optional, submitted", some_facts(OPTIONAL, PENDING), "04-01 acceptance-pending"),
    days("optional, rejected", some_facts(OPTIONAL, REJECTED), "04-01"),
    days("of stage 2", some_facts(some_need(stage=2)), "01-10 evidence-missing"),
    days("stage 2 is not asked at stage 1", some_facts(some_need(stage=2)), "01-10", stage=1),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


@pytest.mark.parametrize("code", ["evidence-missing", "evidence-expired", "evidence-rejected"])
@pytest.mark.parametrize(("required", "severity"), [(True, Severity.BLOCKING), (False, Severity.MAJOR)])
def test_what_the_standard_demands_blocks_and_what_is_customary_is_major(
    code: str, required: bool, severity: Severity
) -> None:
    proofs = {"evidence-expired": [some_proof("01-10")], "evidence-rejected": [REJECTED]}.get(code, [])
    need = some_need(max_age_days=30, required=required)
    assert the(code, judged(some_facts(need, *proofs), "04-01")).severity is severity
    assert standing(some_facts(need, *proofs), "04-01").status is Status.GAP


def test_what_will_have_ended_or_waits_is_at_risk() -> None:
    assert the("evidence-expiring", judged(ONE, "04-11", "04-01")).severity is Severity.AT_RISK
    assert standing(ONE, "04-11", "04-01").status is Status.AT_RISK
    assert the("acceptance-pending", judged(some_facts(AGED, PENDING), "04-01")).severity is Severity.AT_RISK


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "status", "met"),
    [
        (some_facts(OPTIONAL), "01-10", "01-10", Status.NOT_EXPECTED, False),
        (some_facts(OPTIONAL, some_proof("01-10")), "04-10", "04-10", Status.MET, True),
        (some_facts(OPTIONAL, some_proof("01-10")), "04-11", "04-11", Status.NOT_EXPECTED, False),
        (some_facts(OPTIONAL, some_proof("01-10")), "04-11", "04-10", Status.NOT_EXPECTED, False),
        (some_facts(OPTIONAL, some_proof("01-10")), "04-10", "04-11", Status.NOT_EXPECTED, False),
        (some_facts(OPTIONAL, PENDING), "04-01", "04-01", Status.NOT_EXPECTED, False),
        (some_facts(OPTIONAL), "0001-01-01", "0001-01-01", Status.NOT_EXPECTED, False),
    ],
)
def test_an_optional_record_is_expected_of_those_who_have_it(
    facts: Facts, as_of: str, known_on: str, status: Status, met: bool
) -> None:
    found = standing(facts, as_of, known_on)
    assert (found.status, found.met) == (status, met)
    assert all(finding.severity is Severity.OBSERVATION for finding in found.findings)


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "code", "act_by", "named"),
    [
        (some_facts(AGED), "04-01", "04-01", "evidence-missing", None, ()),
        (some_facts(AGED), "04-02", "04-01", "evidence-missing", "04-02", ()),
        (some_facts(AGED), "03-31", "04-01", "evidence-missing", None, ()),
        (some_facts(AGED, REJECTED), "04-02", "04-01", "evidence-rejected", "04-02", ()),
        (some_facts(AGED, REJECTED), "04-01", "04-01", "evidence-rejected", None, ()),
        (RENEWED, "04-20", "06-01", "evidence-missing", None, ()),
        (ONE, "04-11", "04-11", "evidence-expired", None, ("04-10",)),
        (ONE, "05-11", "04-11", "evidence-expired", None, ("04-10",)),
        (RENEWED, "08-01", "08-01", "evidence-expired", None, ("07-30",)),
        (RENEWED, "04-20", "08-01", "evidence-expired", None, ("07-30",)),
        (ONE, "04-11", "04-10", "evidence-expiring", "04-10", ("04-10",)),
        (UNTIL, "04-11", "01-10", "evidence-expiring", "02-28", ("02-28",)),
        (some_facts(AGED, PENDING), "05-01", "04-01", "acceptance-pending", None, ()),
    ],
)
def test_the_days_a_finding_names_and_the_last_safe_day(
    facts: Facts, as_of: str, known_on: str, code: str, act_by: str | None, named: tuple[str, ...]
) -> None:
    found = the(code, judged(facts, as_of, known_on))
    assert found.act_by == (act_by and on(act_by))
    assert found.days == tuple(map(on, named))
    assert found.possible_from is None
    assert found.periods == ()


def test_a_finding_names_the_items_it_rests_on() -> None:
    later = some_proof("05-01", item_id="b", title="Renewed")
    facts = some_facts(AGED, some_proof("01-10", item_id="a"), later, later._replace(item_id="c"))
    renewed = (Item("evidence", "b", "Renewed"), Item("evidence", "c", "Renewed"))
    assert the("evidence-expired", judged(facts, "08-01")).items == renewed
    assert the("evidence-expired", judged(facts, "04-20", "08-01")).items == renewed
    assert the("evidence-expiring", judged(facts, "08-01", "07-01")).items == renewed
    pending = the("acceptance-pending", judged(some_facts(AGED, PENDING, REJECTED), "04-01"))
    assert pending.items == (Item("evidence", "p", "Report"),)
    assert the("evidence-missing", judged(some_facts(AGED, PENDING), "04-01")).items == pending.items
    assert the("evidence-rejected", judged(some_facts(AGED, REJECTED), "04-01")).items[0].id == "r"


SENTENCES: list[tuple[Facts, str, str, str]] = [
    (some_facts(AGED), "04-01 04-01", "evidence-missing", "Incident records: no evidence is there."),
    (some_facts(AGED, PENDING), "04-01 04-01", "evidence-missing", "Incident records: nothing has been accepted yet."),
    (some_facts(AGED, some_paper("01-01")), "04-01 04-01", "evidence-missing",
     "Incident records: a document is linked, but this asks for a record kept as evidence."),
    (RENEWED, "04-20 06-01", "evidence-missing", "Incident records: nothing was valid on 2026-04-20."),
    (some_facts(AGED, REJECTED), "04-01 04-01", "evidence-rejected", "Incident records: only rejected evidence is there."),
    (ONE, "04-11 04-11", "evidence-expired", "Incident records: the last evidence ended on 2026-04-10."),
    (ONE, "04-12 04-10", "evidence-expiring", "Incident records: valid until 2026-04-10, no longer on 2026-04-12."),
    (some_facts(AGED, PENDING, PENDING._replace(item_id="q")), "04-01 04-01", "acceptance-pending",
     "Incident records: 2 submitted, nobody has accepted it yet."),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "when", "code", "sentence"), SENTENCES)
def test_the_sentence_in_both_languages(facts: Facts, when: str, code: str, sentence: str) -> None:
    as_of, known_on = when.split()
    found = the(code, judged(facts, as_of, known_on))
    assert found.message.in_("en") == sentence
    assert found.message.in_("zh").startswith(NAME.zh)
    for part in (found.message.in_("zh"), found.next_step.in_("zh"), found.next_step.in_("en")):
        assert part
        assert "{" not in part
    shown: list[Any] = [day.isoformat() for day in found.days]
    assert all(day in found.message.in_("zh") for day in shown)


def test_the_clause_and_the_expectation_are_named() -> None:
    found = the("evidence-missing", judged(some_facts(AGED), "04-01"))
    assert (found.subject, found.clause) == ("n", "8.6.1")
