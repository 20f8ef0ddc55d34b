"""Files on their way in through the pages: streamed into drafts, then one transaction names them."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeVar

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from app.errors import AppError, TooLarge
from app.http.drafts import name_drafts
from app.runtime import Runtime
from app.storage.blobs import CHUNK_BYTES, Draft
from app.storage.files import NewFile, check_name
from app.web.errors import status_of
from app.web.pages import Naming
from app.web.sizes import size_said
from app.web.visits import Visit, check_form

T = TypeVar("T")


def last_name(path: str) -> str:
    """Return a file's name without its folders. Raises Invalid for a bad one."""
    return check_name(path.replace("\\", "/").rpartition("/")[2])


def take_files(
    visit: Visit,
    files: Sequence[UploadFile],
    act: Callable[[Session, list[NewFile]], T],
    clean_name: Callable[[str], str] = last_name,
) -> T:
    """Store files of a form and do in one transaction what names them; where that is refused nothing is kept.

    Raises TooLarge, Invalid for a bad name, and what `act` raises.
    """
    with ExitStack() as kept:
        drafts = []
        for file in files:
            name = clean_name(file.filename or "")
            check_size(visit.runtime, name, file.size or 0)
            draft: Draft = kept.enter_context(visit.runtime.blobs.draft())
            while chunk := file.file.read(CHUNK_BYTES):
                draft.write(chunk)
            drafts.append((name, draft))
        return name_drafts(visit.runtime, drafts, act)


async def take_body(
    request: Request,
    visit: Visit,
    name: str,
    check: Callable[[], None],
    act: Callable[[Session, list[NewFile]], T],
) -> T:
    """Store the body as a file that a script sends, and do in one transaction what names it, as `take_files`.

    `check` raises what can be refused before the bytes come in. Raises Forbidden, TooLarge, ClientDisconnect.
    """
    check_form(visit, request.headers.get("x-form-key", ""))
    length = request.headers.get("content-length", "")
    check_size(visit.runtime, name, int(length) if length.isdecimal() else 0)
    await run_in_threadpool(check)
    with visit.runtime.blobs.draft() as draft:  # not finished, it is gone at the end of the block
        async for chunk in request.stream():
            draft.write(chunk)
        return await run_in_threadpool(name_drafts, visit.runtime, [(name, draft)], act)


def check_size(runtime: Runtime, name: str, size_bytes: int) -> None:
    """Raise TooLarge for a file that is larger than allowed."""
    limit = runtime.settings.max_file_bytes
    if size_bytes > limit:
        raise TooLarge(
            "{name} is too large: it has {size}, and a file may have at most {limit}. Split it, or ask the "
            "administrator for a higher limit.",
            name=name,
            size=size_said(size_bytes),
            limit=size_said(limit),
            field="file",
        )


def wants_json(visit: Visit) -> bool:
    """Say whether a script asks, and not a form."""
    return "application/json" in visit.request.headers.get("accept", "")


def json_answer(body: Mapping[str, object], status: int = 200) -> Response:
    """Return what a script reads."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def json_refusal(visit: Visit, error: AppError) -> Response:
    """Return a refusal as a script shows it, in the reader's language."""
    body = {"message": Naming(visit.language).say(error.message), "field": error.field}
    return json_answer(body, status_of(error)[0])
