"""What an entry of a register names has to be there: in this organisation, in this programme, in its frameworks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.catalogue.pack import Expectation
from app.errors import Conflict, Invalid
from app.identity.service import check_owner
from app.programmes.models import Organisation, Programme
from app.programmes.reading import entries_now, profiles_of
from app.programmes.registers import (
    AgeEntry,
    AgreementEntry,
    Entry,
    OwnerEntry,
    Profile,
    ServiceEntry,
    WaiverEntry,
)


def check_references(
    session: Session, programme: Programme, entry: Entry, *, entry_id: str | None = None, at: datetime
) -> None:
    """Raise Invalid, NotFound or Conflict where the entry names what is not there; `entry_id` is that of a change."""
    if isinstance(entry, Profile):
        _check_frameworks(session, programme, entry)
    if isinstance(entry, AgreementEntry):
        for field, name, value in (
            ("service_id", "services", entry.service_id),
            ("party_id", "parties", entry.party_id),
        ):
            if value is not None and value not in entries_now(session, programme, name):
                raise Invalid("There is no such entry in the register {name}.", name=name, field=field)
    if isinstance(entry, ServiceEntry | OwnerEntry):
        check_owner(session, entry.owner_id, programme.organisation_id, at=at)
    if isinstance(entry, OwnerEntry):
        _check_clause(session, programme, entry)
    if isinstance(entry, WaiverEntry):
        _check_may_be_waived(session, programme, entry)
        _check_waiver(session, programme, entry, entry_id, at)
    if isinstance(entry, AgeEntry):
        _check_age(session, programme, entry, entry_id)


def _check_frameworks(session: Session, programme: Programme, profile: Profile) -> None:
    for code in profile.frameworks:
        catalogue.find_framework(session, code, programme.organisation_id)
    if len(set(profile.frameworks)) != len(profile.frameworks):
        raise Invalid("A framework is named twice.", field="frameworks")


def _check_clause(session: Session, programme: Programme, owner: OwnerEntry) -> None:
    pack = catalogue.get_pack(session, owner.framework, programme.organisation_id)
    if all(clause.number != owner.clause for clause in pack.clauses):
        raise Invalid("{code} has no clause {clause}.", code=owner.framework, clause=owner.clause, field="clause")


def _check_may_be_waived(session: Session, programme: Programme, waiver: WaiverEntry) -> None:
    """Raise Invalid unless the expectation is there and nowhere demanded by the standard (readiness, section 1)."""
    for code, expectation in _expected(session, programme, waiver.expectation_id).items():
        if expectation.required:
            raise Invalid(
                "{framework} itself demands {name}: it cannot be waived.",
                framework=code,
                name=expectation.name,
                field="expectation_id",
            )


def _check_waiver(
    session: Session, programme: Programme, waiver: WaiverEntry, entry_id: str | None, at: datetime
) -> None:
    """Raise Invalid for a waiver that has ended before it is granted, Conflict where another one still holds."""
    zone = ZoneInfo(session.get_one(Organisation, programme.organisation_id).time_zone)
    today = at.astimezone(zone).date()
    if waiver.until < today:
        raise Invalid("A waiver holds until today at least, {day}.", day=today, field="until")
    for other_id, other in entries_now(session, programme, "waivers").items():
        if not isinstance(other, WaiverEntry) or other_id == entry_id:
            continue
        if other.expectation_id == waiver.expectation_id and other.until >= today:
            raise Conflict(
                "{id} is waived until {day} already. Change that waiver, or remove it first.",
                id=waiver.expectation_id,
                day=other.until,
                field="expectation_id",
            )


def _check_age(session: Session, programme: Programme, age: AgeEntry, entry_id: str | None) -> None:
    """Raise Invalid unless the expectation is there, Conflict where another entry has set its age."""
    _expected(session, programme, age.expectation_id)
    for other_id, other in entries_now(session, programme, "ages").items():
        if isinstance(other, AgeEntry) and other.expectation_id == age.expectation_id and other_id != entry_id:
            raise Conflict("The age of {id} is set already: change it.", id=age.expectation_id, field="expectation_id")


def _expected(session: Session, programme: Programme, expectation_id: str) -> dict[str, Expectation]:
    """Return the expectation by the programme's frameworks that have it. Raises Invalid where none has."""
    codes = profiles_of(session, [programme])[programme.id].frameworks
    packs = {code: catalogue.get_pack(session, code, programme.organisation_id) for code in codes}
    found = {code: each for code, pack in packs.items() if (each := pack.expectation(expectation_id))}
    if not found:
        raise Invalid("No framework of this programme expects {id}.", id=expectation_id, field="expectation_id")
    return found
