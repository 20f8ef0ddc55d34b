"""A real server: uploads that break off, many at once, damage in the middle of a large file."""

import hashlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from app.evidence.models import EvidenceFile
from app.runtime import Runtime, open_runtime
from tests.server.running import Server, prepare, running

FILES = "/api/v1/programmes/main/evidence/files"


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    """A server of its own."""
    with running(prepare(tmp_path / "data", database_url)) as started:
        yield started


@pytest.fixture
def stores(server: Server) -> Iterator[Runtime]:
    """The server's stores, opened beside it."""
    with open_runtime(server.prepared.settings) as runtime:
        yield runtime


@pytest.mark.server
def test_an_upload_that_breaks_off_leaves_nothing(server: Server, stores: Runtime) -> None:
    for head in ("Content-Length: 100000", "Transfer-Encoding: chunked"):
        body = b"x" * 5000 if "Length" in head else b"1388\r\n" + b"x" * 5000 + b"\r\n"
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            lines = [f"PUT {FILES}/a.txt HTTP/1.1", "Host: x", f"Authorization: Bearer {server.prepared.token}", head]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            _until(lambda: len(list(stores.blobs.incoming.iterdir())) == 1)
        _until(lambda: not list(stores.blobs.incoming.iterdir()))
    with stores.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 0
    assert list(stores.blobs.sizes()) == []
    assert server.process.poll() is None


@pytest.mark.server
def test_a_refusal_comes_before_the_body_is_sent(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("PUT", f"{FILES}/a.txt")
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    connection.close()


@pytest.mark.server
def test_a_large_file_goes_in_and_out_as_it_is_and_damage_breaks_the_answer_off(
    server: Server, stores: Runtime
) -> None:
    content = os.urandom(5 << 20)
    with server.client() as client:
        made = client.put("/programmes/main/evidence/files/大文件.bin", content=content).json()
        sha256 = hashlib.sha256(content).hexdigest()
        assert made["versions"][0]["files"][0]["sha256"] == sha256
        path = f"/programmes/main/evidence/{made['id']}/versions/1/files/1"
        assert client.get(path).content == content
        stored = stores.blobs.path(sha256)
        stored.chmod(0o640)
        stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get(path)
        assert client.get("/me").status_code == 200


@pytest.mark.server
def test_many_clients_at_once_lose_nothing(server: Server, stores: Runtime) -> None:
    wrong: list[str] = []

    def work(client_number: int) -> None:
        with server.client() as client:
            for number in range(12):
                name = f"{client_number}-{number}"
                answer = client.put(f"/programmes/main/evidence/files/{name}.txt", content=name.encode())
                if answer.status_code != 201:
                    wrong.append(answer.text)
                if client.get("/programmes/main/evidence?limit=5").status_code != 200:
                    wrong.append("list")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with stores.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 144


STRANGE = (
    b"GET /api/v1/programmes/%ED%A0%80",
    b"GET /api/v1/programmes/\xff",
    b"GET /api/v1/me?a=%ED%A0%80",
    b"GET /api/v1/me?language=%00",
    b"GET //",
    b"GET /api/v1/../../etc/passwd",
    b"OPTIONS *",
)


@pytest.mark.server
@pytest.mark.parametrize("header", [b"", b"If-Match: \xff\xfe\r\n", b"Accept-Language: \xff;q=\xff\r\n"])
def test_strange_bytes_on_the_wire_are_no_server_error(server: Server, header: bytes) -> None:
    token = f"Authorization: Bearer {server.prepared.token}\r\n".encode()
    for first in STRANGE:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(first + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + token + header + b"\r\n")
            status = connection.makefile("rb").readline()
        assert status.startswith(b"HTTP/1.1 "), first
        assert b" 500 " not in status, first


def _until(holds: object) -> None:
    end = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
