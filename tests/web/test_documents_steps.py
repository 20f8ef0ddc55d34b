import re
from datetime import timedelta

from tests.builders import PAPER
from tests.web.conftest import Site, key_of, text_of
from tests.web.papers import LIST, NOW, TODAY_THERE, document, need, offered, step


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
