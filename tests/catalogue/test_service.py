"""Frameworks in the database: installed once, upgraded without losing a link, and each organisation's own its own."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.catalogue.comparison import Difference, FieldChange, PackDifference
from app.catalogue.crosswalk import Crosswalk
from app.catalogue.models import ClauseText, ExpectationChange, Framework, FrameworkVersion
from app.catalogue.pack import Action, Clause, Kind, Pack
from app.catalogue.reading import read_pack, read_source, shipped
from app.catalogue.service import (
    Upgrade,
    _store,
    changed_expectations,
    crosswalks,
    find_framework,
    frameworks,
    get_pack,
    import_framework,
    install_shipped,
)
from app.database import Database
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.identity.actor import Actor, Role
from app.journal.service import entries
from app.links.service import links_of
from app.programmes.models import Programme
from app.programmes.service import change_entry, single
from tests.builders import (
    AT,
    F2018,
    RECORD,
    House,
    long_ago,
    some_evidence,
    some_organisation,
    some_programme,
    somebody,
)

DAY = timedelta(days=1)
OWN = """\
schema_version: 1
framework: {id: house-rules, version: "1.0.0", reference: House rules, edition: 1, published: "2026-01",
            coverage: full, title_en: House rules, title_zh: 内部规定}
processes: []
clauses:
  - {number: "1", parent: null, type: requirement, title_en: Desk, title_zh: 服务台,
     summary_en: Help., summary_zh: 帮助。, expectations: [
       {id: desk-records, kind: record, action: retain, stage: 2, cadence: monthly, max_age_days: 45,
        history_months: 3, approval_required: false, required: false, name_en: Desk records, name_zh: 服务台记录},
       {id: desk-plan, kind: plan, action: maintain, stage: 1, cadence: annual, max_age_days: 365,
        history_months: null, approval_required: true, required: false, name_en: Desk plan, name_zh: 服务台计划}]}
"""
MAP = """\
schema_version: 1
crosswalk: {id: house-map, version: "1.0.0", from: house-rules, to: iso20000-1-2018, title_en: Map, title_zh: 映射}
rows: [{from: "1", to: [{clause: "8.6.1", relation: subset}]}]
"""


def own(version: str = "1.0.0", *, without: str = "", code: str = "house-rules", age: int = 45) -> Pack:
    """Return a framework of one's own, in a version of it."""
    pack = read_pack(OWN)
    assert isinstance(pack, Pack)
    [clause] = pack.clauses
    kept = tuple(
        replace(each, max_age_days=age) if each.id == "desk-records" else each
        for each in clause.expectations
        if each.id != without
    )
    changed: Clause = replace(clause, expectations=kept)
    return replace(pack, id=code, version=version, clauses=(changed,))


def crosswalk(**changes: Any) -> Crosswalk:
    """Return a crosswalk of one's own."""
    read = read_pack(MAP)
    assert isinstance(read, Crosswalk)
    return replace(read, **changes)


def imported(house: House, pack: Pack | Crosswalk, *, apply: bool = True, **more: Any) -> Upgrade:
    """Import a framework, as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    organisation_id = given.pop("organisation_id", house.programme.organisation_id)
    return import_framework(house.session, pack, organisation_id, apply=apply, **given)


def codes(house: House, organisation_id: str | None = None) -> set[str]:
    """Return the codes of the frameworks that the organisation can use."""
    return {pack.id for pack in frameworks(house.session, organisation_id or house.programme.organisation_id)}


def rows(house: House) -> list[int | None]:
    """Return how many rows the tables of the catalogue have."""
    house.session.flush()
    tables = (Framework, FrameworkVersion, ExpectationChange, ClauseText)
    return [house.session.scalar(select(func.count()).select_from(table)) for table in tables]


def stranger_of(house: House) -> tuple[Programme, Actor]:
    """Return another organisation's programme and its officer."""
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    return other, somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)


def test_what_is_shipped_is_installed_once(database: Database) -> None:
    with database.writing() as session:
        assert sorted(install_shipped(session, at=AT)) == sorted(pack.id for pack in shipped())
    with database.writing() as session:
        assert install_shipped(session, at=AT + DAY) == []
        versions = session.scalars(select(FrameworkVersion)).all()
        assert len(versions) == len(shipped())
        assert {version.recorded_at for version in versions} == {AT}
        assert session.scalars(select(ExpectationChange)).all() == []
        assert {pack.id for pack in frameworks(session, None)} == {
            pack.id for pack in shipped() if isinstance(pack, Pack)
        }
        assert {each.id for each in crosswalks(session, None)} == {
            each.id for each in shipped() if isinstance(each, Crosswalk)
        }


