"""Lists that change in place: the whole page answers, so it has to hold what is taken out of it; nothing is inline."""

import gzip
import json
import re
from html import unescape
from importlib.metadata import files

import pytest

from app.web.assets import address_of
from app.web.guarded import POLICY
from tests.web.conftest import HOME, Site
from tests.web.papers import document
from tests.web.test_evidence import some_item

LISTS = {
    "/worklist": "whose=mine",
    "/clauses": "status=gap",
    "/evidence": "state=submitted",
    "/documents": "kind=policy",
    "/journal": "group=evidence",
    "/coverage": "holes=yes",
}
IDS = re.compile(r"(?:hx-select|hx-select-oob|hx-target|hx-indicator)=\"([^\"]*)\"")


@pytest.mark.parametrize(("path", "query"), LISTS.items())
def test_a_list_holds_everything_that_is_taken_out_of_it_whatever_is_asked_for(
    site: Site, path: str, query: str
) -> None:
    some_item(site, "A")
    document(site)
    site.sign_in("officer")
    for address in (path, f"{path}?{query}"):
        page = site.get(HOME + address).text
        wanted = {each.partition(":")[0] for found in IDS.findall(page) for each in found.split(",")}
        assert {"#found", "#said", "#tongue", "#carried", "#foot"} <= wanted
        there = {f"#{each}" for each in re.findall(r'\bid="([^"]+)"', page)}
        assert wanted - there <= ({"#frameworks"} if path == "/clauses" else set())
        assert page.count('id="found"') == 1


def test_the_library_may_evaluate_nothing_and_keeps_no_page(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{HOME}/evidence")
    [config] = re.findall(r'<meta name="htmx-config" content=\'([^\']*)\'>', page.text)
    settings = json.loads(unescape(config))
    for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles"):
        assert settings[name] is False
    assert settings["historyCacheSize"] == 0
    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|hx-on|hx-vals", page.text)


def test_the_library_comes_out_of_its_wheel_and_is_served_packed(site: Site) -> None:
    wheel = files("django-js-lib-htmx") or []
    [library] = [each for each in wheel if each.name == "htmx.min.js"]
    answer = site.client.get(address_of("htmx.js"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == library.read_binary()


def test_pages_without_a_list_do_not_load_the_library(site: Site) -> None:
    site.sign_in("officer")
    for path in ("", "/evidence/add", "/set-up"):
        assert address_of("htmx.js") not in site.get(HOME + path).text


def test_what_is_packed_is_what_is_stored() -> None:
    from app.web.assets import FILES, _packed  # noqa: PLC0415

    for name in FILES:
        plain, packed = _packed(name)
        assert gzip.decompress(packed) == plain
