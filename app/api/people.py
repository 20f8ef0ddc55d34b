"""Roles in organisations, tokens."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.answers import Answer, Once, gone, send
from app.api.documented import ends, made, reads
from app.api.fields import LAST_YEAR, Body, Day, Id, Instant, Name, Whole
from app.api.shapes_people import (
    AccessLinks,
    AccessLinkShape,
    MembershipShape,
    NewAccessLinkShape,
    NewTokenShape,
    People,
    Tokens,
    TokenShape,
)
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.errors import Invalid, NotFound
from app.http.deps import Now, Reading, Writing
from app.identity import access_links as links
from app.identity import ended
from app.identity import service as identity
from app.identity.actor import Actor, Grant, Permission, Role
from app.identity.users import find_user
from app.programmes import service as programmes
from app.programmes.models import Organisation
from app.programmes.organisations import get_organisation

router = APIRouter(tags=["people"], route_class=StrictRoute)


class RolesBody(Body):
    """Roles for a user; for an auditor `programme_id` and `until` are needed."""

    login: Name
    roles: Annotated[list[Role], Field(min_length=1, max_length=10)]
    programme_id: Id | None = None
    until: Annotated[
        Annotated[Instant | Day, Field(union_mode="left_to_right")] | None,
        Field(description="A moment, or a day: to its end where the organisation is."),
    ] = None


class TokenBody(Body):
    """A token for a program: the rights of one role, for at most a year."""

    name: Name
    user_id: Id | None = None
    role: Role
    days: Whole
    programme_id: Id | None = None


class AccessLinkBody(Body):
    """For whom a link is, to which programme, in which language (zh or en), until when."""

    name: Name
    programme_id: Id
    until: Annotated[
        Annotated[Instant | Day, Field(union_mode="left_to_right")],
        Field(description="A moment, or a day: to its end where the organisation is."),
    ]
    language: str = "zh"


@router.get("/organisations/{organisation}/people", **reads(People))
def list_people(organisation: str, session: Reading, *, actor: Acting, at: Now) -> Response:
    """List everybody who has a role in the organisation now or later."""
    get_organisation(session, organisation, actor=actor)
    found = identity.people(session, organisation, actor=actor, at=at)
    return send(People(items=[MembershipShape.of(user, membership) for user, membership in found]))


@router.post("/organisations/{organisation}/people", **made(People))
def give_roles(organisation: str, body: RolesBody, session: Writing, *, actor: Acting, once: Once, at: Now) -> Response:
    """Give a user roles in the organisation, or in one programme of it, from now until a day."""
    place = get_organisation(session, organisation, actor=actor)
    actor.must(Permission.MANAGE_PEOPLE, organisation)

    def make() -> Answer:
        programme_id = _programme_id(session, organisation, body.programme_id, actor)
        user = find_user(session, body.login)
        until = _moment(place, body.until)
        grant = Grant(organisation, frozenset(body.roles), programme_id)
        given = identity.give_role(session, grant, user, actor=actor, at=at, until=until)
        return Answer(People(items=[MembershipShape.of(user, each) for each in given]), HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.delete("/people/{membership}", **ends())
def end_role(membership: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """End a role now."""
    identity.end_role(session, membership, actor=actor, at=at)
    return gone()


@router.post("/people/{membership}/restore", **made(MembershipShape))
def restore_role(membership: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """Give a role again that was ended, from now to the end it was to have; one that is held is left as it is."""
    user, given = ended.restore_role(session, membership, actor=actor, at=at)
    return send(MembershipShape.of(user, given), status=HTTPStatus.CREATED)


@router.get("/organisations/{organisation}/tokens", **reads(Tokens))
def list_tokens(organisation: str, session: Reading, *, actor: Acting) -> Response:
    """List the organisation's tokens, newest first, without their secrets."""
    get_organisation(session, organisation, actor=actor)
    found = identity.tokens(session, organisation, actor=actor)
    return send(Tokens(items=[TokenShape.of(each) for each in found]))


