"""Users and their passwords: logins that look alike, what a password must not be, and who sets it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import AppError, Conflict, Forbidden, Invalid, NotFound, Unauthorized
from app.identity.actor import Actor, Grant, Role
from app.identity.models import Token
from app.identity.passwords import check_password, choose
from app.identity.service import NewToken, actor_of, give_role, make_token, sign_in, user_actor
from app.identity.users import (
    by_login,
    check_may_set_password,
    disable_user,
    enable_user,
    find_user,
    set_password,
    users,
)
from app.journal.models import Entry
from tests.builders import AT, HASH_KIB, INSTALLER, House, some_user, somebody

OLD, NEW = "correct horse battery", "another long password"
HOUR = timedelta(hours=1)


def enter(house: House, password: str, login: str = "wang") -> Actor:
    """Sign in and return who has."""
    _, secret = sign_in(house.session, login, password, at=AT, hours=1, memory_kib=HASH_KIB)
    return actor_of(house.session, secret, at=AT)[0]


def may_set(house: House, name: str, old: str | None, actor: Actor) -> str:
    """Return the id of the user whose password the actor may set."""
    return check_may_set_password(house.session, name, old, actor=actor, memory_kib=HASH_KIB).id


@pytest.mark.parametrize("alike", ["\uff46ish.strasse", "ﬁsh.straße", "FISH.STRASSE", " ﬁsh.STRAẞE "])
def test_logins_that_look_alike_are_one(house: House, alike: str) -> None:
    user = some_user(house.session, "fish.strasse")
    assert find_user(house.session, alike) is user
    with pytest.raises(Conflict):
        some_user(house.session, alike)


@pytest.mark.parametrize(
    "password",
    ["eleven char", "x" * 201, " " * 12, "\u3000" * 20, "my wang.min 2026", "my \uff37ANG.MIN 2026"],
)
def test_a_password_that_is_no_good_is_refused_before_it_is_hashed(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        choose(password, "Wang.Min", HASH_KIB)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("login", ["a", "no"])
def test_a_login_of_a_letter_or_two_rules_no_password_out(login: str) -> None:
    check_password("another long password", login)


def test_ones_own_password_is_set_with_the_old_one_only(house: House) -> None:
    user = some_user(house.session, password=OLD)
    actor = user_actor(house.session, user, at=AT)
    for wrong in (None, "", NEW):
        with pytest.raises(Invalid) as refusal:
            may_set(house, "wang", wrong, actor)
        assert refusal.value.field == "old_password"
    assert may_set(house, "WANG", OLD, actor) == may_set(house, user.id, OLD, actor) == user.id


def test_an_installer_sets_the_passwords_of_others_and_nobody_else_does(house: House) -> None:
    user = some_user(house.session, password=OLD)
    root = some_user(house.session, "root", password=OLD, installer=True)
    installer = user_actor(house.session, root, at=AT)
    assert may_set(house, "wang", None, installer) == user.id
    cases: tuple[tuple[str, Actor, type[AppError]], ...] = (
        ("root", installer, Invalid),
        ("nobody", installer, NotFound),
        ("wang", house.officer, Forbidden),
        ("nobody", house.officer, Forbidden),
    )
    for name, actor, refusal in cases:
        with pytest.raises(refusal):
            may_set(house, name, None, actor)


def test_a_token_sets_no_password(house: House) -> None:
    user = some_user(house.session, password=OLD)
    grant = Grant(house.programme.organisation_id, frozenset({Role.CI}))
    give_role(house.session, grant, user, actor=INSTALLER, at=AT)
    new = NewToken("build", user.id, grant.organisation_id, Role.CI, 1)
    _, secret = make_token(house.session, new, actor=user_actor(house.session, user, at=AT), at=AT)
    with pytest.raises(Forbidden, match="Sign in"):
        may_set(house, "wang", OLD, actor_of(house.session, secret, at=AT)[0])


def test_a_new_password_ends_the_sessions_and_works_and_is_on_record(house: House) -> None:
    user = some_user(house.session, password=OLD)
    enter(house, OLD)
    set_password(house.session, user.id, choose(NEW, "wang", HASH_KIB), actor=INSTALLER, at=AT + HOUR)
    house.session.flush()
    assert [token.revoked_at for token in house.session.scalars(select(Token))] == [AT + HOUR]
    with pytest.raises(Unauthorized):
        enter(house, OLD)
    assert enter(house, NEW).id == user.id
    assert "user.password-set" in house.session.scalars(select(Entry.action).where(Entry.subject_id == user.id)).all()


def test_tokens_live_on_with_a_new_password_but_not_where_a_machine_becomes_a_person(house: House) -> None:
    organisation_id = house.programme.organisation_id
    machine = somebody(house.session, organisation_id, Role.CI, login="robot")
    for expected in ([AT], [AT, None]):
        new = NewToken("build", machine.id, organisation_id, Role.CI, 1)
        make_token(house.session, new, actor=machine, at=AT)
        set_password(house.session, machine.id, choose(NEW, "robot", HASH_KIB), actor=INSTALLER, at=AT)
        house.session.flush()
        assert [each.revoked_at for each in house.session.scalars(select(Token).order_by(Token.id))] == expected


def test_a_user_who_is_enabled_again_comes_in_with_the_password_but_no_old_session(house: House) -> None:
    user = some_user(house.session, password=OLD)
    _, secret = sign_in(house.session, "wang", OLD, at=AT, hours=1, memory_kib=HASH_KIB)
    disable_user(house.session, "wang", actor=INSTALLER, at=AT)
    with pytest.raises(Unauthorized):
        enter(house, OLD)
    for _ in range(2):
        assert enable_user(house.session, user.id, actor=INSTALLER, at=AT).disabled_at is None
    with pytest.raises(Unauthorized):
        actor_of(house.session, secret, at=AT)
    assert enter(house, OLD).id == user.id
    noted = house.session.scalars(select(Entry.action).where(Entry.subject_id == user.id)).all()
    assert noted.count("user.enabled") == 1


def test_users_are_listed_and_enabled_by_an_installer_only(house: House) -> None:
    disable_user(house.session, house.reviewer.id, actor=INSTALLER, at=AT)
    found = users(house.session, actor=INSTALLER)
    assert [user.login for user in found] == sorted(user.login for user in found)
    assert {house.reviewer.id, house.officer.id} <= {user.id for user in found}
    with pytest.raises(Forbidden):
        users(house.session, actor=house.officer)
    with pytest.raises(Forbidden):
        enable_user(house.session, house.reviewer.id, actor=house.officer, at=AT)


def test_nobody_has_a_login_that_cannot_be_written(house: House) -> None:
    assert by_login(house.session, "a\x00b") is None
