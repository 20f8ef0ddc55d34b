"""Answers: JSON of a shape with its ETag, and the same answer again for a request that is repeated."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.api.signed_in import Acting
from app.errors import Stale
from app.journal.once import answered, keep_answer

SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; `revision` becomes the ETag. `kept` is what a repeated request gets where it differs."""

    shape: BaseModel
    status: int = HTTPStatus.OK
    revision: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: BaseModel | None = None

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers with the ETag."""
        return {**self.headers, **({} if self.revision is None else {"ETag": f'"{self.revision}"'})}


def send(shape: BaseModel, revision: int | None = None, status: int = HTTPStatus.OK) -> Response:
    """Return a shape as JSON."""
    return respond(Answer(shape, status, revision))


def respond(answer: Answer) -> Response:
    """Return an answer as JSON."""
    return _json(answer.shape.model_dump_json().encode(), answer.status, answer.all_headers)


def gone() -> Response:
    """Return the answer to something that was ended: nothing to say."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=SAFE)


class Call:
    """One request that makes something: sent again under the same Idempotency-Key it does nothing and answers alike."""

    def __init__(self, request: Request, key: str | None, actor_id: str) -> None:
        self._key = key
        self._actor_id = actor_id
        self._what = {"method": request.method, "path": request.url.path}

    @property
    def repeatable(self) -> bool:
        """Whether it has a key, so that it may have been done before."""
        return self._key is not None

    def once(
        self, session: Session, content: BaseModel | Mapping[str, Any], make: Callable[[], Answer], *, at: datetime
    ) -> Response:
        """Return the answer of `make`, or the one given before. Raises Conflict for other content under the same key.

        The caller has checked that the actor may see where it happens.
        """
        if self._key is None:
            return respond(make())
        plain = content.model_dump(mode="json") if isinstance(content, BaseModel) else dict(content)
        asked = {**self._what, "content": plain}
        before = answered(session, self._actor_id, self._key, asked)
        if before is not None:
            again = json.dumps(before["body"], ensure_ascii=False, separators=(",", ":")).encode()
            return _json(again, before["status"], {**before["headers"], "Idempotency-Replayed": "true"})
        answer = make()
        body = (answer.kept or answer.shape).model_dump(mode="json")
        kept = {"status": int(answer.status), "headers": answer.all_headers, "body": body}
        keep_answer(session, self._actor_id, self._key, asked, kept, at=at)
        return respond(answer)


async def _call(
    request: Request,
    *,
    actor: Acting,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Chosen by the client, 1 to 200 characters: the same request with the same key is done once.",
        ),
    ] = None,
) -> Call:
    return Call(request, key, actor.id)


Once = Annotated[Call, Depends(_call)]


def check_seen(seen: int | None, current: int) -> None:
    """Raise Stale where the client has seen another revision than the current one."""
    if seen is not None and seen != current:
        raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")


def _json(body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    return Response(body, status, {**SAFE, **headers}, "application/json")
