"""A server process on a data folder of its own, with an organisation, a programme and a token."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from app.identity.actor import Grant, Role, local_operator
from app.identity.service import NewToken, give_role, make_token, user_actor
from app.identity.users import NewUser, add_user
from app.programmes.organisations import NewOrganisation, add_organisation
from app.programmes.service import add_programme
from app.runtime import open_runtime
from app.settings import Settings

FRAMEWORK = "iso20000-1-2018"


@dataclass(frozen=True)
class Prepared:
    """Where the data is, the ids in it, and a compliance officer's token."""

    settings: Settings
    organisation_id: str
    programme_id: str
    token: str


def prepare(folder: Path, database_url: str) -> Prepared:
    """Make one organisation with one programme on a fresh migrated database."""
    at, actor = datetime.now(UTC), local_operator("tests")
    settings = Settings.load(data_folder=folder, database_url=database_url, password_memory_kib=64)
    with open_runtime(settings, at=at) as runtime, runtime.database.writing() as session:
        organisation = add_organisation(session, NewOrganisation("Yunzhan", "云栈"), actor=actor, at=at)
        user = add_user(session, NewUser("officer", "王敏"), actor=actor, at=at)
        role = Role.COMPLIANCE_OFFICER
        give_role(session, Grant(organisation.id, frozenset({role})), user, actor=actor, at=at)
        new = NewToken("tests", user.id, organisation.id, role, days=1)
        _, token = make_token(session, new, actor=user_actor(session, user, at=at), at=at)
        profile = {"name_zh": "主项目", "frameworks": [FRAMEWORK], "start_of_operation": "2026-01-01"}
        programme = add_programme(session, organisation.id, "main", profile, actor=actor, at=at)
        return Prepared(settings, organisation.id, programme.id, token)


class Server:
    """A running server; `kill()` is SIGKILL, as when the power goes."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        environment = {
            **os.environ,
            "AUDITREADY_DATA_FOLDER": str(prepared.settings.data_folder),
            "AUDITREADY_DATABASE_URL": prepared.settings.database_url,
            "AUDITREADY_PASSWORD_MEMORY_KIB": "64",
        }
        arguments = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--log-level", "error"]
        self.process = subprocess.Popen([*arguments, "--port", str(self.port)], env=environment)
        self._wait()

    @property
    def address(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def client(self) -> httpx2.Client:
        """A client that is signed in."""
        headers = {"Authorization": f"Bearer {self.prepared.token}"}
        return httpx2.Client(base_url=self.address, headers=headers, timeout=30)

    def kill(self) -> None:
        """End it at once; it can finish nothing."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, "the server ended by itself"
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                self.process.poll()
        raise AssertionError("the server never became ready")


@contextmanager
def running(prepared: Prepared) -> Iterator[Server]:
    """Run a server; it is killed at the end if it still lives."""
    server = Server(prepared)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
