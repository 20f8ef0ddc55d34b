"""Whatever a client sends: a problem document that says what is wrong, in both languages, and never a 500."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from app import errors
from app.api.problems import KINDS, kind_of
from app.identity.actor import Role
from app.identity.models import User
from app.identity.service import NewToken, make_token, user_actor
from app.language import translate
from tests.api.conftest import World
from tests.builders import F2018

EVIDENCE = "/programmes/itsm/evidence"
SITES = "/programmes/itsm/registers/sites"
DEEP = '{"a":' * 80_000 + "1" + "}" * 80_000
JSON = {"Content-Type": "application/json"}


def is_problem(answer: httpx2.Response, status: int, field: str | None = None) -> Any:
    """Check that the answer is a problem document of this status, and return it."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:auditready:problem:")
    assert problem["title"]
    assert set(problem["details"]) == {"en", "zh"}
    assert problem["detail"] == problem["details"][answer.headers["content-language"]]
    if field is not None:
        assert problem["field"] == field, problem
    return problem


def test_every_error_has_a_line_of_the_table_and_a_child_its_parents() -> None:
    class Strange(errors.NotFound):
        pass

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.AppError)]
    assert set(kinds) <= set(KINDS)
    assert kind_of(Strange("?")).status == 404


@pytest.mark.parametrize(
    "token", [None, "", "Basic eDp5", "Bearer", "Bearer ", "Bearer ar_unknown", "Bearer \xe4", "Bearer " + "x" * 5000]
)
def test_without_a_good_token_nothing_is_answered(world: World, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": token.encode("latin-1")}
    for method, path in (
        ("GET", "/me"),
        ("POST", "/organisations"),
        ("PUT", f"{EVIDENCE}/files/x"),
        ("GET", "/users/x"),
    ):
        answer = world.call(None, method, path, headers=headers, content=b"not json" if method != "GET" else None)
        is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_revoked_or_expired_token_and_a_disabled_user_are_refused(world: World) -> None:
    world.call("installer", "DELETE", f"/users/{world.users['contributor']}")
    is_problem(world.get("contributor", "/me"), 401)
    is_problem(world.post(None, "/sign-in", {"login": "contributor", "password": "a long enough password"}), 401)
    is_problem(world.post(None, "/sign-in", {"login": "nobody", "password": "x"}), 401)


@pytest.mark.parametrize(
    ("accept", "query", "language"),
    [
        (None, "", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "zh"),
        ("en;q=0.2, zh;q=0.9", "", "zh"),
        ("zh", "?language=en", "en"),
        ("fr, *;q=0.1", "", "en"),
        ("zh;q=0, en", "", "en"),
        ("zh;q=many", "", "en"),
        ("\x80", "?language=fr", "en"),
    ],
)
def test_a_problem_is_told_in_the_language_asked_for(
    world: World, accept: str | None, query: str, language: str
) -> None:
    headers = {} if accept is None else {"Accept-Language": accept.encode("latin-1")}
    answer = world.get("officer", f"/programmes/nothing{query}", headers=headers)
    assert answer.headers["content-language"] == language
    assert is_problem(answer, 404)["title"] == translate("Not found", language)


def test_addresses_and_methods_that_are_not_there(world: World) -> None:
    is_problem(world.get("officer", "/nothing"), 404)
    is_problem(world.get("officer", "/programmes/"), 404)
    is_problem(world.client.get("/api/"), 404)
    is_problem(world.client.get("/health/nothing"), 404)
    answer = world.call("officer", "DELETE", "/organisations")
    is_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, POST"
    answer = world.call("officer", "OPTIONS", f"{SITES}/x")
    is_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, PUT, DELETE"
    is_problem(world.get("officer", f"{EVIDENCE}/files/x"), 405)
    is_problem(world.get("officer", "/programmes/a%00b"), 404)
    is_problem(world.get("officer", "/programmes/%FF%FE"), 422, "programme")
    is_problem(world.get("officer", "/programmes/itsm/registers/sites/a%C3"), 422, "entry")
    is_problem(world.get("officer", "/programmes/a%2Fb"), 404)
    is_problem(world.get("officer", "/programmes/" + "x" * 5000), 404)


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    world.document("P-01")
    world.document("P-02")
    cursor = world.get("officer", "/programmes/itsm/documents?limit=1").json()["cursor"]
    assert world.get("officer", f"/programmes/itsm/documents?cursor={cursor}").status_code == 200
    problem = is_problem(world.get("officer", f"{EVIDENCE}?cursor={cursor}"), 422, "cursor")
    assert "first page" in problem["details"]["en"]


def test_head_answers_as_get_does_without_the_content(world: World) -> None:
    for who, path in (("officer", "/programmes/itsm"), (None, "/programmes/itsm"), ("officer", "/nothing")):
        read, asked = (world.call(who, method, path) for method in ("GET", "HEAD"))
        assert asked.content == b""
        assert (asked.status_code, asked.headers) == (read.status_code, read.headers)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 422, None),
        (b"{", 422, "body"),
        (b"\xff\xfe", 422, "body"),
        (b'{"name_zh": "\xc3\x28"}', 422, "body"),
        (DEEP.encode(), 422, "body"),
        (b"[" * 2000 + b"]" * 2000, 422, "body"),
        (b'{"name_zh": NaN}', 422, "body"),
        (b'{"name_zh": 1e999}', 422, "name_zh"),
        (b'{"name_zh": ' + b"9" * 5000 + b"}", 422, "body"),
        (b'{"name_zh": 99999999999999999999}', 422, "name_zh"),
        (b'{"name_zh": "a\\u0000b"}', 422, "name_zh"),
        (b'{"name_zh": "\\ud800"}', 422, "name_zh"),
        (b'{"\\ud800": 1}', 422, "body"),
        (b'{"name_zh": "a", "nmae_en": "b"}', 422, "nmae_en"),
        (b'{"name_zh": 1}', 422, "name_zh"),
        (b"[]", 422, None),
        (b"null", 422, None),
        (b'"text"', 422, None),
        (b'{"name_zh": "' + b"x" * 600_000 + b'"}', 413, "body"),
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("path", ["/organisations", SITES])
def test_a_body_that_is_no_good(world: World, path: str, body: bytes, status: int, field: str | None) -> None:
    who = "installer" if path == "/organisations" else "officer"
    answer = world.call(who, "POST", path, content=body, headers=JSON)
    problem = is_problem(answer, status)
    if field is not None and (path == "/organisations" or field == "body"):
        assert problem["field"] == field


