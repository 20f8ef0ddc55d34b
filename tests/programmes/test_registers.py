"""Registers: every former state can be read, nothing unknown gets in, and what is named has to be there."""

from datetime import timedelta
from typing import Any

import pytest

from app.catalogue.service import get_pack
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.identity.actor import Role
from app.journal.models import Entry
from app.journal.service import entries
from app.programmes.registers import KINDS, SINGLE
from app.programmes.service import (
    Recorded,
    add_entry,
    change_entry,
    limits_of,
    profile_of,
    register,
    single,
)
from tests.builders import AT, CUSTOMARY, F2011, F2018, RECORD, House, some_organisation, some_programme, somebody

HOUR = timedelta(hours=1)
ENOUGH: dict[str, dict[str, Any]] = {
    "settings": {},
    "parties": {"kind": "customer", "name_en": "x"},
    "agreements": {"kind": "sla", "title": "x"},
    "audits": {"kind": "stage-1", "planned_on": "2026-09-01"},
    "waivers": {"expectation_id": CUSTOMARY, "reason": "new", "until": "2026-12-31"},
    "owners": {"framework": F2018, "clause": "4", "owner_id": "x"},
    "ages": {"expectation_id": CUSTOMARY, "max_age_days": 30, "reason": "x"},
}
"""Bodies that lack nothing, where a name is not enough."""


def add(house: House, name: str, body: dict[str, Any], **more: Any) -> Recorded:
    """Add an entry as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    return add_entry(house.session, house.programme, name, body, **given)


def change(house: House, entry_id: str, body: dict[str, Any] | None, **more: Any) -> Recorded:
    """Change an entry as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    return change_entry(house.session, house.programme, entry_id, body, **given)


def names(house: House, hours: float | None = None) -> list[str]:
    """Return the names of the sites as known so many hours after the usual moment; None: now."""
    known_at = None if hours is None else AT + hours * HOUR
    return [each.entry.name_en for each in register(house.session, house.programme, "sites", known_at=known_at)]


def waiver(expectation_id: str = CUSTOMARY, **more: object) -> dict[str, object]:
    """Return the body of a waiver."""
    return {"expectation_id": expectation_id, "reason": "new process", "until": "2026-12-31", **more}


def test_a_past_moment_shows_the_entry_as_it_was_then(house: House) -> None:
    site = add(house, "sites", {"name_en": "Old"})
    change(house, site.id, {"name_en": "New"}, at=AT + HOUR)
    change(house, site.id, None, at=AT + 2 * HOUR)
    seen = {hours: names(house, hours) for hours in (-0.001, 0, 0.999, 1, 1.999, 2, 3)}
    assert seen == {-0.001: [], 0: ["Old"], 0.999: ["Old"], 1: ["New"], 1.999: ["New"], 2: [], 3: []}
    assert names(house) == []


def test_revisions_count_from_one_and_an_old_one_cannot_change_anything(house: House) -> None:
    site = add(house, "sites", {"name_en": "Old"})
    changed = change(house, site.id, {"name_en": "New"}, revision=1)
    assert (site.revision, changed.revision, changed.id) == (1, 2, site.id)
    with pytest.raises(Stale):
        change(house, site.id, {"name_en": "Newer"}, revision=1)
    with pytest.raises(Stale):
        change(house, site.id, None, revision=3)
    assert names(house) == ["New"]


def test_an_entry_that_was_removed_is_gone_for_good(house: House) -> None:
    site = add(house, "sites", {"name_en": "Old"})
    change(house, site.id, None)
    for body in (None, {"name_en": "Again"}):
        with pytest.raises(NotFound):
            change(house, site.id, body)


def test_entries_come_in_the_order_they_were_made_whatever_was_changed_since(house: House) -> None:
    made = [add(house, "sites", {"name_en": f"Site {number}"}) for number in range(5)]
    change(house, made[1].id, {"name_en": "Moved"})
    assert names(house) == ["Site 0", "Moved", "Site 2", "Site 3", "Site 4"]


