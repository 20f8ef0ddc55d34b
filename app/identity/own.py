"""Use cases about oneself: one's name and language, and what is signed in or acts in one's name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Forbidden, Invalid, NotFound
from app.identity.actor import Actor
from app.identity.models import Token, User
from app.identity.service import revoke_token
from app.identity.users import MAX_NAME
from app.journal.models import INSTALLATION
from app.journal.service import Event, record
from app.language import LANGUAGES
from app.validation import line


def own_user(session: Session, *, actor: Actor) -> User:
    """Return the actor's own user. Raises Forbidden for a token, NotFound for who works on the data folder itself."""
    actor.must_be_in_person()
    user = session.get(User, actor.id)
    if user is None:
        raise NotFound("Whoever works on the data folder itself has no account.")
    return user


def change_own(session: Session, name: str, language: str, *, actor: Actor, at: datetime) -> User:
    """Change one's own name and language. Raises Forbidden, NotFound, Invalid.

    Who has no password keeps the name under which they were let in.
    """
    user = own_user(session, actor=actor)
    clean = line(name, "name", most=MAX_NAME)
    if clean != user.name and user.password_hash is None:
        raise Forbidden("This is the name under which you were let in. Whoever did can give another one.")
    if language not in LANGUAGES:
        raise Invalid("The language is zh or en.", field="language")
    before, after = _shown(user), {"name": clean, "language": language}
    if before != after:
        user.name, user.language = clean, language
        record(session, INSTALLATION, Event("user.changed", user.id, before, after), actor=actor, at=at)
    return user


def live_tokens(session: Session, *, actor: Actor, at: datetime) -> list[Token]:
    """Return the actor's own tokens and sessions that still hold, newest first. Raises Forbidden for a token."""
    actor.must_be_in_person()
    live = (Token.user_id == actor.id, Token.revoked_at.is_(None), Token.expires_at > at)
    return list(session.scalars(select(Token).where(*live).order_by(Token.id.desc())))


def end_other_sessions(session: Session, *, actor: Actor, at: datetime) -> int:
    """End every session of the actor but this one and say how many; tokens go on. Raises Forbidden for a token."""
    others = [
        each
        for each in live_tokens(session, actor=actor, at=at)
        if each.organisation_id is None and each.id != actor.token_id
    ]
    for each in others:
        revoke_token(session, each.id, actor=actor, at=at)
    return len(others)


def _shown(user: User) -> dict[str, str]:
    return {"name": user.name, "language": user.language}
