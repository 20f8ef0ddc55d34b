"""Access links: an address with a secret that lets an auditor without an account read one programme until a moment.

A link acts for a user of its own, who has no password and an auditor's role that ends with the link: so what they open
is on record in their name. Only the secret's SHA-256 is kept.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission, Role
from app.identity.models import AccessLink, Membership, Token, User
from app.identity.service import MAX_NAME, hash_of, is_member, start_session
from app.journal.service import Event, record
from app.language import LANGUAGES
from app.validation import line

MAX_LINK_DAYS = 366
LOGIN = "link."
"""How the logins of their users begin; nobody signs in with them."""


@dataclass(frozen=True, slots=True)
class NewAccessLink:
    """A link to be made: for whom, to which programme, in which language, until when."""

    name: str
    organisation_id: str
    programme_id: str
    until: datetime
    language: str = "zh"


def make_access_link(session: Session, new: NewAccessLink, *, actor: Actor, at: datetime) -> tuple[AccessLink, str]:
    """Make a link and return it with its secret, which is never shown again.

    Raises Forbidden for who does not manage people, and for a token; Invalid for an end that is past or too far away.
    """
    actor.must_be_in_person()
    actor.must(Permission.MANAGE_PEOPLE, new.organisation_id)
    name = line(new.name, "name", most=MAX_NAME)
    if new.language not in LANGUAGES:
        raise Invalid("The language is zh or en.", field="language")
    if not at < new.until <= at + timedelta(days=MAX_LINK_DAYS):
        raise Invalid("A link ends after today and within {most} days.", most=MAX_LINK_DAYS, field="until")
    user = User(
        id=new_id(),
        login=f"{LOGIN}{secrets.token_hex(8)}",
        name=name,
        language=new.language,
        installer=False,
        created_at=at,
    )
    session.add(user)
    session.flush()
    membership = Membership(
        id=new_id(),
        user_id=user.id,
        organisation_id=new.organisation_id,
        programme_id=new.programme_id,
        role=Role.AUDITOR.value,
        starts_at=at,
        ends_at=new.until,
    )
    secret = secrets.token_urlsafe(32)
    link = AccessLink(
        id=new_id(),
        user_id=user.id,
        name=name,
        organisation_id=new.organisation_id,
        programme_id=new.programme_id,
        secret_hash=hash_of(secret),
        created_at=at,
        expires_at=new.until,
    )
    session.add_all((membership, link))
    session.flush()
    after = {"name": name, "programme": new.programme_id, "until": new.until}
    event = Event("access-link.made", link.id, after=after, programme_id=new.programme_id)
    record(session, new.organisation_id, event, actor=actor, at=at)
    return link, secret


def access_links(session: Session, organisation_id: str, *, actor: Actor) -> list[AccessLink]:
    """Return the organisation's links, newest first, also those that ended. Raises Forbidden, NotFound."""
    actor.must(Permission.MANAGE_PEOPLE, organisation_id)
    query = select(AccessLink).where(AccessLink.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(AccessLink.id.desc())))


def revoke_access_link(session: Session, link_id: str, *, actor: Actor, at: datetime) -> AccessLink:
    """End a link now, with the role and the sessions it has given.

    Raises Forbidden, and NotFound in the same words for a link that is not there and for one of strangers.
    """
    link = session.get(AccessLink, link_id)
    if link is None:
        raise NotFound("There is no such thing, or you may not see it.")
    actor.must(Permission.MANAGE_PEOPLE, link.organisation_id)
    if link.revoked_at is None and link.expires_at > at:
        link.revoked_at = at
        role = update(Membership).where(Membership.user_id == link.user_id, Membership.ends_at > at)
        session.execute(role.values(ends_at=at))
        sessions = update(Token).where(Token.user_id == link.user_id, Token.revoked_at.is_(None))
        session.execute(sessions.values(revoked_at=at))
        event = Event("access-link.revoked", link.id, before={"name": link.name}, programme_id=link.programme_id)
        record(session, link.organisation_id, event, actor=actor, at=at)
    return link


def find_access_link(session: Session, secret: str, *, at: datetime) -> AccessLink:
    """Return the link that has this secret. Raises NotFound, the same for every cause."""
    query = select(AccessLink).join(User, User.id == AccessLink.user_id)
    link = session.scalar(query.where(AccessLink.secret_hash == hash_of(secret), User.disabled_at.is_(None)))
    ended = link is None or link.revoked_at is not None or link.expires_at <= at
    if link is None or ended or not is_member(session, link.user_id, link.organisation_id, at=at):
        raise NotFound("This link has ended or was revoked. Ask whoever sent it for a new one.")
    return link


def enter_by_link(session: Session, secret: str, *, at: datetime, hours: int) -> tuple[Token, str]:
    """Return a session for whoever has the link, and its secret; it ends with the link at the latest.

    Raises NotFound.
    """
    link = find_access_link(session, secret, at=at)
    link.last_used_at = at
    token, session_secret = start_session(session, link.user_id, at=at, hours=hours, until=link.expires_at)
    actor = Actor(link.user_id, link.name)
    event = Event("access-link.used", link.id, programme_id=link.programme_id)
    record(session, link.organisation_id, event, actor=actor, at=at)
    return token, session_secret
