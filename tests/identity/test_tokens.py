"""Tokens and sign-in: what a secret is worth, for how long, and that no store knows it."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.errors import Forbidden, Invalid, NotFound, Unauthorized
from app.identity.actor import Actor, Grant, Permission, Role
from app.identity.models import Membership, Token, User
from app.identity.passwords import hash_password, matches
from app.identity.service import (
    NewToken,
    actor_of,
    end_role,
    give_role,
    make_token,
    note_use,
    own_tokens,
    revoke_token,
    sign_in,
    tokens,
    user_actor,
)
from app.identity.users import disable_user
from app.journal.models import INSTALLATION, Entry
from tests.builders import AT, HASH_KIB, INSTALLER, House, some_organisation, some_programme, some_user, somebody

DAY = timedelta(days=1)
PASSWORD = "correct horse battery"


def token_for(
    house: House,
    actor: Actor,
    role: Role,
    *,
    maker: Actor | None = None,
    days: int = 30,
    name: str = "build",
    programme_id: str | None = None,
) -> tuple[Token, str]:
    """Make a token with one role, by its own user unless said."""
    new = NewToken(name, actor.id, house.programme.organisation_id, role, days, programme_id)
    return make_token(house.session, new, actor=maker or actor, at=AT)


def rights(actor: Actor, house: House, programme_id: str | None = None) -> set[Permission]:
    """Return everything the actor may do there."""
    return {each for each in Permission if actor.may(each, house.programme.organisation_id, programme_id)}


def stored(session: Session) -> str:
    """Return everything the tables of identity and the journal hold, as text."""
    session.flush()
    names = ("users", "tokens", "memberships", "journal_entries")
    return repr([session.execute(text(f"SELECT * FROM {name}")).all() for name in names])  # noqa: S608 (fixed names)


def signed_in(house: House, login: str = "wang", password: str = PASSWORD) -> tuple[Token, str]:
    """Sign in at the usual moment."""
    return sign_in(house.session, login, password, at=AT, hours=12, memory_kib=HASH_KIB)


def test_a_token_acts_for_its_user_with_no_more_than_its_role(house: House) -> None:
    token, secret = token_for(house, house.officer, Role.CI)
    actor, _ = actor_of(house.session, secret, at=AT)
    assert (actor.id, actor.token_id, actor.installer) == (house.officer.id, token.id, False)
    assert "build" in actor.name
    assert rights(actor, house) == {Permission.READ, Permission.ADD_EVIDENCE}


def test_a_token_for_one_programme_is_nothing_in_another(house: House) -> None:
    _, secret = token_for(house, house.officer, Role.CI, programme_id=house.programme.id)
    actor, _ = actor_of(house.session, secret, at=AT)
    assert rights(actor, house, house.programme.id) == {Permission.READ, Permission.ADD_EVIDENCE}
    assert rights(actor, house) == rights(actor, house, "another") == set()


def test_a_token_of_an_installer_administers_nothing(house: House) -> None:
    user = some_user(house.session, "root", installer=True)
    grant = Grant(house.programme.organisation_id, frozenset({Role.CI}))
    give_role(house.session, grant, user, actor=INSTALLER, at=AT)
    maker = user_actor(house.session, user, at=AT)
    with pytest.raises(Forbidden):
        token_for(house, maker, Role.COMPLIANCE_OFFICER)
    _, secret = token_for(house, maker, Role.CI)
    actor, _ = actor_of(house.session, secret, at=AT)
    assert not actor.installer
    assert Permission.MANAGE_PEOPLE not in rights(actor, house)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CONTRIBUTOR, Role.CI, Role.AUDITOR}))
def test_nobody_makes_a_token_with_a_right_they_do_not_hold(house: House, role: Role) -> None:
    with pytest.raises(Forbidden):
        token_for(house, house.contributor, role)


def test_whoever_manages_people_makes_tokens_for_machines_that_decide_nothing(house: House) -> None:
    organisation_id = house.programme.organisation_id
    administrator = somebody(house.session, organisation_id, Role.ADMINISTRATOR)
    machine = somebody(house.session, organisation_id, Role.CI, Role.REVIEWER, login="pipeline")
    _, secret = token_for(house, machine, Role.CI, maker=administrator)
    assert rights(actor_of(house.session, secret, at=AT)[0], house) == {Permission.READ, Permission.ADD_EVIDENCE}
    token_for(house, machine, Role.AUDITOR, maker=administrator)
    for role in set(Role) - {Role.CI, Role.AUDITOR}:
        with pytest.raises(Forbidden):
            token_for(house, machine, role, maker=administrator)
    with pytest.raises(Forbidden):
        token_for(house, machine, Role.CI, maker=house.officer)


def test_a_token_for_a_machine_has_no_right_that_the_machine_lacks(house: House) -> None:
    machine = somebody(house.session, house.programme.organisation_id, Role.REVIEWER, login="pipeline")
    with pytest.raises(Forbidden, match="does not hold"):
        token_for(house, machine, Role.CI, maker=INSTALLER)


def test_nobody_makes_a_token_for_another_person(house: House) -> None:
    organisation_id = house.programme.organisation_id
    person = some_user(house.session, "li", password=PASSWORD)
    give_role(house.session, Grant(organisation_id, frozenset({Role.CI})), person, actor=INSTALLER, at=AT)
    li = user_actor(house.session, person, at=AT)
    for maker in (somebody(house.session, organisation_id, Role.ADMINISTRATOR), INSTALLER):
        with pytest.raises(Forbidden, match="password"):
            token_for(house, li, Role.CI, maker=maker)
    token_for(house, li, Role.CI)


def test_a_token_makes_no_token_but_a_session_does(house: House) -> None:
    user = some_user(house.session, password=PASSWORD)
    grant = Grant(house.programme.organisation_id, frozenset({Role.COMPLIANCE_OFFICER}))
    give_role(house.session, grant, user, actor=INSTALLER, at=AT)
    session, _ = actor_of(house.session, signed_in(house)[1], at=AT)
    _, secret = token_for(house, session, Role.COMPLIANCE_OFFICER)
    token, _ = actor_of(house.session, secret, at=AT)
    with pytest.raises(Forbidden, match="Sign in"):
        token_for(house, token, Role.CI)


def test_a_token_ends_itself_only_and_a_session_any_of_its_users(house: House) -> None:
    user = some_user(house.session, password=PASSWORD)
    give_role(house.session, Grant(house.programme.organisation_id, frozenset({Role.CI})), user, actor=INSTALLER, at=AT)
    opened, session_secret = signed_in(house)
    session, _ = actor_of(house.session, session_secret, at=AT)
    (first, _), (second, secret) = (token_for(house, session, Role.CI) for _ in range(2))
    token, _ = actor_of(house.session, secret, at=AT)
    for other in (first, opened):
        with pytest.raises(Forbidden):
            revoke_token(house.session, other.id, actor=token, at=AT)
    assert own_tokens(house.session, actor=token) == [second]
    assert own_tokens(house.session, actor=session) == [second, first, opened]
    for each, actor in ((second, token), (first, session), (opened, session)):
        assert revoke_token(house.session, each.id, actor=actor, at=AT).revoked_at == AT


def test_whose_token_it_is_stays_on_record(house: House) -> None:
    token, _ = token_for(house, house.officer, Role.CI)
    revoke_token(house.session, token.id, actor=house.officer, at=AT)
    noted = select(Entry).where(Entry.subject_id == token.id).order_by(Entry.number)
    made, revoked = house.session.scalars(noted)
    assert made.after is not None
    shown = {"name": "build", "user": house.officer.id, "role": "ci"}
    assert {name: made.after[name] for name in shown} == shown
    assert revoked.before == shown


def test_a_boxed_auditor_makes_no_token_for_the_whole_organisation(house: House) -> None:
    with pytest.raises(Forbidden):
        token_for(house, house.auditor, Role.AUDITOR)
    token_for(house, house.auditor, Role.AUDITOR, programme_id=house.programme.id)


@pytest.mark.parametrize(("what", "field"), [
    ({"days": 0}, "days"), ({"days": 367}, "days"), ({"name": " "}, "name"), ({"name": "x" * 201}, "name"),
    ({"name": "x\x00"}, "name"),
])  # fmt: skip
def test_a_token_without_name_or_for_more_than_a_year_is_refused(
    house: House, what: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        token_for(house, house.officer, Role.CI, **what)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_token_is_for_somebody_of_the_organisation(house: House) -> None:
    outsider = somebody(house.session, some_organisation(house.session, "Other").id, Role.CI)
    with pytest.raises(Invalid) as refusal:
        token_for(house, outsider, Role.CI, maker=INSTALLER)
    assert refusal.value.field == "user_id"


def test_what_a_token_did_can_be_put_on_record_however_long_the_names_are(house: House) -> None:
    house.session.get_one(User, house.officer.id).name = "王" * 200
    _, secret = token_for(house, house.officer, Role.COMPLIANCE_OFFICER, name="n" * 200)
    actor, _ = actor_of(house.session, secret, at=AT)
    revoke_token(house.session, str(actor.token_id), actor=actor, at=AT)
    assert house.session.scalars(select(Entry.actor_name).where(Entry.actor_id == actor.id)).all()


def test_only_the_hash_of_a_secret_is_stored(house: House) -> None:
    some_user(house.session, password=PASSWORD)
    token, secret = token_for(house, house.officer, Role.CI)
    _, session_secret = signed_in(house)
    everything = stored(house.session)
    assert token.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert token.secret_hash in everything
    for each in (secret, secret.removeprefix("ar_"), session_secret, PASSWORD):
        assert each not in everything


def test_secrets_are_long_and_never_the_same(house: House) -> None:
    made = {token_for(house, house.officer, Role.CI)[1] for _ in range(20)}
    assert len(made) == 20
    assert all(secret.startswith("ar_") and len(secret) >= 43 for secret in made)


@pytest.mark.parametrize(
    ("after", "good"),
    [(timedelta(0), True), (2 * DAY - timedelta(microseconds=1), True), (2 * DAY, False), (3 * DAY, False)],
)
def test_a_token_ends_at_its_moment(house: House, after: timedelta, good: bool) -> None:
    _, secret = token_for(house, house.officer, Role.CI, days=2)
    if good:
        actor_of(house.session, secret, at=AT + after)
    else:
        with pytest.raises(Unauthorized):
            actor_of(house.session, secret, at=AT + after)


def test_unknown_revoked_and_disabled_say_the_same(house: House) -> None:
    token, revoked = token_for(house, house.officer, Role.CI)
    revoke_token(house.session, token.id, actor=house.officer, at=AT)
    _, disabled = token_for(house, house.contributor, Role.CI)
    disable_user(house.session, house.contributor.id, actor=INSTALLER, at=AT)
    _, expired = token_for(house, house.officer, Role.CI, days=1)
    said = set()
    for secret, moment in (("ar_unknown", AT), ("", AT), (revoked, AT), (disabled, AT), (expired, AT + DAY)):
        with pytest.raises(Unauthorized) as refusal:
            actor_of(house.session, secret, at=moment)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_a_token_is_worth_nothing_once_its_user_lost_the_role(house: House) -> None:
    _, secret = token_for(house, house.officer, Role.CI)
    role = house.session.scalars(select(Membership).where(Membership.user_id == house.officer.id)).one()
    actor_of(house.session, secret, at=AT)
    end_role(house.session, role.id, actor=INSTALLER, at=AT + DAY)
    with pytest.raises(Unauthorized):
        actor_of(house.session, secret, at=AT + DAY)


def test_a_token_is_worth_nothing_once_its_user_holds_only_part_of_its_rights(house: House) -> None:
    _, secret = token_for(house, house.officer, Role.REVIEWER)
    role = house.session.scalars(select(Membership).where(Membership.user_id == house.officer.id)).one()
    end_role(house.session, role.id, actor=INSTALLER, at=AT)
    give_role(
        house.session,
        Grant(house.programme.organisation_id, frozenset({Role.CONTRIBUTOR})),
        house.session.get_one(User, house.officer.id),
        actor=INSTALLER,
        at=AT,
    )
    with pytest.raises(Unauthorized):
        actor_of(house.session, secret, at=AT)


def test_a_token_is_revoked_by_its_user_or_by_whoever_manages_people(house: House) -> None:
    token, _ = token_for(house, house.contributor, Role.CI)
    with pytest.raises(Forbidden):
        revoke_token(house.session, token.id, actor=house.officer, at=AT)
    administrator = somebody(house.session, house.programme.organisation_id, Role.ADMINISTRATOR)
    assert revoke_token(house.session, token.id, actor=administrator, at=AT).revoked_at == AT
    assert revoke_token(house.session, token.id, actor=house.contributor, at=AT + DAY).revoked_at == AT


def test_a_token_of_another_organisation_is_not_even_there(house: House) -> None:
    some_user(house.session, password=PASSWORD)
    session_token, _ = signed_in(house)
    token, _ = token_for(house, house.officer, Role.CI)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.ADMINISTRATOR)
    for token_id in (token.id, session_token.id, "no-such-token"):
        with pytest.raises(NotFound):
            revoke_token(house.session, token_id, actor=stranger, at=AT)
    with pytest.raises(NotFound):
        tokens(house.session, house.programme.organisation_id, actor=stranger)
    assert tokens(house.session, other.organisation_id, actor=stranger) == []


def test_tokens_are_listed_newest_first_without_anybodys_sign_ins(house: House) -> None:
    some_user(house.session, password=PASSWORD)
    signed_in(house)
    made = [token_for(house, house.officer, Role.CI)[0].id for _ in range(3)]
    found = tokens(house.session, house.programme.organisation_id, actor=INSTALLER)
    assert [token.id for token in found] == made[::-1]
    with pytest.raises(Forbidden):
        tokens(house.session, house.programme.organisation_id, actor=house.officer)


def test_signing_in_gives_a_token_with_all_roles_for_some_hours(house: House) -> None:
    user = some_user(house.session, password=PASSWORD)
    for role in (Role.CONTRIBUTOR, Role.REVIEWER):
        grant = Grant(house.programme.organisation_id, frozenset({role}))
        give_role(house.session, grant, user, actor=INSTALLER, at=AT)
    token, secret = signed_in(house, " WANG ")
    actor, _ = actor_of(house.session, secret, at=AT)
    assert {Permission.ADD_EVIDENCE, Permission.REVIEW_EVIDENCE} < rights(actor, house)
    assert token.expires_at == AT + timedelta(hours=12)
    with pytest.raises(Unauthorized):
        actor_of(house.session, secret, at=AT + timedelta(hours=12))


def test_signing_in_is_refused_in_the_same_words_for_every_cause(house: House) -> None:
    some_user(house.session, password=PASSWORD)
    some_user(house.session, "machine")
    left = some_user(house.session, "left", password=PASSWORD)
    disable_user(house.session, left.id, actor=INSTALLER, at=AT)
    said = set()
    for login, password in [
        ("nobody", PASSWORD), ("wang", "wrong horse battery"), ("wang", ""), ("wang", PASSWORD.upper()),
        ("machine", PASSWORD), ("machine", ""), ("left", PASSWORD), ("", ""), ("wa\x00ng", PASSWORD),
    ]:  # fmt: skip
        with pytest.raises(Unauthorized) as refusal:
            signed_in(house, login, password)
        said.add(str(refusal.value))
    assert said == {"The login or the password is wrong."}
    assert house.session.scalars(select(Token)).all() == []


def test_signing_in_is_on_record(house: House) -> None:
    user = some_user(house.session, password=PASSWORD)
    signed_in(house)
    noted = select(Entry).where(Entry.chain_id == INSTALLATION, Entry.action == "user.signed-in")
    assert [entry.subject_id for entry in house.session.scalars(noted)] == [user.id]


def test_the_last_use_of_a_token_is_worth_noting_once_a_minute(house: House) -> None:
    token, secret = token_for(house, house.officer, Role.CI)
    moments = [(timedelta(0), True), (timedelta(seconds=59), False), (timedelta(seconds=60), True)]
    for after, worth in moments:
        assert actor_of(house.session, secret, at=AT + after)[1] is worth
        if after == timedelta(0):
            note_use(house.session, token.id, at=AT)
    assert token.last_used_at == AT


def test_a_password_hash_carries_a_salt_and_matches_its_password_only() -> None:
    one, other = hash_password(PASSWORD, HASH_KIB), hash_password(PASSWORD, HASH_KIB)
    assert one != other
    assert one.startswith("$argon2id$")
    assert matches(PASSWORD, one, HASH_KIB)
    assert not matches(PASSWORD + " ", one, HASH_KIB)
    assert not matches("decoy", None, HASH_KIB)