def test_a_body_is_counted_while_it_comes_whatever_its_length_claims(world: World) -> None:
    chunks = iter([b"{", *[b" " * 100_000] * 6])
    is_problem(world.call("officer", "POST", SITES, content=chunks, headers=JSON), 413, "body")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x" * 300, "a/b; c=\x80"]
)
def test_another_kind_of_body_is_refused(world: World, kind: str) -> None:
    headers = {"Content-Type": kind.encode("latin-1")}
    is_problem(world.call("officer", "POST", SITES, content=b"{}", headers=headers), 415, "Content-Type")
    is_problem(world.call("contributor", "POST", EVIDENCE, content=b"{}", headers=headers), 415, "Content-Type")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lmit=3", "lmit"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=NaN", "limit"),
        ("limit=", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=%FF", "cursor"),
        ("cursor=", "cursor"),
        ("owner_id=a%C3", "owner_id"),
        ("a%FF=1", "a\ufffd"),
        ("cursor=" + "A" * 500, "cursor"),
        ("state=lost", "state"),
        ("state=a%00b", "state"),
        ("%00=1", "\x00"),
    ],
)
def test_parameters_that_are_no_good(world: World, query: str, field: str) -> None:
    is_problem(world.get("officer", f"{EVIDENCE}?{query}"), 422, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stage=3", "stage"),
        ("", "stage"),
        ("stage=2&as_of=2026-13-01", "as_of"),
        ("stage=2&as_of=1700000000", "as_of"),
        ("stage=2&as_of=2026-01-01T00:00:00Z", "as_of"),
        ("stage=2&as_of=0000-01-01", "as_of"),
        ("stage=2&known_at=2026-01-01", "known_at"),
        ("stage=2&known_at=2026-01-01T00:00:00", "known_at"),
        ("stage=2&known_at=1700000000", "known_at"),
        ("stage=2&known_at=0001-01-01T00:00:00%2B14:00", "known_at"),
        ("stage=2&known_at=9999-12-31T23:59:59-14:00", "known_at"),
        ("stage=2&known_at=9998-12-31T23:59:59-24:00", "known_at"),
        ("stage=2&format=pdf", "format"),
        ("stage=2&framework=nothing", "framework"),
    ],
)
def test_questions_that_are_no_good(world: World, query: str, field: str) -> None:
    answer = world.get("officer", f"/programmes/itsm/check?{query}")
    is_problem(answer, 404 if field == "framework" else 422, field)


