"""Two organisations never see each other: every address, tried with the other's ids, answers 404."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import World
from tests.api.test_refusals import is_problem
from tests.api.test_uploads import FORM, form, part
from tests.builders import F2018, RECORD

OWN_IDS = ("organisation", "programme")
ANYBODY = {
    "/api/v1/sign-in",
    "/api/v1/me",
    "/api/v1/session",
    "/api/v1/organisations",
    "/api/v1/programmes",
    "/api/v1/tokens",
}
INSTALLERS = {
    "/api/v1/users": ("GET", "POST"),
    "/api/v1/users/{user}": ("GET", "DELETE"),
    "/api/v1/users/{user}/enable": ("POST",),
    "/api/v1/users/{user}/password": ("PUT",),
    "/api/v1/doctor": ("POST",),
    "/api/v1/doctor/orphans": ("DELETE",),
}
BODIES: dict[str, Any] = {
    "/organisations/{organisation}": {"name_zh": "别人"},
    "/organisations/{organisation}/people": {"login": "stranger", "roles": ["ci"]},
    "/organisations/{organisation}/tokens": {"name": "t", "role": "ci", "days": 1},
    "/organisations/{organisation}/access-links": {"name": "x", "programme_id": "itsm", "until": "2999-12-31"},
    "/organisations/{organisation}/programmes": {"code": "x", "profile": {"name_zh": "x"}},
    "/organisations/{organisation}/frameworks/{code}/clauses/{clause}/text": {"language": "zh", "text": "x"},
    "/organisations/{organisation}/frameworks/{code}/licences/{language}": {"source": "x"},
    "/programmes/{programme}/registers/{register}": {"name_zh": "上海"},
    "/programmes/{programme}/registers/{register}/{entry}": {"name_zh": "上海"},
    "/programmes/{programme}/evidence/{evidence}": {"title": "x"},
    "/programmes/{programme}/evidence/{evidence}/review": {"accept": True},
    "/programmes/{programme}/evidence/{evidence}/period": {"period_from": None, "period_to": None, "reason": "x"},
    "/programmes/{programme}/evidence/{evidence}/withdraw": {"reason": "x"},
    "/programmes/{programme}/evidence/{evidence}/links": {"expectation_ids": [RECORD]},
    "/programmes/{programme}/evidence/imports/{evidence_import}/undo": {"reason": "x"},
    "/programmes/{programme}/documents": {"number": "x", "title": "x", "level": "L1", "kind": "plan"},
    "/programmes/{programme}/documents/{document}": {"owner_id": None},
    "/programmes/{programme}/documents/{document}/reviews": {"next_review_on": "2999-12-31"},
    "/programmes/{programme}/documents/{document}/decision": {"approve": True},
    "/programmes/{programme}/documents/{document}/withdraw": {"reason": "x"},
    "/programmes/{programme}/documents/{document}/links": {"expectation_ids": [RECORD]},
    "/programmes/{programme}/check": {"schema": "auditready-report/1"},
    "/programmes/{programme}/snapshots": {"stage": 1},
}


def ids_of(world: World) -> dict[str, str]:
    """Make one of everything in the first organisation and return the ids by their names in addresses."""
    evidence = world.accepted(name=f"a.txt?expectation_id={RECORD}")
    document = world.document()
    snapshot = world.post("officer", "/programmes/itsm/snapshots", {"stage": 1}).json()["id"]
    organisation = f"/organisations/{world.organisations[0]}"
    people = world.get("admin", f"{organisation}/people").json()["items"]
    tokens = world.get("admin", f"{organisation}/tokens").json()["items"]
    invited = {
        "name": "Zhao",
        "programme_id": "itsm",
        "until": (datetime.now(UTC).date() + timedelta(days=9)).isoformat(),
    }
    return {
        "organisation": world.organisations[0],
        "link": world.post("admin", f"{organisation}/access-links", invited).json()["id"],
        "programme": world.programmes[0],
        "user": world.users["officer"],
        "membership": next(each["id"] for each in people if each["login"] == "ci"),
        "token": tokens[0]["id"],
        "code": F2018,
        "clause": "8.6.1",
        "language": "en",
        "register": "sites",
        "entry": world.post("officer", "/programmes/itsm/registers/sites", {"name_zh": "上海"}).json()["id"],
        "evidence": evidence["id"],
        "item": evidence["id"],
        "expectation": RECORD,
        "document": document["id"],
        "file_name": "a.txt",
        "number": "1",
        "position": "1",
        "snapshot": snapshot,
        "first": snapshot,
        "second": snapshot,
        "evidence_import": an_import(world),
        "kind": "csv",
    }


def an_import(world: World) -> str:
    """Prepare an import with one error in the first organisation and return its id."""
    path = "/programmes/itsm/evidence/imports/tables/a.csv"
    return str(world.call("officer", "PUT", path, content=b"Title,Collected on\na,").json()["id"])


def request_of(method: str, path: str) -> dict[str, Any]:
    """Return a request that would be good, were it one's own."""
    if "/files/" in path and method == "PUT":
        return {"content": b"x"}
    if "/tables/" in path:
        return {"content": b"Title,Collected on\na,"}
    if path.endswith(("/evidence", "/versions", "/revisions")) and method == "POST":
        first = {"evidence": "evidence", "versions": "version", "revisions": "revision"}[path.rpartition("/")[2]]
        return {"content": form(part("file", b"x", b"x"), first=first), "headers": FORM}
    if path.endswith("/frameworks") and method == "POST":
        return {"content": b"a: 1"}
    if "/texts/" in path:
        return {"content": b"4.1 Title\nwords"}
    return {"json": BODIES[path]} if path in BODIES and method not in {"GET", "DELETE"} else {}


