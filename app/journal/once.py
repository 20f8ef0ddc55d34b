"""The same request twice is done once: the sender's key finds the answer that was given."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.database import insert_missing
from app.errors import Conflict, Invalid
from app.journal.models import Answered
from app.journal.service import plain

MAX_KEY = 200


def answered(session: Session, actor_id: str, key: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the answer given to this key, None where it is new.

    Raises Conflict where the key came with another request, Invalid for a key that cannot be kept.
    """
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise Invalid("An idempotency key has 1 to {most} printable characters.", most=MAX_KEY, field="Idempotency-Key")
    row = session.get(Answered, (actor_id, key))
    if row is None:
        return None
    if row.digest != digest_of(request):
        raise Conflict("This idempotency key was used for another request. Choose a new key.", field="Idempotency-Key")
    return dict(row.answer)


def answer_to(session: Session, actor_id: str, key: str) -> dict[str, Any] | None:
    """Return the answer given to this key, whatever the request was; None where it is new."""
    row = session.get(Answered, (actor_id, key))
    return None if row is None else dict(row.answer)


def keep_answer(
    session: Session, actor_id: str, key: str, request: Mapping[str, Any], answer: Mapping[str, Any], *, at: datetime
) -> None:
    """Keep the answer with the transaction that did the work. Raises Conflict where another one has just done it."""
    row = {"digest": digest_of(request), "answer": plain(answer), "at": at}
    if not insert_missing(session, Answered, actor_id=actor_id, key=key, **row):
        raise Conflict("This request is being answered already. Send it again to get that answer.")


def digest_of(request: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a request's content in canonical JSON."""
    text = json.dumps(plain(request), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