@pytest.mark.parametrize("day", ["0001-01-01", "1000-01-01", "9998-12-31", "9999-12-31"])
@pytest.mark.parametrize("stage", [1, 2])
def test_the_ends_of_the_calendar_can_be_asked_about(world: World, day: str, stage: int) -> None:
    world.accepted()
    assert world.get("officer", f"/programmes/itsm/check?stage={stage}&as_of={day}").status_code in {200, 422}
    assert world.get("officer", f"/programmes/itsm/documents?as_of={day}").status_code == 200
    for known_at in ("1000-01-01T00:00:00Z", "9998-12-31T23:59:59Z"):
        path = f"/programmes/itsm/check?stage={stage}&as_of={day}&known_at={known_at}"
        assert world.get("officer", path).status_code in {200, 422}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_registers_take_the_ends_of_the_calendar(world: World, day: str) -> None:
    path = "/programmes/itsm/registers"
    profile = {"name_zh": "运维", "frameworks": [F2018], "start_of_operation": day}
    assert world.call("officer", "PUT", f"{path}/profile", json=profile).status_code == 200
    for kind in ("stage-1", "stage-2"):
        assert world.post("officer", f"{path}/audits", {"kind": kind, "planned_on": day}).status_code == 201
    waiver = {"expectation_id": "policy-review-record", "reason": "later", "until": day}
    assert world.post("officer", f"{path}/waivers", waiver).status_code == (422 if day < "2000" else 201)
    customer = world.post("officer", f"{path}/parties", {"kind": "external-supplier", "name_zh": "某"}).json()["id"]
    agreement = {"kind": "sla", "title": "SLA", "party_id": customer, "starts_on": day, "ends_on": day}
    assert world.post("officer", f"{path}/agreements", agreement).status_code == 201
    for stage in (1, 2):
        assert world.get("officer", f"/programmes/itsm/check?stage={stage}").status_code in {200, 422}
        assert world.get("officer", f"/programmes/itsm/check?stage={stage}&as_of=2026-08-31").status_code == 200


@pytest.mark.parametrize("header", ["Authorization", "If-Match", "Idempotency-Key", "Content-Type"])
def test_a_header_given_twice_is_refused(world: World, header: str) -> None:
    token = f"Bearer {world.tokens['officer']}"
    given = [("Authorization", token), ("Content-Type", "application/json"), (header, token), (header, token)]
    answer = world.client.request("POST", f"/api/v1{SITES}", content=b"{}", headers=given)
    is_problem(answer, 422, header)


@pytest.mark.parametrize("tag", ["1", "x", '"1", "2"', '"' + "9" * 30 + '"', '"-1"', '"²"'])
def test_an_if_match_that_is_none_of_ours(world: World, tag: str) -> None:
    one = f"{EVIDENCE}/{world.upload()['id']}"
    answer = world.call("owner", "PATCH", one, json={"title": "T"}, headers={"If-Match": tag.encode()})
    assert answer.status_code == 200 if tag == "1" else is_problem(answer, 422, "If-Match")


