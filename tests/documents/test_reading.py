"""The master list and one document: states by day, who sees what, pages, and a number of queries that does not grow."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.documents.models import Revision
from app.documents.queries import Filter
from app.documents.reading import get_document, master_list, open_revision, visible_day
from app.documents.service import add_revision, withdraw_document
from app.documents.states import State, state_of
from app.errors import Damaged, Invalid, NotFound
from app.identity.actor import Actor, Role
from tests.builders import (
    AT,
    TODAY,
    House,
    approve,
    counted,
    effective_document,
    some_document,
    some_organisation,
    some_programme,
    somebody,
    submitted_revision,
)

DAY = timedelta(days=1)


def revision(number: int, step: str, effective_on: date | None = None) -> Revision:
    """Return a revision that has come as far as `step`; nothing of it is stored."""
    reached = ("draft", "submitted", "returned", "approved").index(step)
    return Revision(
        number=number,
        submitted_at=AT if reached >= 1 else None,
        returned_at=AT if step == "returned" else None,
        approved_at=AT if step == "approved" else None,
        effective_on=effective_on,
    )


def on(day: int) -> date:
    """Return a day of August 2026."""
    return date(2026, 8, day)


@pytest.mark.parametrize(
    ("steps", "table"),
    [
        ([("draft", None)], {1: "draft", 31: "draft"}),
        ([("draft", None), ("draft", None)], {1: "superseded draft"}),
        ([("submitted", None)], {1: "in-review", 31: "in-review"}),
        ([("submitted", 5)], {4: "in-review", 6: "in-review"}),
        ([("returned", None)], {1: "returned", 31: "returned"}),
        ([("approved", 10)], {9: "approved", 10: "effective", 31: "effective"}),
        (
            [("approved", 10), ("approved", 20)],
            {
                9: "approved approved",
                10: "effective approved",
                19: "effective approved",
                20: "superseded effective",
                31: "superseded effective",
            },
        ),
        ([("approved", 10), ("draft", None)], {9: "approved draft", 31: "effective draft"}),
        ([("approved", 10), ("submitted", 20)], {19: "effective in-review", 31: "effective in-review"}),
        ([("approved", 10), ("returned", 20)], {31: "effective returned"}),
        ([("returned", None), ("approved", 10)], {9: "returned approved", 10: "returned effective"}),
        (
            [("approved", 20), ("approved", 10)],
            {9: "superseded approved", 10: "superseded effective", 20: "superseded effective"},
        ),
        (
            [("approved", 10), ("approved", 20), ("approved", 25)],
            {20: "superseded effective approved", 25: "superseded superseded effective"},
        ),
    ],
)
def test_where_a_revision_is_depends_on_the_day(steps: list[tuple[str, int | None]], table: dict[int, str]) -> None:
    several = [revision(number, step, on(day) if day else None) for number, (step, day) in enumerate(steps, start=1)]
    found = {day: " ".join(state_of(each, several, on(day)) for each in several) for day in table}
    assert found == table


def test_what_was_approved_is_withdrawn_from_the_day_of_the_withdrawal_and_not_before() -> None:
    several = [revision(1, "approved", on(10)), revision(2, "submitted")]

    def states(day: int) -> list[State]:
        return [state_of(each, several, on(day), withdrawn_on=on(20)) for each in several]

    assert states(9) == [State.APPROVED, State.IN_REVIEW]
    assert states(19) == [State.EFFECTIVE, State.IN_REVIEW]
    assert states(20) == states(31) == [State.WITHDRAWN, State.IN_REVIEW]


def test_a_document_withdrawn_later_was_in_force_on_the_days_before(house: House) -> None:
    document = effective_document(house)
    evening = (AT + 2 * DAY).replace(hour=16)  # midnight in Shanghai: the day after
    withdraw_document(house.session, house.programme, document.id, reason="x", actor=house.officer, at=evening)
    for as_of, seen in ((TODAY + 2 * DAY, [1]), (TODAY + 3 * DAY, None)):
        [view] = master_list(house.session, house.programme, as_of=as_of, actor=house.officer).items
        assert (view.effective is not None) == bool(seen)
        found = master_list(house.session, house.programme, as_of=as_of, actor=house.auditor).items
        assert [[each.revision.number for each in one.revisions] for one in found] == ([seen] if seen else [])


def test_an_auditor_sees_no_draft_that_a_newer_one_took_the_place_of(house: House) -> None:
    document = some_document(house)
    for content in (b"one", b"two"):
        add_revision(
            house.session, house.programme, document.id, house.file(content, "p.docx"), actor=house.officer, at=AT
        )
    [view] = master_list(house.session, house.programme, as_of=TODAY, actor=house.officer).items
    assert [each.state for each in view.revisions] == [State.DRAFT, State.SUPERSEDED]
    assert master_list(house.session, house.programme, as_of=TODAY, actor=house.auditor).items == ()


def test_the_list_says_what_is_in_force_on_the_day_asked_about(house: House) -> None:
    document = effective_document(house)
    submitted_revision(house, document, effective_on=TODAY + 20 * DAY)
    approve(house, document)
    for as_of, number in ((TODAY - DAY, None), (TODAY, 1), (TODAY + 19 * DAY, 1), (TODAY + 20 * DAY, 2)):
        [view] = master_list(house.session, house.programme, as_of=as_of, actor=house.officer).items
        assert [each.revision.number for each in view.revisions] == [2, 1]
        assert (view.effective.revision.number if view.effective else None) == number
        assert [one.user_id for one in view.revisions[0].signatures] == [house.reviewer.id]


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 500])
def test_pages_hold_every_document_once_by_number(house: House, limit: int) -> None:
    numbers = ["A-1", "A-10", "A-2", "文件\u200b一", "文件\ue000二", "文件三"]
    for number in numbers[::-1]:
        some_document(house, number)
    found: list[str] = []
    cursor = None
    for _ in range(9):
        page = master_list(house.session, house.programme, as_of=TODAY, actor=house.officer, cursor=cursor, limit=limit)
        found += [view.document.number for view in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(numbers)


def test_an_auditor_sees_what_is_or_was_in_force_and_no_draft(house: House) -> None:
    session, programme = house.session, house.programme
    shown = effective_document(house, "1-shown")
    submitted_revision(house, shown)
    hidden = some_document(house, "2-draft")
    submitted_revision(house, hidden)
    empty = some_document(house, "3-empty")
    future = some_document(house, "4-future")
    submitted_revision(house, future, effective_on=TODAY + DAY)
    approve(house, future)
    gone = effective_document(house, "5-gone")
    withdraw_document(session, programme, gone.id, reason="x", actor=house.officer, at=AT)
    page = master_list(session, programme, as_of=TODAY, actor=house.auditor)
    assert [view.document.number for view in page.items] == ["1-shown"]
    assert [each.revision.number for each in page.items[0].revisions] == [1]
    for document in (hidden, empty, future, gone):
        with pytest.raises(NotFound):
            get_document(session, programme, document.id, as_of=TODAY, actor=house.auditor)
    with pytest.raises(NotFound):
        open_revision(session, house.blobs, programme, shown.id, number=2, as_of=TODAY, actor=house.auditor)
    assert len(master_list(session, programme, as_of=TODAY, actor=house.contributor).items) == 5


def test_the_bytes_of_a_revision_are_those_that_were_added(house: House) -> None:
    document = some_document(house)
    added = submitted_revision(house, document, content=b"policy text")

    def read(actor: Actor) -> bytes:
        found, chunks = open_revision(
            house.session, house.blobs, house.programme, document.id, number=1, as_of=TODAY, actor=actor
        )
        assert found.file_name == "policy.docx"
        return b"".join(chunks)

    assert read(house.reviewer) == b"policy text"
    house.blobs.path(added.sha256).unlink()
    with pytest.raises(Damaged):
        read(house.reviewer)


def test_documents_of_another_organisation_are_not_there(house: House) -> None:
    document = effective_document(house)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    for programme in (house.programme, other):
        with pytest.raises(NotFound):
            get_document(house.session, programme, document.id, as_of=TODAY, actor=stranger)
    with pytest.raises(NotFound):
        master_list(house.session, house.programme, as_of=TODAY, actor=stranger)
    assert master_list(house.session, other, as_of=TODAY, actor=stranger).items == ()


def test_a_list_of_fifty_asks_no_more_of_the_database_than_one_of_five(house: House) -> None:
    asked = []
    made = 0
    for rows in (5, 50):
        while made < rows:
            effective_document(house, f"D-{made:03}")
            made += 1
        with counted(house.session) as sent:
            page = master_list(house.session, house.programme, as_of=TODAY, actor=house.officer, limit=rows)
            for view in page.items:
                assert view.effective
                assert view.effective.signatures[0].decision == "approved"
                assert view.links[0].kind == "document"
        assert len(page.items) == rows
        asked.append(len(sent))
    assert (
        asked[0] == asked[1] <= 7
    )  # programme and organisation, then documents, revisions, signatures, reviews, links


def test_moments_come_back_as_they_were_said(house: House) -> None:
    document = effective_document(house, at=datetime(2026, 8, 10, 23, 59, tzinfo=UTC))
    house.session.expire_all()
    [view] = get_document(house.session, house.programme, document.id, as_of=TODAY + DAY, actor=house.officer).revisions
    assert view.revision.approved_at == datetime(2026, 8, 10, 23, 59, tzinfo=UTC)
    assert view.revision.approved_on == TODAY + DAY


def test_who_may_not_read_drafts_cannot_look_ahead(house: House) -> None:
    tomorrow, yesterday = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
    days: list[tuple[date | None, Actor, date]] = [
        (None, house.auditor, TODAY),
        (tomorrow, house.auditor, TODAY),
        (yesterday, house.auditor, yesterday),
        (tomorrow, house.contributor, tomorrow),
    ]
    for wanted, actor, shown in days:
        assert visible_day(house.programme, wanted, today=TODAY, actor=actor) == shown


def test_the_list_is_sorted_as_people_ask_for_and_has_everything_once(house: House) -> None:
    for number, title, months in (("P-10", "变更管理", 3), ("P-9", "安全策略", 1), ("P-2", "Charter", None)):
        document = some_document(house, number, title)
        if months:
            next_review_on = TODAY + months * 30 * DAY
            submitted_revision(house, document, next_review_on=next_review_on)
            approve(house, document)
    expected = {
        "": ["P-2", "P-9", "P-10"],
        "-number": ["P-10", "P-9", "P-2"],
        "title": ["P-2", "P-9", "P-10"],
        "-title": ["P-10", "P-9", "P-2"],
        "review": ["P-9", "P-10", "P-2"],
        "-review": ["P-10", "P-9", "P-2"],
    }
    for sort, numbers in expected.items():
        for limit in (1, 2, 500):
            found: list[str] = []
            cursor = None
            while len(found) < 4:
                page = master_list(
                    house.session,
                    house.programme,
                    as_of=TODAY,
                    actor=house.officer,
                    wanted=Filter(sort=sort),
                    cursor=cursor,
                    limit=limit,
                )
                found += [view.document.number for view in page.items]
                cursor = page.cursor
                if cursor is None:
                    break
            assert found == numbers, (sort, limit)
    with pytest.raises(Invalid, match="sorted by one of number"):
        master_list(house.session, house.programme, as_of=TODAY, actor=house.officer, wanted=Filter(sort="owner"))
