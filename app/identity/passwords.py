"""Passwords as Argon2id hashes (RFC 9106)."""

from functools import cache

from app.errors import Invalid
from app.identity.logins import folded

MIN_LENGTH = 12
MAX_LENGTH = 200
TELLING = 3
"""A shorter login stands in every other password by chance."""


def choose(password: str, login: str, memory_kib: int) -> str:
    """Return the hash of a new password; slow, so ask before the transaction. Raises Invalid as `check_password`."""
    check_password(password, login)
    return hash_password(password, memory_kib)


def check_password(password: str, login: str) -> None:
    """Raise Invalid for a password that is too short, too long, blank, or holds the login of whose it is.

    Source: NIST SP 800-63B, 5.1.1.2: length and context, no rules of composition.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(
            "A password needs {least} to {most} characters.", least=MIN_LENGTH, most=MAX_LENGTH, field="password"
        )
    if not password.strip():
        raise Invalid("A password of blanks only is none. Choose another one.", field="password")
    name = folded(login)
    if len(name) >= TELLING and name in folded(password):
        raise Invalid("The password holds the login. Choose another one.", field="password")


def hash_password(password: str, memory_kib: int) -> str:
    """Return the Argon2id hash, with its parameters in it."""
    return str(_hasher(memory_kib).hash(password))


def matches(password: str, password_hash: str | None, memory_kib: int) -> bool:
    """Say whether the password is right; takes as long when there is no hash, so that logins cannot be guessed."""
    hasher = _hasher(memory_kib)
    if password_hash is None:
        hasher.verify(password, _decoy(memory_kib))
        return False
    return bool(hasher.verify(password, password_hash))


@cache
def _hasher(memory_kib: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 (the library loads slowly: only when used)
    from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: PLC0415

    return Argon2Hasher(memory_cost=memory_kib)


@cache
def _decoy(memory_kib: int) -> str:
    return str(_hasher(memory_kib).hash("decoy"))
