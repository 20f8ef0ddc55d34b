"""Words that may be kept, and what a schema refuses said in our own words."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError, create_model

from app.errors import Invalid
from app.validation import line, refusal, words


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x", "x"), ("  x \n", "x"), ("a\r\n\tb", "a\r\n\tb"), ("中文“引号”", "中文“引号”"), ("x" * 10, "x" * 10),
        ("", ""), (" \t", ""), ("👩\u200d👧", "👩\u200d👧"),
    ],
)  # fmt: skip
def test_words_are_kept_without_the_space_around_them(text: str, kept: str) -> None:
    assert words(text, "note", most=10) == kept


@pytest.mark.parametrize("text", ["x" * 11, "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\ud800b"])
def test_words_that_cannot_be_kept_are_refused_with_their_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        words(text, "note", most=10)
    assert refused.value.field == "note"


@pytest.mark.parametrize("clean", [line, lambda text, field: words(text, field, most=9, least=1)])
@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_refused_where_something_is_needed(clean: Callable[[str, str], str], text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(text, "title")
    assert refused.value.field == "title"


def test_a_line_has_single_spaces_and_no_line_ends() -> None:
    assert line(" a\n b\t\u3000c ", "title") == "a b c"
    assert line("x" * 300, "title") == "x" * 300
    with pytest.raises(Invalid):
        line("x" * 301, "title")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (int, "x", "must be a whole number"),
        (int, 1.5, "must be a whole number"),
        (bool, "x", "must be true or false"),
        (str, 1, "must be text"),
        (date, "yesterday", "must be a day such as 2027-03-01"),
        (date, datetime(2026, 8, 10, 1), "must be a day such as 2027-03-01"),  # noqa: DTZ001 (what is refused)
        (AwareDatetime, "soon", "must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
        (AwareDatetime, "2026-08-10T01:00:00", "must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
        (tuple[int, ...], 1, "must be a list"),
        (dict[str, int], 1, "must be an object"),
        (Colour, "green", "must be one of 'red' or 'blue'"),
        (Annotated[int, Field(ge=3)], 2, "must be at least 3"),
        (Annotated[int, Field(gt=3)], 3, "must be more than 3"),
        (Annotated[int, Field(le=3)], 4, "must be at most 3"),
        (Annotated[int, Field(lt=3)], 3, "must be less than 3"),
        (Annotated[str, Field(min_length=3)], "x", "is too short: at least 3"),
        (Annotated[str, Field(max_length=3)], "xxxx", "is too long: at most 3"),
        (Annotated[tuple[int, ...], Field(max_length=1)], (1, 2), "is too long: at most 1"),
        (Annotated[str, Field(pattern="^a$")], "x", "cannot be read: "),
    ],
)
def test_what_a_schema_refuses_is_said_in_our_words(kind: Any, value: object, said: str) -> None:
    model = create_model("Body", each=(kind, ...))
    with pytest.raises(ValidationError) as refused:
        model(each=value)
    found = refusal(refused.value.errors())
    assert str(found).startswith(f"The field each {said}")
    assert found.field == "each"


def test_what_is_missing_or_not_known_is_named_by_its_place() -> None:
    inner = create_model("Inner", day=(date, ...), __config__={"extra": "forbid"})
    outer = create_model("Outer", items=(list[inner], ...))
    for body, field, said in (
        ({}, "items", "is missing"),
        ({"items": [{}]}, "items.0.day", "is missing"),
        ({"items": [{"day": "2026-08-10", "dya": 1}]}, "items.0.dya", "is not known here"),
    ):
        with pytest.raises(ValidationError) as refused:
            outer(**body)
        found = refusal(refused.value.errors())
        assert (found.field, str(found)) == (field, f"The field {field} {said}.")


def test_what_is_no_object_at_all_is_about_the_body() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(dict[str, int]).validate_python([1])
    assert refusal(refused.value.errors()).field == "body"
