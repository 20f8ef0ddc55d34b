"""One piece of evidence: what is shown, who may do what, and two people at the same thing."""

import re
from datetime import UTC, datetime

import httpx2
import pytest
from sqlalchemy import select

from app.catalogue.models import ExpectationChange, FrameworkVersion
from app.storage.service import Trouble, remember
from tests.builders import CUSTOMARY, F2018, RECORD, TODAY
from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.test_evidence import JANUARY, LIST, some_item


def change(site: Site, item: str, what: str, fields: dict[str, str], *, page: str | None = None) -> httpx2.Response:
    """Send a form of the item's page, with the revision that the page (or one read before) shows."""
    shown = page or site.get(f"{LIST}/{item}").text
    [revision, *_] = re.findall(r'name="revision" value="(\d+)"', shown) or ["1"]
    return site.send(HOME, f"{LIST}/{item}/{what}", {"revision": revision, **fields})


def test_the_page_says_what_it_proves_and_by_whose_word(site: Site) -> None:
    item = some_item(site, "一月事件记录", JANUARY, note="注意 <b>", accept=True, owner="owner")
    site.sign_in("officer")
    page = site.get(f"{LIST}/{item}")
    words = text_of(page)
    shown = ("一月事件记录", "accepted", "31 Jan 2026", "8.6.1", "Incident records", "记录.txt", "注意 <b>")
    said = ("Contributor", "Reviewer", "looked at", "no damage known", "Evidence added")
    for expected in (*shown, *said):
        assert expected in words
    assert re.search(r'<code class="hash">[0-9a-f]{64}</code>', page.text)
    base = f"{LIST}/{item}/versions/1/files/1"
    assert f'href="{base}"' in page.text
    assert f'href="{base}/view"' in page.text
    assert f'href="{HOME}/clauses/{F2018}/8.6.1"' in page.text


