"""One's own account: name, language, password, sessions and tokens."""

import re

from app.identity.attempts import FREE_FOR_LOGIN
from app.identity.users import find_user
from app.web.visits import SESSION
from tests.web.conftest import HOME, PASSWORD, Site, text_of

NEW = "another long password"


def password(site: Site, old: str = PASSWORD, new: str = NEW, again: str | None = None, page: str = "/account"):  # type: ignore[no-untyped-def] # noqa: ANN201
    """Send the form that changes the password."""
    fields = {"old_password": old, "new_password": new, "again": new if again is None else again}
    return site.send(page, "/account/password", fields)


def test_the_name_in_the_head_leads_to_the_account(site: Site) -> None:
    site.sign_in("officer")
    assert '<a class="who" href="/account">Officer</a>' in site.get(HOME).text
    assert "You sign in as officer." in site.read("/account")


def test_name_and_language_are_kept_on_the_user_and_hold_at_once(site: Site) -> None:
    site.sign_in("officer")
    answer = site.send("/account", "/account", {"name": "王敏", "language": "zh"})
    assert 'lang="zh-CN"' in answer.text
    assert ">王敏</a>" in answer.text
    with site.runtime.database.reading() as session:
        user = find_user(session, "officer")
        assert (user.name, user.language) == ("王敏", "zh")
    wrong = site.send("/account", "/account", {"name": " ", "language": "zh"})
    assert wrong.status_code == 422


def test_a_new_password_ends_all_sessions_but_the_one_it_was_set_in(site: Site) -> None:
    site.sign_in("officer")
    other = site.client.cookies[SESSION]
    site.sign_in("officer")
    own = site.client.cookies[SESSION]
    answer = password(site)
    assert "The password is changed" in text_of(answer)
    assert site.client.cookies[SESSION] not in {own, other}
    for ended in (own, other):
        site.client.cookies.clear()
        site.client.cookies.set(SESSION, ended)
        assert site.get("/account").url.path == "/sign-in"
    site.client.cookies.clear()
    assert site.send("/sign-in", "/sign-in", {"login": "officer", "password": PASSWORD}).status_code == 401
    assert site.send("/sign-in", "/sign-in", {"login": "officer", "password": NEW}).status_code == 200


def test_what_is_wrong_with_a_password_stands_beside_its_field(site: Site) -> None:
    site.sign_in("officer")
    for fields, field, said in (
        ({"old": "wrong"}, "old_password", "Your old password is missing or wrong."),
        ({"new": "short"}, "new_password", "12 to 200 characters"),
        ({"again": "other"}, "again", "The two new passwords differ."),
    ):
        answer = password(site, **fields)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert f'id="w-{field}"' in answer.text
        assert NEW not in answer.text
    assert site.get("/account").status_code == 200


def test_whoever_sits_down_at_an_open_session_cannot_try_passwords_for_long(site: Site) -> None:
    site.sign_in("officer")
    for _ in range(FREE_FOR_LOGIN):
        assert password(site, old="wrong").status_code == 422
    answer = password(site)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(site: Site) -> None:
    kept = []
    for _ in range(3):
        site.sign_in("officer")
        kept.append(site.client.cookies[SESSION])
    page = site.get("/account").text
    sessions = page.split('id="sessions"')[1].split('id="tokens"')[0]
    assert (sessions.count("another one"), sessions.count("this one")) == (2, 1)
    other = re.findall(r'another one.*?action="([^"]+)"', sessions, re.DOTALL)[0]
    assert "The session was ended." in text_of(site.send("/account", other))
    assert "All other sessions were ended." in text_of(site.send("/account", "/account/sessions/end"))
    assert "another one" not in site.read("/account")
    for ended in kept[:2]:
        site.client.cookies.clear()
        site.client.cookies.set(SESSION, ended)
        assert site.get("/account").url.path == "/sign-in"


def test_nobody_ends_somebody_elses_session(site: Site) -> None:
    site.sign_in("reviewer")
    page = site.get("/account").text
    theirs = re.findall(r'action="([^"]+/end)"', page)[0]
    site.sign_in("officer")
    assert site.send("/account", theirs).status_code == 404


def test_an_auditor_has_an_account_too(site: Site) -> None:
    site.sign_in("auditor")
    assert "No program acts in your name." in site.read("/account")
