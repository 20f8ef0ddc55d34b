"""What an acknowledged upload is worth: everything, whenever the server is killed."""

import hashlib
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from app.doctor import examine
from app.evidence.models import EvidenceFile
from app.identity.actor import local_operator
from app.runtime import open_runtime
from tests.server.running import Server, prepare

KILLS = 8
CLIENTS = 4
ENOUGH = 25
"""So many uploads are acknowledged before each kill, which then falls into the middle of others."""


@pytest.mark.server
def test_no_acknowledged_upload_is_lost_when_the_server_is_killed(tmp_path: Path, database_url: str) -> None:
    prepared = prepare(tmp_path / "data", database_url)
    acknowledged: set[str] = set()
    for _ in range(KILLS):
        server = Server(prepared)
        before = len(acknowledged)
        enough = threading.Event()
        clients = [
            threading.Thread(target=_upload_until_it_dies, args=(server, acknowledged, before + ENOUGH, enough))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        assert enough.wait(timeout=120), "too few uploads were acknowledged"
        server.kill()
        for client in clients:
            client.join()
        assert len(acknowledged) >= before + ENOUGH

    with open_runtime(prepared.settings) as runtime:
        diagnosis = examine(runtime, actor=local_operator("tests"), at=datetime.now(UTC))
        with runtime.database.reading() as session:
            recorded = set(session.scalars(select(EvidenceFile.sha256)))
    assert diagnosis.breaks == ()
    assert diagnosis.troubles == ()
    assert acknowledged <= recorded
    assert diagnosis.blobs == len(recorded)


def _upload_until_it_dies(server: Server, acknowledged: set[str], wanted: int, enough: threading.Event) -> None:
    with server.client() as client:
        while True:
            content = os.urandom(5000)
            try:
                answer = client.put("/programmes/main/evidence/files/记录.bin", content=content)
            except httpx2.TransportError:
                return
            assert answer.status_code == 201, answer.text
            acknowledged.add(hashlib.sha256(content).hexdigest())
            if len(acknowledged) >= wanted:
                enough.set()