def test_damage_that_is_known_is_shown_at_the_file_with_what_to_do(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    [sha256] = re.findall(r"[0-9a-f]{64}(?=</code>)", site.get(f"{LIST}/{item}").text)
    with site.runtime.database.writing() as session:
        remember(session, [Trouble(sha256, "gone")], at=datetime.now(UTC))
    words = site.read(f"{LIST}/{item}")
    assert "damaged" in words
    assert "submit the original again" in words


def test_a_file_is_downloaded_as_an_attachment_under_its_name(site: Site) -> None:
    item = some_item(site, "内容", accept=True)
    site.sign_in("auditor")
    address = f"{LIST}/{item}/versions/1/files/1"
    answer = site.get(address)
    assert answer.content == "内容".encode()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert site.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert site.get(f"{LIST}/{item}/versions/9/files/1").status_code == 404
    site.sign_in("officer")
    assert "File opened: 记录.txt" in site.read(f"{LIST}/{item}")


def test_a_reviewer_accepts_and_the_submitter_may_not(site: Site) -> None:
    item = some_item(site, "A", by="officer")
    site.sign_in("officer")
    own = site.get(f"{LIST}/{item}")
    assert f"{item}/review" not in own.text
    assert "somebody else has to accept it" in text_of(own)
    refused = change(site, item, "review", {"decision": "accept", "number": "1"})
    assert refused.status_code == 403
    site.sign_in("reviewer")
    answer = change(site, item, "review", {"decision": "accept", "number": "1"})
    assert "The version is accepted." in text_of(answer)
    assert f"{item}/review" not in answer.text


def test_a_rejection_needs_a_reason_that_its_submitter_reads(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("reviewer")
    refused = change(site, item, "review", {"decision": "reject", "number": "1"})
    assert refused.status_code == 422
    assert "Say why it is rejected" in text_of(refused)
    change(site, item, "review", {"decision": "reject", "number": "1", "reason": "看不清"})
    site.sign_in("contributor")
    assert "看不清" in site.read(f"{LIST}/{item}")


def test_the_second_of_two_people_is_told_and_keeps_what_they_typed(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    seen = site.get(f"{LIST}/{item}").text
    change(site, item, "amend", {"title": "mine", "owner_id": site.users["owner"]})
    answer = change(site, item, "amend", {"title": "yours 也有", "owner_id": ""}, page=seen)
    assert answer.status_code == 412
    words = text_of(answer)
    assert "Somebody else has changed this meanwhile." in words
    assert "Now: mine" in words
    assert 'value="yours 也有"' in answer.text
    again = change(site, item, "amend", {"title": "yours 也有", "owner_id": ""}, page=answer.text)
    assert "Saved." in text_of(again)
    assert "yours 也有" in text_of(again)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("withdraw", {"withdraw_reason": "理由"}),
        ("review", {"decision": "accept", "number": "1", "reason": "理由"}),
        ("links", {"expectation_id": CUSTOMARY}),
        ("links/remove", {"expectation_id": RECORD}),
    ],
)
def test_no_form_changes_what_its_reader_has_not_seen(site: Site, what: str, fields: dict[str, str]) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    seen = site.get(f"{LIST}/{item}").text
    change(site, item, "amend", {"title": "B", "owner_id": ""})
    answer = change(site, item, what, fields, page=seen)
    assert answer.status_code == 412
    assert "submitted" in text_of(answer)
    if "理由" in fields.values():
        assert ">理由</textarea>" in answer.text


def test_a_link_is_removed_and_that_is_undone_from_the_notice(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    removed = change(site, item, "links/remove", {"expectation_id": RECORD})
    words = text_of(removed)
    assert "No longer linked: Incident records" in words
    assert "It is linked to no expectation yet" in words
    back = change(site, item, "links", {"expectation_id": RECORD}, page=removed.text)
    assert "The link is made." in text_of(back)
    assert "It is linked to no expectation yet" not in text_of(back)


def test_a_link_that_the_framework_made_doubtful_is_confirmed(site: Site) -> None:
    item = some_item(site, "A")
    with site.runtime.database.writing() as session:
        version = session.scalars(select(FrameworkVersion).where(FrameworkVersion.framework_id == F2018)).first()
        assert version is not None
        session.add(
            ExpectationChange(
                version_id=version.id,
                expectation_id=RECORD,
                framework_id=F2018,
                change="changed",
                recorded_at=datetime.now(UTC),
            )
        )
    site.sign_in("officer")
    assert "to be confirmed" in site.read(f"{LIST}/{item}")
    answer = change(site, item, "links/confirm", {"expectation_id": RECORD})
    assert "The link is confirmed." in text_of(answer)
    assert "to be confirmed" not in text_of(answer)


def test_a_new_version_waits_while_the_accepted_one_stays_in_force(site: Site) -> None:
    item = some_item(site, "A", accept=True)
    site.sign_in("contributor")
    page = site.get(f"{LIST}/{item}")
    [revision, *_] = re.findall(r'name="revision" value="(\d+)"', page.text)
    fields = {"form_key": key_of(page), "revision": revision, "collected_on": TODAY.isoformat()}
    sent = [("file", ("新.txt", b"new"))]
    answer = site.client.post(f"{LIST}/{item}/versions", data=fields, files=sent)
    words = text_of(answer)
    assert "The new version is submitted." in words
    assert "Version 2 submitted" in words
    assert "Version 1 accepted" in words
    stale = site.client.post(f"{LIST}/{item}/versions", data={**fields, "note": "注"}, files=sent)
    assert stale.status_code == 412
    assert ">注</textarea>" in stale.text
    site.sign_in("auditor")
    seen = site.read(f"{LIST}/{item}")
    assert "Version 1" in seen
    assert "Version 2" not in seen


def test_withdrawn_evidence_says_why_and_offers_nothing_more(site: Site) -> None:
    item = some_item(site, "A", accept=True)
    site.sign_in("officer")
    refused = change(site, item, "withdraw", {"withdraw_reason": ""})
    assert "Say why it is withdrawn" in text_of(refused)
    answer = change(site, item, "withdraw", {"withdraw_reason": "重复"})
    assert "The evidence is withdrawn." in text_of(answer)
    assert "重复" in text_of(answer)
    assert not re.search(rf'action="[^"]*{item}/', answer.text)


def test_an_auditor_reads_and_finds_no_form(site: Site) -> None:
    item = some_item(site, "A", accept=True)
    hidden = some_item(site, "B")
    site.sign_in("auditor")
    page = site.get(f"{LIST}/{item}")
    assert page.status_code == 200
    assert not re.search(rf'action="[^"]*{item}/', page.text)
    assert "History" not in text_of(page)
    assert site.get(f"{LIST}/{hidden}").status_code == 404


def test_the_form_for_a_reviewer_is_not_there_for_others(site: Site) -> None:
    item = some_item(site, "A")
    offered = {}
    for who in ("contributor", "reviewer", "owner"):
        site.sign_in(who)
        found = re.findall(rf'action="{LIST}/{item}/([a-z/]+)"', site.get(f"{LIST}/{item}").text)
        offered[who] = sorted(set(found))
        assert ("Change it" in site.read(f"{LIST}/{item}")) == (who != "reviewer")
    assert offered["contributor"] == ["period", "versions", "withdraw"]
    assert offered["reviewer"] == ["review"]
    assert offered["owner"] == ["amend", "links", "links/remove", "period", "review", "versions", "withdraw"]


def test_the_script_is_only_where_files_are_sent(site: Site) -> None:
    item = some_item(site, "A", accept=True)
    site.sign_in("auditor")
    assert "upload.js" not in site.get(f"{LIST}/{item}").text


def test_a_period_is_corrected_and_the_reviewer_reads_why(site: Site) -> None:
    item = some_item(site, "A", JANUARY, accept=True)
    site.sign_in("officer")
    march = {"right_from": "2026-03-01", "right_to": "2026-03-31", "period_reason": "三月的记录"}
    answer = change(site, item, "period", march)
    assert "The corrected version is submitted." in text_of(answer)
    assert f"{item}/review" not in answer.text
    assert "Period corrected: 三月的记录" in text_of(answer)
    site.sign_in("reviewer")
    assert "Why the period was corrected 三月的记录" in site.read(f"{LIST}/{item}")
    assert "is accepted" in text_of(change(site, item, "review", {"decision": "accept", "number": "2"}))


def test_a_correction_that_cannot_be_names_its_field_and_keeps_what_was_typed(site: Site) -> None:
    item = some_item(site, "A", JANUARY)
    site.sign_in("officer")
    for fields, name, said in (
        ({"right_from": "2026-03-31", "right_to": "2026-03-01"}, "right_to", "The period ends before it begins."),
        ({"right_from": "", "right_to": "2026-03-01"}, "right_from", "Name the first and the last day"),
        ({"right_from": "2026-03-01", "right_to": "soon"}, "right_to", "soon is no day such as"),
    ):
        answer = change(site, item, "period", {**fields, "period_reason": "typed"})
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"', answer.text)
        assert "typed</textarea>" in answer.text
