"""Checkpoints: a chain that was cut off or written anew, with hashes that agree, does not agree with them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.database import Database
from app.journal.checkpoints import contradicted, keep
from app.journal.models import Chain, Entry
from app.journal.service import GENESIS, Event, heads, record, verify
from tests.builders import AT, INSTALLER

CHAIN = "org-a"


def filled(session: Session, first: int, last: int) -> None:
    """Add entries of these numbers."""
    for number in range(first, last + 1):
        record(session, CHAIN, Event("thing.changed", f"thing-{number}"), actor=INSTALLER, at=AT + timedelta(number))


def cut_off(session: Session, after: int) -> None:
    """Remove the entries after a number and set the head back, so that the chain holds."""
    session.execute(delete(Entry).where(Entry.number > after))
    head = session.get_one(Entry, (CHAIN, after)).hash if after else GENESIS
    session.execute(update(Chain).values(count=after, head=head))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the checkpoints are."""
    return tmp_path / "checkpoints.jsonl"


@pytest.mark.parametrize(("after", "anew"), [(4, 0), (0, 0), (3, 5), (0, 9)])
def test_a_chain_that_was_cut_off_or_written_anew_contradicts(
    database: Database, file: Path, after: int, anew: int
) -> None:
    with database.writing() as session:
        filled(session, 1, 5)
        keep(file, heads(session), at=AT)
        assert list(contradicted(session, file)) == []
        cut_off(session, after)
        filled(session, after + 11, after + 10 + anew)
        assert list(verify(session)) == [], "the hashes agree"
        [found] = contradicted(session, file)
        assert (found.chain_id, found.number) == (CHAIN, 5)
        assert AT.isoformat() in found.reason


def test_a_chain_that_went_on_agrees_and_is_kept_once_for_each_head(database: Database, file: Path) -> None:
    with database.writing() as session:
        for last in (2, 5):
            filled(session, last - 1, last)
            for _ in range(2):
                keep(file, heads(session), at=AT + timedelta(last))
        assert list(contradicted(session, file)) == []
        numbers = [json.loads(line)["number"] for line in file.read_text("utf-8").splitlines()]
        assert numbers == [2, 4]


@pytest.mark.parametrize("line", ["x", "{}", "[]", '{"at": 1}', "\udcff"])
def test_a_line_that_cannot_be_read_contradicts(database: Database, file: Path, line: str) -> None:
    file.write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
    with database.reading() as session:
        [found] = contradicted(session, file)
        assert found.number == 1
