from datetime import datetime, timedelta

import pytest

from app.errors import TooOften, Unauthorized
from app.identity import attempts
from app.identity.attempts import FREE_FOR_ADDRESS, FREE_FOR_LOGIN, KEPT_FOR, LONGEST_PAUSE, Attempts, pause_after
from tests.builders import AT


def wrong(made: Attempts, address: str = "192.0.2.1", login: str = "wang", *, at: datetime = AT) -> None:
    """Send a wrong password."""
    with pytest.raises(Unauthorized), made.trying(address, login, at=at):
        raise Unauthorized("The login or the password is wrong.")


def right(made: Attempts, address: str = "192.0.2.1", login: str = "wang", *, at: datetime = AT) -> None:
    """Send the right one."""
    with made.trying(address, login, at=at):
        pass


def test_after_several_wrong_passwords_one_waits_and_is_told_how_long() -> None:
    made = Attempts()
    for _ in range(FREE_FOR_LOGIN):
        wrong(made)
    with pytest.raises(TooOften) as refused:
        right(made, at=AT + timedelta(seconds=3))
    assert refused.value.seconds == 7
    assert str(refused.value) == "Too many wrong passwords came from here. Wait 7 s, then try again."
    right(made, at=AT + timedelta(seconds=10))


def test_the_pause_grows_and_trying_during_it_changes_nothing() -> None:
    made, at = Attempts(), AT
    for _ in range(FREE_FOR_LOGIN):
        wrong(made)
    for pause in (10, 20, 40, 80, 160, 320, 640, 900, 900):
        for early in (0, pause - 1):
            with pytest.raises(TooOften):
                right(made, at=at + timedelta(seconds=early))
        at += timedelta(seconds=pause)
        wrong(made, at=at)
    assert pause_after(10_000, FREE_FOR_LOGIN) == LONGEST_PAUSE


def test_nobody_locks_out_somebody_at_another_address_or_with_another_login() -> None:
    made = Attempts()
    for _ in range(FREE_FOR_LOGIN):
        wrong(made)
    right(made, "192.0.2.2")
    right(made, login="li")
    with pytest.raises(TooOften):
        right(made, login="WANG")


def test_many_logins_from_one_address_wait_together_even_with_one_password_that_is_right() -> None:
    made = Attempts()
    for number in range(FREE_FOR_ADDRESS):
        wrong(made, login=f"user{number}")
        right(made, login="own") if number < FREE_FOR_ADDRESS - 1 else None
    with pytest.raises(TooOften):
        right(made, login="own")


def test_a_right_password_clears_the_login_and_time_clears_the_rest() -> None:
    made = Attempts()
    for _ in range(FREE_FOR_LOGIN - 1):
        wrong(made)
    right(made)
    for _ in range(FREE_FOR_LOGIN):
        wrong(made)
    with pytest.raises(TooOften):
        right(made)
    for _ in range(FREE_FOR_LOGIN - 1):
        wrong(made, at=AT + KEPT_FOR)
    right(made, at=AT + KEPT_FOR)


def test_a_store_that_is_away_counts_for_nobody() -> None:
    made = Attempts()
    for _ in range(FREE_FOR_LOGIN + 1):
        with pytest.raises(OSError, match="away"), made.trying("192.0.2.1", "wang", at=AT):
            raise OSError("away")
    right(made)


def test_attempts_at_the_same_time_are_counted_before_any_password_is_looked_at() -> None:
    made = Attempts()
    open_ones = [made.trying("192.0.2.1", "wang", at=AT) for _ in range(FREE_FOR_LOGIN + 1)]
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


def test_only_so_many_counts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KEPT", 10)
    made = Attempts()
    for number in range(50):
        wrong(made, f"192.0.2.{number}")
    assert len(made._counts) == 10