def test_what_is_stored_is_what_was_shipped(house: House) -> None:
    for pack in shipped():
        if isinstance(pack, Pack):
            assert get_pack(house.session, pack.id, None) == pack


def test_a_dry_run_says_what_would_change_and_changes_nothing(house: House) -> None:
    before = rows(house)
    upgrade = imported(house, own(), apply=False)
    assert (upgrade.code, upgrade.version, upgrade.former_version) == ("house-rules", "1.0.0", None)
    assert upgrade.difference == PackDifference(
        clauses=Difference(added=("1",)), expectations=Difference(added=("desk-records", "desk-plan"))
    )
    assert rows(house) == before
    imported(house, own())
    before = rows(house)
    difference = imported(house, own("1.1.0", without="desk-plan"), apply=False).difference
    assert difference.expectations.removed == ("desk-plan",)
    assert rows(house) == before
    assert entries(house.session, house.programme.organisation_id, subject_id="house-rules", limit=9)[1:] == []


def test_an_upgrade_shows_what_changes_and_keeps_every_link(house: House) -> None:
    imported(house, own())
    profile = single(house.session, house.programme, "profile")
    body = {"frameworks": [F2018, "house-rules"]}
    change_entry(house.session, house.programme, profile.id, body, actor=house.officer, at=AT)
    item = some_evidence(house, expectation_ids=["desk-records", "desk-plan", RECORD]).evidence
    upgrade = imported(house, own("1.1.0", without="desk-plan", age=30), at=AT + DAY)
    assert upgrade.former_version == "1.0.0"
    assert upgrade.difference.expectations.removed == ("desk-plan",)
    [changed] = upgrade.difference.expectations.changed
    assert (changed.id, [(each.name, each.before, each.after) for each in changed.fields]) == (
        "desk-records",
        [("max_age_days", 45, 30)],
    )
    assert len(links_of(house.session, [item.id])[item.id]) == 3
    organisation_id = house.programme.organisation_id
    assert len(get_pack(house.session, "house-rules", organisation_id).expectations) == 1
    then = get_pack(house.session, "house-rules", organisation_id, known_at=AT + DAY / 2)
    assert (then.version, len(then.expectations)) == ("1.0.0", 2)
    framework = find_framework(house.session, "house-rules", organisation_id)
    assert changed_expectations(house.session, framework.id, known_at=AT + DAY / 2) == {}
    assert changed_expectations(house.session, framework.id, known_at=AT + DAY) == {"desk-records": AT + DAY}
    noted = {row.expectation_id: row.change for row in house.session.scalars(select(ExpectationChange))}
    assert noted == {"desk-records": "changed", "desk-plan": "removed"}


def test_an_expectation_that_is_removed_and_comes_again_counts_as_changed(house: House) -> None:
    for day, pack in enumerate((own(), own("1.1.0", without="desk-plan"), own("1.2.0"))):
        imported(house, pack, at=AT + day * DAY)
    framework = find_framework(house.session, "house-rules", house.programme.organisation_id)
    assert changed_expectations(house.session, framework.id, known_at=AT + DAY) == {}
    assert changed_expectations(house.session, framework.id, known_at=AT + 2 * DAY) == {"desk-plan": AT + 2 * DAY}


def test_an_expectation_that_is_new_in_a_framework_does_not_count_as_changed(house: House) -> None:
    imported(house, own(without="desk-plan"))
    imported(house, own("1.1.0"), at=AT + DAY)
    framework = find_framework(house.session, "house-rules", house.programme.organisation_id)
    assert changed_expectations(house.session, framework.id, known_at=AT + DAY) == {}


def test_before_its_first_version_a_framework_is_read_in_its_first_version(house: House) -> None:
    imported(house, own())
    imported(house, own("1.1.0", age=30), at=AT + DAY)
    organisation_id = house.programme.organisation_id
    assert get_pack(house.session, "house-rules", organisation_id, known_at=long_ago()).version == "1.0.0"
    assert get_pack(house.session, "house-rules", organisation_id).version == "1.1.0"


