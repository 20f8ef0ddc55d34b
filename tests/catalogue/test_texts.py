"""The organisation's own licensed text of a standard."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.catalogue.splitting import Part, decoded, split
from app.catalogue.texts import (
    clause_texts,
    import_texts,
    licences,
    set_clause_text,
    set_licence,
    texts_for,
    texts_of_clause,
)
from app.errors import Forbidden, Invalid, NotFound, TooLarge
from app.identity.actor import Actor, Role
from app.journal.service import entries
from tests.builders import AT, F2018, House, some_organisation, some_programme, somebody

DAY = timedelta(days=1)


def say(house: House, text: str, *, language: str = "zh", clause: str = "8.6.1", **more: Any) -> None:
    """Keep a clause's text, as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    organisation_id = given.pop("organisation_id", house.programme.organisation_id)
    set_clause_text(house.session, organisation_id, F2018, clause, language, text, **given)


def test_the_text_of_a_clause_is_the_organisations_own(house: House) -> None:
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    say(house, "  第一版  ")
    say(house, "first", language="en")
    say(house, "第二版", at=AT + DAY)
    say(house, "theirs", organisation_id=other.organisation_id, actor=stranger)
    ours, theirs = (
        clause_texts(house.session, each, F2018) for each in (house.programme.organisation_id, other.organisation_id)
    )
    assert ours == {("8.6.1", "zh"): "第二版", ("8.6.1", "en"): "first"}
    assert theirs == {("8.6.1", "zh"): "theirs"}
    say(house, "", at=AT + 2 * DAY)
    assert clause_texts(house.session, house.programme.organisation_id, F2018) == {("8.6.1", "en"): "first"}
    with pytest.raises(NotFound):
        say(house, "x", actor=stranger)


def test_the_journal_says_that_a_text_was_set_and_not_what_it_says(house: House) -> None:
    say(house, "licensed words")
    [entry] = entries(house.session, house.programme.organisation_id, subject_id=f"{F2018}:8.6.1:zh", limit=9)
    assert (entry.action, entry.after) == ("clause-text.set", {"characters": 14})


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"language": "fr"}, Invalid, "language"),
        ({"clause": "99.9"}, NotFound, "clause"),
        ({"text": "x" * 20_001}, Invalid, "text"),
        ({"text": "a\x00b"}, Invalid, "text"),
    ],
)
def test_a_text_that_belongs_nowhere_is_refused(
    house: House, given: dict[str, Any], refusal: type[Invalid | NotFound], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        say(house, **{"text": "x", **given})
    assert refused.value.field == field


WHOLE = """Foreword that belongs to no clause.
4 Context ........ 3
4.1 Understanding the organization ........ 3
8.6.1 Incidents ........ 9

4 Context of the organization
4.1 Understanding the organization
The organization shall know itself.
It also looks at 8.6.1
and so on.
  ## 8.6.1   Incident management
Incidents are
recorded.
8.6.2
A heading without a title.
99 No clause of this framework
9.1 It stands below another one, as this is a sentence.
"""


def test_a_whole_text_is_split_at_its_headings_and_the_longest_part_counts() -> None:
    assert split(WHOLE, ["4", "4.1", "8.6.1", "8.6.2", "9.1"]) == (
        Part(
            "4.1",
            "4.1 Understanding the organization\nThe organization shall know itself.\n"
            "It also looks at 8.6.1\nand so on.",
        ),
        Part("8.6.1", "8.6.1   Incident management\nIncidents are\nrecorded."),
        Part(
            "8.6.2",
            "8.6.2\nA heading without a title.\n99 No clause of this framework\n"
            "9.1 It stands below another one, as this is a sentence.",
        ),
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("no heading at all", ()),
        ("4.1 A title alone", ()),
        ("4.1 理解组织\n组织应……\n4.2 相关方\n组织应……", ("4.1", "4.2")),
        ("4.1、理解组织\n组织应……", ()),
        ("4.1、 理解组织\n组织应……", ("4.1",)),
        ("4.1. Title\nwords", ("4.1",)),
        ("4.1 " + "x" * 121 + "\nwords", ()),
        ("4.1 As in this sentence,\nwords", ()),
        ("A.5.1 Policies\nwords", ("A.5.1",)),
        ("A risk is\nwords", ()),
    ],
)
def test_what_a_heading_is(text: str, parts: tuple[str, ...]) -> None:
    assert tuple(part.clause for part in split(text, ["4.1", "4.2", "A", "A.5.1"])) == parts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_as_editors_save_it(encoding: str) -> None:
    assert decoded("4.1 理解组织".encode(encoding)) == "4.1 理解组织"


@pytest.mark.parametrize(("raw", "refusal"), [(b"PK\x03\x04\x00\xff", Invalid), (b"x" * 1_000_001, TooLarge)])
def test_a_file_that_is_no_text_or_too_long_is_refused(raw: bytes, refusal: type[Invalid | TooLarge]) -> None:
    with pytest.raises(refusal):
        decoded(raw)


