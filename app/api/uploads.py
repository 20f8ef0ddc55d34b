"""Files on their way in: streamed into drafts while they are hashed, then one transaction names them."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from app.api.answers import Answer, Call, Once
from app.api.fields import Body
from app.api.forms import FormReader
from app.api.signed_in import Acting
from app.http.deps import RuntimeDep
from app.http.drafts import name_drafts
from app.identity.actor import Actor
from app.programmes.models import Organisation, Programme
from app.runtime import Runtime
from app.storage.blobs import Draft
from app.storage.files import NewFile, check_name

B = TypeVar("B", bound=Body)
SMALL_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrived(Generic[B]):
    """What came in with its bytes durable, and the transaction that is to name them."""

    session: Session
    organisation: Organisation
    """Held so that it is read once: a session forgets what nobody holds."""
    programme: Programme
    body: B
    files: list[NewFile]
    at: datetime

    @property
    def content(self) -> dict[str, Any]:
        """What makes the request the same when it is repeated."""
        files = [[file.name, file.blob.sha256] for file in self.files]
        return {"fields": self.body.model_dump(mode="json", exclude_unset=True), "files": files}


Check = Callable[[Arrived[B]], None]
"""Raises what can be refused before there are bytes: the files are not there yet."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One request that brings files into a programme."""

    request: Request
    runtime: Runtime
    actor: Actor
    call: Call

    async def raw(
        self,
        name: str,
        query: B,
        record: Callable[[Arrived[B]], Answer],
        check: Check[B],
        clean_name: Callable[[str], str] = check_name,
    ) -> Response:
        """Take the whole body as one file of this name and record it."""
        clean = clean_name(name)
        if not self._is_small():
            await run_in_threadpool(self._check, query, check)
        with self.runtime.blobs.draft() as draft:  # not finished, it is gone at the end of the block
            async for chunk in self.request.stream():
                if chunk:
                    draft.write(chunk)
            return await run_in_threadpool(self._record, query, [(clean, draft)], record)

    def whole(self, name: str, content: bytes, record: Callable[[Arrived[Body]], Answer]) -> Response:
        """Record one file of this name that has come in whole. Slow: in a thread."""
        with self.runtime.blobs.draft() as draft:
            draft.write(content)
            return self._record(Body(), [(check_name(name), draft)], record)

    async def form(
        self, part: str, shape: type[B], record: Callable[[Arrived[B]], Answer], check: Check[B]
    ) -> Response:
        """Take a form, `part` with the fields as JSON and then the files, and record it."""
        with ExitStack() as kept:
            limit = self.runtime.settings.max_body_bytes
            reader = FormReader(part, shape, lambda: kept.enter_context(self.runtime.blobs.draft()), limit)
            body = await reader.read(self.request, lambda given: run_in_threadpool(self._check, given, check))
            return await run_in_threadpool(self._record, body, reader.drafts, record)

    def _is_small(self) -> bool:
        """Whether so little comes that to take it and throw it away costs less than to look first."""
        length = self.request.headers.get("content-length", "")
        return length.isdecimal() and int(length) <= SMALL_BYTES

    def _check(self, body: B, check: Check[B]) -> None:
        """Refuse what can be refused before there are bytes; a request that is repeated was checked before."""
        if self.call.repeatable:
            return
        with self.runtime.database.reading() as session:
            check(self._arrived(session, body, []))

    def _arrived(self, session: Session, body: B, files: list[NewFile]) -> Arrived[B]:
        """Return what came in, with its programme and organisation as they were when the request was admitted."""
        organisation = session.merge(self.request.state.organisation, load=False)
        programme = session.merge(self.request.state.programme, load=False)
        return Arrived(session, organisation, programme, body, files, datetime.now(UTC))

    def _record(self, body: B, drafts: Sequence[tuple[str, Draft]], record: Callable[[Arrived[B]], Answer]) -> Response:
        def named(session: Session, files: list[NewFile]) -> Response:
            arrived = self._arrived(session, body, files)
            return self.call.once(session, arrived.content, lambda: record(arrived), at=arrived.at)

        return name_drafts(self.runtime, drafts, named)


async def _upload(
    request: Request,
    programme: str,  # noqa: ARG001 (said here for every operation; the route has found it before)
    runtime: RuntimeDep,
    *,
    actor: Acting,
    call: Once,
) -> Upload:
    return Upload(request, runtime, actor, call)


Uploading = Annotated[Upload, Depends(_upload)]
