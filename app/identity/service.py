"""Use cases about what people may do: roles, tokens, sign-in. Nobody raises their own rights.

Whoever manages people gives roles to others, not to themselves. One makes tokens for oneself, and for machines, which
have no password: a token that acts for another person would let one sign for two.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.collation import name_key
from app.database import new_id
from app.errors import Forbidden, Invalid, NotFound, Unauthorized
from app.identity.actor import ALLOWED, Actor, Grant, Permission, Role
from app.identity.models import Membership, Token, User
from app.identity.names import by_name
from app.identity.passwords import matches
from app.identity.users import by_login
from app.journal.models import INSTALLATION
from app.journal.service import Event, record
from app.validation import line

TOKEN_PREFIX = "ar_"  # noqa: S105 (says what kind of secret it is; scanners look for it)
MAX_TOKEN_DAYS = 366
MACHINE_ROLES = frozenset({Role.CI, Role.AUDITOR})
"""What somebody else may have a token made for: nothing that decides, so that duties stay separate."""
MAX_NAME = 200
SEEN_EVERY = timedelta(minutes=1)
# built once: every request asks one of these
_IN_FORCE = (
    Membership.starts_at <= bindparam("at"),
    or_(Membership.ends_at.is_(None), Membership.ends_at > bindparam("at")),
)
_TOKEN = (
    select(
        *(Token.id, Token.name, Token.organisation_id, Token.programme_id, Token.role),
        *(Token.expires_at, Token.revoked_at, Token.last_used_at),
        *(User.id.label("user_id"), User.name.label("user_name"), User.language, User.installer, User.disabled_at),
        *(
            Membership.organisation_id.label("granted_in"),
            Membership.role.label("granted"),
            Membership.programme_id.label("only"),
        ),
    )
    .join(User, User.id == Token.user_id)
    .outerjoin(Membership, and_(Membership.user_id == User.id, *_IN_FORCE))
    .where(Token.secret_hash == bindparam("secret_hash"))
)
_ROLES = select(Membership.organisation_id, Membership.role, Membership.programme_id).where(
    Membership.user_id == bindparam("user_id"), *_IN_FORCE
)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made for a user: with the rights of one role in one organisation, or in one programme of it."""

    name: str
    user_id: str
    organisation_id: str
    role: Role
    days: int
    programme_id: str | None = None


def give_role(
    session: Session, grant: Grant, user: User, *, actor: Actor, at: datetime, until: datetime | None = None
) -> list[Membership]:
    """Give a user roles in an organisation, for auditors in one programme and until a moment.

    Raises Forbidden, also for oneself, and Invalid for an auditor without programme or end: their access is always
    time-boxed.
    """
    actor.must(Permission.MANAGE_PEOPLE, grant.organisation_id)
    if user.id == actor.id and not actor.installer:
        raise Forbidden("You cannot give a role to yourself: somebody else has to.")
    if until is not None and until <= at:
        raise Invalid("The access ends before it begins.", field="until")
    if Role.AUDITOR in grant.roles and (grant.programme_id is None or until is None):
        raise Invalid("An auditor's access is to one programme and until a day. Name both.", field="until")
    made = []
    for role in sorted(grant.roles):
        membership = Membership(
            id=new_id(),
            user_id=user.id,
            organisation_id=grant.organisation_id,
            programme_id=grant.programme_id,
            role=role.value,
            starts_at=at,
            ends_at=until,
        )
        session.add(membership)
        made.append(membership)
    session.flush()
    after = {"user": user.id, "roles": sorted(grant.roles), "programme": grant.programme_id, "until": until}
    record(session, grant.organisation_id, Event("role.given", user.id, after=after), actor=actor, at=at)
    return made


def end_role(session: Session, membership_id: str, *, actor: Actor, at: datetime) -> Membership:
    """End a role now. Raises Forbidden, and NotFound in the same words for one that is not there and for strangers'."""
    membership = session.get(Membership, membership_id)
    if membership is None:
        raise NotFound("There is no such thing, or you may not see it.")
    actor.must(Permission.MANAGE_PEOPLE, membership.organisation_id)
    if membership.ends_at is None or membership.ends_at > at:
        before = {"user": membership.user_id, "role": membership.role, "programme": membership.programme_id}
        before["until"] = None if membership.ends_at is None else membership.ends_at.isoformat()
        membership.planned_end_at, membership.ends_at, membership.ended_at = membership.ends_at, at, at
        event = Event("role.ended", membership.user_id, before=before)
        record(session, membership.organisation_id, event, actor=actor, at=at)
    return membership


