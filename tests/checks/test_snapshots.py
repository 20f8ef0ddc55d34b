"""Snapshots: frozen as they were, and compared by what came, went and became heavier."""

import copy
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks.gather import gather
from app.checks.models import Snapshot
from app.checks.service import Question, check, digest_of, freeze, get_snapshot, snapshots
from app.checks.snapshots import SCHEMA, Comparison, compare, fingerprint, report_body
from app.errors import Forbidden, Invalid, NotFound
from app.evidence.versions import NewVersion
from app.identity.actor import Role
from app.journal.service import entries
from app.language import say
from app.programmes.service import add_entry
from app.readiness.engine import ENGINE_VERSION
from app.readiness.facts import Facts
from app.readiness.findings import Finding, Severity
from tests.builders import (
    AT,
    CUSTOMARY,
    F2018,
    PAPER,
    TODAY,
    House,
    accepted,
    effective_document,
    some_evidence,
    some_organisation,
    some_programme,
    somebody,
)
from tests.checks.builders import everything

DAY = timedelta(days=1)
MISSING = "evidence-missing"


def frozen(house: House, *, as_of: date = TODAY, known_at: Any = AT, **more: Any) -> Snapshot:
    """Take a snapshot of stage 2, as the officer."""
    given: dict[str, Any] = {"actor": house.officer, "at": AT, **more}
    return freeze(house.session, house.programme, Question(2, as_of), known_at=known_at, **given)


def some_finding(code: str, subject: str, aspect: str = "") -> Finding:
    """Return a finding that says nothing."""
    return Finding(code, Severity.MAJOR, subject, "8.1", say("Nothing"), say("Nothing"), aspect=aspect)


def body(*findings: tuple[str, str, str], framework: str = F2018, stage: int = 2, **more: Any) -> dict[str, Any]:
    """Return a report as JSON with findings of code, subject and severity; `more` goes into each of them."""
    several = [
        {
            "code": code,
            "subject": subject,
            "severity": severity,
            "framework": framework,
            "fingerprint": fingerprint(framework, some_finding(code, subject)),
            **more,
        }
        for code, subject, severity in findings
    ]
    judged = {"id": framework, "findings": several[:1], "expectations": [{"findings": several[1:]}]}
    return {"schema": SCHEMA, "programme": {"id": "p"}, "stage": stage, "frameworks": [judged]}


def said(comparison: Comparison) -> dict[str, set[tuple[str, str]]]:
    """Return code and subject of what came, went and became heavier."""
    return {
        name: {(each["code"], each["subject"]) for each in getattr(comparison, name)}
        for name in ("new", "closed", "worsened")
    }


def test_a_snapshot_keeps_both_dates_the_verdict_and_the_whole_report(house: House) -> None:
    snapshot = frozen(house, as_of=TODAY + 9 * DAY, known_at=AT - DAY, label="  before stage 2 ")
    house.session.expire_all()
    assert (snapshot.as_of, snapshot.known_at, snapshot.taken_at) == (TODAY + 9 * DAY, AT - DAY, AT)
    assert (snapshot.stage, snapshot.verdict, snapshot.label) == (2, "not-ready", "before stage 2")
    assert (snapshot.engine_version, snapshot.taken_by) == (ENGINE_VERSION, house.officer.id)
    question = Question(2, TODAY + 9 * DAY)
    report = check(house.session, house.programme, question, actor=house.officer, known_at=AT - DAY)
    assert snapshot.report == json.loads(json.dumps(report_body(report)))
    [entry, *_] = entries(house.session, house.programme.organisation_id, subject_id=snapshot.id, limit=1)
    assert (entry.action, (entry.after or {})["facts"]) == ("snapshot.taken", snapshot.facts_digest)


