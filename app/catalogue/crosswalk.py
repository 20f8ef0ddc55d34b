"""A crosswalk as frozen values: which clause of one framework answers which clause of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.catalogue.pack import SCHEMA_VERSION, Pack, Path, both, digest_of, maybe_text, text_of
from app.language import Text


class Relation(StrEnum):
    """Read from the first framework to the second.

    Equal: the same demand. Superset: the first demands more. Subset: it demands less. Intersects: they overlap in part.
    """

    EQUAL = "equal"
    SUPERSET = "superset"
    SUBSET = "subset"
    INTERSECTS = "intersects"


class Integration(StrEnum):
    """Single: one item serves both systems. Joint: one item with a part for each. Separate: kept apart."""

    SINGLE = "single"
    JOINT = "joint"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Target:
    """A clause of the second framework and how the first relates to it."""

    clause: str
    relation: Relation
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A clause of the first framework with its targets, none where it has no counterpart."""

    clause: str
    targets: tuple[Target, ...]
    integration: Integration | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Novelty:
    """What only the second framework demands, at one of its clauses."""

    clause: str
    note: Text


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A map from one framework (`from_id`) to another (`to_id`).

    `new` is what only the second demands, `removed` what only the first demanded.
    """

    id: str
    version: str
    from_id: str
    to_id: str
    title: Text
    rows: tuple[Row, ...]
    new: tuple[Novelty, ...] = ()
    removed: tuple[Text, ...] = ()
    note: Text | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the crosswalk's body, in hexadecimal; computed anew each time."""
        return digest_of(crosswalk_to_body(self))


def unknown_clauses(crosswalk: Crosswalk, first: Pack, second: Pack) -> tuple[tuple[Path, str], ...]:
    """Return the references that are in neither pack, in order, as the path in the file and `id clause`.

    Each is there once; empty when the crosswalk fits.
    """
    known = {(pack.id, clause.number) for pack in (first, second) for clause in pack.clauses}
    named: list[tuple[Path, tuple[str, str]]] = []
    for place, row in enumerate(crosswalk.rows):
        named.append((("rows", place, "from"), (crosswalk.from_id, row.clause)))
        named += [
            (("rows", place, "to", position, "clause"), (crosswalk.to_id, target.clause))
            for position, target in enumerate(row.targets)
        ]
    named += [(("new", place, "clause"), (crosswalk.to_id, each.clause)) for place, each in enumerate(crosswalk.new)]
    missing = {reference: path for path, reference in reversed(named) if reference not in known}
    return tuple((path, " ".join(reference)) for path, reference in named if missing.get(reference) == path)


def crosswalk_to_body(crosswalk: Crosswalk) -> dict[str, Any]:
    """Return the crosswalk as plain JSON; every field is there, absent ones as None."""
    head = {
        "id": crosswalk.id,
        "version": crosswalk.version,
        "from": crosswalk.from_id,
        "to": crosswalk.to_id,
        **both("title", crosswalk.title),
        **both("note", crosswalk.note),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "crosswalk": head,
        "rows": [_row_to_body(row) for row in crosswalk.rows],
        "new": [{"clause": each.clause, **both("note", each.note)} for each in crosswalk.new],
        "removed": [both("text", each) for each in crosswalk.removed],
    }


def crosswalk_from_body(body: Mapping[str, Any]) -> Crosswalk:
    """Return the crosswalk that `body` holds; it has to come from `crosswalk_to_body` or the reader."""
    head = body["crosswalk"]
    return Crosswalk(
        head["id"],
        head["version"],
        head["from"],
        head["to"],
        text_of(head, "title"),
        tuple(_row(each) for each in body["rows"]),
        tuple(Novelty(each["clause"], text_of(each, "note")) for each in body["new"]),
        tuple(text_of(each, "text") for each in body["removed"]),
        maybe_text(head, "note"),
    )


def _row_to_body(row: Row) -> dict[str, Any]:
    targets = [
        {"clause": each.clause, "relation": each.relation.value, **both("note", each.note)} for each in row.targets
    ]
    integration = row.integration.value if row.integration else None
    return {"from": row.clause, "integration": integration, **both("note", row.note), "to": targets}


def _row(body: Mapping[str, Any]) -> Row:
    targets = tuple(Target(each["clause"], Relation(each["relation"]), maybe_text(each, "note")) for each in body["to"])
    integration = Integration(body["integration"]) if body["integration"] else None
    return Row(body["from"], targets, integration, maybe_text(body, "note"))
