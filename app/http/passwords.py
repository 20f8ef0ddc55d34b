"""Passwords on their way in: those who send wrong ones wait, whichever door they come to."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from fastapi import Request
from fastapi.concurrency import contextmanager_in_threadpool

from app.identity import attempts
from app.runtime import Runtime


def trying(request: Request, login: str, *, at: datetime) -> AbstractAsyncContextManager[None]:
    """Count what happens inside as an attempt of the client. Raises TooOften while it has to wait."""
    runtime: Runtime = request.app.state.runtime
    return contextmanager_in_threadpool(attempts.trying(runtime.database, client_address(request), login, at=at))


def client_address(request: Request) -> str:
    """Return where a request comes from; behind a proxy that the server believes, where the proxy says."""
    return request.client.host if request.client else ""