def test_an_import_shows_first_and_keeps_only_what_is_new(house: House) -> None:
    organisation_id = house.programme.organisation_id
    say(house, "of before", clause="9.1", language="en")
    given = {"actor": house.officer, "at": AT + DAY}

    def bring(text: str, *, apply: bool) -> frozenset[str]:
        return import_texts(house.session, organisation_id, F2018, "en", text, apply=apply, **given).changed  # type: ignore[arg-type]

    assert bring(WHOLE, apply=False) == {"4.1", "8.6.1", "8.6.2"}
    assert set(clause_texts(house.session, organisation_id, F2018)) == {("9.1", "en")}
    assert bring(WHOLE, apply=True) == {"4.1", "8.6.1", "8.6.2"}
    held = clause_texts(house.session, organisation_id, F2018)
    assert held["8.6.1", "en"] == "8.6.1   Incident management\nIncidents are\nrecorded."
    assert held["9.1", "en"] == "of before"
    assert bring(WHOLE.replace("recorded", "kept"), apply=True) == {"8.6.1"}
    assert bring(WHOLE.replace("recorded", "kept"), apply=True) == frozenset()
    found = entries(house.session, organisation_id, subject_id=f"{F2018}:en", limit=9)
    assert [(each.action, (each.after or {})["clauses"]) for each in found] == [
        ("clause-texts.imported", ["8.6.1"]),
        ("clause-texts.imported", ["4.1", "8.6.1", "8.6.2"]),
    ]
    taken = import_texts(house.session, organisation_id, F2018, "en", WHOLE, apply=False, **given)  # type: ignore[arg-type]
    assert "10.1" in taken.missing
    assert {"9.1", "8.6.1"}.isdisjoint(taken.missing)


@pytest.mark.parametrize("text", ["nothing here", "4.1 Title\n" + "x" * 20_001])
def test_a_text_without_clauses_or_with_one_too_long_is_refused(house: House, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        import_texts(
            house.session, house.programme.organisation_id, F2018, "en", text, apply=True, actor=house.officer, at=AT
        )
    assert refused.value.field == "text"
    assert clause_texts(house.session, house.programme.organisation_id, F2018) == {}


def share(house: House, *, for_auditors: bool, at: datetime = AT) -> None:
    """Say where the English text comes from, and who may read it."""
    set_licence(
        house.session,
        house.programme.organisation_id,
        F2018,
        "en",
        source="ISO/IEC 20000-1:2018, copy of 2026-03",
        for_auditors=for_auditors,
        actor=house.officer,
        at=at,
    )


def test_the_organisations_people_see_the_text_and_auditors_only_where_its_licence_allows_it(house: House) -> None:
    organisation_id = house.programme.organisation_id
    machine = somebody(house.session, organisation_id, Role.CI)
    say(house, "the words", language="en")
    say(house, "原文")

    def seen(actor: Actor) -> set[str]:
        return {language for _, language in texts_for(house.session, organisation_id, F2018, actor=actor)}

    insiders = (house.officer, house.owner, house.contributor, house.reviewer)
    assert [seen(each) for each in insiders] == [{"zh", "en"}] * 4
    assert [seen(each) for each in (house.auditor, machine)] == [set()] * 2
    share(house, for_auditors=True)
    assert [seen(each) for each in (house.auditor, machine)] == [{"en"}] * 2
    share(house, for_auditors=False, at=AT + DAY)
    assert seen(house.auditor) == set()
    assert seen(house.officer) == {"zh", "en"}


def test_texts_and_their_source_are_those_of_a_moment_and_what_is_shared_is_what_is_shared_now(house: House) -> None:
    organisation_id = house.programme.organisation_id
    say(house, "first", language="en")
    share(house, for_auditors=True)
    say(house, "second", language="en", at=AT + 2 * DAY)
    share(house, for_auditors=False, at=AT + 2 * DAY)

    def words_then(actor: Actor, days: int) -> list[tuple[str, str]]:
        found = texts_of_clause(house.session, organisation_id, F2018, "8.6.1", known_at=AT + days * DAY, actor=actor)
        return [(each.text, each.source) for each in found]

    source = "ISO/IEC 20000-1:2018, copy of 2026-03"
    assert words_then(house.officer, -1) == []
    assert words_then(house.officer, 1) == [("first", source)]
    assert words_then(house.officer, 2) == [("second", source)]
    assert words_then(house.auditor, 1) == []
    assert set(licences(house.session, organisation_id, F2018, known_at=AT - DAY)) == set()


def test_who_may_not_bring_frameworks_brings_no_texts(house: House) -> None:
    organisation_id = house.programme.organisation_id
    given = {"actor": house.reviewer, "at": AT}
    with pytest.raises(Forbidden):
        import_texts(house.session, organisation_id, F2018, "en", WHOLE, apply=False, **given)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        set_licence(house.session, organisation_id, F2018, "en", source="x", for_auditors=True, **given)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        set_licence(
            house.session, organisation_id, F2018, "fr", source="x", for_auditors=True, actor=house.officer, at=AT
        )