def people(session: Session, organisation_id: str, *, actor: Actor, at: datetime) -> list[tuple[User, Membership]]:
    """Return everybody with a role now or later, by name. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, organisation_id)
    query = (
        select(User, Membership)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id, or_(Membership.ends_at.is_(None), Membership.ends_at > at)
        )
        .order_by(User.id, Membership.role)
    )
    found = [(user, membership) for user, membership in session.execute(query).all()]
    return sorted(found, key=lambda row: name_key(row[0].name))


def members(session: Session, organisation_id: str, *, at: datetime) -> dict[str, str]:
    """Return the names of all who may be named as owners, by id and in the order of their names.

    The caller has checked that the organisation, or a programme of it, may be read.
    """
    query = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role != Role.AUDITOR.value,
            or_(Membership.ends_at.is_(None), Membership.ends_at > at),
            User.disabled_at.is_(None),
        )
        .order_by(User.id)
    )
    return by_name(dict(session.execute(query).all()))


def is_member(session: Session, user_id: str, organisation_id: str, *, at: datetime) -> bool:
    """Say whether the user has a role in the organisation at this moment."""
    query = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.organisation_id == organisation_id,
        or_(Membership.ends_at.is_(None), Membership.ends_at > at),
    )
    return session.scalar(query.limit(1)) is not None


def check_owner(session: Session, owner_id: str | None, organisation_id: str, *, at: datetime) -> None:
    """Raise Invalid where an owner is named who has no role in the organisation."""
    if owner_id is not None and not is_member(session, owner_id, organisation_id, at=at):
        raise Invalid("The owner has no role in this organisation. Give one first.", field="owner_id")


def make_token(session: Session, new: NewToken, *, actor: Actor, at: datetime) -> tuple[Token, str]:
    """Make a token and return it with its secret, which is never shown again.

    Raises Forbidden where a token asks, where it is for another person, or for a machine with more than `MACHINE_ROLES`
    by somebody who manages people, or where its user does not hold its rights; Invalid for more than a year.
    """
    actor.must_be_in_person()
    if new.user_id != actor.id:
        actor.must(Permission.MANAGE_PEOPLE, new.organisation_id, new.programme_id)
    if not 0 < new.days <= MAX_TOKEN_DAYS:
        raise Invalid("A token lasts 1 to {most} days.", most=MAX_TOKEN_DAYS, field="days")
    name = line(new.name, "name", most=MAX_NAME)
    user = session.get(User, new.user_id)
    if user is None or not is_member(session, user.id, new.organisation_id, at=at):
        raise Invalid("The user has no role in this organisation. Give one first.", field="user_id")
    if user.id != actor.id:
        _check_machine(user, new.role)
    _check_held(user_actor(session, user, at=at), new)
    token, secret = _token(name, user.id, at, timedelta(days=new.days))
    token.organisation_id, token.programme_id, token.role = new.organisation_id, new.programme_id, new.role.value
    session.add(token)
    session.flush()
    after = {**_shown(token), "expires": token.expires_at, "programme": token.programme_id}
    record(session, new.organisation_id, Event("token.made", token.id, after=after), actor=actor, at=at)
    return token, secret


def tokens(session: Session, organisation_id: str, *, actor: Actor) -> list[Token]:
    """Return the organisation's tokens, newest first. Raises Forbidden, NotFound."""
    actor.must(Permission.MANAGE_PEOPLE, organisation_id)
    return list(
        session.scalars(select(Token).where(Token.organisation_id == organisation_id).order_by(Token.id.desc()))
    )


def own_tokens(session: Session, *, actor: Actor) -> list[Token]:
    """Return the actor's own tokens and sessions, newest first; a token for programs sees itself only."""
    query = select(Token).where(Token.user_id == actor.id).order_by(Token.id.desc())
    return list(session.scalars(query.where(Token.id == actor.token_id) if actor.scoped else query))


def revoke_token(session: Session, token_id: str, *, actor: Actor, at: datetime) -> Token:
    """End a token now. Its own user may, and whoever manages people; a token for programs ends itself only.

    Raises Forbidden, and NotFound in the same words for a token that is not there and for one of strangers.
    """
    token = session.get(Token, token_id)
    if token is None or (token.organisation_id is None and token.user_id != actor.id and not actor.installer):
        raise NotFound("There is no such thing, or you may not see it.")
    if token.user_id != actor.id and token.organisation_id is not None:
        actor.must(Permission.MANAGE_PEOPLE, token.organisation_id)
    if token.id != actor.token_id:
        actor.must_be_in_person()
    if token.revoked_at is None:
        token.revoked_at = at
        event = Event("token.revoked", token.id, before=_shown(token))
        record(session, token.organisation_id or INSTALLATION, event, actor=actor, at=at)
    return token


def sign_in(
    session: Session, login: str, password: str, *, at: datetime, hours: int, memory_kib: int
) -> tuple[Token, str]:
    """Return a session token and its secret for the right password. Raises Unauthorized, the same for every cause."""
    return start_session(session, check_sign_in(session, login, password, memory_kib=memory_kib), at=at, hours=hours)


