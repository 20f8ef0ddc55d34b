"""What people are called, for those who may read what they did."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.collation import name_key
from app.identity.models import Membership, User


def names_of(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return what these users are called, by id; who is no user is left out. For people who may see what they did."""
    wanted = sorted({each for each in ids if each})
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def members_ever(session: Session, organisation_id: str) -> dict[str, str]:
    """Return the names of everybody who has or had a role in the organisation, by id."""
    query = select(User.id, User.name).join(Membership, Membership.user_id == User.id)
    return dict(session.execute(query.where(Membership.organisation_id == organisation_id).distinct()).all())


def by_name(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by id, in the order of the names."""
    return dict(sorted(names.items(), key=lambda person: name_key(person[1])))


def logins_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Return the logins of these users, by id. For people who may name them as owners."""
    return dict(session.execute(select(User.id, User.login).where(User.id.in_(sorted(ids)))).all())
