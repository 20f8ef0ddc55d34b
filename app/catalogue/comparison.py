"""What an upgrade changes: two versions of a pack or crosswalk compared part by part, each named by its stable id."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.catalogue.crosswalk import Crosswalk
from app.catalogue.pack import Pack


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause (by number), expectation (by id) or row (by its clause) that is in both with other facts."""

    id: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Numbers or ids that came (in the new order), went (in the old order), and what changed (in the new order)."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class PackDifference:
    """What an upgrade changes: facts of the whole, clauses and expectations of a pack, rows of a crosswalk."""

    facts: tuple[FieldChange, ...] = ()
    clauses: Difference = Difference()
    expectations: Difference = Difference()
    rows: Difference = Difference()

    def __bool__(self) -> bool:
        return bool(self.facts or self.clauses or self.expectations or self.rows)


def compare_packs(old: Pack | None, new: Pack) -> PackDifference:
    """Return what `new` adds, removes and changes against `old`; a clause is not changed by its expectations.

    Without an old one every clause and expectation is added.
    """
    clauses, expectations = (old.clauses, old.expectations) if old else ((), ())
    return PackDifference(
        _changes(old, new, {"clauses"}) if old else (),
        clauses=_difference({c.number: c for c in clauses}, {c.number: c for c in new.clauses}),
        expectations=_difference({e.id: e for e in expectations}, {e.id: e for e in new.expectations}),
    )


def compare_crosswalks(old: Crosswalk | None, new: Crosswalk) -> PackDifference:
    """Return what `new` adds, removes and changes against `old`; without an old one every row is added."""
    return PackDifference(
        _changes(old, new, {"rows"}) if old else (),
        rows=_difference({row.clause: row for row in old.rows} if old else {}, {row.clause: row for row in new.rows}),
    )


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    both = ((key, _changes(old[key], new[key], {"expectations"})) for key in new if key in old)
    return Difference(
        tuple(key for key in new if key not in old),
        tuple(key for key in old if key not in new),
        tuple(Changed(key, changes) for key, changes in both if changes),
    )


def _changes(old: Any, new: Any, apart: set[str]) -> tuple[FieldChange, ...]:  # noqa: ANN401 (any part of a pack)
    """Compare two values of one dataclass, but for the fields `apart`."""
    names = (each.name for each in fields(old) if each.name not in apart)
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return tuple(FieldChange(name, before, after) for name, before, after in pairs if before != after)
