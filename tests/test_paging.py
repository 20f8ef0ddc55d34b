"""Cursors: opaque, ours only, and able to stand after any key there is."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.paging import DEFAULT_PAGE, MAX_PAGE, check_limit, page_of, read_cursor, write_cursor

KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=100)


@given(KEYS)
def test_a_cursor_leads_back_to_its_key_and_fits_in_a_url(key: str) -> None:
    cursor = write_cursor("evidence", key)
    assert read_cursor(cursor, "evidence") == key
    assert cursor.isascii()
    assert not set(cursor) & set("+/=?&# ")


def test_without_a_cursor_a_list_begins_at_its_beginning() -> None:
    assert read_cursor(None, "evidence") is None


@given(st.text())
def test_whatever_is_sent_as_a_cursor_is_read_or_refused(text: str) -> None:
    try:
        key = read_cursor(text, "evidence")
    except Invalid as refusal:
        assert refusal.field == "cursor"  # noqa: PT017 (either is right)
    else:
        assert key is not None
        assert len(key) <= 100


@pytest.mark.parametrize(
    "cursor",
    ["!", "a b", "é", "\ud800", "a", base64.urlsafe_b64encode(b"\xff\xfe").decode(),
     write_cursor("evidence", "x" * 101), write_cursor("evidence", "a\x00"), "",
     base64.urlsafe_b64encode(b"evidence").decode() + "x"],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(cursor, "evidence")


def test_a_cursor_of_another_list_is_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match="another list"):
        read_cursor(write_cursor("journal", "1"), "evidence")


@pytest.mark.parametrize(
    ("found", "items", "after"), [([], 0, None), ([1], 1, None), ([1, 2], 2, None), ([1, 2, 3], 2, "2")]
)
def test_one_row_too_many_says_that_there_are_more(found: list[int], items: int, after: str | None) -> None:
    page = page_of(found, 2, [str(each) for each in found], "evidence")
    assert len(page.items) == items
    assert read_cursor(page.cursor, "evidence") == after


def test_a_page_has_one_to_the_most() -> None:
    assert [check_limit(limit) for limit in (1, DEFAULT_PAGE, MAX_PAGE)] == [1, DEFAULT_PAGE, MAX_PAGE]
    for limit in (0, -1, MAX_PAGE + 1):
        with pytest.raises(Invalid) as refusal:
            check_limit(limit)
        assert refusal.value.field == "limit"
