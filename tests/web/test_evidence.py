"""The list of evidence: facets, pages, what an auditor sees, and changing several at once."""

import io
import re
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app.evidence.service import NewEvidence, add_evidence, add_version, amend_evidence, review_evidence
from app.evidence.versions import NewVersion
from app.identity.actor import Actor
from app.identity.service import user_actor
from app.identity.users import find_user
from app.programmes.models import Programme
from app.storage.files import NewFile
from app.web.evidence import ROWS
from tests.builders import CUSTOMARY, PAPER, RECORD, TODAY, counted, long_ago
from tests.web.conftest import HOME, Site, text_of

LIST = f"{HOME}/evidence"
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


def person(session: Session, login: str) -> Actor:
    """Return somebody of the site as an actor."""
    return user_actor(session, find_user(session, login), at=long_ago())


def some_item(
    site: Site,
    title: str,
    period: tuple[date, date] | None = None,
    *,
    accept: bool | None = None,
    owner: str | None = None,
    links: tuple[str, ...] = (RECORD,),
    by: str = "contributor",
    valid_until: date | None = None,
    note: str = "",
) -> str:
    """Submit evidence of one file, decide on it, and return its id."""
    file = NewFile("记录.txt", site.runtime.blobs.put(io.BytesIO(title.encode())))
    first, last = period or (None, None)
    version = NewVersion(TODAY, first, last, valid_until, note=note)
    new = NewEvidence(title, version, links, site.users[owner] if owner else None)
    with site.runtime.database.writing() as session:
        programme = session.get_one(Programme, site.programme)
        at = datetime.now(UTC)
        made = add_evidence(session, programme, new, [file], actor=person(session, by), at=at).evidence.id
        if accept is not None:
            reviewer = person(session, "reviewer")
            review_evidence(session, programme, made, accept=accept, reason="looked at", actor=reviewer, at=at)
    return made


def titles(site: Site, query: str = "") -> list[str]:
    """Return the titles on a page of the list."""
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', site.get(f"{LIST}?{query}").text)


def box(site: Site, item: str) -> str:
    """Return the value of an item's box on the list."""
    found = re.search(rf'value="({item}:\d+)"', site.get(LIST).text)
    assert found
    return found[1]


def test_an_empty_list_says_what_evidence_is_for_and_where_to_begin(site: Site) -> None:
    site.sign_in("officer")
    assert "No evidence is here yet. Add records, reports and minutes" in site.read(LIST)
    site.sign_in("reviewer")
    page = site.get(LIST)
    assert "No evidence is here yet." in text_of(page)
    assert "evidence/add" not in page.text


def test_the_list_says_what_each_item_is_and_what_it_answers(site: Site) -> None:
    some_item(site, "一月事件记录", JANUARY, accept=True, owner="owner", valid_until=date(2026, 9, 1))
    site.sign_in("officer")
    words = site.read(LIST)
    for expected in ("一月事件记录", "accepted", "8.6.1", "Incident records", "31 Jan 2026", "Owner"):
        assert expected in words
    assert f'href="{HOME}/clauses/iso20000-1-2018/8.6.1"' in site.get(LIST).text


def test_every_facet_narrows_the_list(site: Site) -> None:
    today = datetime.now(UTC).date()
    some_item(site, "A", JANUARY, accept=True, owner="owner", valid_until=today + timedelta(days=20))
    some_item(site, "B", links=(CUSTOMARY,), valid_until=today + timedelta(days=80))
    some_item(site, "C", accept=False, links=(PAPER,), valid_until=TODAY)
    some_item(site, "D", links=())
    site.sign_in("officer")
    asked = {
        "": ["D", "C", "B", "A"],
        "state=rejected": ["C"],
        "kind=policy": ["C"],
        "clause=8.6": ["A"],
        "clause=iso20000-1-2018:8.6.1": ["A"],
        "clause=8.7": [],
        "process=incident": ["A"],
        f"owner={site.users['owner']}": ["A"],
        "owner=nobody": ["D", "C", "B"],
        f"expectation={CUSTOMARY}": ["B"],
        f"expectation={CUSTOMARY}&clause=8.6": [],
        "period_from=2026-01-31": ["A"],
        "period_from=2026-02-01": [],
        "period_to=2026-01-01": ["A"],
        "expiring=30": ["A"],
        "expiring=90": ["B", "A"],
        "expiring=past": ["C"] if today > TODAY else [],
    }
    assert {query: titles(site, query) for query in asked} == asked


