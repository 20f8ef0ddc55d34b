"""The API as every command speaks it: a server's over HTTP, or one in this process that works on the data folder."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2

from app.cli.where import REFUSED, WRONG, Json, Trouble, Where
from app.language import Message, say

if TYPE_CHECKING:  # a server needs neither the database nor the use cases
    from fastapi import FastAPI

    from app.identity.actor import Actor
    from app.runtime import Runtime

PREFIX = "/api/v1"
PAGE = 500
Word = str | int | float | bool | None
DAMAGED = "urn:auditready:problem:damaged"
TIMEOUT = httpx2.Timeout(600, connect=20)
"""Seconds; a server may have to write gigabytes to its disk before it answers."""
WRONG_STATUS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})


class Damage(Trouble):
    """Stored bytes are gone or altered."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of a list, and whether there is more."""

    items: list[dict[str, Any]]
    more: bool


@dataclass(frozen=True, slots=True)
class Api:
    """Calls return JSON; a refusal is a Trouble with the API's sentence. Locally `runtime` and `actor` are there."""

    where: Where
    http: httpx2.AsyncClient
    runner: asyncio.Runner
    runtime: "Runtime | None" = None
    actor: "Actor | None" = None

    def get(self, *path: str, **query: object) -> Json:
        """Read."""
        return self.call("GET", *path, query=query)

    def post(self, *path: str, body: object = None, **query: object) -> Json:
        """Make or decide something."""
        return self.call("POST", *path, query=query, json=body)

    def put(self, *path: str, body: object, seen: int | None = None) -> Json:
        """Replace something, unless it has another revision than the one `seen`."""
        return self.call("PUT", *path, json=body, headers=_if_match(seen))

    def delete(self, *path: str, seen: int | None = None) -> Json:
        """End something."""
        return self.call("DELETE", *path, headers=_if_match(seen))

    def call(self, method: str, *path: str, query: Mapping[str, Any] | None = None, **more: Json) -> Json:
        """Send one request and return the JSON of its answer. Raises Trouble where it is refused or nobody answers."""
        if more.get("json", True) is None:
            del more["json"]
        if method != "GET" and self.where.idempotency_key is not None:
            more["headers"] = {**more.get("headers", {}), "Idempotency-Key": self.where.idempotency_key}
        response = self._run(lambda: self.http.request(method, address(*path), params=params(query or {}), **more))
        self._check(response)
        return response.json() if response.content else None

    def text(self, *path: str, query: Mapping[str, Any], body: object = None) -> str:
        """Return an answer as text: read, or with a body posted."""
        more: Json = {} if body is None else {"json": body}
        method = "GET" if body is None else "POST"
        response = self._run(lambda: self.http.request(method, address(*path), params=params(query), **more))
        self._check(response)
        return response.text

    def listed(self, *path: str, limit: int | None = None, **query: object) -> Listed:
        """Return up to `limit` entries of a list that comes in pages, all of them without one."""
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            size = PAGE if limit is None else min(PAGE, limit - len(items))
            page = self.get(*path, limit=size, cursor=cursor, **query)
            items += page["items"]
            cursor = page["cursor"]
            if cursor is None or (limit is not None and len(items) >= limit):
                return Listed(items, cursor is not None)

    def download(self, *path: str, sink: Callable[[bytes], object]) -> None:
        """Hand the bytes of an answer to `sink` while they come. Raises Trouble, also where they break off."""

        async def receive() -> httpx2.Response:
            async with self.http.stream("GET", address(*path)) as response:
                if not response.is_success:
                    await response.aread()
                    return response
                async for chunk in response.aiter_bytes():
                    sink(chunk)
                return response

        self._check(self._run(receive))

    def _run(self, send: Callable[[], Any]) -> httpx2.Response:
        async def sending() -> httpx2.Response:
            response: httpx2.Response = await send()
            return response

        try:
            return self.runner.run(sending())
        except httpx2.RemoteProtocolError as error:  # so the server tells of damage that it finds while it sends
            raise Damage(say("The answer of the server breaks off: {why}.", why=str(error))) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            why = str(error) or type(error).__name__
            raise Trouble(
                say("The server {server} cannot be reached: {why}.", server=self.where.server, why=why)
            ) from error

    def _check(self, response: httpx2.Response) -> None:
        if response.is_success:
            return
        status = response.status_code
        code = WRONG if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in WRONG_STATUS else REFUSED
        try:
            problem = response.json()
            sentence = problem["details"][self.where.language]
        except (ValueError, KeyError, TypeError) as error:
            raise Trouble(
                say("The server answered {status} without saying why. Check --server.", status=status), WRONG
            ) from error
        kind = Damage if problem.get("type") == DAMAGED else Trouble
        raise kind(Message("{sentence}", {"sentence": sentence}), code, problem.get("field"))


@contextmanager
def open_api(where: Where) -> Iterator[Api]:
    """Open the API that `where` names, and close it again. Raises Trouble where it is not there."""
    with asyncio.Runner() as runner, ExitStack() as stack:
        if where.server is not None:
            api = Api(where, _remote(where), runner)
        else:
            from app.cli.stores import acting, opened  # noqa: PLC0415 (slow to import, and a server needs none of it)

            runtime = stack.enter_context(opened(where))
            actor = acting(where, runtime)
            api = Api(where, _local(where, runtime, actor), runner, runtime, actor)
        stack.callback(lambda: runner.run(api.http.aclose()))
        yield api


def address(*path: str) -> str:
    """Return the address of a path whose parts are names from people."""
    return "/" + "/".join(quote(part, safe="") for part in path)


def params(query: Mapping[str, Any]) -> list[tuple[str, Word]]:
    """Return the parameters that were given, as text; lists several times."""
    several = ((name, each if isinstance(each, list | tuple) else [each]) for name, each in query.items())
    return [(name, worded(value)) for name, values in several for value in values if value is not None]


def worded(value: object) -> str:
    """Return a value as an address holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that were given, as JSON holds them."""
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
        if value is not None and value != ()
    }


def _remote(where: Where) -> httpx2.AsyncClient:
    base = str(where.server).rstrip("/").removesuffix(PREFIX)
    if not base.startswith(("http://", "https://")):
        raise Trouble(say("{server} is no address of a server such as https://audit.example.org.", server=where.server))
    headers = {"Accept-Language": where.language}
    if where.token:
        if not where.token.isascii() or not where.token.isprintable():
            raise Trouble(say("The token is not one of ours: it holds characters that no token has."))
        headers["Authorization"] = f"Bearer {where.token}"
    if where.as_login is not None:
        raise Trouble(say("--as works on a data folder only; on a server the token says who you are."))
    return httpx2.AsyncClient(base_url=base + PREFIX, headers=headers, timeout=TIMEOUT)


def _local(where: Where, runtime: "Runtime", actor: "Actor") -> httpx2.AsyncClient:
    logging.getLogger().addHandler(logging.NullHandler())  # what the API logs, the command says
    app = _application()
    app.state.settings, app.state.actor = runtime.settings, actor
    app.state.runtime = runtime  # in place of its lifespan, which would make a folder that a slip of the pen names
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url="http://localhost" + PREFIX,
        headers={"Accept-Language": where.language},
        timeout=None,  # nobody is waited for
    )


@cache
def _application() -> "FastAPI":
    """Return the application, made once a process: its hundreds of routes take a while to be worked out."""
    from app.main import create_app  # noqa: PLC0415 (slow to import, and a server needs none of it)

    return create_app()


def _if_match(seen: int | None) -> dict[str, str]:
    return {} if seen is None else {"If-Match": f'"{seen}"'}
