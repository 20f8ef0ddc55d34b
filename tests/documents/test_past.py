"""Documents as they were known at a moment: steps that came later are not there, names are those of then."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.documents import approval, service
from app.documents.queries import Filter
from app.documents.reading import (
    STANDINGS,
    DocumentView,
    count_documents,
    documents_for,
    get_document,
    master_list,
    owners_of_documents,
    titles_of,
)
from app.documents.service import Amendment, DocumentKind, Level
from app.errors import NotFound
from app.identity.actor import Actor
from app.links.service import remove_link
from tests.builders import (
    AT,
    PAPER,
    TODAY,
    House,
    approve,
    counted,
    effective_document,
    some_document,
    submitted_revision,
)

DAY = timedelta(days=1)
LATE = TODAY + 30 * DAY
"""The day judged: everything that was approved is effective by then."""


def known(house: House, days: float, actor: Actor | None = None, **wanted: Any) -> list[DocumentView]:
    """Return the master list on a late day as known so many days after everything began."""
    page = master_list(
        house.session,
        house.programme,
        as_of=LATE,
        known_at=AT + days * DAY,
        actor=actor or house.officer,
        wanted=Filter(**wanted),
    )
    return list(page.items)


def one(house: House, document_id: str, days: float) -> DocumentView:
    """Return one document likewise."""
    at = AT + days * DAY
    return get_document(house.session, house.programme, document_id, as_of=LATE, known_at=at, actor=house.officer)


def amend(house: House, document_id: str, change: Amendment, owner_id: str | None, at: datetime) -> None:
    """Call a document otherwise and hand it to somebody."""
    session, programme, officer = house.session, house.programme, house.officer
    service.amend_document(session, programme, document_id, change, actor=officer, at=at)
    service.change_owner(session, programme, document_id, owner_id, actor=officer, at=at)


@pytest.fixture
def life(house: House) -> str:
    """Return the id of a document to which each day something happened.

    Entered on day 0, submitted on 1, approved on 2, named anew on 3 and 4, reviewed on 17, revision 2 submitted on 18,
    returned on 19; withdrawn on 20.
    """
    session, programme = house.session, house.programme
    document = some_document(house, owner_id=house.owner.id)
    submitted_revision(house, document, at=AT + DAY, effective_on=TODAY + 10 * DAY, next_review_on=date(2027, 1, 1))
    approve(house, document, at=AT + 2 * DAY)
    amend(house, document.id, Amendment("Second", Level.L2, DocumentKind.PLAN), None, AT + 3 * DAY)
    amend(house, document.id, Amendment("Third", Level.L3, DocumentKind.REGISTER), house.reviewer.id, AT + 4 * DAY)
    approval.confirm_review(  # of what is in force by then
        session, programme, document.id, next_review_on=date(2027, 9, 1), actor=house.reviewer, at=AT + 17 * DAY
    )
    submitted_revision(house, document, content=b"2", at=AT + 18 * DAY, next_review_on=date(2027, 3, 3))
    approval.decide_revision(
        session, programme, document.id, approve=False, reason="wrong", actor=house.reviewer, at=AT + 19 * DAY
    )
    service.withdraw_document(session, programme, document.id, reason="merged", actor=house.officer, at=AT + 20 * DAY)
    return document.id


TABLE = [
    (0, "no-text", ("Policy", "L1", "policy"), "owner", []),
    (1, "in-review", ("Policy", "L1", "policy"), "owner", ["in-review"]),
    (2, "effective", ("Policy", "L1", "policy"), "owner", ["effective"]),
    (3.5, "effective", ("Second", "L2", "plan"), None, ["effective"]),
    (4, "effective", ("Third", "L3", "register"), "reviewer", ["effective"]),
    (18, "in-review", ("Third", "L3", "register"), "reviewer", ["in-review", "effective"]),
    (19, "returned", ("Third", "L3", "register"), "reviewer", ["returned", "effective"]),
    (20, "withdrawn", ("Third", "L3", "register"), "reviewer", ["returned", "withdrawn"]),
]


@pytest.mark.parametrize(("days", "standing", "names", "owner", "states"), TABLE)
def test_a_document_is_what_it_was_on_each_day(
    house: House, life: str, *, days: float, standing: str, names: tuple[str, ...], owner: str | None, states: list[str]
) -> None:
    owner_id = getattr(house, owner).id if owner else None
    [listed] = known(house, days)
    for view in (one(house, life, days), listed):
        document = view.document
        assert (document.title, document.level, document.kind, document.owner_id) == (*names, owner_id)
        assert view.standing == standing
        assert [each.state.value for each in view.revisions] == states
    at = AT + days * DAY
    session, programme, officer = house.session, house.programme, house.officer
    assert count_documents(session, programme, as_of=LATE, known_at=at, actor=officer) == {standing: 1}
    owners = owners_of_documents(session, programme, as_of=LATE, known_at=at, actor=officer)
    assert [id_ for id_, _ in owners] == ([owner_id] if owner_id else [])
    assert titles_of(session, programme, [life], known_at=at, actor=officer) == {life: f"SMS-P-01 {names[0]}"}


@pytest.mark.parametrize("days", [row[0] for row in TABLE])
def test_filters_look_at_what_was_known(house: House, life: str, days: float) -> None:
    now = one(house, life, days)
    for state in STANDINGS:
        assert bool(known(house, days, state=state)) is (state == now.standing)
    for level in Level:
        assert bool(known(house, days, level=level.value)) is (level == now.document.level)
    for kind in DocumentKind:
        assert bool(known(house, days, kind=kind.value)) is (kind == now.document.kind)
    for owner in (house.owner.id, house.reviewer.id, ""):
        assert bool(known(house, days, owner_id=owner)) is (owner == (now.document.owner_id or ""))
    for title in ("policy", "second", "third"):
        assert bool(known(house, days, text=title)) is (title == now.document.title.lower())


def test_the_review_day_is_the_one_that_was_known(house: House, life: str) -> None:
    for days, due in ((2, date(2027, 1, 1)), (17.5, date(2027, 9, 1))):
        current = one(house, life, days).effective
        assert current is not None
        assert current.next_review_on == due
        assert known(house, days, due_by=due - DAY) == []
        assert len(known(house, days, due_by=due)) == 1


def test_what_was_written_into_a_revision_later_is_not_there(house: House, life: str) -> None:
    [first] = one(house, life, 1).revisions
    assert (first.revision.approved_at, first.revision.effective_on, first.decisions) == (None, None, ())
    [signed] = one(house, life, 2).revisions
    assert len(signed.signatures) == 1
    assert signed.reviews == ()
    document = one(house, life, 19).document
    assert (document.withdrawn_at, document.withdrawn_reason) == (None, None)
    assert one(house, life, 20).document.withdrawn_reason == "merged"
    waiting = one(house, life, 18).revisions[0].revision
    assert waiting.next_review_on == date(2027, 3, 3)  # nothing has taken its place since


def test_a_document_that_came_later_is_not_there_and_the_refusal_says_so(house: House) -> None:
    document = some_document(house, at=AT + DAY)
    assert known(house, 0) == []
    with pytest.raises(NotFound, match="entered later"):
        one(house, document.id, 0)


def test_documents_of_an_expectation_are_those_of_the_moment(house: House) -> None:
    document = effective_document(house)
    remove_link(house.session, house.programme, document.id, PAPER, actor=house.officer, at=AT + DAY)

    def linked(days: float) -> list[str]:
        found = documents_for(
            house.session, house.programme, [PAPER], as_of=LATE, known_at=AT + days * DAY, actor=house.officer
        )
        return [view.document.id for view in found[PAPER]]

    assert (linked(-1), linked(0.5), linked(1)) == ([], [document.id], [])
    assert bool(known(house, 0.5, expectation_ids=frozenset({PAPER}))) is True
    assert known(house, 1, expectation_ids=frozenset({PAPER})) == []


def test_an_auditor_sees_in_the_past_what_was_in_force_then(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document, at=AT + DAY)
    approve(house, document, at=AT + 2 * DAY)
    assert known(house, 1.5, house.auditor) == []
    with pytest.raises(NotFound):
        get_document(house.session, house.programme, document.id, as_of=LATE, known_at=AT + DAY, actor=house.auditor)
    assert [view.standing for view in known(house, 2.5, house.auditor)] == ["effective"]


def test_the_past_of_many_asks_no_more_of_the_database_than_that_of_few(house: House) -> None:
    asked = []
    for number in (2, 20):
        for each in range(number):
            document = effective_document(house, f"P-{number}-{each}")
            amend(house, document.id, Amendment(f"Named anew {each}"), house.owner.id, AT + 2 * DAY)
        with counted(house.session) as sent:
            assert len(known(house, 1, text="policy")) >= number
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 9
