import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from app.documents import approval
from app.documents.queries import Filter
from app.documents.reading import STANDINGS, count_documents, master_list
from app.documents.service import (
    DocumentKind,
    Level,
    NewDocument,
    add_document,
    add_revision,
    withdraw_document,
)
from app.documents.suspects import suspect_links
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.service import user_actor
from app.programmes.service import change_entry, find_programme, single
from app.storage.files import NewFile
from app.storage.models import StoredBlob
from tests.builders import (
    INSTALLER,
    PAPER,
    TODAY,
    House,
    approve,
    effective_document,
    submitted_revision,
)
from tests.web.conftest import HOME, Site, key_of, text_of

LIST = f"{HOME}/documents"
NOW = datetime.now(UTC)
TODAY_THERE = (NOW + timedelta(hours=8)).date()


def document(site: Site, number: str = "SMS-P-01", title: str = "Policy", *, state: str = "draft", **days: Any) -> str:
    """Enter a document of the officer's, brought as far as `state`; return its id."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        officer, reviewer = person(site, "officer", session), person(site, "reviewer", session)
        new = NewDocument(number, title, Level.L1, DocumentKind.POLICY, site.users["owner"], (PAPER,))
        at = days.pop("at", NOW)
        made = add_document(session, programme, new, actor=officer, at=at)
        if state == "no-text":
            return made.id
        file = NewFile("方针.docx", site.runtime.blobs.put(io.BytesIO(number.encode())))
        add_revision(session, programme, made.id, file, change_note="first", actor=officer, at=at)
        if state == "draft":
            return made.id
        approval.submit_revision(session, programme, made.id, actor=officer, at=at, **days)
        if state == "in-review":
            return made.id
        approval.decide_revision(
            session, programme, made.id, approve=state != "returned", reason="unclear", actor=reviewer, at=at
        )
        if state == "withdrawn":
            withdraw_document(session, programme, made.id, reason="merged", actor=officer, at=at)
        return made.id


def person(site: Site, login: str, session: Any) -> Actor:
    return user_actor(session, session.get_one(User, site.users[login]), at=NOW)


def need(site: Site, approvals: int) -> None:
    """Have so many people approve each document."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        settings = single(session, programme, "settings")
        change_entry(session, programme, settings.id, {"approvals_needed": approvals}, actor=INSTALLER, at=NOW)


def step(site: Site, document_id: str, name: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
    """Send a form that stands on the page of a document."""
    page = site.get(f"{LIST}/{document_id}")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    given = {"form_key": key_of(page), "seen": seen[1] if seen else "", **(fields or {})}
    return site.client.post(f"{LIST}/{document_id}/{name}", data=given, **more)


def offered(site: Site, document_id: str) -> set[str]:
    """Return the forms that the page of a document offers."""
    page = site.get(f"{LIST}/{document_id}").text
    return set(re.findall(rf'action="[^"]*/documents/{document_id}/(\w+)', page))


@contextmanager
def asked(site: Site) -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    sent: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(site.runtime.database.reads, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(site.runtime.database.reads, "before_cursor_execute", note)


def test_an_empty_master_list_says_what_to_begin_with_and_to_others_who_begins(site: Site) -> None:
    site.sign_in("officer")
    assert "Begin with the service management policy" in site.read(LIST)
    site.sign_in("contributor")
    assert "Compliance officers and process owners add them." in site.read(LIST)
    assert f"{LIST}/add" not in site.get(LIST).text
    site.sign_in("auditor")
    assert "No document is in force on this day." in site.read(LIST)


def test_the_master_list_says_what_is_in_force_who_is_awaited_and_counts_by_state(site: Site) -> None:
    document(site, "A-1", "服务管理方针", state="effective", at=NOW - timedelta(days=400))
    document(site, "A-2", state="in-review")
    document(site, "A-3")
    site.sign_in("officer")
    words = site.read(LIST)
    assert "服务管理方针" in words
    assert "all 3" in words
    assert "effective 1" in words
    assert "approval, 1 of: Owner, Reviewer" in words
    assert "sending to review: Officer" in words
    assert "overdue" in words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=in-review", {"A-2"}),
        ("state=effective", {"A-1", "A-4"}),
        ("state=withdrawn", {"A-5"}),
        ("state=no-text", {"A-6"}),
        ("level=L1&kind=policy", {"A-1", "A-2", "A-3", "A-4", "A-5", "A-6"}),
        ("level=L2", set()),
        ("owner=-", set()),
        ("due=60", {"A-1"}),
        ("q=a-3", {"A-3"}),
        ("q=%25", set()),
        ("clause=iso20000-1-2018:5", {"A-1", "A-2", "A-3", "A-4", "A-5", "A-6"}),
        ("clause=iso20000-1-2018:5.2.1&state=draft", {"A-3"}),
        ("clause=iso20000-1-2018:8", set()),
        ("process=incident", set()),
    ],
)
def test_the_master_list_can_be_narrowed(site: Site, query: str, found: set[str]) -> None:
    soon = TODAY_THERE + timedelta(days=30)
    document(site, "A-1", state="effective", next_review_on=soon)
    document(site, "A-2", state="in-review")
    document(site, "A-3")
    document(site, "A-4", state="effective")
    document(site, "A-5", state="withdrawn", next_review_on=soon)
    document(site, "A-6", state="no-text")
    site.sign_in("officer")
    page = site.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert set(re.findall(r">(A-\d)</a>", page.text)) == found
    assert ("No document is like this." in text_of(page)) == (not found)


