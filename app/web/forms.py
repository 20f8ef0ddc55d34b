"""Forms: what was typed, checked to be ours, and shown again with the error beside its field."""

from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.errors import AppError, Invalid, TooLarge
from app.language import Message
from app.web.errors import status_of
from app.web.sizes import size_said
from app.web.typed import KEY, OtherSession
from app.web.visits import (
    FormRefused,
    Visit,
    Visiting,
    check_origin,
    is_of_session,
    is_surely_ours,
    stranger,
)

LIMITS = {"max_fields": 2000, "max_part_size": 1 << 20}
MOST_FILES, FORM_BYTES = 200, 4 << 20
"""Files of a form that may have some; bytes of one that has none, which are read into memory."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in, with what was wrong with it; empty before anybody has."""

    values: Mapping[str, str] = field(default_factory=dict)
    error: AppError | None = None

    def value(self, name: str, default: object = "") -> str:
        """Return what was typed, else the default."""
        return self.values.get(name, "" if default is None else str(default))

    def wrong(self, name: str) -> Message | None:
        """Return what is wrong with a field."""
        return self.error.message if self.error is not None and self.error.field == name else None

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return HTTPStatus.OK if self.error is None else status_of(self.error)[0]


EMPTY = Filled()


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came in and is ours."""

    visit: Visit
    data: FormData

    def __getitem__(self, name: str) -> str:
        """Return a field's text without space around it; empty where it was left out."""
        value = self.data.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def several(self, name: str) -> tuple[str, ...]:
        """Return every value of a field, without empty ones."""
        return tuple(value.strip() for value in self.data.getlist(name) if isinstance(value, str) and value.strip())

    def files(self, name: str) -> list[UploadFile]:
        """Return the files of a field; a browser sends one without a name where none was chosen."""
        return [each for each in self.data.getlist(name) if isinstance(each, UploadFile) and each.filename]

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, None where it is empty. Raises Invalid."""
        text = self[name]
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 (fits into 32 bit)
            raise Invalid("{value} is not a whole number.", value=text[:40], field=name)
        return int(text)

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: value for name, value in self.data.multi_items() if isinstance(value, str) and name != KEY}

    def again(self, error: AppError) -> Filled:
        """Return the form as it was filled in, with what was wrong."""
        return Filled(self.values, error)


async def _sent(request: Request, visit: Visiting) -> AsyncIterator[Sent]:
    async with read_form(request, visit) as sent:
        yield sent


async def _sent_by_stranger(request: Request) -> AsyncIterator[Sent]:
    async with read_form(request, stranger(request)) as sent:
        yield sent


@asynccontextmanager
async def read_form(request: Request, visit: Visit, *, most_files: int = 0) -> AsyncIterator[Sent]:
    """Read a form of ours; its files are closed afterwards, which removes those that were too large for memory.

    Raises FormRefused, OtherSession where a session before this one has opened it, TooLarge, Invalid.
    """
    check_origin(visit)
    coming = request if most_files else _bounded(request)
    async with coming.form(**LIMITS, max_files=most_files) as data:
        key = data.get(KEY, "")
        key = key if isinstance(key, str) else ""
        if not is_of_session(visit, key):
            raise OtherSession(data) if is_surely_ours(visit, key) else FormRefused
        yield Sent(visit, data)


@asynccontextmanager
async def read_files_form(request: Request, visit: Visit, admit: Callable[[Session], object]) -> AsyncIterator[Sent]:
    """Read a form with files, once `admit` lets its sender: it raises before a byte is taken. Raises as `read_form`."""

    def ask() -> None:
        with visit.runtime.database.reading() as session:
            admit(session)

    await run_in_threadpool(ask)
    async with read_form(request, visit, most_files=MOST_FILES) as sent:
        yield sent


def _bounded(request: Request) -> Request:
    """Return the request with a body that may not be longer than `FORM_BYTES`."""
    taken = 0

    async def receive() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > FORM_BYTES:
            raise TooLarge("A form may have at most {limit} of text.", limit=size_said(FORM_BYTES))
        return message

    return Request(request.scope, receive)


Form = Annotated[Sent, Depends(_sent)]
"""A form that somebody who is signed in has sent from a page of ours."""
StrangersForm = Annotated[Sent, Depends(_sent_by_stranger)]
"""A form of somebody who is not signed in yet, from a page of ours."""


def change(sent: Sent, act: Callable[[Session], str], again: Callable[[Session, Filled], Response]) -> Response:
    """Do what a form asks in one transaction and go to the address that `act` returns.

    Where it is refused nothing is changed, and `again` shows the page with what was typed and why.
    """
    database = sent.visit.runtime.database
    try:
        with database.writing() as session:
            address = act(session)
    except AppError as error:
        with database.reading() as session:
            return again(session, sent.again(error))
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
