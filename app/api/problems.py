"""Refusals as problem documents (RFC 9457), always in both languages; one table says which status is whose."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors
from app.api.methods import Head, allowed
from app.errors import AppError
from app.http.language import accepted_languages
from app.language import Message as Sentence
from app.language import pick_language, say
from app.validation import refusal

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class UnsupportedMediaType(errors.Invalid):
    """The body is of another kind than the one asked for."""


class Kind(NamedTuple):
    """How one sort of error is told over HTTP; `name` stands in the problem's type."""

    name: str
    status: int
    title: Sentence


KINDS: Mapping[type[AppError], Kind] = {
    UnsupportedMediaType: Kind("unsupported-media-type", 415, say("This kind of content is not taken here")),
    errors.TooLarge: Kind("too-large", 413, say("Too large")),
    errors.Invalid: Kind("invalid", 422, say("It cannot be used")),
    errors.Unauthorized: Kind("unauthorized", 401, say("Not signed in")),
    errors.TooOften: Kind("too-often", 429, say("Too many tries")),
    errors.Forbidden: Kind("forbidden", 403, say("Not allowed")),
    errors.NotFound: Kind("not-found", 404, say("Not found")),
    errors.Stale: Kind("stale", 412, say("Changed meanwhile")),
    errors.Conflict: Kind("conflict", 409, say("It contradicts what is there")),
    errors.Damaged: Kind("damaged", 500, say("Stored bytes are damaged")),
    errors.Unavailable: Kind("unavailable", 503, say("Not available now")),
    AppError: Kind("internal", 500, say("Something went wrong")),
}
"""A child that is not here has its nearest parent's line."""

METHOD = Kind("method-not-allowed", 405, say("Not that way"))


def kind_of(error: AppError) -> Kind:
    """Return the line of the table for an error: its own or its nearest parent's."""
    return next(KINDS[each] for each in type(error).__mro__ if each in KINDS)


def install(app: FastAPI) -> None:
    """Make every refusal of the app a problem document."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(StaleDataError, _on_database)
    app.add_exception_handler(StatementError, _on_database)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_middleware(LastNet)
    app.add_middleware(Head)


def problem(
    request: Request, error: AppError, kind: Kind | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the problem document of an error in the language of the request."""
    kind = kind or kind_of(error)
    language = language_of(request)
    body: dict[str, Any] = {
        "type": f"urn:auditready:problem:{kind.name}",
        "title": kind.title.in_(language),
        "status": kind.status,
        "detail": _safe(error.message.in_(language)),
        "details": {each: _safe(error.message.in_(each)) for each in ("en", "zh")},
    }
    if error.field is not None:
        body["field"] = _safe(error.field)
    said = {
        "Content-Language": language,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    if isinstance(error, errors.TooOften):
        said["Retry-After"] = str(error.seconds)
    if kind.status == HTTPStatus.UNAUTHORIZED:
        said["WWW-Authenticate"] = 'Bearer realm="auditready"'
    return Response(json.dumps(body, ensure_ascii=False).encode(), kind.status, said, MEDIA_TYPE)


def language_of(request: Request) -> str:
    """Return the language to answer in: the query's, else what the client prefers, else the actor's."""
    actor = getattr(request.state, "actor", None)
    wanted = accepted_languages(request)
    return pick_language(request.query_params.get("language", ""), *wanted, actor.language if actor else "")


def _safe(text: str) -> str:
    """Return text that can be sent: halves of surrogate pairs, which some inputs hold, are replaced."""
    return text.encode("utf-8", "replace").decode()


def _on_app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise error
    if kind_of(error).status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s: %s", request.method, request.url.path, error)
    return problem(request, error)


def _on_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [{**each, "loc": _place(each["loc"])} for each in error.errors()]
    return problem(request, refusal(found))


def _place(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Leave out where in the request it stood: people know a field by its name."""
    return path[1:] if len(path) > 1 and path[0] in {"body", "query", "path", "header"} else path


def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem(request, errors.NotFound("There is nothing at this address."))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = allowed(request.app, request.scope)
        refused = AppError("This address takes {methods} only.", methods=methods)
        return problem(request, refused, METHOD, {"Allow": methods})
    return problem(request, errors.Invalid("The request cannot be read: {why}.", why=error.detail))


def _on_database(request: Request, error: Exception) -> Response:
    """Tell apart what somebody else did at the same time, what a store cannot hold, and a store that is away."""
    if isinstance(error, IntegrityError | StaleDataError) or _conflicts(error):
        return problem(request, errors.Conflict("Somebody changed the same thing at this moment. Repeat your request."))
    if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        log.error("the database refused: %s", error)
        again = errors.Unavailable("The database is busy or cannot be reached. Try again in a moment.")
        return problem(request, again, headers={"Retry-After": "2"})
    if isinstance(error, DataError) or isinstance(getattr(error, "orig", None), ValueError | OverflowError):
        log.error("the database cannot hold it: %s", error)
        return problem(request, errors.Invalid("A value is too long, too large or cannot be stored."))
    raise error


def _conflicts(error: Exception) -> bool:
    """Whether PostgreSQL gave up one of two transactions that met (serialization failure, deadlock)."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in {"40001", "40P01"}


def _on_disconnect(request: Request, error: Exception) -> Response:  # noqa: ARG001 (what a handler is given)
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it


class LastNet:
    """Tells of what nobody foresaw, and logs it; an answer that has begun is broken off so that it looks incomplete."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            if begun:
                raise
            request = Request(scope, receive)
            log.exception("%s %s", request.method, request.url.path)
            unforeseen = error if isinstance(error, AppError) else AppError("Something went wrong here. It was noted.")
            await problem(request, unforeseen)(scope, receive, send)