def test_an_idempotency_key_has_bounds(world: World) -> None:
    for key in ("", "x" * 201, "\x80\x81"):
        headers = {"Idempotency-Key": key.encode("latin-1")}
        is_problem(
            world.call("officer", "POST", SITES, json={"name_zh": "上海"}, headers=headers), 422, "Idempotency-Key"
        )


def test_what_use_cases_refuse_names_the_field(world: World) -> None:
    organisation = f"/organisations/{world.organisations[0]}"
    is_problem(world.post("installer", "/organisations", {"name_zh": " "}), 422, "name_zh")
    is_problem(world.post("installer", "/organisations", {"name_zh": "a", "time_zone": "Mars"}), 422, "time_zone")
    is_problem(world.post("installer", "/users", {"login": "officer", "name": "x"}), 409, "login")
    is_problem(world.post("installer", "/users", {"login": "x", "name": "x", "password": "short"}), 422, "password")
    is_problem(world.post("installer", "/users", {"login": "x", "name": "x" * 201}), 422, "name")
    auditor = {"login": "ci", "roles": ["auditor"]}
    is_problem(world.post("admin", f"{organisation}/people", auditor), 422, "until")
    is_problem(world.post("admin", f"{organisation}/people", {"login": "ci", "roles": ["king"]}), 422)
    is_problem(world.post("admin", f"{organisation}/people", {"login": "nobody", "roles": ["ci"]}), 404, "login")
    other = {"login": "ci", "roles": ["ci"], "programme_id": world.programmes[1]}
    is_problem(world.post("admin", f"{organisation}/people", other), 404)
    for until in ("2020-01-01", "0001-01-01", "1000-01-01T00:00:00+14:00"):
        is_problem(
            world.post("admin", f"{organisation}/people", {**auditor, "roles": ["ci"], "until": until}), 422, "until"
        )
    is_problem(world.post("admin", f"{organisation}/people", {**auditor, "until": "9999-12-31"}), 422, "until")
    for days in (0, 400, 2**63 - 1, 2**70, -1, 1.5, True, "3"):
        token = {"name": "t", "role": "ci", "days": days}
        is_problem(world.post("officer", f"{organisation}/tokens", token), 422, "days")
    is_problem(
        world.post("contributor", f"{organisation}/tokens", {"name": "t", "role": "ci", "days": 1, "x": 1}), 422, "x"
    )
    taken = {"code": "itsm", "profile": {"name_zh": "a"}}
    is_problem(world.post("officer", f"{organisation}/programmes", taken), 409, "code")
    broken = {"code": "b", "profile": {"frameworks": ["nothing"]}}
    is_problem(world.post("officer", f"{organisation}/programmes", broken), 404, "frameworks")
    for code in ("/", "", "a b", "x" * 61):
        is_problem(world.post("officer", f"{organisation}/programmes", {**taken, "code": code}), 422, "code")


def test_what_somebody_may_not_do(world: World) -> None:
    organisation = f"/organisations/{world.organisations[0]}"
    is_problem(world.post("officer", "/organisations", {"name_zh": "a"}), 403)
    is_problem(world.post("officer", "/users", {"login": "a", "name": "a"}), 403)
    is_problem(world.get("officer", "/users/officer"), 403)
    is_problem(world.post("officer", f"{organisation}/people", {"login": "ci", "roles": ["ci"]}), 403)
    is_problem(world.get("officer", f"{organisation}/tokens"), 403)
    is_problem(world.call("ci", "PUT", "/programmes/itsm/documents/x/revisions/files/a", content=b"x"), 403)
    is_problem(world.call("reviewer", "PUT", f"{EVIDENCE}/files/a.txt", content=b"x"), 403)
    is_problem(world.call("contributor", "POST", f"{organisation}/frameworks", content=b"a: ["), 403)
    is_problem(world.post("contributor", SITES, {"name_zh": "上海"}), 403)
    is_problem(world.post("contributor", "/programmes/itsm/snapshots", {"stage": 1}), 403)
    is_problem(world.get("contributor", f"{organisation}/journal"), 403)
    is_problem(world.get("officer", "/organisations/installation/journal"), 404)
    assert world.get("installer", "/organisations/installation/journal").status_code == 200
    is_problem(world.get("installer", "/organisations/nothing/journal"), 404)
    is_problem(world.post("installer", "/organisations/nothing/people", {"login": "ci", "roles": ["ci"]}), 404)


