"""What a form has done to several things, kept so that the page after it can say so, also when it is loaded again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.database import new_id
from app.evidence.service import Submitted
from app.journal.once import answer_to, keep_answer
from app.web.visits import Visit

ONCE = "once"
"""The field by which a form that is sent twice is known."""
MAX_ONCE = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its id, what it is called, and why nothing was done to it; empty where it was done.

    What is needed to undo it: how it was `before`, and the `revision` that it has since.
    """

    id: str
    title: str
    why: str = ""
    before: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Same:
    """A file whose bytes were there already, and the evidence that holds them."""

    file: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, in the order of the form; `act` and `value` say what, where it can be undone."""

    lines: tuple[Line, ...] = ()
    same: tuple[Same, ...] = ()
    act: str = ""
    value: str = ""

    @property
    def done(self) -> tuple[Line, ...]:
        """What was done."""
        return tuple(line for line in self.lines if not line.why)

    @property
    def refused(self) -> tuple[Line, ...]:
        """What was not done."""
        return tuple(line for line in self.lines if line.why)


def once_of(given: str) -> str:
    """Return the key by which a form is known, a new one where none was given that can be kept."""
    return given if 0 < len(given) <= MAX_ONCE and given.isascii() and given.isprintable() else new_id()


def outcome_of(made: Sequence[Submitted]) -> Outcome:
    """Return what was submitted, and which bytes were there before."""
    return Outcome(
        tuple(Line(each.evidence.id, each.evidence.title) for each in made),
        tuple(Same(same.file_name, same.evidence_id, same.title) for each in made for same in each.same_bytes),
    )


def find_outcome(session: Session, visit: Visit, key: str) -> Outcome | None:
    """Return what a form of this visitor has done, None where nothing is known of it."""
    if not 0 < len(key) <= 2 * MAX_ONCE or not key.isprintable():
        return None
    body = answer_to(session, visit.who.id, f"form:{key}")
    return None if body is None else _outcome(body)


def keep_outcome(session: Session, visit: Visit, key: str, outcome: Outcome) -> None:
    """Keep it with the transaction that did it. Raises Conflict where the same form has just been done."""
    keep_answer(session, visit.who.id, f"form:{key}", {"form": key}, asdict(outcome), at=visit.at)


def _outcome(body: Mapping[str, Any]) -> Outcome:
    lines, same = (body.get(name, ()) for name in ("lines", "same"))
    act, value = (str(body.get(name, "")) for name in ("act", "value"))
    return Outcome(tuple(Line(**each) for each in lines), tuple(Same(**each) for each in same), act, value)