@pytest.mark.parametrize("name", ["id", "code"])
def test_every_address_with_anothers_ids_answers_that_there_is_nothing(world: World, name: str) -> None:
    ids = ids_of(world)
    if name == "code":
        ids["programme"] = "itsm"
    state = _everything(world)
    tried = 0
    for path, operations in world.client.get("/api/v1/openapi.json").json()["paths"].items():
        if path in ANYBODY | set(INSTALLERS) or path.startswith("/health"):
            continue
        short = path.removeprefix("/api/v1")
        address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], short)
        address += "?stage=1" if address.endswith("/check") else ""
        for method in operations:
            for who in ("stranger", "stranger-admin"):
                answer = world.call(who, method.upper(), address, **request_of(method.upper(), short))
                is_problem(answer, 404)
                tried += 1
    assert tried > 90
    assert _everything(world) == state


def test_ids_of_another_programme_are_nothing_in_ones_own(world: World) -> None:
    ids = ids_of(world)
    mine = world.call("stranger", "PUT", "/programmes/other/evidence/files/a.txt", content=b"x").json()["id"]
    for path, operations in world.client.get("/api/v1/openapi.json").json()["paths"].items():
        if "{programme}/" not in path or not re.search(
            r"{(entry|evidence|document|item|snapshot|first|evidence_import)}", path
        ):
            continue
        short = path.removeprefix("/api/v1")
        address = re.sub(r"{(\w+)}", lambda found: {**ids, "programme": "other"}[found[1]], short)
        for method in operations:
            is_problem(world.call("stranger", method.upper(), address, **request_of(method.upper(), short)), 404)
    assert [each["id"] for each in world.get("stranger", "/programmes/other/evidence").json()["items"]] == [mine]


def test_lists_hold_ones_own_only(world: World) -> None:
    ids_of(world)
    assert [each["id"] for each in world.get("stranger", "/organisations").json()["items"]] == [world.organisations[1]]
    assert [each["code"] for each in world.get("stranger", "/programmes").json()["items"]] == ["other"]
    assert len(world.get("installer", "/programmes").json()["items"]) == 2
    owner = {"name_zh": "某服务", "owner_id": world.users["officer"]}
    is_problem(world.post("stranger", "/programmes/other/registers/services", owner), 422, "owner_id")
    for path, methods in INSTALLERS.items():
        address = path.removeprefix("/api/v1").replace("{user}", world.users["officer"])
        body = {"password": "another long password"} if "password" in path else {"login": "x", "name": "x"}
        for method in methods:
            assert world.call("stranger", method, address, json=body).status_code == 403


@pytest.mark.parametrize("path", ["/tokens/{}", "/people/{}"])
def test_what_others_have_and_what_is_made_up_get_the_same_answer(world: World, path: str) -> None:
    ids = ids_of(world)
    foreign = ids["token" if "tokens" in path else "membership"]
    for who in ("stranger", "stranger-admin"):
        answers = [
            world.call(who, "DELETE", path.format(each)) for each in (foreign, "01990a6e-5b1c-7f00-8a3e-0123456789ab")
        ]
        assert {(each.status_code, each.text) for each in answers} == {(404, answers[0].text)}


def test_a_token_for_programs_makes_no_token_and_sees_and_ends_itself_only(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}/tokens"
    is_problem(world.post("contributor", path, {"name": "t", "role": "ci", "days": 1}), 403)
    [own] = world.get("contributor", "/tokens").json()["items"]
    assert own["user_id"] == world.users["contributor"]
    mine = [world.post("officer", path, {"name": name, "role": "ci", "days": 1}).json() for name in "ab"]
    assert {each["id"] for each in mine} < {each["id"] for each in world.get("officer", "/tokens").json()["items"]}
    world.tokens["a"] = mine[0]["secret"]
    is_problem(world.call("a", "DELETE", f"/tokens/{mine[1]['id']}"), 403)
    assert world.call("a", "DELETE", f"/tokens/{mine[0]['id']}").status_code == 204
    assert world.call("officer", "DELETE", f"/tokens/{mine[1]['id']}").status_code == 204


def test_equal_codes_in_two_organisations_are_told_apart_by_id(world: World) -> None:
    path = f"/organisations/{world.organisations[1]}/programmes"
    second = world.post("stranger", path, {"code": "itsm", "profile": {"name_zh": "同名"}}).json()
    assert world.get("stranger", "/programmes/itsm").json()["id"] == second["id"]
    assert world.get("officer", "/programmes/itsm").json()["id"] == world.programmes[0]
    is_problem(world.get("installer", "/programmes/itsm"), 409)
    assert world.get("installer", f"/programmes/{second['id']}").status_code == 200


def _everything(world: World) -> list[Any]:
    paths = ("evidence", "evidence/imports", "documents", "snapshots", "registers/sites")
    answers = [world.get("officer", f"/programmes/itsm/{path}").json() for path in paths]
    return [*answers, world.get("officer", f"/organisations/{world.organisations[0]}/journal").json()]
