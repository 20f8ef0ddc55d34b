"""Requests as we take them: signed in first, nothing unknown, nothing twice, no text that cannot be stored."""

import json
import math
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, get_origin
from urllib.parse import unquote_to_bytes

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.types import Receive, Scope

from app.api.problems import UnsupportedMediaType
from app.api.signed_in import Admit, sign_in_request
from app.errors import Invalid, NotFound, TooLarge

MAX_DEPTH = 60
MAX_INTEGER = 2**63 - 1
ONCE = ("authorization", "content-type", "content-length", "if-match", "if-none-match", "idempotency-key")
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class StrictRoute(APIRoute):
    """A route that asks who it is before it reads the body, and refuses what it does not know."""

    public = False
    admit: Admit | None = None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint behind the checks."""
        handle = super().get_route_handler()
        known = {"language": False, **dict(_parameters(self.dependant))}
        body = self.body_field

        async def strictly(request: Request) -> Response:
            _check_headers(request)
            _check_utf8(request)
            _check_path(request.path_params)
            if not self.public:
                await run_in_threadpool(sign_in_request, request, self.admit)
            _check_query(request, known)
            if body is None:
                return await handle(request)
            raw = await read_body(request, request.app.state.settings.max_body_bytes)
            _check_is_json(request, raw)
            value = read_json(raw) if raw else None
            return await handle(ReadRequest(request.scope, request.receive, raw, value))

        return strictly


class PublicRoute(StrictRoute):
    """A strict route for everybody."""

    public = True


class ReadRequest(Request):
    """A request whose body was read and checked."""

    def __init__(self, scope: Scope, receive: Receive, raw: bytes, value: Any) -> None:  # noqa: ANN401 (any JSON)
        super().__init__(scope, receive)
        self._raw, self._value = raw, value

    async def body(self) -> bytes:
        """Return the bytes that were read."""
        return self._raw

    async def json(self) -> Any:  # noqa: ANN401 (any JSON)
        """Return the value that was read."""
        return self._value


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, counted while it comes in. Raises TooLarge past the limit."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge("The body may have at most {limit} bytes.", limit=limit, field="body")
        chunks.append(chunk)
    return b"".join(chunks)


def read_json(raw: bytes) -> Any:  # noqa: ANN401 (any JSON)
    """Return the value of JSON in UTF-8. Raises Invalid for what is none, and for what cannot be stored."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Invalid("The JSON is nested too deeply.", field="body") from error
    except ValueError as error:  # of decoding too, and numbers with too many digits
        raise Invalid("The body is not valid JSON in UTF-8: {why}.", why=str(error), field="body") from error
    _check_value(value)
    return value


def check_text(text: str, field: str) -> None:
    """Raise Invalid for text that cannot be stored: control characters but tabs and line ends, lone surrogates."""
    if UNSTORABLE.search(text):
        raise Invalid("The field {name} holds a character that cannot be stored.", name=field, field=field)


def _check_value(value: object) -> None:
    """Walk through a JSON value without recursion."""
    rest: list[tuple[object, str, int]] = [(value, "body", 0)]
    while rest:
        each, name, depth = rest.pop()
        if depth > MAX_DEPTH:
            raise Invalid("The JSON is nested too deeply.", field="body")
        if isinstance(each, str):
            check_text(each, name)
        elif isinstance(each, dict):
            for key, inner in each.items():
                check_text(key, name)
                rest.append((inner, key, depth + 1))
        elif isinstance(each, list):
            rest += [(inner, name, depth + 1) for inner in each]
        elif (isinstance(each, int) and abs(each) > MAX_INTEGER) or (isinstance(each, float) and math.isinf(each)):
            raise Invalid("The number in {name} is too large.", name=name, field=name)


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number in JSON"
    raise ValueError(message)


def _check_headers(request: Request) -> None:
    for name in ONCE:
        if len(request.headers.getlist(name)) > 1:
            raise Invalid("The header {name} is given twice.", name=name.title(), field=name.title())


def _check_utf8(request: Request) -> None:
    """Raise Invalid for bytes in the address that are no UTF-8: the framework puts other signs in their place."""
    if not _is_utf8(request.scope.get("raw_path", b"")):
        broken = (name for name, value in request.path_params.items() if "\ufffd" in str(value))
        name = next(broken, "path")
        raise Invalid("The part {name} of the address is not in UTF-8.", name=name, field=name)
    for pair in request.scope["query_string"].split(b"&"):
        if not _is_utf8(pair):
            name = unquote_to_bytes(pair.partition(b"=")[0]).decode("utf-8", "replace")[:100]
            raise Invalid("The parameter {name} is not in UTF-8.", name=name, field=name)


def _is_utf8(quoted: bytes) -> bool:
    try:
        unquote_to_bytes(quoted).decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_path(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name != "file_name" and UNPRINTABLE.search(str(value)):
            raise NotFound("There is nothing at this address.")


def _check_query(request: Request, known: Mapping[str, bool]) -> None:
    """Check against the known names; those that say so may be given several times."""
    seen = set()
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise Invalid(
                "There is no parameter {name} here; there are: {known}.",
                name=name[:100],
                known=tuple(sorted(known)) or "-",
                field=name[:100],
            )
        if name in seen and not known[name]:
            raise Invalid("The parameter {name} is given twice.", name=name, field=name)
        check_text(value, name)
        seen.add(name)


def _check_is_json(request: Request, raw: bytes) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (
        kind != "application/json"
        and not (kind.startswith("application/") and kind.endswith("+json"))
        and (raw or kind)
    ):
        raise UnsupportedMediaType("Send JSON here, with Content-Type: application/json.", field="Content-Type")


def _parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the query parameters that an endpoint and what it depends on take, and whether each is a list."""
    for field in dependant.query_params:
        shape = field.field_info.annotation
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            yield from ((name, get_origin(each.annotation) is list) for name, each in shape.model_fields.items())
        else:
            yield field.alias, False
    for inner in dependant.dependencies:
        yield from _parameters(inner)
