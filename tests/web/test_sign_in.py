import re

from fastapi.testclient import TestClient

from app.identity.attempts import FREE_FOR_LOGIN
from app.web.visits import PREVIEW, SESSION
from tests.web.conftest import HOME, PASSWORD, Site, key_of, text_of


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_where_they_wanted_to_go(site: Site) -> None:
    asked = site.get(f"{HOME}?as_of=2027-03-01")
    assert asked.url.path == "/sign-in"
    fields = {"login": "officer", "password": PASSWORD, "to": f"{HOME}?as_of=2027-03-01"}
    answer = site.send("/sign-in", "/sign-in", fields)
    assert (answer.url.path, answer.url.query) == (HOME, b"as_of=2027-03-01")


def test_a_wrong_password_is_said_and_the_login_is_kept(site: Site) -> None:
    answer = site.send("/sign-in", "/sign-in", {"login": "officer", "password": "wrong"})
    assert answer.status_code == 401
    assert "The login or the password is wrong." in text_of(answer)
    assert 'value="officer"' in answer.text
    assert "wrong</" not in answer.text.split("<form")[1]


def test_nobody_is_sent_to_another_site_after_signing_in(site: Site) -> None:
    for to in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "/\t/elsewhere.example"):
        site.client.cookies.clear()
        answer = site.send(
            "/sign-in", "/sign-in", {"login": "officer", "password": PASSWORD, "to": to}, follow_redirects=False
        )
        assert answer.headers["location"] == "/"


def test_the_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(site: Site) -> None:
    answer = site.send("/sign-in", "/sign-in", {"login": "officer", "password": PASSWORD}, follow_redirects=False)
    [cookie] = [each for each in answer.headers.get_list("set-cookie") if each.startswith(SESSION)]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    site.client.cookies.clear()
    secure = site.client.get("https://testserver/sign-in").headers["set-cookie"]
    assert "Secure" in secure


def test_signing_out_ends_the_session_also_for_whoever_kept_its_cookie(site: Site) -> None:
    site.sign_in("officer")
    kept = site.client.cookies[SESSION]
    assert site.send(HOME, "/sign-out").url.path == "/sign-in"
    site.client.cookies.set(SESSION, kept)
    assert site.get(HOME).url.path == "/sign-in"


def test_a_form_from_another_site_or_without_its_key_is_refused(site: Site) -> None:
    site.sign_in("officer")
    key = key_of(site.get(HOME))
    forged = [
        ({"form_key": "0" * 128}, {}),
        ({}, {}),
        ({"form_key": key}, {"Sec-Fetch-Site": "cross-site"}),
        ({"form_key": key}, {"Origin": "https://elsewhere.example"}),
    ]
    for data, headers in forged:
        assert site.client.post("/sign-out", data=data, headers=headers).status_code == 403
    assert site.get(HOME).url.path == HOME


def test_a_session_that_ends_while_a_form_is_open_loses_nothing(site: Site) -> None:
    site.sign_in("officer")
    typed = {"form_key": key_of(site.get(HOME)), "note": "两行\n of text & <b>more</b>"}
    site.client.cookies.delete(SESSION)
    asked = site.client.post("/sign-out", data=typed)
    assert asked.status_code == 401
    assert "what you typed is kept" in text_of(asked)
    fields = {
        "form_key": key_of(asked),
        "login": "officer",
        "password": PASSWORD,
        "to": "/sign-out",
        "kept:note": typed["note"],
    }
    back = site.client.post("/sign-in", data=fields)
    assert 'action="/sign-out"' in back.text
    assert "两行\n of text &amp; &lt;b&gt;more&lt;/b&gt;" in back.text
    assert key_of(back) != typed["form_key"]


def test_the_language_is_the_one_chosen_then_the_persons_then_the_browsers(site: Site) -> None:
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9"}
    assert "登录" in site.read("/sign-in", headers=chinese)
    site.sign_in("officer", "zh")
    assert "我们准备好了吗" in site.read(HOME, headers={"Accept-Language": "en"})
    assert site.get(HOME).headers["content-language"] == "zh-CN"
    assert "Are we ready?" in text_of(site.get(f"/language/en?to={HOME}"))


def test_the_key_of_a_form_is_written_otherwise_each_time_and_still_holds(site: Site) -> None:
    site.sign_in("officer")
    first, second = (key_of(site.get(HOME)) for _ in range(2))
    assert first != second
    assert site.client.post("/sign-out", data={"form_key": first}, follow_redirects=False).status_code == 303


def test_behind_a_proxy_every_address_and_cookie_is_below_the_prefix(site: Site) -> None:
    with TestClient(site.client.app, root_path="/audit", base_url="https://testserver") as client:
        page = client.get("/audit/programmes/itsm")
        assert page.url.path == "/audit/sign-in"
        addresses = re.findall(r'(?:href|src|action)="([^"#]+)"', page.text)
        assert [each for each in addresses if not each.startswith("/audit/")] == []
        assert [client.get(each).status_code for each in addresses if "/static/" in each] == [200, 200, 200]
        fields = {"form_key": key_of(page), "login": "officer", "password": PASSWORD, "to": "/programmes/itsm"}
        answer = client.post("/audit/sign-in", data=fields)
        assert answer.url.path == "/audit/programmes/itsm"
        [cookie] = [each for each in answer.history[0].headers.get_list("set-cookie") if each.startswith(SESSION)]
        assert {"Path=/audit", "Secure", "HttpOnly"} <= set(cookie.split("; "))
        assert client.get("/audit/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_after_several_wrong_passwords_one_waits_and_the_page_says_how_long(site: Site) -> None:
    for _ in range(FREE_FOR_LOGIN):
        assert site.send("/sign-in", "/sign-in", {"login": "officer", "password": "wrong"}).status_code == 401
    answer = site.send("/sign-in", "/sign-in", {"login": "officer", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 10
    assert "Too many wrong passwords came from here. Wait" in text_of(answer)
    assert 'value="officer"' in answer.text
    site.sign_in("reviewer")


def test_a_password_that_was_typed_is_never_sent_back_to_a_page(site: Site) -> None:
    site.sign_in("officer")
    typed = {"old_password": PASSWORD, "new_password": "another long one", "again": "another long one"}
    site.client.cookies.delete(SESSION)
    asked = site.client.post("/account/password", data={"note": "kept", **typed})
    assert 'name="kept:note" value="kept"' in asked.text
    assert "another long one" not in asked.text
    assert "kept:old_password" not in asked.text


def test_more_than_anybody_types_is_not_kept_for_a_stranger(site: Site) -> None:
    asked = site.client.post("/sign-out", data={"note": "x" * 300_000})
    assert asked.status_code == 401
    assert len(asked.text) < 20_000


def test_signing_out_ends_a_preview_too(site: Site) -> None:
    site.sign_in("officer")
    site.send(HOME, f"{HOME}/preview")
    site.send(HOME, "/sign-out")
    assert PREVIEW not in site.client.cookies
