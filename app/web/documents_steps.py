"""What can be done with a document, one form a step; fields are named for the step, so that a page holds several."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.documents import approval, service
from app.documents.models import Document, Revision
from app.errors import Invalid, NotFound, Stale
from app.http.deps import Reading
from app.identity.actor import Actor
from app.links.service import confirm_link, remove_link
from app.storage.files import NewFile
from app.web.documents_choices import kind_of, level_of
from app.web.documents_files import change_with_file
from app.web.documents_page import show_document
from app.web.forms import Filled, Form, Sent, change, read_files_form
from app.web.places import Asked, Place, day_asked, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/documents/{document}")


@dataclass(frozen=True, slots=True)
class Step:
    """One form that came in, in the transaction that is to do what it asks."""

    session: Session
    place: Place
    document_id: str
    name: str
    sent: Sent

    def __getitem__(self, field: str) -> str:
        """Return a field of the step."""
        return self.sent[f"{self.name}_{field}"]

    def day(self, field: str) -> date | None:
        """Return a day of the step, None where it is empty. Raises Invalid."""
        return day_asked(field, self[field])

    @property
    def who(self) -> Actor:
        """Whoever takes the step."""
        return self.sent.visit.who


Done = str
"""The word by which the page after a step says its sentence."""


def _submit(step: Step) -> Done:
    approval.submit_revision(
        step.session,
        step.place.programme,
        step.document_id,
        effective_on=step.day("effective_on"),
        next_review_on=step.day("next_review_on"),
        actor=step.who,
        at=step.sent.visit.at,
    )
    return "document-submitted"


def _approve(step: Step) -> Done:
    return "document-approved" if _decide(step, approve=True).approved_at else "document-signed"


def _return(step: Step) -> Done:
    _decide(step, approve=False)
    return "document-returned"


def _decide(step: Step, *, approve: bool) -> Revision:
    return approval.decide_revision(
        step.session,
        step.place.programme,
        step.document_id,
        approve=approve,
        reason=step["reason"],
        number=step.sent.number("number"),
        actor=step.who,
        at=step.sent.visit.at,
    )


def _recall(step: Step) -> Done:
    approval.recall_revision(
        step.session,
        step.place.programme,
        step.document_id,
        reason=step["reason"],
        actor=step.who,
        at=step.sent.visit.at,
    )
    return "document-recalled"


def _review(step: Step) -> Done:
    next_review_on = step.day("next_review_on")
    if next_review_on is None:
        raise Invalid("Say when it is to be reviewed again.", field="next_review_on")
    approval.confirm_review(
        step.session,
        step.place.programme,
        step.document_id,
        next_review_on=next_review_on,
        note=step["note"],
        actor=step.who,
        at=step.sent.visit.at,
    )
    return "document-reviewed"


def _withdraw(step: Step) -> Done:
    service.withdraw_document(
        step.session,
        step.place.programme,
        step.document_id,
        reason=step["reason"],
        actor=step.who,
        at=step.sent.visit.at,
    )
    return "document-withdrawn"


def _amend(step: Step) -> Done:
    wanted = service.Amendment(step["title"], level_of(step["level"], "level"), kind_of(step["kind"], "kind"))
    what, who, at = (step.session, step.place.programme, step.document_id), step.who, step.sent.visit.at
    document = service.amend_document(*what, wanted, actor=who, at=at)
    owner_id = step["owner_id"] or None
    if owner_id != document.owner_id:
        service.change_owner(*what, owner_id, actor=who, at=at)
    return "saved"


def _link(step: Step) -> Done:
    chosen = step.sent.several("link_expectation_ids")
    if not chosen:
        raise Invalid("Choose what it answers.", field="expectation_ids")
    programme, at = step.place.programme, step.sent.visit.at
    service.link_document(step.session, programme, step.document_id, chosen, actor=step.who, at=at)
    return "link-made"


def _unlink(step: Step) -> Done:
    programme, at = step.place.programme, step.sent.visit.at
    remove_link(step.session, programme, step.document_id, step["expectation"], actor=step.who, at=at)
    return "link-removed"


def _confirm(step: Step) -> Done:
    programme, at = step.place.programme, step.sent.visit.at
    confirm_link(step.session, programme, step.document_id, step["expectation"], actor=step.who, at=at)
    return "link-confirmed"


STEPS: Mapping[str, Callable[[Step], Done]] = {
    "submit": _submit,
    "approve": _approve,
    "return": _return,
    "recall": _recall,
    "review": _review,
    "withdraw": _withdraw,
    "amend": _amend,
    "link": _link,
    "unlink": _unlink,
    "confirm": _confirm,
}


async def _revising(request: Request, programme: str, document: str, visit: Visiting) -> AsyncIterator[Sent]:
    def admit(session: Session) -> None:
        service.check_may_revise(session, enter(session, visit, programme).programme, document, actor=visit.who)

    async with read_files_form(request, visit, admit) as sent:
        yield sent


FileForm = Annotated[Sent, Depends(_revising)]
"""A form with a file from somebody who may revise the document."""


@router.post("/revise")
def add_revision(programme: str, document: str, sent: FileForm, dates: Asked) -> Response:
    """Add a revision with its file."""

    def act(session: Session, file: NewFile) -> str:
        def add(step: Step) -> Done:
            at, note = sent.visit.at, step["change_note"]
            service.add_revision(session, step.place.programme, document, file, change_note=note, actor=step.who, at=at)
            return "document-revised"

        return _take(Step(session, enter(session, sent.visit, programme, dates), document, "revise", sent), add)

    def again(session: Session, filled: Filled) -> Response:
        return _again(session, enter(session, sent.visit, programme, dates), document, "revise", filled)

    return change_with_file(sent, "revise_file", act, again)


@router.get("/{step}")
def go_back(programme: str, document: str, step: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Go to the document from the address of a form, where one lands after signing in or choosing a language."""
    if step not in {*STEPS, "revise"}:
        raise NotFound("There is nothing at this address.")
    place = enter(session, visit, programme, dates)
    return RedirectResponse(place.to("documents", document), HTTPStatus.SEE_OTHER)


