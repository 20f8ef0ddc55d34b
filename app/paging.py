"""Pages of long lists: by a key that only grows, so that a page costs the same wherever it is."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.errors import Invalid

T = TypeVar("T")
MAX_PAGE = 500
DEFAULT_PAGE = 100
NAMES = frozenset({"evidence", "documents", "imports", "journal"})
"""Lists that come in pages."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list in its order; `cursor` asks for the rest, None where there is none."""

    items: tuple[T, ...]
    cursor: str | None


def page_of(found: Sequence[T], limit: int, key_of: Sequence[str], name: str) -> Page[T]:
    """Make a page of the list `name` from up to `limit + 1` rows and their keys: one too many says there are more."""
    more = len(found) > limit
    return Page(tuple(found[:limit]), write_cursor(name, key_of[limit - 1]) if more else None)


def write_cursor(name: str, key: str) -> str:
    """Return an opaque cursor that stands after `key` in the list `name`."""
    return base64.urlsafe_b64encode(f"{name}:{key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, name: str) -> str | None:
    """Return the key that a cursor of the list `name` stands after. Raises Invalid for one that we did not make."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor") from error
    of, _, key = text.partition(":")
    if of in NAMES - {name}:
        raise Invalid("The cursor is of another list. Start again from the first page.", field="cursor")
    if of != name or len(key) > 100 or "\x00" in key:  # noqa: PLR2004 (longer than any key)
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return key


def check_limit(limit: int) -> int:
    """Return the limit. Raises Invalid unless it is 1 to 500."""
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid("A page has 1 to {most} entries.", most=MAX_PAGE, field="limit")
    return limit
