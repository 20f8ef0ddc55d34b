from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import Database
from app.errors import TooOften, Unauthorized
from app.identity import attempts
from app.identity.attempts import FREE_FOR_ADDRESS, FREE_FOR_LOGIN, KEPT_FOR, LONGEST_PAUSE, pause_after, trying
from app.identity.models import AttemptCount
from tests.builders import AT


def counts(database: Database) -> list[tuple[str, int, datetime]]:
    """Return what is kept."""
    with database.reading() as session:
        return [(each.key, each.wrong, each.last_at) for each in session.scalars(select(AttemptCount))]


def wrong(database: Database, address: str = "192.0.2.1", login: str = "wang", *, at: datetime = AT) -> None:
    """Send a wrong password."""
    with pytest.raises(Unauthorized), trying(database, address, login, at=at):
        raise Unauthorized("The login or the password is wrong.")


def right(database: Database, address: str = "192.0.2.1", login: str = "wang", *, at: datetime = AT) -> None:
    """Send the right one."""
    with trying(database, address, login, at=at):
        pass


def test_after_several_wrong_passwords_one_waits_and_is_told_how_long(database: Database) -> None:
    for _ in range(FREE_FOR_LOGIN):
        wrong(database)
    with pytest.raises(TooOften) as refused:
        right(database, at=AT + timedelta(seconds=3))
    assert refused.value.seconds == 7
    assert str(refused.value) == "Too many wrong passwords came from here. Wait 7 s, then try again."
    right(database, at=AT + timedelta(seconds=10))


def test_the_pause_grows_and_trying_during_it_changes_nothing(database: Database) -> None:
    at = AT
    for _ in range(FREE_FOR_LOGIN):
        wrong(database)
    for pause in (10, 20, 40, 80, 160, 320, 640, 900, 900):
        for early in (0, pause - 1):
            with pytest.raises(TooOften):
                right(database, at=at + timedelta(seconds=early))
        at += timedelta(seconds=pause)
        wrong(database, at=at)
    assert pause_after(10_000, FREE_FOR_LOGIN) == LONGEST_PAUSE


def test_nobody_locks_out_somebody_at_another_address_or_with_another_login(database: Database) -> None:
    for _ in range(FREE_FOR_LOGIN):
        wrong(database)
    right(database, "192.0.2.2")
    right(database, login="li")
    with pytest.raises(TooOften):
        right(database, login="WANG")


def test_many_logins_from_one_address_wait_together_even_with_one_password_that_is_right(database: Database) -> None:
    for number in range(FREE_FOR_ADDRESS):
        wrong(database, login=f"user{number}")
        right(database, login="own") if number < FREE_FOR_ADDRESS - 1 else None
    with pytest.raises(TooOften):
        right(database, login="own")


def test_a_right_password_clears_the_login_and_time_clears_the_rest(database: Database) -> None:
    for _ in range(FREE_FOR_LOGIN - 1):
        wrong(database)
    right(database)
    for _ in range(FREE_FOR_LOGIN):
        wrong(database)
    with pytest.raises(TooOften):
        right(database)
    for _ in range(FREE_FOR_LOGIN - 1):
        wrong(database, at=AT + KEPT_FOR)
    right(database, at=AT + KEPT_FOR)


def test_a_store_that_is_away_counts_for_nobody(database: Database) -> None:
    for _ in range(FREE_FOR_LOGIN + 1):
        with pytest.raises(OSError, match="away"), trying(database, "192.0.2.1", "wang", at=AT):
            raise OSError("away")
    right(database)


def test_attempts_at_the_same_time_are_counted_before_any_password_is_looked_at(database: Database) -> None:
    open_ones = [trying(database, "192.0.2.1", "wang", at=AT) for _ in range(FREE_FOR_LOGIN + 1)]
    for each in open_ones[:-1]:
        each.__enter__()
    with pytest.raises(TooOften):
        open_ones[-1].__enter__()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_one_client_is_one_address_or_one_network_of_version_6(address: str, network: str) -> None:
    assert attempts.network_of(address) == network


def test_only_so_many_counts_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KEPT", 10)
    for number in range(50):
        wrong(database, f"192.0.2.{number}")
    assert len(counts(database)) == 10


def test_what_is_too_old_is_removed_when_others_come(database: Database) -> None:
    wrong(database, "192.0.2.1")
    wrong(database, "192.0.2.2", at=AT + KEPT_FOR)
    assert len(counts(database)) == 2


def test_every_process_counts_with_the_others_and_a_new_one_remembers(database_url: str) -> None:
    processes = [Database(database_url) for _ in range(3)]
    for number in range(FREE_FOR_LOGIN):
        wrong(processes[number % 2])
    for each in processes:
        with pytest.raises(TooOften):
            right(each)
        each.close()


def test_a_refused_attempt_and_a_right_password_leave_nothing(database: Database) -> None:
    right(database)
    assert counts(database) == []
    for _ in range(FREE_FOR_LOGIN):
        wrong(database)
    before = counts(database)
    for second in range(9):
        with pytest.raises(TooOften):
            wrong(database, at=AT + timedelta(seconds=second))
    assert counts(database) == before


def test_neither_addresses_nor_logins_are_kept(database: Database) -> None:
    wrong(database)
    assert all(len(key) == 64 for key, _, _ in counts(database))


def test_many_at_once_are_counted_one_by_one(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _tried(database), range(3 * FREE_FOR_LOGIN)))
    assert {wrong for _, wrong, _ in counts(database)} == {FREE_FOR_LOGIN}


def _tried(database: Database) -> None:
    with suppress(TooOften):
        wrong(database)
