"""Use cases of the life of a revision: submitted, signed or returned, recalled; in force, reviewed again in time.

Source: DC-03, DC-04 and DC-06 of the audit model; ISO/IEC 20000-1:2018, 7.5.2 and 7.5.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.collation import name_key
from app.database import new_id
from app.documents.models import Approval, DocumentReview, Revision
from app.documents.service import MAX_REASON, get_for_change, newest_revision
from app.documents.states import State, state_of
from app.errors import Conflict, Forbidden, Invalid, Stale
from app.identity.actor import ALLOWED, Actor, Permission
from app.identity.models import Membership, User
from app.journal.service import Event
from app.programmes import service as programmes
from app.programmes.models import Programme
from app.readiness.periods import add_months
from app.validation import words


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may approve, `by_role`: given here, and not only because they administer the installation."""

    id: str
    name: str
    by_role: bool


def submit_revision(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    effective_on: date | None = None,
    next_review_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> Revision:
    """Send the newest draft to review; it becomes effective on `effective_on`, or on the day it is approved.

    The quorum is the programme's setting at this moment. Raises Forbidden, NotFound, Invalid, Conflict where nothing is
    to be submitted or too few people may approve it.
    """
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    revision = newest_revision(session, document.id)
    if revision is None:
        raise Conflict("There is no draft to submit. Add a revision first.")
    if revision.submitted_at is not None:
        raise _is_no_draft(revision)
    if next_review_on and next_review_on <= (effective_on or programmes.day_of(session, programme, at)):
        raise Invalid(
            "The next review has to come after the day on which the document is effective.", field="next_review_on"
        )
    revision.approvals_needed = programmes.limits_of(session, programme).approvals_needed
    _check_quorum(session, programme, revision, actor=actor, at=at)
    revision.submitted_at = at
    revision.effective_on, revision.next_review_on = effective_on, next_review_on
    after = {"number": revision.number, "effective_on": effective_on, "approvals_needed": revision.approvals_needed}
    programmes.note(session, programme, Event("document.submitted", document.id, after=after), actor=actor, at=at)
    return revision


def decide_revision(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    approve: bool,
    reason: str = "",
    number: int | None = None,
    actor: Actor,
    at: datetime,
) -> Revision:
    """Sign the revision in review, or return it with a reason; with the last signature needed it is approved.

    An approval by the author never counts (DC-03). Who has signed may still return it. The effective day is never
    before the day of approval. Raises Forbidden, NotFound, Invalid, Conflict, Stale where `number` is not in review.
    """
    actor.must(Permission.APPROVE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    revision = _in_review(session, document.id)
    if number is not None and number != revision.number:
        raise Stale("Revision {number} is in review now. Look at it first.", number=revision.number)
    if revision.author_id == actor.id:
        raise Forbidden("You wrote this revision: somebody else has to approve it.")
    signed = session.get(Approval, (revision.id, actor.id, "approved"))
    if approve and signed is not None:
        raise Conflict("You have signed this revision already. Until all have signed you may still return it.")
    reason = words(reason, "reason", least=0 if approve else 1, most=MAX_REASON)
    decision = "approved" if approve else "returned"
    session.add(Approval(revision_id=revision.id, user_id=actor.id, decision=decision, reason=reason, at=at))
    session.flush()
    if not approve:
        revision.returned_at = at
    elif len(signatures(session, [revision.id])[revision.id]) >= revision.approvals_needed:
        _approve(session, programme, revision, at=at)
    after = {"number": revision.number, "decision": decision, "reason": reason, "effective_on": revision.effective_on}
    programmes.note(session, programme, Event(f"document.{decision}", document.id, after=after), actor=actor, at=at)
    return revision


def recall_revision(
    session: Session, programme: Programme, document_id: str, *, reason: str = "", actor: Actor, at: datetime
) -> Revision:
    """Take one's own revision out of review; it counts as returned, and a new one follows.

    Raises Forbidden for somebody else's, NotFound, Invalid, Conflict where none is in review.
    """
    actor.must(Permission.WRITE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    revision = _in_review(session, document.id)
    if revision.author_id != actor.id:
        raise Forbidden("Only its author may recall a revision. Whoever may approve it may return it.")
    reason = words(reason, "reason", most=MAX_REASON)
    session.add(Approval(revision_id=revision.id, user_id=actor.id, decision="recalled", reason=reason, at=at))
    revision.returned_at = at
    after = {"number": revision.number, "reason": reason}
    programmes.note(session, programme, Event("document.recalled", document.id, after=after), actor=actor, at=at)
    return revision


def confirm_review(
    session: Session,
    programme: Programme,
    document_id: str,
    *,
    next_review_on: date,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> DocumentReview:
    """Say that the revision in force was reviewed and still holds, and when it is to be reviewed again (DC-06).

    Raises Forbidden for its author, NotFound, Invalid, Conflict where none is in force.
    """
    actor.must(Permission.APPROVE_DOCUMENTS, programme.organisation_id, programme.id)
    document = get_for_change(session, programme, document_id)
    today = programmes.day_of(session, programme, at)
    revisions = session.scalars(select(Revision).where(Revision.document_id == document.id)).all()
    revision = next((each for each in revisions if state_of(each, revisions, today) is State.EFFECTIVE), None)
    if revision is None:
        raise Conflict("No revision of this document is in force. Have one approved first.")
    if revision.author_id == actor.id:
        raise Forbidden("You wrote this revision: somebody else has to review it.")
    if next_review_on <= today:
        raise Invalid("The next review has to lie after today, {today}.", today=today, field="next_review_on")
    review = DocumentReview(
        id=new_id(),
        programme_id=programme.id,
        document_id=document.id,
        revision_id=revision.id,
        reviewed_at=at,
        reviewed_by=actor.id,
        next_review_on=next_review_on,
        note=words(note, "note", most=MAX_REASON),
    )
    session.add(review)
    session.flush()
    after = {"number": revision.number, "next_review_on": next_review_on, "note": review.note}
    programmes.note(session, programme, Event("document.reviewed", document.id, after=after), actor=actor, at=at)
    return review


def signatures(session: Session, revision_ids: Sequence[str]) -> dict[str, list[Approval]]:
    """Return the approvals (not the refusals) of these revisions, oldest first."""
    found: dict[str, list[Approval]] = {revision_id: [] for revision_id in revision_ids}
    query = select(Approval).where(Approval.revision_id.in_(revision_ids), Approval.decision == "approved")
    for approval in session.scalars(query.order_by(Approval.at, Approval.user_id)):
        found[approval.revision_id].append(approval)
    return found


def approvers(session: Session, programme: Programme, *, at: datetime) -> tuple[Approver, ...]:
    """Return everybody who may approve documents of the programme at this moment, by name."""
    roles = [role.value for role, rights in ALLOWED.items() if Permission.APPROVE_DOCUMENTS in rights]
    here = (
        select(Membership.id)
        .where(
            Membership.user_id == User.id,
            Membership.organisation_id == programme.organisation_id,
            Membership.role.in_(roles),
            or_(Membership.programme_id.is_(None), Membership.programme_id == programme.id),
            Membership.starts_at <= at,
            or_(Membership.ends_at.is_(None), Membership.ends_at > at),
        )
        .exists()
    )
    query = select(User.id, User.name, here).where(User.disabled_at.is_(None), or_(User.installer, here))
    found = (Approver(*row) for row in session.execute(query.order_by(User.id)))
    return tuple(sorted(found, key=lambda approver: name_key(approver.name)))


def _in_review(session: Session, document_id: str) -> Revision:
    revision = newest_revision(session, document_id)
    if revision is None or not revision.submitted_at or revision.approved_at or revision.returned_at:
        raise Conflict("No revision of this document is in review. Its author adds one and submits it.")
    return revision


def _is_no_draft(newest: Revision) -> Conflict:
    if newest.approved_at is not None:
        return Conflict("Revision {number} is approved. Add a new revision to change it.", number=newest.number)
    if newest.returned_at is not None:
        return Conflict("Revision {number} was returned. Add a new revision and submit that.", number=newest.number)
    return Conflict("Revision {number} is in review. Wait for the decision, or recall it.", number=newest.number)


def _check_quorum(session: Session, programme: Programme, revision: Revision, *, actor: Actor, at: datetime) -> None:
    """Raise Conflict where fewer people than it needs may approve the revision: it would stay in review for ever."""
    people = {each.id for each in approvers(session, programme, at=at)}
    if actor.may(Permission.APPROVE_DOCUMENTS, programme.organisation_id, programme.id):
        people.add(actor.id)  # whoever is at the data folder is no user
    able = len(people - {revision.author_id})
    if able < revision.approvals_needed:
        raise Conflict(
            "It needs the approval of {needed} people other than its author, and {count} may give it. Give more people "
            "the role of a reviewer, or lower `approvals_needed` in the settings.",
            needed=revision.approvals_needed,
            count=able,
        )


def _approve(session: Session, programme: Programme, revision: Revision, *, at: datetime) -> None:
    today = programmes.day_of(session, programme, at)
    effective_on = max(revision.effective_on or today, today)
    if revision.next_review_on and revision.next_review_on <= effective_on:
        raise Conflict(
            "It would be effective on {day}, and its next review is due on {review} already. Return it, so that its "
            "author sends a new revision with a later review day.",
            day=effective_on,
            review=revision.next_review_on,
        )
    months = programmes.limits_of(session, programme).document_review_months
    revision.approved_at, revision.approved_on, revision.effective_on = at, today, effective_on
    revision.next_review_on = revision.next_review_on or add_months(effective_on, months)
