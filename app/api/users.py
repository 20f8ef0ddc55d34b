"""Users of the installation and their passwords."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.answers import Answer, Once, send
from app.api.documented import changes, made, reads
from app.api.fields import Body, Name, Secret, Truth
from app.api.shapes_people import Users, UserShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.http.deps import Now, Reading, RuntimeDep, Writing
from app.http.passwords import NewPassword, change_password
from app.identity import users as identity
from app.identity.passwords import choose

router = APIRouter(prefix="/users", tags=["people"], route_class=StrictRoute)


class UserBody(Body):
    """A user; without a password nobody can sign in as them, but tokens work."""

    login: Name
    name: Name
    language: Annotated[str, Field(description="zh or en.")] = "zh"
    password: Secret | None = None
    installer: Truth = False


class PasswordBody(Body):
    """A new password; the old one is needed for one's own."""

    password: Secret
    old_password: Secret | None = None


@router.get("", **reads(Users))
def list_users(session: Reading, *, actor: Acting) -> Response:
    """List everybody, also who is disabled, by login. Only the administrator of the installation may."""
    return send(Users(items=[UserShape.of(each) for each in identity.users(session, actor=actor)]))


@router.post("", **made(UserShape))
def add_user(body: UserBody, session: Writing, runtime: RuntimeDep, *, actor: Acting, once: Once, at: Now) -> Response:
    """Add a user. Only the administrator of the installation may."""
    actor.must_install()
    memory = runtime.settings.password_memory_kib
    # slow, and so before the first query of the transaction, which on SQLite takes the write lock
    hashed = None if body.password is None else choose(body.password.get_secret_value(), body.login, memory)

    def make() -> Answer:
        new = identity.NewUser(body.login, body.name, body.language, hashed, body.installer)
        return Answer(UserShape.of(identity.add_user(session, new, actor=actor, at=at)), HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.get("/{user}", **reads(UserShape))
def get_user(user: str, session: Reading, *, actor: Acting) -> Response:
    """Show a user, by login or id. Only the administrator of the installation may."""
    actor.must_install()
    return send(UserShape.of(identity.find_user(session, user)))


@router.delete("/{user}", **changes(UserShape))
def disable_user(user: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """Lock a user out and end their tokens; history keeps the name. Only the administrator of the installation may."""
    return send(UserShape.of(identity.disable_user(session, user, actor=actor, at=at)))


@router.post("/{user}/enable", **changes(UserShape))
def enable_user(user: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """Let a disabled user in again. Only the administrator of the installation may."""
    return send(UserShape.of(identity.enable_user(session, user, actor=actor, at=at)))


@router.put("/{user}/password", **changes(UserShape))
async def set_password(user: str, body: PasswordBody, request: Request, *, actor: Acting, at: Now) -> Response:
    """Set a password and end all sessions of its user.

    One's own with the old one; the administrator of the installation sets those of others without. Whoever sends
    several wrong ones has to wait between them.
    """
    old = None if body.old_password is None else body.old_password.get_secret_value()
    wanted = NewPassword(user, body.password.get_secret_value(), old)
    return send(await change_password(request, wanted, lambda _, found: UserShape.of(found), actor=actor, at=at))
