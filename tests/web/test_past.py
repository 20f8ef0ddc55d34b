"""Every page as known at a moment of the past: what came later is not on it, and nothing can be changed there."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.documents.service import Amendment, amend_document, withdraw_document
from app.evidence.service import NewEvidence, add_evidence, amend_evidence, review_evidence, withdraw_evidence
from app.evidence.versions import NewVersion
from app.links.service import remove_link
from app.programmes.service import find_programme
from app.storage.files import NewFile
from tests.builders import F2018, INSTALLER, PAPER, RECORD
from tests.web.conftest import HOME, Site, text_of
from tests.web.papers import document, person

NOW = datetime.now(UTC)
DAYS = {days: (NOW + timedelta(hours=8)).date() - timedelta(days=days) for days in (40, 25, 15, 5)}
RECORDED = NOW - timedelta(days=30)
CHANGED = NOW - timedelta(days=20)
ENDED = NOW - timedelta(days=10)
"""Things were recorded 30 days ago, changed 20 days ago, ended 10 days ago; the pages are asked about 40, 25, 15, 5."""


@pytest.fixture
def past(site: Site) -> tuple[str, str]:
    """Return the ids of evidence and of a document with a past; the officer has signed in."""
    paper = document(site, "SMS-P-01", "Old policy", state="effective", at=RECORDED)
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        officer, reviewer = person(site, "officer", session), person(site, "reviewer", session)
        file = NewFile("minutes.txt", site.runtime.blobs.put(io.BytesIO(b"minutes")))
        new = NewEvidence("Old title", NewVersion(date(2026, 8, 1)), (RECORD,), site.users["owner"])
        item = add_evidence(session, programme, new, [file], actor=officer, at=RECORDED).evidence.id
        review_evidence(session, programme, item, accept=True, actor=reviewer, at=CHANGED)
        amend_evidence(session, programme, item, title="New title", owner_id=None, actor=officer, at=CHANGED)
        amend_document(session, programme, paper, Amendment("New policy"), actor=officer, at=CHANGED)
        remove_link(session, programme, paper, PAPER, actor=officer, at=CHANGED)
        withdraw_evidence(session, programme, item, reason="merged", actor=officer, at=ENDED)
        withdraw_document(session, programme, paper, reason="merged", actor=officer, at=ENDED)
    site.sign_in("officer")
    return item, paper


def at(days: int, path: str, **more: str) -> str:
    """Return the address of a page as known so many days ago."""
    query = "&".join(f"{name}={value}" for name, value in {"known_at": DAYS[days], **more}.items())
    return f"{HOME}/{path}?{query}"


@pytest.mark.parametrize(
    ("days", "words"),
    [(25, ("Old title", "submitted", "Owner")), (15, ("New title", "accepted", "nobody")), (5, ("withdrawn",))],
)
def test_the_list_and_the_item_of_evidence_are_as_known_then(
    site: Site, past: tuple[str, str], days: int, words: tuple[str, ...]
) -> None:
    row = re.search(r"<tbody>.*?</tbody>", site.get(at(days, "evidence")).text, re.DOTALL)
    assert row
    assert all(word in row[0] for word in words)
    assert all(word in site.read(at(days, f"evidence/{past[0]}")) for word in words[:2])
    assert "1" in site.read(at(days, "evidence", state=words[1] if days > 5 else "withdrawn"))


def test_what_was_not_there_yet_is_on_no_page_and_the_refusal_leads_on(site: Site, past: tuple[str, str]) -> None:
    for page in ("evidence", "documents", f"clauses/{F2018}/8.6.1", f"clauses/{F2018}/5.2.1", "journal"):
        words = site.read(at(40, page))
        assert "Old title" not in words
        assert "Old policy" not in words
    assert "recorded later" in text_of(site.get(at(40, f"evidence/{past[0]}")))
    assert "entered later" in text_of(site.get(at(40, f"documents/{past[1]}")))


def test_the_master_list_and_the_document_are_as_known_then(site: Site, past: tuple[str, str]) -> None:
    for days, title, standing in ((25, "Old policy", "effective"), (15, "New policy", "effective")):
        for page in ("documents", f"documents/{past[1]}"):
            words = site.read(at(days, page))
            assert title in words
            assert standing in words.lower()
            assert "merged" not in words
    assert "New policy" in site.read(at(5, "documents", state="withdrawn"))


def test_a_clause_shows_what_was_linked_and_what_had_happened_by_then(site: Site, past: tuple[str, str]) -> None:
    for days, linked, done in ((25, True, "added"), (15, True, "accepted"), (5, False, "withdrawn")):
        page = site.get(at(days, f"clauses/{F2018}/8.6.1"))
        assert (f"evidence/{past[0]}/versions/1/files/1/view" in page.text) is linked
        history = text_of(page).partition("What happened here")[2]
        assert done in history
        assert ("accepted" in history) is (days < 20)
        assert ("Old title" in history) is (days > 20)
    assert f"documents/{past[1]}" in site.get(at(25, f"clauses/{F2018}/5.2.1")).text
    assert "No document is linked." in site.read(at(15, f"clauses/{F2018}/5.2.1"))


def test_the_past_of_a_file_is_opened_under_the_name_it_had(site: Site, past: tuple[str, str]) -> None:
    page = site.get(at(25, f"evidence/{past[0]}/versions/1/files/1/view"))
    assert "Old title" in text_of(page)
    assert f"known_at={DAYS[25]}" in page.text
    assert "Old policy" in site.read(at(25, f"documents/{past[1]}/revisions/1/file/view"))


def test_sheets_say_what_was_known(site: Site, past: tuple[str, str]) -> None:
    for kind, old, new in (("evidence", "Old title", "New title"), ("documents", "Old policy", "New policy")):
        assert old in site.get(at(25, f"{kind}/export.csv")).text
        assert new in site.get(at(15, f"{kind}/export.csv")).text


@pytest.mark.parametrize(
    "page",
    [
        *("", "worklist", "clauses", f"clauses/{F2018}/8.6.1", "coverage", "evidence", "evidence/{0}"),
        *("documents", "documents/{1}", "journal", "set-up", "people"),
    ],
)
def test_nothing_is_changed_in_the_past_and_the_page_says_why(site: Site, past: tuple[str, str], page: str) -> None:
    answer = site.get(at(15, page.format(*past)).replace("/?", "?"))
    assert answer.status_code == 200
    assert "nothing can be changed here" in text_of(answer).lower()
    posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', answer.text)
    assert {each.rpartition("/")[2] for each in posts} <= {"sign-out"}
    assert "/add" not in answer.text


def test_today_as_the_day_of_knowledge_is_no_past(site: Site, past: tuple[str, str]) -> None:
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    answer = site.get(f"{HOME}/evidence?known_at={today}")
    assert "nothing can be changed here" not in text_of(answer).lower()
    assert f"/evidence/add?known_at={today}" in answer.text


def test_the_worklist_calls_now_what_was_due_then(site: Site, past: tuple[str, str]) -> None:
    words = site.read(at(25, "worklist"))
    assert "SMS-P-01" not in words  # the policy was in force then
    assert site.read(f"{HOME}/worklist") != words


def test_an_auditor_sees_no_more_of_the_past_than_of_today(site: Site, past: tuple[str, str]) -> None:
    site.sign_in("auditor")
    assert "New title" not in site.read(at(15, "evidence"))  # withdrawn since
    page = site.get(at(15, "documents"))
    assert "New policy" in text_of(page)  # it was in force
    address = at(15, f"documents/{past[1]}")
    assert address.replace("&", "&amp;") in page.text
    file = at(15, f"documents/{past[1]}/revisions/1/file")
    assert file.replace("&", "&amp;") in site.get(address).text
    assert site.get(file).status_code == 200
    assert site.get(f"{HOME}/documents/{past[1]}").status_code == 404
