"""(a) Readiness: gather and assess against reading the same rows with plain sqlite3."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection

from app.checks.gather import gather
from app.checks.judging import judge
from app.identity.actor import local_operator
from app.programmes.models import Programme
from app.programmes.service import programmes
from app.readiness.engine import assess
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from tests.bench.data import FRAMEWORK, STAGE_2_ON
from tests.bench.measuring import memory_mb, say, timed

ACTOR = local_operator("bench")
FULL_PROGRAMME = 50_000
"""Items of a programme at which the limit is stated."""


def run(folders: dict[int, Path]) -> None:
    """Print the figures for data sets by number of items."""
    for items, folder in folders.items():
        with open_runtime(Settings.load(data_folder=folder)) as runtime:
            _print_readiness(runtime, folder, items)
    for items, folder in folders.items():
        arguments = [sys.executable, "-c", _PEAK.format(folder=str(folder))]
        print(
            subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.rstrip(), f"({items:,} items)"
        )


_PEAK = """
from pathlib import Path
from tests.bench.readiness import print_peak
print_peak(Path({folder!r}))
"""


def print_peak(folder: Path) -> None:
    """Print the memory that checking one programme takes; run in a process of its own."""
    with open_runtime(Settings.load(data_folder=folder)) as runtime, runtime.database.reading() as session:
        programme = programmes(session, actor=ACTOR)[0]
        before = memory_mb(os.getpid(), "VmHWM")
        gathered = gather(session, programme, known_at=datetime.now(UTC))
        pack, facts = gathered.facts_for(FRAMEWORK)
        judge(pack, facts, stage=2, as_of=STAGE_2_ON, known_on=gathered.calendar.known_on)
        rows = len(facts.proofs)
    peak = memory_mb(os.getpid(), "VmHWM")
    print(f"       (a) memory for one programme of {rows:,} items: {peak - before:.0f} MB above {before:.0f} MB")


def _print_readiness(runtime: Runtime, folder: Path, items: int) -> None:
    with runtime.database.reading() as session:
        ids = [each.id for each in programmes(session, actor=ACTOR)]
    statements = _statements(runtime, ids[0])
    one = timed(lambda: _assess(runtime, ids[0]), runs=5)
    plain = timed(lambda: _read(folder, statements), runs=5)
    share = items // len(ids)
    limit = "at most 4 x plain sqlite3" if share >= FULL_PROGRAMME else "(fixed costs weigh more in small programmes)"
    holds = one / plain <= 4 or share < FULL_PROGRAMME
    say(f"(a) gather + assess, one programme of {share:,} items", f"{one / plain:.2f} x", limit, holds=holds)
    every = [_statements(runtime, programme_id) for programme_id in ids]
    whole = timed(lambda: _assess_all(runtime, ids), runs=1)
    read = timed(lambda: [_read(folder, each) for each in every], runs=1)
    limit = "at most 5 x plain sqlite3" if share >= FULL_PROGRAMME else ""
    holds = whole / read <= 5 or share < FULL_PROGRAMME
    say(f"(a) the whole database of {items:,} items", f"{whole / read:.2f} x", limit, holds=holds)
    print(f"       (a) {whole / items * 1e6:.1f} microseconds an item, {whole:.2f} s in all")


def _assess(runtime: Runtime, programme_id: str) -> None:
    with runtime.database.reading() as session:
        gathered = gather(session, session.get_one(Programme, programme_id), known_at=datetime.now(UTC))
        _, facts = gathered.facts_for(FRAMEWORK)
        assess(facts, stage=2, as_of=STAGE_2_ON, known_on=gathered.calendar.known_on)


def _assess_all(runtime: Runtime, programme_ids: list[str]) -> None:
    for programme_id in programme_ids:
        _assess(runtime, programme_id)


def _statements(runtime: Runtime, programme_id: str) -> list[tuple[str, tuple[object, ...]]]:
    """The statements, with their values, that gathering one programme sends."""
    sent: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: Connection, _u: object, statement: str, values: tuple[object, ...], *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append((statement, values))

    engine = runtime.database.reads
    event.listen(engine, "before_cursor_execute", note)
    try:
        _assess(runtime, programme_id)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def _read(folder: Path, statements: list[tuple[str, tuple[object, ...]]]) -> int:
    connection = sqlite3.connect(folder / "auditready.sqlite3")
    try:
        return sum(len(connection.execute(statement, values).fetchall()) for statement, values in statements)
    finally:
        connection.close()