def test_a_clause_or_state_that_there_is_not_is_refused(site: Site) -> None:
    site.sign_in("officer")
    assert "There is no such clause" in text_of(site.get(f"{LIST}?clause=nothing:1"))
    assert "The state is one of" in text_of(site.get(f"{LIST}?state=nothing"))


def test_a_long_list_comes_in_pages_and_asks_no_more_of_the_database_than_a_short_one(site: Site) -> None:
    site.sign_in("officer")
    document(site, "A-000", state="in-review")
    with asked(site) as few:
        site.get(LIST)
    for number in range(1, 102):
        document(site, f"A-{number:03}", state="in-review" if number % 2 else "no-text")
    with asked(site) as many:
        page = site.get(LIST)
    assert len(many) == len(few) <= 25
    assert len(re.findall(r">A-\d{3}</a>", page.text)) == 100
    [more] = re.findall(r'href="([^"]+)" rel="next"', page.text)
    second = site.get(more.replace("&amp;", "&"))
    assert re.findall(r">(A-\d{3})</a>", second.text) == ["A-100", "A-101"]
    assert "First page" in text_of(second)


def test_an_auditor_sees_what_is_in_force_and_no_form(site: Site) -> None:
    seen = document(site, "A-1", state="effective")
    hidden = [document(site, f"B-{state}", state=state) for state in ("draft", "in-review", "withdrawn", "no-text")]
    site.sign_in("auditor")
    page = site.get(LIST)
    assert "A-1" in text_of(page)
    assert "all 1 effective 1" in text_of(page)
    assert "B-" not in text_of(page)
    assert "Awaited" not in text_of(page)
    assert offered(site, seen) == set()
    assert "History" not in site.read(f"{LIST}/{seen}")
    assert site.get(f"{LIST}/{seen}/revisions/1/file").content == b"A-1"
    for each in hidden:
        assert site.get(f"{LIST}/{each}").status_code == 404
        assert site.get(f"{LIST}/{each}/revisions/1/file").status_code == 404
    assert site.get(f"{LIST}/add").status_code == 403


def test_a_document_is_added_with_its_file_and_what_it_answers(site: Site) -> None:
    site.sign_in("owner")
    fields = {
        "number": "SMS-P-09",
        "title": "服务管理方针",
        "level": "L1",
        "kind": "policy",
        "owner_id": site.users["owner"],
        "change_note": "首次发布",
        "expectation_ids": [PAPER, "sms-scope-statement"],
    }
    answer = site.send(f"{LIST}/add", f"{LIST}/add", fields, files={"file": ("方针 V1.docx", b"policy")})
    words = text_of(answer)
    assert answer.status_code == 200
    assert "its first revision is a draft" in words
    for expected in ("服务管理方针", "方针 V1.docx", "首次发布", "5.2.1", "4.3", "Owner", "Send the draft to review"):
        assert expected in words
    assert site.get(f"{answer.url.path}/revisions/1/file").content == b"policy"