def test_the_table_to_take_along_has_what_the_facets_leave(site: Site) -> None:
    some_item(site, "一月", accept=True)
    some_item(site, "other", links=(CUSTOMARY,))
    site.sign_in("officer")
    [address] = re.findall(r'href="([^"]*export\.csv[^"]*)"', site.get(f"{LIST}?clause=8.6").text)
    table = site.get(address).content.decode("utf-8-sig")
    assert "一月" in table
    assert "other" not in table


def test_a_facet_that_cannot_be_read_is_said_and_the_others_are_kept(site: Site) -> None:
    some_item(site, "A")
    site.sign_in("officer")
    answer = site.get(f"{LIST}?period_from=soon&state=submitted")
    assert answer.status_code == 422
    assert "soon is no day such as" in text_of(answer)
    assert 'value="submitted" selected' in answer.text
    assert site.get(f"{LIST}?expiring=often").status_code == 422


def test_the_period_is_that_of_the_version_that_is_shown(site: Site) -> None:
    item = some_item(site, "A", JANUARY, accept=True)
    file = NewFile("b.txt", site.runtime.blobs.put(io.BytesIO(b"2")))
    with site.runtime.database.writing() as session:
        programme = session.get_one(Programme, site.programme)
        longer = NewVersion(TODAY, date(2026, 1, 1), date(2026, 2, 28))
        who = person(session, "contributor")
        add_version(session, programme, item, longer, [file], actor=who, at=datetime.now(UTC))
    site.sign_in("officer")
    assert titles(site, "period_from=2026-02-10") == ["A"]
    site.sign_in("auditor")
    assert titles(site, "period_from=2026-02-10") == []
    assert titles(site, "period_from=2026-01-10") == ["A"]


def test_a_long_list_comes_in_pages_that_keep_the_facets(site: Site) -> None:
    for number in range(ROWS + 2):
        some_item(site, f"E{number}")
    site.sign_in("officer")
    first = site.get(f"{LIST}?state=submitted")
    assert len(titles(site, "state=submitted")) == ROWS
    [following] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert "state=submitted" in following
    second = site.get(following.replace("&amp;", "&"))
    assert ">E1</a>" in second.text
    assert ">E0</a>" in second.text
    assert ">E2</a>" not in second.text
    assert "First page" in text_of(second)


def test_an_auditor_sees_what_is_accepted_and_nothing_that_would_be_refused(site: Site) -> None:
    some_item(site, "accepted one", accept=True)
    some_item(site, "waiting one")
    site.sign_in("auditor")
    page = site.get(LIST)
    assert "accepted one" in page.text
    assert "waiting one" not in page.text
    for forbidden in ("evidence/add", "evidence/bulk", 'type="checkbox"', 'name="owner"', 'name="state"'):
        assert forbidden not in page.text
    assert titles(site, "state=submitted") == []


def test_a_contributor_has_no_form_for_several(site: Site) -> None:
    some_item(site, "A")
    site.sign_in("contributor")
    page = site.get(LIST)
    assert "evidence/bulk" not in page.text
    assert "evidence/add" in page.text


