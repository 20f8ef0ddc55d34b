"""People of an organisation: roles, auditors, accounts, tokens."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.identity.actor import Grant, Role
from app.identity.service import actor_of, give_role
from app.identity.users import NewUser, add_user, find_user
from app.journal.models import Answered
from tests.builders import INSTALLER, long_ago
from tests.web.conftest import HOME, Site, text_of
from tests.web.test_set_up import hidden
from tests.web.test_start import installer

PEOPLE = f"{HOME}/people"
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


def account(site: Site, login: str, *roles: Role) -> str:
    """Make an account without a password."""
    with site.runtime.database.writing() as session:
        user = add_user(session, NewUser(login, f"名 {login}", "zh"), actor=INSTALLER, at=long_ago())
        if roles:
            grant = Grant(site.organisation, frozenset(roles))
            give_role(session, grant, user, actor=INSTALLER, at=long_ago())
        return user.id


def test_everybody_is_listed_with_their_roles_and_auditors_apart(site: Site) -> None:
    site.sign_in("admin")
    words = site.read(PEOPLE)
    for each in ("Admin (you)", "compliance officer", "the whole organisation", "itsm · until"):
        assert each in words
    assert words.index("Contributor") < words.index("Auditors") < words.rindex("auditor")
    assert "Owner" not in site.read(f"{PEOPLE}?q=contrib").split("Auditors")[0].split("Roles")[1]
    assert "Nobody is called so." in site.read(f"{PEOPLE}?q=zzz")


def test_a_role_is_given_by_login_and_ended(site: Site) -> None:
    account(site, "li.na")
    site.sign_in("admin")
    page = f"{PEOPLE}/role"
    given = site.send(page, page, {"login": "Li.Na", "role": "reviewer", "scope": "programme"})
    assert "The role was given." in text_of(given)
    assert "名 li.na" in given.text
    [end] = re.findall(r'action="([^"]+/end)"', given.text.split("名 li.na")[1])[:1]
    ended = site.send(PEOPLE, end)
    assert "The role was ended: 名 li.na, reviewer." in text_of(ended)
    assert 'class="scroll listed"' in ended.text
    assert "<td>li.na</td>" not in ended.text
    back = site.send(f"{PEOPLE}?{ended.url.query.decode()}", end.removesuffix("/end") + "/again")
    assert "It is there again." in text_of(back)
    assert "<td>li.na</td>" in back.text
    assert "Undo" not in text_of(site.get(f"{PEOPLE}?{ended.url.query.decode()}"))


def test_nobody_is_offered_to_undo_what_they_may_not(site: Site) -> None:
    account(site, "li.na")
    site.sign_in("admin")
    given = site.send(f"{PEOPLE}/role", f"{PEOPLE}/role", {"login": "li.na", "role": "reviewer", "scope": "programme"})
    [end] = re.findall(r'action="([^"]+/end)"', given.text.split("名 li.na")[1])[:1]
    ended = site.send(PEOPLE, end)
    assert "Undo" in text_of(ended)
    address, again = f"{PEOPLE}?{ended.url.query.decode()}", end.removesuffix("/end") + "/again"
    site.sign_in("officer")
    assert "Undo" not in site.read(address)
    assert site.send(PEOPLE, again).status_code == 403
    assert site.read(f"{PEOPLE}?ended=nothing")


def test_an_unknown_login_is_said_and_what_was_typed_stays(site: Site) -> None:
    site.sign_in("admin")
    page = f"{PEOPLE}/role"
    answer = site.send(page, page, {"login": "nobody", "role": "reviewer", "until": "2999-01-01"})
    assert answer.status_code == 422
    assert "Nobody has the login nobody." in text_of(answer)
    assert 'value="2999-01-01"' in answer.text
    assert '<option value="reviewer" selected>' in answer.text
    itself = site.send(page, page, {"login": "admin", "role": "reviewer"})
    assert "You cannot give a role to yourself" in text_of(itself)


def test_an_auditor_is_let_in_to_this_programme_until_the_end_of_a_day(site: Site) -> None:
    account(site, "visitor")
    site.sign_in("admin")
    page = f"{PEOPLE}/auditor"
    assert "access is always for a time" in text_of(site.send(page, page, {"login": "visitor"}))
    assert "ends before it begins" in text_of(site.send(page, page, {"login": "visitor", "until": "2020-01-01"}))
    answer = site.send(page, page, {"login": "visitor", "until": SOON})
    assert f"until {SOON} 23:59" in text_of(answer)


def test_a_machine_gets_a_token_whose_secret_is_shown_once(site: Site) -> None:
    robot = account(site, "robot", Role.CI)
    site.sign_in("admin")
    page = f"{PEOPLE}/token"
    once = hidden(site.get(page).text, "once")
    fields = {"name": "nightly", "user_id": robot, "role": "ci", "scope": "programme", "days": "30", "once": once}
    made = site.send(page, page, fields)
    [secret] = re.findall(r"ar_[\w-]+", made.text)
    with site.runtime.database.reading() as session:
        actor, _ = actor_of(session, secret, at=datetime.now(UTC))
        assert (actor.id, actor.grants[0].programme_id) == (robot, site.programme)
    again = site.send(page, page, fields)
    assert again.url.path == PEOPLE
    assert secret not in again.text
    assert again.text.count("nightly</th>") == 1
    [revoke] = re.findall(r'action="([^"]+/revoke)"', again.text)
    assert "The token was revoked." in text_of(site.send(PEOPLE, revoke))
    assert "many is not a whole number." in text_of(site.send(page, page, {**fields, "days": "many"}))
    assert site.send(page, page, {**fields, "user_id": site.users["officer"]}).status_code == 403


def test_an_installer_makes_an_account_that_can_then_be_given_a_role(site: Site) -> None:
    installer(site)
    page = f"{PEOPLE}/user"
    fields = {"login": "sun.li", "name": "孙丽", "language": "zh"}
    short = site.send(page, page, {**fields, "password": "short"})
    assert short.status_code == 422
    assert "12 to 200 characters" in text_of(short)
    assert 'value="孙丽"' in short.text
    assert "short" not in short.text.replace("Short", "")
    once = hidden(site.get(page).text, "once")
    made = site.send(page, page, {**fields, "password": "a long enough password", "once": once})
    assert made.url.path == f"{PEOPLE}/role"
    assert 'value="sun.li"' in made.text
    taken = site.send(page, page, {**fields, "password": "a long enough password"})
    assert taken.status_code == 409
    site.sign_in("sun.li")


def test_nothing_kept_of_a_form_depends_on_its_password(site: Site) -> None:
    installer(site)
    page = f"{PEOPLE}/user"
    for login, password in (("one.user", "a long enough password"), ("one.user", "another long password")):
        fields = {"login": login, "name": "One", "language": "zh", "password": password, "once": "same"}
        assert site.send(page, page, fields).status_code == 200
    with site.runtime.database.reading() as session:
        assert session.query(Answered).filter(Answered.key.startswith("page:same:")).count() == 1
        assert find_user(session, "one.user").name == "One"


@pytest.mark.parametrize("who", ["officer", "contributor"])
def test_who_does_not_manage_people_reads_and_sees_no_form(site: Site, who: str) -> None:
    site.sign_in(who)
    page = site.get(PEOPLE)
    assert page.status_code == 200
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.text)
    assert {each for each in forms if "/people" in each} == set()
    assert "/people/role" not in page.text
    for what in ("role", "auditor", "token", "user"):
        assert site.get(f"{PEOPLE}/{what}").status_code == 403
        assert site.send(PEOPLE, f"{PEOPLE}/{what}", {"login": "admin", "role": "ci"}).status_code == 403


def test_an_administrator_who_did_not_install_makes_no_accounts(site: Site) -> None:
    site.sign_in("admin")
    assert "/people/user" not in site.get(PEOPLE).text
    assert site.get(f"{PEOPLE}/user").status_code == 403
    assert site.send(PEOPLE, f"{PEOPLE}/user", {"login": "x", "name": "X"}).status_code == 403


def test_an_auditor_sees_nobody(site: Site) -> None:
    site.sign_in("auditor")
    assert site.get(PEOPLE).status_code == 403
