"""Forms whose session is not the one that opened them: nothing typed is lost, and nothing is done unseen."""

import re
from html import unescape
from typing import Any

import httpx2

from app.web.errors import STRANGERS_BYTES
from app.web.visits import SESSION
from tests.web.conftest import HOME, PASSWORD, Site, key_of, text_of

OURS = {"Origin": "http://testserver"}
ADD = f"{HOME}/evidence/add"
TITLE = "七月的纪要 & more"
FILE = ("file", ("纪要.txt", b"text" * 1000, "text/plain"))


def hidden(answer: httpx2.Response, action: str) -> dict[str, Any]:
    """Return the fields of the form on a page that goes to `action`, as a browser would send them."""
    form = answer.text.split(f'method="post" action="{action}"')[1].split("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def titles(site: Site) -> list[str]:
    """Return what the evidence there is is called."""
    rows = site.client.get(f"{HOME}/evidence").text.split('<table class="evidence')
    return [
        unescape(each) for each in re.findall(r'<th scope="row">.*?<a [^>]*>([^<]*)</a>', "".join(rows[1:]), re.DOTALL)
    ]


def evidence_form(site: Site) -> dict[str, Any]:
    """Return what somebody types into the form that adds evidence."""
    return {**hidden(site.get(ADD), ADD), "title": TITLE, "mode": "one", "collected_on": "2026-07-31", "note": "a\nb"}


def sign_in_again(site: Site, asked: httpx2.Response, who: str = "officer") -> httpx2.Response:
    """Fill in the page that asks for the password in between."""
    fields = {**hidden(asked, "/sign-in"), "login": who, "password": PASSWORD}
    return site.client.post("/sign-in", data=fields, headers=OURS)


def test_what_was_typed_beside_files_survives_a_session_that_ended(site: Site) -> None:
    site.sign_in("officer")
    typed = evidence_form(site)
    site.client.cookies.delete(SESSION)
    asked = site.client.post(ADD, data=typed, files=[FILE], headers=OURS)
    assert asked.status_code == 401
    assert "what you typed is kept" in text_of(asked)
    assert "have to be chosen again afterwards: 纪要.txt" in text_of(asked)
    back = sign_in_again(site, asked)
    assert TITLE in text_of(back)
    assert "It was: 纪要.txt" in text_of(back)
    assert '<input id="g-1" type="file" name="file" required' in back.text
    assert 'enctype="multipart/form-data"' in back.text
    answer = site.client.post(ADD, data=hidden(back, ADD), files=[FILE], headers=OURS)
    assert "The evidence is added" in text_of(answer)
    assert titles(site) == [TITLE]


def test_of_a_form_with_files_from_somebody_never_signed_in_little_is_read(site: Site) -> None:
    large = ("a.bin", b"x" * (2 * STRANGERS_BYTES), "application/octet-stream")
    asked = site.client.post(ADD, files={"note": (None, "kept"), "file": large, "title": (None, "not read")})
    assert asked.status_code == 401
    assert hidden(asked, "/sign-in")["kept:note"] == ["kept"]
    assert hidden(asked, "/sign-in")["file:file"] == ["a.bin"]
    assert "kept:title" not in hidden(asked, "/sign-in")
    assert "more than could be kept" in text_of(asked)


def test_text_after_a_large_file_is_kept_for_somebody_whose_session_ended(site: Site) -> None:
    site.sign_in("officer")
    secret = site.client.cookies[SESSION]
    site.send(HOME, "/sign-out")
    site.client.cookies.set(SESSION, secret)
    large = {"file": ("large.bin", b"x" * (2 * STRANGERS_BYTES), "application/octet-stream")}
    asked = site.client.post(ADD, files={**large, "note": (None, "after the file")})
    assert hidden(asked, "/sign-in")["kept:note"] == ["after the file"]
    assert "more than could be kept" not in text_of(asked)


def test_a_form_of_an_older_session_is_sent_with_one_click_by_the_same_person(site: Site) -> None:
    site.sign_in("officer")
    typed = evidence_form(site)
    site.sign_in("officer")
    asked = site.client.post(ADD, data=typed, headers=OURS)
    assert asked.status_code == 403
    assert "You have signed in anew" in text_of(asked)
    assert TITLE in text_of(asked)
    assert titles(site) == []
    nil = {"nil_return": "yes", "period_from": "2026-07-01", "period_to": "2026-07-31"}
    answer = site.client.post(ADD, data={**hidden(asked, ADD), **nil}, headers=OURS)
    assert "The evidence is added" in text_of(answer)


def test_a_form_that_somebody_else_opened_says_so_and_they_can_sign_in_for_it(site: Site) -> None:
    site.sign_in("officer")
    typed = evidence_form(site)
    site.sign_in("owner")
    asked = site.client.post(ADD, data=typed, files=[FILE], headers=OURS)
    assert asked.status_code == 403
    assert "Somebody else opened this form" in text_of(asked)
    assert "You are signed in as Owner. If you send it, it is done in your name." in text_of(asked)
    back = sign_in_again(site, asked)
    assert "You are signed in" in text_of(back)
    assert "Somebody else" not in text_of(back)
    assert {name: back for name, back in hidden(back, ADD).items() if name == "note"} == {"note": ["a\nb"]}
    assert "It was: 纪要.txt" in text_of(back)


def test_who_signs_in_for_somebody_else_is_told_before_it_is_sent(site: Site) -> None:
    site.sign_in("officer")
    typed = evidence_form(site)
    site.client.cookies.delete(SESSION)
    asked = site.client.post(ADD, data=typed, headers=OURS)
    back = sign_in_again(site, asked, "owner")
    assert "Somebody else opened this form" in text_of(back)
    assert "Send it as Owner" in text_of(back)


def test_another_site_gets_no_form_offered(site: Site) -> None:
    site.sign_in("officer")
    key = key_of(site.get(HOME))
    site.sign_in("officer")
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = site.client.post(ADD, data={"form_key": key, "title": "forged"}, headers=headers)
        assert answer.status_code == 403
        assert "forged" not in answer.text
    assert "forged" not in site.client.post(ADD, data={"title": "forged"}, headers=OURS).text


def test_a_script_gets_a_refusal_it_can_show(site: Site) -> None:
    site.sign_in("officer")
    typed = evidence_form(site)
    site.sign_in("officer")
    json = {**OURS, "Accept": "application/json"}
    assert "no longer valid" in site.client.post(ADD, data=typed, headers=json).json()["message"]
    site.client.cookies.delete(SESSION)
    answer = site.client.post(ADD, data=typed, headers=json)
    assert (answer.status_code, answer.json()["message"]) == (401, "Sign in first.")


def test_passwords_are_typed_again_and_never_left_out(site: Site) -> None:
    site.sign_in("admin")
    page = f"{HOME}/people/user"
    with site.runtime.database.writing() as session:
        from app.identity.users import find_user  # noqa: PLC0415

        find_user(session, "admin").installer = True
    typed = {**hidden(site.get(page), page), "login": "new", "name": "New", "language": "en", "password": "x" * 20}
    site.client.cookies.delete(SESSION)
    back = sign_in_again(site, site.client.post(page, data=typed, headers=OURS), "admin")
    assert '<input id="s-1" type="password" name="password" required' in back.text
    assert "x" * 20 not in back.text


def test_a_sign_in_page_that_has_lost_its_cookie_is_shown_again(site: Site) -> None:
    fields = {"form_key": key_of(site.get("/sign-in")), "login": "officer", "password": PASSWORD, "kept:note": "kept"}
    site.client.cookies.clear()
    answer = site.client.post("/sign-in", data=fields, headers=OURS)
    assert answer.status_code == 403
    assert 'value="officer"' in answer.text
    assert 'name="kept:note" value="kept"' in answer.text
    again = {**hidden(answer, "/sign-in"), "login": "officer", "password": PASSWORD}
    assert "You are signed in" in text_of(site.client.post("/sign-in", data=again, headers=OURS))
