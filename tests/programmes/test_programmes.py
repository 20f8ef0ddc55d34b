"""Organisations and programmes: made, changed, found, and strictly apart."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.identity.actor import Permission, Role
from app.journal.service import entries
from app.programmes.organisations import (
    NewOrganisation,
    add_organisation,
    change_organisation,
    get_organisation,
    organisations,
)
from app.programmes.service import add_programme, day_of, find_programme, get_programme, programmes
from tests.builders import AT, F2018, INSTALLER, House, some_organisation, some_programme, somebody

NEW = NewOrganisation("Example", "示例", "Asia/Shanghai")
PROFILE = {"name_en": "IT", "frameworks": [F2018]}


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 8, 10, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", date(2026, 8, 10)),
        (datetime(2026, 8, 10, 16, 0, tzinfo=UTC), "Asia/Shanghai", date(2026, 8, 11)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "Asia/Shanghai", date(2027, 1, 1)),
        (datetime(2026, 8, 10, 3, 59, tzinfo=UTC), "America/New_York", date(2026, 8, 9)),
        (datetime(2026, 8, 10, 4, 0, tzinfo=UTC), "America/New_York", date(2026, 8, 10)),
        (datetime(2026, 1, 10, 4, 30, tzinfo=UTC), "America/New_York", date(2026, 1, 9)),
        (datetime(2026, 8, 10, 10, 0, tzinfo=UTC), "Pacific/Kiritimati", date(2026, 8, 11)),
    ],
)
def test_a_day_is_a_day_where_the_organisation_is(house: House, moment: datetime, zone: str, day: date) -> None:
    organisation = some_organisation(house.session, "Elsewhere", time_zone=zone)
    assert day_of(house.session, some_programme(house.session, organisation), moment) == day


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name_en": " ", "name_zh": ""}, "name_zh"),
        ({"name_en": "x" * 201}, "name_en"),
        ({"name_zh": "x\x00y"}, "name_zh"),
        ({"time_zone": "Asia/Beijing"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"languages": ()}, "languages"),
        ({"languages": ("zh", "fr")}, "languages"),
    ],
)
def test_an_organisation_that_cannot_be_kept_is_refused_with_the_field_at_fault(
    house: House, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add_organisation(house.session, replace(NEW, **change), actor=INSTALLER, at=AT)  # type: ignore[arg-type]
    assert refusal.value.field == field
    with pytest.raises(Invalid):
        change_organisation(
            house.session,
            house.programme.organisation_id,
            replace(NEW, **change),  # type: ignore[arg-type]
            actor=INSTALLER,
            at=AT,
        )


def test_only_whoever_administers_the_installation_makes_organisations(house: House) -> None:
    administrator = somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR)
    for actor in (administrator, house.officer):
        with pytest.raises(Forbidden):
            add_organisation(house.session, NEW, actor=actor, at=AT)


def test_an_organisation_is_changed_by_its_administrator_who_saw_it_as_it_is(house: House) -> None:
    organisation_id = house.programme.organisation_id
    administrator = somebody(house.session, organisation_id, Role.ADMINISTRATOR)
    revision = get_organisation(house.session, organisation_id, actor=administrator).revision
    changed = change_organisation(house.session, organisation_id, NEW, actor=administrator, at=AT, revision=revision)
    assert (changed.name_zh, changed.revision) == ("示例", revision + 1)
    with pytest.raises(Stale):
        change_organisation(house.session, organisation_id, NEW, actor=administrator, at=AT, revision=revision)
    with pytest.raises(Forbidden):
        change_organisation(house.session, organisation_id, NEW, actor=house.officer, at=AT)
    [entry, *_] = entries(house.session, organisation_id, subject_id=organisation_id, limit=1)
    assert entry.before is not None
    assert entry.before["name_en"] == "Example"


def test_organisations_never_see_each_other(house: House) -> None:
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER)
    ours = house.programme
    assert [each.id for each in organisations(house.session, actor=stranger)] == [other.organisation_id]
    assert [each.id for each in programmes(house.session, actor=stranger)] == [other.id]
    with pytest.raises(NotFound):
        get_organisation(house.session, ours.organisation_id, actor=stranger)
    with pytest.raises(NotFound):
        change_organisation(house.session, ours.organisation_id, NEW, actor=stranger, at=AT)
    for permission in Permission:
        with pytest.raises(NotFound):
            get_programme(house.session, ours.id, actor=stranger, permission=permission)
    with pytest.raises(NotFound):
        find_programme(house.session, ours.id, actor=stranger)
    with pytest.raises(NotFound):
        add_programme(house.session, ours.organisation_id, "x", PROFILE, actor=stranger, at=AT)
    assert len(organisations(house.session, actor=INSTALLER)) == len(programmes(house.session, actor=INSTALLER)) == 2


def test_a_code_names_the_programme_of_ones_own_organisation(house: House) -> None:
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.CI)
    assert find_programme(house.session, "itsm", actor=stranger).id == other.id
    assert find_programme(house.session, "itsm", actor=house.auditor).id == house.programme.id
    with pytest.raises(Conflict):
        find_programme(house.session, "itsm", actor=INSTALLER)
    assert find_programme(house.session, other.id, actor=INSTALLER).id == other.id


def test_a_boxed_auditor_sees_one_programme_of_the_organisation(house: House) -> None:
    organisation = get_organisation(house.session, house.programme.organisation_id, actor=house.officer)
    second = some_programme(house.session, organisation, code="second")
    assert [each.id for each in programmes(house.session, actor=house.auditor)] == [house.programme.id]
    with pytest.raises(NotFound):
        get_programme(house.session, second.id, actor=house.auditor)
    assert len(programmes(house.session, actor=house.contributor)) == 2


@pytest.mark.parametrize("code", ["", " ", "a b", "a/b", "x" * 61, "a\x00"])
def test_a_code_is_short_and_fits_in_a_command(house: House, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_programme(house.session, house.programme.organisation_id, code, PROFILE, actor=house.officer, at=AT)
    assert refusal.value.field == "code"


def test_a_code_is_unique_in_its_organisation_whatever_its_case(house: House) -> None:
    with pytest.raises(Conflict) as refusal:
        add_programme(house.session, house.programme.organisation_id, " ITSM ", PROFILE, actor=house.officer, at=AT)
    assert refusal.value.field == "code"


def test_a_programme_is_about_frameworks_that_are_there_and_each_once(house: House) -> None:
    organisation_id = house.programme.organisation_id
    with pytest.raises(NotFound) as missing:
        add_programme(house.session, organisation_id, "a", {"frameworks": ["iso-9001"]}, actor=house.officer, at=AT)
    assert missing.value.field == "frameworks"
    with pytest.raises(Invalid):
        add_programme(house.session, organisation_id, "b", {"frameworks": [F2018, F2018]}, actor=house.officer, at=AT)


def test_only_whoever_manages_programmes_adds_one(house: House) -> None:
    for actor in (house.owner, house.contributor, house.reviewer):
        with pytest.raises(Forbidden):
            add_programme(house.session, house.programme.organisation_id, "x", PROFILE, actor=actor, at=AT)