def test_the_same_version_with_the_same_content_changes_nothing(house: House) -> None:
    imported(house, own())
    before = rows(house)
    again = imported(house, own(), at=AT + DAY)
    assert again.former_version == "1.0.0"
    assert not again.difference
    assert rows(house) == before


@pytest.mark.parametrize("apply", [True, False])
def test_the_same_version_with_other_content_is_refused(house: House, apply: bool) -> None:
    imported(house, own())
    with pytest.raises(Conflict) as refusal:
        imported(house, own(age=30), apply=apply)
    assert refusal.value.field == "version"
    assert get_pack(house.session, "house-rules", house.programme.organisation_id) == own()


@pytest.mark.parametrize("apply", [True, False])
@pytest.mark.parametrize("change", [{"kind": Kind.REGISTER}, {"action": Action.MAINTAIN}], ids=str)
def test_an_expectation_that_another_framework_knows_as_something_else_is_refused(
    house: House, change: dict[str, Any], apply: bool
) -> None:
    known = get_pack(house.session, F2018, None).expectation(RECORD)
    assert known is not None
    [clause] = own().clauses
    for expectation in (replace(known, **change), known):
        pack = replace(own(), clauses=(replace(clause, expectations=(replace(expectation, clause="1", covers=()),)),))
        if expectation is known:
            imported(house, pack, apply=apply)
        else:
            with pytest.raises(Conflict, match=rf"{RECORD} \(record, retain in {F2018}\)") as refusal:
                imported(house, pack, apply=apply)
            assert refusal.value.field == "clauses"


@pytest.mark.parametrize("apply", [True, False])
def test_a_lower_version_is_refused_and_the_present_one_named(house: House, apply: bool) -> None:
    imported(house, own("1.10.0"))
    with pytest.raises(Conflict, match=r"1\.9\.0 of house-rules is lower than 1\.10\.0") as refusal:
        imported(house, own("1.9.0"), apply=apply)
    assert refusal.value.field == "version"


def test_a_crosswalk_is_the_one_in_force_at_a_moment_and_before_the_first_one_the_first(house: House) -> None:
    imported(house, own())
    imported(house, crosswalk(), at=AT)
    imported(house, crosswalk(version="1.1.0", rows=()), at=AT + 2 * DAY)

    def version(known_at: datetime | None) -> str:
        found = crosswalks(house.session, house.programme.organisation_id, known_at=known_at)
        return next(each.version for each in found if each.id == "house-map")

    assert [version(at) for at in (AT - DAY, AT, AT + DAY, AT + 2 * DAY, None)] == ["1.0.0"] * 3 + ["1.1.0"] * 2


def test_an_upgrade_of_a_crosswalk_shows_its_rows(house: House) -> None:
    imported(house, own())
    assert imported(house, crosswalk()).difference.rows.added == ("1",)
    [row] = crosswalk().rows
    [target] = row.targets
    found = imported(house, crosswalk(version="1.1.0", rows=(replace(row, targets=()),)), at=AT + DAY).difference
    assert [each.name for each in found.facts] == ["version"]
    [changed] = found.rows.changed
    assert (changed.id, changed.fields) == ("1", (FieldChange("targets", (target,), ()),))


@pytest.mark.parametrize("apply", [True, False])
def test_the_code_of_a_shipped_framework_is_refused(house: House, apply: bool) -> None:
    for pack in (own(code=F2018), crosswalk(id="crosswalk-2011-2018", from_id=F2018)):
        with pytest.raises((Conflict, Invalid)) as refusal:
            imported(house, pack, apply=apply)
        assert refusal.value.field in {"id", "rows"}
    assert len(get_pack(house.session, F2018, house.programme.organisation_id).expectations) == 175


@pytest.mark.parametrize("apply", [True, False])
def test_a_crosswalk_does_not_take_the_place_of_a_framework_nor_the_other_way_round(house: House, apply: bool) -> None:
    imported(house, own())
    imported(house, crosswalk())
    for pack in (own("2.0.0", code="house-map"), crosswalk(id="house-rules", version="2.0.0")):
        with pytest.raises(Conflict) as refusal:
            imported(house, pack, apply=apply)
        assert refusal.value.field == "id"


