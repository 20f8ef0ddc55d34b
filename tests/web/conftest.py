"""`site`: the pages of an application on a real database, one organisation in it, and a browser's worth of cookies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.identity.actor import Grant, Role
from app.identity.passwords import hash_password
from app.identity.service import give_role
from app.identity.users import NewUser, add_user
from app.runtime import Runtime
from app.settings import Settings
from tests.builders import F2018, HASH_KIB, INSTALLER, long_ago, some_organisation, some_programme

PASSWORD = "a long enough password"
HOME = "/programmes/itsm"
PEOPLE = {
    "admin": Role.ADMINISTRATOR,
    "officer": Role.COMPLIANCE_OFFICER,
    "owner": Role.PROCESS_OWNER,
    "contributor": Role.CONTRIBUTOR,
    "reviewer": Role.REVIEWER,
    "auditor": Role.AUDITOR,
}


@dataclass
class Site:
    """Programme `itsm` of organisation 1; `client` keeps the cookies of whoever signed in last."""

    client: TestClient
    runtime: Runtime
    organisation: str = ""
    programme: str = ""
    users: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        """Open a page; redirects are followed."""
        return self.client.get(path, **more)

    def read(self, path: str, **more: Any) -> str:
        """Open a page that has to be there and return the words on it, without tags."""
        answer = self.get(path, **more)
        assert answer.status_code == 200, (answer.status_code, text_of(answer))
        return text_of(answer)

    def send(self, page: str, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
        """Fill in a form that stands on `page` and send it to `path`; redirects are followed."""
        data = {"form_key": key_of(self.get(page)), **(fields or {})}
        return self.client.post(path, data=data, **more)

    def sign_in(self, who: str, language: str = "en") -> None:
        """Sign in as somebody, in a language."""
        self.client.cookies.clear()
        self.get(f"/language/{language}")
        answer = self.send("/sign-in", "/sign-in", {"login": who, "password": PASSWORD})
        assert answer.status_code == 200, text_of(answer)


def text_of(answer: httpx2.Response) -> str:
    """Return the words of a page, spaces made single ones."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(bare).split())


def key_of(answer: httpx2.Response) -> str:
    """Return the key that the forms of a page carry."""
    found = re.search(r'name="form_key" value="([0-9a-f]+)"', answer.text)
    assert found, answer.text[:2000]
    return found[1]


@pytest.fixture
def site(application: FastAPI, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site with one person a role, all with `PASSWORD`."""
    application.state.settings = Settings.load(
        data_folder=tmp_path / "data", database_url=database_url, password_memory_kib=HASH_KIB, max_file_bytes=300_000
    )
    with TestClient(application, base_url="http://testserver") as client:
        made = Site(client, application.state.runtime)
        _fill(made)
        yield made


def _fill(site: Site) -> None:
    with site.runtime.database.writing() as session:
        organisation = some_organisation(session)
        programme = some_programme(session, organisation, frameworks=(F2018,))
        site.organisation, site.programme = organisation.id, programme.id
        for login, role in PEOPLE.items():
            new = NewUser(login, login.title(), "en", hash_password(PASSWORD, HASH_KIB))
            user = add_user(session, new, actor=INSTALLER, at=long_ago())
            limited = {"programme_id": programme.id} if role is Role.AUDITOR else {}
            until = datetime.now(UTC) + timedelta(days=30) if role is Role.AUDITOR else None
            grant = Grant(organisation.id, frozenset({role}), **limited)
            give_role(session, grant, user, actor=INSTALLER, at=long_ago(), until=until)
            site.users[login] = user.id
