"""What is wrong with an item whatever it proves: nobody's, damaged, or changed since its link was confirmed."""

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
    some_damage,
    some_document,
    some_facts,
    some_need,
    some_paper,
    some_proof,
    some_suspect,
    standing,
    table,
    the,
)

NOBODY = some_need(owner=None)
NOBODY_WRITES = some_document(owner=None)
PROOF = some_proof("01-10")
DAMAGED = some_facts(some_need(), PROOF, some_damage("03-01"))
CHANGED = some_facts(some_document(), some_paper("01-01"), some_suspect("03-01"))

TABLE = table(
    days("nobody, and nothing", some_facts(NOBODY), "01-10 evidence-missing owner-missing"),
    days("the clause has an owner", some_facts(some_need(), PROOF), "01-10"),
    days("the evidence has one", some_facts(NOBODY, PROOF._replace(owner="li")), "01-09 evidence-missing owner-missing",
         "01-10"),
    days("one of two has one", some_facts(NOBODY, PROOF, some_proof("01-11", owner="li")), "01-10 owner-missing",
         "01-11"),
    days("neither has one", some_facts(NOBODY, PROOF), "01-10 owner-missing", "02-10 / 01-10 owner-missing"),
    days("evidence that does not count yet", some_facts(NOBODY, PROOF._replace(owner="li", state="submitted")),
         "01-10 acceptance-pending evidence-missing owner-missing"),
    days("the document has one", some_facts(NOBODY_WRITES, some_paper("01-10", owner="li")), "01-10"),
    days("a document not effective yet", some_facts(NOBODY_WRITES, some_paper("01-10", owner="li")),
         "01-09 / 01-10 document-not-effective owner-missing"),
    days("the owner of its newest revision", some_facts(NOBODY_WRITES, some_paper("01-01", owner="li"), some_paper(
         "02-01", revision=2, recorded_on="01-01")), "01-31", "02-01 owner-missing"),
    days("the wrong kind of item has one", some_facts(NOBODY_WRITES, PROOF._replace(owner="li")),
         "01-10 evidence-missing owner-missing"),
    days("the other wrong kind", some_facts(NOBODY, some_paper("01-10", owner="li")),
         "01-10 evidence-missing owner-missing"),
    days("optional", some_facts(some_need(owner=None, required=False, optional=True)), "01-10"),
    days("damage", DAMAGED, "02-28", "03-01 file-damaged", "04-01 file-damaged", "04-01 / 02-28",
         "02-01 / 03-01 file-damaged"),
    days("damage of something optional", some_facts(some_need(required=False, optional=True), some_damage("03-01")),
         "03-01 file-damaged"),
    days("changed", CHANGED, "02-28", "03-01 link-suspect", "04-01 / 02-28", "04-01 / 03-01 link-suspect"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


@pytest.mark.parametrize(
    ("facts", "code", "severity", "status", "met"),
    [
        (some_facts(NOBODY, PROOF), "owner-missing", Severity.AT_RISK, Status.AT_RISK, True),
        (DAMAGED, "file-damaged", Severity.BLOCKING, Status.GAP, False),
        (some_facts(some_need(required=False), PROOF, some_damage("03-01")), "file-damaged", Severity.BLOCKING,
         Status.GAP, False),
        (CHANGED, "link-suspect", Severity.AT_RISK, Status.AT_RISK, True),
    ],
)  # fmt: skip
def test_damage_blocks_and_the_rest_is_at_risk(
    facts: Facts, code: str, severity: Severity, status: Status, met: bool
) -> None:
    assert the(code, judged(facts, "03-01")).severity is severity
    assert (standing(facts, "03-01").status, standing(facts, "03-01").met) == (status, met)
    assert the(code, judged(facts, "05-01", "03-01")).act_by is None


def test_the_items_and_days_are_named() -> None:
    facts = some_facts(
        some_document(),
        some_paper("01-01"),
        some_damage("03-02", item_id="d", title="SMS-1 Policy", file_name="b.docx"),
        some_damage("03-01", item_id="d", title="SMS-1 Policy", file_name="a.docx"),
        some_damage("03-01"),
        some_suspect("03-01"),
        some_suspect("03-03", item_id="e", title="Report", cause="framework"),
    )
    items = (Item("document", "d", "SMS-1 Policy"), Item("evidence", "e", "Report"))
    damaged, suspect = (the(code, judged(facts, "04-01")) for code in ("file-damaged", "link-suspect"))
    assert damaged.items == suspect.items == items
    assert (damaged.days, suspect.days) == ((on("03-01"),), (on("03-03"),))
    assert damaged.message.in_("en") == "Incident records: stored files are damaged: a.docx, b.docx, report.pdf."
    assert suspect.message.in_("en") == "Incident records: changed since the link was confirmed: Report, SMS-1 Policy."
    for found in (damaged, suspect, the("owner-missing", judged(some_facts(NOBODY), "04-01"))):
        assert found.message.in_("zh").startswith(NAME.zh)
        assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")


def test_a_missing_owner_is_said() -> None:
    found = the("owner-missing", judged(some_facts(NOBODY), "04-01"))
    assert found.message.in_("en") == "Incident records: nobody is responsible for it."
