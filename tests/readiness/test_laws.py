"""What holds whatever the facts: order, time, more evidence, waivers, duplicates, the ends of the calendar."""

from dataclasses import fields, replace
from datetime import date
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from app.readiness.case import Case, View
from app.readiness.engine import assess
from app.readiness.facts import Facts, Need, Paper, Proof, Waiver
from app.readiness.findings import Assessment, Standing, Status, Verdict
from app.readiness.periods import DAY
from tests.readiness.strategies import (
    ANY_DAY,
    DAYS,
    IDS,
    NAMES,
    PEOPLE,
    damages,
    facts,
    papers,
    proofs,
    suspects,
    waivers,
)

STAGES = st.sampled_from([1, 2])
MANY = tuple(each.name for each in fields(Facts) if isinstance(getattr(Facts(), each.name), tuple))


def by_id(assessment: Assessment) -> dict[str, Standing]:
    """Return the standings by expectation."""
    return {standing.need_id: standing for standing in assessment.standings}


@st.composite
def valid_proof(draw: st.DrawFn, need: Need, as_of: date, known_on: date) -> Proof:
    """Draw accepted evidence that was there by both days and still covers the one that is judged."""
    today = min(as_of, known_on)
    collected_on = draw(DAYS.filter(lambda day: day <= today) if today > date(2025, 10, 1) else st.just(today))
    period_from = draw(st.none() | DAYS.filter(lambda day: day <= collected_on))
    return Proof(
        need_id=need.id,
        item_id="new",
        title=draw(NAMES),
        state="accepted",
        collected_on=collected_on,
        period_from=period_from,
        period_to=period_from and draw(st.dates(period_from, collected_on)),
        valid_until=draw(st.none() | st.dates(as_of)),
        recorded_on=draw(st.dates(collected_on, known_on)),
        nil_return=need.nil_return and draw(st.booleans()),
        owner=draw(PEOPLE),
    )


@st.composite
def valid_paper(draw: st.DrawFn, need: Need, as_of: date, known_on: date) -> Paper:
    """Draw the first revision of a new document, effective on the judged day and to be reviewed after it."""
    today = min(as_of, known_on)
    approved_on = draw(st.dates(today - 400 * DAY, today))
    return Paper(
        need_id=need.id,
        document_id="new",
        number="SMS-9",
        title=draw(NAMES),
        revision=1,
        state="approved",
        approved_on=approved_on,
        effective_on=draw(st.dates(approved_on, as_of)),
        next_review_on=draw(st.none() | st.dates(as_of)),
        recorded_on=draw(st.dates(max_value=known_on)),
        owner=draw(PEOPLE),
    )


def lasts(need: Need, item: Proof | Paper, as_of: date) -> bool:
    """Whether the item's age leaves it valid, or reviewed, on the day."""
    if need.max_age_days is None:
        return True
    first = (item.period_to or item.collected_on) if isinstance(item, Proof) else item.approved_on or as_of
    return (as_of - first).days <= need.max_age_days