def test_a_crosswalk_names_clauses_that_are_there(house: House) -> None:
    for change, field in (({}, "crosswalk.from"), ({"from_id": F2018, "to_id": "nosuch"}, "crosswalk.to")):
        with pytest.raises(NotFound, match=field) as missing:
            imported(house, crosswalk(**change))
        assert missing.value.field == field
    imported(house, own())
    imported(house, crosswalk())
    assert "house-map" in {each.id for each in crosswalks(house.session, house.programme.organisation_id)}
    assert "house-map" not in codes(house)
    with pytest.raises(NotFound):
        find_framework(house.session, "house-map", house.programme.organisation_id)
    strange = read_source(MAP.replace('from: "1"', 'from: "9.9"'), "map.yaml")
    with pytest.raises(Invalid, match=r"rows\[0\]: house-rules 9\.9") as refusal:
        imported(house, strange.pack)
    assert refusal.value.field == "rows"
    with pytest.raises(Invalid, match=r"map\.yaml:3: rows\[0\]\.from: house-rules 9\.9"):
        imported(house, strange.pack, where=strange.where)


def test_a_framework_of_ones_own_is_invisible_to_every_other_organisation(house: House) -> None:
    imported(house, own())
    imported(house, crosswalk())
    other, stranger = stranger_of(house)
    assert "house-rules" in codes(house)
    assert "house-rules" not in codes(house, other.organisation_id)
    assert "house-map" not in {each.id for each in crosswalks(house.session, other.organisation_id)}
    for organisation_id in (other.organisation_id, None):
        with pytest.raises(NotFound):
            get_pack(house.session, "house-rules", organisation_id)
    profile = single(house.session, other, "profile")
    with pytest.raises(NotFound):
        change_entry(house.session, other, profile.id, {"frameworks": ["house-rules"]}, actor=stranger, at=AT)
    with pytest.raises(NotFound):
        imported(house, own("9.0.0"), actor=stranger)


def test_two_organisations_may_have_frameworks_of_the_same_code(house: House) -> None:
    other, stranger = stranger_of(house)
    imported(house, own())
    imported(house, own(age=30), organisation_id=other.organisation_id, actor=stranger)
    ages = [
        get_pack(house.session, "house-rules", organisation_id).expectations[0].max_age_days
        for organisation_id in (house.programme.organisation_id, other.organisation_id)
    ]
    assert ages == [45, 30]


def test_a_framework_of_ones_own_goes_before_one_shipped_later_under_the_same_code(house: House) -> None:
    imported(house, own())
    imported(house, crosswalk())
    _store(house.session, own(age=30), None, at=AT + DAY)
    _store(house.session, crosswalk(version="7.0.0"), None, at=AT + DAY)
    organisation_id = house.programme.organisation_id
    assert find_framework(house.session, "house-rules", organisation_id).organisation_id == organisation_id
    assert get_pack(house.session, "house-rules", organisation_id) == own()
    assert [each for each in frameworks(house.session, organisation_id) if each.id == "house-rules"] == [own()]
    maps = [each.version for each in crosswalks(house.session, organisation_id) if each.id == "house-map"]
    assert maps == ["1.0.0"]
    imported(house, own("1.1.0", age=60), at=AT + 2 * DAY)
    assert get_pack(house.session, "house-rules", organisation_id).version == "1.1.0"
    other, _ = stranger_of(house)
    assert get_pack(house.session, "house-rules", other.organisation_id) == own(age=30)


def test_only_whoever_may_import_does(house: House) -> None:
    for actor in (house.owner, house.contributor, house.reviewer):
        with pytest.raises(Forbidden):
            imported(house, own(), actor=actor)
    imported(house, own(), actor=somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR))


def test_a_shipped_upgrade_is_installed_for_everybody_and_remembered(house: House) -> None:
    pack = get_pack(house.session, F2018, None)
    clauses = tuple(replace(each, summary=each.title) if each.number == "8.6.1" else each for each in pack.clauses)
    assert _store(house.session, replace(pack, version="9.0.0", clauses=clauses), None, at=AT) is not None
    assert get_pack(house.session, F2018, house.programme.organisation_id).version == "9.0.0"
    assert changed_expectations(house.session, F2018, known_at=AT) == {}