@router.post("/{step}")
def take_step(programme: str, document: str, step: str, sent: Form, dates: Asked) -> Response:
    """Take a step."""
    if step not in STEPS:
        raise NotFound("There is nothing at this address.")

    def act(session: Session) -> str:
        place = enter(session, sent.visit, programme, dates)
        return _take(Step(session, place, document, step, sent), STEPS[step])

    def again(session: Session, filled: Filled) -> Response:
        chosen = frozenset(sent.several("link_expectation_ids"))
        return _again(session, enter(session, sent.visit, programme, dates), document, step, filled, chosen=chosen)

    return change(sent, act, again)


def _take(step: Step, take: Callable[[Step], Done]) -> str:
    """Take a step and return where to go. Raises Stale where the document has changed since its page was read."""
    document = step.session.get(Document, step.document_id, with_for_update=True)
    current, seen = document.revision_lock if document else None, step.sent.number("seen")
    done = take(step)
    if seen is not None and seen != current:
        raise Stale(
            "This document has changed since you opened the page. Look at what is here now; what you typed is kept. "
            "Send it again if it still holds."
        )
    undo = step["expectation"] if step.name == "unlink" else ""
    return step.place.to("documents", step.document_id, done=done, undo=undo)


def _again(
    session: Session, place: Place, document_id: str, step: str, filled: Filled, *, chosen: frozenset[str] = frozenset()
) -> Response:
    """Show the page with the form as it was refused; use cases name fields without the step."""
    error = filled.error
    if error is not None and error.field and not error.field.startswith(f"{step}_"):
        error.field = f"{step}_{'file' if error.field == 'file_name' else error.field}"
    return show_document(session, place, document_id, sent=step, form=filled, chosen=chosen)
