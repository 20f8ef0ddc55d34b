"""Reading evidence: pages, filters and what each reader may see."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import Invalid, NotFound
from app.evidence import filters, service
from app.evidence.filters import Filter
from app.evidence.reading import count_evidence, get_evidence, list_evidence
from app.identity.actor import Actor, Role
from app.links.service import remove_link
from app.paging import write_cursor
from tests.builders import (
    AT,
    CUSTOMARY,
    RECORD,
    House,
    accepted,
    counted,
    review,
    some_evidence,
    some_organisation,
    some_programme,
    some_version,
    somebody,
)

HOUR = timedelta(hours=1)


def titles(house: House, actor: Actor | None = None, **wanted: Any) -> list[str]:
    """Return the titles of the first page, newest first."""
    page = list_evidence(house.session, house.programme, Filter(**wanted), actor=actor or house.officer)
    return [view.evidence.title for view in page.items]


def new_version(house: House, evidence_id: str, **days: date) -> None:
    """Submit a second version."""
    version, files = some_version(**days), [house.file(b"2")]
    service.add_version(house.session, house.programme, evidence_id, version, files, actor=house.contributor, at=AT)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 500])
def test_pages_hold_everything_once_newest_first(house: House, limit: int) -> None:
    made = [some_evidence(house, title=f"E{number}").evidence.title for number in range(7)]  # all at one moment
    found: list[str] = []
    cursor = None
    for _ in range(20):
        page = list_evidence(house.session, house.programme, Filter(), actor=house.officer, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        found += [view.evidence.title for view in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == made[::-1]


def test_what_comes_in_between_two_pages_moves_nothing(house: House) -> None:
    for number in range(4):
        some_evidence(house, title=f"E{number}")
    first = list_evidence(house.session, house.programme, Filter(), actor=house.officer, limit=2)
    some_evidence(house, title="late")
    second = list_evidence(house.session, house.programme, Filter(), actor=house.officer, limit=2, cursor=first.cursor)
    assert [view.evidence.title for view in (*first.items, *second.items)] == ["E3", "E2", "E1", "E0"]


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_one_to_five_hundred(house: House, limit: int) -> None:
    with pytest.raises(Invalid):
        list_evidence(house.session, house.programme, Filter(), actor=house.officer, limit=limit)


@pytest.mark.parametrize(
    "cursor", ["!", "é", write_cursor("evidence", "a\x00b"), write_cursor("evidence", "x" * 101), "a"]
)
def test_a_cursor_that_is_not_ours_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        list_evidence(house.session, house.programme, Filter(), actor=house.officer, cursor=cursor)
    assert refusal.value.field == "cursor"


def test_filters_by_state_expectation_and_owner(house: House) -> None:
    accepted(house, some_evidence(house, title="A", owner_id=house.owner.id))
    review(house, some_evidence(house, title="B", expectation_ids=[CUSTOMARY]).evidence.id, accept=False)
    some_evidence(house, title="C", expectation_ids=[CUSTOMARY, RECORD])
    gone = accepted(house, some_evidence(house, title="D")).evidence
    service.withdraw_evidence(house.session, house.programme, gone.id, reason="x", actor=house.officer, at=AT)
    assert titles(house) == ["D", "C", "B", "A"]
    assert titles(house, state="accepted") == ["A"]
    assert titles(house, state="rejected") == ["B"]
    assert titles(house, state="submitted") == ["C"]
    assert titles(house, state="withdrawn") == ["D"]
    assert titles(house, expectation_id=CUSTOMARY) == ["C", "B"]
    assert titles(house, expectation_id=RECORD, state="submitted") == ["C"]
    assert titles(house, expectation_id="no-such-thing") == []
    assert titles(house, owner_id=house.owner.id) == ["A"]
    assert titles(house, owner_id="") == ["D", "C", "B"]
    with pytest.raises(Invalid) as refusal:
        titles(house, state="lost")
    assert refusal.value.field == "state"


def test_a_link_that_was_removed_is_no_longer_filtered_by(house: House) -> None:
    evidence = some_evidence(house).evidence
    remove_link(house.session, house.programme, evidence.id, RECORD, actor=house.officer, at=AT)
    assert titles(house, expectation_id=RECORD) == []
    [view] = list_evidence(house.session, house.programme, Filter(), actor=house.officer).items
    assert view.links == ()


def test_a_list_shows_the_newest_version_and_the_item_all_of_them(house: House) -> None:
    evidence = accepted(house).evidence
    new_version(house, evidence.id)
    [view] = list_evidence(house.session, house.programme, Filter(), actor=house.officer).items
    assert [each.version.number for each in view.versions] == [2]
    assert [link.expectation_id for link in view.links] == [RECORD]
    whole = get_evidence(house.session, house.programme, evidence.id, actor=house.officer)
    assert [each.version.number for each in whole.versions] == [2, 1]
    assert [[file.size_bytes for file in each.files] for each in whole.versions] == [[1], [7]]


@pytest.mark.parametrize("who", ["auditor", "ci"])
def test_who_may_not_read_drafts_sees_what_is_accepted_and_nothing_else(house: House, who: str) -> None:
    actor = house.auditor if who == "auditor" else somebody(house.session, house.programme.organisation_id, Role.CI)
    seen = accepted(house, some_evidence(house, title="accepted")).evidence
    waiting = some_evidence(house, title="waiting").evidence
    rejected = some_evidence(house, title="rejected").evidence
    review(house, rejected.id, accept=False)
    gone = accepted(house, some_evidence(house, title="gone")).evidence
    service.withdraw_evidence(house.session, house.programme, gone.id, reason="x", actor=house.officer, at=AT)
    assert titles(house, actor) == ["accepted"]
    for state in ("submitted", "rejected", "withdrawn"):
        assert titles(house, actor, state=state) == []
    for hidden in (waiting, rejected, gone):
        with pytest.raises(NotFound):
            get_evidence(house.session, house.programme, hidden.id, actor=actor)
    assert get_evidence(house.session, house.programme, seen.id, actor=actor).evidence.id == seen.id


@pytest.mark.parametrize("decided", [None, False])
def test_an_accepted_version_stays_in_an_auditors_sight_while_a_newer_one_is_not_accepted(
    house: House, decided: bool | None
) -> None:
    evidence = accepted(house, some_evidence(house, title="kept")).evidence
    new_version(house, evidence.id)
    if decided is False:
        review(house, evidence.id, accept=False)
    [view] = list_evidence(house.session, house.programme, Filter(), actor=house.auditor).items
    whole = get_evidence(house.session, house.programme, evidence.id, actor=house.auditor)
    for each in (view, whole):
        assert [(one.version.number, one.version.decision) for one in each.versions] == [(1, "accepted")]
    assert titles(house, house.auditor, state="accepted") == ["kept"]
    assert titles(house, house.auditor, state="submitted") == titles(house, house.auditor, state="rejected") == []
    assert count_evidence(house.session, house.programme, actor=house.auditor)["accepted"] == 1


def test_counts_tell_an_auditor_nothing_about_what_they_may_not_see(house: House) -> None:
    accepted(house)
    some_evidence(house)
    review(house, some_evidence(house).evidence.id, accept=False)
    everything = {"submitted": 1, "accepted": 1, "rejected": 1, "withdrawn": 0}
    assert count_evidence(house.session, house.programme, actor=house.officer) == everything
    only_accepted = {"submitted": 0, "accepted": 1, "rejected": 0, "withdrawn": 0}
    assert count_evidence(house.session, house.programme, actor=house.auditor) == only_accepted


def test_evidence_of_another_organisation_is_not_there(house: House) -> None:
    evidence = accepted(house).evidence
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    for call in (
        lambda: list_evidence(house.session, house.programme, Filter(), actor=stranger),
        lambda: count_evidence(house.session, house.programme, actor=stranger),
        lambda: get_evidence(house.session, house.programme, evidence.id, actor=stranger),
        lambda: get_evidence(house.session, other, evidence.id, actor=stranger),
    ):
        with pytest.raises(NotFound):
            call()
    assert list_evidence(house.session, other, Filter(), actor=stranger).items == ()


def test_a_page_of_fifty_asks_no_more_of_the_database_than_one_of_five(house: House) -> None:
    asked = []
    for rows in (5, 50):
        while len(titles(house)) < rows:
            item = accepted(house, some_evidence(house, files=[house.file(), house.file(b"x")])).evidence
            new_version(house, item.id)
        with counted(house.session) as sent:
            page = list_evidence(house.session, house.programme, Filter(), actor=house.officer, limit=rows)
            for view in page.items:
                assert view.versions[0].files[0].name
                assert view.links[0].expectation_id
        assert len(page.items) == rows
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 5  # the programme, then evidence, versions, files, links


@pytest.mark.parametrize("few", [0, 5000])
def test_the_days_of_the_version_that_is_shown_are_looked_at_however_many_there_are(
    house: House, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    june, july = (date(2026, 6, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 7, 31))
    some_evidence(house, title="June", version=some_version(period_from=june[0], period_to=june[1]))
    moved = some_evidence(house, title="Moved", version=some_version(period_from=june[0], period_to=june[1]))
    new_version(house, moved.evidence.id, period_from=july[0], period_to=july[1], valid_until=date(2026, 9, 1))
    assert titles(house, period_from=june[0], period_to=june[1]) == ["June"]
    assert titles(house, period_from=july[0]) == ["Moved"]
    assert titles(house, ends_from=date(2026, 9, 1), ends_to=date(2026, 9, 1)) == ["Moved"]
    assert titles(house, ends_to=date(2026, 8, 31)) == []


@pytest.mark.parametrize("few", [0, 5000])
def test_what_is_linked_to_one_of_several_is_the_same_however_it_is_looked_up(
    house: House, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    some_evidence(house, title="A")
    some_evidence(house, title="B", expectation_ids=[CUSTOMARY])
    some_evidence(house, title="C", expectation_ids=[])
    moved = some_evidence(house, title="D").evidence
    remove_link(house.session, house.programme, moved.id, RECORD, actor=house.officer, at=AT)
    assert titles(house, expectation_ids=(RECORD, CUSTOMARY)) == ["B", "A"]
    assert titles(house, expectation_ids=(RECORD,), expectation_id=CUSTOMARY) == []
    assert titles(house, expectation_ids=()) == []
