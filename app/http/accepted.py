"""What a client says it takes, best first, and what it refuses (RFC 9110, 12.4.2 and 12.5)."""

from collections.abc import Iterable

from fastapi import Request


def weighed(lines: Iterable[str]) -> dict[str, float]:
    """Return what the lines of a header name, in small letters with its weight from 0 (refused) to 1, best first.

    A weight that cannot be read refuses.
    """
    named = (each for line in lines for each in line.lower().split(",") if each.strip())
    wishes = [_wish(each) for each in named]
    return dict(sorted(wishes, key=lambda wish: -wish[1]))


def takes_gzip(request: Request) -> bool:
    """Say whether the answer may be compressed: `gzip`, its old name or `*` is named, and not refused."""
    wishes = weighed(request.headers.getlist("accept-encoding"))
    return next((wishes[name] > 0 for name in ("gzip", "x-gzip", "*") if name in wishes), False)


def _wish(part: str) -> tuple[str, float]:
    name, *parameters = (each.strip() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        found = float(weight)
    except ValueError:
        found = 0.0
    return name, found if 0 <= found <= 1 else 0.0
