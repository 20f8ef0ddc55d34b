"""What the engine says: findings with stable codes, the standing of each expectation, the verdict of a stage."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.language import Message


class Severity(StrEnum):
    """How much a finding weighs, heaviest first."""

    BLOCKING = "blocking"
    MAJOR = "major"
    AT_RISK = "at-risk"
    OBSERVATION = "observation"
    TO_DO = "to-do"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the heaviest."""
        return _SEVERITIES.index(self)


_SEVERITIES = tuple(Severity)


class Status(StrEnum):
    """How one expectation stands on one day, worst first."""

    GAP = "gap"
    AT_RISK = "at-risk"
    WAIVED = "waived"
    MET = "met"
    NOT_EXPECTED = "not-expected"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _STATUSES.index(self)


_STATUSES = tuple(Status)


class Verdict(StrEnum):
    """The answer for one stage and one framework, worst first."""

    CANNOT_EVALUATE = "cannot-evaluate"
    NOT_READY = "not-ready"
    AT_RISK = "at-risk"
    READY = "ready"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _VERDICTS.index(self)


_VERDICTS = tuple(Verdict)

CODES = (
    "evidence-missing",
    "evidence-expired",
    "evidence-expiring",
    "evidence-rejected",
    "acceptance-pending",
    "period-missing",
    "period-late",
    "period-backfilled",
    "period-upcoming",
    "history-too-short",
    "document-unapproved",
    "document-not-effective",
    "review-overdue",
    "owner-missing",
    "file-damaged",
    "link-suspect",
    "waived",
    "waiver-expired",
    "stage-gap",
    "service-uncovered",
    "supplier-uncovered",
)
"""Every code the engine can give; they never change their meaning."""


class Item(NamedTuple):
    """An item a finding rests on; `kind` is evidence, document, service or party."""

    kind: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap or a remark as a value. `subject` is the expectation's id, or the service's, party's or audit's.

    `aspect` tells apart several findings of one code about one subject: a document's id, or what a service lacks.
    `act_by` is the last safe day (None: the day has passed, act now); `possible_from` is the first day on which it can
    be in order even if everything is done today. `days` are the dates it rests on, `periods` the periods it names.
    """

    code: str
    severity: Severity
    subject: str
    clause: str
    message: Message
    next_step: Message
    items: tuple[Item, ...] = ()
    days: tuple[date, ...] = ()
    periods: tuple[str, ...] = ()
    act_by: date | None = None
    possible_from: date | None = None
    aspect: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the same finding on another day, in another framework or in another report."""
        return self.code, self.subject, self.aspect


@dataclass(frozen=True, slots=True)
class Standing:
    """One expectation on the judged day: its status and, heaviest first, why."""

    need_id: str
    status: Status
    met: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One stage judged on one day. `standings` are in the order of the catalogue's expectations, by id.

    `satisfied` of `applicable` expectations are met; `score` is the same weighted, in percent.
    """

    stage: int
    as_of: date
    known_on: date
    verdict: Verdict
    standings: tuple[Standing, ...]
    findings: tuple[Finding, ...]
    satisfied: int
    applicable: int
    score: float
    earliest_ready_on: date | None
