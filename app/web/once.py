"""A form that was sent twice, by a double click or a reload, is done once."""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from app.journal.once import answered, keep_answer
from app.storage.files import NewFile
from app.web.forms import Sent

ONCE, MOST = "once", 60


def new_key() -> str:
    """Return what a form that makes something carries in its field `once`."""
    return secrets.token_urlsafe(12)


def once(session: Session, sent: Sent, make: Callable[[], str], *, files: Sequence[NewFile] = ()) -> str:
    """Return the address that `make` returns, or that it returned when the same form with the same content came.

    `files` are those that came with the form.
    """
    if not sent[ONCE]:
        return make()
    visit = sent.visit
    # a password must not be kept, not even as a digest that is fast to guess
    typed = sorted(item for item in sent.values.items() if not item[0].endswith("password"))
    content = json.dumps([visit.path, typed, *files]).encode("utf-8", "surrogatepass")
    key = f"page:{sent[ONCE][:MOST]}:{hashlib.sha256(content).hexdigest()}"
    before = answered(session, visit.who.id, key, {})
    if before is not None:
        return str(before["address"])
    address = make()
    keep_answer(session, visit.who.id, key, {}, {"address": address}, at=visit.at)
    return address
