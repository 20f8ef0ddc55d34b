"""What is done to an import: files and a corrected table come in; it is applied, undone or dropped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from app.errors import AppError, Invalid
from app.evidence.service import check_may_add
from app.http.imports import free
from app.imports import service
from app.imports.paths import clean_path
from app.imports.reading import find_import
from app.storage.files import NewFile
from app.web import forms
from app.web.forms import Filled, Form, Sent
from app.web.import_page import import_page
from app.web.imports import ImportForm, table_of
from app.web.incoming import json_answer, json_refusal, take_body, take_files
from app.web.once import once
from app.web.places import Asked, Dates, Place, enter
from app.web.visits import Visit, Visiting

Act = Callable[[Session, Place, list[NewFile]], list[str]]
"""Does something with files that came; returns hashes of bytes that nobody names any more."""
router = APIRouter(prefix="/programmes/{programme}/evidence/imports/{import_id}")


@dataclass(frozen=True, slots=True)
class Where:
    """Which import of which programme an address names, and both dates."""

    programme: str
    import_id: str
    dates: Dates

    def enter(self, session: Session, visit: Visit) -> Place:
        """Return the place of the programme."""
        return enter(session, visit, self.programme, self.dates)

    def again(self, visit: Visit, name: str) -> Callable[[Session, Filled], Response]:
        """Return what shows the page again with the form of this name as it was filled in."""
        return lambda session, filled: import_page(
            session, self.enter(session, visit), self.import_id, wrong=name, form=filled
        )

    def done(self, place: Place, word: str) -> str:
        """Return the address of the page after a change."""
        return place.to("evidence", "imports", self.import_id, done=word)


def _where(programme: str, import_id: str, dates: Asked) -> Where:
    return Where(programme, import_id, dates)


There = Annotated[Where, Depends(_where)]


@router.post("/files")
def add_files(where: There, sent: ImportForm) -> Response:
    """Take the files of a form."""

    def act(session: Session, place: Place, stored: list[NewFile]) -> list[str]:
        if not stored:
            raise Invalid("Choose the files first.", field="file")
        return service.add_files(
            session, place.programme, where.import_id, stored, actor=sent.visit.who, at=sent.visit.at
        )

    return _take(where, sent, "files", act, sent.files("file"))


@router.put("/files/{file_name:path}")
async def put_file(request: Request, where: There, file_name: str, visit: Visiting) -> Response:
    """Take a file, the body, that a script sends; sent again it is taken anew."""
    released: list[str] = []

    def check() -> None:
        with visit.runtime.database.reading() as session:
            programme = where.enter(session, visit).programme
            check_may_add(session, programme, None, actor=visit.who)
            find_import(session, programme, where.import_id, actor=visit.who)

    def act(session: Session, stored: list[NewFile]) -> dict[str, object]:
        place = where.enter(session, visit)
        released.extend(
            service.add_files(session, place.programme, where.import_id, stored, actor=visit.who, at=visit.at)
        )
        address = place.to("evidence", "imports", where.import_id)
        return {"id": where.import_id, "title": stored[0].name, "address": address}

    try:
        said = await take_body(request, visit, clean_path(file_name), check, act)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it; the draft is gone
    except AppError as error:
        return json_refusal(visit, error)
    await run_in_threadpool(free, visit.runtime, released)
    return json_answer(said, HTTPStatus.CREATED)


@router.post("/table")
def replace_table(where: There, sent: ImportForm) -> Response:
    """Take a corrected table; the files that have come stay."""
    try:
        upload, table = table_of(sent)
    except AppError as error:
        return _refused(where, sent, "table", error)

    def act(session: Session, place: Place, stored: list[NewFile]) -> list[str]:
        return service.replace_table(
            session, place.programme, where.import_id, table, stored[0], actor=sent.visit.who, at=sent.visit.at
        )

    return _take(where, sent, "table", act, [upload])


@router.post("/apply")
def apply(where: There, sent: Form) -> Response:
    """Make evidence of every row."""
    released: list[str] = []

    def act(session: Session) -> str:
        place = where.enter(session, sent.visit)

        def make() -> str:
            _, freed = service.apply_import(
                session, place.programme, where.import_id, actor=sent.visit.who, at=sent.visit.at
            )
            released.extend(freed)
            return where.done(place, "imported")

        return once(session, sent, make)

    response = forms.change(sent, act, where.again(sent.visit, "apply"))
    free(sent.visit.runtime, released)
    return response


@router.post("/undo")
def undo(where: There, sent: Form) -> Response:
    """Withdraw everything that the import made."""

    def act(session: Session) -> str:
        place = where.enter(session, sent.visit)

        def make() -> str:
            service.undo_import(
                session, place.programme, where.import_id, reason=sent["reason"], actor=sent.visit.who, at=sent.visit.at
            )
            return where.done(place, "import-undone")

        return once(session, sent, make)

    return forms.change(sent, act, where.again(sent.visit, "undo"))


@router.post("/drop")
def drop(where: There, sent: Form) -> Response:
    """Drop the draft."""
    released: list[str] = []

    def act(session: Session) -> str:
        place = where.enter(session, sent.visit)

        def make() -> str:
            released.extend(service.drop_import(session, place.programme, where.import_id, actor=sent.visit.who))
            return place.to("evidence", "imports", done="import-dropped")

        return once(session, sent, make)

    response = forms.change(sent, act, where.again(sent.visit, "drop"))
    free(sent.visit.runtime, released)
    return response


def _take(where: Where, sent: Sent, name: str, act: Act, files: Sequence[UploadFile]) -> Response:
    """Store files and do with them what the form of this name asks for; go back to the page of the import."""
    visit = sent.visit

    def named(session: Session, stored: list[NewFile]) -> tuple[str, list[str]]:
        place = where.enter(session, visit)
        return where.done(place, f"{name}-taken"), act(session, place, stored)

    try:
        address, released = take_files(visit, files, named, clean_path)
    except AppError as error:
        return _refused(where, sent, name, error)
    free(visit.runtime, released)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _refused(where: Where, sent: Sent, name: str, error: AppError) -> Response:
    with sent.visit.runtime.database.reading() as session:
        return where.again(sent.visit, name)(session, sent.again(error))
