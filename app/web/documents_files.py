"""The one file that comes with a form about a document."""

from collections.abc import Callable
from http import HTTPStatus

from fastapi import Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid
from app.http.drafts import name_drafts
from app.storage.blobs import CHUNK_BYTES, Draft
from app.storage.files import NewFile, check_name
from app.web.forms import Filled, Sent


def change_with_file(
    sent: Sent, name: str, act: Callable[[Session, NewFile], str], again: Callable[[Session, Filled], Response]
) -> Response:
    """Store the one file of the field `name` and do what a form asks with it, as `forms.change`.

    Where it is refused no byte of it is kept.
    """
    runtime = sent.visit.runtime
    try:
        with runtime.blobs.draft() as draft:
            drafts = [(_read(sent, name, draft), draft)]
            address = name_drafts(runtime, drafts, lambda session, files: act(session, files[0]))
    except AppError as error:
        error.field = name if error.field in {"file", "file_name"} else error.field
        with runtime.database.reading() as session:
            return again(session, sent.again(error))
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _read(sent: Sent, name: str, draft: Draft) -> str:
    """Write the file into the draft and return its name. Raises Invalid, TooLarge, Unavailable."""
    files = sent.files(name)
    if not files:
        raise Invalid("Choose the file with the text.", field=name)
    if len(files) > 1:
        raise Invalid("A revision has exactly one file.", field=name)
    clean = check_name(files[0].filename or "")
    if not files[0].size:
        raise Invalid("The file {name} is empty: it proves nothing.", name=clean, field=name)
    while chunk := files[0].file.read(CHUNK_BYTES):
        draft.write(chunk)
    return clean