def test_a_refused_document_keeps_what_was_typed_and_no_byte_of_its_file(site: Site) -> None:
    document(site, "SMS-P-01")
    site.sign_in("officer")
    fields = {"number": "SMS-P-01", "title": "Mine", "level": "L2", "kind": "plan", "change_note": "两行\nof it"}
    fields["expectation_ids"] = PAPER
    answer = site.send(f"{LIST}/add", f"{LIST}/add", fields, files={"file": ("x.docx", b"never kept")})
    assert answer.status_code == 409
    words = text_of(answer)
    assert "The number SMS-P-01 is taken." in words
    assert "choose it again" in words
    assert 'value="Mine"' in answer.text
    assert "两行\nof it</textarea>" in answer.text
    assert re.search(r'<option value="L2" selected>', answer.text)
    assert re.search(rf'value="{PAPER}" checked', answer.text)
    stored = {each.sha256 for each in site.runtime.blobs.sizes()}
    with site.runtime.database.reading() as session:
        assert stored == {each.sha256 for each in session.query(StoredBlob)}
    assert list(site.runtime.blobs.incoming.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Choose the file with the text."),
        ({"file": ("x.docx", b"")}, "is empty"),
        ({"file": ("x.docx", b"x" * 300_001)}, "A file may have at most 300000 bytes"),
        ({"file": ("x" * 256, b"x")}, "A file name has at most 255 characters."),
    ],
)
def test_a_file_that_cannot_be_used_is_said_beside_its_field(site: Site, files: dict[str, Any], said: str) -> None:
    site.sign_in("officer")
    fields = {"number": "N-1", "title": "T", "level": "L1", "kind": "policy"}
    answer = site.send(f"{LIST}/add", f"{LIST}/add", fields, files=files or {"other": ("", b"")})
    assert answer.status_code in {413, 422}
    assert said in text_of(answer)
    assert 'id="w-file"' in answer.text
    assert 'value="N-1"' in answer.text
    assert "No document is in the master list yet." in site.read(LIST)
    assert list(site.runtime.blobs.incoming.iterdir()) == []


def test_a_draft_goes_to_review_is_approved_and_revised(site: Site) -> None:
    made = document(site)
    site.sign_in("officer")
    later = TODAY_THERE + timedelta(days=500)
    assert "was sent to review" in text_of(step(site, made, "submit", {"submit_next_review_on": later.isoformat()}))
    assert "1 of 1 approvals are missing" in site.read(f"{LIST}/{made}")
    assert offered(site, made) >= {"recall"}
    assert not offered(site, made) & {"approve", "return", "submit", "revise"}
    site.sign_in("reviewer")
    assert offered(site, made) == {"approve", "return"}
    answer = step(site, made, "approve", {"number": "1", "approve_reason": "reads well"})
    assert "The revision is approved." in text_of(answer)
    assert "reads well" in text_of(answer)
    site.sign_in("officer")
    assert "approved revision 1" in site.read(f"{LIST}/{made}")
    files = {"revise_file": ("v2.docx", b"two")}
    answer = step(site, made, "revise", {"revise_change_note": "second"}, files=files)
    assert "Revision 2" in text_of(answer)
    assert site.get(f"{LIST}/{made}/revisions/2/file").content == b"two"
    assert "attachment" in site.get(f"{LIST}/{made}/revisions/1/file").headers["content-disposition"]


def test_with_two_approvals_needed_the_page_says_who_is_still_awaited(site: Site) -> None:
    need(site, 2)
    made = document(site, state="in-review")
    site.sign_in("reviewer")
    assert "approval, 1 of: Owner" not in site.read(f"{LIST}/{made}")
    assert "Other approvals are still awaited." in text_of(step(site, made, "approve", {"number": "1"}))
    words = site.read(f"{LIST}/{made}")
    assert "approval: Owner" in words
    assert "1 of 2 approvals are missing" in words
    assert offered(site, made) == {"return"}


