"""Set-up: registers at a glance, lists, forms made from dataclasses, limits, undo, two people at a time."""

import re

import pytest

from app.programmes.registers import KINDS, Limits
from app.programmes.service import add_entry, find_programme, register
from app.web.set_up_entry import defaults
from app.web.set_up_limits import GROUPS
from app.web.set_up_words import REGISTERS
from tests.builders import CUSTOMARY, F2018, INSTALLER, RECORD, counted, long_ago
from tests.web.conftest import HOME, Site, text_of

SET_UP = f"{HOME}/set-up"
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="[^"]*/set-up')


def kept(site: Site, name: str) -> list[object]:
    """Return a register's entries."""
    with site.runtime.database.reading() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        return [each.entry for each in register(session, programme, name)]


def entry_of(site: Site, name: str) -> str:
    """Return the id of a register's first entry."""
    with site.runtime.database.reading() as session:
        return register(session, find_programme(session, "itsm", actor=INSTALLER), name)[0].id


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page[:3000]
    return found[1]


def test_the_overview_names_every_register_and_what_is_missing(site: Site) -> None:
    site.sign_in("officer")
    words = site.read(SET_UP)
    for each in REGISTERS.values():
        assert str(each.title) in words
    for said in ("None yet.", "Stage 1 is not planned.", "Stage 2 is not planned.", "The scope sentence is missing."):
        assert said in words
    assert re.search(r"Processes without an owner: \d\d\.", words)


def test_an_entry_is_added_changed_and_ended_and_there_again_under_its_own_id(site: Site) -> None:
    site.sign_in("officer")
    assert "No site yet." in site.read(f"{SET_UP}/sites")
    added = site.send(f"{SET_UP}/sites", f"{SET_UP}/sites", {"name_zh": "上海总部", "name_en": "Head office"})
    assert "Added." in text_of(added)
    assert "Head office" in text_of(added)
    entry = entry_of(site, "sites")
    page = f"{SET_UP}/sites/{entry}"
    changed = site.send(page, page, {"name_zh": "上海总部", "name_en": "Headquarters", "revision": "1"})
    assert "Headquarters" in text_of(changed)
    ended = site.send(f"{SET_UP}/sites", f"{page}/end", {"revision": "2"})
    assert "Headquarters was ended; that it was there stays on record." in text_of(ended)
    back = site.send(f"{SET_UP}/sites", f"{page}/again")
    assert "It is there again." in text_of(back)
    assert entry_of(site, "sites") == entry
    twice = site.send(f"{SET_UP}/sites", f"{page}/again")
    assert twice.status_code == 200
    assert len(kept(site, "sites")) == 1


def test_a_refused_entry_keeps_what_was_typed_and_names_the_field_in_words(site: Site) -> None:
    site.sign_in("officer")
    page = f"{SET_UP}/audits"
    fields = {"kind": "stage-1", "planned_on": "soon", "body": "认证机构 <甲>"}
    answer = site.send(page, page, fields)
    assert answer.status_code == 422
    assert "The field First day must be a day such as 2027-03-01." in text_of(answer)
    assert 'value="认证机构 &lt;甲&gt;"' in answer.text
    assert '<option value="stage-1" selected>' in answer.text
    assert "A name is needed" in text_of(site.send(f"{SET_UP}/sites", f"{SET_UP}/sites", {"address": "Nanjing Road"}))
    assert kept(site, "audits") == kept(site, "sites") == []


def test_the_same_form_sent_twice_adds_one_entry_and_another_content_adds_another(site: Site) -> None:
    site.sign_in("officer")
    page = f"{SET_UP}/sites"
    key = hidden(site.get(page).text, "once")
    for _ in range(2):
        assert site.send(page, page, {"name_en": "One", "once": key}).status_code == 200
    assert len(kept(site, "sites")) == 1
    site.send(page, page, {"name_en": "Two", "once": key})
    assert len(kept(site, "sites")) == 2