def test_a_snapshot_never_changes_whatever_happens_afterwards(house: House) -> None:
    snapshot = frozen(house)
    kept = (copy.deepcopy(snapshot.report), snapshot.facts_digest, snapshot.verdict)
    effective_document(house)
    accepted(house)
    add_entry(house.session, house.programme, "services", {"name_en": "Mail"}, actor=house.officer, at=AT)
    later = frozen(house)
    house.session.expire_all()
    assert (snapshot.report, snapshot.facts_digest, snapshot.verdict) == kept
    assert later.facts_digest != snapshot.facts_digest


def test_the_same_moment_frozen_later_has_the_same_digest_and_report(house: House) -> None:
    first = frozen(house)
    effective_document(house, at=AT + DAY)
    second = frozen(house, at=AT + 2 * DAY)
    assert (second.facts_digest, second.report) == (first.facts_digest, first.report)


def test_what_was_fixed_or_broken_between_two_snapshots_is_said(house: House) -> None:
    expiring = NewVersion(TODAY, valid_until=TODAY)
    accepted(house, some_evidence(house, version=expiring, expectation_ids=[CUSTOMARY]))
    before = frozen(house)
    effective_document(house, at=AT + DAY)
    after = frozen(house, as_of=TODAY + DAY, known_at=AT + DAY)
    changed = said(compare(before.report, after.report))
    assert changed == {
        "new": {("evidence-expired", CUSTOMARY)},
        "closed": {("evidence-missing", PAPER)},
        "worsened": set(),
    }
    nothing = compare(before.report, before.report)
    assert (nothing.new, nothing.closed, nothing.worsened) == ((), (), ())


@pytest.mark.parametrize(
    ("before", "after", "new", "closed", "worsened"),
    [
        ([], [], 0, 0, 0),
        ([], ["major"], 1, 0, 0),
        (["major"], [], 0, 1, 0),
        (["at-risk"], ["major"], 0, 0, 1),
        (["major"], ["blocking"], 0, 0, 1),
        (["blocking"], ["major"], 0, 0, 0),
        (["major"], ["major"], 0, 0, 0),
        (["info"], ["to-do"], 0, 0, 1),
    ],
)
def test_a_finding_is_new_closed_or_heavier(
    before: list[str], after: list[str], new: int, closed: int, worsened: int
) -> None:
    one, other = (body(*((MISSING, "subject", each) for each in several)) for several in (before, after))
    found = compare(one, other)
    assert (len(found.new), len(found.closed), len(found.worsened)) == (new, closed, worsened)


def test_the_same_code_of_another_subject_or_framework_is_another_finding() -> None:
    found = said(compare(body((MISSING, "x", "major")), body((MISSING, "y", "major"))))
    assert found == {"new": {(MISSING, "y")}, "closed": {(MISSING, "x")}, "worsened": set()}
    several = [("f", "a", "x", ""), ("g", "a", "x", ""), ("g", "x", "a", ""), ("g", "x", "a", "b")]
    assert len({fingerprint(code, some_finding(*more)) for code, *more in several}) == len(several)


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        ({"periods": ["2026-06"]}, {"periods": ["2026-06", "2026-07"]}, True),
        ({"periods": ["2026-06", "2026-07"]}, {"periods": ["2026-07"]}, False),
        ({"periods": ["2026-06"]}, {"periods": ["2026-07"]}, True),
        ({"items": [{"id": "a"}]}, {"items": [{"id": "a"}, {"id": "b"}]}, True),
        ({"when": "forecast"}, {"when": "both"}, True),
        ({"when": "both"}, {"when": "today"}, False),
        ({"periods": 1}, {"periods": ["2026-06"]}, True),
    ],
)
def test_a_finding_that_names_more_or_holds_already_is_worse(
    before: dict[str, Any], after: dict[str, Any], worse: bool
) -> None:
    finding = ("period-missing", "n", "major")
    assert len(compare(body(finding, **before), body(finding, **after)).worsened) == worse


