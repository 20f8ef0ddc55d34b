"""Adding evidence: the plain form, and files that a script sends one by one."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from app.web.visits import SESSION
from tests.builders import PAPER, RECORD
from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.test_evidence import LIST, titles

ADD = f"{LIST}/add"
UPLOAD = f"{LIST}/upload"
Files = list[tuple[str, tuple[str, bytes]]]


def files(*several: tuple[str, bytes]) -> Files:
    """Return files as a form sends them."""
    return [("file", each) for each in several]


def blobs(site: Site) -> list[str]:
    """Return the names of all stored bytes."""
    root = site.runtime.blobs.root
    return sorted(path.name for path in Path(root).glob("??/*"))


def put(site: Site, name: str, content: bytes, query: str = "", **headers: str) -> httpx2.Response:
    """Send a file as the script does."""
    key = key_of(site.get(ADD))
    return site.client.put(f"{UPLOAD}/{quote(name)}?{query}", content=content, headers={"X-Form-Key": key, **headers})


def test_one_item_per_file_named_after_it_with_what_it_answers(site: Site) -> None:
    site.sign_in("contributor")
    fields = {"mode": "each", "expectation_ids": [RECORD], "period_from": "2026-01-01", "period_to": "2026-01-31"}
    answer = site.send(ADD, ADD, fields, files=files(("一月记录.txt", b"1"), ("二月.v2.txt", b"2")))
    assert answer.url.path == LIST
    assert "Done: 2" in text_of(answer)
    assert titles(site, f"expectation={RECORD}&period_to=2026-01-01") == ["二月.v2", "一月记录"]


def test_all_files_in_one_item(site: Site) -> None:
    site.sign_in("officer")
    fields = {"mode": "one", "title": "年度审核", "note": "两个文件", "owner_id": site.users["owner"]}
    answer = site.send(ADD, ADD, fields, files=files(("计划.txt", b"plan"), ("报告.pdf", b"report")))
    words = text_of(answer)
    for expected in (
        "年度审核",
        "The evidence is added.",
        "计划.txt",
        "报告.pdf",
        "两个文件",
        "4 bytes",
        "no damage known",
    ):
        assert expected in words


def test_the_form_is_filled_in_with_what_the_address_proposes(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{ADD}?expectation={RECORD}&period_from=2026-02-01&period_to=2026-02-28").text
    assert re.search(rf'value="{RECORD}" checked', page)
    assert 'name="period_from" value="2026-02-01"' in page
    assert "Chosen: Incident records" in page


def test_a_refused_form_keeps_what_was_typed_and_stores_nothing(site: Site) -> None:
    site.sign_in("officer")
    fields = {"mode": "one", "title": "半年报", "period_from": "2026-01-01", "note": "注", "expectation_ids": [RECORD]}
    answer = site.send(ADD, ADD, fields, files=files(("a.txt", b"some bytes")))
    assert answer.status_code == 422
    words = text_of(answer)
    assert "A period has a first and a last day." in words
    assert "Choose the files again" in words
    for kept in (
        'value="半年报"',
        ">注</textarea>",
        'value="2026-01-01"',
        'value="one" checked',
        f'value="{RECORD}" checked',
    ):
        assert kept in answer.text
    assert titles(site) == []
    assert blobs(site) == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([], "Evidence needs a file, or must be a nil return."),
        (files(("leer.txt", b"")), "The file leer.txt is empty"),
        (files(("a.txt", b"1"), ("gross.bin", b"x" * 300_001)), "gross.bin is too large: it has 293 KB"),
    ],
)
def test_what_is_wrong_with_the_files_is_said_and_none_is_kept(site: Site, sent: Files, said: str) -> None:
    site.sign_in("officer")
    answer = site.send(ADD, ADD, {"mode": "each", "title": "T"}, files=sent)
    assert answer.status_code in {413, 422}
    assert said in text_of(answer)
    assert blobs(site) == []


def test_a_nil_return_needs_a_note_and_no_file(site: Site) -> None:
    site.sign_in("officer")
    fields = {"nil_return": "yes", "title": "无事件", "period_from": "2026-01-01", "period_to": "2026-01-31"}
    refused = site.send(ADD, ADD, fields)
    assert "A nil return says what did not happen" in text_of(refused)
    answer = site.send(ADD, ADD, {**fields, "note": "本月无重大事件"})
    assert "nothing happened in the period" in text_of(answer)


def test_bytes_that_were_there_already_are_named_with_where_they_are(site: Site) -> None:
    site.sign_in("officer")
    site.send(ADD, ADD, {"mode": "one", "title": "first"}, files=files(("a.txt", b"same")))
    answer = site.send(ADD, ADD, {"mode": "one", "title": "second"}, files=files(("b.txt", b"same")))
    assert "b.txt is the same as in first" in text_of(answer)


def test_the_same_form_sent_twice_adds_once_and_a_changed_one_again(site: Site) -> None:
    site.sign_in("officer")
    fields = {"mode": "one", "title": "once", "once": "form-1"}
    first = site.send(ADD, ADD, fields, files=files(("a.txt", b"1")))
    again = site.send(ADD, ADD, fields, files=files(("a.txt", b"1")))
    assert first.url == again.url
    site.send(ADD, ADD, {**fields, "title": "other"}, files=files(("a.txt", b"1")))
    assert titles(site) == ["other", "once"]


@pytest.mark.parametrize("who", ["auditor", "reviewer"])
def test_who_may_not_add_gets_no_form_and_leaves_no_bytes(site: Site, who: str) -> None:
    site.sign_in(who)
    assert site.get(ADD).status_code == 403
    data = {"form_key": key_of(site.get(HOME)), "title": "T"}
    assert site.client.post(ADD, data=data, files=files(("a.txt", b"1"))).status_code == 403
    headers = {"X-Form-Key": data["form_key"]}
    assert site.client.put(f"{UPLOAD}/a.txt", content=b"1", headers=headers).status_code == 403
    assert blobs(site) == []


def test_a_script_adds_a_file_and_is_told_where_it_is(site: Site) -> None:
    site.sign_in("officer")
    answer = put(
        site, "事件 记录.v1.txt", b"1", f"expectation_ids={RECORD}&period_from=2026-01-01&period_to=2026-01-31"
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["title"], body["same_bytes"]) == ("事件 记录.v1", [])
    assert "事件 记录.v1.txt" in site.read(body["address"])
    same = put(site, "b.txt", b"1").json()["same_bytes"]
    assert [(each["file_name"], each["id"]) for each in same] == [("b.txt", body["id"])]


def test_a_file_sent_again_under_its_key_is_added_once(site: Site) -> None:
    site.sign_in("officer")
    sent = [put(site, "a.txt", b"1", "title=T", **{"Idempotency-Key": "k1"}).json()["id"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert put(site, "a.txt", b"1", "title=T", **{"Idempotency-Key": "k2"}).json()["id"] != sent[0]
    assert titles(site) == ["T", "T"]


@pytest.mark.parametrize(
    ("name", "content", "query", "status", "said"),
    [
        ("a.txt", b"", "", 422, "文件 a.txt 为空"),
        ("a.txt", b"x" * 300_001, "", 413, "293 KB"),
        ("a.txt", b"1", "period_from=2026-01-01", 422, "期间"),
        ("a.txt", b"1", "expectation_ids=no-such-thing", 404, "no-such-thing"),
        ("a\u202e.txt", b"1", "", 422, "文件名"),
    ],
)
def test_a_script_is_told_in_the_readers_language_why_a_file_is_refused(
    site: Site, name: str, content: bytes, query: str, status: int, said: str
) -> None:
    site.sign_in("officer", "zh")
    answer = put(site, name, content, query)
    assert answer.status_code == status
    assert said in answer.json()["message"]
    assert blobs(site) == []


def test_a_file_without_the_forms_key_or_after_the_session_is_refused(site: Site) -> None:
    site.sign_in("officer")
    assert site.client.put(f"{UPLOAD}/a.txt", content=b"1", headers={"X-Form-Key": "0" * 64}).status_code == 403
    site.client.cookies.delete(SESSION)
    assert site.client.put(f"{UPLOAD}/a.txt", content=b"1").status_code == 401
    assert blobs(site) == []


def test_a_script_that_sends_the_whole_form_gets_its_answer_as_data(site: Site) -> None:
    site.sign_in("officer")
    json: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    fields = {"mode": "one", "title": "T", "expectation_ids": [PAPER]}
    made = site.send(ADD, ADD, fields, files=files(("a.txt", b"1")), **json)
    assert made.json()["address"].startswith(f"{LIST}/{made.json()['id']}?")
    refused = site.send(ADD, ADD, {**fields, "valid_until": "2020-01-01"}, files=files(("a.txt", b"1")), **json)
    assert refused.status_code == 422
    assert refused.json()["field"] == "valid_until"


def test_the_bytes_of_a_refused_form_that_others_hold_stay(site: Site) -> None:
    site.sign_in("officer")
    site.send(ADD, ADD, {"mode": "one", "title": "T"}, files=files(("a.txt", b"kept")))
    held = blobs(site)
    site.send(ADD, ADD, {"mode": "one", "title": "T", "valid_until": "2020-01-01"}, files=files(("a.txt", b"kept")))
    assert blobs(site) == held != []
