"""Use cases about users of the installation: who can sign in, and with which password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Conflict, Invalid, NotFound
from app.identity.actor import Actor
from app.identity.logins import check_login, folded
from app.identity.models import Token, User
from app.identity.passwords import matches
from app.journal.models import INSTALLATION
from app.journal.service import Event, record
from app.validation import line

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be made. Without a password nobody can sign in as them, but tokens work.

    `password_hash` is what `passwords.choose` returns: it is slow, so it is asked before the transaction.
    """

    login: str
    name: str
    language: str = "zh"
    password_hash: str | None = None
    installer: bool = False


def add_user(session: Session, new: NewUser, *, actor: Actor, at: datetime) -> User:
    """Make a user. Raises Forbidden unless the actor is an installer, Invalid, Conflict where the login is taken."""
    actor.must_install()
    login = check_login(new.login)
    name = line(new.name, "name", most=MAX_NAME)
    if new.language not in {"zh", "en"}:
        raise Invalid("The language is zh or en.", field="language")
    if by_login(session, login):
        raise Conflict("The login {login} is taken. Choose another one.", login=login, field="login")
    user = User(
        id=new_id(),
        login=login,
        name=name,
        language=new.language,
        password_hash=new.password_hash,
        installer=new.installer,
        created_at=at,
    )
    session.add(user)
    session.flush()
    after = {"login": login, "name": user.name, "installer": user.installer}
    record(session, INSTALLATION, Event("user.added", user.id, after=after), actor=actor, at=at)
    return user


def users(session: Session, *, actor: Actor) -> list[User]:
    """Return everybody, also who is disabled, by login. Raises Forbidden."""
    actor.must_install()
    return list(session.scalars(select(User).order_by(User.login)))


def find_user(session: Session, name: str) -> User:
    """Return the user with this login or id. Raises NotFound."""
    user = session.get(User, name) or by_login(session, name)
    if user is None:
        raise NotFound("There is no user {login}. Add it with `auditready user add`.", login=name, field="login")
    return user


def by_login(session: Session, login: str) -> User | None:
    """Return the user whose login this is, in whatever case and form it is written."""
    clean = folded(login)
    return session.scalar(select(User).where(User.login == clean)) if clean.isprintable() else None


def disable_user(session: Session, name: str, *, actor: Actor, at: datetime) -> User:
    """Lock a user out everywhere and end their tokens; history keeps the name. Raises Forbidden, NotFound."""
    actor.must_install()
    user = find_user(session, name)
    if user.disabled_at is None:
        user.disabled_at = at
        _end_tokens(session, user, at=at)
        record(session, INSTALLATION, Event("user.disabled", user.id, before={"login": user.login}), actor=actor, at=at)
    return user


def enable_user(session: Session, name: str, *, actor: Actor, at: datetime) -> User:
    """Let a disabled user in again, with the roles they have and no token. Raises Forbidden, NotFound."""
    actor.must_install()
    user = find_user(session, name)
    if user.disabled_at is not None:
        user.disabled_at = None
        record(session, INSTALLATION, Event("user.enabled", user.id, after={"login": user.login}), actor=actor, at=at)
    return user


def whose_password(session: Session, name: str, *, actor: Actor) -> User:
    """Return the user with this login or id where the actor may set their password: their own, an installer anybody's.

    Raises Forbidden, NotFound.
    """
    actor.must_be_in_person()
    user = session.get(User, name) or by_login(session, name)
    if user is None or user.id != actor.id:
        actor.must_install()
        return user or find_user(session, name)
    return user


def check_may_set_password(session: Session, name: str, old: str | None, *, actor: Actor, memory_kib: int) -> User:
    """Return the user as `whose_password`; one's own password needs the old one.

    Slow, so ask in `reading()`. Raises Forbidden, NotFound, Invalid where the old password is wrong.
    """
    user = whose_password(session, name, actor=actor)
    if user.id == actor.id and (old is None or not matches(old, user.password_hash, memory_kib)):
        raise Invalid("Your old password is missing or wrong.", field="old_password")
    return user


def set_password(session: Session, user_id: str, password_hash: str, *, actor: Actor, at: datetime) -> User:
    """Set a password and end the user's sessions; a machine that becomes a person keeps no token either.

    The caller has asked `check_may_set_password`.
    """
    user = session.get_one(User, user_id)
    _end_tokens(session, user, at=at, sessions_only=user.password_hash is not None)
    user.password_hash = password_hash
    event = Event("user.password-set", user.id, after={"login": user.login})
    record(session, INSTALLATION, event, actor=actor, at=at)
    return user


def _end_tokens(session: Session, user: User, *, at: datetime, sessions_only: bool = False) -> None:
    live = select(Token).where(Token.user_id == user.id, Token.revoked_at.is_(None))
    for token in session.scalars(live.where(Token.organisation_id.is_(None)) if sessions_only else live):
        token.revoked_at = at
