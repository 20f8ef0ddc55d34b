"""Adding evidence: one form for one item or many that needs no script, and one address for the files of a script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect

from app.database import new_id
from app.errors import AppError, Invalid
from app.evidence.admission import check_evidence
from app.evidence.service import add_evidence
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.service import members
from app.journal.once import digest_of
from app.language import Text
from app.storage.files import NewFile, check_name
from app.web.evidence_forms import EACH, evidence_of, items_of, title_of, typed_in
from app.web.expectations import Expected, expected
from app.web.forms import Filled, Sent, read_files_form
from app.web.incoming import json_answer, json_refusal, take_body, take_files, wants_json
from app.web.outcomes import ONCE, Outcome, find_outcome, keep_outcome, once_of, outcome_of
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/evidence")


@dataclass(frozen=True, slots=True)
class AddPage:
    """The form: what was typed or is proposed, and whether files have to be chosen again."""

    form: Filled
    chosen: frozenset[str]
    expected: Expected
    people: dict[str, str]
    today: date
    limit_bytes: int
    files_again: bool
    once: str

    @property
    def chosen_names(self) -> tuple[Text, ...]:
        """What the chosen expectations are called, in the order of the standards."""
        return tuple(choice.name for each, choice in self.expected.by_id.items() if each in self.chosen)


async def _adding(request: Request, programme: str, visit: Visiting) -> AsyncIterator[Sent]:
    def admit(session: Session) -> None:
        place = enter(session, visit, programme)
        visit.who.must(Permission.ADD_EVIDENCE, place.organisation.id, place.programme.id)

    async with read_files_form(request, visit, admit) as sent:
        yield sent


FilesForm = Annotated[Sent, Depends(_adding)]
"""A form with files from somebody who may add evidence to the programme."""


@router.get("/add")
def show_form(programme: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the form, with the expectation and the period that the address proposes."""
    place = enter(session, visit, programme, dates)
    visit.who.must(Permission.ADD_EVIDENCE, place.organisation.id, place.programme.id)
    asked = visit.request.query_params
    proposed = {name: asked.get(name, "") for name in ("period_from", "period_to", "title")}
    return _page(session, place, Filled(proposed), frozenset(asked.getlist("expectation")))


@router.post("/add")
def add(programme: str, sent: FilesForm, dates: Asked) -> Response:
    """Add what the form holds, all of it or nothing, and go to where it is."""
    visit, files = sent.visit, sent.files("file")
    once = once_of(sent[ONCE])
    try:
        key, outcome = take_files(visit, files, lambda session, stored: _add(session, sent, programme, once, stored))
    except AppError as error:
        if wants_json(visit):
            return json_refusal(visit, error)
        with visit.runtime.database.reading() as session:
            place = enter(session, visit, programme, dates)
            chosen = frozenset(sent.several("expectation_ids"))
            return _page(session, place, sent.again(error), chosen, files_again=bool(files))
    with visit.runtime.database.reading() as session:
        place = enter(session, visit, programme, dates)
        address = _after(place, outcome, key)
        if wants_json(visit):
            return json_answer({**_said(place, outcome), "address": address}, HTTPStatus.CREATED)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.put("/upload/{file_name:path}")
async def put_file(request: Request, programme: str, file_name: str, visit: Visiting) -> Response:
    """Add evidence of one file, the body, with the form's fields in the address; sent again it is added once."""
    sent = Sent(visit, FormData([*request.query_params.multi_items(), ("mode", EACH)]))
    once = once_of(request.headers.get("idempotency-key", ""))
    try:
        name = check_name(file_name)
        _, outcome = await take_body(
            request,
            visit,
            name,
            lambda: _check(sent, programme, name),
            lambda session, stored: _add(session, sent, programme, once, stored),
        )
        return await run_in_threadpool(_answer, sent, programme, outcome)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it; the draft is gone
    except AppError as error:
        return json_refusal(visit, error)


def _page(
    session: Session, place: Place, form: Filled, chosen: frozenset[str], *, files_again: bool = False
) -> Response:
    page = AddPage(
        form=form,
        chosen=chosen,
        expected=expected(session, place),
        people=members(session, place.organisation.id, at=place.visit.at),
        today=place.today,
        limit_bytes=place.visit.runtime.settings.max_file_bytes,
        files_again=files_again,
        once=new_id(),
    )
    return render(place.visit, "evidence_add.html", page, place=place, status=form.status)


def _add(session: Session, sent: Sent, programme: str, once: str, stored: list[NewFile]) -> tuple[str, Outcome]:
    """Add every item of the form, or nothing where this very form was sent before; returns under which key it is kept.

    The key holds the content too: a form that was changed and sent again is another one.
    """
    visit, place = sent.visit, enter(session, sent.visit, programme)
    files = [[file.name, file.blob.sha256] for file in stored]
    key = f"{once}.{digest_of({'typed': typed_in(sent), 'files': files})[:16]}"
    outcome = find_outcome(session, visit, key)
    if outcome is None:
        made = [
            add_evidence(session, place.programme, new, each, actor=visit.who, at=visit.at)
            for new, each in items_of(sent, stored, place.today)
        ]
        outcome = outcome_of(made)
        keep_outcome(session, visit, key, outcome)
    return key, outcome


def _check(sent: Sent, programme: str, name: str) -> None:
    """Raise what can be refused before there are bytes."""
    visit = sent.visit
    with visit.runtime.database.reading() as session:
        place = enter(session, visit, programme)
        visit.who.must(Permission.ADD_EVIDENCE, place.organisation.id, place.programme.id)
        if sent["nil_return"]:
            raise Invalid("A nil return has no file: send the form without files.", field="nil_return")
        new = evidence_of(sent, title_of(sent["title"], name, several=sent["several"] == "yes"), place.today)
        check_evidence(session, place.programme, new, at=visit.at)


def _after(place: Place, outcome: Outcome, key: str) -> str:
    """Return where to go: to the one item, or to the list."""
    if len(outcome.lines) == 1:
        return place.to("evidence", outcome.lines[0].id, done="evidence-added", came=key)
    return place.to("evidence", came=key)


def _answer(sent: Sent, programme: str, outcome: Outcome) -> Response:
    with sent.visit.runtime.database.reading() as session:
        place = enter(session, sent.visit, programme)
        return json_answer(_said(place, outcome), HTTPStatus.CREATED)


def _said(place: Place, outcome: Outcome) -> dict[str, object]:
    """Return what a script shows beside a file."""
    first = outcome.lines[0]
    same = [
        {"file_name": each.file, "id": each.id, "title": each.title, "address": place.to("evidence", each.id)}
        for each in outcome.same
    ]
    address = place.to("evidence", first.id)
    return {"id": first.id, "title": first.title, "address": address, "same_bytes": same}
