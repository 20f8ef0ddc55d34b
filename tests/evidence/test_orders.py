"""Evidence in the order that people ask for: every page whole, nothing twice, what has no value last."""

from datetime import date, timedelta

import pytest

from app.errors import Invalid
from app.evidence import service
from app.evidence.filters import Filter
from app.evidence.reading import list_evidence
from app.identity.actor import Actor
from tests.builders import AT, House, accepted, review, some_evidence, some_version

MARCH, APRIL = (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))
DAY = timedelta(days=1)
EXPECTED = {
    "added": ["容量计划 10", "容量计划 9", "安全策略", "Minutes", "éclair", "重大事件"],
    "title": ["éclair", "Minutes", "安全策略", "容量计划 9", "容量计划 10", "重大事件"],
    "period": ["容量计划 10", "安全策略", "Minutes", "éclair", "容量计划 9", "重大事件"],
    "valid-until": ["重大事件", "Minutes", "éclair", "容量计划 10", "容量计划 9", "安全策略"],
}
WITHOUT = {"period": 2, "valid-until": 3}
"""How many of them have no value: these stay last when the others turn round."""


def some_items(house: House) -> None:
    """Add six items; some have no period, some no end."""
    april_later = (APRIL[0] + DAY, APRIL[1])
    for title, period, days in (
        ("容量计划 10", MARCH, None),
        ("容量计划 9", None, None),
        ("安全策略", APRIL, None),
        ("Minutes", APRIL, 20),
        ("éclair", april_later, 20),
        ("重大事件", None, 10),
    ):
        first, last = period or (None, None)
        until = AT.date() + days * DAY if days else None
        version = some_version(period_from=first, period_to=last, valid_until=until)
        some_evidence(house, title=title, version=version)


def walked(house: House, sort: str, limit: int, actor: Actor | None = None, **wanted: object) -> list[str]:
    """Return the titles on all pages of a list."""
    found, cursor = [], None
    while True:
        asked = Filter(sort=sort, **wanted)  # type: ignore[arg-type]
        page = list_evidence(
            house.session, house.programme, asked, actor=actor or house.officer, cursor=cursor, limit=limit
        )
        found += [view.evidence.title for view in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("sort", EXPECTED)
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 500])
def test_every_order_holds_everything_once_both_ways_round(house: House, sort: str, limit: int) -> None:
    some_items(house)
    several = EXPECTED[sort]
    assert walked(house, sort, limit) == several
    with_value = len(several) - WITHOUT.get(sort, 0)
    assert walked(house, f"-{sort}", limit) == several[:with_value][::-1] + several[with_value:][::-1]


def test_a_list_is_filtered_and_sorted_at_once(house: House) -> None:
    some_items(house)
    assert walked(house, "period", 1, period_from=APRIL[0]) == ["安全策略", "Minutes", "éclair"]
    assert walked(house, "title", 2, ends_to=AT.date() + 20 * DAY) == ["éclair", "Minutes", "重大事件"]


def test_an_auditor_gets_the_order_of_what_they_see(house: House) -> None:
    for title, (first, last) in (("A", MARCH), ("B", APRIL)):
        accepted(house, some_evidence(house, title=title, version=some_version(period_from=first, period_to=last)))
    page = list_evidence(house.session, house.programme, Filter(sort="title"), actor=house.officer)
    longer = some_version(period_from=APRIL[0] - 300 * DAY, period_to=APRIL[1])
    service.add_version(
        house.session,
        house.programme,
        page.items[1].evidence.id,
        longer,
        [house.file(b"2")],
        actor=house.contributor,
        at=AT,
    )
    assert walked(house, "period", 1) == ["B", "A"]
    assert walked(house, "period", 1, house.auditor) == ["A", "B"]


def test_a_new_title_has_a_new_place(house: House) -> None:
    some_items(house)
    last = list_evidence(house.session, house.programme, Filter(sort="-title"), actor=house.officer).items[0].evidence
    service.amend_evidence(
        house.session, house.programme, last.id, title="A last one", owner_id=None, actor=house.officer, at=AT
    )
    assert walked(house, "title", 500)[0] == "A last one"


def test_the_next_page_follows_a_row_that_the_filter_no_longer_finds(house: House) -> None:
    some_items(house)
    wanted = Filter(state="submitted", sort="title")
    first = list_evidence(house.session, house.programme, wanted, actor=house.officer, limit=2)
    review(house, first.items[1].evidence.id)
    rest = list_evidence(house.session, house.programme, wanted, actor=house.officer, cursor=first.cursor)
    assert [view.evidence.title for view in rest.items] == EXPECTED["title"][2:]


@pytest.mark.parametrize("sort", ["state", "-", "--title", "Title", "title "])
def test_an_order_that_there_is_not_is_refused(house: House, sort: str) -> None:
    with pytest.raises(Invalid, match="sorted by one of added, -added, title"):
        walked(house, sort, 10)


def test_a_cursor_of_another_order_is_refused(house: House) -> None:
    some_items(house)
    page = list_evidence(house.session, house.programme, Filter(sort="title"), actor=house.officer, limit=1)
    for sort in ("", "-title", "period"):
        with pytest.raises(Invalid, match="of another list"):
            list_evidence(house.session, house.programme, Filter(sort=sort), actor=house.officer, cursor=page.cursor)