def test_a_return_needs_its_reason_and_shows_it_to_the_author(site: Site) -> None:
    made = document(site, state="in-review")
    site.sign_in("reviewer")
    answer = step(site, made, "return", {"number": "1"})
    assert answer.status_code == 422
    assert 'id="w-return_reason"' in answer.text
    assert "Not saved." in text_of(answer)
    assert "returned to its author" in text_of(
        step(site, made, "return", {"number": "1", "return_reason": "第三章缺失"})
    )
    site.sign_in("officer")
    words = site.read(f"{LIST}/{made}")
    assert words.count("第三章缺失") >= 2
    assert "a new revision: Officer" in words
    assert "revise" in offered(site, made)


def test_the_author_takes_a_revision_back(site: Site) -> None:
    made = document(site, state="in-review")
    site.sign_in("officer")
    assert "somebody else has to approve it" in site.read(f"{LIST}/{made}")
    answer = step(site, made, "recall", {"recall_reason": "wrong file"})
    assert "taken out of review" in text_of(answer)
    assert "wrong file" in text_of(answer)


def test_what_is_in_force_is_reviewed_again_by_somebody_else_and_withdrawn_with_a_reason(site: Site) -> None:
    made = document(site, state="effective", at=NOW - timedelta(days=400))
    site.sign_in("officer")
    assert "review" not in offered(site, made)
    site.sign_in("reviewer")
    assert "review, 1 of: Owner, Reviewer" in site.read(f"{LIST}/{made}")
    answer = step(site, made, "review", {"review_next_review_on": "2001-01-01", "review_note": "nothing changed"})
    assert 'id="w-review_next_review_on"' in answer.text
    assert 'value="nothing changed"' in answer.text
    day = (TODAY_THERE + timedelta(days=365)).isoformat()
    answer = step(site, made, "review", {"review_next_review_on": day, "review_note": "nothing changed"})
    assert "The review is on record." in text_of(answer)
    assert "nothing changed" in text_of(answer)
    assert "overdue" not in text_of(answer)
    site.sign_in("officer")
    assert step(site, made, "withdraw").status_code == 422
    answer = step(site, made, "withdraw", {"withdraw_reason": "merged into the manual"})
    assert "merged into the manual" in text_of(answer)
    assert offered(site, made) == set()


def test_of_two_people_who_amend_the_second_is_told_and_loses_nothing(site: Site) -> None:
    made = document(site)
    site.sign_in("officer")
    page = site.get(f"{LIST}/{made}")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen
    fields = {"amend_title": "Mine", "amend_level": "L2", "amend_kind": "plan", "amend_owner_id": ""}
    assert "Saved." in text_of(step(site, made, "amend", {**fields, "amend_title": "Theirs"}))
    late = {"form_key": key_of(page), "seen": seen[1], **fields}
    answer = site.client.post(f"{LIST}/{made}/amend", data=late)
    assert answer.status_code == 412
    words = text_of(answer)
    assert "has changed since you opened the page" in words
    assert "Theirs" in words
    assert 'value="Mine"' in answer.text
    newer = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert newer
    assert site.client.post(f"{LIST}/{made}/amend", data={**late, "seen": newer[1]}).status_code == 200
    assert "title: Theirs → Mine" in site.read(f"{LIST}/{made}")


def test_what_was_typed_into_a_form_that_is_gone_by_now_is_shown(site: Site) -> None:
    made = document(site, state="in-review")
    site.sign_in("reviewer")
    page = site.get(f"{LIST}/{made}")
    site.sign_in("officer")
    step(site, made, "recall")
    site.sign_in("reviewer")
    late = {"form_key": key_of(site.get(LIST.replace("/documents", ""))), "number": "1", "return_reason": "很长的理由"}
    assert "return" in re.findall(rf"/documents/{made}/(\w+)", page.text)
    answer = site.client.post(f"{LIST}/{made}/return", data=late)
    assert answer.status_code == 409
    assert "No revision of this document is in review." in text_of(answer)
    assert "What you typed: 很长的理由" in text_of(answer)


def test_links_are_made_removed_with_an_undo_and_confirmed(site: Site) -> None:
    made = document(site)
    site.sign_in("owner")
    assert "Choose what it answers." in text_of(step(site, made, "link"))
    answer = step(site, made, "link", {"link_expectation_ids": ["sms-scope-statement"]})
    assert "Linked." in text_of(answer)
    answer = step(site, made, "unlink", {"unlink_expectation": PAPER})
    assert "No longer linked:" in text_of(answer)
    assert f'name="link_expectation_ids" value="{PAPER}"><span>' in answer.text
    step(site, made, "link", {"link_expectation_ids": [PAPER]})
    assert f'name="unlink_expectation" value="{PAPER}"' in site.get(f"{LIST}/{made}").text
    assert "confirm" not in offered(site, made)