def check_sign_in(session: Session, login: str, password: str, *, memory_kib: int) -> str:
    """Return the user's id for the right password; slow, so ask in `reading()`. Raises Unauthorized as `sign_in`."""
    user = by_login(session, login)
    right = matches(password, user.password_hash if user else None, memory_kib)
    if user is None or not right or user.disabled_at is not None:
        raise Unauthorized("The login or the password is wrong.")
    return user.id


def start_session(
    session: Session, user_id: str, *, at: datetime, hours: int, until: datetime | None = None
) -> tuple[Token, str]:
    """Return a session token and its secret for a user whose password was right; it ends at `until` at the latest.

    Raises Unauthorized.
    """
    user = session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise Unauthorized("The login or the password is wrong.")
    token, secret = _token("session", user.id, at, timedelta(hours=hours))
    token.expires_at = min(token.expires_at, until or token.expires_at)
    session.add(token)
    session.flush()
    actor = Actor(user.id, user.name)
    record(session, INSTALLATION, Event("user.signed-in", user.id), actor=actor, at=at)
    return token, secret


def actor_of(session: Session, secret: str, *, at: datetime) -> tuple[Actor, bool]:
    """Return the actor of a token, and whether its last use is worth noting. Raises Unauthorized.

    A token never has more rights than its user holds at this moment.
    """
    rows = session.execute(_TOKEN, {"secret_hash": hash_of(secret), "at": at}).all()
    token = rows[0] if rows else None
    if token is None or token.revoked_at or token.disabled_at or token.expires_at <= at:
        raise Unauthorized("The token is unknown, expired or revoked. Make a new one.")
    stale = token.last_used_at is None or at - token.last_used_at >= SEEN_EVERY
    own = Actor(
        *(token.user_id, token.user_name, _grants((row.granted_in, row.granted, row.only) for row in rows)),
        installer=token.installer,
        language=token.language,
        token_id=token.id,
    )
    if token.organisation_id is None:
        return own, stale
    role = Role(token.role)
    if not _holds(own, role, token.organisation_id, token.programme_id):
        raise Unauthorized("The token's user no longer holds its rights. Make a new one.")
    grant = Grant(token.organisation_id, frozenset({role}), token.programme_id)
    name = f"{own.name} ({token.name})"[:MAX_NAME]
    return replace(own, name=name, grants=(grant,), installer=False, scoped=True), stale


def is_known(session: Session, secret: str) -> bool:
    """Say whether this is the secret of a token or session that there is or was."""
    return session.scalar(select(Token.id).where(Token.secret_hash == hash_of(secret))) is not None


def user_actor(session: Session, user: User, *, at: datetime) -> Actor:
    """Return the user as an actor with the roles in force at this moment. Raises Forbidden for a disabled user."""
    if user.disabled_at is not None:
        raise Forbidden("The user {login} is disabled.", login=user.login)
    return Actor(
        user.id,
        user.name,
        _grants(session.execute(_ROLES, {"user_id": user.id, "at": at})),
        user.installer,
        user.language,
    )


def _grants(held: Iterable[tuple[str | None, str, str | None]]) -> tuple[Grant, ...]:
    """Return the grants of roles in an organisation, or in one programme of it; no organisation is no role."""
    return tuple(Grant(where, frozenset({Role(role)}), only) for where, role, only in held if where)


def note_use(session: Session, token_id: str, *, at: datetime) -> None:
    """Keep when a token was last used."""
    token = session.get(Token, token_id)
    if token is not None:
        token.last_used_at = at


def _check_machine(user: User, role: Role) -> None:
    """Raise Forbidden where a token would let somebody act for another person, or decide anything."""
    if user.password_hash is not None:
        raise Forbidden("{login} signs in with a password and makes their own tokens.", login=user.login)
    if role not in MACHINE_ROLES:
        names = tuple(sorted(MACHINE_ROLES))
        raise Forbidden("A token for somebody else has one of these roles: {names}.", names=names)


def _check_held(user: Actor, new: NewToken) -> None:
    """Raise Forbidden unless the token's user holds its rights."""
    if not _holds(user, new.role, new.organisation_id, new.programme_id):
        raise Forbidden("Whose token it is does not hold the rights of the role {role} there.", role=new.role.value)


def _holds(user: Actor, role: Role, organisation_id: str, programme_id: str | None) -> bool:
    """Say whether the user's own roles give all of this role's rights; to administer the installation gives none."""
    held = replace(user, installer=False)
    return all(held.may(permission, organisation_id, programme_id) for permission in ALLOWED[role])


def _shown(token: Token) -> dict[str, str | None]:
    return {"name": token.name, "user": token.user_id, "role": token.role}


def _token(name: str, user_id: str, at: datetime, lasts: timedelta) -> tuple[Token, str]:
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = Token(
        id=new_id(), name=name, secret_hash=hash_of(secret), user_id=user_id, created_at=at, expires_at=at + lasts
    )
    return token, secret


def hash_of(secret: str) -> str:
    """Return what is kept of a secret that has so many random bits that it cannot be guessed: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()
