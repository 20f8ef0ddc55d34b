"""What is known of a programme at one moment, as values: they hold no session, so they can be kept and compared."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

from app.catalogue.pack import Pack
from app.programmes.registers import Limits, Profile
from app.readiness.facts import Damage, Facts, Need, Paper, Proof, Suspect, Waiver

Proofs = Mapping[str, tuple[Proof, ...]]
"""Evidence by the expectation it is linked to."""


@dataclass(frozen=True)
class Known:
    """Everything known for the expectations of one framework: the `proofs` stand apart from the `rest`.

    `papers` are the revisions through time: as each was approved, and again as each of its reviews confirmed it.
    """

    pack: Pack
    rest: Facts
    proofs: Proofs
    papers: tuple[Paper, ...]

    def facts(self, without: Collection[str] = ()) -> Facts:
        """Return the facts; the evidence of the expectations `without` is left out."""
        wanted = (several for need_id, several in self.proofs.items() if need_id not in without)
        return replace(self.rest, proofs=tuple(chain.from_iterable(wanted)))

    def same_as(self, former: "Known") -> frozenset[str]:
        """Return the expectations of which exactly the same is known as in `former`, with everything they rest on."""
        if self.pack is not former.pack or self.common != former.common:
            return frozenset()
        return frozenset(need_id for need_id, own in self.own.items() if former.own.get(need_id) == own)

    @cached_property
    def common(self) -> Facts:
        """What is about no expectation by itself."""
        return replace(self.rest, needs=(), papers=(), waivers=(), suspects=(), damages=())

    @cached_property
    def own(self) -> dict[str, tuple[Need, tuple[Proof, ...], list[object]]]:
        """What is about one expectation only, by its id."""
        found: defaultdict[str, list[object]] = defaultdict(list)
        several: tuple[Paper | Waiver | Suspect | Damage, ...] = (
            *self.papers,
            *self.rest.waivers,
            *self.rest.suspects,
            *self.rest.damages,
        )
        for fact in several:
            found[fact.need_id].append(fact)
        return {need.id: (need, self.proofs.get(need.id, ()), found[need.id]) for need in self.rest.needs}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The moment up to which things are known, where it was that day, and the days planned for the audits by stage."""

    known_at: datetime
    zone: ZoneInfo
    planned: Mapping[int, tuple[date, ...]]

    @property
    def known_on(self) -> date:
        """The day of the moment where the organisation is."""
        return self.day(self.known_at)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment where the organisation is."""
        return moment.astimezone(self.zone).date()

    def audit_on(self, stage: int) -> date | None:
        """Return the day of the stage's next audit, or of its last one where none is to come; None without any."""
        days = self.planned[stage]
        return min((day for day in days if day >= self.known_on), default=max(days, default=None))

    def stage_1_before(self, stage_2_on: date | None) -> date | None:
        """Return the stage 1 that a stage 2 follows: the last one planned by then, else the next."""
        return max((day for day in self.planned[1] if stage_2_on and day <= stage_2_on), default=self.audit_on(1))


@dataclass(frozen=True, slots=True)
class Gathered:
    """A programme at one moment: its profile and settings, and what is known for each of its frameworks by code."""

    calendar: Calendar
    profile: Profile
    limits: Limits
    frameworks: Mapping[str, Known]

    def facts_for(self, framework: str) -> tuple[Pack, Facts]:
        """Return the framework as it was then, and all facts about it."""
        known = self.frameworks[framework]
        return known.pack, known.facts()
