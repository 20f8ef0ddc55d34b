"""Imports of evidence: the list of them, the template, and the form that begins one."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from app.errors import AppError, Invalid, TooLarge
from app.evidence.service import check_may_add
from app.http.deps import Reading
from app.http.downloads import send_once
from app.http.imports import free
from app.http.sheets import MEDIA_TYPES
from app.identity.names import names_of
from app.imports import service
from app.imports.models import EvidenceImport
from app.imports.paths import clean_path
from app.imports.reading import list_imports
from app.imports.tables import MOST_BYTES, Table, read_table
from app.imports.template import given_for, write_template
from app.imports.worker import MOST_ROWS
from app.storage.files import NewFile, check_name
from app.web.forms import EMPTY, MOST_FILES, Filled, Sent, read_files_form
from app.web.incoming import take_files
from app.web.once import new_key, once
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/evidence/imports")
ROWS = 50


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """The list, newest first, and the form that begins one. `names` are those of people, by id."""

    rows: tuple[EvidenceImport, ...]
    names: dict[str, str]
    cursor: str | None
    begins: bool
    form: Filled
    most_rows: int
    most_files: int
    once: str


async def _importing(request: Request, programme: str, visit: Visiting) -> AsyncIterator[Sent]:
    def admit(session: Session) -> None:
        check_may_add(session, enter(session, visit, programme).programme, None, actor=visit.who)

    async with read_files_form(request, visit, admit) as sent:
        yield sent


ImportForm = Annotated[Sent, Depends(_importing)]
"""A form with files from somebody who may add evidence to the programme."""


@router.get("")
def show_imports(
    programme: str, visit: Visiting, session: Reading, dates: Asked, cursor: str | None = None
) -> Response:
    """Show a page of the list: who imported what, when, and what came of it."""
    return imports_page(session, enter(session, visit, programme, dates), cursor=cursor)


@router.get("/template.{kind}")
def download_template(programme: str, kind: str, visit: Visiting, session: Reading) -> Response:
    """Send the template in the reader's language."""
    place = enter(session, visit, programme)
    content = write_template(given_for(session, place.programme, actor=visit.who, at=visit.at), kind, visit.language)
    return send_once(io.BytesIO(content), f"{place.programme.code}-evidence-template.{kind}", MEDIA_TYPES[kind])


@router.post("")
def prepare(programme: str, sent: ImportForm, dates: Asked) -> Response:
    """Take a table, and the files that came with it, and show what would become of it."""
    visit, released = sent.visit, list[str]()

    def act(session: Session, stored: list[NewFile]) -> str:
        place = enter(session, visit, programme, dates)

        def make() -> str:
            head = service.prepare_import(session, place.programme, table, stored[0], actor=visit.who, at=visit.at)
            released.extend(
                service.add_files(session, place.programme, head.id, stored[1:], actor=visit.who, at=visit.at)
            )
            return place.to("evidence", "imports", head.id)

        return once(session, sent, make, files=stored)

    try:
        upload, table = table_of(sent)
        address = take_files(visit, [upload, *sent.files("file")], act, clean_path)
    except AppError as error:
        with visit.runtime.database.reading() as session:
            return imports_page(session, enter(session, visit, programme, dates), form=sent.again(error))
    free(visit.runtime, released)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def table_of(sent: Sent) -> tuple[UploadFile, Table]:
    """Return the table that came with a form, as a file and read. Slow. Raises Invalid, TooLarge."""
    found = sent.files("table")
    if not found:
        raise Invalid("Choose the table first: an XLSX or CSV with the head of the template.", field="table")
    [upload, *more] = found
    if more:
        raise Invalid("An import has exactly one table. Files that belong to its rows go below.", field="table")
    check_name((upload.filename or "").replace("\\", "/").rpartition("/")[2])
    if (upload.size or 0) > MOST_BYTES:
        raise TooLarge("A table has at most {most} MB. Split it into several.", most=MOST_BYTES >> 20, field="table")
    content = upload.file.read()
    upload.file.seek(0)
    return upload, read_table(content)


def imports_page(session: Session, place: Place, *, form: Filled = EMPTY, cursor: str | None = None) -> Response:
    """Return the list, with the form as it was filled in. Raises Forbidden, NotFound, Invalid."""
    page = list_imports(session, place.programme, actor=place.visit.who, cursor=cursor or None, limit=ROWS)
    people = {each for head in page.items for each in (head.prepared_by, head.applied_by, head.undone_by) if each}
    shown = ImportsPage(
        rows=page.items,
        names={**{each: each for each in people}, **names_of(session, people)},
        cursor=page.cursor,
        begins=not cursor,
        form=form,
        most_rows=MOST_ROWS,
        most_files=MOST_FILES - 1,
        once=new_key(),
    )
    return render(place.visit, "imports.html", shown, place=place, status=form.status)
