"""What endpoints ask for beside a session: the headers that guard changes, days, moments and places in lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Query

from app.api.fields import Day, Instant
from app.checks.service import moment_asked
from app.errors import Invalid
from app.ordering import BACKWARDS
from app.paging import DEFAULT_PAGE, MAX_PAGE


async def _if_match(
    value: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag read before; the change is refused with 412 where it is old."),
    ] = None,
) -> int | None:
    if value is None or value.strip() == "*":
        return None
    bare = value.strip().removeprefix("W/").strip('"')
    if not bare.isdecimal() or not bare.isascii() or len(bare) > 18:  # noqa: PLR2004 (fits into 64 bit)
        raise Invalid('If-Match holds one ETag of ours, such as "3", or *.', field="If-Match")
    return int(bare)


IfMatch = Annotated[int | None, Depends(_if_match)]
"""The revision the client has seen, None where it does not say."""


async def _if_none_match(
    value: Annotated[
        str | None, Header(alias="If-None-Match", description="ETags the client has; 304 for one of them.")
    ] = None,
) -> frozenset[str]:
    return frozenset(each.strip().removeprefix("W/").strip('"') for each in (value or "").split(","))


IfNoneMatch = Annotated[frozenset[str], Depends(_if_none_match)]
"""The ETags the client has."""

AsOf = Annotated[Day | None, Query(description="The day to be judged; without it today, or the planned audit's day.")]
KNOWN_AT = "What was known at this moment; without it what is known now."
KnownAt = Annotated[Instant | None, Query(description=KNOWN_AT)]


def moment_of(known_at: datetime | None, now: datetime) -> datetime | None:
    """Return the past moment that is asked for, None where it is the present one. Raises Invalid for one to come."""
    return None if known_at is None or (asked := moment_asked(known_at, now=now)) == now else asked


Cursor = Annotated[str | None, Query(description="The `cursor` of the page before.", max_length=400)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most entries a page.")]
PAGE = DEFAULT_PAGE


def sorts_of(names: Sequence[str]) -> str:
    """Return how a list's parameter `sort` is described."""
    return "How the list is sorted: one of " + ", ".join(f"{each}, {BACKWARDS}{each}" for each in names) + "."
