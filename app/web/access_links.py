"""Access links: made for an auditor without an account, opened by them, revoked."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.http.deps import Reading
from app.identity.access_links import (
    NewAccessLink,
    enter_by_link,
    find_access_link,
    make_access_link,
    revoke_access_link,
)
from app.identity.actor import Permission
from app.language import Text
from app.programmes.models import Organisation, Programme
from app.programmes.service import profile_of
from app.web.forms import EMPTY, Filled, Form, StrangersForm, change
from app.web.pages import Naming, render
from app.web.people import open_people
from app.web.people_forms import end_of
from app.web.places import Asked, Dates, Place
from app.web.visits import PREVIEW, SESSION, STRANGER, Visit, Visiting, drop_cookie, set_cookie, stranger

router = APIRouter()
PEOPLE = "/programmes/{programme}/people"


@dataclass(frozen=True, slots=True)
class LinkForm:
    """The form that makes a link, as it was filled in."""

    form: Filled


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A link, shown this once."""

    name: str
    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnterPage:
    """What a link opens, before it is opened: mail programs that look at links begin no session."""

    secret: str
    name: str
    organisation: Text
    programme: Text
    until: str
    zone: str


@router.get(PEOPLE + "/link")
def show_form(programme: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the form that makes a link."""
    return _show(_open(session, visit, programme, dates), EMPTY)


@router.post(PEOPLE + "/link")
def make(programme: str, sent: Form, dates: Asked) -> Response:
    """Make a link and show it, once: sent again, the form makes another one."""
    visit = sent.visit
    made: list[LinkMade] = []

    def act(session: Session) -> str:
        place = _open(session, visit, programme, dates)
        if not sent["until"]:
            raise Invalid("Say until which day the auditor may read: access is always for a time.", field="until")
        new = NewAccessLink(
            sent["name"],
            place.programme.organisation_id,
            place.programme.id,
            end_of(sent["until"], place),
            sent["language"],
        )
        link, secret = make_access_link(session, new, actor=visit.who, at=visit.at)
        made.append(LinkMade(link.name, _address(visit, secret), link.expires_at))
        return place.to("people")

    def again(session: Session, form: Filled) -> Response:
        return _show(_open(session, visit, programme, dates), form)

    answer = change(sent, act, again)
    if not made or not isinstance(answer, RedirectResponse):
        return answer
    with visit.runtime.database.reading() as session:
        return render(visit, "access_link_made.html", made[0], place=_open(session, visit, programme, dates))


@router.post(PEOPLE + "/links/{link}/revoke")
def revoke(programme: str, link: str, sent: Form, dates: Asked) -> Response:
    """End a link now."""

    def act(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates)
        revoke_access_link(session, link, actor=sent.visit.who, at=sent.visit.at)
        return place.to("people", done="link-revoked")

    def again(session: Session, form: Filled) -> Response:
        return _show(_open(session, sent.visit, programme, dates), form)

    return change(sent, act, again)


@router.get("/enter/{secret}")
def show_what_it_opens(secret: str, request: Request, session: Reading) -> Response:
    """Say what a link opens, for whom and until when. Raises NotFound."""
    visit = stranger(request)
    link = find_access_link(session, secret, at=visit.at)
    programme = session.get_one(Programme, link.programme_id)
    organisation = session.get_one(Organisation, link.organisation_id)
    profile, naming = profile_of(session, programme), Naming(visit.language, ZoneInfo(organisation.time_zone))
    page = EnterPage(
        secret=secret,
        name=link.name,
        organisation=Text(organisation.name_en, organisation.name_zh),
        programme=Text(profile.name_en or programme.code, profile.name_zh or programme.code),
        until=naming.say(link.expires_at),
        zone=organisation.time_zone,
    )
    response = render(visit, "enter.html", page)
    set_cookie(visit, response, STRANGER, visit.secret)
    return response


@router.post("/enter")
def enter(sent: StrangersForm) -> Response:
    """Begin a session by a link. Raises NotFound."""
    visit, runtime = sent.visit, sent.visit.runtime
    with runtime.database.writing() as session:
        _, secret = enter_by_link(session, sent["secret"], at=visit.at, hours=runtime.settings.session_hours)
    answer = RedirectResponse(f"{visit.prefix}/", HTTPStatus.SEE_OTHER)
    set_cookie(visit, answer, SESSION, secret)
    drop_cookie(visit, answer, PREVIEW)
    return answer


def _open(session: Session, visit: Visit, programme: str, dates: Dates) -> Place:
    place = open_people(session, visit, programme, dates)
    visit.who.must(Permission.MANAGE_PEOPLE, place.programme.organisation_id)
    return place


def _show(place: Place, form: Filled) -> Response:
    return render(place.visit, "access_link.html", LinkForm(form), place=place, status=form.status)


def _address(visit: Visit, secret: str) -> str:
    return str(visit.request.url.replace(path=f"{visit.prefix}/enter/{secret}", query=""))
