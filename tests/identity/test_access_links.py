"""Access links: what their secret is worth, for how long, in whose name, and that no store knows it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.errors import Forbidden, Invalid, NotFound, Unauthorized
from app.identity.access_links import (
    NewAccessLink,
    access_links,
    enter_by_link,
    find_access_link,
    make_access_link,
    revoke_access_link,
)
from app.identity.actor import Actor, Permission, Role
from app.identity.models import AccessLink, Membership, User
from app.identity.service import NewToken, actor_of, end_role, make_token, sign_in
from app.identity.users import disable_user
from app.journal.service import entries
from tests.builders import AT, HASH_KIB, INSTALLER, House, some_organisation, some_programme, somebody

DAY = timedelta(days=1)


@pytest.fixture
def admin(house: House) -> Actor:
    return somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR)


def made(house: House, admin: Actor, *, days: float = 30, name: str = "审核员 Zhao") -> tuple[AccessLink, str]:
    """Make a link to the programme."""
    new = NewAccessLink(name, house.programme.organisation_id, house.programme.id, AT + days * DAY)
    return make_access_link(house.session, new, actor=admin, at=AT)


def test_a_link_lets_one_auditor_read_one_programme_in_their_own_name(house: House, admin: Actor) -> None:
    other = some_programme(house.session, code="other")
    link, secret = made(house, admin)
    token, session_secret = enter_by_link(house.session, secret, at=AT + DAY, hours=12)
    actor, _ = actor_of(house.session, session_secret, at=AT + DAY)
    here = (house.programme.organisation_id, house.programme.id)
    assert {each for each in Permission if actor.may(each, *here)} == {Permission.READ}
    assert not actor.may(Permission.READ, house.programme.organisation_id)
    assert not actor.may(Permission.READ, other.organisation_id, other.id)
    assert (actor.name, actor.language, actor.scoped) == ("审核员 Zhao", "zh", False)
    assert token.expires_at == AT + DAY + timedelta(hours=12)
    assert link.last_used_at == AT + DAY
    found = entries(house.session, house.programme.organisation_id, subject_id=link.id, limit=9)
    assert [(each.action, each.actor_name) for each in found] == [
        ("access-link.used", "审核员 Zhao"),
        ("access-link.made", admin.name),
    ]
    assert {each.programme_id for each in found} == {house.programme.id}


def test_a_session_ends_with_its_link_and_the_link_with_its_day(house: House, admin: Actor) -> None:
    _, secret = made(house, admin, days=2)
    nearly = AT + 2 * DAY - timedelta(hours=1)
    token, session_secret = enter_by_link(house.session, secret, at=nearly, hours=12)
    assert token.expires_at == AT + 2 * DAY
    with pytest.raises(Unauthorized):
        actor_of(house.session, session_secret, at=AT + 2 * DAY)
    with pytest.raises(NotFound, match="has ended or was revoked"):
        enter_by_link(house.session, secret, at=AT + 2 * DAY, hours=12)


def test_what_was_revoked_ends_at_once_with_its_sessions(house: House, admin: Actor) -> None:
    link, secret = made(house, admin)
    _, session_secret = enter_by_link(house.session, secret, at=AT, hours=12)
    for _ in range(2):
        revoke_access_link(house.session, link.id, actor=admin, at=AT + DAY)
    house.session.expire_all()
    with pytest.raises(Unauthorized):
        actor_of(house.session, session_secret, at=AT + DAY)
    with pytest.raises(NotFound):
        find_access_link(house.session, secret, at=AT + DAY)
    role = house.session.scalars(select(Membership).where(Membership.user_id == link.user_id)).one()
    assert role.ends_at == AT + DAY
    found = entries(house.session, house.programme.organisation_id, subject_id=link.id, limit=9)
    assert [each.action for each in found].count("access-link.revoked") == 1


def test_a_link_whose_role_was_ended_or_whose_user_is_locked_out_leads_nowhere(house: House, admin: Actor) -> None:
    for lock in (True, False):
        link, secret = made(house, admin)
        if lock:
            disable_user(house.session, link.user_id, actor=INSTALLER, at=AT)
        else:
            role = house.session.scalars(select(Membership).where(Membership.user_id == link.user_id)).one()
            end_role(house.session, role.id, actor=admin, at=AT)
        with pytest.raises(NotFound):
            enter_by_link(house.session, secret, at=AT + DAY, hours=1)


def test_no_store_knows_the_secret_and_nobody_signs_in_as_its_user(house: House, admin: Actor) -> None:
    link, secret = made(house, admin)
    house.session.flush()
    names = ("users", "access_links", "memberships", "journal_entries")
    held = repr([house.session.execute(text(f"SELECT * FROM {name}")).all() for name in names])  # noqa: S608 (fixed names)
    assert secret not in held
    user = house.session.get_one(User, link.user_id)
    with pytest.raises(Unauthorized):
        sign_in(house.session, user.login, "", at=AT, hours=1, memory_kib=HASH_KIB)
    for wrong in ("", "x", secret[:-1]):
        with pytest.raises(NotFound):
            find_access_link(house.session, wrong, at=AT)


def test_only_who_manages_people_makes_links_and_never_by_a_token(house: House, admin: Actor) -> None:
    for who in (house.officer, house.owner, house.auditor):
        with pytest.raises((Forbidden, NotFound)):
            made(house, who)
    stranger_place = some_programme(house.session, some_organisation(house.session, "Other"), code="theirs")
    stranger = somebody(house.session, stranger_place.organisation_id, Role.ADMINISTRATOR)
    link, _ = made(house, admin)
    with pytest.raises(NotFound):
        made(house, stranger)
    with pytest.raises(NotFound):
        revoke_access_link(house.session, link.id, actor=stranger, at=AT)
    with pytest.raises(Forbidden):
        access_links(house.session, house.programme.organisation_id, actor=house.officer)
    assert [each.id for each in access_links(house.session, house.programme.organisation_id, actor=admin)] == [link.id]
    token = NewToken("t", admin.id, house.programme.organisation_id, Role.ADMINISTRATOR, 1)
    _, secret = make_token(house.session, token, actor=admin, at=AT)
    with pytest.raises(Forbidden):
        made(house, actor_of(house.session, secret, at=AT)[0])


@pytest.mark.parametrize(("days", "name", "field"), [(0, "x", "until"), (367, "x", "until"), (1, " ", "name")])
def test_a_link_without_name_or_with_an_end_that_is_none_is_refused(
    house: House, admin: Actor, days: float, name: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        made(house, admin, days=days, name=name)
    assert refused.value.field == field
    assert access_links(house.session, house.programme.organisation_id, actor=admin) == []
