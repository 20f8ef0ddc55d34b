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


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list in its order; `cursor` asks for the rest, None where there is none."""

    items: tuple[T, ...]
    cursor: str | None


def page_of(found: Sequence[T], limit: int, key_of: Sequence[str]) -> Page[T]:
    """Make a page from up to `limit + 1` rows and their keys: one row more than asked for says that there are more."""
    more = len(found) > limit
    return Page(tuple(found[:limit]), write_cursor(key_of[limit - 1]) if more else None)


def write_cursor(key: str) -> str:
    """Return an opaque cursor that stands after `key`."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> str | None:
    """Return the key that a cursor stands after. Raises Invalid for one that we did not make."""
    if cursor is None:
        return None
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor") from error
    if len(key) > 100 or "\x00" in key:  # noqa: PLR2004 (longer than any key)
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return key


def check_limit(limit: int) -> int:
    """Return the limit. Raises Invalid unless it is 1 to 500."""
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid("A page has 1 to {most} entries.", most=MAX_PAGE, field="limit")
    return limit
