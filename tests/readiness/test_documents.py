"""Controlled documents for expectations to maintain: approved, effective, reviewed in time, on the days that decide."""

import pytest

from app.readiness.facts import Facts
from app.readiness.findings import Item, Severity, Status
from tests.readiness.builders import (
    NAME,
    Row,
    codes,
    days,
    findings,
    judged,
    on,
    some_document,
    some_facts,
    some_paper,
    some_proof,
    standing,
    table,
    the,
)

NEED = some_document()
AGED = some_document(max_age_days=365)
OPTIONAL = some_document(required=False, optional=True)
EFFECTIVE = some_paper("03-01", approved_on="02-15", recorded_on="02-01", next_review_on="09-30")
DRAFT = some_paper(None, recorded_on="02-01")
IN_REVIEW = DRAFT._replace(state="in_review", missing_signatures=2)
REVISED = (EFFECTIVE, some_paper("07-01", revision=2, next_review_on="2027-06-30", recorded_on="06-01"))

TABLE = table(
    days("nothing", some_facts(NEED), "0001-01-01 evidence-missing", "9999-12-31 evidence-missing"),
    days("effective from a day to its review", some_facts(NEED, EFFECTIVE), "01-31 evidence-missing",
         "02-15 document-not-effective", "02-28 document-not-effective", "03-01", "09-30", "10-01 review-overdue",
         "9999-12-31 review-overdue"),
    days("forecast", some_facts(NEED, EFFECTIVE), "02-28 / 02-15 document-not-effective", "03-01 / 02-15",
         "09-30 / 03-01", "10-01 / 03-01 review-overdue", "03-01 / 01-31 evidence-missing"),
    days("looked back on", some_facts(NEED, EFFECTIVE), "01-01 / 05-01 document-not-effective", "03-01 / 05-01"),
    days("draft", some_facts(NEED, DRAFT), "01-31 evidence-missing", "02-01 document-unapproved",
         "01-01 / 02-01 document-unapproved"),
    days("in review", some_facts(NEED, IN_REVIEW), "02-01 document-unapproved"),
    days("approved but for a signature", some_facts(NEED, EFFECTIVE._replace(missing_signatures=1)),
         "03-01 document-unapproved"),
    days("approved for no day", some_facts(NEED, EFFECTIVE._replace(effective_on=None)), "03-01 document-unapproved"),
    days("withdrawn", some_facts(NEED, EFFECTIVE._replace(state="withdrawn")), "03-01 evidence-missing"),
    days("revised", some_facts(NEED, *REVISED), "06-30", "07-01", "10-01", "2027-06-30", "2027-07-01 review-overdue",
         "2027-06-30 / 03-01 review-overdue", "10-01 / 06-01"),
    days("revised as a draft", some_facts(NEED, EFFECTIVE, DRAFT._replace(revision=2)), "03-01", "10-01 review-overdue"),
    days("a second document", some_facts(NEED, EFFECTIVE, some_paper("05-01", document_id="f")), "05-01",
         "10-01 review-overdue"),
    days("one of two is effective", some_facts(NEED, EFFECTIVE, some_paper("05-01", document_id="f",
         recorded_on="03-01")), "03-01", "04-30"),
    days("reviewed a year after approval", some_facts(AGED, EFFECTIVE._replace(next_review_on=None)), "2027-02-15",
         "2027-02-16 review-overdue"),
    days("the earlier review day counts", some_facts(AGED, EFFECTIVE), "09-30", "10-01 review-overdue"),
    days("the age limit comes before the review", some_facts(AGED, EFFECTIVE._replace(next_review_on=on("2028-01-01"))),
         "2027-02-15", "2027-02-16 review-overdue"),
    days("neither review nor age", some_facts(NEED, EFFECTIVE._replace(next_review_on=None)), "9999-12-31"),
    days("an age limit, but no day of approval", some_facts(AGED, some_paper("03-01", approved_on=None)), "9999-12-31"),
    days("a record instead of a document", some_facts(NEED, some_proof("03-01")), "03-01 evidence-missing"),
    days("a submitted record instead", some_facts(NEED, some_proof("03-01", state="submitted")),
         "03-01 evidence-missing"),
    days("optional, nothing", some_facts(OPTIONAL), "03-01"),
    days("optional, draft", some_facts(OPTIONAL, DRAFT), "03-01"),
    days("optional, effective", some_facts(OPTIONAL, EFFECTIVE), "02-15", "03-01", "10-01 review-overdue"),
    days("at the end of the calendar", some_facts(AGED, some_paper("9999-12-01")), "9999-12-31"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


@pytest.mark.parametrize("code", ["evidence-missing", "document-unapproved"])
@pytest.mark.parametrize(("required", "severity"), [(True, Severity.BLOCKING), (False, Severity.MAJOR)])
def test_what_the_standard_demands_blocks_and_what_is_customary_is_major(
    code: str, required: bool, severity: Severity
) -> None:
    papers = [DRAFT] if code == "document-unapproved" else []
    facts = some_facts(some_document(required=required), *papers)
    assert the(code, judged(facts, "03-01")).severity is severity
    assert standing(facts, "03-01").status is Status.GAP


def test_not_yet_effective_is_at_risk_and_not_met() -> None:
    facts = some_facts(NEED, EFFECTIVE)
    assert the("document-not-effective", judged(facts, "02-20")).severity is Severity.AT_RISK
    assert (standing(facts, "02-20").status, standing(facts, "02-20").met) == (Status.AT_RISK, False)


def test_an_overdue_review_is_at_risk_and_met() -> None:
    facts = some_facts(NEED, EFFECTIVE)
    assert the("review-overdue", judged(facts, "10-01")).severity is Severity.AT_RISK
    assert (standing(facts, "10-01").status, standing(facts, "10-01").met) == (Status.AT_RISK, True)


@pytest.mark.parametrize(
    ("facts", "as_of", "status"),
    [
        (some_facts(OPTIONAL), "03-01", Status.NOT_EXPECTED),
        (some_facts(OPTIONAL, DRAFT), "03-01", Status.NOT_EXPECTED),
        (some_facts(OPTIONAL, some_proof("01-01")), "03-01", Status.NOT_EXPECTED),
        (some_facts(OPTIONAL, EFFECTIVE), "02-28", Status.NOT_EXPECTED),
        (some_facts(OPTIONAL, EFFECTIVE), "03-01", Status.MET),
        (some_facts(OPTIONAL, EFFECTIVE), "10-01", Status.AT_RISK),
    ],
)
def test_an_optional_document_is_expected_of_those_who_have_it(facts: Facts, as_of: str, status: Status) -> None:
    assert standing(facts, as_of).status is status


@pytest.mark.parametrize(
    ("facts", "when", "code", "act_by", "possible_from", "named"),
    [
        (some_facts(NEED), "04-01 / 04-01", "evidence-missing", None, None, ()),
        (some_facts(NEED), "04-02 / 04-01", "evidence-missing", "04-02", None, ()),
        (some_facts(NEED, DRAFT), "04-01 / 04-01", "document-unapproved", None, None, ()),
        (some_facts(NEED, DRAFT), "04-02 / 04-01", "document-unapproved", "04-02", None, ()),
        (some_facts(NEED, EFFECTIVE), "02-20 / 02-20", "document-not-effective", None, "03-01", ("03-01",)),
        (some_facts(NEED, EFFECTIVE), "02-20 / 02-16", "document-not-effective", "02-20", "03-01", ("03-01",)),
        (some_facts(NEED, EFFECTIVE._replace(effective_on=on("04-01")), some_paper("03-20", document_id="f")),
         "02-20 / 03-20", "document-not-effective", None, "03-20", ("03-20",)),
        (some_facts(NEED, EFFECTIVE), "10-01 / 10-01", "review-overdue", None, None, ("09-30",)),
        (some_facts(NEED, EFFECTIVE), "10-02 / 09-30", "review-overdue", "09-30", None, ("09-30",)),
    ],
)  # fmt: skip
def test_the_days_a_finding_names_and_the_last_safe_day(
    facts: Facts, when: str, code: str, act_by: str | None, possible_from: str | None,
    named: tuple[str, ...],
) -> None:  # fmt: skip
    as_of, known_on = when.split(" / ")
    found = the(code, judged(facts, as_of, known_on))
    assert found.act_by == (act_by and on(act_by))
    assert found.possible_from == (possible_from and on(possible_from))
    assert found.days == tuple(map(on, named))


def test_every_document_that_is_overdue_is_a_finding_of_its_own() -> None:
    facts = some_facts(NEED, EFFECTIVE, EFFECTIVE._replace(document_id="f", next_review_on=on("08-31")))
    found = {finding.aspect: finding for finding in findings(judged(facts, "10-02", "09-30"))}
    assert {name: finding.act_by for name, finding in found.items()} == {"d": on("09-30"), "f": None}
    assert {name: finding.days for name, finding in found.items()} == {"d": (on("09-30"),), "f": (on("08-31"),)}


def test_a_finding_names_the_documents_it_rests_on_once_each() -> None:
    named = (Item("document", "d", "SMS-1 Policy"),)
    assert the("document-unapproved", judged(some_facts(NEED, DRAFT, IN_REVIEW), "03-01")).items == named
    assert the("document-not-effective", judged(some_facts(NEED, *REVISED), "02-01", "06-01")).items == named
    two = some_facts(NEED, EFFECTIVE, some_paper("05-01", document_id="f"))
    assert the("review-overdue", judged(two, "10-01")).items == named


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "code", "sentence"),
    [
        (some_facts(NEED), "03-01", "03-01", "evidence-missing", "Incident records: no document is there."),
        (some_facts(NEED, some_proof("01-01")), "03-01", "03-01", "evidence-missing",
         "Incident records: evidence is linked, but this asks for a controlled document."),
        (some_facts(NEED, some_proof("01-01", state="submitted")), "03-01", "03-01", "evidence-missing",
         "Incident records: evidence is linked, but this asks for a controlled document."),
        (some_facts(NEED, DRAFT), "03-01", "03-01", "document-unapproved",
         "Incident records: there is only a draft."),
        (some_facts(NEED, DRAFT, IN_REVIEW._replace(revision=2)), "03-01", "03-01", "document-unapproved",
         "Incident records: in review, approvals still awaited: 2."),
        (some_facts(NEED, EFFECTIVE._replace(missing_signatures=1)), "03-01", "03-01", "document-unapproved",
         "Incident records: in review, approvals still awaited: 1."),
        (some_facts(NEED, EFFECTIVE), "02-20", "02-20", "document-not-effective",
         "Incident records: approved, effective only from 2026-03-01."),
        (some_facts(NEED, EFFECTIVE), "10-01", "10-01", "review-overdue",
         "Incident records: the review of SMS-1 was due on 2026-09-30."),
        (some_facts(NEED, EFFECTIVE), "10-01", "09-30", "review-overdue",
         "Incident records: the review of SMS-1 is due by 2026-09-30."),
    ],
)  # fmt: skip
def test_the_sentence_in_both_languages(facts: Facts, as_of: str, known_on: str, code: str, sentence: str) -> None:
    found = the(code, judged(facts, as_of, known_on))
    assert found.message.in_("en") == sentence
    assert found.message.in_("zh").startswith(NAME.zh)
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")
    assert all(day.isoformat() in found.message.in_("zh") for day in found.days)
