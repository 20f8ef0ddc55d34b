"""From rows to facts: what becomes of each kind of row, and in how many queries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.checks.gather import gather
from app.documents.approval import decide_revision, submit_revision
from app.documents.service import add_revision, change_owner, withdraw_document
from app.evidence.models import EvidenceFile
from app.evidence.service import amend_evidence, withdraw_evidence
from app.evidence.versions import NewVersion
from app.links.service import confirm_link
from app.programmes.service import add_entry, change_entry, single
from app.readiness.facts import Agreement, Facts, Need, Paper
from app.storage.service import Trouble, keep, remember
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
    approve,
    counted,
    effective_document,
    review,
    some_document,
    some_evidence,
    some_organisation,
    some_programme,
    submitted_revision,
)
from tests.checks.test_gather_history import upgraded

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def gathered(house: House, at: datetime = AT, framework: str = F2018) -> Facts:
    """Gather what was known at a moment."""
    house.session.flush()
    return gather(house.session, house.programme, known_at=at).facts_for(framework)[1]


def add(house: House, name: str, body: dict[str, Any], at: datetime = AT) -> str:
    """Add an entry to a register and return its id."""
    return add_entry(house.session, house.programme, name, body, actor=house.officer, at=at).id


def about(house: House, *frameworks: str) -> None:
    """Set what the programme is about."""
    profile = single(house.session, house.programme, "profile")
    body = {"frameworks": list(frameworks), "start_of_operation": "2026-01-01"}
    change_entry(house.session, house.programme, profile.id, body, actor=house.officer, at=AT)


def need(facts: Facts, expectation_id: str) -> Need:
    """Return one need."""
    return next(each for each in facts.needs if each.id == expectation_id)


def states(papers: Sequence[Paper]) -> list[str]:
    """Return number and state of each revision, and of one in review how many signatures are awaited."""
    found = []
    for paper in papers:
        awaited = f" {paper.missing_signatures}" if paper.state == "in_review" else ""
        found.append(f"{paper.revision} {paper.state}{awaited}")
    return found


def test_every_expectation_of_the_framework_is_a_need_with_what_the_catalogue_says(house: House) -> None:
    facts = gathered(house)
    assert len(facts.needs) == len({each.id for each in facts.needs}) == 175
    record = need(facts, RECORD)
    assert (record.clause, record.action, record.stage, record.cadence) == ("8.6.1", "retain", 2, "monthly")
    assert (record.max_age_days, record.history_months, record.required, record.optional) == (45, 3, True, False)


def test_a_version_in_force_becomes_a_proof_for_each_expectation_it_answers(house: House) -> None:
    version = NewVersion(TODAY, date(2026, 7, 1), date(2026, 7, 31), date(2026, 12, 31), note="x")
    item = some_evidence(
        house, title="七月", version=version, expectation_ids=[RECORD, CUSTOMARY], owner_id=house.owner.id
    ).evidence
    proofs = gathered(house).proofs
    assert sorted(proof.need_id for proof in proofs) == sorted([RECORD, CUSTOMARY])
    for proof in proofs:
        assert proof[1:] == (
            item.id, "七月", "submitted", TODAY, date(2026, 7, 1), date(2026, 7, 31), date(2026, 12, 31), TODAY,
            False, house.owner.id,
        )  # fmt: skip


def test_evidence_without_a_link_and_withdrawn_evidence_prove_nothing(house: House) -> None:
    some_evidence(house, expectation_ids=[])
    gone = accepted(house).evidence
    withdraw_evidence(house.session, house.programme, gone.id, reason="x", actor=house.officer, at=AT + HOUR)
    assert [proof.item_id for proof in gathered(house).proofs] == [gone.id]
    assert gathered(house, AT + HOUR).proofs == ()


def test_one_link_answers_both_editions_and_each_keeps_its_own_demands(house: House) -> None:
    about(house, F2018, F2011)
    accepted(house)
    effective_document(house)
    both = [gathered(house, framework=code) for code in (F2018, F2011)]
    for facts in both:
        assert [proof.need_id for proof in facts.proofs] == [RECORD]
        assert [paper.need_id for paper in facts.papers] == [PAPER]
        assert need(facts, RECORD).action == "retain"
        assert need(facts, PAPER).action == "maintain"
    clauses = [(facts.service_clause, facts.supplier_clause) for facts in both]
    assert clauses == [("8.3.3", "8.3.4"), ("6.1", "7.2")]


def test_a_document_is_gathered_with_every_revision_and_its_state_then(house: House) -> None:
    settings = single(house.session, house.programme, "settings")
    change_entry(house.session, house.programme, settings.id, {"approvals_needed": 2}, actor=house.officer, at=AT)
    document = some_document(house, owner_id=house.owner.id)
    add_revision(house.session, house.programme, document.id, house.file(), actor=house.officer, at=AT + 1 * HOUR)
    given: dict[str, Any] = {"actor": house.officer}
    submit_revision(house.session, house.programme, document.id, **given, at=AT + 2 * HOUR)
    approve(house, document, at=AT + 3 * HOUR)
    approve(house, document, actor=house.second_reviewer, at=AT + 4 * HOUR)
    submitted_revision(house, document, at=AT + 5 * HOUR)
    decide_revision(
        house.session, house.programme, document.id, approve=False, reason="x", actor=house.reviewer, at=AT + 6 * HOUR
    )
    withdraw_document(house.session, house.programme, document.id, reason="x", **given, at=AT + 7 * HOUR)
    assert [states(gathered(house, AT + hours * HOUR).papers) for hours in range(8)] == [
        [],
        ["1 draft"],
        ["1 in_review 2"],
        ["1 in_review 1"],
        ["1 approved"],
        ["1 approved", "2 in_review 2"],
        ["1 approved", "2 draft"],
        ["1 withdrawn", "2 withdrawn"],
    ]
    [paper] = gathered(house, AT + 3 * HOUR).papers
    assert (paper.approved_on, paper.effective_on, paper.next_review_on) == (None, None, None)
    [paper] = gathered(house, AT + 4 * HOUR).papers
    assert (paper.approved_on, paper.effective_on, paper.next_review_on) == (TODAY, TODAY, date(2027, 8, 10))


def test_title_and_owner_are_those_of_the_moment(house: House) -> None:
    item = accepted(house, some_evidence(house, title="First", owner_id=house.owner.id)).evidence
    document = effective_document(house)
    for hours, title, owner in ((1, "Second", house.officer.id), (2, "Third", None)):
        given: dict[str, Any] = {"actor": house.officer, "at": AT + hours * HOUR}
        amend_evidence(house.session, house.programme, item.id, title=title, owner_id=owner, **given)
        change_owner(house.session, house.programme, document.id, owner, **given)
    seen = [gathered(house, AT + hours * HOUR) for hours in (0, 0.5, 1, 1.5, 2)]
    assert [facts.proofs[0].title for facts in seen] == ["First", "First", "Second", "Second", "Third"]
    owners = [None, None, house.officer.id, house.officer.id, None]
    assert [facts.papers[0].owner for facts in seen] == owners
    assert [facts.proofs[0].owner for facts in seen] == [house.owner.id] * 2 + owners[2:]


def test_a_clause_has_its_own_owner_or_that_of_the_nearest_clause_above(house: House) -> None:
    for clause, owner in (("8", house.officer), ("8.6", house.owner), ("8.6.2", house.reviewer)):
        add(house, "owners", {"framework": F2018, "clause": clause, "owner_id": owner.id})
    facts = gathered(house)
    owners = {each.clause: each.owner for each in facts.needs}
    assert (owners["8.6.1"], owners["8.6.2"]) == (house.owner.id, house.reviewer.id)
    assert (owners["8.1"], owners["8.5.1.2"]) == (house.officer.id, house.officer.id)
    assert (owners["5.1"], owners["10.2"]) == (None, None)
    about(house, F2018, F2011)
    assert {each.owner for each in gathered(house, framework=F2011).needs} == {None}


def test_a_link_is_suspect_after_its_document_was_approved_anew_until_it_is_confirmed(house: House) -> None:
    document = effective_document(house)
    assert gathered(house).suspects == ()
    submitted_revision(house, document, at=AT + HOUR)
    assert gathered(house, AT + HOUR).suspects == ()
    approve(house, document, at=AT + DAY)
    assert gathered(house, AT + DAY - HOUR).suspects == ()
    [suspect] = gathered(house, AT + DAY).suspects
    assert suspect == (PAPER, document.id, "SMS-P-01 Policy", "document", TODAY + DAY)
    confirm_link(house.session, house.programme, document.id, PAPER, actor=house.officer, at=AT + 2 * DAY)
    assert gathered(house, AT + 2 * DAY).suspects == ()
    assert gathered(house, AT + 2 * DAY - HOUR).suspects == (suspect,)


def test_a_first_approval_makes_no_link_suspect_whatever_its_number(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    decide_revision(
        house.session, house.programme, document.id, approve=False, reason="x", actor=house.reviewer, at=AT + HOUR
    )
    submitted_revision(house, document, at=AT + 2 * HOUR)
    approve(house, document, at=AT + 3 * HOUR)
    assert gathered(house, AT + 4 * HOUR).suspects == ()


def test_links_are_suspect_after_the_framework_changed_what_they_answer_until_confirmed(house: House) -> None:
    about(house, F2018, F2011)
    item = accepted(house, some_evidence(house, title="Records", expectation_ids=[RECORD, CUSTOMARY])).evidence
    document = effective_document(house, expectation_ids=[RECORD])
    upgraded(house, RECORD, version="9.0.0", at=AT + DAY)
    assert gathered(house, AT + HOUR).suspects == ()
    found = sorted(gathered(house, AT + DAY).suspects)
    assert found == sorted([
        (RECORD, item.id, "Records", "evidence", TODAY + DAY),
        (RECORD, document.id, "SMS-P-01 Policy", "document", TODAY + DAY),
    ])  # fmt: skip
    assert gathered(house, AT + DAY, F2011).suspects == ()
    confirm_link(house.session, house.programme, item.id, RECORD, actor=house.officer, at=AT + 2 * DAY)
    assert [each.item_id for each in gathered(house, AT + 2 * DAY).suspects] == [document.id]
    assert need(gathered(house, AT), RECORD).max_age_days == 45
    assert need(gathered(house, AT + DAY), RECORD).max_age_days == 44


def test_what_was_withdrawn_is_no_longer_suspect(house: House) -> None:
    item = accepted(house, some_evidence(house, expectation_ids=[RECORD])).evidence
    document = effective_document(house)
    submitted_revision(house, document)
    approve(house, document, at=AT + HOUR)
    upgraded(house, RECORD, version="9.0.0", at=AT + HOUR)
    assert len(gathered(house, AT + HOUR).suspects) == 2
    given: dict[str, Any] = {"reason": "x", "actor": house.officer, "at": AT + 2 * HOUR}
    withdraw_evidence(house.session, house.programme, item.id, **given)
    withdraw_document(house.session, house.programme, document.id, **given)
    assert gathered(house, AT + 2 * HOUR).suspects == ()
    assert len(gathered(house, AT + HOUR).suspects) == 2


def test_damage_of_evidence_in_force_is_gathered_from_when_it_was_found_until_it_was_repaired(house: House) -> None:
    submitted = accepted(house, some_evidence(house, title="Before", expectation_ids=[RECORD, CUSTOMARY]))
    [file] = house.session.scalars(select(EvidenceFile))
    remember(house.session, [Trouble(file.sha256, "gone")], at=AT + HOUR)
    amend_evidence(
        house.session, house.programme, submitted.evidence.id, title="After", owner_id=None, actor=house.officer,
        at=AT + 2 * HOUR,
    )  # fmt: skip
    keep(house.session, [house.file().blob], at=AT + 3 * HOUR)
    seen = [[each[2:] for each in sorted(gathered(house, AT + hours * HOUR).damages)] for hours in (0, 1, 2, 3)]
    before, after = ("Before", "minutes.txt", TODAY), ("After", "minutes.txt", TODAY)
    assert seen == [[], [before] * 2, [after] * 2, []]


def test_damage_of_a_version_that_is_no_longer_in_force_harms_nothing(house: House) -> None:
    submitted = some_evidence(house)
    remember(house.session, [Trouble(submitted.files[0].sha256, "altered")], at=AT)
    assert len(gathered(house).damages) == 1
    withdraw_evidence(
        house.session, house.programme, submitted.evidence.id, reason="x", actor=house.officer, at=AT + HOUR
    )
    assert gathered(house, AT + HOUR).damages == ()


def test_damage_of_a_documents_revision_is_gathered_until_another_is_in_force(house: House) -> None:
    document = some_document(house)
    first = submitted_revision(house, document, content=b"one")
    approve(house, document)
    remember(house.session, [Trouble(first.sha256, "gone")], at=AT)
    assert gathered(house).damages == ((PAPER, document.id, "SMS-P-01 Policy", "policy.docx", TODAY),)
    submitted_revision(house, document, content=b"two", effective_on=TODAY + DAY, at=AT + HOUR)
    approve(house, document, at=AT + HOUR)
    assert len(gathered(house, AT + HOUR).damages) == 1
    assert gathered(house, AT + DAY).damages == ()


def test_a_service_has_its_agreements_on_service_levels_and_a_party_all_of_its_own(house: House) -> None:
    service = add(house, "services", {"name_zh": "邮件", "owner_id": house.owner.id, "requirements": "24 h"})
    party = add(house, "parties", {"kind": "external-supplier", "name_en": "Cloud"})
    add(house, "parties", {"kind": "customer", "name_en": "Customer"})
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    add(house, "agreements", {"kind": "sla", "title": "SLA", "service_id": service, **days})
    add(house, "agreements", {"kind": "contract", "title": "Hosting", "service_id": service, "party_id": party})
    facts = gathered(house)
    [found] = facts.services
    assert (found.owner, found.requirements) == (house.owner.id, True)
    assert found.agreements == (Agreement(date(2026, 1, 1), date(2026, 12, 31)),)
    assert [(each.kind, each.agreements) for each in facts.parties] == [("external-supplier", (Agreement(None, None),))]


def test_the_stages_are_the_next_stage_2_and_the_stage_1_before_it(house: House) -> None:
    for kind, day in (
        ("stage-2", "2026-12-01"),
        ("stage-2", "2026-11-01"),
        ("stage-2", "2026-03-01"),
        ("stage-1", "2026-02-01"),
        ("stage-1", "2026-09-01"),
        ("stage-1", "2027-02-01"),
        ("internal", "2026-01-01"),
    ):
        add(house, "audits", {"kind": kind, "planned_on": day})
    facts = gathered(house)
    assert (facts.stage_1_on, facts.stage_2_on) == (date(2026, 9, 1), date(2026, 11, 1))
    assert (gathered(house, AT - HOUR).stage_1_on, facts.start_of_operation) == (None, date(2026, 1, 1))


def test_a_waiver_is_granted_on_the_day_it_was_entered_by_whoever_entered_it(house: House) -> None:
    add(house, "waivers", {"expectation_id": CUSTOMARY, "reason": "new", "until": "2026-12-31"}, AT.replace(hour=16))
    [waiver] = gathered(house, AT + DAY).waivers
    assert waiver == (CUSTOMARY, TODAY + DAY, date(2026, 12, 31), "new", house.officer.id)


def test_facts_of_another_programme_are_not_gathered(house: House) -> None:
    accepted(house)
    effective_document(house)
    other = replace(house, programme=some_programme(house.session, some_organisation(house.session, "Other")))
    facts = gathered(other)
    assert (facts.proofs, facts.papers, facts.services, facts.damages) == ((), (), (), ())


@pytest.mark.parametrize("frameworks", [(F2018,), (F2018, F2011)])
def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(house: House, frameworks: tuple[str, ...]) -> None:
    about(house, *frameworks)
    asked = []
    items = 0
    for wanted in (10, 200):
        while items < wanted:
            submitted = some_evidence(house, title=f"E{items}", expectation_ids=[RECORD, CUSTOMARY])
            review(house, submitted.evidence.id)
            if items % 10 == 0:
                effective_document(house, f"D-{items}")
                add(house, "services", {"name_en": f"S{items}"})
                add(house, "owners", {"framework": F2018, "clause": "8", "owner_id": house.owner.id})
            items += 1
        with counted(house.session) as sent:
            known = gather(house.session, house.programme, known_at=AT)
            found = [known.facts_for(code)[1] for code in frameworks]
        assert all(len(facts.proofs) == 2 * items for facts in found)
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 22 + 4 * len(frameworks)


def test_the_ages_that_the_programme_set_take_the_place_of_the_catalogues_as_known_then(house: House) -> None:
    def age(at: datetime) -> int | None:
        return next(need.max_age_days for need in gathered(house, at).needs if need.id == RECORD)

    usual = age(AT)
    entry = add(house, "ages", {"expectation_id": RECORD, "max_age_days": 7, "reason": "strict"}, AT + HOUR)
    change_entry(house.session, house.programme, entry, None, actor=house.officer, at=AT + DAY)
    assert usual not in {7, None}
    assert [age(AT), age(AT + HOUR), age(AT + DAY)] == [usual, 7, usual]
