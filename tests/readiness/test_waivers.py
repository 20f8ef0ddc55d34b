"""Expectations set aside until a day: what is hidden, what never is, and what comes back."""

from dataclasses import replace

import pytest

from app.readiness.facts import Facts
from app.readiness.findings import Finding, Severity, Status
from tests.readiness.builders import (
    NAME,
    Row,
    codes,
    days,
    judged,
    on,
    records,
    some_damage,
    some_document,
    some_facts,
    some_need,
    some_proof,
    some_waiver,
    standing,
    table,
    the,
)

NEED = some_need(required=False)
WAIVER = some_waiver("03-01", "06-30")
WAIVED = some_facts(NEED, WAIVER)
RENEWED = some_facts(NEED, WAIVER, some_waiver("06-01", "08-31", "still none"))
AGED = some_need(required=False, max_age_days=30)

TABLE = table(
    days("from a day to a day", WAIVED, "02-28 evidence-missing", "03-01 waived", "06-30 waived",
         "07-01 evidence-missing waiver-expired"),
    days("forecast", WAIVED, "06-30 / 03-01 waived", "07-01 / 03-01 evidence-missing waiver-expired",
         "03-01 / 02-28 evidence-missing"),
    days("looked back on", WAIVED, "02-28 / 07-10 evidence-missing", "03-01 / 07-10 waived", "06-30 / 07-10 waived"),
    days("granted anew", RENEWED, "05-31 waived", "07-01 waived", "08-31 waived", "09-01 evidence-missing waiver-expired",
         "07-01 / 05-31 evidence-missing waiver-expired"),
    days("demanded by the standard", some_facts(some_need(), WAIVER), "03-01 evidence-missing",
         "07-01 evidence-missing"),
    days("what is there is waived too", some_facts(NEED, some_proof("03-10"), WAIVER), "03-10 waived", "07-01"),
    days("at risk only afterwards", some_facts(some_need(required=False, owner=None), some_proof("03-10"), WAIVER),
         "03-10 waived", "07-01 owner-missing"),
    days("ended while waived", some_facts(AGED, some_proof("03-10"), WAIVER), "06-30 waived",
         "07-01 evidence-expired waiver-expired"),
    days("damaged", some_facts(NEED, WAIVER, some_damage("04-01")), "03-31 waived", "04-01 file-damaged waived",
         "07-01 evidence-missing file-damaged waiver-expired"),
    days("only damaged afterwards", some_facts(NEED, some_proof("03-10"), WAIVER, some_damage("04-01")),
         "07-01 file-damaged"),
    days("a document", some_facts(some_document(required=False), WAIVER), "06-30 waived",
         "07-01 evidence-missing waiver-expired"),
    days("months", some_facts(some_need(required=False, cadence="monthly"), *records("03-01"), WAIVER), "06-30 waived",
         "07-01 period-missing period-upcoming waiver-expired"),
    days("granted for the past", some_facts(NEED, some_waiver("03-01", "02-01")), "03-01 evidence-missing waiver-expired",
         "01-31 evidence-missing"),
    days("to the end of the calendar", some_facts(NEED, some_waiver("0001-01-01", "9999-12-31")), "0001-01-01 waived",
         "9999-12-31 waived"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


def test_a_waived_expectation_counts_neither_as_met_nor_as_applicable() -> None:
    facts = replace(WAIVED, needs=(NEED, some_need(id="m")), proofs=(some_proof("03-01", need_id="m"),))
    assessment = judged(facts, "04-01")
    assert (assessment.satisfied, assessment.applicable) == (1, 1)
    assert (standing(WAIVED, "04-01").status, standing(WAIVED, "04-01").met) == (Status.WAIVED, False)
    assert the("waived", assessment).severity is Severity.INFO


def test_a_damaged_file_is_a_gap_although_waived() -> None:
    facts = some_facts(NEED, WAIVER, some_damage("04-01"))
    assert standing(facts, "04-01").status is Status.GAP
    assert the("file-damaged", judged(facts, "04-01")).severity is Severity.BLOCKING


def test_a_waiver_that_ended_weighs_as_what_is_missing() -> None:
    found = the("waiver-expired", judged(WAIVED, "07-01"))
    assert (found.severity, found.days, found.act_by) == (Severity.MAJOR, (on("06-30"),), None)


@pytest.mark.parametrize(("known_on", "act_by"), [("06-29", "06-30"), ("06-30", "06-30"), ("07-01", None)])
def test_while_it_is_still_waived_the_last_safe_day_is_the_waivers(known_on: str, act_by: str | None) -> None:
    facts = some_facts(some_need(required=False, owner=None), WAIVER, some_damage("04-01"))
    found = {finding.code: finding for finding in standing(facts, "08-01", known_on).findings}
    assert found["waiver-expired"].act_by == (act_by and on(act_by))
    assert found["evidence-missing"].act_by == on(act_by or "08-01")
    assert found["file-damaged"].act_by is None
    assert found["owner-missing"].act_by is None


@pytest.mark.parametrize(
    ("facts", "as_of", "code", "sentence"),
    [
        (WAIVED, "04-01", "waived", "Incident records: waived until 2026-06-30: no supplier"),
        (RENEWED, "06-15", "waived", "Incident records: waived until 2026-08-31: still none"),
        (WAIVED, "07-01", "waiver-expired", "Incident records: the waiver ended on 2026-06-30."),
        (RENEWED, "09-01", "waiver-expired", "Incident records: the waiver ended on 2026-08-31."),
    ],
)
def test_the_sentence_in_both_languages(facts: Facts, as_of: str, code: str, sentence: str) -> None:
    found: Finding = the(code, judged(facts, as_of))
    assert found.message.in_("en") == sentence
    assert found.message.in_("zh").startswith(NAME.zh)
    assert found.days[0].isoformat() in found.message.in_("zh")
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")
    assert (found.subject, found.clause) == ("n", "8.6.1")
