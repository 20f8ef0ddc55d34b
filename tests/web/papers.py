"""Documents of the site, as far as a test needs them, and the forms on their pages."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import event

from app.documents import approval
from app.documents.service import (
    DocumentKind,
    Level,
    NewDocument,
    add_document,
    add_revision,
    withdraw_document,
)
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.service import user_actor
from app.programmes.service import change_entry, find_programme, single
from app.storage.files import NewFile
from tests.builders import (
    INSTALLER,
    PAPER,
)
from tests.web.conftest import HOME, Site, key_of

LIST = f"{HOME}/documents"
NOW = datetime.now(UTC)
TODAY_THERE = (NOW + timedelta(hours=8)).date()


def document(site: Site, number: str = "SMS-P-01", title: str = "Policy", *, state: str = "draft", **days: Any) -> str:
    """Enter a document of the officer's, brought as far as `state`; return its id."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        officer, reviewer = person(site, "officer", session), person(site, "reviewer", session)
        new = NewDocument(number, title, Level.L1, DocumentKind.POLICY, site.users["owner"], (PAPER,))
        at = days.pop("at", NOW)
        made = add_document(session, programme, new, actor=officer, at=at)
        if state == "no-text":
            return made.id
        file = NewFile("方针.docx", site.runtime.blobs.put(io.BytesIO(number.encode())))
        add_revision(session, programme, made.id, file, change_note="first", actor=officer, at=at)
        if state == "draft":
            return made.id
        approval.submit_revision(session, programme, made.id, actor=officer, at=at, **days)
        if state == "in-review":
            return made.id
        approval.decide_revision(
            session, programme, made.id, approve=state != "returned", reason="unclear", actor=reviewer, at=at
        )
        if state == "withdrawn":
            withdraw_document(session, programme, made.id, reason="merged", actor=officer, at=at)
        return made.id


def person(site: Site, login: str, session: Any) -> Actor:
    return user_actor(session, session.get_one(User, site.users[login]), at=NOW)


def need(site: Site, approvals: int) -> None:
    """Have so many people approve each document."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        settings = single(session, programme, "settings")
        change_entry(session, programme, settings.id, {"approvals_needed": approvals}, actor=INSTALLER, at=NOW)


def step(site: Site, document_id: str, name: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
    """Send a form that stands on the page of a document."""
    page = site.get(f"{LIST}/{document_id}")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    given = {"form_key": key_of(page), "seen": seen[1] if seen else "", **(fields or {})}
    return site.client.post(f"{LIST}/{document_id}/{name}", data=given, **more)


def offered(site: Site, document_id: str) -> set[str]:
    """Return the forms that the page of a document offers."""
    page = site.get(f"{LIST}/{document_id}").text
    return set(re.findall(rf'action="[^"]*/documents/{document_id}/(\w+)', page))


@contextmanager
def asked(site: Site) -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    sent: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(site.runtime.database.reads, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(site.runtime.database.reads, "before_cursor_execute", note)
