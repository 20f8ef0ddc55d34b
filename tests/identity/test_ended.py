"""A role that was ended by mistake is given back as it was."""

from datetime import timedelta

import pytest

from app.errors import AppError, Conflict, Forbidden, NotFound
from app.identity.actor import Actor, Grant, Role
from app.identity.ended import ended_role, restore_role
from app.identity.models import Membership
from app.identity.service import end_role, give_role, people
from app.identity.users import disable_user, find_user
from app.journal.service import entries
from tests.builders import AT, INSTALLER, House, some_organisation, some_user, somebody

HOUR = timedelta(hours=1)


def administrator(house: House) -> Actor:
    """Somebody who manages the people of the organisation."""
    return somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR, login="boss")


def ended(house: House, *, until: timedelta | None = None) -> Membership:
    """Return a role in the programme that was given to `guest` and ended an hour later."""
    user = some_user(house.session, "guest")
    grant = Grant(house.programme.organisation_id, frozenset({Role.REVIEWER}), house.programme.id)
    [role] = give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=None if until is None else AT + until)
    return end_role(house.session, role.id, actor=INSTALLER, at=AT + HOUR)


@pytest.mark.parametrize("until", [None, 9 * HOUR])
def test_it_holds_from_now_to_the_end_it_was_to_have(house: House, until: timedelta | None) -> None:
    role, boss, at = ended(house, until=until), administrator(house), AT + 2 * HOUR
    assert ended_role(house.session, role.id, actor=boss, at=at) is not None
    user, given = restore_role(house.session, role.id, actor=boss, at=at)
    assert user.login == "guest"
    assert (given.role, given.programme_id, given.starts_at) == ("reviewer", house.programme.id, at)
    assert given.ends_at == (None if until is None else AT + until)
    assert role.ends_at == AT + HOUR, "what was stays on record"
    last = entries(house.session, house.programme.organisation_id, limit=1)[0]
    assert (last.action, last.actor_id) == ("role.given", boss.id)


def test_twice_is_once(house: House) -> None:
    role, boss = ended(house), administrator(house)
    first, second = (restore_role(house.session, role.id, actor=boss, at=AT + 2 * HOUR)[1] for _ in range(2))
    assert first is second
    assert ended_role(house.session, role.id, actor=boss, at=AT + 2 * HOUR) is None


def test_what_has_ended_by_itself_does_not_come_back(house: House) -> None:
    user, boss = some_user(house.session, "guest"), administrator(house)
    grant = Grant(house.programme.organisation_id, frozenset({Role.REVIEWER}))
    [over] = give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=AT + HOUR)
    early = end_role(
        house.session,
        give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=AT + 2 * HOUR)[0].id,
        actor=INSTALLER,
        at=AT + HOUR,
    )
    for role in (over, early):
        assert ended_role(house.session, role.id, actor=boss, at=AT + 3 * HOUR) is None
        with pytest.raises(Conflict, match="ended by itself"):
            restore_role(house.session, role.id, actor=boss, at=AT + 3 * HOUR)


def test_only_whoever_manages_people_there_gives_it_back_and_never_to_themselves(house: House) -> None:
    role = ended(house)
    elsewhere = somebody(house.session, some_organisation(house.session, "Other").id, Role.ADMINISTRATOR, login="far")
    boss = administrator(house)
    own = people(house.session, house.programme.organisation_id, actor=boss, at=AT)
    [mine] = [membership for user, membership in own if user.id == boss.id]
    end_role(house.session, mine.id, actor=INSTALLER, at=AT + HOUR)
    refusals: tuple[tuple[str, Actor, type[AppError]], ...] = (
        (role.id, house.officer, Forbidden),
        (role.id, elsewhere, NotFound),
        (mine.id, boss, Forbidden),
        ("no-such-role", INSTALLER, NotFound),
    )
    for membership, actor, refusal in refusals:
        assert ended_role(house.session, membership, actor=actor, at=AT + 2 * HOUR) is None
        with pytest.raises(refusal):
            restore_role(house.session, membership, actor=actor, at=AT + 2 * HOUR)


def test_somebody_who_is_locked_out_gets_no_role(house: House) -> None:
    role = ended(house)
    disable_user(house.session, find_user(house.session, "guest").login, actor=INSTALLER, at=AT + HOUR)
    assert ended_role(house.session, role.id, actor=INSTALLER, at=AT + 2 * HOUR) is None
    with pytest.raises(Forbidden):
        restore_role(house.session, role.id, actor=INSTALLER, at=AT + 2 * HOUR)