def test_a_link_confirmed_before_the_document_was_approved_anew_is_to_be_confirmed(site: Site) -> None:
    made = document(site, state="effective", at=NOW - timedelta(days=2))
    site.sign_in("officer")
    step(site, made, "revise", files={"revise_file": ("v2.docx", b"two")})
    step(site, made, "submit")
    site.sign_in("reviewer")
    step(site, made, "approve", {"number": "2"})
    assert "to be confirmed" in site.read(f"{LIST}/{made}")
    assert "confirm" not in offered(site, made)
    site.sign_in("owner")
    assert "confirm" in offered(site, made)
    answer = step(site, made, "confirm", {"confirm_expectation": PAPER})
    assert "The link is confirmed." in text_of(answer)
    assert "to be confirmed" not in text_of(answer)


def test_whoever_may_not_take_a_step_is_offered_none_and_refused(site: Site) -> None:
    made = document(site)
    site.sign_in("contributor")
    assert offered(site, made) == set()
    key = key_of(site.get(f"{LIST}/{made}"))
    for name in ("submit", "amend", "withdraw", "link", "unlink", "confirm"):
        fields = {"amend_title": "x", "amend_level": "L1", "amend_kind": "plan", "link_expectation_ids": PAPER}
        answer = site.client.post(f"{LIST}/{made}/{name}", data={"form_key": key, "withdraw_reason": "x", **fields})
        assert answer.status_code == 403, name
    answer = site.client.post(
        f"{LIST}/{made}/revise", data={"form_key": key}, files={"revise_file": ("x.docx", b"unwanted")}
    )
    assert answer.status_code == 403
    assert site.get(f"{LIST}/{made}/nothing").status_code == 404
    assert site.client.post(f"{LIST}/{made}/nothing", data={"form_key": key}).status_code == 404


def test_a_page_about_another_day_offers_no_step_and_the_way_back(site: Site) -> None:
    made = document(site)
    site.sign_in("officer")
    page = site.get(f"{LIST}/{made}?as_of=2031-01-01")
    assert "Steps are taken today" in text_of(page)
    assert "/submit" not in page.text
    assert site.get(f"{LIST}/{made}/submit").url.path == f"{LIST}/{made}"


def test_a_document_reads_in_chinese(site: Site) -> None:
    made = document(site, title="服务管理方针")
    site.sign_in("officer", "zh")
    assert site.get(LIST).headers["content-language"] == "zh-CN"
    assert "服务管理方针" in site.read(f"{LIST}/{made}")


def test_the_counts_and_the_filter_agree_with_the_state_of_each_document(site: Site) -> None:
    states = ("draft", "in-review", "returned", "effective", "withdrawn", "no-text")
    for number, state in enumerate(states):
        document(site, f"A-{number}", state=state)
    document(site, "A-9", state="effective", effective_on=TODAY_THERE + timedelta(days=9))
    with site.runtime.database.reading() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        for day in (TODAY_THERE, TODAY_THERE + timedelta(days=9), date.max):
            views = master_list(session, programme, as_of=day, actor=INSTALLER).items
            counts = count_documents(session, programme, as_of=day, actor=INSTALLER)
            for state in STANDINGS:
                found = master_list(session, programme, as_of=day, actor=INSTALLER, wanted=Filter(state=state)).items
                assert {each.standing for each in found} <= {state}
                assert len(found) == counts.get(state, 0) == sum(each.standing == state for each in views)


def test_a_first_approval_makes_no_link_suspect(house: House) -> None:
    first = effective_document(house)
    for suspect in (False, True):
        [view] = master_list(house.session, house.programme, as_of=TODAY, actor=house.officer).items
        at = datetime(2026, 9, 1, tzinfo=UTC)
        assert bool(suspect_links(house.session, house.programme, view, at=at)) is suspect
        submitted_revision(house, first, at=at)
        approve(house, first, at=at)
