"""Passwords on their way in: those who send wrong ones wait, whichever door they come to."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from anyio import to_thread
from fastapi import Request
from fastapi.concurrency import contextmanager_in_threadpool
from sqlalchemy.orm import Session

from app.http.deps import HASHING
from app.identity import attempts
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.passwords import choose
from app.identity.users import check_may_set_password, set_password, whose_password
from app.runtime import Runtime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Whose password is to be what, by login or id; one's own needs the old one."""

    user: str
    password: str = field(repr=False)
    old: str | None = field(repr=False)


def trying(request: Request, login: str, *, at: datetime) -> AbstractAsyncContextManager[None]:
    """Count what happens inside as an attempt of the client. Raises TooOften while it has to wait."""
    runtime: Runtime = request.app.state.runtime
    return contextmanager_in_threadpool(attempts.trying(runtime.database, client_address(request), login, at=at))


async def change_password(
    request: Request, wanted: NewPassword, after: Callable[[Session, User], T], *, actor: Actor, at: datetime
) -> T:
    """Set a password and return what `after` makes of it in the same transaction.

    Passwords are hashed outside of transactions, few at a time; who sends wrong old ones has to wait as at the door.
    Raises Forbidden, NotFound, Invalid, TooOften; then nothing is changed.
    """
    runtime: Runtime = request.app.state.runtime
    memory_kib = runtime.settings.password_memory_kib

    def look_up() -> tuple[str, str]:
        with runtime.database.reading() as session:
            user = whose_password(session, wanted.user, actor=actor)
            return user.id, user.login

    def check() -> None:
        with runtime.database.reading() as session:
            check_may_set_password(session, user_id, wanted.old, actor=actor, memory_kib=memory_kib)

    def change() -> T:
        with runtime.database.writing() as session:
            return after(session, set_password(session, user_id, hashed, actor=actor, at=at))

    user_id, login = await to_thread.run_sync(look_up)
    hashed = await to_thread.run_sync(choose, wanted.password, login, memory_kib, limiter=HASHING)
    async with trying(request, login, at=at) if user_id == actor.id else nullcontext():
        await to_thread.run_sync(check, limiter=HASHING)
    return await to_thread.run_sync(change)


def client_address(request: Request) -> str:
    """Return where a request comes from; behind a proxy that the server believes, where the proxy says."""
    return request.client.host if request.client else ""
