"""Passwords as Argon2id hashes (RFC 9106)."""

from functools import cache

from app.errors import Invalid

MIN_LENGTH = 12
MAX_LENGTH = 200


def check_password(password: str) -> None:
    """Raise Invalid for a password that is too short or too long (NIST SP 800-63B: length, no composition rules)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(
            "A password needs {least} to {most} characters.", least=MIN_LENGTH, most=MAX_LENGTH, field="password"
        )


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
