"""Two people at once, and the same request twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from app.journal.models import Answered
from tests.api.conftest import World
from tests.api.test_refusals import is_problem
from tests.builders import RECORD

Step = tuple[str, str, str, dict[str, Any]]
"""Who, method, path and what is sent."""
EVIDENCE = "/programmes/itsm/evidence"
JULY = {"period_from": "2026-07-01", "period_to": "2026-07-31"}
SITES = "/programmes/itsm/registers/sites"


def test_a_change_of_what_one_has_not_seen_is_refused(world: World) -> None:
    organisation = f"/organisations/{world.organisations[0]}"
    etag = world.get("admin", organisation).headers["etag"]
    body = {"name_zh": "云栈"}
    first = world.call("admin", "PUT", organisation, json=body, headers={"If-Match": etag})
    assert first.headers["etag"] != etag
    is_problem(world.call("admin", "PUT", organisation, json=body, headers={"If-Match": etag}), 412)
    assert world.call("admin", "PUT", organisation, json=body, headers={"If-Match": "*"}).status_code == 200

    site = world.post("officer", SITES, {"name_zh": "上海"})
    one = f"{SITES}/{site.json()['id']}"
    assert world.get("officer", one).headers["etag"] == site.headers["etag"]
    assert world.call("officer", "PUT", one, json=body, headers={"If-Match": '"1"'}).status_code == 200
    is_problem(world.call("officer", "PUT", one, json=body, headers={"If-Match": '"1"'}), 412)
    is_problem(world.call("officer", "DELETE", one, headers={"If-Match": '"1"'}), 412)
    assert world.call("officer", "DELETE", one, headers={"If-Match": '"2"'}).status_code == 204


def test_every_change_of_evidence_raises_its_revision_and_honours_the_one_seen(world: World) -> None:
    made = world.upload()
    one, seen = f"{EVIDENCE}/{made['id']}", f'"{made["revision"]}"'
    steps: list[Step] = [
        ("owner", "PATCH", "", {"json": {"title": "Other"}}),
        ("contributor", "PUT", "/versions/files/b.txt", {"content": b"b"}),
        ("reviewer", "POST", "/review", {"json": {"accept": False, "reason": "unreadable"}}),
        ("contributor", "PUT", "/versions/files/c.txt", {"content": b"c"}),
        ("owner", "POST", "/period", {"json": {**JULY, "reason": "of July"}}),
        ("owner", "POST", "/withdraw", {"json": {"reason": "a mistake"}}),
    ]
    for who, method, path, more in steps:
        before = world.get("officer", one).json()
        assert world.call(who, method, one + path, headers={"If-Match": '"99"'}, **more).status_code == 412
        assert world.get("officer", one).json() == before
        answer = world.call(who, method, one + path, headers={"If-Match": seen}, **more)
        assert answer.status_code in {200, 201}, answer.text
        assert answer.headers["etag"] != seen
        seen = answer.headers["etag"]
        assert world.get("officer", one).headers["etag"] == seen


def test_every_change_of_a_document_raises_its_revision_and_honours_the_one_seen(world: World) -> None:
    document = world.document()
    one = f"/programmes/itsm/documents/{document['id']}"
    seen = world.get("officer", one).headers["etag"]
    steps: list[Step] = [
        ("officer", "PATCH", "", {"json": {"owner_id": world.users["owner"]}}),
        ("officer", "PUT", "/revisions/files/b.docx", {"content": b"b"}),
        ("officer", "POST", "/submit", {"json": {"effective_on": "2026-01-01"}}),
        ("reviewer", "POST", "/decision", {"json": {"approve": True}}),
        ("officer", "POST", "/withdraw", {"json": {"reason": "replaced"}}),
    ]
    for who, method, path, more in steps:
        before = world.get("officer", one).json()
        assert world.call(who, method, one + path, headers={"If-Match": '"99"'}, **more).status_code == 412
        assert world.get("officer", one).json() == before
        answer = world.call(who, method, one + path, headers={"If-Match": seen}, **more)
        assert answer.status_code in {200, 201}, answer.text
        assert answer.headers["etag"] != seen
        seen = answer.headers["etag"]


def test_the_version_a_reviewer_saw_is_the_one_decided(world: World) -> None:
    made = world.upload()
    one = f"{EVIDENCE}/{made['id']}"
    world.call("contributor", "PUT", f"{one}/versions/files/b.txt", content=b"b")
    is_problem(world.post("reviewer", f"{one}/review", {"accept": True, "number": 1}), 412)
    is_problem(world.post("reviewer", f"{one}/review", {"accept": "yes", "number": 2}), 422, "accept")
    is_problem(world.post("reviewer", f"{one}/review", {"accept": True, "number": "2"}), 422, "number")
    is_problem(world.post("reviewer", f"{one}/review", {"accept": True, "number": 2**70}), 422, "number")
    is_problem(world.post("reviewer", f"{one}/review", {"accept": False}), 422, "reason")
    assert world.post("reviewer", f"{one}/review", {"accept": True, "number": 2}).status_code == 200
    is_problem(world.post("reviewer", f"{one}/review", {"accept": True, "number": 2}), 409)


def test_a_repeated_request_is_done_once_and_answered_alike(world: World) -> None:
    organisation = f"/organisations/{world.organisations[0]}"
    document = world.document()
    evidence = world.upload()
    requests: list[Step] = [
        ("installer", "POST", "/organisations", {"json": {"name_zh": "新"}}),
        ("installer", "POST", "/users", {"json": {"login": "new", "name": "New"}}),
        ("admin", "POST", f"{organisation}/people", {"json": {"login": "ci", "roles": ["reviewer"]}}),
        ("officer", "POST", f"{organisation}/programmes", {"json": {"code": "n", "profile": {"name_zh": "新"}}}),
        ("officer", "POST", SITES, {"json": {"name_zh": "上海"}}),
        ("contributor", "PUT", f"{EVIDENCE}/files/a.txt", {"content": b"a"}),
        ("contributor", "PUT", f"{EVIDENCE}/{evidence['id']}/versions/files/a.txt", {"content": b"a"}),
        ("officer", "PUT", f"/programmes/itsm/documents/{document['id']}/revisions/files/a.txt", {"content": b"a"}),
        ("owner", "POST", f"{EVIDENCE}/{evidence['id']}/links", {"json": {"expectation_ids": [RECORD]}}),
        (
            "officer",
            "POST",
            "/programmes/itsm/documents",
            {"json": {"number": "9", "title": "t", "level": "L2", "kind": "plan"}},
        ),
        ("officer", "POST", "/programmes/itsm/snapshots", {"json": {"stage": 1}}),
    ]
    for number, (who, method, path, more) in enumerate(requests):
        headers = {"Idempotency-Key": f"key-{number}"}
        first = world.call(who, method, path, headers=headers, **more)
        assert first.status_code in {200, 201}, first.text
        assert "idempotency-replayed" not in first.headers
        again = world.call(who, method, path, headers=headers, **more)
        assert again.headers["idempotency-replayed"] == "true"
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers.get("etag") == first.headers.get("etag")
        other = {"content": b"other"} if "content" in more else {"json": {**more["json"], "label": "other"}}
        refused = world.call(who, method, path, headers=headers, **other)
        assert refused.status_code in {409, 422}, refused.text
        if "content" in more or path.endswith("snapshots"):
            is_problem(refused, 409, "Idempotency-Key")
    entries = world.get("officer", f"{organisation}/journal?limit=500").json()["items"]
    assert [each["action"] for each in entries].count("snapshot.taken") == 1


def test_a_key_is_its_senders_own_and_for_one_address(world: World) -> None:
    headers = {"Idempotency-Key": "k"}
    body = {"name_zh": "上海"}
    assert world.call("officer", "POST", SITES, json=body, headers=headers).status_code == 201
    parties = "/programmes/itsm/registers/parties"
    is_problem(world.call("officer", "POST", parties, json=body, headers=headers), 409, "Idempotency-Key")
    other = world.call("stranger", "POST", "/programmes/other/registers/sites", json=body, headers=headers)
    assert "idempotency-replayed" not in other.headers


def test_the_secret_of_a_token_is_kept_nowhere(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}/tokens"
    body = {"name": "t", "role": "ci", "days": 3}
    first = world.call("officer", "POST", path, json=body, headers={"Idempotency-Key": "t"})
    assert first.json()["secret"].startswith("ar_")
    again = world.call("officer", "POST", path, json=body, headers={"Idempotency-Key": "t"})
    assert again.json() == {**first.json(), "secret": None}
    with world.runtime.database.reading() as session:
        [kept] = session.scalars(select(Answered))
        assert first.json()["secret"] not in str(kept.answer)


def test_of_many_who_do_the_same_at_once_one_succeeds(world: World) -> None:
    organisation = f"/organisations/{world.organisations[0]}/programmes"
    site = world.post("officer", SITES, {"name_zh": "上海"}).json()["id"]

    def add(_number: int) -> int:
        return world.post("officer", organisation, {"code": "same", "profile": {"name_zh": "一"}}).status_code

    def change(_number: int) -> int:
        headers = {"If-Match": '"1"'}
        return world.call("officer", "PUT", f"{SITES}/{site}", json={"name_zh": "北京"}, headers=headers).status_code

    def same_key(_number: int) -> int:
        headers = {"Idempotency-Key": "same"}
        return world.call("officer", "POST", SITES, json={"name_zh": "广州"}, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(add, range(8))) == [201] + [409] * 7
        assert sorted(threads.map(change, range(8))) == [200] + [412] * 7
        assert set(threads.map(same_key, range(8))) <= {201, 409}
    names = [each["entry"]["name_zh"] for each in world.get("officer", SITES).json()["items"]]
    assert sorted(names) == ["北京", "广州"]
