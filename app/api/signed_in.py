"""Who asks: the actor of the token in the request, or the one the app was made for."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.errors import Unauthorized
from app.identity.actor import Actor
from app.identity.service import actor_of, note_use
from app.programmes.models import Organisation, Programme
from app.runtime import Runtime

Admit = Callable[[Session, Actor, Mapping[str, str]], Programme]
"""Given the parameters of a path, returns the programme, or raises: before a byte of the body is taken."""


def sign_in_request(request: Request, admit: Admit | None = None) -> None:
    """Put the actor into the request's state. Raises Unauthorized, and whatever `admit` does, in the same moment."""
    given: Actor | None = request.app.state.actor
    runtime: Runtime = request.app.state.runtime
    at = datetime.now(UTC)
    if given is not None and admit is None:
        request.state.actor = given
        return
    with runtime.database.reading() as session:
        secret = "" if given else _secret_of(request.headers.get("authorization", ""))
        actor, stale = (given, False) if given else actor_of(session, secret, at=at)
        request.state.actor = actor
        if admit is not None:
            request.state.programme = admit(session, actor, request.path_params)
            request.state.organisation = session.get_one(Organisation, request.state.programme.organisation_id)
            session.expunge_all()  # the upload goes on in other sessions, which need not ask again
    if stale and actor.token_id:
        with runtime.database.writing() as session:
            note_use(session, actor.token_id, at=at)


def _secret_of(header: str) -> str:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthorized("Send a token: Authorization: Bearer ar_... `auditready token make` makes one.")
    return secret.strip()


async def _acting(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


Acting = Annotated[Actor, Depends(_acting)]
"""Whoever asks; `StrictRoute` has found out before the body was read."""
