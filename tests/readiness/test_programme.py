"""The programme as a whole: days between the stages, services and their agreements, the other parties."""

from typing import Any

import pytest

from app.readiness.facts import Facts
from app.readiness.findings import Item, Severity
from tests.readiness.builders import (
    Row,
    codes,
    days,
    judged,
    on,
    some_facts,
    some_need,
    some_party,
    some_proof,
    some_service,
    table,
    the,
)

MET = (some_need(), some_proof("0001-01-01"))


def some_programme(*items: Any, **fields: Any) -> Facts:
    """Return facts whose expectations are met, with the framework's clauses for services and suppliers."""
    return some_facts(*MET, *items, **{"service_clause": "8.3.3", "supplier_clause": "8.3.4", **fields})


def planned(first: str | None, second: str | None, **limits: int) -> Facts:
    """Return facts with both audits planned."""
    return some_programme(stage_1_on=first, stage_2_on=second, limits=limits)


COVERED = some_programme(some_service(("03-01", "06-30"), ("08-01", None)))
SUPPLIED = some_programme(some_party(("03-01", "06-30"), ("08-01", "12-31")))

TABLE = table(
    days("stages 13 days apart", planned("03-01", "03-14"), "03-01 stage-gap"),
    days("stages 14 days apart", planned("03-01", "03-15"), "03-01"),
    days("stages 180 days apart", planned("03-01", "08-28"), "03-01"),
    days("stages 181 days apart", planned("03-01", "08-29"), "03-01 stage-gap"),
    days("other limits", planned("03-01", "03-02", stage1_to_stage2_min_days=1, stage1_to_stage2_max_days=1), "03-01"),
    days("stage 2 first", planned("03-02", "03-01"), "03-01 stage-gap"),
    days("stage 1 does not ask", planned("03-01", "03-14"), "03-01", stage=1),
    days("one audit only", planned("03-01", None), "03-01"),
    days("the other only", planned(None, "03-01"), "03-01"),
    days("stages at the ends of the calendar", planned("0001-01-01", "9999-12-31"), "03-01 stage-gap"),
    days("a service covered from a day to a day", COVERED, "02-28 service-uncovered", "03-01", "06-30",
         "07-01 service-uncovered", "07-31 service-uncovered", "08-01", "9999-12-31", "07-01 / 03-01 service-uncovered"),
    days("a service without SLA", some_programme(some_service()), "03-01 service-uncovered"),
    days("an SLA without days", some_programme(some_service((None, None))), "0001-01-01", "9999-12-31"),
    days("a service of nobody", some_programme(some_service((None, None), owner=None)), "03-01 service-uncovered"),
    days("a service without requirements", some_programme(some_service((None, None), requirements=False)),
         "03-01 service-uncovered"),
    days("at stage 1 too", some_programme(some_service()), "03-01 service-uncovered", stage=1),
    days("a framework that says nothing of services", some_programme(some_service(), service_clause=None), "03-01"),
    days("a supplier covered from a day to a day", SUPPLIED, "02-28 supplier-uncovered", "03-01", "06-30",
         "07-01 supplier-uncovered", "08-01", "12-31", "2027-01-01 supplier-uncovered",
         "2027-01-01 / 03-01 supplier-uncovered"),
    days("a supplier without agreement", some_programme(some_party()), "03-01 supplier-uncovered"),
    days("a framework that says nothing of suppliers", some_programme(some_party(), supplier_clause=None), "03-01"),
    days("an agreement that ends before it begins", some_programme(some_party(("06-01", "05-01"))),
         "05-01 supplier-uncovered", "05-15 supplier-uncovered", "06-01 supplier-uncovered"),
    days("two services, two parties", some_programme(some_service(), some_service(id="t"), some_party(), some_party(
         id="q")), "03-01 service-uncovered service-uncovered supplier-uncovered supplier-uncovered"),
    days("a service that lacks everything", some_programme(some_service(owner=None, requirements=False)),
         "03-01 service-uncovered service-uncovered service-uncovered"),
    days("the programme of no expectation", some_facts(some_service(), service_clause="8.3.3"), "03-01"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


@pytest.mark.parametrize(
    ("first", "second", "possible_from", "message"),
    [
        ("03-01", "03-14", "03-15",
         "Stage 2 is planned 13 days after stage 1; at least 14 are needed to settle concerns."),
        ("03-01", "08-29", None, "Stage 2 is planned 181 days after stage 1; stage 1 may lapse after 180."),
    ],
)  # fmt: skip
def test_the_gap_between_the_stages(first: str, second: str, possible_from: str | None, message: str) -> None:
    found = the("stage-gap", judged(planned(first, second), "03-01"))
    assert found.message.in_("en") == message
    assert found.next_step.in_("en") == "Plan stage 2 between 2026-03-15 and 2026-08-28."
    assert found.severity is Severity.AT_RISK
    assert (found.subject, found.days) == ("audit:stage-2", (on(first), on(second)))
    assert found.possible_from == (possible_from and on(possible_from))
    assert found.act_by is None
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "act_by", "named", "message"),
    [
        (COVERED, "07-01", "06-30", "06-30", "06-30 08-01", "The SLA of service Cloud desktop ends on 2026-06-30."),
        (COVERED, "07-01", "07-01", None, "06-30 08-01", "The SLA of service Cloud desktop ended on 2026-06-30."),
        (COVERED, "02-28", "02-01", None, "03-01", "The SLA of service Cloud desktop begins only on 2026-03-01."),
        (some_programme(some_service()), "02-28", "02-01", None, "", "Service Cloud desktop has no SLA."),
        (some_programme(some_service(("03-01", "06-30"), owner=None)), "06-01", "06-01", None, "",
         "Service Cloud desktop has no owner."),
        (some_programme(some_service(("03-01", "06-30"), requirements=False)), "06-01", "06-01", None, "",
         "Service Cloud desktop has no service requirements."),
        (some_programme(some_service(("03-01", "04-30"), ("04-01", "06-30"))), "07-01", "06-01", "06-30", "06-30",
         "The SLA of service Cloud desktop ends on 2026-06-30."),
    ],
)  # fmt: skip
def test_a_service_names_what_it_lacks(
    facts: Facts, as_of: str, known_on: str, act_by: str | None, named: str, message: str
) -> None:
    found = the("service-uncovered", judged(facts, as_of, known_on))
    assert found.message.in_("en") == message
    assert "云桌面" in found.message.in_("zh")
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")
    assert (found.severity, found.subject, found.clause) == (Severity.BLOCKING, "service:s", "8.3.3")
    assert found.items == (Item("service", "s", "Cloud desktop"),)
    assert found.act_by == (act_by and on(act_by))
    assert found.days == tuple(map(on, named.split()))


