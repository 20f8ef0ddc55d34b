"""Where a revision is: some states depend on the day asked about."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from app.documents.models import Revision


class State(StrEnum):
    """Where a revision is; effective, superseded and withdrawn depend on the day asked about."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


NO_TEXT = "no-text"
"""Where a document is that has no revision yet."""


def state_of(
    revision: Revision, revisions: Sequence[Revision], as_of: date, *, withdrawn_on: date | None = None
) -> State:
    """Return where `revision` is on a day, among all `revisions` of its document, which was withdrawn on a day or not.

    A draft that a newer one has taken the place of is superseded; so is what can never be in force, because a newer
    revision is not effective later.
    """
    later = [other for other in revisions if other.number > revision.number]
    if revision.approved_at is None:
        return _before_approval(revision, replaced=bool(later))
    if withdrawn_on is not None and withdrawn_on <= as_of:
        return State.WITHDRAWN
    begins_on = revision.effective_on or date.max
    replaced_on = min((each.effective_on for each in later if each.approved_at and each.effective_on), default=date.max)
    if replaced_on < date.max and replaced_on <= max(as_of, begins_on):
        return State.SUPERSEDED
    return State.EFFECTIVE if begins_on <= as_of else State.APPROVED


def _before_approval(revision: Revision, *, replaced: bool) -> State:
    if revision.returned_at is not None:
        return State.RETURNED
    if revision.submitted_at is not None:
        return State.IN_REVIEW
    return State.SUPERSEDED if replaced else State.DRAFT


def was_in_force(revision: Revision, as_of: date) -> bool:
    """Whether it was approved and its day had come: what those may see who may not read drafts."""
    return revision.approved_at is not None and revision.effective_on is not None and revision.effective_on <= as_of
