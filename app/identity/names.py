"""What people are called, for those who may read what they did."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.models import Membership, User


def names_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return the names of the users among these ids."""
    if not ids:
        return {}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def members_ever(session: Session, organisation_id: str) -> dict[str, str]:
    """Return the names of everybody who has or had a role in the organisation, by id."""
    query = select(User.id, User.name).join(Membership, Membership.user_id == User.id)
    return dict(session.execute(query.where(Membership.organisation_id == organisation_id).distinct()).all())
