"""What entries of the journal hold is said in the reader's words: labels, names, states, never ids."""

import dataclasses
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from app.demo.load import load_sample
from app.identity.service import user_actor
from app.identity.users import find_user
from app.journal.models import Entry
from app.journal.service import Event, record
from app.language import Message
from app.programmes.registers import KINDS
from app.programmes.service import add_entry, change_entry, find_programme, single
from app.web.journal_details import Details
from app.web.pages import Naming
from tests.builders import AT, INSTALLER, long_ago
from tests.web.conftest import HOME, Site

JOURNAL = f"{HOME}/journal"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7")


def rows(site: Site, query: str = "") -> str:
    """Return the words of the journal's table."""
    page = site.get(JOURNAL + query)
    assert page.status_code == 200
    table = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", table).split())


def set_up(site: Site) -> None:
    """Change something in each register, as the officer."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        officer = user_actor(session, find_user(session, "officer"), at=long_ago())
        who: dict[str, Any] = {"actor": officer, "at": AT}
        owner = site.users["owner"]
        service = add_entry(
            session, programme, "services", {"name_zh": "桌面服务", "name_en": "Desktop", "owner_id": owner}, **who
        )
        party = add_entry(
            session, programme, "parties", {"name_zh": "锐捷", "name_en": "Ruijie", "kind": "external-supplier"}, **who
        )
        agreement = {"kind": "contract", "title": "C-1", "service_id": service.id, "party_id": party.id}
        add_entry(session, programme, "agreements", {**agreement, "starts_on": "2026-07-01"}, **who)
        add_entry(session, programme, "audits", {"kind": "stage-1", "planned_on": "2027-03-01"}, **who)
        add_entry(
            session, programme, "owners", {"framework": "iso20000-1-2018", "clause": "8.2", "owner_id": owner}, **who
        )
        change_entry(session, programme, party.id, None, **who)
        limits = single(session, programme, "settings")
        change_entry(session, programme, limits.id, {"period_grace_days": 0, "count_submitted": True}, **who)
        profile = single(session, programme, "profile")
        body = {"name_zh": "新名", "name_en": "New", "frameworks": ["iso20000-1-2018"]}
        change_entry(session, programme, profile.id, {**body, "start_of_operation": "2026-01-31"}, **who)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            (
                "Owner : Owner",
                "Kind : External supplier",
                "Service : Desktop",
                "Party : Ruijie",
                "From : 1 Jul 2026",
                "Stage 1: documents, 1 Mar 2027",
                "ISO/IEC 20000-1:2018 8.2",
                "Days after a period in which its record is not late : before: 15 → after: 0",
                "Evidence counts before somebody has accepted it : before: no → after: yes",
                "Start of operation : before: 1 Jan 2026 → after: 31 Jan 2026",
            ),
        ),
        ("zh", ("桌面服务", "外部供方", "锐捷", "2026年7月1日", "ISO/IEC 20000-1:2018 8.2")),
    ],
)
def test_the_set_up_is_told_in_words_and_names(site: Site, language: str, expected: tuple[str, ...]) -> None:
    set_up(site)
    site.sign_in("officer", language)
    words = rows(site, "?group=set-up")
    for each in expected:
        assert each in words
    for raw in ("owner_id", "external-supplier", "stage-1", "period_grace_days", "iso20000-1-2018", "True"):
        assert raw not in words
    assert not UUID.search(words)


def test_what_is_about_the_limits_or_the_profile_is_called_so(site: Site) -> None:
    set_up(site)
    site.sign_in("officer")
    assert "All entries about Time limits" in site.get(f"{JOURNAL}?group=set-up").text
    assert "All entries about New" in site.get(f"{JOURNAL}?group=set-up").text


def test_people_and_tokens_are_told_in_words_and_names(site: Site) -> None:
    site.sign_in("officer")
    words = rows(site, "?scope=organisation&group=people")
    assert "Roles : process owner" in words
    assert "Person : Owner" in words
    assert "Programme : itsm" in words
    assert re.search(r"Until : \d\d\d\d-\d\d-\d\d \d\d:\d\d", words)
    assert not UUID.search(words)


def test_a_field_nobody_knows_and_a_value_that_is_odd_are_shown_as_they_are(site: Site) -> None:
    after = {"odd": {"a": ["x", None, True]}, "until": "2026-99-99", "kind": "odd"}
    with site.runtime.database.writing() as session:
        record(
            session, site.organisation, Event("thing.done", "x", None, after, site.programme), actor=INSTALLER, at=AT
        )
    site.sign_in("officer")
    words = rows(site)
    assert "odd : a: x, -, yes" in words
    assert "Until : 2026-99-99" in words
    assert "Kind : odd" in words


def test_every_field_of_a_register_and_every_field_of_the_sample_has_a_label(site: Site) -> None:
    fields = {(register, each.name) for register, kind in KINDS.items() for each in dataclasses.fields(kind)}
    load_sample(site.runtime, now=datetime.now(UTC), report=lambda _: None)
    naming = Naming("en")
    with site.runtime.database.reading() as session:
        entries = session.query(Entry).all()
        unknown = {
            (entry.action, change.label)
            for entry in entries
            for change in Details(naming, {}).changes(entry)
            if not isinstance(change.label, Message)
        }
    assert len(entries) > 500
    assert unknown == set()
    made = [Entry(action=f"{register}.added", before=None, after={name: "x"}) for register, name in fields]
    assert all(isinstance(change.label, Message) for each in made for change in Details(naming, {}).changes(each))
