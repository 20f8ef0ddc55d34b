"""What an upgrade of a pack changes: named by stable ids, field by field."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.comparison import Changed, FieldChange, compare_packs
from app.catalogue.pack import Cadence, Clause, Pack
from app.catalogue.reading import shipped
from app.language import Text

PACKS = {pack.id: pack for pack in shipped() if isinstance(pack, Pack)}
OLD = PACKS["iso20000-1-2018"]


def with_clause(pack: Pack, number: str, clause: Clause | None) -> Pack:
    """Return the pack with a clause replaced, or without it."""
    changed = (clause if each.number == number else each for each in pack.clauses)
    return replace(pack, clauses=tuple(each for each in changed if each))


def clause_of(pack: Pack, number: str) -> Clause:
    """Return the clause of this number."""
    return next(clause for clause in pack.clauses if clause.number == number)


def test_a_pack_does_not_differ_from_itself() -> None:
    assert not compare_packs(OLD, OLD)


def test_a_changed_expectation_is_named_with_its_fields_before_and_after() -> None:
    clause = clause_of(OLD, "4.3")
    first, *others = clause.expectations
    new = replace(first, cadence=Cadence.QUARTERLY, max_age_days=100)
    difference = compare_packs(OLD, with_clause(OLD, "4.3", replace(clause, expectations=(new, *others))))
    assert difference.expectations.changed == (
        Changed(
            "sms-scope-statement",
            (FieldChange("cadence", Cadence.ANNUAL, Cadence.QUARTERLY), FieldChange("max_age_days", 365, 100)),
        ),
    )
    assert not difference.clauses
    assert difference.facts == ()


def test_a_changed_clause_is_named_with_its_fields_and_not_by_its_expectations() -> None:
    clause = clause_of(OLD, "8.6.1")
    new = replace(clause, title=Text("Incidents", "事件"), shared=())
    difference = compare_packs(OLD, with_clause(OLD, "8.6.1", new))
    [changed] = difference.clauses.changed
    assert (changed.id, [change.name for change in changed.fields]) == ("8.6.1", ["title"])
    assert changed.fields[0].after == Text("Incidents", "事件")
    assert not difference.expectations


def test_a_clause_that_goes_takes_its_expectations_with_it() -> None:
    new = with_clause(OLD, "4.3", None)
    gone, come = compare_packs(OLD, new), compare_packs(new, OLD)
    assert gone.clauses.removed == come.clauses.added == ("4.3",)
    assert gone.expectations.removed == come.expectations.added == ("sms-scope-statement", "scope-boundary-diagram")
    assert gone.clauses.changed == gone.expectations.changed == ()


def test_an_expectation_that_moves_to_another_clause_stays_the_same_expectation() -> None:
    source, target = clause_of(OLD, "4.3"), clause_of(OLD, "4.4")
    moved, *others = source.expectations
    new = with_clause(OLD, "4.3", replace(source, expectations=tuple(others)))
    here = replace(moved, clause="4.4")
    new = with_clause(new, "4.4", replace(target, expectations=(*target.expectations, here)))
    difference = compare_packs(OLD, new).expectations
    assert (difference.added, difference.removed) == ((), ())
    assert difference.changed == (Changed(moved.id, (FieldChange("clause", "4.3", "4.4"),)),)


def test_the_facts_of_the_framework_are_compared_too() -> None:
    difference = compare_packs(OLD, replace(OLD, version="1.1.0", glossary=()))
    assert [change.name for change in difference.facts] == ["version", "glossary"]
    assert bool(difference)


def test_the_editions_share_154_expectations_and_none_of_them_differs_in_what_it_is() -> None:
    difference = compare_packs(PACKS["iso20000-1-2011"], OLD).expectations
    assert (len(difference.added), len(difference.removed)) == (21, 20)
    named = {change.name for changed in difference.changed for change in changed.fields}
    assert named <= {"clause", "stage", "required", "covers"}


@given(st.sampled_from([*PACKS.values()]), st.sampled_from([*PACKS.values()]))
def test_what_one_way_adds_the_other_way_removes(one: Pack, other: Pack) -> None:
    there, back = compare_packs(one, other), compare_packs(other, one)
    assert there.clauses.added == back.clauses.removed
    assert there.expectations.removed == back.expectations.added
    assert {each.id for each in there.expectations.changed} == {each.id for each in back.expectations.changed}
