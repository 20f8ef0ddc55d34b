"""What is known: frozen facts about one programme and one framework, gathered as of one moment.

Days are calendar days in the organisation's time zone; a last day of validity still counts. Tuples may come in any
order: no rule looks at it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.language import Text


class Need(NamedTuple):
    """One expectation of one framework, with the person responsible for its clause (None: nobody)."""

    id: str
    clause: str
    name: Text
    kind: str
    action: str
    stage: int
    cadence: str = "none"
    max_age_days: int | None = None
    history_months: int | None = None
    required: bool = False
    optional: bool = False
    nil_return: bool = False
    owner: str | None = None


class Proof(NamedTuple):
    """One evidence version in force, linked to one expectation; `state` is submitted, accepted or rejected."""

    need_id: str
    item_id: str
    title: str
    state: str
    collected_on: date
    period_from: date | None
    period_to: date | None
    valid_until: date | None
    recorded_on: date
    nil_return: bool = False
    owner: str | None = None


class Paper(NamedTuple):
    """One revision of a controlled document linked to one expectation.

    `state` is draft, in_review, approved or withdrawn; `missing_signatures` counts approvals still awaited.
    """

    need_id: str
    document_id: str
    number: str
    title: str
    revision: int
    state: str
    approved_on: date | None
    effective_on: date | None
    next_review_on: date | None
    recorded_on: date
    missing_signatures: int = 0
    owner: str | None = None


class Waiver(NamedTuple):
    """An expectation set aside from the day it was granted to `until`, both included."""

    need_id: str
    granted_on: date
    until: date
    reason: str
    granted_by: str


class Agreement(NamedTuple):
    """An agreement in force from `starts_on` to `ends_on`; None means open."""

    starts_on: date | None
    ends_on: date | None


class Service(NamedTuple):
    """A service of the catalogue with the agreements (SLA) that cover it."""

    id: str
    name: Text
    owner: str | None
    requirements: bool
    agreements: tuple[Agreement, ...]


class Party(NamedTuple):
    """An external supplier, internal party or customer acting as a supplier, with its agreements."""

    id: str
    name: Text
    kind: str
    agreements: tuple[Agreement, ...]


class Suspect(NamedTuple):
    """A link that was not confirmed after its document (`document`) or the framework (`framework`) changed."""

    need_id: str
    item_id: str
    title: str
    cause: str
    changed_on: date


class Damage(NamedTuple):
    """A stored file of a linked item that is gone or disagrees with its SHA-256."""

    need_id: str
    item_id: str
    title: str
    file_name: str
    found_on: date


@dataclass(frozen=True, slots=True)
class Limits:
    """The programme's settings that the rules use; the defaults are those of the audit model, section 4."""

    period_grace_days: int = 15
    min_operation_months: int = 3
    stage1_to_stage2_min_days: int = 14
    stage1_to_stage2_max_days: int = 180
    document_review_months: int = 12
    conditional_min_percent: int = 80
    weight_required: int = 3
    weight_customary: int = 1
    count_submitted: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the engine may know about one programme against one framework.

    `service_clause` and `supplier_clause` are the framework's clauses about service levels and suppliers; one that has
    none says nothing about them.
    """

    needs: tuple[Need, ...] = ()
    proofs: tuple[Proof, ...] = ()
    papers: tuple[Paper, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    services: tuple[Service, ...] = ()
    parties: tuple[Party, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    damages: tuple[Damage, ...] = ()
    start_of_operation: date | None = None
    service_clause: str | None = None
    supplier_clause: str | None = None
    stage_1_on: date | None = None
    stage_2_on: date | None = None
    limits: Limits = field(default_factory=Limits)