def test_profile_and_settings_are_there_once_and_stay(house: House) -> None:
    for name in sorted(SINGLE):
        with pytest.raises(Conflict):
            add(house, name, {})
        only = single(house.session, house.programme, name)
        with pytest.raises(Conflict):
            change(house, only.id, None)
        assert len(register(house.session, house.programme, name)) == 1


def test_before_the_programme_was_made_its_first_profile_is_read(house: House) -> None:
    first = single(house.session, house.programme, "profile")
    change(house, first.id, {"name_en": "Later", "frameworks": [F2011]})
    assert profile_of(house.session, house.programme, known_at=AT - 9999 * HOUR).frameworks == (F2018,)
    assert profile_of(house.session, house.programme).frameworks == (F2011,)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_field_that_is_not_known_is_refused_and_named(house: House, name: str) -> None:
    body = {**ENOUGH.get(name, {"name_en": "x"}), "scoope": 1}
    with pytest.raises(Invalid) as refusal:
        if name in SINGLE:
            change(house, single(house.session, house.programme, name).id, body)
        else:
            add(house, name, body)
    assert refusal.value.field == "scoope"


def test_there_is_no_register_of_another_name(house: House) -> None:
    with pytest.raises(Invalid):
        add(house, "secrets", {})
    with pytest.raises(Invalid):
        register(house.session, house.programme, "secrets")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stage1_to_stage2_max_days": 3661}, "stage1_to_stage2_max_days"),
        ({"period_grace_days": -1}, "period_grace_days"),
        ({"min_operation_months": 121}, "min_operation_months"),
        ({"conditional_min_percent": 101}, "conditional_min_percent"),
        ({"approvals_needed": 0}, "approvals_needed"),
        ({"approvals_needed": 11}, "approvals_needed"),
        ({"weight_required": 0}, "weight_required"),
        ({"weight_customary": -1}, "weight_customary"),
        ({"stage1_to_stage2_min_days": 181}, "stage1_to_stage2_min_days"),
        ({"period_grace_days": "many"}, "period_grace_days"),
        ({"period_grace_days": 1.5}, "period_grace_days"),
        ({"count_submitted": "perhaps"}, "count_submitted"),
        ({"expiring_warning_days": [30, -1]}, "expiring_warning_days.1"),
    ],
)
def test_a_setting_outside_its_range_is_refused(house: House, body: dict[str, object], field: str) -> None:
    settings = single(house.session, house.programme, "settings")
    with pytest.raises(Invalid) as refusal:
        change(house, settings.id, body)
    assert refusal.value.field == field


