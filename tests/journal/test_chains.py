"""The journal's chains: nothing is taken out, altered or cut off without `verify` naming the place."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.database import Database
from app.identity.actor import local_operator
from app.journal.models import Chain, Entry
from app.journal.service import GENESIS, Break, Event, broken, entries, hash_of, plain, record, verify
from tests.builders import AT, INSTALLER

CHAINS = ("org-a", "org-b")


def filled(session: Session, *, count: int = 5) -> None:
    """Add `count` entries to each of two chains, taking turns."""
    for number in range(1, count + 1):
        for chain in CHAINS:
            event = Event("thing.changed", f"thing-{number}", {"n": number - 1}, {"n": number})
            record(session, chain, event, actor=INSTALLER, at=AT + timedelta(hours=number))


def breaks(session: Session) -> list[Break]:
    """Return what `verify` finds, read anew."""
    session.flush()
    session.expire_all()
    return list(verify(session))


def entry_of(session: Session, number: int, chain: str = "org-a") -> Entry:
    """Return one entry."""
    return session.get_one(Entry, (chain, number))


def test_each_organisation_has_a_chain_of_its_own_without_holes(database: Database) -> None:
    with database.writing() as session:
        filled(session)
    with database.reading() as session:
        for chain in CHAINS:
            found = entries(session, chain, limit=100)[::-1]
            assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
            assert [entry.previous for entry in found] == [GENESIS, *(entry.hash for entry in found[:-1])]
        heads = {chain.id: (chain.count, chain.head) for chain in session.scalars(select(Chain))}
        assert heads == {chain: (5, entry_of(session, 5, chain).hash) for chain in CHAINS}
        assert breaks(session) == []


def test_an_empty_journal_holds(database: Database) -> None:
    with database.reading() as session:
        assert breaks(session) == []


@pytest.mark.parametrize(
    "harm",
    [
        {"action": "thing.kept"}, {"actor_id": "somebody-else"}, {"actor_name": "X"}, {"subject_id": "thing-9"},
        {"before": None}, {"after": {"n": 4}}, {"at": AT}, {"programme_id": "p"},
    ],
    ids=lambda harm: next(iter(harm)),
)  # fmt: skip
def test_an_altered_entry_is_named_whichever_part_was_altered(database: Database, harm: dict[str, object]) -> None:
    with database.writing() as session:
        filled(session)
        session.execute(update(Entry).where(Entry.chain_id == "org-a", Entry.number == 3).values(**harm))
        assert breaks(session) == [Break("org-a", 3, "content altered")]


def test_an_entry_that_was_altered_and_hashed_anew_no_longer_fits_the_next_one(database: Database) -> None:
    with database.writing() as session:
        filled(session)
        entry = entry_of(session, 3)
        entry.after = {"n": 99}
        entry.hash = hash_of(entry)
        assert breaks(session) == [Break("org-a", 4, "does not follow the entry before")]


def test_the_last_entry_altered_and_hashed_anew_does_not_fit_the_head(database: Database) -> None:
    with database.writing() as session:
        filled(session)
        entry = entry_of(session, 5)
        entry.after = {"n": 99}
        entry.hash = hash_of(entry)
        assert breaks(session) == [Break("org-a", 5, "the end is missing")]


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        ([1], [Break("org-a", 1, "entry missing")]),
        ([3], [Break("org-a", 3, "entry missing")]),
        ([2, 3], [Break("org-a", 2, "entry missing")]),
        ([2, 4], [Break("org-a", 2, "entry missing"), Break("org-a", 4, "entry missing")]),
        ([5], [Break("org-a", 5, "the end is missing")]),
        ([4, 5], [Break("org-a", 5, "the end is missing")]),
        ([1, 2, 3, 4, 5], [Break("org-a", 5, "the end is missing")]),
    ],
)
def test_entries_that_were_removed_or_cut_off_are_named(
    database: Database, gone: list[int], found: list[Break]
) -> None:
    with database.writing() as session:
        filled(session)
        session.execute(delete(Entry).where(Entry.chain_id == "org-a", Entry.number.in_(gone)))
        assert breaks(session) == found


def test_a_head_that_was_removed_or_set_back_is_named(database: Database) -> None:
    with database.writing() as session:
        filled(session)
        session.execute(update(Chain).where(Chain.id == "org-a").values(count=4))
        session.execute(delete(Chain).where(Chain.id == "org-b"))
        assert {each.chain_id for each in breaks(session)} == {"org-a", "org-b"}


def test_entries_that_changed_places_are_named(database: Database) -> None:
    with database.writing() as session:
        filled(session)
        for old, new in ((2, 20), (3, 2), (20, 3)):
            session.execute(update(Entry).where(Entry.chain_id == "org-a", Entry.number == old).values(number=new))
        assert {each.number for each in breaks(session)} == {2, 3, 4}


def test_before_and_after_are_kept_as_they_were_in_both_scripts(database: Database) -> None:
    before = {"name": "旧名 “old”", "days": [date(2026, 8, 1), None], "deep": {"on": True, "n": 1.5}}
    with database.writing() as session:
        record(session, "org-a", Event("x", "y", before, {"name": "新名"}), actor=INSTALLER, at=AT)
    with database.reading() as session:
        entry = entry_of(session, 1)
        assert entry.before == {"name": "旧名 “old”", "days": ["2026-08-01", None], "deep": {"on": True, "n": 1.5}}
        assert entry.after == {"name": "新名"}
        assert breaks(session) == []


def test_an_entry_without_before_and_after_holds(database: Database) -> None:
    with database.writing() as session:
        record(session, "org-a", Event("x", "y"), actor=INSTALLER, at=AT)
    with database.reading() as session:
        assert (entry_of(session, 1).before, entry_of(session, 1).after) == (None, None)
        assert breaks(session) == []


@pytest.mark.parametrize("microsecond", [0, 1, 120000, 999999])
def test_the_chain_holds_wherever_the_clock_of_the_door_stood(database: Database, microsecond: int) -> None:
    shanghai = datetime(2026, 8, 10, 10, 0, 0, microsecond, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        record(session, "org-a", Event("x", "y"), actor=INSTALLER, at=shanghai)
    with database.reading() as session:
        assert entry_of(session, 1).at == shanghai
        assert breaks(session) == []


def test_a_moment_without_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"), database.writing() as session:
        record(session, "org-a", Event("x", "y"), actor=INSTALLER, at=AT.replace(tzinfo=None))


def test_entries_are_read_newest_first_by_page_subject_and_programme(database: Database) -> None:
    with database.writing() as session:
        for number in range(1, 8):
            event = Event("x", f"s{number % 2}", programme_id=f"p{number % 3}")
            record(session, "org-a", event, actor=INSTALLER, at=AT)
        record(session, "org-b", Event("x", "s1", programme_id="p1"), actor=INSTALLER, at=AT)

        def numbers(**wanted: object) -> list[int]:
            return [entry.number for entry in entries(session, "org-a", **{"limit": 9, **wanted})]  # type: ignore[arg-type]

        assert numbers(limit=3) == [7, 6, 5]
        assert numbers(limit=3, before=5) == [4, 3, 2]
        assert numbers(subject_id="s1") == [7, 5, 3, 1]
        assert numbers(programme_id="p1") == [7, 4, 1]
        assert numbers(programme_id="p1", subject_id="s0") == [4]


def test_entries_are_narrowed_to_somebody_to_kinds_of_action_and_to_a_time(database: Database) -> None:
    with database.writing() as session:
        for number, action in enumerate(("evidence.added", "evidences.added", "link.removed", "e%.x", "evidence.x"), 1):
            who = INSTALLER if number % 2 else local_operator("other")
            record(session, "org-a", Event(action, "s"), actor=who, at=AT + timedelta(hours=number))

        def numbers(**wanted: object) -> list[int]:
            return [entry.number for entry in entries(session, "org-a", **{"limit": 9, **wanted})]  # type: ignore[arg-type]

        assert numbers(kinds=["evidence"]) == [5, 1]
        assert numbers(kinds=["evidence", "link"]) == [5, 3, 1]
        assert numbers(kinds=["e%"]) == [4]
        assert numbers(kinds=[]) == []
        assert numbers(actor_id=INSTALLER.id) == [5, 3, 1]
        assert numbers(since=AT + timedelta(hours=2), until=AT + timedelta(hours=4)) == [3, 2]


def test_a_few_entries_are_examined_by_themselves(database: Database) -> None:
    with database.writing() as session:
        filled(session)
        assert list(broken(session, [])) == []
        assert list(broken(session, entries(session, "org-a", limit=3))) == []
        session.execute(update(Entry).where(Entry.number == 3, Entry.chain_id == "org-a").values(hash="0" * 64))
        session.expire_all()
        assert [(each.number, each.reason) for each in broken(session, entries(session, "org-a", limit=3))] == [
            (4, "does not follow the entry before"),
            (3, "content altered"),
        ]


def test_many_at_once_get_numbers_without_holes(database: Database) -> None:
    def work(worker: int) -> None:
        for step in range(10):
            with database.writing() as session:
                chain = CHAINS[(worker + step) % 2]
                record(session, chain, Event("x", f"{worker}-{step}"), actor=INSTALLER, at=AT)

    together(work, 8)
    with database.reading() as session:
        for chain in CHAINS:
            found = [entry.number for entry in entries(session, chain, limit=1000)]
            assert found == list(range(len(found), 0, -1))
        assert session.execute(text("SELECT count(*) FROM journal_entries")).scalar_one() == 80
        assert breaks(session) == []


def test_what_is_rolled_back_leaves_no_hole(database: Database) -> None:
    def work(worker: int) -> None:
        for step in range(6):
            try:
                with database.writing() as session:
                    record(session, "org-a", Event("x", f"{worker}-{step}"), actor=INSTALLER, at=AT)
                    if (worker + step) % 2:
                        raise LookupError
            except LookupError:
                continue

    together(work, 6)
    with database.reading() as session:
        assert [entry.number for entry in entries(session, "org-a", limit=100)] == list(range(18, 0, -1))
        assert breaks(session) == []


def test_what_json_does_not_know_is_made_plain() -> None:
    assert plain(Event("a", "b", {"when": AT}, {"set": frozenset({"x"})})) == {
        "action": "a", "subject_id": "b", "before": {"when": AT.isoformat()}, "after": {"set": ["x"]},
        "programme_id": None,
    }  # fmt: skip


def together(work: Callable[[int], None], workers: int) -> None:
    """Let several threads work at the same time; raises what one of them raised."""
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work, worker) for worker in range(workers)]:
            done.result()
