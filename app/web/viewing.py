"""Files looked at in the page, as text, tables or pictures; what an auditor opens is on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from app.doctor import watched
from app.documents import reading as documents
from app.errors import AppError, NotFound
from app.evidence import reading as evidence
from app.http.deps import Reading
from app.http.downloads import SANDBOX
from app.language import Message
from app.previews.blocks import Preview
from app.previews.service import kind_of, page_picture, picture_type, preview
from app.storage.blobs import Blob
from app.web.opened import note_if_outsider
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}")
EVIDENCE_FILE = "/evidence/{evidence_id}/versions/{number}/files/{position}/view"
PAGES_SHOWN = 100
REVISION = "/documents/{document_id}/revisions/{number}/file/view"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file and where its item is. `parts` is the address of its view in the programme."""

    name: str
    blob: Blob
    chunks: Iterator[bytes]
    title: str
    item_id: str
    parts: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A file in the page, or why it cannot be shown. `pictures` are the addresses of its pages, or of itself."""

    file: StoredFile
    kind: str | None
    preview: Preview
    why_not: Message | None
    back: str
    download: str
    pictures: tuple[str, ...]


class VersionFile(NamedTuple):
    """Which file of which version of which evidence."""

    evidence_id: str
    number: int
    position: int


def _which(evidence_id: str, number: int, position: int) -> VersionFile:
    return VersionFile(evidence_id, number, position)


class RevisionFile(NamedTuple):
    """Which revision of which document."""

    document_id: str
    number: int


def _which_revision(document_id: str, number: int) -> RevisionFile:
    return RevisionFile(document_id, number)


Which = Annotated[VersionFile, Depends(_which)]
WhichRevision = Annotated[RevisionFile, Depends(_which_revision)]


@router.get(EVIDENCE_FILE)
def view_evidence(programme: str, which: Which, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show a file of evidence."""
    place = enter(session, visit, programme, dates)
    return _page(place, _of_evidence(session, place, which))


@router.get(EVIDENCE_FILE + "/{picture}")
def view_evidence_picture(
    programme: str, which: Which, picture: str, visit: Visiting, session: Reading, dates: Asked
) -> Response:
    """Show a picture of a file of evidence: the file itself, or one of its pages."""
    place = enter(session, visit, programme, dates)
    return _picture(place, _of_evidence(session, place, which), picture)


@router.get(REVISION)
def view_revision(programme: str, which: WhichRevision, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the file of a revision."""
    place = enter(session, visit, programme, dates)
    return _page(place, _of_revision(session, place, which))


@router.get(REVISION + "/{picture}")
def view_revision_picture(
    programme: str, which: WhichRevision, picture: str, visit: Visiting, session: Reading, dates: Asked
) -> Response:
    """Show a picture of the file of a revision."""
    place = enter(session, visit, programme, dates)
    return _picture(place, _of_revision(session, place, which), picture)


def _of_evidence(session: Session, place: Place, which: VersionFile) -> StoredFile:
    visit, (evidence_id, number, position) = place.visit, which
    view = evidence.get_evidence(session, place.programme, evidence_id, known_at=place.known_at, actor=visit.who)
    file, chunks = evidence.open_file(
        session, visit.runtime.blobs, place.programme, evidence_id, number=number, position=position, actor=visit.who
    )
    parts = ("evidence", evidence_id, "versions", number, "files", position)
    blob = Blob(file.sha256, file.size_bytes)
    read = watched(visit.runtime, blob, chunks, actor=visit.who, at=visit.at)
    return StoredFile(file.name, blob, read, view.evidence.title, evidence_id, parts)


def _of_revision(session: Session, place: Place, which: RevisionFile) -> StoredFile:
    visit, programme, (document_id, number) = place.visit, place.programme, which
    day = documents.visible_day(programme, place.dates.as_of, today=place.today, actor=visit.who)
    view = documents.get_document(session, programme, document_id, as_of=day, known_at=place.known_at, actor=visit.who)
    revision, chunks = documents.open_revision(
        session, visit.runtime.blobs, programme, document_id, number=number, as_of=day, actor=visit.who
    )
    parts = ("documents", document_id, "revisions", number, "file")
    title = f"{view.document.number} {view.document.title}"
    blob = Blob(revision.sha256, revision.size_bytes)
    read = watched(visit.runtime, blob, chunks, actor=visit.who, at=visit.at)
    return StoredFile(revision.file_name, blob, read, title, document_id, parts)


def _page(place: Place, file: StoredFile) -> Response:
    visit, why_not, shown = place.visit, None, Preview()
    try:
        shown = preview(file.name, file.chunks, file.blob.size_bytes)
    except AppError as error:
        why_not = error.message
    note_if_outsider(place, file.item_id, file.name)
    kind, names = kind_of(file.name), range(1, min(shown.pages, PAGES_SHOWN) + 1)
    pictures = tuple(place.to(*file.parts, "view", name) for name in (("picture",) if kind == "picture" else names))
    page = ViewPage(file, kind, shown, why_not, place.to(*file.parts[:2]), place.to(*file.parts), pictures)
    return render(visit, "view.html", page, place=place)


def _picture(place: Place, file: StoredFile, picture: str) -> Response:
    """Return `picture` (the file itself) or a page by its number. Raises NotFound."""
    note_if_outsider(place, file.item_id, file.name)
    headers = {
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-cache",
        "ETag": f'"{file.blob.sha256}-{picture}"',
    }
    if headers["ETag"] in place.visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if picture == "picture":
        media_type = picture_type(file.name)
        if media_type is None:
            raise NotFound("There is nothing at this address.")
        return Response(b"".join(file.chunks), headers=headers, media_type=media_type)
    if kind_of(file.name) != "pdf" or not (picture.isascii() and picture.isdecimal() and len(picture) < 6):  # noqa: PLR2004
        raise NotFound("There is nothing at this address.")
    content = page_picture(file.chunks, file.blob.size_bytes, int(picture))
    return Response(content, headers=headers, media_type="image/jpeg")
