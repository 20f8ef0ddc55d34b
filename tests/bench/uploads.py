"""(b) One large file through a running server, (c) many small ones from eight clients; each beside plain Python."""

import hashlib
import http.client
import os
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from app.cli.serve import MOST_WORKERS
from tests.bench.measuring import memory_mb, say, server

LARGE_BYTES = 512 << 20
SMALL_BYTES, UPLOADS, CLIENTS = 20 << 10, 2000, 8
CHUNK = 1 << 20
WORKERS = min(MOST_WORKERS, os.cpu_count() or 1)
"""As many processes as `auditready serve` starts by itself."""


def large(folder: Path, token: str, port: int) -> None:
    """Print the speed of one upload against SHA-256 + write + fsync, and the server's peak memory above idle."""
    block = os.urandom(CHUNK)
    limit = _plain_large(folder, block)
    with server(folder, port) as pid:
        _put(_connect(port), token, "warm-up.bin", b"x" * 1000)
        idle = memory_mb(pid, "VmRSS")
        begin = time.perf_counter()
        connection = _connect(port)
        connection.putrequest("PUT", _path("large.bin"))
        connection.putheader("Authorization", f"Bearer {token}")
        connection.putheader("Content-Length", str(LARGE_BYTES))
        connection.endheaders()
        for _ in range(LARGE_BYTES // CHUNK):
            connection.send(block)
        _expect(connection)
        seconds = time.perf_counter() - begin
        grown = memory_mb(pid, "VmHWM") - idle
    say("(b) 512 MB upload, share of hash + write + fsync", f"{limit / seconds:.2f}", "at least 0.50",
        holds=limit / seconds >= 0.5)  # fmt: skip
    say("(d) memory of an idle worker", f"{idle:.0f} MB", "at most 150 MB", holds=idle <= 150)
    say("(b) server's peak memory above idle", f"{grown:.0f} MB", "below 150 MB", holds=grown < 150)


def small(folders: dict[int, tuple[Path, str]], port: int) -> None:
    """Print uploads a second with few and with many items held, beside the same in plain Python."""
    rates = {}
    for held, (folder, token) in folders.items():
        with server(folder, port, "--workers", str(WORKERS)):
            _put(_connect(port), token, "warm-up.bin", b"x" * 1000)
            rates[held] = _many(port, token)
            _check_none_lost(folder)
        plain = _plain_small(folder)
        share = rates[held] / plain
        name = f"(c) 2,000 uploads with {held:,} items held: {rates[held]:.0f}/s"
        say(name, f"{share:.2f}", "at least 0.10 of plain", holds=share >= 0.1)
    few, many = min(rates), max(rates)
    say(f"(c) rate with {many:,} held against {few:,}", f"{rates[many] / rates[few]:.2f}", "at least 0.80",
        holds=rates[many] / rates[few] >= 0.8)  # fmt: skip


def _many(port: int, token: str) -> float:
    bodies = [os.urandom(SMALL_BYTES) for _ in range(UPLOADS)]
    errors: list[BaseException] = []

    def work(numbers: range) -> None:
        try:
            connection = _connect(port)
            for number in numbers:
                _put(connection, token, f"record-{number}.bin", bodies[number])
        except BaseException as error:  # noqa: BLE001 (said below: a lost upload must not pass unseen)
            errors.append(error)

    threads = [threading.Thread(target=work, args=(range(start, UPLOADS, CLIENTS),)) for start in range(CLIENTS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    if errors:
        raise errors[0]
    return UPLOADS / seconds


def _check_none_lost(folder: Path) -> None:
    connection = sqlite3.connect(folder / "auditready.sqlite3")
    rows = connection.execute("SELECT sha256 FROM evidence_files WHERE name LIKE 'record-%'").fetchall()
    connection.close()
    whole = sum((folder / "evidence" / sha256[:2] / sha256).stat().st_size == SMALL_BYTES for (sha256,) in rows)
    say("(c) acknowledged uploads that are there and whole", f"{whole:,}", f"{UPLOADS:,}", holds=whole == UPLOADS)


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=120)


def _path(name: str) -> str:
    return f"/api/v1/programmes/p0/evidence/files/{name}"


def _put(connection: http.client.HTTPConnection, token: str, name: str, body: bytes) -> None:
    connection.request("PUT", _path(name), body, {"Authorization": f"Bearer {token}"})
    _expect(connection)


def _expect(connection: http.client.HTTPConnection) -> None:
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != http.HTTPStatus.CREATED:
        raise SystemExit(f"{answer.status}: {text[:500]!r}")


def _plain_large(folder: Path, block: bytes) -> float:
    begin = time.perf_counter()
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(LARGE_BYTES // CHUNK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - begin


def _plain_small(folder: Path) -> float:
    connection = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS held (sha256 TEXT, size INTEGER)")
    bodies = [os.urandom(SMALL_BYTES) for _ in range(UPLOADS)]
    with tempfile.TemporaryDirectory(dir=folder) as name:
        begin = time.perf_counter()
        for number, body in enumerate(bodies):
            sha256 = hashlib.sha256(body).hexdigest()
            with (Path(name) / str(number)).open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO held VALUES (?, ?)", (sha256, len(body)))
            connection.execute("COMMIT")
        seconds = time.perf_counter() - begin
    connection.close()
    return UPLOADS / seconds
