"""Programmes and their registers."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.answers import Answer, Once, gone, send
from app.api.deps import IfMatch, KnownAt
from app.api.documented import changes, ends, entry_body, made, reads
from app.api.fields import Body, Name
from app.api.shapes_programmes import EntryShape, Programmes, ProgrammeShape, Register
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.errors import NotFound
from app.http.deps import Now, Reading, Writing
from app.identity.actor import Permission
from app.programmes import service
from app.programmes.models import Programme
from app.programmes.organisations import get_organisation
from app.programmes.reading import profiles_of
from app.programmes.registers import KINDS, SINGLE

router = APIRouter(tags=["programmes"], route_class=StrictRoute)
RegisterName = StrEnum("RegisterName", {name: name for name in KINDS})  # type: ignore[misc]


class ProgrammeBody(Body):
    """A programme: its code is its short name in commands and addresses."""

    code: Name
    profile: Annotated[dict[str, Any], Field(default_factory=dict)]


@router.get("/programmes", **reads(Programmes))
def list_programmes(session: Reading, *, actor: Acting) -> Response:
    """List the programmes one may read, by organisation and code."""
    found = service.programmes(session, actor=actor)
    profiles = profiles_of(session, found)
    return send(Programmes(items=[ProgrammeShape.of(each, profiles[each.id]) for each in found]))


@router.post("/organisations/{organisation}/programmes", **made(ProgrammeShape))
def add_programme(
    organisation: str, body: ProgrammeBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Add a programme with its profile: names, scope, frameworks, start of operation."""
    get_organisation(session, organisation, actor=actor)
    actor.must(Permission.MANAGE_PROGRAMME, organisation)

    def make() -> Answer:
        programme = service.add_programme(session, organisation, body.code, body.profile, actor=actor, at=at)
        shape = ProgrammeShape.of(programme, service.profile_of(session, programme))
        return Answer(shape, HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.get("/programmes/{programme}", **reads(ProgrammeShape))
def get_programme(programme: str, session: Reading, *, actor: Acting) -> Response:
    """Show a programme, by id or by its code where that is unique."""
    found = service.find_programme(session, programme, actor=actor)
    return send(ProgrammeShape.of(found, service.profile_of(session, found)))


@router.get("/programmes/{programme}/registers/{register}", **reads(Register))
def read_register(
    programme: str, register: RegisterName, session: Reading, *, actor: Acting, known_at: KnownAt = None
) -> Response:
    """Read a register as it is now, or as it was known at a moment."""
    found = service.find_programme(session, programme, actor=actor)
    recorded = service.register(session, found, register.value, known_at=known_at)
    only = recorded[0].revision if register.value in SINGLE and len(recorded) == 1 else None
    return send(Register.of(recorded), only)


@router.post("/programmes/{programme}/registers/{register}", openapi_extra=entry_body(), **made(EntryShape))
def add_entry(
    programme: str,
    register: RegisterName,
    body: dict[str, Any],
    session: Writing,
    *,
    actor: Acting,
    once: Once,
    at: Now,
) -> Response:
    """Add an entry to a register; `profile` and `settings` have exactly one, which is changed."""
    found = service.find_programme(session, programme, actor=actor)

    def make() -> Answer:
        added = service.add_entry(session, found, register.value, body, actor=actor, at=at)
        return Answer(EntryShape.of(added), HTTPStatus.CREATED, added.revision)

    return once.once(session, body, make, at=at)


@router.put("/programmes/{programme}/registers/{register}", openapi_extra=entry_body(), **changes(EntryShape))
def change_only_entry(
    programme: str,
    register: RegisterName,
    body: dict[str, Any],
    session: Writing,
    *,
    actor: Acting,
    seen: IfMatch,
    at: Now,
) -> Response:
    """Change the one entry of `profile` or `settings`; fields that are left out get their defaults."""
    found = service.find_programme(session, programme, actor=actor)
    if register.value not in SINGLE:
        raise NotFound("The register {name} has many entries: name one by its id.", name=register.value)
    entry_id = service.single(session, found, register.value).id
    changed = service.change_entry(session, found, entry_id, body, actor=actor, at=at, revision=seen)
    return send(EntryShape.of(changed), changed.revision)


@router.get("/programmes/{programme}/registers/{register}/{entry}", **reads(EntryShape))
def read_entry(
    programme: str, register: RegisterName, entry: str, session: Reading, *, actor: Acting, known_at: KnownAt = None
) -> Response:
    """Read one entry as it is now, or as it was known at a moment."""
    found = service.find_programme(session, programme, actor=actor)
    for each in service.register(session, found, register.value, known_at=known_at):
        if each.id == entry:
            return send(EntryShape.of(each), each.revision)
    raise NotFound("There is no such entry in this register.")


@router.put("/programmes/{programme}/registers/{register}/{entry}", openapi_extra=entry_body(), **changes(EntryShape))
def change_entry(
    programme: str,
    register: RegisterName,
    entry: str,
    body: dict[str, Any],
    session: Writing,
    *,
    actor: Acting,
    seen: IfMatch,
    at: Now,
) -> Response:
    """Change an entry; fields that are left out get their defaults, and the former state stays on record."""
    found = service.find_programme(session, programme, actor=actor)
    _check_place(session, found, register.value, entry)
    changed = service.change_entry(session, found, entry, body, actor=actor, at=at, revision=seen)
    return send(EntryShape.of(changed), changed.revision)


@router.delete("/programmes/{programme}/registers/{register}/{entry}", **ends())
def remove_entry(
    programme: str, register: RegisterName, entry: str, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """End an entry; that it was there stays on record."""
    found = service.find_programme(session, programme, actor=actor)
    _check_place(session, found, register.value, entry)
    service.change_entry(session, found, entry, None, actor=actor, at=at, revision=seen)
    return gone()


def _check_place(session: Session, programme: Programme, register: str, entry_id: str) -> None:
    """Raise NotFound for an entry that is in another register than the address says."""
    if all(each.id != entry_id for each in service.register(session, programme, register)):
        raise NotFound("There is no such entry in this register.")
