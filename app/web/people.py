"""People of an organisation: who has which role, when auditors may look, which programs have a token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.http.deps import Reading
from app.identity.access_links import access_links
from app.identity.actor import Permission, Role
from app.identity.ended import ended_role, restore_role
from app.identity.models import AccessLink, Membership, Token, User
from app.identity.service import end_role, people, revoke_token, tokens
from app.language import Message, say
from app.paging import DEFAULT_PAGE, page_of, read_cursor
from app.programmes.service import programmes
from app.web.forms import Filled, Form, change
from app.web.pages import render
from app.web.places import Asked, Dates, Place
from app.web.set_up import open_set_up
from app.web.visits import Visit, Visiting

router = APIRouter()
LIST = "people"


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds: where, until when; `starts_at` is shown where it is still to come."""

    id: str
    role: str
    where: object
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with their roles; `machine` has no password, `off` is locked out."""

    id: str
    name: str
    login: str
    machine: bool
    off: bool
    roles: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token that holds, and for whom it acts."""

    token: Token
    owner: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A role that was just ended and may be given again."""

    id: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody, auditors apart, and the organisation's tokens and access links for whoever manages people."""

    people: tuple[Person, ...]
    auditors: tuple[Person, ...]
    tokens: tuple[TokenLine, ...]
    links: tuple[AccessLink, ...]
    cursor: str | None
    wanted: str
    may_manage: bool
    may_make_users: bool
    form: Filled
    ended: Ended | None


def open_people(session: Session, visit: Visit, programme: str, dates: Dates) -> Place:
    """Return the programme for a page about the people of its organisation. Raises NotFound, Forbidden."""
    place = open_set_up(session, visit, programme, dates)
    visit.who.must(Permission.READ, place.programme.organisation_id)
    return place


def may_manage(place: Place) -> bool:
    """Say whether the page lets the visitor manage the people of the whole organisation: not in the past."""
    manages = place.visit.who.may(Permission.MANAGE_PEOPLE, place.programme.organisation_id)
    return manages and place.known_at is None


@router.get("/programmes/{programme}/people")
def show_people(
    programme: str, visit: Visiting, session: Reading, dates: Asked, q: str = "", cursor: str | None = None
) -> Response:
    """Show everybody with a role in the organisation."""
    return _show(session, open_people(session, visit, programme, dates), Filled(), q, cursor)


@router.post("/programmes/{programme}/people/roles/{membership}/end")
def end(programme: str, membership: str, sent: Form, dates: Asked) -> Response:
    """End a role now; the page after it offers to give it again."""

    def act(session: Session) -> str:
        place = open_people(session, sent.visit, programme, dates)
        end_role(session, membership, actor=sent.visit.who, at=sent.visit.at)
        return place.to("people", ended=membership)

    return change(sent, act, lambda session, form: _again(session, sent.visit, programme, dates, form))


@router.post("/programmes/{programme}/people/roles/{membership}/again")
def restore(programme: str, membership: str, sent: Form, dates: Asked) -> Response:
    """Give a role again that was ended."""

    def act(session: Session) -> str:
        place = open_people(session, sent.visit, programme, dates)
        restore_role(session, membership, actor=sent.visit.who, at=sent.visit.at)
        return place.to("people", done="restored")

    return change(sent, act, lambda session, form: _again(session, sent.visit, programme, dates, form))


@router.post("/programmes/{programme}/people/tokens/{token}/revoke")
def revoke(programme: str, token: str, sent: Form, dates: Asked) -> Response:
    """Revoke a token now."""

    def act(session: Session) -> str:
        place = open_people(session, sent.visit, programme, dates)
        revoke_token(session, token, actor=sent.visit.who, at=sent.visit.at)
        return place.to("people", done="token-revoked")

    return change(sent, act, lambda session, form: _again(session, sent.visit, programme, dates, form))


def _again(session: Session, visit: Visit, programme: str, dates: Dates, form: Filled) -> Response:
    return _show(session, open_people(session, visit, programme, dates), form)


def _show(session: Session, place: Place, form: Filled, wanted: str = "", cursor: str | None = None) -> Response:
    visit, organisation_id = place.visit, place.programme.organisation_id
    manages = may_manage(place)
    links = access_links(session, organisation_id, actor=visit.who) if manages else []
    by_link = {each.user_id for each in links}
    found = [row for row in people(session, organisation_id, actor=visit.who, at=visit.at) if row[0].id not in by_link]
    where = _scopes(session, place)
    everybody = [_person(rows, where) for _, rows in groupby(found, key=lambda row: row[0].id)]
    auditors = tuple(_only(each, auditor=True) for each in everybody if any(r.role == Role.AUDITOR for r in each.roles))
    others = [_only(each, auditor=False) for each in everybody if any(r.role != Role.AUDITOR for r in each.roles)]
    if wanted:
        needle = wanted.casefold()
        others = [each for each in others if needle in each.name.casefold() or needle in each.login]
    start = _offset(cursor)
    keys = [str(start + index + 1) for index in range(len(others[start:]))]
    shown = page_of(others[start : start + DEFAULT_PAGE + 1], DEFAULT_PAGE, keys, LIST)
    page = PeoplePage(
        people=shown.items,
        auditors=auditors,
        tokens=_live(tokens(session, organisation_id, actor=visit.who), found, visit.at) if manages else (),
        links=tuple(each for each in links if each.revoked_at is None and each.expires_at > visit.at),
        cursor=shown.cursor,
        wanted=wanted,
        may_manage=manages,
        may_make_users=visit.who.installer,
        form=form,
        ended=_ended(session, visit),
    )
    return render(visit, "people.html", page, place=place, status=form.status)


def _ended(session: Session, visit: Visit) -> Ended | None:
    found = ended_role(session, visit.request.query_params.get("ended", ""), actor=visit.who, at=visit.at)
    return None if found is None else Ended(found[1].id, found[1].role, found[0].name)


def _offset(cursor: str | None) -> int:
    key = read_cursor(cursor, LIST) or "0"
    if not (key.isascii() and key.isdecimal()):
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return int(key)


def _scopes(session: Session, place: Place) -> dict[str | None, Message | str]:
    """Return what each programme of the organisation is called where a role is limited to it."""
    found = programmes(session, actor=place.visit.who)
    return {None: say("the whole organisation"), **{each.id: each.code for each in found}}


def _person(rows: Iterable[tuple[User, Membership]], where: dict[str | None, Message | str]) -> Person:
    both = list(rows)
    user = both[0][0]
    held = tuple(
        Held(each.id, each.role, where.get(each.programme_id, say("another programme")), each.ends_at)
        for _, each in both
    )
    return Person(user.id, user.name, user.login, user.password_hash is None, user.disabled_at is not None, held)


def _only(person: Person, *, auditor: bool) -> Person:
    roles = tuple(each for each in person.roles if (each.role == Role.AUDITOR) is auditor)
    return Person(person.id, person.name, person.login, person.machine, person.off, roles)


def _live(found: Sequence[Token], members: Sequence[tuple[User, Membership]], at: datetime) -> tuple[TokenLine, ...]:
    names = {user.id: user.name for user, _ in members}
    return tuple(
        TokenLine(each, names.get(each.user_id, ""))
        for each in found
        if each.revoked_at is None and each.expires_at > at
    )
