"""What endpoints ask for: the runtime, a session, the moment, the headers that guard changes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from sqlalchemy.orm import Session

from app.api.fields import Day, Instant
from app.errors import Invalid
from app.paging import DEFAULT_PAGE, MAX_PAGE
from app.runtime import Runtime


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(_runtime)]


def _reading(runtime: RuntimeDep) -> Iterator[Session]:
    with runtime.database.reading() as session:
        yield session


def _writing(runtime: RuntimeDep) -> Iterator[Session]:
    with runtime.database.writing() as session:
        yield session


# `function`: the transaction ends before the answer is sent, so that nobody is told of what was not committed.
# Only endpoints may use a session, never other dependencies: a write lock held between two threads can starve both.
Reading = Annotated[Session, Depends(_reading, scope="function")]
"""One frozen moment; cannot write."""
Writing = Annotated[Session, Depends(_writing, scope="function")]
"""Committed before the answer, or not at all."""


def now() -> datetime:
    """Look at the clock."""
    return datetime.now(UTC)


async def _now() -> datetime:
    return now()


Now = Annotated[datetime, Depends(_now)]
"""The moment of the request."""


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
KnownAt = Annotated[Instant | None, Query(description="What was known at this moment; without it what is known now.")]
Cursor = Annotated[str | None, Query(description="The `cursor` of the page before.", max_length=400)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Most entries a page.")]
PAGE = DEFAULT_PAGE
