"""What the programme's frameworks expect, as people choose from it: by clause, with names in both languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.catalogue.pack import Expectation, Pack
from app.language import Text
from app.web.places import Place


@dataclass(frozen=True, slots=True)
class Choice:
    """An expectation and where it stands."""

    framework: str
    clause: str
    expectation: Expectation

    @property
    def id(self) -> str:
        """Its stable id."""
        return self.expectation.id

    @property
    def name(self) -> Text:
        """What it is called."""
        return self.expectation.name


@dataclass(frozen=True, slots=True)
class Group:
    """The expectations declared at one clause."""

    reference: str
    clause: str
    title: Text
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Expected:
    """Everything that is expected, once each: what two frameworks share stands at the first of them."""

    packs: tuple[Pack, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The expectations by clause, in the order of the standards."""
        seen: set[str] = set()
        found = []
        for pack in self.packs:
            for clause in pack.clauses:
                new = [each for each in clause.expectations if each.id not in seen]
                seen.update(each.id for each in new)
                if new:
                    choices = tuple(Choice(pack.id, clause.number, each) for each in new)
                    found.append(Group(pack.reference, clause.number, clause.title, choices))
        return tuple(found)

    @cached_property
    def by_id(self) -> dict[str, Choice]:
        """The expectations by id."""
        return {choice.id: choice for group in self.groups for choice in group.choices}

    @property
    def clauses(self) -> tuple[tuple[str, str, Text], ...]:
        """The clauses below which anything is expected: framework and number as one value, the number, the title."""
        found = []
        for pack in self.packs:
            steps = [each.number.split(".") for each in pack.clauses if each.expectations or each.shared]
            above = {".".join(parts[:depth]) for parts in steps for depth in range(1, len(parts) + 1)}
            found += [
                (f"{pack.id}:{each.number}", each.number, each.title) for each in pack.clauses if each.number in above
            ]
        return tuple(found)

    @property
    def processes(self) -> tuple[tuple[str, Text], ...]:
        """The processes, each once."""
        return tuple({each.key: each.name for pack in self.packs for each in pack.processes}.items())

    def narrowed(self, *, kind: str = "", clause: str = "", process: str = "") -> tuple[str, ...] | None:
        """Return the ids of what is of a kind, below a clause and of a process; None where all of them are empty.

        A clause is a number, or a framework and a number: `iso20000-1-2018:8.6.1`.
        """
        if not (kind or clause or process):
            return None
        framework, _, number = clause.rpartition(":")
        found: dict[str, None] = {}
        for pack in self.packs:
            if framework in {"", pack.id}:
                found.update(dict.fromkeys(_of(pack, number, process)))
        kinds = {each.id: each.kind.value for pack in self.packs for each in pack.expectations}
        return tuple(each for each in found if not kind or kinds.get(each) == kind)


def expected(session: Session, place: Place) -> Expected:
    """Return what the programme's frameworks expect, as known at the moment the page is about."""
    owner, known_at, codes = place.programme.organisation_id, place.known_at, place.profile.frameworks
    return Expected(tuple(catalogue.get_pack(session, code, owner, known_at=known_at) for code in codes))


def _of(pack: Pack, number: str, process: str) -> Iterable[str]:
    for clause in pack.clauses:
        if (not number or _below(clause.number, number)) and (not process or clause.process_key == process):
            yield from (each.id for each in clause.expectations)
            yield from clause.shared


def _below(number: str, upper: str) -> bool:
    return number == upper or number.startswith(f"{upper}.")