def test_an_auditor_sees_no_drafts_and_only_until_the_day(world: World) -> None:
    draft, shown = world.upload(content=b"draft"), world.accepted(content=b"shown")
    document = world.document()
    listed = world.get("auditor", EVIDENCE).json()["items"]
    assert [each["id"] for each in listed] == [shown["id"]]
    is_problem(world.get("auditor", f"{EVIDENCE}/{draft['id']}"), 404)
    is_problem(world.get("auditor", f"{EVIDENCE}/{draft['id']}/versions/1/files/1"), 404)
    assert world.get("auditor", f"{EVIDENCE}/{shown['id']}/versions/1/files/1").status_code == 200
    newer = world.call("contributor", "PUT", f"{EVIDENCE}/{shown['id']}/versions/files/n.txt", content=b"newer")
    assert newer.status_code == 201
    is_problem(world.get("auditor", f"{EVIDENCE}/{shown['id']}/versions/2/files/1"), 404)
    assert world.get("auditor", "/programmes/itsm/documents").json()["items"] == []
    is_problem(world.get("auditor", f"/programmes/itsm/documents/{document['id']}"), 404)
    is_problem(world.get("auditor", f"/programmes/itsm/documents/{document['id']}/revisions/1/file"), 404)
    for method, path in (("PUT", f"{EVIDENCE}/files/a"), ("POST", "/programmes/itsm/documents")):
        is_problem(
            world.call("auditor", method, path, json={"number": "1", "title": "t", "level": "L1", "kind": "plan"}), 403
        )
    people = world.get("admin", f"/organisations/{world.organisations[0]}/people").json()["items"]
    [role] = [each["id"] for each in people if each["login"] == "auditor"]
    world.call("admin", "DELETE", f"/people/{role}")
    is_problem(world.get("auditor", EVIDENCE), 401)


def test_a_token_for_one_programme_reaches_no_other_of_the_organisation(world: World) -> None:
    profile = {"name_zh": "第二", "frameworks": [F2018]}
    second = world.post(
        "officer", f"/organisations/{world.organisations[0]}/programmes", {"code": "second", "profile": profile}
    )
    assert second.status_code == 201
    with world.runtime.database.writing() as session:
        new = NewToken(
            "one", world.users["officer"], world.organisations[0], Role.COMPLIANCE_OFFICER, 3, world.programmes[0]
        )
        at = datetime.now(UTC)
        officer = user_actor(session, session.get_one(User, new.user_id), at=at)
        world.tokens["one"] = make_token(session, new, actor=officer, at=at)[1]
    assert [each["code"] for each in world.get("one", "/programmes").json()["items"]] == ["itsm"]
    is_problem(world.get("one", "/programmes/second"), 404)
    is_problem(world.call("one", "PUT", "/programmes/second/evidence/files/a.txt", content=b"x"), 404)
    is_problem(
        world.post("one", f"/organisations/{world.organisations[0]}/programmes", {"code": "c", "profile": {}}), 404
    )


def test_a_store_that_is_away_is_said(world: World) -> None:
    assert world.client.get("/health/live").json()["status"] == "alive"
    assert world.client.get("/health/ready").json()["status"] == "ready"
    world.runtime.blobs.root.rename(world.runtime.blobs.root.with_name("away"))
    is_problem(world.client.get("/health/ready"), 503)
    is_problem(world.call("contributor", "PUT", f"{EVIDENCE}/files/a.txt", content=b"x"), 503)


def test_what_nobody_foresaw_is_told_as_a_problem_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.runtime.database, "reading", None)
    problem = is_problem(world.get("officer", "/me"), 500)
    assert problem["type"].endswith(":internal")
    assert "NoneType" not in json.dumps(problem)
