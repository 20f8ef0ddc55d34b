import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.documents.queries import Filter
from app.documents.reading import STANDINGS, count_documents, master_list
from app.documents.suspects import suspect_links
from app.programmes.service import find_programme
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
from tests.web.conftest import Site, text_of
from tests.web.papers import LIST, NOW, TODAY_THERE, asked, document, offered


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
    for number in range(1, 52):
        document(site, f"A-{number:03}", state="in-review" if number % 2 else "no-text")
    with asked(site) as many:
        page = site.get(LIST)
    assert len(many) == len(few) <= 25
    assert len(re.findall(r">A-\d{3}</a>", page.text)) == 50
    [more] = re.findall(r'href="([^"]+)" rel="next"', page.text)
    second = site.get(more.replace("&amp;", "&"))
    assert re.findall(r">(A-\d{3})</a>", second.text) == ["A-050", "A-051"]
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
