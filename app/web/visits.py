"""Who visits: the session's cookie, the language, the key that every form carries, and the moment."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.errors import Forbidden, Unauthorized
from app.http.language import accepted_languages
from app.identity.actor import Actor, Grant, Permission, Role
from app.identity.service import actor_of, note_use
from app.language import LANGUAGES, pick_language, say
from app.runtime import Runtime

SESSION, STRANGER, LANGUAGE = "auditready_session", "auditready_stranger", "auditready_language"
PREVIEW = "auditready_preview"
"""Holds `organisation programme` while somebody looks at a programme as its auditor would."""
YEAR_SECONDS = 365 * 24 * 3600
KEY_BYTES = 32
KEY = re.compile(r"[0-9a-f]{128}(?:[0-9a-f]{32})?")
MARK_LETTERS = 32


class SignInNeeded(Unauthorized):
    """Nobody is signed in, or the session has ended: the pages ask for the password."""


class FormRefused(Forbidden):
    """A form that another site sent, or that another session has opened."""

    def __init__(self) -> None:
        super().__init__(say("This form is no longer valid. Load the page again and repeat what you did.").text)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page: where the application lives (`prefix`), who asks, in which language, when.

    `secret` is what the client's cookie holds; `actor` is None for strangers, who see the page that signs in.
    """

    request: Request
    runtime: Runtime
    prefix: str
    language: str
    secret: str = field(repr=False)
    at: datetime
    actor: Actor | None = None
    previewing: bool = False
    """Whether somebody looks as an auditor would; `actor` then has no more rights than one."""

    @property
    def key(self) -> str:
        """What every form carries, bound to the cookie; its end marks who opened the form.

        Other letters each time, so that the length of a compressed page tells nothing of it (BREACH).
        """
        pad = secrets.token_bytes(KEY_BYTES)
        return (pad + _xor(pad, _mark(self.secret))).hex() + self.mark

    @property
    def mark(self) -> str:
        """What marks the forms of whoever is signed in; empty for strangers."""
        return hashlib.sha256(self.actor.id.encode()).hexdigest()[:MARK_LETTERS] if self.actor else ""

    @property
    def path(self) -> str:
        """The address asked for, with its query, below the prefix."""
        path = self.request.url.path.removeprefix(self.prefix) or "/"
        return path + ("?" + self.request.url.query if self.request.url.query else "")

    @property
    def page(self) -> str:
        """The page people are on, as `path`: of a form that was sent, the one on which it stood."""
        if self.request.method in {"GET", "HEAD"}:
            return self.path
        host, slash, rest = self.request.headers.get("referer", "").partition("://")[2].partition("/")
        known = slash and host == self.request.headers.get("host", "")
        return f"/{rest}".removeprefix(self.prefix) if known else "/"

    @property
    def who(self) -> Actor:
        """The actor. Raises SignInNeeded."""
        if self.actor is None:
            raise SignInNeeded("Sign in first.")
        return self.actor


def set_cookie(visit: Visit, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Give the client a cookie that no script reads and no other site sends along with a form."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=visit.prefix or "/",
        secure=visit.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop_cookie(visit: Visit, response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path=visit.prefix or "/")


def stranger(request: Request) -> Visit:
    """Return the visit of somebody nobody has asked for a password yet."""
    runtime: Runtime = request.app.state.runtime
    secret = request.cookies.get(STRANGER) or secrets.token_urlsafe(24)
    return _visit(request, runtime, secret)


def visit_of(request: Request) -> Visit:
    """Return the visit with its actor where a session holds. Slow: it asks the database."""
    given: Actor | None = request.app.state.actor
    runtime: Runtime = request.app.state.runtime
    secret = request.cookies.get(SESSION, "")
    if given is not None or not secret:
        return _visit(request, runtime, secret or request.cookies.get(STRANGER, ""), given)
    at = datetime.now(UTC)
    try:
        with runtime.database.reading() as session:
            actor, stale = actor_of(session, secret, at=at)
    except Unauthorized:
        return _visit(request, runtime, request.cookies.get(STRANGER, ""))
    if stale and actor.token_id:
        with runtime.database.writing() as session:
            note_use(session, actor.token_id, at=at)
    return _as_auditor(_visit(request, runtime, secret, actor))


def _as_auditor(visit: Visit) -> Visit:
    """Return the visit with an auditor's rights only, where its client asks to see what an auditor sees."""
    organisation, _, programme = visit.request.cookies.get(PREVIEW, "").partition(" ")
    if not programme or not visit.who.may(Permission.MANAGE_PROGRAMME, organisation, programme):
        return visit
    grant = Grant(organisation, frozenset({Role.AUDITOR}), programme)
    actor = Actor(visit.who.id, visit.who.name, (grant,), language=visit.who.language, token_id=visit.who.token_id)
    return replace(visit, actor=actor, previewing=True)


def check_form(visit: Visit, key: str) -> None:
    """Raise FormRefused for a form that another site sent, or that comes from an older session."""
    check_origin(visit)
    if not is_of_session(visit, key):
        raise FormRefused


def check_origin(visit: Visit) -> None:
    """Raise FormRefused for a form that another site sent, as far as the browser says so.

    Source: OWASP, Cross-Site Request Forgery Prevention: a key bound to the session, and the origin where it is said.
    """
    if visit.request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"} or _origin(visit) is False:
        raise FormRefused


def is_of_session(visit: Visit, key: str) -> bool:
    """Say whether a form's key belongs to the session of this visit."""
    given = bytes.fromhex(key[: 4 * KEY_BYTES]) if KEY.fullmatch(key) else bytes(2 * KEY_BYTES)
    return hmac.compare_digest(_xor(given[:KEY_BYTES], given[KEY_BYTES:]), _mark(visit.secret))


def is_surely_ours(visit: Visit, key: str) -> bool:
    """Say whether a form looks like one of ours and the browser vouches that no other site sent it."""
    vouched = visit.request.headers.get("sec-fetch-site") == "same-origin" or _origin(visit) is True
    return vouched and KEY.fullmatch(key) is not None


def opened_by(key: str) -> str:
    """Return the mark of whoever had opened a form with this key; empty where it does not say."""
    return key[4 * KEY_BYTES :] if KEY.fullmatch(key) else ""


def _origin(visit: Visit) -> bool | None:
    """Say whether the browser names us as where a form comes from, None where it does not say."""
    origin = visit.request.headers.get("origin")
    return None if origin is None else origin.partition("://")[2] == visit.request.headers.get("host", "")


def _mark(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _visit(request: Request, runtime: Runtime, secret: str, actor: Actor | None = None) -> Visit:
    wished = request.cookies.get(LANGUAGE, "")
    chosen = wished if wished in LANGUAGES else actor.language if actor else ""
    return Visit(
        request=request,
        runtime=runtime,
        prefix=str(request.scope.get("root_path", "")).rstrip("/"),
        language=pick_language(chosen, *accepted_languages(request)),
        secret=secret,
        at=datetime.now(UTC),
        actor=actor,
    )


async def _visiting(request: Request) -> Visit:
    visit = await run_in_threadpool(visit_of, request)
    request.state.visit = visit
    _ = visit.who
    return visit


Visiting = Annotated[Visit, Depends(_visiting)]
"""A visit by somebody who has signed in; others are sent to the page that signs in."""
