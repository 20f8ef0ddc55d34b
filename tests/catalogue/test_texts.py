"""The organisation's own licensed text of a standard."""

from datetime import timedelta
from typing import Any

import pytest

from app.catalogue.texts import clause_texts, set_clause_text
from app.errors import Invalid, NotFound
from app.identity.actor import Role
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