@given(facts(), STAGES, DAYS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(
    known: Facts, stage: int, as_of: date, known_on: date, random: Random
) -> None:
    shuffled: dict[str, Any] = {
        name: tuple(random.sample(several, len(several))) for name in MANY if (several := getattr(known, name))
    }
    other = replace(known, **shuffled)
    assert assess(other, stage=stage, as_of=as_of, known_on=known_on) == assess(
        known, stage=stage, as_of=as_of, known_on=known_on
    )


@given(facts(), STAGES, DAYS, DAYS, st.data())
def test_adding_what_is_accepted_and_valid_makes_nothing_worse(
    known: Facts, stage: int, as_of: date, known_on: date, data: st.DataObject
) -> None:
    assume(known.needs)
    need = data.draw(st.sampled_from(known.needs))
    if need.action == "retain":
        proof = data.draw(valid_proof(need, as_of, known_on))
        assume(Case(need, View(known, stage, as_of, known_on)).by_period or lasts(need, proof, as_of))
        more = replace(known, proofs=(*known.proofs, proof))
    else:
        paper = data.draw(valid_paper(need, as_of, known_on))
        assume(lasts(need, paper, as_of))
        more = replace(known, papers=(*known.papers, paper))
    before, after = (assess(each, stage=stage, as_of=as_of, known_on=known_on) for each in (known, more))
    assert after.verdict.rank >= before.verdict.rank
    for old, new in zip(before.standings, after.standings, strict=True):
        if old.need_id == need.id:
            assert new.status.rank >= min(old.status.rank, Status.MET.rank)  # no longer not expected, but met
            assert new.met >= old.met
        else:
            assert new == old


@given(facts(), STAGES, DAYS, DAYS, st.data())
def test_what_was_recorded_after_the_day_of_knowledge_changes_nothing(
    known: Facts, stage: int, as_of: date, known_on: date, data: st.DataObject
) -> None:
    after = st.dates(known_on + DAY, known_on + 400 * DAY)
    more = replace(
        known,
        proofs=known.proofs
        + tuple(each._replace(recorded_on=data.draw(after)) for each in data.draw(_few(proofs(DAYS)))),
        papers=known.papers
        + tuple(each._replace(recorded_on=data.draw(after)) for each in data.draw(_few(papers(DAYS)))),
        waivers=known.waivers + tuple(data.draw(_few(waivers(after)))),
        suspects=known.suspects + tuple(data.draw(_few(suspects(after)))),
        damages=known.damages + tuple(data.draw(_few(damages(after)))),
    )
    assert assess(more, stage=stage, as_of=as_of, known_on=known_on) == assess(
        known, stage=stage, as_of=as_of, known_on=known_on
    )


@given(facts(), STAGES, DAYS, DAYS, DAYS)
def test_a_later_day_never_turns_what_has_expired_into_met(
    known: Facts, stage: int, one: date, other: date, known_on: date
) -> None:
    earlier, later = (
        by_id(assess(known, stage=stage, as_of=day, known_on=known_on)) for day in (min(one, other), max(one, other))
    )
    for need_id, standing in earlier.items():
        if any(finding.code == "evidence-expired" for finding in standing.findings):
            assert not standing.met
            assert not later[need_id].met


@given(facts(), STAGES, DAYS, DAYS)
def test_a_waiver_never_hides_damage_and_never_changes_what_the_standard_demands(
    known: Facts, stage: int, as_of: date, known_on: date
) -> None:
    waived = by_id(assess(known, stage=stage, as_of=as_of, known_on=known_on))
    plain = by_id(assess(replace(known, waivers=()), stage=stage, as_of=as_of, known_on=known_on))
    for need in known.needs:
        if need.id in plain:
            assert _damage(waived[need.id]) == _damage(plain[need.id])
            assert not need.required or waived[need.id] == plain[need.id]
            assert not _damage(plain[need.id]) or waived[need.id].status is Status.GAP


@given(facts(), STAGES, DAYS, DAYS, st.data())
def test_a_waiver_that_ended_is_no_waiver_but_for_saying_so(
    known: Facts, stage: int, as_of: date, known_on: date, data: st.DataObject
) -> None:
    today = min(as_of, known_on)
    until = st.dates(today - 300 * DAY, today - DAY)
    ended = tuple(Waiver(each, data.draw(DAYS), data.draw(until), "", "wang") for each in IDS)
    plain = assess(replace(known, waivers=()), stage=stage, as_of=as_of, known_on=known_on)
    waived = assess(replace(known, waivers=ended), stage=stage, as_of=as_of, known_on=known_on)
    without = tuple(
        replace(each, findings=tuple(finding for finding in each.findings if finding.code != "waiver-expired"))
        for each in waived.standings
    )
    assert replace(waived, standings=without) == plain


@given(facts(ANY_DAY, unique=False), STAGES, ANY_DAY, ANY_DAY)
def test_nothing_raises_the_same_is_said_twice_and_the_figures_hold(
    known: Facts, stage: int, as_of: date, known_on: date
) -> None:
    found = assess(known, stage=stage, as_of=as_of, known_on=known_on)
    assert found == assess(known, stage=stage, as_of=as_of, known_on=known_on)
    assert 0 <= found.score <= 100
    assert 0 <= found.satisfied <= found.applicable <= len(found.standings)
    assert (found.verdict is Verdict.CANNOT_EVALUATE) == (found.applicable == 0) == (found.earliest_ready_on is None)
    assert found.verdict is not Verdict.READY or found.satisfied == found.applicable > 0
    said = [*found.findings, *(finding for standing in found.standings for finding in standing.findings)]
    for finding in said:
        assert finding.act_by is None or finding.act_by >= known_on
        assert all("{" not in finding.message.in_(language) for language in ("en", "zh"))
    assert len({finding.key for finding in said}) == len(said) or _has_twins(known)


@given(facts(), STAGES, DAYS, DAYS)
def test_saying_a_fact_twice_changes_nothing(known: Facts, stage: int, as_of: date, known_on: date) -> None:
    twice = replace(known, **{name: getattr(known, name) * 2 for name in MANY})
    assert assess(twice, stage=stage, as_of=as_of, known_on=known_on) == assess(
        known, stage=stage, as_of=as_of, known_on=known_on
    )


@given(facts(), DAYS, DAYS)
def test_stage_2_asks_for_all_of_stage_1(known: Facts, as_of: date, known_on: date) -> None:
    first, second = (by_id(assess(known, stage=stage, as_of=as_of, known_on=known_on)) for stage in (1, 2))
    assert set(first) <= set(second) == {need.id for need in known.needs}
    assert all(second[need_id].status.rank <= standing.status.rank for need_id, standing in first.items())


def _few(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, max_size=3)


def _damage(standing: Standing) -> list[object]:
    return [finding for finding in standing.findings if finding.code == "file-damaged"]


def _has_twins(known: Facts) -> bool:
    return any(len({each.id for each in several}) < len(several) for several in (known.services, known.parties))
