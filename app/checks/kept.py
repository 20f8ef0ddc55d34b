"""Reports that are asked for again and again: kept in memory, and after a change made anew from what has changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.models import FrameworkVersion
from app.checks.cells import Row
from app.checks.coverage import (
    Coverage,
    CoverageQuestion,
    LaidOut,
    coverage,
    coverage_on,
    lay_out_again,
    lay_out_whole,
)
from app.checks.gather import gather
from app.checks.judging import Judged, judge_again, judge_whole
from app.checks.known import Gathered, Known
from app.checks.proofs import KeptProofs
from app.checks.report import FrameworkReport, Report
from app.checks.service import Question, as_seen_by, check, report_on
from app.evidence.reading import count_evidence
from app.identity.actor import Actor, Permission
from app.identity.names import names_of
from app.journal.service import Newest, newest_about
from app.programmes.models import Programme
from app.programmes.service import zone_of
from app.storage.service import count_damages

MOST_RESULTS, MOST_QUESTIONS = 64, 8
MOST_PROOFS = 300_000
"""Pieces of evidence held for all programmes together; the programmes not asked for longest go first."""
SETTLED = timedelta(hours=1)
"""After so long nobody is still entering anything with an earlier moment: what was known then never changes again."""
T = TypeVar("T")
Q = TypeVar("Q", bound=Hashable)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a programme now: `newest` is the last entry of the journal about it.

    Every change of a programme, or of what its organisation has in common, writes to the journal; frameworks that are
    shipped and damage that is found do not, so they are counted. `moment` is not before anything in sight.
    """

    newest: Newest | None
    moment: datetime
    day: date
    shared: tuple[Hashable, ...]

    @property
    def key(self) -> Hashable:
        """What is the same while nothing that matters changes."""
        return self.day, self.newest, self.shared


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about what was known at a moment, None for now; `then` where nothing else decides the answer."""

    question: Hashable
    known_at: datetime | None
    then: bool = True

    def rests_on(self, state: _State) -> Hashable:
        """Return what is the same while the answer is."""
        settled = self.then and self.known_at is not None and self.known_at < state.moment - SETTLED
        return state.shared if settled else state.key


class KeptReports:
    """The last reports of this process; nothing is kept across programmes or for fewer rights than asked."""

    def __init__(self) -> None:
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._programmes: OrderedDict[str, _KeptProgramme] = OrderedDict()
        self._lock = threading.Lock()

    def check(
        self,
        session: Session,
        programme: Programme,
        question: Question,
        *,
        known_at: datetime | None,
        actor: Actor,
        at: datetime,
    ) -> Report:
        """Return the report as `check` does, with what is known now where `known_at` is None. Raises as `check`."""

        def make(kept: _KeptProgramme, state: _State) -> Report:
            if known_at is not None:
                return check(session, programme, question, actor=actor, known_at=known_at)
            sight = kept.sight(drafts=not actor.is_outside(programme.organisation_id, programme.id))
            gathered = sight.gathered(session, programme, state)
            return as_seen_by(actor, programme, report_on(session, programme, question, gathered, sight.judge))

        found = self._remembered(session, programme, _Asked(question, known_at), make, actor=actor, at=at)
        return replace(found, owners=names_of(session, found.owners))

    def coverage(
        self,
        session: Session,
        programme: Programme,
        question: CoverageQuestion,
        *,
        known_at: datetime | None,
        actor: Actor,
        at: datetime,
    ) -> Coverage:
        """Return the matrix as `coverage` does, with what is known now where `known_at` is None. Raises the same."""

        def make(kept: _KeptProgramme, state: _State) -> Coverage:
            if known_at is not None:
                return coverage(session, programme, question, actor=actor, known_at=known_at)
            sight = kept.sight(drafts=actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id))
            return coverage_on(session, question, sight.gathered(session, programme, state), sight.lay_out)

        found = self._remembered(session, programme, _Asked(question, known_at), make, actor=actor, at=at)
        return replace(found, owners=names_of(session, found.owners))

    def count_evidence(
        self, session: Session, programme: Programme, *, known_at: datetime | None, actor: Actor, at: datetime
    ) -> dict[str, int]:
        """Return how much evidence there is in each state, as `count_evidence` does. Raises the same."""

        def make(_kept: _KeptProgramme, _state: _State) -> dict[str, int]:
            return count_evidence(session, programme, known_at=known_at, actor=actor)

        drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
        asked = _Asked(count_evidence, known_at, then=drafts)  # others see nothing that was withdrawn since
        return self._remembered(session, programme, asked, make, actor=actor, at=at)

    def _remembered(
        self,
        session: Session,
        programme: Programme,
        asked: _Asked,
        make: "Callable[[_KeptProgramme, _State], T]",
        *,
        actor: Actor,
        at: datetime,
    ) -> T:
        actor.must(Permission.READ, programme.organisation_id, programme.id)
        where = programme.organisation_id, programme.id
        rights = actor.may(Permission.READ_DRAFTS, *where), actor.is_outside(*where)
        state = _state(session, programme, at)
        key = (programme.id, asked, rights, asked.rests_on(state))
        kept = self._kept(programme.id)
        with kept.lock:  # whoever asks meanwhile waits for the same report
            found: T | None = self._results.get(key)
            if found is None:
                found = make(kept, state)
            self._keep(key, found)
        return found

    def _keep(self, key: Hashable, result: object) -> None:
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            if len(self._results) > MOST_RESULTS:
                self._results.popitem(last=False)
            while len(self._programmes) > 1 and sum(each.count for each in self._programmes.values()) > MOST_PROOFS:
                self._programmes.popitem(last=False)

    def _kept(self, programme_id: str) -> "_KeptProgramme":
        with self._lock:
            kept = self._programmes.setdefault(programme_id, _KeptProgramme())
            self._programmes.move_to_end(programme_id)
            return kept


class _KeptProgramme:
    """What was known of one programme last, and what was made of it; `lock` is held by whoever asks."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._proofs = KeptProofs()
        self._sights = {drafts: _Sight(self._proofs, drafts=drafts) for drafts in (True, False)}

    @property
    def count(self) -> int:
        """How many pieces of evidence are held."""
        return self._proofs.count

    def sight(self, *, drafts: bool) -> "_Sight":
        """Return what those see who may read drafts, or those who may not."""
        return self._sights[drafts]


