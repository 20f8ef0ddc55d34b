"""A link lets an auditor without an account in: for one programme, for a time, and on record."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from app.journal.service import entries
from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.papers import document
from tests.web.test_coverage import month, record_of

PEOPLE = f"{HOME}/people"
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


def made(site: Site, **fields: str) -> str:
    """Make a link as the administrator and return its address below the host."""
    site.sign_in("admin")
    answer = site.send(
        f"{PEOPLE}/link", f"{PEOPLE}/link", {"name": "Zhao Min", "until": SOON, "language": "en", **fields}
    )
    [address] = re.findall(r'<p class="secret">([^<]*)</p>', answer.text)
    assert address.startswith("http://testserver/enter/")
    return str(address).removeprefix("http://testserver")


def come_in(site: Site, address: str) -> str:
    """Open a link in a browser that knows nobody and return the words of the first page."""
    site.client.cookies.clear()
    page = site.get(address)
    assert page.status_code == 200, text_of(page)
    [secret] = re.findall(r'name="secret" value="([^"]*)"', page.text)
    answer = site.client.post("/enter", data={"form_key": key_of(page), "secret": secret})
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer)


def test_a_link_opens_the_clauses_and_says_before_what_it_opens(site: Site) -> None:
    address = made(site)
    site.client.cookies.clear()
    words = site.read(address)
    assert "Example lets you read: IT services." in words
    assert "For Zhao Min, until" in words
    assert "Asia/Shanghai" in words
    assert "auditready_session" not in site.client.cookies  # a mail program that looks at it begins nothing
    words = come_in(site, address)
    assert "Zhao Min" in words
    assert "ISO/IEC 20000-1:2018" in words
    assert [place for place in ("Home", "Journal", "Set-up") if place in words.split("As of")[0]] == []
    assert site.get(f"{HOME}/worklist").status_code == 403


def test_what_is_opened_is_on_record_under_the_name_that_was_given(site: Site) -> None:
    made_of = record_of(site, month(3))
    come_in(site, made(site))
    assert site.get(f"{HOME}/evidence/{made_of}/versions/1/files/1").status_code == 200
    with site.runtime.database.reading() as session:
        [entry] = entries(session, site.organisation, subject_id=made_of, limit=1)
        assert (entry.action, entry.actor_name) == ("file.opened", "Zhao Min")
    account = site.get("/account")
    assert "old_password" not in account.text
    answer = site.send("/account", "/account", {"name": "Somebody else", "language": "en"})
    assert answer.status_code == 403
    assert "zh-CN" in site.send("/account", "/account", {"name": "Zhao Min", "language": "zh"}).text


def test_nothing_that_can_be_clicked_leads_to_a_refusal(site: Site) -> None:
    record_of(site, month(3))
    record_of(site, month(2), accept=False)
    for number, state in enumerate(("effective", "in-review", "withdrawn")):
        document(site, f"P-{number}", f"Paper {number}", state=state)
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    come_in(site, made(site))
    waiting = [f"{HOME}/clauses", f"{HOME}/clauses?known_at={day}", f"{HOME}/documents?as_of={day}", "/account"]
    seen: set[str] = set()
    while waiting and len(seen) < 120:
        address = waiting.pop(0)
        if address in seen or address.startswith(("#", "/static", "/language")):
            continue
        seen.add(address)
        answer = site.get(address)
        assert answer.status_code == 200, (address, text_of(answer))
        if "text/html" in answer.headers["content-type"]:
            found = re.findall(r'<a [^>]*href="([^"#]+)', answer.text)
            of_kinds = {re.sub(r"[0-9a-f-]{36}|[0-9A]+(\.[0-9]+)*", "?", each) for each in seen}
            fresh = [unescape(each) for each in found]
            new = [each for each in fresh if re.sub(r"[0-9a-f-]{36}|[0-9A]+(\.[0-9]+)*", "?", each) not in of_kinds]
            waiting = new + waiting + [each for each in fresh if each not in new]
    assert len(seen) == 120


def test_what_was_revoked_or_is_unknown_leads_nowhere(site: Site) -> None:
    address = made(site)
    come_in(site, address)
    assert site.get(f"{HOME}/clauses").status_code == 200
    held = dict(site.client.cookies)
    site.sign_in("admin")
    [revoke] = re.findall(rf'action="({PEOPLE}/links/[^"]*/revoke)"', site.get(PEOPLE).text)
    assert "The link was revoked" in text_of(site.send(PEOPLE, revoke))
    assert "No link is open." in site.read(PEOPLE)
    site.client.cookies.clear()
    site.client.cookies.update(held)
    assert "/sign-in" in str(site.get(f"{HOME}/clauses").url)
    for gone in (address, "/enter/nothing"):
        refused = site.get(gone)
        assert refused.status_code == 404
    assert "has ended or was revoked" in text_of(site.get(address))
    page = site.get("/sign-in")
    late = site.client.post("/enter", data={"form_key": key_of(page), "secret": address.rpartition("/")[2]})
    assert late.status_code == 404


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": ""}, "name"),
        ({"until": ""}, "access is always for a time"),
        ({"until": "2020-01-01"}, "ends after today"),
        ({"until": "2999-01-01"}, "within 366 days"),
        ({"until": "soon"}, "is no day such as"),
        ({"language": "fr"}, "zh or en"),
    ],
)
def test_a_link_that_cannot_be_made_says_why_beside_its_field(site: Site, fields: dict[str, str], why: str) -> None:
    site.sign_in("admin")
    given = {"name": "Zhao Min", "until": SOON, "language": "en", **fields}
    answer = site.send(f"{PEOPLE}/link", f"{PEOPLE}/link", given)
    assert answer.status_code == 422
    assert why in answer.text
    assert f'value="{given["name"]}"' in answer.text
    assert "No link is open." in site.read(PEOPLE)


def test_only_who_manages_people_makes_and_sees_links(site: Site) -> None:
    made(site)
    assert site.read(PEOPLE).count("Zhao Min") == 2  # in the list and on its button, not among the auditors
    for who in ("officer", "contributor"):
        site.sign_in(who)
        assert site.get(f"{PEOPLE}/link").status_code == 403
        assert "Access links" not in site.read(PEOPLE)
