import ast
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.journal.models import Entry
from app.journal.service import Event, record
from app.programmes.registers import KINDS as REGISTERS
from app.web.journal_words import ACTIONS, GROUPS, KINDS
from tests.builders import AT, INSTALLER
from tests.web.conftest import HOME, Site, text_of
from tests.web.test_coverage import month, record_of

JOURNAL = f"{HOME}/journal"
APP = Path(__file__).parent.parent.parent / "app"
FORMED = {
    "f'evidence.{version.decision}'": ("evidence.accepted", "evidence.rejected"),
    "f'document.{decision}'": ("document.approved", "document.returned"),
    "f'{name}.added'": tuple(f"{name}.added" for name in REGISTERS),
    "action": (
        "link.removed", "link.confirmed",
        *(f"{name}.{done}" for name in REGISTERS for done in ("changed", "removed")),
    ),
}  # fmt: skip
"""Actions that the code puts together, by the expression that does."""


def fill(site: Site, count: int) -> None:
    """Record so many entries about one thing, oldest first, an hour apart."""
    with site.runtime.database.writing() as session:
        for number in range(count):
            event = Event(
                "evidence.amended", "thing", {"title": f"old {number}"}, {"title": f"new {number}"}, site.programme
            )
            record(session, site.organisation, event, actor=INSTALLER, at=AT + timedelta(hours=number))


def test_every_action_that_the_code_records_has_words() -> None:
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Event":
                action = node.args[0]
                found.update([action.value] if isinstance(action, ast.Constant) else FORMED[ast.unparse(action)])  # type: ignore[list-item]
    assert len(found) > 50
    assert found - ACTIONS.keys() == set()
    assert ACTIONS.keys() - found == set()
    assert {action.split(".")[0] for action in ACTIONS} == KINDS


def test_it_says_who_did_what_about_what_and_how_it_was_before(site: Site) -> None:
    made = record_of(site, month(2), title="事件记录")
    fill(site, 1)
    site.sign_in("officer")
    page = site.get(JOURNAL)
    words = text_of(page)
    for expected in (
        "Evidence accepted",
        "Reviewer",
        "Contributor",
        "Incident records",
        "before: old 0 → after: new 0",
    ):
        assert expected in words
    assert f'<a href="{HOME}/evidence/{made}">事件记录</a>' in page.text
    assert "The entries on this page hold" in words
    assert "auditready doctor" in words
    site.sign_in("officer", "zh")
    assert site.get(JOURNAL).status_code == 200


def test_an_action_without_words_is_shown_as_it_is(site: Site) -> None:
    with site.runtime.database.writing() as session:
        event = Event("thing.<done>", "somewhere", programme_id=site.programme)
        record(session, site.organisation, event, actor=INSTALLER, at=AT)
    site.sign_in("officer")
    assert "thing.<done>" in site.read(JOURNAL)


@pytest.mark.parametrize("who", ["auditor", "reviewer", "contributor"])
def test_who_may_not_read_the_journal_is_not_shown_the_way_and_refused(site: Site, who: str) -> None:
    site.sign_in(who)
    assert JOURNAL not in site.get(HOME).text
    for path in (JOURNAL, f"{JOURNAL}/export.csv"):
        answer = site.get(path)
        assert answer.status_code == 403
        assert "read-journal" in text_of(answer)


def test_it_comes_in_pages_by_number_and_goes_on_where_the_last_one_ended(site: Site) -> None:
    fill(site, 120)
    site.sign_in("officer")
    seen: list[int] = []
    address = f"{JOURNAL}?subject=thing"
    while address:
        page = site.get(address).text
        seen += map(int, re.findall(r'<td class="number">(\d+)', page))
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(older[1]) if older else ""
    with site.runtime.database.reading() as session:
        numbers = session.scalars(select(Entry.number).where(Entry.subject_id == "thing").order_by(Entry.number.desc()))
        assert seen == list(numbers)
    assert len(seen) == 120


def test_it_can_be_narrowed_by_person_group_subject_and_day(site: Site) -> None:
    made = record_of(site, month(2))
    site.sign_in("officer")

    def rows(query: str) -> str:
        return site.get(f"{JOURNAL}?{query}").text.partition("<tbody>")[2]

    assert "Evidence accepted" not in rows(f"person={site.users['contributor']}")
    assert "Evidence added" in rows(f"person={site.users['contributor']}")
    assert "Evidence added" not in rows("group=set-up")
    assert "Programme added" in rows("group=set-up")
    assert made in rows(f"subject={made}")
    assert rows("subject=nothing") == ""
    today = datetime.now(UTC).date()
    assert "Programme added" not in rows(f"since={today - timedelta(days=1)}")
    assert "Programme added" in rows("until=2025-01-01")
    assert "Evidence added" not in rows("until=2025-01-01")
    for wrong in ("group=nothing", "since=soon", "since=2026-02-01&until=2026-01-01", "cursor=nonsense"):
        assert site.get(f"{JOURNAL}?{wrong}").status_code == 422
    assert set(GROUPS) >= {"evidence", "set-up"}


def test_what_concerns_the_whole_organisation_is_a_choice(site: Site) -> None:
    site.sign_in("officer")
    assert "Role given" not in site.read(JOURNAL)
    assert "Role given" in site.read(f"{JOURNAL}?scope=organisation")


def test_an_entry_that_was_altered_is_said_to_be(site: Site) -> None:
    fill(site, 3)
    with site.runtime.database.writing() as session:
        number = session.scalar(select(Entry.number).where(Entry.subject_id == "thing").order_by(Entry.number))
        session.execute(update(Entry).where(Entry.number == number, Entry.subject_id == "thing").values(actor_name="X"))
    site.sign_in("officer")
    words = site.read(JOURNAL)
    assert f"Entry {number} does not hold: its content was altered." in words
    assert "The entries on this page hold" not in words


def test_an_empty_journal_says_what_will_stand_there(site: Site) -> None:
    site.sign_in("officer")
    assert "Nothing was done that these filters leave." in site.read(f"{JOURNAL}?since=2099-01-01")
    assert "Nothing was done here yet." in site.read(f"{JOURNAL}?known_at=2024-12-31")
