"""What crosswalks say about one clause, read from its side whichever end of a crosswalk it stands at."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.catalogue.crosswalk import Crosswalk, Integration, Relation
from app.language import Text

_REVERSED = {Relation.SUPERSET: Relation.SUBSET, Relation.SUBSET: Relation.SUPERSET}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A clause of another framework that answers the clause; the relation is read from the clause to it."""

    clause: str
    relation: Relation
    integration: Integration | None
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """What one crosswalk says: the counterparts in the other framework; `notes` about a clause that has none there."""

    framework: str
    counterparts: tuple[Counterpart, ...]
    notes: tuple[Text, ...] = ()


def crossings(crosswalks: Iterable[Crosswalk], framework: str, clause: str) -> tuple[Crossing, ...]:
    """Return what each crosswalk of the framework says about the clause; nothing of those that do not name it."""
    found = []
    for each in crosswalks:
        if each.from_id == framework:
            found += _from(each, clause)
        if each.to_id == framework:
            found += _to(each, clause)
    return tuple(found)


def _from(crosswalk: Crosswalk, clause: str) -> list[Crossing]:
    found = []
    for row in crosswalk.rows:
        if row.clause == clause:
            targets = tuple(
                Counterpart(each.clause, each.relation, row.integration, _notes(row.note, each.note))
                for each in row.targets
            )
            found.append(Crossing(crosswalk.to_id, targets, () if targets else _notes(row.note)))
    return found


def _to(crosswalk: Crosswalk, clause: str) -> list[Crossing]:
    sources = tuple(
        Counterpart(
            row.clause, _REVERSED.get(each.relation, each.relation), row.integration, _notes(row.note, each.note)
        )
        for row in crosswalk.rows
        for each in row.targets
        if each.clause == clause
    )
    new = tuple(each.note for each in crosswalk.new if each.clause == clause)
    return [Crossing(crosswalk.from_id, sources, new)] if sources or new else []


def _notes(*notes: Text | None) -> tuple[Text, ...]:
    return tuple(note for note in notes if note is not None)
