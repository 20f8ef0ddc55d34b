"""Who is awaited for a document to go on, and for what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.documents.approval import Approver
from app.documents.reading import DocumentView, RevisionView
from app.documents.states import NO_TEXT, State
from app.language import Message, say

SOON = timedelta(days=60)
"""A review that is due within so many days is one to think of."""
OF_THE_AUTHOR: Mapping[State, Message] = {
    State.DRAFT: say("sending to review"),
    State.RETURNED: say("a new revision"),
}


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is awaited, how many of them, and from whom: any of these people, by name; nobody where nobody may."""

    what: Message
    missing: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewDay:
    """When the revision in force is to be reviewed again, and how that stands on the day the page is about."""

    on: date
    overdue: bool
    soon: bool


def review_day(view: DocumentView, day: date) -> ReviewDay | None:
    """Return when the document is to be reviewed again, None where none of its revisions is in force."""
    current = view.effective
    if current is None or current.next_review_on is None or view.withdrawn:
        return None
    on = current.next_review_on
    return ReviewDay(on, on < day, day <= on <= day + SOON)


def missing_approvals(each: RevisionView) -> int:
    """Return how many more people have to approve a revision in review."""
    return max(0, each.revision.approvals_needed - len(each.signatures)) if each.state is State.IN_REVIEW else 0


def awaited(view: DocumentView, able: Sequence[Approver], names: Mapping[str, str], day: date) -> Awaited | None:
    """Return who is awaited, None where the document needs nobody now."""
    if view.standing == NO_TEXT:
        owner = view.document.owner_id
        return Awaited(say("a first revision"), 1, (called(owner, names),) if owner else ())
    if not view.revisions or view.withdrawn:
        return None
    newest = view.revisions[0]
    if newest.state is State.IN_REVIEW:
        return Awaited(say("approval"), missing_approvals(newest), tuple(_signers(newest, able)))
    if newest.state in OF_THE_AUTHOR:
        return Awaited(OF_THE_AUTHOR[newest.state], 1, (called(newest.revision.author_id, names),))
    due, current = review_day(view, day), view.effective
    if current is not None and due is not None and (due.overdue or due.soon):
        return Awaited(say("review"), 1, tuple(_others(current, able)))
    return None


def called(user_id: str, names: Mapping[str, str]) -> str:
    """Return the name of whoever did something: a user, or somebody who worked on the data folder itself."""
    return names.get(user_id, user_id.removeprefix("local:"))


def people_in(views: Sequence[DocumentView]) -> Iterator[str | None]:
    """Yield the ids of everybody who owns, wrote, decided or reviewed something of these documents."""
    for view in views:
        yield from (view.document.owner_id, view.document.withdrawn_by)
        for each in view.revisions:
            yield each.revision.author_id
            yield from (decision.user_id for decision in each.decisions)
            yield from (review.reviewed_by for review in each.reviews)


def _signers(newest: RevisionView, able: Sequence[Approver]) -> Iterator[str]:
    """Yield who may still sign: those with a role for it, and where nobody has one whoever may at all."""
    signed = {each.user_id for each in newest.signatures}
    return _others(newest, [each for each in able if each.id not in signed])


def _others(each: RevisionView, able: Sequence[Approver]) -> Iterator[str]:
    others = [one for one in able if one.id != each.revision.author_id]
    return (one.name for one in ([one for one in others if one.by_role] or others))