def test_settings_at_the_ends_of_their_ranges_are_kept(house: House) -> None:
    settings = single(house.session, house.programme, "settings")
    ends = {
        "period_grace_days": 0, "stage1_to_stage2_max_days": 3660, "approvals_needed": 10, "weight_customary": 0,
        "conditional_min_percent": 100, "min_operation_months": 120, "stage1_to_stage2_min_days": 3660,
    }  # fmt: skip
    change(house, settings.id, ends)
    kept = limits_of(house.session, house.programme)
    assert {name: getattr(kept, name) for name in ends} == ends


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("sites", {}, "name_zh"),
        ("sites", {"name_en": " "}, "name_zh"),
        ("parties", {"kind": "friend", "name_en": "x"}, "kind"),
        ("parties", {"name_en": "x"}, "kind"),
        ("agreements", {"kind": "sla", "title": "x"}, "service_id"),
        ("agreements", {"kind": "sla", "title": "x", "service_id": "nothing"}, "service_id"),
        ("agreements", {"kind": "sla", "title": "x", "party_id": "nothing"}, "party_id"),
        ("services", {"name_en": "x", "owner_id": "nobody"}, "owner_id"),
        ("audits", {"kind": "stage-3", "planned_on": "2026-09-01"}, "kind"),
        ("audits", {"kind": "stage-1", "planned_on": "1 September"}, "planned_on"),
        ("audits", {"kind": "stage-1", "planned_on": "2026-09-02", "until_on": "2026-09-01"}, "until_on"),
        ("waivers", waiver(reason=" "), "reason"),
        ("waivers", waiver("no-such-expectation"), "expectation_id"),
        ("owners", {"framework": F2018, "clause": "99", "owner_id": "nobody"}, "owner_id"),
        ("ages", {"expectation_id": "no-such", "max_age_days": 30, "reason": "x"}, "expectation_id"),
        ("ages", {"expectation_id": RECORD, "max_age_days": 0, "reason": "x"}, "max_age_days"),
        ("ages", {"expectation_id": RECORD, "max_age_days": 3661, "reason": "x"}, "max_age_days"),
        ("ages", {"expectation_id": RECORD, "max_age_days": 30, "reason": " "}, "reason"),
    ],
)
def test_an_entry_that_says_nothing_or_names_nothing_is_refused(
    house: House, name: str, body: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(house, name, body)
    assert refusal.value.field == field
    assert register(house.session, house.programme, name) == []


def test_an_owner_is_of_a_clause_that_the_framework_has(house: House) -> None:
    body = {"framework": F2018, "clause": "8.6.1", "owner_id": house.owner.id}
    add(house, "owners", body)
    with pytest.raises(Invalid) as refusal:
        add(house, "owners", {**body, "clause": "8.6.9"})
    assert refusal.value.field == "clause"
    with pytest.raises(NotFound):
        add(house, "owners", {**body, "framework": "no-such-framework"})


def test_an_agreement_names_a_service_and_a_party_of_this_programme_only(house: House) -> None:
    service = add(house, "services", {"name_en": "Mail"})
    party = add(house, "parties", {"kind": "external-supplier", "name_zh": "云公司"})
    body = {"kind": "contract", "title": "Hosting", "service_id": service.id, "party_id": party.id}
    add(house, "agreements", body)
    for wrong in ({**body, "service_id": party.id}, {**body, "party_id": service.id}):
        with pytest.raises(Invalid):
            add(house, "agreements", wrong)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    with pytest.raises(Invalid):
        add_entry(house.session, other, "agreements", body, actor=stranger, at=AT)


def test_a_removed_service_can_no_longer_be_agreed_on(house: House) -> None:
    service = add(house, "services", {"name_en": "Mail"})
    change(house, service.id, None)
    with pytest.raises(Invalid):
        add(house, "agreements", {"kind": "sla", "title": "SLA", "service_id": service.id})


def test_an_agreement_that_ends_before_it_starts_is_refused_and_one_of_a_day_is_kept(house: House) -> None:
    service = add(house, "services", {"name_en": "Mail"})
    body = {"kind": "sla", "title": "SLA", "service_id": service.id, "starts_on": "2026-01-02"}
    with pytest.raises(Invalid):
        add(house, "agreements", {**body, "ends_on": "2026-01-01"})
    add(house, "agreements", {**body, "ends_on": "2026-01-02"})


def test_what_the_standard_itself_demands_cannot_be_waived(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        add(house, "waivers", waiver(RECORD))
    assert F2018 in str(refusal.value)
    add(house, "waivers", waiver(CUSTOMARY))


def test_what_one_of_several_frameworks_demands_cannot_be_waived_in_any(house: House) -> None:
    profile = single(house.session, house.programme, "profile")
    old, new = (get_pack(house.session, code, None) for code in (F2011, F2018))
    customary_in_2018 = {each.id for each in new.expectations if not each.required}
    [expectation_id, *_] = [each.id for each in old.expectations if each.required and each.id in customary_in_2018]
    add(house, "waivers", waiver(expectation_id))
    for codes in ([F2018, F2011], [F2011, F2018]):
        change(house, profile.id, {"frameworks": codes})
        with pytest.raises(Invalid) as refusal:
            add(house, "waivers", waiver(expectation_id))
        assert F2011 in str(refusal.value)


def test_a_waiver_cannot_be_changed_into_a_forbidden_one(house: House) -> None:
    granted = add(house, "waivers", waiver())
    with pytest.raises(Invalid):
        change(house, granted.id, waiver(RECORD))
    [still] = register(house.session, house.programme, "waivers")
    assert (still.revision, still.entry.expectation_id) == (1, CUSTOMARY)


def test_the_age_of_an_expectation_is_set_once_and_can_be_changed(house: House) -> None:
    body = {"expectation_id": CUSTOMARY, "max_age_days": 3660, "reason": "Every ten years"}
    age = add(house, "ages", body)
    with pytest.raises(Conflict) as refusal:
        add(house, "ages", body)
    assert refusal.value.field == "expectation_id"
    change(house, age.id, {**body, "max_age_days": 1})
    second = add(house, "ages", {**body, "expectation_id": RECORD})
    with pytest.raises(Conflict):
        change(house, second.id, body)
    change(house, age.id, None)
    assert change(house, second.id, body).entry.expectation_id == CUSTOMARY


def test_only_whoever_manages_the_programme_changes_registers(house: House) -> None:
    site = add(house, "sites", {"name_en": "Old"})
    for actor in (house.owner, house.contributor, house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            add(house, "sites", {"name_en": "x"}, actor=actor)
        with pytest.raises(Forbidden):
            change(house, site.id, None, actor=actor)
    assert names(house) == ["Old"]


def test_entries_of_another_programme_are_not_there(house: House) -> None:
    site = add(house, "sites", {"name_en": "Ours"})
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    assert register(house.session, other, "sites") == []
    with pytest.raises(NotFound):
        change_entry(house.session, other, site.id, None, actor=stranger, at=AT)
    with pytest.raises(NotFound):
        change_entry(house.session, house.programme, site.id, None, actor=stranger, at=AT)


def test_every_change_is_on_record_with_what_was_before(house: House) -> None:
    site = add(house, "sites", {"name_en": "Old"})
    change(house, site.id, {"name_en": "New"})
    change(house, site.id, None)
    found = entries(house.session, house.programme.organisation_id, subject_id=site.id, limit=9)[::-1]

    def said(entry: Entry) -> tuple[str, object, object]:
        before, after = entry.before or {}, entry.after or {}
        return entry.action, before.get("name_en"), after.get("name_en")

    assert [said(entry) for entry in found] == [
        ("sites.added", None, "Old"),
        ("sites.changed", "Old", "New"),
        ("sites.removed", "New", None),
    ]
    assert {entry.programme_id for entry in found} == {house.programme.id}


@pytest.mark.parametrize("value", [True, 1.0, "5", None])
@pytest.mark.parametrize("name", ["min_operation_months", "approvals_needed", "weight_customary"])
def test_a_whole_number_is_nothing_else(house: House, name: str, value: object) -> None:
    settings = single(house.session, house.programme, "settings").id
    with pytest.raises(Invalid) as refusal:
        change(house, settings, {name: value})
    assert refusal.value.field == name


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"internal_audit_max_age_days": 0}, "internal_audit_max_age_days"),
        ({"first_surveillance_months": 0}, "first_surveillance_months"),
        ({"management_review_max_age_days": 0}, "management_review_max_age_days"),
        ({"expiring_warning_days": [14, 30]}, "expiring_warning_days"),
        ({"expiring_warning_days": [30, 30]}, "expiring_warning_days"),
        ({"expiring_warning_days": [30, 0]}, "expiring_warning_days"),
        ({"expiring_warning_days": ["30"]}, "expiring_warning_days.0"),
        ({"count_submitted": 1}, "count_submitted"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(house: House, body: dict[str, object], field: str) -> None:
    settings = single(house.session, house.programme, "settings").id
    with pytest.raises(Invalid) as refusal:
        change(house, settings, body)
    assert refusal.value.field == field
    change(house, settings, {"period_grace_days": 0, "expiring_warning_days": [30]})


def test_a_waiver_holds_until_the_day_it_is_granted_at_least(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        add(house, "waivers", waiver(until="2026-08-09"))
    assert refusal.value.field == "until"
    add(house, "waivers", waiver(until="2026-08-10"))


def test_an_expectation_has_one_live_waiver(house: House) -> None:
    first = add(house, "waivers", waiver(until="2026-09-30"))
    with pytest.raises(Conflict, match="Change that waiver"):
        add(house, "waivers", waiver())
    change(house, first.id, waiver(until="2026-10-31"))
    add(house, "waivers", waiver(), at=AT + timedelta(days=90))
    change(house, first.id, None)
