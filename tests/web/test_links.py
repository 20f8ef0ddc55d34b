"""Whoever may see a page may follow every link on it, and what is typed into an address is refused in words."""

import re
from html import unescape

import pytest

from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.papers import document
from tests.web.test_viewing import some_file

LEFT_OUT = re.compile(r"/sign-out|/language/|/static/")


def links_of(page: str) -> set[str]:
    """Return where a page leads to within the application."""
    found = {unescape(each).partition("#")[0] for each in re.findall(r'href="(/[^"]*)"', page)}
    return {each for each in found if not LEFT_OUT.search(each)}


@pytest.mark.parametrize("who", ["admin", "officer", "owner", "contributor", "reviewer", "auditor"])
def test_no_link_on_any_page_leads_to_a_refusal(site: Site, who: str) -> None:
    some_file(site, "纪要.txt", b"minutes")
    some_file(site, "draft.txt", b"draft", accept=False)
    document(site, state="effective")
    site.sign_in(who)
    start = site.get("/").url.path
    seen, waiting = set[str](), {start, "/account"}
    while waiting:
        address = waiting.pop()
        seen.add(re.sub(r"\d", "0", address))
        answer = site.get(address)
        assert answer.status_code == 200, (address, text_of(answer)[:300])
        if len(seen) < 60 and "html" in answer.headers["content-type"]:
            waiting |= {each for each in links_of(answer.text) if re.sub(r"\d", "0", each) not in seen}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{HOME}?as_of=9999-12-31", 422),
        (f"{HOME}/coverage?as_of=2500-01-01", 422),
        (f"{HOME}/evidence?expiring=00000999999999", 422),
        (f"{HOME}/journal?since=0001-01-01", 422),
        (f"{HOME}?done=Your+account+is+closed", 200),
    ],
)
def test_what_makes_no_sense_in_an_address_is_refused_in_words(site: Site, path: str, status: int) -> None:
    site.sign_in("officer")
    answer = site.get(path)
    assert answer.status_code == status
    assert "Your account is closed" not in text_of(answer)


def test_a_page_that_cannot_be_changed_says_which_methods_it_takes(site: Site) -> None:
    site.sign_in("officer")
    answer = site.client.put(HOME)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_an_origin_that_is_no_address_is_another_site(site: Site) -> None:
    site.sign_in("officer")
    key = key_of(site.get(HOME))
    assert site.client.post("/sign-out", data={"form_key": key}, headers={"Origin": "http://[bad"}).status_code == 403


def test_after_a_refused_form_the_language_and_the_days_lead_back_to_its_page(site: Site) -> None:
    item = some_file(site, "a.txt", b"text").removeprefix(f"{HOME}/evidence/").partition("/")[0]
    page = f"{HOME}/evidence/{item}"
    site.sign_in("officer")
    refused = site.send(page, f"{page}/amend", {"title": ""}, headers={"Referer": f"http://testserver{page}"})
    assert refused.status_code == 412
    assert f'<form class="dates" method="get" action="{page}"' in refused.text
    assert f'/language/zh?to={page}"' in refused.text