def test_what_can_be_chosen_is_what_the_use_case_takes(site: Site) -> None:
    site.sign_in("officer")
    for name in KINDS:
        assert site.get(f"{SET_UP}/{name}").status_code == 200, name
    waivers = site.get(f"{SET_UP}/waivers").text
    assert f'value="{CUSTOMARY}"' in waivers
    assert f'value="{RECORD}"' not in waivers
    people = site.get(f"{SET_UP}/services").text
    assert f'<option value="{site.users["owner"]}">Owner</option>' in people
    site.send(f"{SET_UP}/services", f"{SET_UP}/services", {"name_en": "Mail", "owner_id": site.users["owner"]})
    service = entry_of(site, "services")
    body = {"kind": "sla", "title": "SLA 1", "service_id": service}
    assert "Mail" in text_of(site.send(f"{SET_UP}/agreements", f"{SET_UP}/agreements", body))
    site.send(f"{SET_UP}/owners", f"{SET_UP}/owners", {"clause": f"{F2018} 8.6.1", "owner_id": site.users["owner"]})
    age = {"expectation_id": RECORD, "max_age_days": "40", "reason": "quicker"}
    assert "quicker" in text_of(site.send(f"{SET_UP}/ages", f"{SET_UP}/ages", age))
    waiver = {"expectation_id": CUSTOMARY, "reason": "later", "until": "2999-01-01"}
    site.send(f"{SET_UP}/waivers", f"{SET_UP}/waivers", waiver)
    assert [len(kept(site, name)) for name in ("owners", "ages", "waivers", "agreements")] == [1, 1, 1, 1]


def test_of_two_who_change_the_same_the_second_is_told_and_loses_nothing(site: Site) -> None:
    site.sign_in("officer")
    page = f"{SET_UP}/profile"
    first = {"name_en": "Ours", "scope_en": "Mine", f"frameworks.{F2018}": "on", "revision": "1"}
    assert site.send(page, page, first).status_code == 200
    second = {**first, "scope_en": "Theirs", "name_en": "Their name"}
    told = site.send(page, page, second)
    assert told.status_code == 412
    assert "Somebody else has changed this meanwhile." in text_of(told)
    assert "Theirs" in told.text
    assert "Saved meanwhile: Mine" in text_of(told)
    assert hidden(told.text, "revision") == "2"
    again = site.send(page, page, {**second, "revision": "2"})
    assert again.status_code == 200
    assert "Theirs" in site.get(page).text


def test_every_limit_is_there_with_its_default_and_where_it_comes_from(site: Site) -> None:
    named = [limit.name for _, limits in GROUPS for limit in limits]
    assert sorted(named) == sorted(defaults())
    site.sign_in("officer")
    words = site.read(f"{SET_UP}/settings")
    for _, limits in GROUPS:
        for limit in limits:
            assert str(limit.label) in words
            assert str(limit.source) in words
    assert "Default: 60, 30, 14" in words


def test_a_limit_is_changed_and_made_the_default_again(site: Site) -> None:
    site.sign_in("officer")
    page = f"{SET_UP}/settings"
    typed = {**defaults(), "nc_response_days": "20", "document_review_months": "24", "count_submitted": "on"}
    site.send(page, page, {**typed, "revision": "1"})
    assert kept(site, "settings") == [Limits(nc_response_days=20, document_review_months=24, count_submitted=True)]
    assert "Other than the default: 3." in site.read(SET_UP)
    site.send(page, page, {**typed, "revision": "2", "reset": "nc_response_days"})
    assert kept(site, "settings") == [Limits(document_review_months=24, count_submitted=True)]
    site.send(page, page, {**typed, "revision": "3", "reset": "all"})
    assert kept(site, "settings") == [Limits()]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("nc_response_days", "0", "The limit Days to answer a nonconformity is at least 1."),
        ("nc_response_days", "many", "many is not a whole number."),
        ("expiring_warning_days", "14, 30", "Give the days of warning from most to least"),
        ("conditional_min_percent", "101", "must be at most 100"),
    ],
)
def test_a_limit_that_cannot_hold_is_refused_beside_its_field(site: Site, name: str, value: str, said: str) -> None:
    site.sign_in("officer")
    page = f"{SET_UP}/settings"
    answer = site.send(page, page, {**defaults(), name: value, "revision": "1"})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{value}"' in answer.text
    assert kept(site, "settings") == [Limits()]


