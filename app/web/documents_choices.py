"""What can be chosen about documents: expectations by clause, owners, levels, kinds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue.pack import Action, Expectation, Pack
from app.catalogue.service import get_pack
from app.documents.service import DocumentKind, Level
from app.errors import Invalid
from app.identity.names import names_of
from app.identity.service import people
from app.language import Message, Text
from app.web.labels import KINDS, LEVELS
from app.web.places import Place

LEVEL_NAMES: dict[str, Message] = {each.value: LEVELS[each.value] for each in Level}
KIND_NAMES: dict[str, Message] = {each.value: KINDS[each.value] for each in DocumentKind}  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Group:
    """The expectations of one main clause that ask for a document."""

    reference: str
    clause: str
    title: Text
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """Where an expectation stands: in the first framework of the programme that has it."""

    framework: str
    clause: str
    name: Text


def packs_of(session: Session, place: Place) -> tuple[Pack, ...]:
    """Return the frameworks of the programme in their order."""
    organisation_id, known_at = place.programme.organisation_id, place.known_at
    return tuple(get_pack(session, code, organisation_id, known_at=known_at) for code in place.profile.frameworks)


def expected_in(packs: tuple[Pack, ...]) -> dict[str, Expected]:
    """Return where each expectation stands, by its id."""
    found: dict[str, Expected] = {}
    for pack in packs:
        for each in pack.expectations:
            found.setdefault(each.id, Expected(pack.id, each.clause, each.name))
    return found


def groups_of(packs: tuple[Pack, ...], *, without: frozenset[str] = frozenset()) -> tuple[Group, ...]:
    """Return the expectations that a document can answer by main clause, each once, but for those `without`."""
    return tuple(_groups(packs, set(without)))


def _groups(packs: tuple[Pack, ...], known: set[str]) -> Iterator[Group]:
    for pack in packs:
        of_clause: dict[str, list[Expectation]] = {}
        for each in pack.expectations:
            if each.action is Action.MAINTAIN and each.id not in known:
                known.add(each.id)
                of_clause.setdefault(each.clause.split(".")[0], []).append(each)
        titles = {clause.number: clause.title for clause in pack.clauses}
        for number, several in of_clause.items():
            yield Group(pack.reference, number, titles.get(number, Text("", "")), tuple(several))


def owners_to_choose(session: Session, place: Place, *, at: datetime, owner_id: str | None = None) -> dict[str, str]:
    """Return everybody who may own something by id and name, and who owns it now, also without a role by now."""
    organisation_id = place.programme.organisation_id
    named = {user.id: user.name for user, _ in people(session, organisation_id, actor=place.visit.who, at=at)}
    return {**names_of(session, [owner_id]), **named}


def level_of(text: str, field: str) -> Level:
    """Return the level of this name. Raises Invalid."""
    if text not in LEVEL_NAMES:
        raise Invalid("Choose one of these: {names}.", names=tuple(LEVEL_NAMES), field=field)
    return Level(text)


def kind_of(text: str, field: str) -> DocumentKind:
    """Return the kind of this name. Raises Invalid."""
    if text not in KIND_NAMES:
        raise Invalid("Choose one of these: {names}.", names=tuple(KIND_NAMES.values()), field=field)
    return DocumentKind(text)