@router.post("/organisations/{organisation}/tokens", **made(NewTokenShape))
def make_token(organisation: str, body: TokenBody, session: Writing, *, actor: Acting, once: Once, at: Now) -> Response:
    """Make a token with the rights of one role. Its secret is shown in this answer and never again."""
    get_organisation(session, organisation, actor=actor)

    def make() -> Answer:
        programme_id = _programme_id(session, organisation, body.programme_id, actor)
        new = identity.NewToken(body.name, body.user_id or actor.id, organisation, body.role, body.days, programme_id)
        token, secret = identity.make_token(session, new, actor=actor, at=at)
        shape = TokenShape.of(token)
        shown, kept = (NewTokenShape(**dict(shape), secret=each) for each in (secret, None))
        return Answer(shown, HTTPStatus.CREATED, kept=kept)  # the secret itself is kept nowhere

    return once.once(session, body, make, at=at)


@router.get("/organisations/{organisation}/access-links", **reads(AccessLinks))
def list_access_links(organisation: str, session: Reading, *, actor: Acting) -> Response:
    """List the organisation's access links, newest first, also those that ended."""
    get_organisation(session, organisation, actor=actor)
    found = links.access_links(session, organisation, actor=actor)
    return send(AccessLinks(items=[AccessLinkShape.of(each) for each in found]))


@router.post("/organisations/{organisation}/access-links", **made(NewAccessLinkShape))
def make_access_link(
    organisation: str, body: AccessLinkBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Make a link that lets an auditor without an account read one programme. It is shown in this answer only."""
    place = get_organisation(session, organisation, actor=actor)
    actor.must(Permission.MANAGE_PEOPLE, organisation)

    def make() -> Answer:
        programme_id = _programme_id(session, organisation, body.programme_id, actor)
        until = _moment(place, body.until)
        new = links.NewAccessLink(body.name, organisation, str(programme_id), until or at, body.language)
        link, secret = links.make_access_link(session, new, actor=actor, at=at)
        shape = dict(AccessLinkShape.of(link))
        shown, kept = (NewAccessLinkShape(**shape, path=path) for path in (f"/enter/{secret}", None))
        return Answer(shown, HTTPStatus.CREATED, kept=kept)  # the secret itself is kept nowhere

    return once.once(session, body, make, at=at)


@router.delete("/access-links/{link}", **ends())
def revoke_access_link(link: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """End an access link now, with the sessions it has given."""
    links.revoke_access_link(session, link, actor=actor, at=at)
    return gone()


@router.get("/tokens", **reads(Tokens))
def list_own_tokens(session: Reading, *, actor: Acting) -> Response:
    """List one's own tokens and sessions, newest first, without their secrets."""
    return send(Tokens(items=[TokenShape.of(each) for each in identity.own_tokens(session, actor=actor)]))


@router.delete("/tokens/{token}", **ends())
def revoke_token(token: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """End a token now."""
    identity.revoke_token(session, token, actor=actor, at=at)
    return gone()


def _moment(organisation: Organisation, until: datetime | date | None) -> datetime | None:
    """Return the moment; a day is meant to its end where the organisation is."""
    if until is None or isinstance(until, datetime):
        return until
    if until.year > LAST_YEAR:
        raise Invalid("The day is too far away.", field="until")
    return datetime.combine(until, time.max, ZoneInfo(organisation.time_zone)).astimezone(UTC)


def _programme_id(session: Session, organisation_id: str, wanted: str | None, actor: Actor) -> str | None:
    """Return the id of the programme named by id or code. Raises NotFound for one of another organisation."""
    if wanted is None:
        return None
    programme = programmes.find_programme(session, wanted, actor=actor)
    if programme.organisation_id != organisation_id:
        raise NotFound("There is no such programme, or you may not see it.", field="programme_id")
    return programme.id
