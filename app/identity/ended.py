"""Roles that somebody has ended, and the way back: the same role again, from now to the end that was planned."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, NotFound
from app.identity.actor import Actor, Grant, Permission, Role
from app.identity.models import Membership, User
from app.identity.service import give_role


def ended_role(session: Session, membership_id: str, *, actor: Actor, at: datetime) -> tuple[User, Membership] | None:
    """Return a role that the actor may give again as it was, with whose it is; None for every other."""
    membership = session.get(Membership, membership_id)
    if membership is None or not actor.may(Permission.MANAGE_PEOPLE, membership.organisation_id):
        return None
    user = session.get_one(User, membership.user_id)
    barred = user.disabled_at is not None or (user.id == actor.id and not actor.installer)
    if barred or not _can_come_back(membership, at) or _same(session, membership, at) is not None:
        return None
    return user, membership


def restore_role(session: Session, membership_id: str, *, actor: Actor, at: datetime) -> tuple[User, Membership]:
    """Give a role again that was ended, and return it with whose it is; one that is held already is left as it is.

    Raises Forbidden, also for oneself; NotFound in the same words for one that is not there and for strangers';
    Conflict for one that nobody ended, or that would have ended by now.
    """
    membership = session.get(Membership, membership_id)
    if membership is None:
        raise NotFound("There is no such thing, or you may not see it.")
    actor.must(Permission.MANAGE_PEOPLE, membership.organisation_id)
    user = session.get_one(User, membership.user_id)
    held = _same(session, membership, at)
    if held is not None:
        return user, held
    if not _can_come_back(membership, at):
        raise Conflict("This role has ended by itself. Give it anew.")
    if user.disabled_at is not None:
        raise Forbidden("The user {login} is disabled.", login=user.login)
    grant = Grant(membership.organisation_id, frozenset({Role(membership.role)}), membership.programme_id)
    [made] = give_role(session, grant, user, actor=actor, at=at, until=membership.planned_end_at)
    return user, made


def _can_come_back(membership: Membership, at: datetime) -> bool:
    return membership.ended_at is not None and (membership.planned_end_at is None or membership.planned_end_at > at)


def _same(session: Session, membership: Membership, at: datetime) -> Membership | None:
    """Return the same role of the same person where it is held."""
    query = select(Membership).where(
        Membership.user_id == membership.user_id,
        Membership.organisation_id == membership.organisation_id,
        Membership.programme_id.is_not_distinct_from(membership.programme_id),
        Membership.role == membership.role,
        or_(Membership.ends_at.is_(None), Membership.ends_at > at),
    )
    return session.scalars(query.limit(1)).first()