def test_the_owner_of_several_is_set_at_once(site: Site) -> None:
    items = [some_item(site, title) for title in ("A", "B")]
    site.sign_in("officer")
    fields = {"item": [box(site, each) for each in items], "act": "owner", "owner_id": site.users["owner"]}
    answer = site.send(LIST, f"{LIST}/bulk", fields)
    assert "Done: 2" in text_of(answer)
    assert sorted(titles(site, f"owner={site.users['owner']}")) == ["A", "B"]


def test_what_cannot_be_done_is_said_for_each_and_the_others_are_done(site: Site) -> None:
    own, good, stale = some_item(site, "own", by="officer"), some_item(site, "good"), some_item(site, "stale")
    site.sign_in("officer")
    boxes = [box(site, each) for each in (own, good, stale)]
    with site.runtime.database.writing() as session:
        programme = session.get_one(Programme, site.programme)
        who = person(session, "officer")
        amend_evidence(session, programme, stale, title="moved", owner_id=None, actor=who, at=datetime.now(UTC))
    answer = site.send(
        f"{LIST}?state=submitted", f"{LIST}/bulk", {"item": boxes, "act": "accept", "back": "state=submitted"}
    )
    words = text_of(answer)
    assert "Done: 1" in words
    assert "Not done: 2" in words
    assert "You submitted this evidence: somebody else has to accept or reject it." in words
    assert "moved : Somebody else has changed this meanwhile." in words
    assert "state=submitted" in str(answer.url)
    assert titles(site, "state=accepted") == ["good"]
    assert "Not done: 2" in text_of(site.get(str(answer.url)))


def test_a_form_for_several_that_is_refused_keeps_what_was_chosen(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    chosen = box(site, item)
    answer = site.send(LIST, f"{LIST}/bulk", {"item": [chosen], "act": "reject", "reason": " "})
    assert answer.status_code == 422
    assert "Say why it is rejected" in text_of(answer)
    assert re.search(rf'value="{chosen}"[^>]* checked', answer.text)
    nothing = site.send(LIST, f"{LIST}/bulk", {"act": "accept", "reason": "fine"})
    assert "Nothing is chosen" in text_of(nothing)
    assert 'value="fine"' in nothing.text


def test_several_are_linked_and_rejected_with_a_reason(site: Site) -> None:
    items = [some_item(site, title, links=()) for title in ("A", "B")]
    site.sign_in("officer")
    site.send(
        LIST, f"{LIST}/bulk", {"item": [box(site, each) for each in items], "act": "link", "expectation_id": RECORD}
    )
    assert sorted(titles(site, f"expectation={RECORD}")) == ["A", "B"]
    fields = {"item": [box(site, each) for each in items], "act": "reject", "reason": "unreadable"}
    assert "Done: 2" in text_of(site.send(LIST, f"{LIST}/bulk", fields))
    assert sorted(titles(site, "state=rejected")) == ["A", "B"]


def test_the_form_for_several_sent_twice_is_done_once(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    fields = {"item": [box(site, item)], "act": "accept", "once": "one-form"}
    site.send(LIST, f"{LIST}/bulk", fields)
    again = site.send(LIST, f"{LIST}/bulk", fields)
    assert "Done: 1" in text_of(again)
    assert "Not done" not in text_of(again)


def test_a_role_that_may_not_change_several_is_refused_for_each(site: Site) -> None:
    item = some_item(site, "A")
    site.sign_in("officer")
    chosen = box(site, item)
    site.sign_in("contributor")
    answer = site.send(LIST, f"{LIST}/bulk", {"item": [chosen], "act": "accept"})
    assert "You may not do this" in text_of(answer)
    assert titles(site, "state=accepted") == []


def test_a_full_page_asks_no_more_of_the_database_than_a_short_one(site: Site) -> None:
    site.sign_in("officer")
    asked = []
    for rows in (3, 30):
        while len(titles(site)) < rows:
            some_item(site, f"E{len(titles(site))}", owner="owner")
        with site.runtime.database.reading() as session, counted(session) as sent:
            site.get(LIST)
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 25
