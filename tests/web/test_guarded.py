"""Every answer of the pages carries the headers that keep browsers from doing harm with it."""

import httpx2

from app.web.assets import address_of
from tests.web.conftest import HOME, Site
from tests.web.test_viewing import some_file

ON_EVERYTHING = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def checked(answer: httpx2.Response, status: int) -> httpx2.Response:
    """Return an answer of this status after looking at its headers."""
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ON_EVERYTHING} == ON_EVERYTHING
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors" in policy
    assert "unsafe" not in policy
    return answer


def test_pages_redirects_and_refusals_are_guarded_and_never_kept(site: Site) -> None:
    page = f"{HOME}/evidence"
    asked = [("GET", page, 303), ("GET", "/sign-in", 200), ("GET", "/nothing", 404), ("PATCH", "/sign-in", 405)]
    asked += [("POST", "/sign-out", 401), ("GET", "/language/zh", 303)]
    for method, path, status in asked:
        answer = checked(site.client.request(method, path, follow_redirects=False), status)
        assert answer.headers["cache-control"] == "no-store"
    site.sign_in("officer")
    assert checked(site.get(page), 200).headers["cache-control"] == "no-store"
    assert checked(site.client.post("/sign-out", data={}), 403).headers["cache-control"] == "no-store"
    saved = site.send("/account", "/account", {"name": "Officer", "language": "en"}, follow_redirects=False)
    assert checked(saved, 303).headers["cache-control"] == "no-store"


def test_files_are_guarded_whichever_way_they_go_out(site: Site) -> None:
    address = some_file(site, "a.png", b"text")
    site.sign_in("officer")
    for path in (address.removesuffix("/view"), address + "/picture"):
        answer = checked(site.get(path), 200)
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "sandbox" in answer.headers["content-security-policy"]
        checked(site.get(path, headers={"If-None-Match": answer.headers["etag"]}), 304)
    for kind in ("xlsx", "csv"):
        answer = checked(site.get(f"{HOME}/evidence/export.{kind}"), 200)
        assert answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert "immutable" in checked(site.get(address_of("style.css")), 200).headers["cache-control"]


def test_a_script_that_is_refused_gets_a_guarded_answer(site: Site) -> None:
    site.sign_in("officer")
    refused = site.client.put(f"{HOME}/evidence/upload/a.txt", content=b"text", headers={"Accept": "application/json"})
    assert checked(refused, 403).headers["cache-control"] == "no-store"
