"""Links between items and expectations, whatever the item is."""

from fastapi import APIRouter, Response

from app.api.answers import gone, send
from app.api.documented import changes, ends
from app.api.shapes_evidence import LinkShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.http.deps import Now, Writing
from app.links import service
from app.programmes.service import find_programme

router = APIRouter(prefix="/programmes/{programme}/links", tags=["links"], route_class=StrictRoute)


@router.delete("/{item}/{expectation}", **ends())
def remove_link(programme: str, item: str, expectation: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """End a link; that it was there stays on record."""
    found = find_programme(session, programme, actor=actor)
    service.remove_link(session, found, item, expectation, actor=actor, at=at)
    return gone()


@router.post("/{item}/{expectation}/confirm", **changes(LinkShape))
def confirm_link(programme: str, item: str, expectation: str, session: Writing, *, actor: Acting, at: Now) -> Response:
    """Say that a link still holds after the item or the expectation changed."""
    found = find_programme(session, programme, actor=actor)
    return send(LinkShape.of(service.confirm_link(session, found, item, expectation, actor=actor, at=at)))
