"""Files that come with a form: hashed into drafts, durable before the transaction that names them begins."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from http import HTTPStatus

from fastapi import Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid
from app.storage.blobs import CHUNK_BYTES, Draft
from app.storage.files import NewFile, check_name
from app.storage.service import take_back
from app.web.forms import Filled, Sent, change


def change_with_file(
    sent: Sent, name: str, act: Callable[[Session, NewFile], str], again: Callable[[Session, Filled], Response]
) -> Response:
    """Store the one file of the field `name` and do what a form asks with it, as `change`.

    Where it is refused no byte of it is kept.
    """
    database = sent.visit.runtime.database
    with ExitStack() as kept:
        draft = kept.enter_context(sent.visit.runtime.blobs.draft())
        try:
            file = _stored(sent, name, draft)
        except AppError as error:
            error.field = name if error.field in {"file", "file_name"} else error.field
            with database.reading() as session:
                return again(session, sent.again(error))
        answer = None
        try:
            answer = change(sent, lambda session: act(session, file), again)
        finally:
            if answer is None or answer.status_code != HTTPStatus.SEE_OTHER:
                with suppress(AppError, SQLAlchemyError, OSError):  # what is left then, `doctor` finds
                    take_back(database, [draft])
        return answer


def _stored(sent: Sent, name: str, draft: Draft) -> NewFile:
    """Return the file with its bytes durable. Raises Invalid, TooLarge, Unavailable."""
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
    return NewFile(clean, draft.finish())
