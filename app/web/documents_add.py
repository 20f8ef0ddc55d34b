"""A new document with the file of its first revision."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app.documents import service
from app.http.deps import Reading
from app.identity.actor import Permission
from app.storage.files import NewFile
from app.web.documents_choices import Group, groups_of, kind_of, level_of, owners_to_choose, packs_of
from app.web.documents_files import change_with_file
from app.web.forms import EMPTY, Filled, Sent, read_files_form
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/documents/add")


@dataclass(frozen=True, slots=True)
class AddPage:
    """The form that adds a document; `chosen` are the expectations that are ticked."""

    form: Filled
    groups: tuple[Group, ...]
    chosen: frozenset[str]
    owners: Mapping[str, str]


@router.get("")
def show_form(programme: str, visit: Visiting, session: Reading, dates: Asked, expectation: str = "") -> Response:
    """Show the form; `expectation` is ticked."""
    place = enter(session, visit, programme, dates)
    return _show(session, place, EMPTY, frozenset({expectation}))


async def _adding(request: Request, programme: str, visit: Visiting) -> AsyncIterator[Sent]:
    def admit(session: Session) -> None:
        _must_write(enter(session, visit, programme))

    async with read_files_form(request, visit, admit) as sent:
        yield sent


FileForm = Annotated[Sent, Depends(_adding)]
"""A form with a file from somebody who may write documents of the programme."""


@router.post("")
def add(programme: str, sent: FileForm, dates: Asked) -> Response:
    """Enter the document and its first revision, both or none."""

    def act(session: Session, file: NewFile) -> str:
        place = enter(session, sent.visit, programme, dates)
        actor, at = sent.visit.who, sent.visit.at
        document = service.add_document(session, place.programme, _new(sent), actor=actor, at=at)
        note = sent["change_note"]
        service.add_revision(session, place.programme, document.id, file, change_note=note, actor=actor, at=at)
        return place.to("documents", document.id, done="document-added")

    def again(session: Session, filled: Filled) -> Response:
        place = enter(session, sent.visit, programme, dates)
        return _show(session, place, filled, frozenset(sent.several("expectation_ids")))

    return change_with_file(sent, "file", act, again)


def _new(sent: Sent) -> service.NewDocument:
    return service.NewDocument(
        sent["number"],
        sent["title"],
        level_of(sent["level"], "level"),
        kind_of(sent["kind"], "kind"),
        sent["owner_id"] or None,
        sent.several("expectation_ids"),
    )


def _must_write(place: Place) -> None:
    place.visit.who.must(Permission.WRITE_DOCUMENTS, place.organisation.id, place.programme.id)


def _show(session: Session, place: Place, form: Filled, chosen: frozenset[str]) -> Response:
    _must_write(place)
    groups = groups_of(packs_of(session, place))
    owners = owners_to_choose(session, place, at=place.visit.at)
    return render(
        place.visit, "document_add.html", AddPage(form, groups, chosen, owners), place=place, status=form.status
    )
