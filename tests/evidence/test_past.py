"""Evidence as it was known at a moment: what came later is not there, what was changed later is as it was."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.errors import NotFound
from app.evidence import service
from app.evidence.filters import STATES, Filter
from app.evidence.reading import (
    EvidenceView,
    count_evidence,
    get_evidence,
    list_evidence,
    newest_for,
    titles_of,
)
from app.identity.actor import Actor
from app.links.service import confirm_link, remove_link
from tests.builders import (
    AT,
    CUSTOMARY,
    RECORD,
    TODAY,
    House,
    accepted,
    counted,
    review,
    some_evidence,
    some_version,
)

DAY = timedelta(days=1)


def known(house: House, days: float, actor: Actor | None = None, **wanted: Any) -> list[EvidenceView]:
    """Return the first page as known so many days after everything began."""
    at, who = AT + days * DAY, actor or house.officer
    return list(list_evidence(house.session, house.programme, Filter(**wanted), known_at=at, actor=who).items)


def one(house: House, evidence_id: str, days: float) -> EvidenceView:
    """Return one piece of evidence as known so many days after everything began."""
    return get_evidence(house.session, house.programme, evidence_id, known_at=AT + days * DAY, actor=house.officer)


def amend(house: House, evidence_id: str, title: str, owner_id: str | None, at: datetime) -> None:
    """Give evidence another title and owner."""
    service.amend_evidence(
        house.session, house.programme, evidence_id, title=title, owner_id=owner_id, actor=house.officer, at=at
    )


def withdraw(house: House, evidence_id: str, at: datetime) -> None:
    """Withdraw evidence."""
    service.withdraw_evidence(
        house.session, house.programme, evidence_id, reason="It was another month's.", actor=house.officer, at=at
    )


@pytest.fixture
def life(house: House) -> str:
    """Return the id of evidence to which each day something happened.

    Added on day 0, accepted on 1, named anew on 2 and 3, a version added on 4 and rejected on 5, withdrawn on 6.
    """
    evidence_id = some_evidence(house, title="First", owner_id=house.owner.id).evidence.id
    review(house, evidence_id, at=AT + DAY)
    amend(house, evidence_id, "Second", house.reviewer.id, AT + 2 * DAY)
    amend(house, evidence_id, "Third", None, AT + 3 * DAY)
    version = some_version(TODAY, valid_until=date(2027, 1, 1))
    service.add_version(
        house.session,
        house.programme,
        evidence_id,
        version,
        [house.file(b"2")],
        actor=house.contributor,
        at=AT + 4 * DAY,
    )
    review(house, evidence_id, accept=False, at=AT + 5 * DAY)
    withdraw(house, evidence_id, AT + 6 * DAY)
    return evidence_id


@pytest.mark.parametrize(
    ("days", "state", "title", "owner", "decisions"),
    [
        (0, "submitted", "First", "owner", [None]),
        (1, "accepted", "First", "owner", ["accepted"]),
        (2, "accepted", "Second", "reviewer", ["accepted"]),
        (3.5, "accepted", "Third", None, ["accepted"]),
        (4, "submitted", "Third", None, [None, "accepted"]),
        (5, "rejected", "Third", None, ["rejected", "accepted"]),
        (6, "withdrawn", "Third", None, ["rejected", "accepted"]),
    ],
)
def test_evidence_is_what_it_was_on_each_day(
    house: House,
    life: str,
    days: float,
    *,
    state: str,
    title: str,
    owner: str | None,
    decisions: list[str | None],
) -> None:
    view = one(house, life, days)
    owner_id = getattr(house, owner).id if owner else None
    assert (view.evidence.state, view.evidence.title, view.evidence.owner_id) == (state, title, owner_id)
    amended = [day for day in (2, 3) if day <= days]
    assert view.evidence.amended_at == (AT + amended[-1] * DAY if amended else None)
    assert [each.version.decision for each in view.versions] == decisions
    [listed] = known(house, days)
    assert (listed.evidence.state, listed.evidence.title, listed.evidence.owner_id) == (state, title, owner_id)
    assert [each.version.number for each in listed.versions] == [len(decisions)]
    assert count_evidence(house.session, house.programme, known_at=AT + days * DAY, actor=house.officer) == {
        **dict.fromkeys(STATES, 0),
        state: 1,
    }
    assert titles_of(house.session, house.programme, [life], known_at=AT + days * DAY, actor=house.officer) == {
        life: title
    }


@pytest.mark.parametrize("days", [0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
def test_filters_look_at_what_was_known(house: House, life: str, days: float) -> None:
    now = one(house, life, days).evidence
    for state in STATES:
        assert bool(known(house, days, state=state)) is (state == now.state)
    for owner in (house.owner.id, house.reviewer.id, ""):
        assert bool(known(house, days, owner_id=owner)) is (owner == (now.owner_id or ""))
    assert bool(known(house, days, ends_to=date(2027, 1, 1))) is (days > 4)


def test_what_was_written_later_is_not_there_and_stays_in_the_database(house: House, life: str) -> None:
    then = one(house, life, 0.5)
    [first] = then.versions
    assert (first.version.decided_by, first.version.ended_at) == (None, None)
    assert (then.evidence.withdrawn_at, then.evidence.withdrawn_reason) == (None, None)
    house.session.flush()
    assert one(house, life, 7).evidence.withdrawn_reason == "It was another month's."
    assert get_evidence(house.session, house.programme, life, actor=house.officer).evidence.state == "withdrawn"


def test_evidence_that_came_later_is_not_there_and_the_refusal_says_so(house: House) -> None:
    evidence_id = some_evidence(house, at=AT + DAY).evidence.id
    assert known(house, 0.5) == []
    with pytest.raises(NotFound, match="recorded later"):
        one(house, evidence_id, 0.5)
    assert titles_of(house.session, house.programme, [evidence_id], known_at=AT, actor=house.officer) == {}


def test_links_are_those_of_the_moment(house: House) -> None:
    session, programme, officer = house.session, house.programme, house.officer
    evidence_id = some_evidence(house).evidence.id
    service.link_evidence(session, programme, evidence_id, [CUSTOMARY], actor=officer, at=AT + DAY)
    remove_link(session, programme, evidence_id, RECORD, actor=officer, at=AT + 2 * DAY)
    confirm_link(session, programme, evidence_id, CUSTOMARY, actor=officer, at=AT + 3 * DAY)
    for days, ids in ((0.5, [RECORD]), (1.5, [RECORD, CUSTOMARY]), (2.5, [CUSTOMARY]), (3.5, [CUSTOMARY])):
        links = one(house, evidence_id, days).links
        assert sorted(link.expectation_id for link in links) == sorted(ids)
        assert {link.removed_at for link in links} <= {None}
        found = newest_for(session, programme, [RECORD, CUSTOMARY], known_at=AT + days * DAY, actor=officer, most=5)
        assert sorted(name for name, several in found.items() if several) == sorted(ids)
        for name in (RECORD, CUSTOMARY):
            assert bool(known(house, days, expectation_id=name)) is (name in ids)
    [link] = one(house, evidence_id, 2.5).links
    assert link.confirmed_at == AT + DAY


def test_the_version_in_force_and_the_newest_are_those_of_the_moment(house: House, life: str) -> None:
    def linked(days: float) -> list[tuple[int, int, str]]:
        found = newest_for(
            house.session, house.programme, [RECORD], known_at=AT + days * DAY, actor=house.officer, most=5
        )[RECORD]
        return [(each.version.number, each.newest.number, each.evidence.title) for each in found]

    assert linked(0.5) == [(1, 1, "First")]
    assert linked(4.5) == [(1, 2, "Third")]
    assert linked(6.5) == []


def test_who_reads_no_drafts_sees_the_past_of_what_they_may_see_now(house: House, life: str) -> None:
    kept = some_evidence(house, title="Kept", at=AT).evidence.id
    review(house, kept, at=AT + 2 * DAY)
    waiting = some_evidence(house, title="Waiting", at=AT).evidence.id

    def seen(days: float) -> list[str]:
        return [view.evidence.title for view in known(house, days, house.auditor)]

    assert (seen(1.5), seen(2.5), seen(7)) == ([], ["Kept"], ["Kept"])  # the other one was withdrawn since
    for evidence_id in (life, waiting):
        with pytest.raises(NotFound):
            get_evidence(house.session, house.programme, evidence_id, known_at=AT + 3 * DAY, actor=house.auditor)
    with pytest.raises(NotFound):
        get_evidence(house.session, house.programme, kept, known_at=AT + DAY, actor=house.auditor)
    assert newest_for(house.session, house.programme, [RECORD], known_at=AT + DAY, actor=house.auditor, most=5) == {
        RECORD: []
    }
    counts = count_evidence(house.session, house.programme, known_at=AT + 3 * DAY, actor=house.auditor)
    assert counts == dict.fromkeys(STATES, 0) | {"accepted": 1}


def test_the_past_of_many_asks_no_more_of_the_database_than_that_of_few(house: House) -> None:
    asked = []
    for number in (3, 30):
        for each in range(number):
            evidence_id = accepted(house).evidence.id
            amend(house, evidence_id, f"Named anew {each}", house.owner.id, AT + 2 * DAY)
        with counted(house.session) as sent:
            assert len(known(house, 1, owner_id="")) >= number
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 7


def test_an_owner_from_before_is_found_although_somebody_else_has_it_now(house: House) -> None:
    mine = some_evidence(house, owner_id=house.owner.id).evidence.id
    amend(house, mine, "Minutes", house.reviewer.id, AT + DAY)
    assert [view.evidence.id for view in known(house, 0.5, owner_id=house.owner.id)] == [mine]
    assert known(house, 1.5, owner_id=house.owner.id) == []
