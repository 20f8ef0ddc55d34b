"""What is done to one piece of evidence; each form says which revision it showed, so that nobody overwrites unseen."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid, Stale
from app.evidence import service
from app.evidence.corrections import correct_period
from app.evidence.models import Evidence
from app.evidence.service import check_may_add
from app.journal.once import digest_of
from app.links.service import confirm_link, remove_link
from app.storage.files import NewFile
from app.web import forms
from app.web.evidence_forms import as_typed, period_of, typed_in, version_of
from app.web.evidence_item import item_page
from app.web.forms import Filled, Form, Sent, read_files_form
from app.web.incoming import json_answer, json_refusal, take_files, wants_json
from app.web.outcomes import ONCE, Outcome, find_outcome, keep_outcome, once_of, outcome_of
from app.web.places import Asked, Dates, Place, enter
from app.web.visits import Visit, Visiting

router = APIRouter(prefix="/programmes/{programme}/evidence/{evidence_id}")


@dataclass(frozen=True, slots=True)
class Where:
    """Which item of which programme an address names, and both dates."""

    programme: str
    evidence_id: str
    dates: Dates

    def enter(self, session: Session, visit: Visit) -> Place:
        """Return the place of the programme."""
        return enter(session, visit, self.programme, self.dates)

    def seen(self, session: Session, sent: Sent) -> Place:
        """Return the place, with the item locked. Raises Stale where the form showed another revision of it."""
        place = self.enter(session, sent.visit)
        found = session.get(Evidence, self.evidence_id, with_for_update=True)
        if found is not None and found.programme_id == place.programme.id and sent.number("revision") != found.revision:
            raise Stale(
                "Somebody else has changed this meanwhile. It is shown as it is now, with what you typed: look at both "
                "and send it again."
            )
        return place

    def again(self, visit: Visit, name: str) -> Callable[[Session, Filled], Response]:
        """Return what shows the page again with the form of this name as it was filled in."""
        return lambda session, filled: item_page(
            session, self.enter(session, visit), self.evidence_id, wrong=name, form=filled
        )

    def change(self, sent: Sent, name: str, act: Callable[[Session, Place], str]) -> Response:
        """Do what the form of this name asks for; `act` returns the word for what was done."""

        def changed(session: Session) -> str:
            place = self.seen(session, sent)
            return place.to("evidence", self.evidence_id, done=act(session, place))

        return forms.change(sent, changed, self.again(sent.visit, name))


def _where(programme: str, evidence_id: str, dates: Asked) -> Where:
    return Where(programme, evidence_id, dates)


There = Annotated[Where, Depends(_where)]


async def _versioning(request: Request, programme: str, evidence_id: str, visit: Visiting) -> AsyncIterator[Sent]:
    def admit(session: Session) -> None:
        check_may_add(session, enter(session, visit, programme).programme, evidence_id, actor=visit.who)

    async with read_files_form(request, visit, admit) as sent:
        yield sent


FilesForm = Annotated[Sent, Depends(_versioning)]
"""A form with files from somebody who may submit a version of the item."""


@router.post("/amend")
def amend(where: There, sent: Form) -> Response:
    """Change title and owner."""

    def act(session: Session, place: Place) -> str:
        service.amend_evidence(
            session,
            place.programme,
            where.evidence_id,
            title=sent["title"],
            owner_id=sent["owner_id"] or None,
            actor=sent.visit.who,
            at=sent.visit.at,
        )
        return "saved"

    return where.change(sent, "amend", act)


@router.post("/review")
def review(where: There, sent: Form) -> Response:
    """Accept or reject the newest version, by the button that was pressed."""

    def act(session: Session, place: Place) -> str:
        accept = sent["decision"] == "accept"
        if not accept and not sent["reason"]:
            raise Invalid("Say why it is rejected: its submitter corrects it by that.", field="reason")
        version = service.review_evidence(
            session,
            place.programme,
            where.evidence_id,
            accept=accept,
            reason=sent["reason"],
            number=sent.number("number"),
            actor=sent.visit.who,
            at=sent.visit.at,
        )
        return f"evidence-{version.decision}"

    return where.change(sent, "review", act)


@router.post("/period")
def correct(where: There, sent: Form) -> Response:
    """Correct the period of the newest version, with its files as they are."""

    def act(session: Session, place: Place) -> str:
        period, reason = period_of(sent)
        evidence_id, who, at = where.evidence_id, sent.visit.who, sent.visit.at
        try:
            correct_period(session, place.programme, evidence_id, period, reason=reason, actor=who, at=at)
        except AppError as error:
            raise as_typed(error) from error
        return "period-corrected"

    return where.change(sent, "period", act)


@router.post("/withdraw")
def withdraw(where: There, sent: Form) -> Response:
    """Take the item out of force."""

    def act(session: Session, place: Place) -> str:
        reason = sent["withdraw_reason"]
        if not reason:
            raise Invalid("Say why it is withdrawn: the reason stays on record.", field="withdraw_reason")
        service.withdraw_evidence(
            session, place.programme, where.evidence_id, reason=reason, actor=sent.visit.who, at=sent.visit.at
        )
        return "evidence-withdrawn"

    return where.change(sent, "withdraw", act)


@router.post("/links")
def add_link(where: There, sent: Form) -> Response:
    """Say that the item answers an expectation too; also what undoes the end of a link."""

    def act(session: Session, place: Place) -> str:
        wanted = sent.several("expectation_id")
        if not wanted:
            raise Invalid("Choose the expectation first.", field="expectation_id")
        service.link_evidence(
            session, place.programme, where.evidence_id, wanted, actor=sent.visit.who, at=sent.visit.at
        )
        return "evidence-linked"

    return where.change(sent, "link", act)


@router.post("/links/confirm")
def confirm(where: There, sent: Form) -> Response:
    """Say that a link still holds."""

    def act(session: Session, place: Place) -> str:
        expectation_id = sent["expectation_id"]
        confirm_link(
            session, place.programme, where.evidence_id, expectation_id, actor=sent.visit.who, at=sent.visit.at
        )
        return "link-confirmed"

    return where.change(sent, "links", act)


@router.post("/links/remove")
def remove(where: There, sent: Form) -> Response:
    """End a link; the page after it offers to undo that."""

    def act(session: Session) -> str:
        place, expectation_id = where.seen(session, sent), sent["expectation_id"]
        remove_link(session, place.programme, where.evidence_id, expectation_id, actor=sent.visit.who, at=sent.visit.at)
        return place.to("evidence", where.evidence_id, unlinked=expectation_id)

    return forms.change(sent, act, where.again(sent.visit, "links"))


@router.post("/versions")
def add_version(where: There, sent: FilesForm) -> Response:
    """Submit a new version with its files."""
    visit = sent.visit
    try:
        address, outcome = take_files(
            visit, sent.files("file"), lambda session, stored: _add(session, where, sent, stored)
        )
    except AppError as error:
        if wants_json(visit):
            return json_refusal(visit, error)
        with visit.runtime.database.reading() as session:
            return where.again(visit, "version")(session, sent.again(error))
    if wants_json(visit):
        return json_answer({"id": where.evidence_id, "title": outcome.lines[0].title, "address": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _add(session: Session, where: Where, sent: Sent, stored: list[NewFile]) -> tuple[str, Outcome]:
    """Submit the version, or nothing where this very form was sent before; returns the address to go to."""
    visit = sent.visit
    files = [[file.name, file.blob.sha256] for file in stored]
    key = f"{once_of(sent[ONCE])}.{digest_of({'typed': typed_in(sent), 'files': files})[:16]}"
    outcome = find_outcome(session, visit, key)
    place = where.enter(session, visit) if outcome else where.seen(session, sent)
    if outcome is None:
        new = version_of(sent, place.today)
        made = service.add_version(
            session, place.programme, where.evidence_id, new, stored, actor=visit.who, at=visit.at
        )
        outcome = outcome_of([made])
        keep_outcome(session, visit, key, outcome)
    return place.to("evidence", where.evidence_id, done="version-added", came=key), outcome
