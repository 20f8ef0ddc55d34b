"""Imports of evidence from tables: prepared with their files, applied whole, undone whole."""

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.answers import Answer, Once, gone, send
from app.api.deps import Cursor, IfNoneMatch, Limit
from app.api.documented import changes, ends, made, raw_file, reads, sends_bytes, sends_table
from app.api.fields import Body
from app.api.problems import language_of
from app.api.shapes_imports import ImportPage, ImportShape, TakenShape, UndoBody
from app.api.signed_in import Acting
from app.api.strict import StrictRoute, read_body
from app.api.uploads import Arrived, Uploading
from app.doctor import watched
from app.errors import Conflict
from app.evidence.service import check_may_add
from app.http.deps import Now, Reading, RuntimeDep
from app.http.downloads import download, send_once
from app.http.imports import errors_table, free, freeing
from app.http.sheets import MEDIA_TYPES, write
from app.identity.actor import Actor
from app.imports import reading, service
from app.imports.paths import clean_path
from app.imports.tables import MOST_BYTES, read_table
from app.imports.template import given_for, write_template
from app.paging import DEFAULT_PAGE
from app.programmes.models import Programme
from app.programmes.service import find_programme
from app.storage.blobs import Blob


class ImportUploadRoute(StrictRoute):
    """A route that takes bytes only from those who may add evidence there, for an import that is there."""

    @staticmethod
    def admit(session: Session, actor: Actor, path: Mapping[str, str]) -> Programme:
        """Return the programme that the path names. Raises NotFound, Forbidden."""
        programme = find_programme(session, path["programme"], actor=actor)
        check_may_add(session, programme, None, actor=actor)
        if (import_id := path.get("evidence_import")) is not None:
            reading.find_import(session, programme, import_id, actor=actor)
        return programme


PREFIX = "/programmes/{programme}/evidence/imports"
router = APIRouter(prefix=PREFIX, tags=["imports"], route_class=StrictRoute)
uploads = APIRouter(prefix=PREFIX, tags=["imports"], route_class=ImportUploadRoute)


class ImportList(Body):
    """Which imports to list."""

    cursor: Cursor = None
    limit: Limit = DEFAULT_PAGE
    language: Annotated[str | None, Field(exclude=True)] = None


@router.get("/template.{kind}", **sends_table())
def get_import_template(
    programme: str, kind: str, request: Request, session: Reading, *, actor: Acting, at: Now
) -> Response:
    """Download the template, `xlsx` or `csv`, in the language of the request.

    The workbook lists what is expected in this programme and who can own something.
    """
    found = find_programme(session, programme, actor=actor)
    given = given_for(session, found, actor=actor, at=at)
    content = write_template(given, kind, language_of(request))
    return send_once(io.BytesIO(content), f"{found.code}-evidence-template.{kind}", MEDIA_TYPES[kind])


@router.get("", **reads(ImportPage))
def list_imports(programme: str, query: Annotated[ImportList, Query()], session: Reading, *, actor: Acting) -> Response:
    """List imports, newest first: who imported what, when, and what came of it."""
    found = find_programme(session, programme, actor=actor)
    return send(
        ImportPage.of(reading.list_imports(session, found, actor=actor, cursor=query.cursor, limit=query.limit))
    )


@uploads.put("/tables/{file_name:path}", openapi_extra=raw_file(), **made(ImportShape))
async def prepare_import(file_name: str, upload: Uploading) -> Response:
    """Prepare an import: the body is the bytes of the table, XLSX or CSV. This is the dry run: nothing is changed.

    The answer says what would become of each row. Send the files that rows name, then apply it, or drop it.
    """

    def act() -> Response:
        table = read_table(content)

        def record(arrived: Arrived[Body]) -> Answer:
            session, found, at = arrived.session, arrived.programme, arrived.at
            head = service.prepare_import(session, found, table, arrived.files[0], actor=upload.actor, at=at)
            view = reading.get_import(session, found, head.id, actor=upload.actor, at=at)
            return Answer(ImportShape.whole(view), HTTPStatus.CREATED)

        return upload.whole(file_name, content, record)

    content = await read_body(upload.request, MOST_BYTES)
    return await run_in_threadpool(act)


@router.get("/{evidence_import}", **reads(ImportShape))
def get_import(programme: str, evidence_import: str, session: Reading, *, actor: Acting, at: Now) -> Response:
    """Show an import: of a draft what would become of it now, else what it made."""
    found = find_programme(session, programme, actor=actor)
    return send(ImportShape.whole(reading.get_import(session, found, evidence_import, actor=actor, at=at)))


