"""Refusals as pages: what happened, in the reader's language, and where to go next; nothing typed is lost."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import StatementError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from app import errors
from app.errors import AppError
from app.identity.service import is_known
from app.language import Message, say
from app.validation import refusal
from app.web.pages import render
from app.web.typed import OtherSession, read_typed, typed_in
from app.web.visits import SESSION, SignInNeeded, Visit, stranger

log = logging.getLogger(__name__)
STRANGERS_BYTES = 1 << 20
"""So much is read of a form with files whose sender was never signed in."""
STATUS: Mapping[type[AppError], tuple[int, Message]] = {
    errors.TooLarge: (413, say("Too large")),
    errors.Invalid: (422, say("It cannot be used")),
    errors.Unauthorized: (401, say("Not signed in")),
    errors.TooOften: (429, say("Too many tries")),
    errors.Forbidden: (403, say("Not allowed")),
    errors.NotFound: (404, say("Not found")),
    errors.Stale: (412, say("Changed meanwhile")),
    errors.Conflict: (409, say("It contradicts what is there")),
    errors.Damaged: (500, say("Stored bytes are damaged")),
    errors.Unavailable: (503, say("Not available now")),
    AppError: (500, say("Something went wrong")),
}
"""A child that is not here has its nearest parent's line."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page of a refusal shows."""

    title: Message
    message: Message


def status_of(error: AppError) -> tuple[int, Message]:
    """Return the status and the title of an error: its own line or its nearest parent's."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def headers_of(error: AppError) -> dict[str, str]:
    """Return what an error says to programs beside its status."""
    return {"Retry-After": str(error.seconds)} if isinstance(error, errors.TooOften) else {}


def told(error: Exception) -> AppError:
    """Return what people are told about an error, also about one that no use case raised."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, StaleDataError):
        return errors.Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
    if isinstance(error, StatementError):
        log.error("the database refused: %s", error)
        return errors.Unavailable("The database is busy or cannot be reached. Try again in a moment.")
    if isinstance(error, RequestValidationError):
        return refusal([{**each, "loc": each["loc"][1:] or each["loc"]} for each in error.errors()])
    if isinstance(error, HTTPException):
        missing = error.status_code == HTTPStatus.NOT_FOUND
        nothing = errors.NotFound("There is nothing at this address.")
        return nothing if missing else errors.Invalid("The request cannot be read: {why}.", why=error.detail)
    return AppError("Something went wrong here. It was noted.")


def install(app: FastAPI) -> None:
    """Make every refusal of the app a page."""
    kinds = (AppError, RequestValidationError, HTTPException, StaleDataError, StatementError, Exception)
    app.add_exception_handler(SignInNeeded, _on_sign_in_needed)
    app.add_exception_handler(OtherSession, _on_other_session)
    for kind in kinds:
        app.add_exception_handler(kind, _on_error)


def refuse(visit: Visit, error: Exception) -> Response:
    """Return the page of a refusal."""
    said = told(error)
    status, title = status_of(said)
    response = render(visit, "refusal.html", Refusal(title, said.message), status=status)
    response.headers.update(headers_of(said))
    return response


def _on_error(request: Request, error: Exception) -> Response:
    visit = getattr(request.state, "visit", None) or stranger(request)
    response = refuse(visit, error)
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.status_code = error.status_code
        response.headers.update(error.headers or {})
    return response


async def _on_sign_in_needed(request: Request, error: Exception) -> Response:
    """Ask for the password. What was typed into a form goes along and is offered again afterwards."""
    from app.web.incoming import json_refusal, wants_json  # noqa: PLC0415 (these modules need the table above)
    from app.web.sign_in import SignInPage, show_sign_in  # noqa: PLC0415

    visit = stranger(request)
    if request.method == "GET":
        return RedirectResponse(f"{visit.prefix}/sign-in?to={quote(visit.path)}", HTTPStatus.SEE_OTHER)
    if wants_json(visit):
        return json_refusal(visit, told(error))  # a script keeps what was typed itself
    known = await run_in_threadpool(_was_signed_in, visit)
    typed = await read_typed(request, most_bytes=math.inf if known else STRANGERS_BYTES)
    page = SignInPage(to=visit.path if typed else visit.page, typed=typed, ended=True)
    return show_sign_in(visit, page, HTTPStatus.UNAUTHORIZED)


async def _on_other_session(request: Request, error: Exception) -> Response:
    """Offer to send a form once more that was opened in a session before this one."""
    from app.web.go_on import show_go_on  # noqa: PLC0415
    from app.web.incoming import json_refusal, wants_json  # noqa: PLC0415
    from app.web.sign_in import show_again  # noqa: PLC0415

    visit: Visit | None = getattr(request.state, "visit", None)
    if not isinstance(error, OtherSession):
        raise error
    if visit is None:  # the form that signs in, of a client that has lost its cookie
        return show_again(stranger(request), error.data, error)
    if wants_json(visit):
        return json_refusal(visit, error)
    return show_go_on(visit, visit.path, typed_in(error.data), status=HTTPStatus.FORBIDDEN)


def _was_signed_in(visit: Visit) -> bool:
    """Say whether the client has the cookie of a session that ended: its forms are read whole."""
    with visit.runtime.database.reading() as session:
        return is_known(session, visit.request.cookies.get(SESSION, ""))
