"""Signing in and out, and who one is."""

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from app.api.answers import gone, send
from app.api.documented import ends, made, reads
from app.api.fields import Body, Name, Secret
from app.api.shapes_people import Me, SignedIn
from app.api.signed_in import Acting
from app.api.strict import PublicRoute, StrictRoute
from app.errors import NotFound
from app.http.deps import HASHING, Now, RuntimeDep, Writing, now
from app.http.passwords import trying
from app.identity.service import check_sign_in, revoke_token, start_session

public = APIRouter(tags=["session"], route_class=PublicRoute)
router = APIRouter(tags=["session"], route_class=StrictRoute)


class SignInBody(Body):
    """Login and password."""

    login: Name
    password: Secret


@public.post("/sign-in", **made(SignedIn))
async def sign_in(body: SignInBody, request: Request, runtime: RuntimeDep) -> Response:
    """Sign in with a password and get a session's token.

    The answer to a wrong login and a wrong password is the same. Whoever sends several has to wait between them.
    """

    def enter() -> SignedIn:
        memory = runtime.settings.password_memory_kib
        with runtime.database.reading() as session:
            user_id = check_sign_in(session, body.login, body.password.get_secret_value(), memory_kib=memory)
        with runtime.database.writing() as session:
            token, secret = start_session(session, user_id, at=now(), hours=runtime.settings.session_hours)
            return SignedIn(token=secret, token_id=token.id, expires_at=token.expires_at)

    async with trying(request, body.login, at=now()):
        signed_in = await to_thread.run_sync(enter, limiter=HASHING)
    return send(signed_in, status=201)


@router.delete("/session", **ends())
def sign_out(session: Writing, *, actor: Acting, at: Now) -> Response:
    """End the session: the token of this request is revoked."""
    if actor.token_id is None:
        raise NotFound("There is no token to revoke.")
    revoke_token(session, actor.token_id, actor=actor, at=at)
    return gone()


@router.get("/me", **reads(Me))
async def me(actor: Acting) -> Response:
    """Say who asks, with which rights and in which language."""
    return send(Me.of(actor))
