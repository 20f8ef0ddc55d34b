"""Evidence as facts: read whole for any moment, or brought up to date by what the journal says was changed since."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checks import queries
from app.checks.known import Proofs
from app.journal.service import entries
from app.links.models import Link
from app.programmes.models import Programme
from app.programmes.registers import KINDS
from app.readiness.facts import Proof

CHANGES = frozenset(
    {
        "evidence.added",
        "evidence.version-added",
        "evidence.period-corrected",
        "evidence.accepted",
        "evidence.rejected",
        "evidence.withdrawn",
        "evidence.amended",
        "evidence.linked",
        "link.removed",
        "link.confirmed",
    }
)
"""Actions that change what is known of one item, the one they are about, and of no other."""
ELSEWHERE = frozenset({"document", "snapshot", "file", "import", "programme", *KINDS})
"""Kinds of action that leave evidence as it is. After any other one all of it is read again."""
MOST_CHANGES = 1000
GENERATIONS = 3

Former = Mapping[str, tuple[str, str | None]]
"""Title and owner, then, of evidence that was amended since."""


def read_proofs(
    session: Session, programme: Programme, former: Former, *, known_at: datetime, only: Collection[str] | None = None
) -> Proofs:
    """Return the evidence of a programme as it was known at a moment; `only` these items of it. Three queries."""
    of = queries.EvidenceOf(programme.id, only)
    # Three scans of one programme's rows, joined here: a join in SQLite looks up each row by itself, twice as slow.
    # On the connection, not the session: its rows are plain tuples already.
    execute = session.connection().execute
    items = {row[0]: (row[1], row[2]) for row in execute(of.items()).all()}
    items |= former
    versions: defaultdict[str, list[Any]] = defaultdict(list)
    for evidence_id, *version in execute(of.versions_in_force(known_at)).all():
        versions[evidence_id].append(version)
    found: defaultdict[str, list[Proof]] = defaultdict(list)
    for item_id, need_id in execute(of.links(known_at)).all():
        title, owner = items[item_id]
        found[need_id] += [Proof._make((need_id, item_id, title, *version, owner)) for version in versions[item_id]]
    return {need_id: tuple(several) for need_id, several in found.items()}


@dataclass(frozen=True, slots=True)
class _Generation:
    """All evidence as it was after the programme's entry `number` of the journal."""

    number: int
    proofs: Proofs


class KeptProofs:
    """The evidence of one programme as it was after its last changes; not for several threads at a time."""

    def __init__(self) -> None:
        self.count = 0
        """How many there are."""
        self._generations: list[_Generation] = []

    def current(self, session: Session, programme: Programme, *, number: int, known_at: datetime) -> Proofs:
        """Return the evidence as this session sees it.

        `number` is that of the newest entry about the programme, `known_at` a moment not before anything in sight.
        """
        base = next((each for each in self._generations if each.number <= number), None)
        changed = None if base is None else _changed(session, programme, base.number)
        if base is None or changed is None:
            proofs: Proofs = read_proofs(session, programme, {}, known_at=known_at)
        elif not changed:
            return base.proofs
        else:
            proofs = _with(
                session, base.proofs, changed, read_proofs(session, programme, {}, known_at=known_at, only=changed)
            )
        self.count = sum(map(len, proofs.values()))
        newest = [_Generation(number, proofs), *self._generations]
        self._generations = sorted(newest, key=lambda each: -each.number)[:GENERATIONS]
        return proofs


def _changed(session: Session, programme: Programme, since: int) -> Collection[str] | None:
    """Return the items that were changed after an entry, None where that is not known or where they are too many."""
    newer = entries(session, programme.organisation_id, limit=MOST_CHANGES + 1, programme_id=programme.id, after=since)
    if len(newer) > MOST_CHANGES:
        return None
    others = [entry for entry in newer if entry.action not in CHANGES]
    if any(entry.action.partition(".")[0] not in ELSEWHERE for entry in others):
        return None
    return frozenset(entry.subject_id for entry in newer if entry.action in CHANGES)


def _with(session: Session, old: Proofs, changed: Collection[str], new: Proofs) -> Proofs:
    """Return the evidence with what is known anew of the items that were changed."""
    found = dict(old)
    ever_linked = select(Link.expectation_id).where(Link.item_id.in_(changed)).distinct()
    for need_id in session.scalars(ever_linked):
        left = (proof for proof in old.get(need_id, ()) if proof.item_id not in changed)
        found[need_id] = (*left, *new.get(need_id, ()))
    return found
