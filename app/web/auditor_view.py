"""Looking at a programme as its auditor would: the same pages with an auditor's rights and nothing more."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from app.http.deps import Reading
from app.identity.actor import Permission
from app.web.forms import Form
from app.web.places import enter
from app.web.visits import PREVIEW, drop_cookie, set_cookie

router = APIRouter()


@router.post("/programmes/{programme}/preview")
def begin(programme: str, sent: Form, session: Reading) -> Response:
    """Begin to look as an auditor. Raises Forbidden for whoever may not manage the programme."""
    place = enter(session, sent.visit, programme)
    here = place.programme
    sent.visit.who.must(Permission.MANAGE_PROGRAMME, here.organisation_id, here.id)
    response = RedirectResponse(place.to("clauses"), HTTPStatus.SEE_OTHER)
    set_cookie(sent.visit, response, PREVIEW, f"{here.organisation_id} {here.id}")
    return response


@router.post("/preview/end")
def end(sent: Form) -> Response:
    """Look with one's own eyes again."""
    response = RedirectResponse(f"{sent.visit.prefix}/", HTTPStatus.SEE_OTHER)
    drop_cookie(sent.visit, response, PREVIEW)
    return response