class _Sight:
    """What some see of a programme: what was known last, and what was made of it."""

    def __init__(self, proofs: KeptProofs, *, drafts: bool) -> None:
        self._proofs = proofs
        self._drafts = drafts
        self._gathered: tuple[Hashable, Gathered] | None = None
        self._reports: _Last[Judged, FrameworkReport] = _Last(judge_whole, judge_again)
        self._rows: _Last[LaidOut, tuple[Row, ...]] = _Last(lay_out_whole, lay_out_again)

    def gathered(self, session: Session, programme: Programme, state: _State) -> Gathered:
        """Return what is known now."""
        if self._gathered is None or self._gathered[0] != state.key:
            number = state.newest.number if state.newest else 0
            proofs = self._proofs.current(session, programme, number=number, known_at=state.moment)
            found = gather(session, programme, known_at=state.moment, proofs=proofs, drafts=self._drafts)
            self._gathered = state.key, found
        return self._gathered[1]

    def judge(self, known: Known, on: Judged) -> FrameworkReport:
        """Return what `judge_whole` does."""
        return self._reports.of(known, on)

    def lay_out(self, known: Known, on: LaidOut) -> tuple[Row, ...]:
        """Return what `lay_out_whole` does."""
        return self._rows.of(known, on)


class _Last(Generic[Q, R]):
    """What was made last for each question, made anew from it when something else is known."""

    def __init__(self, whole: Callable[[Known, Q], R], again: Callable[[Known, Q, Known, R], R]) -> None:
        self._whole: Callable[[Known, Q], R] = whole
        self._again: Callable[[Known, Q, Known, R], R] = again
        self._made: OrderedDict[tuple[str, Q], tuple[Known, R]] = OrderedDict()

    def of(self, known: Known, on: Q) -> R:
        """Return what is to be said of what is known."""
        key = (known.pack.id, on)
        last = self._made.get(key)
        found = self._whole(known, on) if last is None else self._again(known, on, *last)
        self._made[key] = known, found
        self._made.move_to_end(key)
        if len(self._made) > MOST_QUESTIONS:
            self._made.popitem(last=False)
        return found


def _state(session: Session, programme: Programme, at: datetime) -> _State:
    newest, common = (newest_about(session, programme.organisation_id, of) for of in (programme.id, None))
    moment = max([at, *(entry.at for entry in (newest, common) if entry)])
    packs = session.scalar(select(func.count()).select_from(FrameworkVersion))
    day = moment.astimezone(zone_of(session, programme)).date()
    return _State(newest, moment, day, (common, packs, count_damages(session)))
