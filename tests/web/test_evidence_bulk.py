"""Several pieces of evidence at once: links, owner and period, what is refused for each, and the way back."""

import re
from datetime import UTC, datetime

import httpx2

from app.evidence.reading import get_evidence
from app.evidence.service import amend_evidence
from app.journal.service import entries
from app.programmes.models import Programme
from tests.builders import CUSTOMARY, RECORD
from tests.web.conftest import Site, key_of, text_of
from tests.web.test_evidence import JANUARY, LIST, box, person, some_item, titles

MARCH = {"right_from": "2026-03-01", "right_to": "2026-03-31", "period_reason": "三月的记录"}


def several(site: Site, items: list[str], act: str, **fields: str) -> httpx2.Response:
    """Do something to these items with the form of the list."""
    return site.send(LIST, f"{LIST}/bulk", {"item": [box(site, each) for each in items], "act": act, **fields})


def undo(site: Site, answer: httpx2.Response) -> httpx2.Response:
    """Press the button that undoes it, on the page that says what was done."""
    answer = site.get(str(answer.url))
    form = re.search(r'action="([^"]*/bulk/undo)">(.*?)</form>', answer.text, re.DOTALL)
    assert form, text_of(answer)
    hidden = dict(re.findall(r'name="(undo|back)" value="([^"]*)"', form[2]))
    return site.client.post(form[1], data={"form_key": key_of(answer), **hidden})


def version(site: Site, item: str) -> tuple[str, str, str | None]:
    """Return first and last day and state of the newest version, and why it corrects the one before."""
    with site.runtime.database.reading() as session:
        programme = session.get_one(Programme, site.programme)
        view = get_evidence(session, programme, item, actor=person(session, "officer"))
        newest = view.versions[0].version
        return f"{newest.period_from}/{newest.period_to}", view.evidence.state, newest.correction


def test_links_are_ended_and_come_back(site: Site) -> None:
    linked, other = some_item(site, "linked"), some_item(site, "other", links=(CUSTOMARY,))
    site.sign_in("officer")
    answer = several(site, [linked, other], "unlink", expectation_id=RECORD)
    words = text_of(answer)
    assert "Done: 1" in words
    assert "Not done: 1" in words
    assert "other : There is no such link." in words
    assert titles(site, f"expectation={RECORD}") == []
    assert "Done: 1" in text_of(undo(site, answer))
    assert titles(site, f"expectation={RECORD}") == ["linked"]
    assert titles(site, f"expectation={CUSTOMARY}") == ["other"]


def test_links_that_are_undone_are_only_those_that_were_made(site: Site) -> None:
    already, new = some_item(site, "already"), some_item(site, "new", links=())
    site.sign_in("officer")
    answer = several(site, [already, new], "link", expectation_id=RECORD)
    assert "already : It is linked to it already." in text_of(answer)
    undo(site, answer)
    assert titles(site, f"expectation={RECORD}") == ["already"]


def test_every_owner_comes_back(site: Site) -> None:
    mine, nobodys = some_item(site, "mine", owner="officer"), some_item(site, "nobodys")
    site.sign_in("officer")
    answer = several(site, [mine, nobodys], "owner", owner_id=site.users["owner"])
    assert sorted(titles(site, f"owner={site.users['owner']}")) == ["mine", "nobodys"]
    undo(site, answer)
    assert titles(site, f"owner={site.users['officer']}") == ["mine"]
    assert titles(site, "owner=nobody") == ["nobodys"]


def test_what_somebody_else_has_changed_since_is_not_undone_and_said(site: Site) -> None:
    item, other = some_item(site, "A"), some_item(site, "B")
    site.sign_in("officer")
    answer = several(site, [item, other], "owner", owner_id=site.users["owner"])
    with site.runtime.database.writing() as session:
        programme, who = session.get_one(Programme, site.programme), person(session, "owner")
        amend_evidence(
            session, programme, item, title="Mine", owner_id=site.users["owner"], actor=who, at=datetime.now(UTC)
        )
    words = text_of(undo(site, answer))
    assert "Done: 1" in words
    assert "Mine : Somebody else has changed this meanwhile." in words
    assert titles(site, f"owner={site.users['owner']}") == ["Mine"]


def test_undoing_twice_is_done_once_and_a_decision_cannot_be_undone(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    answer = several(site, [item], "owner", owner_id=site.users["owner"])
    undo(site, answer)
    words = text_of(undo(site, answer))
    assert "Done: 1" in words
    assert "Not done" not in words
    decided = several(site, [item], "accept")
    assert "Done: 1" in text_of(decided)
    assert "/bulk/undo" not in decided.text
    refused = site.send(LIST, f"{LIST}/bulk/undo", {"undo": "nothing"})
    assert refused.status_code == 422
    assert "Nothing is left that could be undone." in text_of(refused)


def test_the_period_of_several_is_corrected_and_goes_back(site: Site) -> None:
    wrong = some_item(site, "wrong", JANUARY, accept=True)
    none, right = (
        some_item(site, "none"),
        some_item(site, "right", (JANUARY[0].replace(month=3), JANUARY[1].replace(month=3))),
    )
    site.sign_in("officer")
    answer = several(site, [wrong, none, right], "period", **MARCH)
    words = text_of(answer)
    assert "Done: 2 Each waits for somebody else to accept it." in words
    assert "right : It covers this period already." in words
    assert version(site, wrong) == ("2026-03-01/2026-03-31", "submitted", "三月的记录")
    assert version(site, none)[0] == "2026-03-01/2026-03-31"
    site.sign_in("auditor")
    assert titles(site, "period_to=2026-01-31") == ["wrong"]
    assert titles(site, "period_from=2026-02-01") == []
    site.sign_in("officer")
    assert "Done: 2" in text_of(undo(site, answer))
    assert version(site, wrong) == ("2026-01-01/2026-01-31", "submitted", "The correction was undone.")
    assert version(site, none)[0] == "None/None"
    with site.runtime.database.reading() as session:
        actions = [each.action for each in entries(session, site.organisation, subject_id=wrong, limit=9)]
    assert actions.count("evidence.period-corrected") == 2


def test_a_correction_that_is_incomplete_keeps_what_was_typed(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    chosen = box(site, item)
    for missing, said in (
        ("right_to", "Name the first and the last day of the right period."),
        ("period_reason", "Say why the period was wrong"),
    ):
        answer = several(site, [item], "period", **{**MARCH, missing: ""})
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert 'value="2026-03-01"' in answer.text
        assert re.search(rf'value="{chosen}"[^>]* checked', answer.text)
    assert version(site, item)[2] is None


def test_a_reviewer_has_no_form_for_links_owner_and_period(site: Site) -> None:
    some_item(site, "A")
    site.sign_in("reviewer")
    page = site.get(LIST).text
    assert 'value="accept"' in page
    for act in ("owner", "link", "unlink", "period"):
        assert f'name="act" value="{act}"' not in page
