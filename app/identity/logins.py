"""Logins in the form in which they are kept and compared, so that two that look alike are one."""

import unicodedata

from app.errors import Invalid

MAX_LENGTH = 200


def folded(login: str) -> str:
    """Return the login as it is compared: full-width and other variants of characters, and cases, are the same.

    Source: Unicode Standard, 3.13, toNFKC_Casefold but for what it ignores.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold()).strip()


def check_login(login: str) -> str:
    """Return the login as it is kept. Raises Invalid for one that is empty, too long, or not wholly visible."""
    clean = folded(login)
    if not 0 < len(clean) <= MAX_LENGTH or any(not char.isprintable() or char.isspace() for char in clean):
        raise Invalid("A login has 1 to 200 visible characters and no spaces.", field="login")
    return clean
