"""(e) The pages of a running server with many items, each beside the trivial page of the same server."""

import gzip
import http.client
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from statistics import median

from app.web.visits import SESSION
from tests.bench.data import FRAMEWORK, TODAY
from tests.bench.measuring import cpu_seconds, say, server, timed

TRIVIAL, HOME = "/health/live", "/programmes/p0"
HOME_MS, PAGE_MS, FIRST_LOAD_KB = 150, 60, 60
"""The most that Home and every other page may take at the median, and weigh when it is opened first."""
CLAUSE = "8.6.1"
PAST = TODAY - timedelta(days=45)
PAGES = (
    "",
    "/worklist",
    "/clauses",
    "/clauses?status=gap",
    f"/clauses/{FRAMEWORK}/{CLAUSE}",
    f"/clauses/{FRAMEWORK}/8",
    "/coverage",
    "/coverage?holes=yes&months=24",
    "/evidence",
    "/evidence?state=submitted",
    f"/evidence?clause={FRAMEWORK}:8",
    "/evidence?owner=nobody",
    "/evidence?expiring=30",
    "/evidence?period_from=2026-01-01&period_to=2026-01-31",
    "/evidence/add",
    "/evidence/{evidence}",
    "/documents",
    "/documents?state=effective&due=soon",
    "/documents/add",
    "/documents/{document}",
    "/journal",
    "/journal?group=evidence",
    "/journal?person={person}",
    "/set-up",
    "/set-up/guide/audits",
    "/set-up/parties",
    "/set-up/parties/{party}",
    "/set-up/settings",
    "/people",
    *(f"{page}?known_at={PAST}" for page in ("", "/clauses", f"/clauses/{FRAMEWORK}/{CLAUSE}", "/coverage")),
    *(f"{page}?known_at={PAST}" for page in ("/evidence", "/documents")),
)
"""Places of a programme; the others, such as the account, hold nothing that grows with the evidence."""
FOR_AUDITORS = ("/clauses", f"/clauses/{FRAMEWORK}/{CLAUSE}", "/coverage", "/evidence", "/documents")
EXPORTS = ("/evidence/export.csv", "/evidence/export.xlsx", "/journal/export.csv", "/coverage/export.csv")
"""Tables to take along: how long they take in all is said, without a limit."""
RUNS = 15
Get = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: how to get a page of it, and how many seconds its trivial page takes."""

    pid: int
    get: Get
    trivial: float
    who: str = ""


def run(folder: Path, token: str, auditors: str, port: int, what: str) -> None:
    """Print what every page takes and weighs, as it is, for an auditor, and right after a change."""
    with server(folder, port) as pid:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        get = partial(_get, connection, token)
        served = Served(pid, get, timed(lambda: get(TRIVIAL), runs=101))
        print(f"       (e) a trivial page takes {served.trivial * 1000:.1f} ms, {what}")
        begin = time.perf_counter()
        get(HOME)
        print(f"       (e) Home of a server just started: {time.perf_counter() - begin:.1f} s")
        for address in _addresses(folder):
            _print_page(served, address)
        for address in FOR_AUDITORS:
            _print_page(replace(served, get=partial(_get, connection, auditors), who=" (auditor)"), address)
        for address in ("", "/clauses", "/coverage"):
            _print_after_changes(served, address, partial(_add, port, token))
        for address in EXPORTS:
            begin = time.perf_counter()
            size = len(get(HOME + address)) / 1024
            print(f"       (e) {address}: {size:,.0f} KB in {time.perf_counter() - begin:.1f} s")


def _print_page(served: Served, address: str) -> None:
    page = served.get(HOME + address)
    linked = re.findall(rb'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page))
    size = (len(page) + sum(len(served.get(each.decode())) for each in set(linked))) / 1024
    before = cpu_seconds(served.pid)
    seconds = timed(lambda: served.get(HOME + address), runs=RUNS)
    cpu = (cpu_seconds(served.pid) - before) / RUNS
    _say(served, address, seconds, cpu, f"{size:.0f} KB", holds=size <= FIRST_LOAD_KB)


def _print_after_changes(served: Served, address: str, change: Callable[[], object]) -> None:
    """Print what a page takes when something was changed since it was asked for last."""
    spent, took = [], []
    for _ in range(RUNS):
        change()
        before, begin = cpu_seconds(served.pid), time.perf_counter()
        served.get(HOME + address)
        took.append(time.perf_counter() - begin)
        spent.append(cpu_seconds(served.pid) - before)
    _say(served, address, median(took), median(spent), "after a change", holds=True)


def _say(served: Served, address: str, seconds: float, cpu: float, more: str, *, holds: bool) -> None:
    limit = HOME_MS if address.partition("?")[0] == "" else PAGE_MS
    value = f"{seconds * 1000:.0f} ms (CPU {cpu * 1000:.0f}), {seconds / served.trivial:.0f} x, {more}"
    name = re.sub("[0-9a-f-]{36}", "…", address) or "/"
    say(
        f"(e) {name}{served.who}",
        value,
        f"at most {limit} ms, {FIRST_LOAD_KB} KB",
        holds=holds and seconds * 1000 <= limit,
    )


def _get(connection: http.client.HTTPConnection, token: str, path: str) -> bytes:
    connection.request("GET", path, headers={"Cookie": f"{SESSION}={token}", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{path}: {answer.status}")
    return content


def _add(port: int, token: str) -> None:
    """Add a piece of evidence through the API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    address = f"/api/v1/programmes/p0/evidence/files/{time.time_ns()}.txt?expectation_id=incident-records"
    connection.request("PUT", address, b"a new record", {"Authorization": f"Bearer {token}"})
    if connection.getresponse().status != HTTPStatus.CREATED:
        raise SystemExit(f"{address} was refused")
    connection.close()


def _addresses(folder: Path) -> Iterator[str]:
    """Yield the pages, those about one thing with one there is."""
    connection = sqlite3.connect(folder / "auditready.sqlite3")
    found = {
        "evidence": "SELECT max(id) FROM evidence WHERE programme_id = (SELECT id FROM programmes WHERE code = 'p0')",
        "document": "SELECT max(id) FROM documents",
        "party": "SELECT max(entry_id) FROM register_entries WHERE register = 'parties'",
        "person": "SELECT max(id) FROM users",
    }
    ids = {name: connection.execute(query).fetchone()[0] for name, query in found.items()}
    connection.close()
    for page in PAGES:
        yield page.format(**ids)
