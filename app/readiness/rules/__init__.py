"""The rules, one function each: a case (or the whole view) in, findings out. They never raise, look up or ask the time.

`RULES` judge one expectation, `PROGRAMME_RULES` the programme. A rule's source is section 3 of the readiness
specification unless its docstring names another.
"""

from collections.abc import Callable, Iterable

from app.readiness.case import Case, View
from app.readiness.findings import Finding
from app.readiness.rules import documents, evidence, history, items, programme

Rule = Callable[[Case], Iterable[Finding]]
ProgrammeRule = Callable[[View], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    evidence.nothing_counts,
    evidence.has_expired,
    evidence.will_expire,
    evidence.waits_for_acceptance,
    history.period_missing,
    history.period_late,
    history.period_backfilled,
    history.period_upcoming,
    history.too_short,
    documents.no_document_counts,
    documents.review_overdue,
    items.nobody_owns,
    items.file_damaged,
    items.link_suspect,
)

PROGRAMME_RULES: tuple[ProgrammeRule, ...] = (
    programme.stage_gap,
    programme.service_uncovered,
    programme.supplier_uncovered,
)
