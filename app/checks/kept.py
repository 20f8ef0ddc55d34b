"""Reports that are asked for again and again: kept in memory until anything they rest on changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.models import FrameworkVersion
from app.checks.coverage import Coverage, CoverageQuestion, coverage
from app.checks.report import Report
from app.checks.service import Question, check
from app.identity.actor import Actor, Permission
from app.journal.service import head_of
from app.programmes.models import Programme
from app.programmes.service import day_of
from app.storage.service import count_damages

MOST = 32
T = TypeVar("T", Report, Coverage)


class KeptReports:
    """The last `MOST` reports of this process.

    Every change of an organisation moves the head of its journal, so head, frameworks, known damage and the day name
    the state of what is known. Nothing is kept across programmes or for fewer rights than asked.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
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
        return self._remembered(
            session,
            programme,
            (question, known_at or day_of(session, programme, at)),
            lambda: check(session, programme, question, actor=actor, known_at=known_at or at),
            actor=actor,
        )

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
        return self._remembered(
            session,
            programme,
            (question, known_at or day_of(session, programme, at)),
            lambda: coverage(session, programme, question, actor=actor, known_at=known_at or at),
            actor=actor,
        )

    def _remembered(
        self, session: Session, programme: Programme, asked: Hashable, make: Callable[[], T], *, actor: Actor
    ) -> T:
        actor.must(Permission.READ, programme.organisation_id, programme.id)
        place = programme.organisation_id, programme.id
        rights = actor.may(Permission.READ_DRAFTS, *place), actor.is_outside(*place)
        key = (programme.id, asked, rights, *_state(session, programme))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made


def _state(session: Session, programme: Programme) -> tuple[Hashable, ...]:
    head = head_of(session, programme.organisation_id)
    packs = session.scalar(select(func.count()).select_from(FrameworkVersion))
    return head, packs, count_damages(session)
