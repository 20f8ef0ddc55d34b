"""Users over HTTP: listed, locked out and let in again, their passwords set, and no secret left anywhere."""

from typing import Any

import pytest
from sqlalchemy import select, text

from app.identity.attempts import FREE_FOR_LOGIN
from app.identity.passwords import choose
from app.journal.models import Answered
from tests.api.conftest import PASSWORD, World
from tests.api.test_refusals import is_problem

NEW = "another long password"


def sign_in(world: World, name: str, password: str, status: int = 201) -> None:
    """Sign in, and act as this session from now on."""
    answer = world.post(None, "/sign-in", {"login": name, "password": password})
    assert answer.status_code == status, answer.text
    if status == 201:
        world.tokens[name] = answer.json()["token"]


def test_one_sets_ones_own_password_with_the_old_one(world: World) -> None:
    is_problem(world.call("officer", "PUT", "/users/officer/password", json={"password": NEW}), 422, "old_password")
    body = {"password": NEW, "old_password": PASSWORD}
    assert world.call("officer", "PUT", "/users/officer/password", json=body).json()["login"] == "officer"
    is_problem(world.get("officer", "/me"), 401)
    sign_in(world, "officer", PASSWORD, 401)
    sign_in(world, "officer", NEW)


def test_an_installer_resets_locks_out_and_lets_in(world: World) -> None:
    path = "/users/reviewer"
    is_problem(
        world.call("installer", "PUT", f"{path}/password", json={"password": "my reviewer word"}), 422, "password"
    )
    assert world.call("installer", "PUT", f"{path}/password", json={"password": NEW}).status_code == 200
    sign_in(world, "reviewer", NEW)
    assert world.call("installer", "DELETE", path).json()["disabled_at"] is not None
    sign_in(world, "reviewer", NEW, 401)
    assert world.post("installer", f"{path}/enable").json()["disabled_at"] is None
    is_problem(world.get("reviewer", "/me"), 401)
    sign_in(world, "reviewer", NEW)
    logins = [each["login"] for each in world.get("installer", "/users").json()["items"]]
    assert logins == sorted(world.users)


def test_what_is_kept_of_a_repeated_request_does_not_depend_on_the_password(world: World) -> None:
    def add(password: str) -> Any:
        body = {"login": "new", "name": "New", "password": password}
        return world.post("installer", "/users", body, headers={"Idempotency-Key": "same"})

    assert add(PASSWORD).status_code == 201
    assert add(NEW).headers["idempotency-replayed"] == "true"
    with world.runtime.database.reading() as session:
        assert PASSWORD not in str(session.scalars(select(Answered.answer)).one())


def test_every_password_in_a_body_is_a_secret(world: World) -> None:
    schemas = world.client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    found = [
        option
        for schema in schemas.values()
        for name, field in schema.get("properties", {}).items()
        if "password" in name
        for option in field.get("anyOf", [field])
        if option.get("type") != "null"
    ]
    assert len(found) >= 4
    assert all(each["writeOnly"] and each["format"] == "password" for each in found)


def test_others_write_while_a_password_is_hashed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def writing_meanwhile(password: str, login: str, memory_kib: int) -> str:
        with world.runtime.database.writing() as session:
            session.execute(text("UPDATE users SET name = 'Meanwhile' WHERE login = 'ci'"))
        return choose(password, login, memory_kib)

    monkeypatch.setattr("app.api.users.choose", writing_meanwhile)
    body = {"login": "new", "name": "New", "password": PASSWORD}
    assert world.post("installer", "/users", body).status_code == 201
    assert world.get("installer", "/users/ci").json()["name"] == "Meanwhile"


def test_after_several_wrong_passwords_one_waits_and_is_told_how_long(world: World) -> None:
    wrong, right = ({"login": "officer", "password": each} for each in ("wrong", PASSWORD))
    for _ in range(FREE_FOR_LOGIN):
        assert world.post(None, "/sign-in", wrong).status_code == 401
    answer = world.post(None, "/sign-in", right)
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:auditready:problem:too-often")
    assert 0 < int(answer.headers["retry-after"]) <= 10
    assert world.post(None, "/sign-in", {**right, "login": "reviewer"}).status_code == 201


def test_a_stolen_token_cannot_try_old_passwords_for_long(world: World) -> None:
    for _ in range(FREE_FOR_LOGIN):
        body = {"password": NEW, "old_password": "wrong"}
        is_problem(world.call("officer", "PUT", "/users/officer/password", json=body), 422, "old_password")
    answer = world.call("officer", "PUT", "/users/officer/password", json={"password": NEW, "old_password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 10
    sign_in(world, "officer", PASSWORD, 429)
    assert world.call("installer", "PUT", "/users/officer/password", json={"password": NEW}).status_code == 200
    described = world.client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/users/{user}/password"]["put"]
    assert "429" in described["responses"]


def test_a_new_password_that_is_no_good_is_no_attempt(world: World) -> None:
    for _ in range(FREE_FOR_LOGIN + 1):
        body = {"password": "short", "old_password": "wrong"}
        is_problem(world.call("officer", "PUT", "/users/officer/password", json=body), 422, "password")
