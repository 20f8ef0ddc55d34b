"""One document: its facts, revisions, links and history, and what whoever looks can do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import Response
from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.documents.approval import approvers
from app.documents.reading import DocumentView, RevisionView, get_document, visible_day
from app.documents.states import State
from app.documents.suspects import suspect_links
from app.identity.names import names_of
from app.links.models import Link
from app.programmes.service import limits_of
from app.readiness.periods import add_months
from app.web.documents_awaited import (
    Awaited,
    ReviewDay,
    awaited,
    called,
    missing_approvals,
    people_in,
    review_day,
)
from app.web.documents_choices import Expected, Group, expected_in, groups_of, owners_to_choose, packs_of
from app.web.documents_history import Happened, history_of
from app.web.forms import EMPTY, Filled
from app.web.pages import render
from app.web.places import Place

RECENT = 5
"""So many revisions are shown at once; the older ones open on demand."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An expectation that the document answers; `where` is None where no framework expects it any more."""

    link: Link
    where: Expected | None
    suspect: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What will hold for a revision: how many have to approve it, from when it counts, when it is reviewed again."""

    approvals: int
    months: int
    effective_on: date | None = None
    next_review_on: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document. `steps` are what to do next, `more` what else may be done; `sent` is the form that was refused."""

    day: date
    view: DocumentView
    names: Mapping[str, str]
    review: ReviewDay | None
    awaited: Awaited | None
    links: tuple[LinkRow, ...]
    unlinked: tuple[Group, ...]
    steps: tuple[str, ...]
    more: tuple[str, ...]
    sending: Sending
    owners: Mapping[str, str]
    history: tuple[Happened, ...]
    undo: Expected | None
    undo_id: str
    sent: str
    form: Filled
    chosen: frozenset[str] = frozenset()

    def name(self, user_id: str) -> str:
        """Return what whoever did something is called."""
        return called(user_id, self.names)

    def missing(self, each: RevisionView) -> int:
        """Return how many more people have to approve a revision."""
        return missing_approvals(each)

    def filled(self, step: str) -> Filled:
        """Return a form as it was filled in."""
        return self.form if step == self.sent else EMPTY

    @property
    def newest(self) -> RevisionView | None:
        """The revision added last."""
        return self.view.revisions[0] if self.view.revisions else None

    @property
    def recent(self) -> tuple[RevisionView, ...]:
        """The newest revisions."""
        return self.view.revisions[:RECENT]

    @property
    def older(self) -> tuple[RevisionView, ...]:
        """The others."""
        return self.view.revisions[RECENT:]

    @property
    def kept(self) -> tuple[str, ...]:
        """What was typed into a form that is no longer offered, because somebody else was first."""
        offered = {*self.steps, *self.more}
        if not self.sent or self.sent in offered:
            return ()
        return tuple(
            value for name, value in self.form.values.items() if name.startswith(f"{self.sent}_") and value.strip()
        )


def show_document(
    session: Session,
    place: Place,
    document_id: str,
    *,
    sent: str = "",
    form: Filled = EMPTY,
    chosen: frozenset[str] = frozenset(),
) -> Response:
    """Return the page of a document; with `sent`, the form of that step as it was refused. Raises NotFound."""
    actor, at = place.visit.who, place.known_at or place.visit.at
    day = visible_day(place.programme, place.dates.as_of, today=place.today, actor=actor)
    view = get_document(session, place.programme, document_id, as_of=day, known_at=place.known_at, actor=actor)
    packs, drafts = packs_of(session, place), place.may("read-drafts")
    able = approvers(session, place.programme, at=at) if drafts else ()
    names = names_of(session, people_in([view]))
    steps, more = _steps(place, view)
    may_amend = "amend" in more
    history = history_of(session, place, document_id, expected_in(packs)) if place.may("read-journal") else ()
    asked = place.visit.request.query_params
    undo_id = asked.get("undo", "") if asked.get("done") == "link-removed" and "link" in more else ""
    page = DocumentPage(
        day=day,
        view=view,
        names=names,
        review=review_day(view, day),
        awaited=awaited(view, able, names, day) if drafts else None,
        links=_links(session, place, view, packs),
        unlinked=_unlinked(view, packs) if "link" in more else (),
        steps=steps,
        more=more,
        sending=_sending(session, place, view),
        owners=owners_to_choose(session, place, at=at, owner_id=view.document.owner_id) if may_amend else {},
        history=history,
        undo=expected_in(packs).get(undo_id),
        undo_id=undo_id,
        sent=sent,
        form=form,
        chosen=chosen,
    )
    return render(place.visit, "document.html", page, place=place, status=form.status)


def _steps(place: Place, view: DocumentView) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the steps that whoever looks may take: those that bring the document on, and the others.

    Steps are taken today: a page about another day offers none.
    """
    if view.withdrawn or view.document.withdrawn_at or place.dates.query():
        return (), ()
    me, newest, current = place.visit.who.id, view.revisions[0] if view.revisions else None, view.effective
    writes, approves = place.may("write-documents"), place.may("approve-documents")
    steps: list[str] = []
    more: list[str] = []
    if newest is not None and newest.state is State.IN_REVIEW:
        steps += _decisions(newest, me, approves=approves, writes=writes)
    elif writes:
        if newest is not None and newest.state is State.DRAFT:
            steps.append("submit")
        waits = newest is None or newest.state is State.RETURNED
        (steps if waits else more).append("revise")
    if approves and current is not None and current.revision.author_id != me:
        due = review_day(view, place.today)
        (steps if due and (due.overdue or due.soon) else more).append("review")
    more += ["link"] if place.may("link") else []
    more += ["amend"] if writes else []
    more += ["withdraw"] if place.may("manage-programme") else []
    return tuple(steps), tuple(more)


def _decisions(newest: RevisionView, me: str, *, approves: bool, writes: bool) -> list[str]:
    """Return what may be done about a revision in review; nobody approves their own."""
    if newest.revision.author_id == me:
        return ["recall"] if writes else []
    if not approves:
        return []
    return ["return"] if me in {each.user_id for each in newest.signatures} else ["approve", "return"]


def _sending(session: Session, place: Place, view: DocumentView) -> Sending:
    limits = limits_of(session, place.programme, known_at=place.known_at)
    months = limits.document_review_months
    newest = view.revisions[0].revision if view.revisions else None
    if newest is None or newest.submitted_at is None:
        return Sending(limits.approvals_needed, months)
    effective_on = max(newest.effective_on or place.today, place.today)
    return Sending(
        newest.approvals_needed, months, effective_on, newest.next_review_on or add_months(effective_on, months)
    )


def _links(session: Session, place: Place, view: DocumentView, packs: tuple[Pack, ...]) -> tuple[LinkRow, ...]:
    where = expected_in(packs)
    suspects = suspect_links(session, place.programme, view, at=place.known_at or place.visit.at)
    order = {expectation_id: number for number, expectation_id in enumerate(where)}
    rows = (LinkRow(each, where.get(each.expectation_id), each.expectation_id in suspects) for each in view.links)
    return tuple(sorted(rows, key=lambda row: order.get(row.link.expectation_id, len(order))))


def _unlinked(view: DocumentView, packs: tuple[Pack, ...]) -> tuple[Group, ...]:
    return groups_of(packs, without=frozenset(each.expectation_id for each in view.links))
