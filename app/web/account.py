"""One's own account: name and language, password, and what is signed in or acts in one's name."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from anyio import to_thread
from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid
from app.http.deps import Reading
from app.http.passwords import NewPassword, change_password
from app.identity.models import Token, User
from app.identity.own import change_own, end_other_sessions, live_tokens, own_user
from app.identity.service import revoke_token, start_session
from app.programmes.organisations import organisations
from app.web.errors import headers_of
from app.web.forms import EMPTY, Filled, Form, change
from app.web.pages import UTC_ZONE, Naming, render
from app.web.set_up_fields import relabelled
from app.web.visits import LANGUAGE, SESSION, Visit, Visiting, drop_cookie, set_cookie

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Oneself, one's sessions, newest first, and one's tokens; `now` is the session that asks."""

    user: User
    zone: ZoneInfo
    sessions: tuple[Token, ...]
    tokens: tuple[Token, ...]
    now: str | None
    languages: dict[str, str]
    own: Filled = EMPTY
    password: Filled = EMPTY

    def when(self, moment: datetime, language: str) -> str:
        """Return a moment as it is read where the person is at home."""
        return Naming(language, self.zone).say(moment)


@router.get("/account")
def show_account(visit: Visiting, session: Reading) -> Response:
    """Show one's account."""
    return _show(session, visit)


@router.post("/account")
def save(sent: Form) -> Response:
    """Change name and language; the language chosen on this client before gives way to it."""
    visit = sent.visit

    def act(session: Session) -> str:
        try:
            change_own(session, sent["name"], sent["language"], actor=visit.who, at=visit.at)
        except AppError as error:
            raise relabelled(error) from error
        return f"{visit.prefix}/account?done=saved"

    answer = change(sent, act, lambda session, form: _show(session, visit, own=form))
    if isinstance(answer, RedirectResponse):
        drop_cookie(visit, answer, LANGUAGE)
    return answer


@router.post("/account/password")
async def save_password(sent: Form) -> Response:
    """Change the password, end all sessions and go on in a new one; wrong old passwords have to wait as at the door."""
    visit = sent.visit

    def begin(session: Session, user: User) -> str:
        return start_session(session, user.id, at=visit.at, hours=visit.runtime.settings.session_hours)[1]

    try:
        new = str(sent.data.get("new_password", ""))
        if new != str(sent.data.get("again", "")):
            raise Invalid("The two new passwords differ. Type the new one twice.", field="again")
        wanted = NewPassword(visit.who.id, new, str(sent.data.get("old_password", "")))
        secret = await change_password(visit.request, wanted, begin, actor=visit.who, at=visit.at)
    except AppError as error:
        error.field = "new_password" if error.field == "password" else error.field
        answer = await to_thread.run_sync(_refused, visit, sent.again(error))
        answer.headers.update(headers_of(error))
        return answer
    answer = RedirectResponse(f"{visit.prefix}/account?done=password-changed", 303)
    set_cookie(visit, answer, SESSION, secret)
    return answer


@router.post("/account/sessions/end")
def end_others(sent: Form) -> Response:
    """End every other session."""
    visit = sent.visit

    def act(session: Session) -> str:
        end_other_sessions(session, actor=visit.who, at=visit.at)
        return f"{visit.prefix}/account?done=sessions-ended"

    return change(sent, act, lambda session, form: _show(session, visit, own=form))


@router.post("/account/tokens/{token}/end")
def end_one(token: str, sent: Form) -> Response:
    """End one session or token; ending this very session signs out."""
    visit = sent.visit

    def act(session: Session) -> str:
        ended = revoke_token(session, token, actor=visit.who, at=visit.at)
        if ended.id == visit.who.token_id:
            return f"{visit.prefix}/sign-in"
        return f"{visit.prefix}/account?done={'session-ended' if ended.organisation_id is None else 'token-revoked'}"

    return change(sent, act, lambda session, form: _show(session, visit, own=form))


def _refused(visit: Visit, form: Filled) -> Response:
    with visit.runtime.database.reading() as session:
        return _show(session, visit, password=form)


def _zone(session: Session, visit: Visit) -> ZoneInfo:
    """Return the time zone of one's first organisation; one has no place of one's own."""
    mine = organisations(session, actor=visit.who)[:1]
    return ZoneInfo(mine[0].time_zone) if mine else UTC_ZONE


def _show(session: Session, visit: Visit, *, own: Filled = EMPTY, password: Filled = EMPTY) -> Response:
    live = live_tokens(session, actor=visit.who, at=visit.at)
    page = AccountPage(
        user=own_user(session, actor=visit.who),
        zone=_zone(session, visit),
        sessions=tuple(each for each in live if each.organisation_id is None),
        tokens=tuple(each for each in live if each.organisation_id is not None),
        now=visit.who.token_id,
        languages={"zh": "中文", "en": "English"},
        own=own,
        password=password,
    )
    status = own.status if own.error is not None else password.status
    return render(visit, "account.html", page, status=status)
