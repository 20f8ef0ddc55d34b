"""`world`: the application on a real database with real blobs, two organisations in it, and everybody's token."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.identity.actor import Grant, Role
from app.identity.passwords import hash_password
from app.identity.service import NewToken, give_role, make_token, start_session, user_actor
from app.identity.users import NewUser, add_user
from app.programmes.models import Programme
from app.runtime import Runtime
from app.settings import Settings
from tests.builders import F2018, HASH_KIB, INSTALLER, long_ago, some_organisation, some_programme

PASSWORD = "a long enough password"
LIMIT_BYTES = 300_000
API = "/api/v1"
PEOPLE = {
    "admin": Role.ADMINISTRATOR,
    "officer": Role.COMPLIANCE_OFFICER,
    "owner": Role.PROCESS_OWNER,
    "contributor": Role.CONTRIBUTOR,
    "reviewer": Role.REVIEWER,
    "auditor": Role.AUDITOR,
    "ci": Role.CI,
}
IN_PERSON = frozenset({"admin", "officer"})
"""Who has signed in, as every installer has; the others act through tokens for programs."""


@dataclass
class World:
    """Organisation 1 with programme `itsm`, organisation 2 with programme `other`; tokens by name."""

    client: TestClient
    runtime: Runtime
    organisations: list[str] = field(default_factory=list)
    programmes: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)

    def call(self, who: str | None, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send a request as somebody; `path` is below the prefix of the API."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers.setdefault("Authorization", f"Bearer {self.tokens[who]}")
        return self.client.request(method, API + path, headers=headers, **more)

    def get(self, who: str | None, path: str, **more: Any) -> httpx2.Response:
        """Read something as somebody."""
        return self.call(who, "GET", path, **more)

    def post(self, who: str | None, path: str, body: object = None, **more: Any) -> httpx2.Response:
        """Send JSON as somebody."""
        return self.call(who, "POST", path, **({} if body is None else {"json": body}), **more)

    def upload(
        self, who: str = "contributor", name: str = "minutes.txt", content: bytes = b"minutes", **more: Any
    ) -> Any:
        """Add evidence of one file to `itsm` and return it."""
        answer = self.call(who, "PUT", f"/programmes/itsm/evidence/files/{name}", content=content, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def accepted(self, **more: Any) -> Any:
        """Add evidence and accept it as the reviewer."""
        made = self.upload(**more)
        answer = self.post("reviewer", f"/programmes/itsm/evidence/{made['id']}/review", {"accept": True})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def document(self, number: str = "P-01", who: str = "officer", programme: str = "itsm") -> Any:
        """Enter a document with a draft revision."""
        body = {"number": number, "title": "Policy", "level": "L1", "kind": "policy"}
        made = self.post(who, f"/programmes/{programme}/documents", body)
        assert made.status_code == 201, made.text
        path = f"/programmes/{programme}/documents/{made.json()['id']}/revisions/files/policy.docx"
        answer = self.call(who, "PUT", path, content=b"policy")
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def world(application: FastAPI, database_url: str, tmp_path: Path) -> Iterator[World]:
    """A world of its own for every test."""
    application.state.settings = Settings.load(
        data_folder=tmp_path / "data",
        database_url=database_url,
        blob_folder=tmp_path / "blobs",
        password_memory_kib=HASH_KIB,
        max_file_bytes=LIMIT_BYTES,
        max_body_bytes=500_000,
    )
    with TestClient(application) as client:
        made = World(client, application.state.runtime)
        _fill(made)
        yield made


def _fill(world: World) -> None:
    with world.runtime.database.writing() as session:
        for number, code in enumerate(("itsm", "other"), start=1):
            organisation = some_organisation(session, f"Example {number}")
            programme = some_programme(session, organisation, code=code, frameworks=[F2018])
            world.organisations.append(organisation.id)
            world.programmes.append(programme.id)
    _person(world, "installer", None, 0, installer=True)
    for name, role in PEOPLE.items():
        _person(world, name, role, 0)
    _person(world, "stranger", Role.COMPLIANCE_OFFICER, 1)
    _person(world, "stranger-admin", Role.ADMINISTRATOR, 1)


def _person(world: World, name: str, role: Role | None, place: int, *, installer: bool = False) -> None:
    at = datetime.now(UTC)
    with world.runtime.database.writing() as session:
        new = NewUser(name, name.title(), "en", hash_password(PASSWORD, HASH_KIB), installer)
        user = add_user(session, new, actor=INSTALLER, at=long_ago())
        world.users[name] = user.id
        organisation_id = world.organisations[place]
        programme_id = world.programmes[place] if role is Role.AUDITOR else None
        if role is not None:
            until = at + timedelta(days=30) if role is Role.AUDITOR else None
            grant = Grant(organisation_id, frozenset({role}), programme_id)
            give_role(session, grant, user, actor=INSTALLER, at=long_ago(), until=until)
        if role is None or name in IN_PERSON:
            world.tokens[name] = start_session(session, user.id, at=at, hours=1)[1]
        else:
            token = NewToken("tests", user.id, organisation_id, role, 10, programme_id)
            world.tokens[name] = make_token(session, token, actor=user_actor(session, user, at=at), at=at)[1]


def programme_of(world: World, place: int = 0) -> Programme:
    """Return a programme's row."""
    with world.runtime.database.reading() as session:
        return session.get_one(Programme, world.programmes[place])