def test_what_a_service_lacks_is_said_one_by_one_each_with_its_day() -> None:
    facts = some_programme(some_service(("03-01", "06-30"), requirements=False))
    found = {finding.aspect: finding for finding in judged(facts, "07-15", "06-01").findings}
    assert {aspect: finding.act_by for aspect, finding in found.items()} == {"requirements": None, "sla": on("06-30")}


def test_an_agreement_to_come_says_from_when_it_can_be_in_order() -> None:
    for facts, code in ((COVERED, "service-uncovered"), (SUPPLIED, "supplier-uncovered")):
        assert the(code, judged(facts, "07-01")).possible_from == on("08-01")


def test_stage_2_before_stage_1_is_said_so() -> None:
    found = the("stage-gap", judged(planned("03-02", "03-01"), "03-01"))
    assert found.message.in_("en") == "Stage 2 is planned before stage 1 (2026-03-02)."


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "act_by", "named", "message"),
    [
        (SUPPLIED, "07-01", "06-30", "06-30", "06-30 08-01", "The agreement with Northern Cables ends on 2026-06-30."),
        (SUPPLIED, "07-01", "07-01", None, "06-30 08-01", "The agreement with Northern Cables ended on 2026-06-30."),
        (SUPPLIED, "02-28", "02-01", None, "03-01", "The agreement with Northern Cables begins only on 2026-03-01."),
        (some_programme(some_party()), "02-28", "02-01", None, "", "Northern Cables has no agreement."),
    ],
)
def test_a_supplier_names_its_last_agreement(
    facts: Facts, as_of: str, known_on: str, act_by: str | None, named: str, message: str
) -> None:
    found = the("supplier-uncovered", judged(facts, as_of, known_on))
    assert found.message.in_("en") == message
    assert "北方线缆" in found.message.in_("zh")
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")
    assert (found.severity, found.subject, found.clause) == (Severity.BLOCKING, "party:p", "8.3.4")
    assert found.items == (Item("party", "p", "Northern Cables"),)
    assert found.act_by == (act_by and on(act_by))
    assert found.days == tuple(map(on, named.split()))
