"""What endpoints ask for: the runtime, a session of the database, the moment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.runtime import Runtime

HASHING = CapacityLimiter(2)
"""So many passwords are hashed at a time: each takes 64 MiB, and strangers may ask."""


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