@pytest.mark.parametrize("who", ["owner", "contributor", "reviewer"])
def test_who_may_not_change_it_reads_it_and_sees_no_form(site: Site, who: str) -> None:
    site.sign_in(who)
    for name in ("sites", "profile", "settings", "waivers"):
        page = site.get(f"{SET_UP}/{name}")
        assert page.status_code == 200
        assert not FORM.search(page.text), name
    assert site.send(SET_UP, f"{SET_UP}/sites", {"name_en": "X"}).status_code == 403
    assert "/set-up/guide" not in site.get(SET_UP).text
    assert site.get(f"{SET_UP}/guide/sites").status_code == 403


def test_an_auditor_is_not_shown_the_set_up(site: Site) -> None:
    site.sign_in("auditor")
    assert "/set-up" not in site.get(HOME).text
    for path in ("", "/sites", "/settings", "/waivers"):
        assert site.get(SET_UP + path).status_code == 403


def test_what_was_known_on_a_day_is_shown_without_forms(site: Site) -> None:
    site.sign_in("officer")
    site.send(f"{SET_UP}/sites", f"{SET_UP}/sites", {"name_en": "New place"})
    then = site.get(f"{SET_UP}/sites?known_at=2026-01-01")
    assert "New place" not in text_of(then)
    assert "This is what was known then." in text_of(then)
    assert not FORM.search(then.text)
    assert f'href="{SET_UP}?known_at=2026-01-01"' in then.text


def test_a_long_register_comes_in_pages_and_asks_as_often_as_a_short_one(site: Site) -> None:
    site.sign_in("officer")
    with site.runtime.database.reading() as session, counted(session) as few:
        site.read(f"{SET_UP}/sites")
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        for number in range(130):
            body = {"name_en": f"Place {number:03}"}
            add_entry(session, programme, "sites", body, actor=INSTALLER, at=long_ago())
    first = site.get(f"{SET_UP}/sites")
    assert "Place 099" in text_of(first)
    assert "Place 100" not in text_of(first)
    [following] = re.findall(r'href="([^"]*cursor=[^"]*)"', first.text)
    with site.runtime.database.reading() as session, counted(session) as many:
        assert "Place 129" in site.read(following)
    assert len(many) == len(few)
    assert site.get(f"{SET_UP}/sites?cursor=nonsense").status_code == 422


def test_what_is_not_there_is_said(site: Site) -> None:
    site.sign_in("officer")
    for path in ("/nothing", "/sites/nothing", "/nothing/x"):
        assert site.get(SET_UP + path).status_code == 404
    assert site.send(SET_UP, f"{SET_UP}/sites/nothing/end").status_code == 404


def test_it_is_all_there_in_chinese(site: Site) -> None:
    site.sign_in("officer", "zh")
    for path in ("", *(f"/{name}" for name in REGISTERS), "/guide/services", "/guide/audits", "/guide/owners"):
        assert site.get(SET_UP + path).status_code == 200


def test_a_form_that_does_not_say_what_it_showed_changes_nothing(site: Site) -> None:
    site.sign_in("officer")
    before = site.read(f"{SET_UP}/profile")
    answer = site.send(f"{SET_UP}/profile", f"{SET_UP}/profile", {})
    assert answer.status_code == 412
    assert site.read(f"{SET_UP}/profile").split("auditready 0")[0] == before.split("auditready 0")[0]


def test_a_character_that_cannot_be_stored_is_refused(site: Site) -> None:
    site.sign_in("officer")
    answer = site.send(f"{SET_UP}/sites", f"{SET_UP}/sites", {"name_en": "a\x00b"})
    assert answer.status_code == 422
    assert kept(site, "sites") == []
