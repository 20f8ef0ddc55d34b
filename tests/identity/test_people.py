"""Users and their roles: who may make them, when they hold, and what is on record."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from app.identity.actor import Actor, Grant, Permission, Role
from app.identity.models import Membership, User
from app.identity.service import (
    check_owner,
    end_role,
    give_role,
    is_member,
    people,
    user_actor,
)
from app.identity.users import NewUser, add_user, disable_user, find_user
from app.journal.models import INSTALLATION, Entry
from tests.builders import AT, INSTALLER, House, some_organisation, some_user, somebody

HOUR = timedelta(hours=1)


def add(session: Session, login: str = "li", *, actor: Actor = INSTALLER, **more: object) -> User:
    """Add a user by the use case itself."""
    new = NewUser(login, **{"name": "Li", **more})  # type: ignore[arg-type]
    return add_user(session, new, actor=actor, at=AT)


def administrator(house: House) -> Actor:
    """Return somebody who manages people."""
    return somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR)


def only(role: Role, house: House, programme_id: str | None = None) -> Grant:
    """Return a grant of one role in the house."""
    return Grant(house.programme.organisation_id, frozenset({role}), programme_id)


def test_a_login_is_kept_in_lower_case_and_found_in_any(house: House) -> None:
    user = add(house.session, "  Li.Wei@Example.com ")
    assert user.login == "li.wei@example.com"
    assert find_user(house.session, "LI.WEI@example.com").id == user.id


def test_a_login_is_taken_once_whatever_its_case(house: House) -> None:
    add(house.session, "li")
    with pytest.raises(Conflict) as refusal:
        add(house.session, "LI")
    assert refusal.value.field == "login"


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"login": ""}, "login"),
        ({"login": "l i"}, "login"),
        ({"login": "l\x00i"}, "login"),
        ({"login": "l" * 201}, "login"),
        ({"name": " "}, "name"),
        ({"name": "L" * 201}, "name"),
        ({"name": "L\x00i"}, "name"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_user_who_cannot_be_kept_is_refused_with_the_field_at_fault(
    house: House, what: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(house.session, **what)
    assert refusal.value.field == field


def test_the_longest_login_and_name_are_kept_whole(house: House) -> None:
    user = add(house.session, "l" * 200, name="李" * 200)
    house.session.expire_all()
    assert (len(user.login), user.name) == (200, "李" * 200)


def test_only_whoever_administers_the_installation_makes_and_disables_users(house: House) -> None:
    for actor in (administrator(house), house.officer, house.auditor, Actor("nobody", "Nobody")):
        with pytest.raises(Forbidden):
            add(house.session, actor=actor)
        with pytest.raises(Forbidden):
            disable_user(house.session, house.contributor.id, actor=actor, at=AT)


def test_a_disabled_user_can_act_no_more_and_is_disabled_once(house: House) -> None:
    user = disable_user(house.session, house.contributor.id, actor=INSTALLER, at=AT)
    disable_user(house.session, user.id, actor=INSTALLER, at=AT + HOUR)
    assert user.disabled_at == AT
    with pytest.raises(Forbidden):
        user_actor(house.session, user, at=AT)
    noted = select(Entry).where(Entry.chain_id == INSTALLATION, Entry.action == "user.disabled")
    assert [entry.before for entry in house.session.scalars(noted)] == [{"login": user.login}]


def test_somebody_who_is_not_there_cannot_be_disabled(house: House) -> None:
    with pytest.raises(NotFound):
        disable_user(house.session, "nobody", actor=INSTALLER, at=AT)
    with pytest.raises(NotFound):
        find_user(house.session, "nobody")


def test_roles_are_given_by_whoever_manages_people_there_and_nobody_else(house: House) -> None:
    user = some_user(house.session, "new")
    for actor in (house.officer, house.owner, house.contributor, house.reviewer):
        with pytest.raises(Forbidden):
            give_role(house.session, only(Role.CONTRIBUTOR, house), user, actor=actor, at=AT)
    elsewhere = somebody(house.session, some_organisation(house.session, "Other").id, Role.ADMINISTRATOR)
    for stranger in (elsewhere, house.auditor):
        with pytest.raises(NotFound):
            give_role(house.session, only(Role.CONTRIBUTOR, house), user, actor=stranger, at=AT)
    give_role(house.session, only(Role.CONTRIBUTOR, house), user, actor=administrator(house), at=AT)
    assert user_actor(house.session, user, at=AT).may(Permission.ADD_EVIDENCE, house.programme.organisation_id)


def test_whoever_manages_people_cannot_give_a_role_to_themselves(house: House) -> None:
    actor = administrator(house)
    user = house.session.get_one(User, actor.id)
    with pytest.raises(Forbidden):
        give_role(house.session, only(Role.COMPLIANCE_OFFICER, house), user, actor=actor, at=AT)
    assert not user_actor(house.session, user, at=AT).may(Permission.FREEZE, house.programme.organisation_id)


@pytest.mark.parametrize(("named", "boxed"), [(False, False), (True, False), (False, True)])
def test_an_auditor_is_let_in_for_one_programme_and_until_a_day_only(house: House, named: bool, boxed: bool) -> None:
    grant = only(Role.AUDITOR, house, house.programme.id if named else None)
    user = some_user(house.session, "guest")
    until = AT + HOUR if boxed else None
    with pytest.raises(Invalid) as refusal:
        give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=until)
    assert refusal.value.field == "until"


def test_an_auditor_hidden_among_other_roles_is_boxed_too(house: House) -> None:
    grant = Grant(house.programme.organisation_id, frozenset({Role.AUDITOR, Role.REVIEWER}))
    with pytest.raises(Invalid):
        give_role(house.session, grant, some_user(house.session, "guest"), actor=INSTALLER, at=AT)


@pytest.mark.parametrize("ends", [AT, AT - HOUR])
def test_access_that_ends_before_it_begins_is_refused(house: House, ends: object) -> None:
    grant, user = only(Role.CI, house), some_user(house.session, "guest")
    with pytest.raises(Invalid):
        give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "allowed"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (2 * HOUR - timedelta(microseconds=1), True),
        (2 * HOUR, False),
        (3 * HOUR, False),
    ],
)
def test_a_boxed_role_holds_from_its_moment_up_to_its_end(house: House, after: timedelta, allowed: bool) -> None:
    user = some_user(house.session, "guest")
    grant = only(Role.AUDITOR, house, house.programme.id)
    give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=AT + 2 * HOUR)
    actor = user_actor(house.session, user, at=AT + after)
    assert actor.may(Permission.READ, house.programme.organisation_id, house.programme.id) is allowed


def test_a_role_that_was_ended_holds_no_more_and_is_ended_once(house: House) -> None:
    user, actor = some_user(house.session, "guest"), administrator(house)
    [role] = give_role(house.session, only(Role.REVIEWER, house), user, actor=actor, at=AT)
    end_role(house.session, role.id, actor=actor, at=AT + HOUR)
    end_role(house.session, role.id, actor=actor, at=AT + 2 * HOUR)
    house.session.flush()
    assert role.ends_at == AT + HOUR
    assert user_actor(house.session, user, at=AT + HOUR).grants == ()
    assert user_actor(house.session, user, at=AT + HOUR / 2).grants != ()
    assert not is_member(house.session, user.id, house.programme.organisation_id, at=AT + HOUR)


def test_a_role_is_ended_by_whoever_manages_people_there_only(house: House) -> None:
    role = house.session.scalars(select(Membership).where(Membership.user_id == house.contributor.id)).one()
    elsewhere = somebody(house.session, some_organisation(house.session, "Other").id, Role.ADMINISTRATOR)
    refusals: tuple[tuple[Actor, type[AppError]], ...] = ((house.officer, Forbidden), (elsewhere, NotFound))
    for actor, refusal in refusals:
        with pytest.raises(refusal):
            end_role(house.session, role.id, actor=actor, at=AT)
    with pytest.raises(NotFound):
        end_role(house.session, "no-such-role", actor=INSTALLER, at=AT)


def test_people_are_those_with_a_role_now_or_later_in_this_organisation(house: House) -> None:
    session, organisation_id = house.session, house.programme.organisation_id
    other = some_organisation(session, "Other")
    somebody(session, other.id, Role.COMPLIANCE_OFFICER)
    gone = somebody(session, organisation_id, Role.CI, login="gone", until=AT)
    found = people(session, organisation_id, actor=house.officer, at=AT)
    roles = {(user.id, membership.role) for user, membership in found}
    assert (house.auditor.id, "auditor") in roles
    assert gone.id not in {user.id for user, _ in found}
    assert {membership.organisation_id for _, membership in found} == {organisation_id}
    with pytest.raises(NotFound):
        people(session, other.id, actor=house.officer, at=AT)
    with pytest.raises(NotFound):
        people(session, organisation_id, actor=house.auditor, at=AT)


def test_an_owner_needs_a_role_in_the_organisation_at_that_moment(house: House) -> None:
    organisation_id = house.programme.organisation_id
    check_owner(house.session, None, organisation_id, at=AT)
    check_owner(house.session, house.contributor.id, organisation_id, at=AT)
    guest = somebody(house.session, organisation_id, Role.CI, login="guest", until=AT + HOUR)
    check_owner(house.session, guest.id, organisation_id, at=AT)
    outsider = somebody(house.session, some_organisation(house.session, "Other").id, Role.PROCESS_OWNER)
    for owner_id, moment in ((guest.id, AT + HOUR), (outsider.id, AT), ("nobody", AT)):
        with pytest.raises(Invalid) as refusal:
            check_owner(house.session, owner_id, organisation_id, at=moment)
        assert refusal.value.field == "owner_id"


def test_giving_a_role_is_on_the_organisations_record(house: House) -> None:
    user = some_user(house.session, "guest")
    grant = only(Role.AUDITOR, house, house.programme.id)
    give_role(house.session, grant, user, actor=INSTALLER, at=AT, until=AT + HOUR)
    noted = select(Entry).where(Entry.chain_id == grant.organisation_id, Entry.subject_id == user.id)
    [entry] = house.session.scalars(noted)
    assert (entry.action, entry.actor_id) == ("role.given", INSTALLER.id)
    assert entry.after == {
        "user": user.id,
        "roles": ["auditor"],
        "programme": house.programme.id,
        "until": (AT + HOUR).isoformat(),
    }


def test_what_is_refused_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        some_user(session, "first")
        add(session, "second", language="fr")
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []
