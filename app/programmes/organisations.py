"""Use cases about organisations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.journal.service import Event, record
from app.language import LANGUAGES
from app.programmes.models import Organisation
from app.programmes.service import check_revision
from app.validation import words


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be made; one name is enough, both are better."""

    name_en: str
    name_zh: str
    time_zone: str = "Asia/Shanghai"
    languages: tuple[str, ...] = LANGUAGES


def add_organisation(session: Session, new: NewOrganisation, *, actor: Actor, at: datetime) -> Organisation:
    """Make an organisation. Raises Forbidden unless the actor administers the installation, Invalid."""
    actor.must_install()
    _check_organisation(new)
    organisation = Organisation(
        id=new_id(),
        name_en=new.name_en.strip(),
        name_zh=new.name_zh.strip(),
        time_zone=new.time_zone,
        languages=list(new.languages),
        created_at=at,
    )
    session.add(organisation)
    session.flush()
    record(
        session,
        organisation.id,
        Event("organisation.added", organisation.id, after=_as_body(organisation)),
        actor=actor,
        at=at,
    )
    return organisation


def change_organisation(
    session: Session,
    organisation_id: str,
    new: NewOrganisation,
    *,
    actor: Actor,
    at: datetime,
    revision: int | None = None,
) -> Organisation:
    """Change names, time zone or languages. Raises NotFound, Forbidden, Invalid, Stale for an old `revision`."""
    actor.must(Permission.MANAGE_PEOPLE, organisation_id)
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound("There is no such organisation.")
    check_revision(revision, organisation.revision)
    _check_organisation(new)
    before = _as_body(organisation)
    organisation.name_en, organisation.name_zh = new.name_en.strip(), new.name_zh.strip()
    organisation.time_zone, organisation.languages = new.time_zone, list(new.languages)
    session.flush()
    event = Event("organisation.changed", organisation.id, before=before, after=_as_body(organisation))
    record(session, organisation.id, event, actor=actor, at=at)
    return organisation


def organisations(session: Session, *, actor: Actor) -> list[Organisation]:
    """Return the organisations the actor has to do with, by time of making."""
    query = select(Organisation).order_by(Organisation.id)
    if not actor.installer:
        query = query.where(Organisation.id.in_([grant.organisation_id for grant in actor.grants]))
    return list(session.scalars(query))


def get_organisation(session: Session, organisation_id: str, *, actor: Actor) -> Organisation:
    """Return one organisation. Raises NotFound where the actor has nothing to do with it."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not (
        actor.installer or any(grant.organisation_id == organisation_id for grant in actor.grants)
    ):
        raise NotFound("There is no such organisation.")
    return organisation


def _check_organisation(new: NewOrganisation) -> None:
    if not (new.name_en.strip() or new.name_zh.strip()):
        raise Invalid("An organisation needs a name, in Chinese or in English.", field="name_zh")
    words(new.name_en, "name_en", most=200)
    words(new.name_zh, "name_zh", most=200)
    if new.time_zone not in available_timezones():
        raise Invalid(
            "There is no time zone {name}; an example is Asia/Shanghai.", name=new.time_zone, field="time_zone"
        )
    if not new.languages or set(new.languages) - set(LANGUAGES):
        raise Invalid("The languages are zh, en, or both.", field="languages")


def _as_body(organisation: Organisation) -> dict[str, Any]:
    return {
        "name_en": organisation.name_en,
        "name_zh": organisation.name_zh,
        "time_zone": organisation.time_zone,
        "languages": organisation.languages,
    }
