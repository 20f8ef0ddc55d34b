"""Words for people in two languages: sentences, their parts, and which language is meant."""

from datetime import UTC, date, datetime

import pytest

from app.language import Text, pick_language, say, translate, word


def test_a_name_falls_back_to_the_other_language_where_it_has_none() -> None:
    assert [Text("Mail", "邮件").in_(language) for language in ("en", "zh")] == ["Mail", "邮件"]
    assert [Text("", "邮件").in_(language) for language in ("en", "zh")] == ["邮件", "邮件"]
    assert [Text("Mail", "").in_(language) for language in ("en", "zh")] == ["Mail", "Mail"]


@pytest.mark.parametrize(
    ("part", "english", "chinese"),
    [
        ("x", "x", "x"),
        (7, "7", "7"),
        (None, "None", "None"),
        (date(2026, 8, 10), "2026-08-10", "2026-08-10"),
        (datetime(2026, 8, 10, 2, 3, 4, tzinfo=UTC), "2026-08-10 02:03+00:00", "2026-08-10 02:03+00:00"),
        (Text("Mail", "邮件"), "Mail", "邮件"),
        (("a", Text("Mail", "邮件"), date(2026, 8, 10)), "a, Mail, 2026-08-10", "a、邮件、2026-08-10"),
        ((), "", ""),
        (say("is missing"), "is missing", translate("is missing", "zh")),
    ],
)
def test_each_part_is_said_in_the_language_of_its_sentence(part: object, english: str, chinese: str) -> None:
    assert (word(part, "en"), word(part, "zh")) == (english, chinese)


def test_a_sentence_is_translated_with_its_parts() -> None:
    message = say("The field {name} {why}.", name="title", why=say("is missing"))
    assert str(message) == message.in_("en") == "The field title is missing."
    assert message.in_("zh") not in {"", message.in_("en")}
    assert "title" in message.in_("zh")


def test_a_sentence_that_nobody_translated_is_said_in_english() -> None:
    assert translate("Nobody has ever said this.", "zh") == "Nobody has ever said this."
    assert translate("", "zh") == ""


@pytest.mark.parametrize("part", ["{name}", "{0}", "{", "}", "%s", "{x.__class__}"])
def test_what_a_part_says_is_never_taken_for_a_part_itself(part: str) -> None:
    assert str(say("Called {name}.", name=part)) == f"Called {part}."


@pytest.mark.parametrize(
    ("preferences", "language"),
    [
        ((), "en"), (("",), "en"), (("zh_CN.UTF-8",), "zh"), (("zh-Hans",), "zh"), (("ZH",), "zh"), (("en-GB",), "en"),
        (("fr", "zh"), "zh"), (("en", "zh"), "en"), (("fr", "de"), "en"), (("C",), "en"),
    ],
)  # fmt: skip
def test_the_first_preference_that_we_speak_is_taken(preferences: tuple[str, ...], language: str) -> None:
    assert pick_language(*preferences) == language