def test_evidence_that_was_to_expire_and_has_expired_is_worse_and_neither_new_nor_closed() -> None:
    one, other = body(("evidence-expiring", "n", "at-risk")), body(("evidence-expired", "n", "blocking"))
    found = compare(one, other)
    assert (len(found.new), len(found.closed), len(found.worsened)) == (0, 0, 1)


def test_only_frameworks_that_both_reports_judge_are_compared_and_the_others_are_named() -> None:
    other = body((MISSING, "x", "major"), framework="f")
    found = compare(body((MISSING, "y", "major")), other)
    assert (found.new, found.closed, found.worsened) == ((), (), ())
    assert found.left_out == ("f", F2018)


COMPLETE = body((MISSING, "x", "major"), ("waived", "y", "info"))


@pytest.mark.parametrize(
    "broken",
    [
        {}, [], "text", None, 1, {"schema": "another/1"}, {"schema": SCHEMA}, {**COMPLETE, "frameworks": 1},
        {**COMPLETE, "frameworks": [1]}, {**COMPLETE, "frameworks": [{"findings": []}]}, body((MISSING, "x", "grave")),
        body(("no-such-rule", "x", "major")), {**COMPLETE, "programme": {"id": "q"}}, {**COMPLETE, "programme": 1},
        {**COMPLETE, "stage": 1}, {name: value for name, value in COMPLETE.items() if name != "stage"},
    ],
)  # fmt: skip
def test_what_is_no_complete_report_of_the_same_programme_and_stage_is_refused(broken: Any) -> None:
    with pytest.raises(Invalid):
        compare(broken, COMPLETE)
    with pytest.raises(Invalid):
        compare(COMPLETE, broken)


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_facts(random: Any) -> None:
    facts = everything()
    shuffled: dict[str, Any] = {
        name: tuple(random.sample(several, len(several)))
        for name in ("needs", "proofs", "papers", "waivers", "services", "parties")
        if (several := list(getattr(facts, name)))
    }
    assert digest_of([replace(facts, **shuffled)]) == digest_of([facts])


@pytest.mark.parametrize("part", ["needs", "proofs", "papers", "stage_2_on"])
def test_the_digest_depends_on_every_fact(part: str) -> None:
    facts = everything()
    value = getattr(facts, part)
    changed: dict[str, Any] = {part: value[1:] if isinstance(value, tuple) else date(2030, 1, 1)}
    assert digest_of([replace(facts, **changed)]) != digest_of([facts])
    assert digest_of([Facts(), facts]) != digest_of([facts])


def test_the_digest_is_that_of_what_was_gathered(house: House) -> None:
    accepted(house)
    _, facts = gather(house.session, house.programme, known_at=AT).facts_for(F2018)
    assert frozen(house).facts_digest == digest_of([facts])


def test_snapshots_are_listed_newest_first_to_whoever_may_read(house: House) -> None:
    made = [frozen(house, label=str(number)).id for number in range(3)]
    found = snapshots(house.session, house.programme, actor=house.auditor)
    assert [snapshot.id for snapshot in found] == made[::-1]
    assert get_snapshot(house.session, house.programme, made[1], actor=house.auditor).label == "1"


def test_only_the_officer_freezes(house: House) -> None:
    for actor in (house.owner, house.contributor, house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            frozen(house, actor=actor)


def test_a_label_is_short(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        frozen(house, label="x" * 201)
    assert refusal.value.field == "label"


def test_snapshots_of_another_organisation_are_not_there(house: House) -> None:
    snapshot = frozen(house)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    with pytest.raises(NotFound):
        get_snapshot(house.session, other, snapshot.id, actor=stranger)
    for call in (
        lambda: get_snapshot(house.session, house.programme, snapshot.id, actor=stranger),
        lambda: snapshots(house.session, house.programme, actor=stranger),
        lambda: frozen(house, actor=stranger),
    ):
        with pytest.raises(NotFound):
            call()
    assert snapshots(house.session, other, actor=stranger) == []
