"""A request sent twice under one key is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from app.database import Database
from app.errors import Conflict, Invalid
from app.journal.models import Entry
from app.journal.once import answered, digest_of, keep_answer
from app.journal.service import Event, record
from tests.builders import AT, INSTALLER

REQUEST = {"title": "会议纪要", "on": date(2026, 8, 1), "files": ["ab", "cd"]}
ANSWER = {"id": "e1", "on": date(2026, 8, 1)}


def test_the_same_request_under_the_same_key_gets_the_same_answer(database: Database) -> None:
    with database.writing() as session:
        assert answered(session, "u1", "key", REQUEST) is None
        keep_answer(session, "u1", "key", REQUEST, ANSWER, at=AT)
    with database.reading() as session:
        assert answered(session, "u1", "key", REQUEST) == {"id": "e1", "on": "2026-08-01"}
        assert answered(session, "u1", "key", dict(reversed(REQUEST.items()))) is not None


@pytest.mark.parametrize("change", [{"title": "x"}, {"files": ["cd", "ab"]}, {"more": None}])
def test_another_request_under_a_used_key_is_refused(database: Database, change: dict[str, object]) -> None:
    with database.writing() as session:
        keep_answer(session, "u1", "key", REQUEST, ANSWER, at=AT)
        with pytest.raises(Conflict):
            answered(session, "u1", "key", {**REQUEST, **change})


def test_a_key_is_its_senders_own(database: Database) -> None:
    with database.writing() as session:
        keep_answer(session, "u1", "key", REQUEST, ANSWER, at=AT)
        assert answered(session, "u2", "key", {"other": 1}) is None
        assert answered(session, "u1", "Key", {"other": 1}) is None


@pytest.mark.parametrize("key", ["", "k" * 201, "a\nb", "a\x00b", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(database: Database, key: str) -> None:
    with database.reading() as session, pytest.raises(Invalid) as refusal:
        answered(session, "u1", key, REQUEST)
    assert refusal.value.field == "Idempotency-Key"


def test_an_answer_is_kept_only_with_the_work_it_is_about(database: Database) -> None:
    with pytest.raises(LookupError), database.writing() as session:
        keep_answer(session, "u1", "key", REQUEST, ANSWER, at=AT)
        raise LookupError
    with database.reading() as session:
        assert answered(session, "u1", "key", REQUEST) is None


def test_what_can_be_told_apart_has_another_digest() -> None:
    different: list[dict[str, Any]] = [{"a": 1}, {"a": "1"}, {"a": None}, {"a": [1]}, {"b": 1}, {"a": "\ud800"}, {}]
    assert len({digest_of(each) for each in different}) == len(different)


def test_of_two_at_the_same_time_one_does_the_work_and_the_other_is_told(database: Database) -> None:
    both_looked = Barrier(2, timeout=20)

    def work(number: int) -> str:
        if database.engine.dialect.name == "postgresql":  # SQLite lets one in at a time: nobody looks meanwhile
            with database.reading() as session:
                assert answered(session, "u1", "key", REQUEST) is None
            both_looked.wait()
        try:
            with database.writing() as session:
                if database.engine.dialect.name == "sqlite" and answered(session, "u1", "key", REQUEST):
                    return "told"
                record(session, "org-a", Event("x", str(number)), actor=INSTALLER, at=AT)
                keep_answer(session, "u1", "key", REQUEST, {"id": str(number)}, at=AT)
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == ["done", "told"]
    with database.reading() as session:
        assert session.query(Entry).count() == 1
