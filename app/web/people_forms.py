"""Giving roles, letting auditors in for a time, making accounts, and tokens for programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from anyio import to_thread
from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid
from app.http.deps import HASHING, Reading
from app.identity.actor import Grant, Permission, Role
from app.identity.models import User
from app.identity.passwords import choose
from app.identity.service import MACHINE_ROLES, NewToken, give_role, make_token, people
from app.identity.users import NewUser, add_user, by_login
from app.language import say
from app.web.forms import Filled, Form, Sent, change
from app.web.labels import ROLES
from app.web.once import new_key, once
from app.web.pages import render
from app.web.people import open_people
from app.web.places import Asked, Dates, Place, day_asked
from app.web.set_up_fields import relabelled
from app.web.visits import Visiting

router = APIRouter()
TOKEN_DAYS, LAST_YEAR = 90, 9000
WHOLE, HERE = "organisation", "programme"


@dataclass(frozen=True, slots=True)
class PeopleForm:
    """One of the forms: `what` it does, the choices it offers, and what was typed."""

    what: str
    roles: dict[str, str]
    scopes: dict[str, str]
    users: dict[str, str]
    languages: dict[str, str]
    once: str
    form: Filled
    login: str = ""


@dataclass(frozen=True, slots=True)
class SecretPage:
    """A token's secret, shown this once."""

    name: str
    secret: str
    expires_at: datetime


def _form(what: str) -> Callable[..., Response]:
    def show(programme: str, visit: Visiting, session: Reading, dates: Asked, login: str = "") -> Response:
        return _show(session, _open(session, visit, programme, dates, what), what, Filled(), login)

    show.__doc__ = f"Show the form that makes a {what}."
    return show


for _what in ("role", "auditor", "token", "user"):
    router.get(f"/programmes/{{programme}}/people/{_what}")(_form(_what))


@router.post("/programmes/{programme}/people/role")
def give(programme: str, sent: Form, dates: Asked) -> Response:
    """Give a role."""

    def act(session: Session, place: Place) -> str:
        role = _role(sent)
        limited = place.programme.id if sent["scope"] == HERE else None
        grant = Grant(place.programme.organisation_id, frozenset({role}), limited)
        until = end_of(sent["until"], place) if sent["until"] else None
        give_role(session, grant, _user(session, sent), actor=sent.visit.who, at=sent.visit.at, until=until)
        return place.to("people", done="role-given")

    return _save(programme, sent, dates, "role", act)


@router.post("/programmes/{programme}/people/auditor")
def let_in(programme: str, sent: Form, dates: Asked) -> Response:
    """Let an auditor read this programme until a day."""

    def act(session: Session, place: Place) -> str:
        grant = Grant(place.programme.organisation_id, frozenset({Role.AUDITOR}), place.programme.id)
        if not sent["until"]:
            raise Invalid("Say until which day the auditor may read: access is always for a time.", field="until")
        until = end_of(sent["until"], place)
        give_role(session, grant, _user(session, sent), actor=sent.visit.who, at=sent.visit.at, until=until)
        return place.to("people", done="role-given")

    return _save(programme, sent, dates, "auditor", act)


@router.post("/programmes/{programme}/people/user")
async def make_user(programme: str, sent: Form, dates: Asked) -> Response:
    """Make an account; the password is hashed before the transaction, few at a time."""

    def make() -> Response:
        visit, password, hashed = sent.visit, str(sent.data.get("password", "")), None
        visit.who.must_install()
        try:
            if password:
                hashed = choose(password, sent["login"], visit.runtime.settings.password_memory_kib)
        except AppError as error:
            with visit.runtime.database.reading() as session:
                place = _open(session, visit, programme, dates, "user")
                return _show(session, place, "user", sent.again(error))

        def act(session: Session, place: Place) -> str:
            new = NewUser(sent["login"], sent["name"], sent["language"], hashed)
            user = add_user(session, new, actor=visit.who, at=visit.at)
            return place.to("people", "role", login=user.login, done="user-made")

        return _save(programme, sent, dates, "user", act)

    return await to_thread.run_sync(make, limiter=HASHING)


@router.post("/programmes/{programme}/people/token")
def make(programme: str, sent: Form, dates: Asked) -> Response:
    """Make a token and show its secret, once: sent again the form shows nothing."""
    made: list[SecretPage] = []

    def act(session: Session, place: Place) -> str:
        limited = place.programme.id if sent["scope"] == HERE else None
        days, organisation_id = sent.number("days") or 0, place.programme.organisation_id
        new = NewToken(sent["name"], sent["user_id"], organisation_id, _role(sent), days, limited)
        token, secret = make_token(session, new, actor=sent.visit.who, at=sent.visit.at)
        made.append(SecretPage(token.name, secret, token.expires_at))
        return place.to("people")

    answer = _save(programme, sent, dates, "token", act)
    if not made or not isinstance(answer, RedirectResponse):
        return answer
    with sent.visit.runtime.database.reading() as session:
        return render(
            sent.visit, "token_made.html", made[0], place=_open(session, sent.visit, programme, dates, "token")
        )


def _save(programme: str, sent: Sent, dates: Dates, what: str, act: Callable[[Session, Place], str]) -> Response:
    def acting(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates, what)
        try:
            return once(session, sent, lambda: act(session, place))
        except AppError as error:
            raise relabelled(error) from error

    def again(session: Session, form: Filled) -> Response:
        return _show(session, _open(session, sent.visit, programme, dates, what), what, form)

    return change(sent, acting, again)


def _open(session: Session, visit: Visiting, programme: str, dates: Dates, what: str) -> Place:
    place = open_people(session, visit, programme, dates)
    visit.who.must(Permission.MANAGE_PEOPLE, place.programme.organisation_id)
    if what == "user":
        visit.who.must_install()
    return place


def _show(session: Session, place: Place, what: str, form: Filled, login: str = "") -> Response:
    visit = place.visit
    language, organisation_id = visit.language, place.programme.organisation_id
    roles: list[Role] = [each for each in Role if each is not Role.AUDITOR]
    users: dict[str, str] = {}
    if what == "token":
        members = people(session, organisation_id, actor=visit.who, at=visit.at)
        users = {user.id: user.name for user, _ in members if user.id == visit.who.id or user.password_hash is None}
        own = {Role(each.role) for user, each in members if user.id == visit.who.id}
        roles = [each for each in Role if each in MACHINE_ROLES | own]
    page = PeopleForm(
        what=what,
        roles={each.value: ROLES[each].in_(language) for each in roles},
        scopes={
            WHOLE: say("the whole organisation").in_(language),
            HERE: say("this programme only").in_(language),
        },
        users=users,
        languages={"zh": "中文", "en": "English"},
        once=form.value("once", new_key()),
        form=form,
        login=login,
    )
    return render(visit, "people_form.html", page, place=place, status=form.status)


def _user(session: Session, sent: Sent) -> User:
    user = by_login(session, sent["login"])
    if user is None:
        raise Invalid(
            "Nobody has the login {login}. The administrator of the installation makes new accounts.",
            login=sent["login"],
            field="login",
        )
    return user


def _role(sent: Sent) -> Role:
    if sent["role"] not in set(Role):
        raise Invalid("Choose a role.", field="role")
    return Role(sent["role"])


def end_of(text: str, place: Place) -> datetime:
    """Return the end of a day where the organisation is."""
    day = day_asked("until", text)
    if day is None or day.year > LAST_YEAR:
        raise Invalid("The day is too far away.", field="until")
    return datetime.combine(day, time.max, place.zone).astimezone(UTC)
