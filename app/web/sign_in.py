"""Signing in and out. A session that ended while somebody was typing gives them their text back."""

import re
from dataclasses import dataclass, replace
from http import HTTPStatus

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from app.errors import AppError
from app.http.deps import HASHING
from app.http.passwords import trying
from app.identity.service import actor_of, check_sign_in, revoke_token, start_session
from app.language import LANGUAGES
from app.web.errors import headers_of, status_of
from app.web.forms import EMPTY, Filled, Form, Sent, StrangersForm
from app.web.go_on import show_go_on
from app.web.pages import render
from app.web.typed import NOTHING, Typed, carried_in
from app.web.visits import (
    LANGUAGE,
    PREVIEW,
    SESSION,
    STRANGER,
    YEAR_SECONDS,
    Visit,
    drop_cookie,
    set_cookie,
    stranger,
    visit_of,
)

router = APIRouter()
STRANGE = re.compile(r"[\x00-\x20\\]")
"""What browsers leave out of an address or turn into a slash."""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Where to go afterwards, and what somebody had typed there when the session ended."""

    to: str = "/"
    typed: Typed = NOTHING
    ended: bool = False
    form: Filled = EMPTY


def show_sign_in(visit: Visit, page: SignInPage, status: int = HTTPStatus.OK) -> Response:
    """Return the page, with the cookie that its form is bound to."""
    response = render(visit, "sign_in.html", page, status=status)
    set_cookie(visit, response, STRANGER, visit.secret)
    return response


def show_again(visit: Visit, data: FormData, error: AppError) -> Response:
    """Return the page as it was filled in, but for the password, with what was wrong."""
    login, to = (value if isinstance(value, str) else "" for value in (data.get("login", ""), data.get("to", "")))
    page = SignInPage(to, carried_in(data), form=Filled({"login": login.strip()}, error))
    response = show_sign_in(visit, page, status_of(error)[0])
    response.headers.update(headers_of(error))
    return response


@router.get("/sign-in")
def get_sign_in(request: Request, to: str = "/") -> Response:
    """Show the page; whoever is signed in goes on at once."""
    if visit_of(request).actor is not None:
        return _go(stranger(request), to)
    return show_sign_in(stranger(request), SignInPage(to))


@router.post("/sign-in")
async def sign_in(sent: StrangersForm) -> Response:
    """Check the password and give the client a session."""
    visit = sent.visit
    try:
        async with trying(visit.request, sent["login"], at=visit.at):
            secret = await to_thread.run_sync(_enter, sent, limiter=HASHING)
    except AppError as error:
        return show_again(visit, sent.data, error)
    typed = carried_in(sent.data)
    response = await to_thread.run_sync(_go_on, sent, secret, typed) if typed else _go(visit, sent["to"])
    set_cookie(visit, response, SESSION, secret)
    drop_cookie(visit, response, PREVIEW)
    return response


@router.post("/sign-out")
def sign_out(sent: Form) -> Response:
    """End the session."""
    visit = sent.visit
    if visit.who.token_id is not None:
        with visit.runtime.database.writing() as session:
            revoke_token(session, visit.who.token_id, actor=visit.who, at=visit.at)
    response = RedirectResponse(f"{visit.prefix}/sign-in", HTTPStatus.SEE_OTHER)
    drop_cookie(visit, response, SESSION)
    drop_cookie(visit, response, PREVIEW)
    return response


@router.get("/language/{language}")
def choose_language(request: Request, language: str, to: str = "/") -> Response:
    """Keep the language for this client and go back."""
    visit = stranger(request)
    response = _go(visit, to)
    if language in LANGUAGES:
        set_cookie(visit, response, LANGUAGE, language, seconds=YEAR_SECONDS)
    return response


def _enter(sent: Sent) -> str:
    """Return the secret of a new session. Raises Unauthorized."""
    runtime = sent.visit.runtime
    settings, password = runtime.settings, str(sent.data.get("password", ""))
    with runtime.database.reading() as session:
        user_id = check_sign_in(session, sent["login"], password, memory_kib=settings.password_memory_kib)
    with runtime.database.writing() as session:
        return start_session(session, user_id, at=sent.visit.at, hours=settings.session_hours)[1]


def _go_on(sent: Sent, secret: str, typed: Typed) -> Response:
    """Offer what was typed before to whoever has signed in now."""
    visit = sent.visit
    with visit.runtime.database.reading() as session:
        actor, _ = actor_of(session, secret, at=visit.at)
    return show_go_on(replace(visit, secret=secret, actor=actor), _below(sent["to"]), typed, fresh=True)


def _go(visit: Visit, to: str) -> Response:
    return RedirectResponse(visit.prefix + _below(to), HTTPStatus.SEE_OTHER)


def _below(to: str) -> str:
    """Return an address of ours: never one of another site."""
    return to if to.startswith("/") and not to.startswith("//") and not STRANGE.search(to) else "/"