@router.get("/{evidence_import}/errors.{kind}", **sends_table())
def get_import_errors(
    programme: str, evidence_import: str, kind: str, request: Request, session: Reading, *, actor: Acting, at: Now
) -> Response:
    """Download everything that is wrong with a draft as a table, `xlsx` or `csv`, in the language of the request."""
    found = find_programme(session, programme, actor=actor)
    view = reading.get_import(session, found, evidence_import, actor=actor, at=at)
    if view.check is None:
        raise Conflict("This table was imported already: it has no errors.")
    file = write(errors_table(view.check, language_of(request)), kind)
    return send_once(file, f"{found.code}-import-errors.{kind}", MEDIA_TYPES[kind])


@router.get("/{evidence_import}/table", **sends_bytes())
def get_import_table(
    programme: str,
    evidence_import: str,
    session: Reading,
    runtime: RuntimeDep,
    *,
    actor: Acting,
    at: Now,
    known: IfNoneMatch,
) -> Response:
    """Download the table of an import as it came."""
    found = find_programme(session, programme, actor=actor)
    table, chunks = reading.open_table(session, runtime.blobs, found, evidence_import, actor=actor)
    chunks = watched(runtime, Blob(table.sha256, table.size_bytes), chunks, actor=actor, at=at)
    return download(table, table.name, chunks, known)


@uploads.put("/{evidence_import}/tables/{file_name:path}", openapi_extra=raw_file(), **made(ImportShape))
async def replace_import_table(evidence_import: str, file_name: str, upload: Uploading) -> Response:
    """Take a corrected table into a draft; the files that have come stay."""
    released: list[str] = []

    def act() -> Response:
        table = read_table(content)

        def record(arrived: Arrived[Body]) -> Answer:
            session, found, at = arrived.session, arrived.programme, arrived.at
            released.extend(
                service.replace_table(
                    session, found, evidence_import, table, arrived.files[0], actor=upload.actor, at=at
                )
            )
            view = reading.get_import(session, found, evidence_import, actor=upload.actor, at=at)
            return Answer(ImportShape.whole(view), HTTPStatus.CREATED)

        answer = upload.whole(file_name, content, record)
        free(upload.runtime, released)
        return answer

    content = await read_body(upload.request, MOST_BYTES)
    return await run_in_threadpool(act)


@uploads.put("/{evidence_import}/files/{file_name:path}", openapi_extra=raw_file(), **made(TakenShape))
async def put_import_file(evidence_import: str, file_name: str, upload: Uploading) -> Response:
    """Take a file into a draft: the body is its bytes, its name may hold folders. Sent again it is taken anew."""
    released: list[str] = []

    def record(arrived: Arrived[Body]) -> Answer:
        session, found, [file] = arrived.session, arrived.programme, arrived.files
        released.extend(service.add_files(session, found, evidence_import, [file], actor=upload.actor, at=arrived.at))
        shape = TakenShape(name=file.name, size_bytes=file.blob.size_bytes, sha256=file.blob.sha256)
        return Answer(shape, HTTPStatus.CREATED)

    answer = await upload.raw(file_name, Body(), record, lambda _: None, clean_path)
    await run_in_threadpool(free, upload.runtime, released)
    return answer


@router.post("/{evidence_import}/apply", **changes(ImportShape))
def apply_import(
    programme: str, evidence_import: str, runtime: RuntimeDep, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Make evidence of every row, submitted by you: all of them, or none where one has an error."""

    def act(session: Session) -> tuple[Response, list[str]]:
        found, released = find_programme(session, programme, actor=actor), list[str]()

        def make() -> Answer:
            released.extend(service.apply_import(session, found, evidence_import, actor=actor, at=at)[1])
            return Answer(ImportShape.whole(reading.get_import(session, found, evidence_import, actor=actor, at=at)))

        return once.once(session, {}, make, at=at), released

    return freeing(runtime, act)


@router.post("/{evidence_import}/undo", **changes(ImportShape))
def undo_import(
    programme: str,
    evidence_import: str,
    runtime: RuntimeDep,
    *,
    body: UndoBody | None = None,
    actor: Acting,
    once: Once,
    at: Now,
) -> Response:
    """Withdraw everything that an import made; refused where somebody has reviewed or changed anything of it since."""
    given = body or UndoBody()
    with runtime.database.writing() as session:
        found = find_programme(session, programme, actor=actor)

        def make() -> Answer:
            service.undo_import(session, found, evidence_import, reason=given.reason, actor=actor, at=at)
            return Answer(ImportShape.whole(reading.get_import(session, found, evidence_import, actor=actor, at=at)))

        return once.once(session, given, make, at=at)


@router.delete("/{evidence_import}", **ends())
def drop_import(programme: str, evidence_import: str, runtime: RuntimeDep, *, actor: Acting) -> Response:
    """Drop a draft without a trace; its bytes go too, unless something else holds them."""

    def act(session: Session) -> tuple[None, list[str]]:
        found = find_programme(session, programme, actor=actor)
        return None, service.drop_import(session, found, evidence_import, actor=actor)

    freeing(runtime, act)
    return gone()
