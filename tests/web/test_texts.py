"""The organisation's own licensed text of a standard: entered, brought as a whole, shown to whom it may be shown."""

import re
from datetime import UTC, datetime, timedelta

from tests.builders import F2018
from tests.web.conftest import HOME, Site, key_of, text_of

TEXTS, CLAUSE = f"{HOME}/texts", f"{HOME}/clauses/{F2018}/8.6.1"
WORDS = "The words that were bought."
WHOLE = f"8.6.1 Incident management\n{WORDS}\n8.6.2 Service request management\nOther words.\n"


def keep(site: Site, **texts: str) -> str:
    """Keep texts of clause 8.6.1 by its form and return the words of the answer."""
    address = f"{TEXTS}/{F2018}/8.6.1"
    page = site.get(address)
    seen = dict(re.findall(r'name="(seen_\w\w)" value="(\w+)"', page.text))
    answer = site.client.post(address, data={"form_key": key_of(page), **seen, **texts})
    return text_of(answer)


def license_(site: Site, source: str, **more: str) -> str:
    """Say where the English text comes from."""
    return text_of(site.send(TEXTS, f"{TEXTS}/{F2018}/en/licence", {"source": source, **more}))


def test_a_text_stands_beside_our_summary_with_its_source_for_the_organisations_people(site: Site) -> None:
    site.sign_in("officer")
    assert "Enter the licensed text of this clause" in site.read(CLAUSE)
    assert WORDS in keep(site, text_en=WORDS)
    assert "Nobody has said where this text comes from." in site.read(CLAUSE)
    assert "1 of 88 clauses have their text." in license_(site, "ISO/IEC 20000-1:2018, copy 7")
    for who in ("contributor", "reviewer", "owner"):
        site.sign_in(who)
        words = site.read(CLAUSE)
        assert WORDS in words
        assert "Source: ISO/IEC 20000-1:2018, copy 7 · licensed to Example" in words
        assert "Change the licensed text" not in words
        assert site.get(TEXTS).status_code == 403
    site.sign_in("officer")
    keep(site, text_en="")
    assert WORDS not in site.read(CLAUSE)


def test_an_auditor_sees_it_only_where_the_licence_allows_it_and_it_leaves_by_no_export(site: Site) -> None:
    site.sign_in("officer")
    keep(site, text_en=WORDS)
    assert WORDS not in site.get(f"{HOME}/clauses/export.csv").text
    site.send(HOME, f"{HOME}/preview")
    assert WORDS not in site.read(CLAUSE)
    site.send(f"{HOME}/clauses", "/preview/end")
    site.sign_in("auditor")
    assert WORDS not in site.read(CLAUSE)
    assert "licensed" not in site.read(CLAUSE).lower()
    site.sign_in("officer")
    license_(site, "Copy 7", for_auditors="yes")
    site.sign_in("auditor")
    assert WORDS in site.read(CLAUSE)
    site.sign_in("officer")
    license_(site, "Copy 7")
    site.sign_in("auditor")
    assert WORDS not in site.read(CLAUSE)


def test_the_text_in_the_readers_language_comes_first(site: Site) -> None:
    site.sign_in("officer")
    keep(site, text_en=WORDS, text_zh="原文")
    for language, first in (("en", WORDS), ("zh", "原文")):
        site.sign_in("officer", language)
        page = site.get(CLAUSE).text
        [opened] = re.findall(r'<details class="own-text" open>.*?</details>', page, re.DOTALL)
        assert first in opened
        assert page.count('class="own-text"') == 2


def test_a_whole_text_is_looked_at_before_it_is_kept(site: Site) -> None:
    site.sign_in("officer")
    address = f"{TEXTS}/{F2018}/en/import"
    looked = site.send(TEXTS, address, {"act": "look"}, files={"file": ("standard.txt", WHOLE.encode("utf-16"))})
    assert "Clauses found: 2; new or changed: 2; clauses that would still have no text: 86." in text_of(looked)
    assert WORDS not in site.read(CLAUSE)
    [typed] = re.findall(r'<textarea id="f-text"[^>]*>(.*?)</textarea>', looked.text, re.DOTALL)
    kept = site.client.post(address, data={"form_key": key_of(looked), "act": "keep", "text": typed})
    assert "The texts are kept." in text_of(kept)
    assert "2 of 88 clauses have their text." in text_of(kept)
    assert f"8.6.1 Incident management {WORDS}" in site.read(CLAUSE)
    assert "All of this is held already." in text_of(site.send(TEXTS, address, {"act": "look", "text": WHOLE}))


def test_what_is_no_text_or_has_no_clause_is_refused_and_what_was_typed_stays(site: Site) -> None:
    site.sign_in("officer")
    address = f"{TEXTS}/{F2018}/en/import"
    for fields, files, why in (
        ({"text": "my own words"}, {}, "No clause was found."),
        ({"text": ""}, {}, "Choose the file with the text"),
        ({}, {"file": ("x.docx", b"PK\x00\x01")}, "This is no plain text."),
    ):
        answer = site.send(TEXTS, address, {"act": "look", **fields}, files=files)
        assert answer.status_code == 422
        assert why in text_of(answer)
        assert fields.get("text", "") in answer.text
    assert "source" in site.send(TEXTS, f"{TEXTS}/{F2018}/en/licence", {"source": ""}).text
    assert site.send(TEXTS, f"{TEXTS}/iso9001/en/licence", {"source": "x"}).status_code == 404
    assert site.send(TEXTS, f"{TEXTS}/{F2018}/fr/licence", {"source": "x"}).status_code == 422
    assert site.get(f"{TEXTS}/{F2018}/99.9").status_code == 404


def test_the_second_of_two_who_change_one_text_is_told_and_loses_nothing(site: Site) -> None:
    site.sign_in("officer")
    address = f"{TEXTS}/{F2018}/8.6.1"
    page = site.get(address)
    seen = dict(re.findall(r'name="(seen_\w\w)" value="(\w+)"', page.text))
    keep(site, text_en="theirs")
    answer = site.client.post(address, data={"form_key": key_of(page), **seen, "text_en": "mine"})
    assert answer.status_code == 412
    assert ">mine</textarea>" in answer.text
    assert "theirs" in text_of(answer)
    assert "theirs" in site.read(CLAUSE)


def test_a_page_about_the_past_shows_the_text_held_then_and_no_form(site: Site) -> None:
    site.sign_in("officer")
    keep(site, text_en=WORDS)
    day = (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)
    then = site.get(f"{CLAUSE}?known_at={day}")
    assert WORDS not in text_of(then)
    assert "licensed text" not in text_of(then)
    page = site.get(f"{TEXTS}?known_at={day}")
    assert "0 of 88 clauses have their text." in text_of(page)
    assert 'name="source"' not in page.text
