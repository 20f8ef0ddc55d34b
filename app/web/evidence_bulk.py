"""One form for several pieces of evidence: each is a change of its own; the page after it says what was not made."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid, NotFound, Stale
from app.evidence import service
from app.evidence.models import Evidence
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.service import check_owner
from app.links.service import check_expectations
from app.validation import words
from app.web.evidence import NOBODY, ROWS, facets_of, list_page
from app.web.forms import Form, Sent
from app.web.outcomes import ONCE, Line, Outcome, find_outcome, keep_outcome, once_of
from app.web.pages import Naming
from app.web.places import Asked, Place, enter

router = APIRouter()
Change = Callable[[Session, Place, Evidence], object]


class Chosen(NamedTuple):
    """Evidence whose box was checked, and the revision of it that was shown."""

    id: str
    revision: int


@router.post("/programmes/{programme}/evidence/bulk")
def change_several(programme: str, sent: Form, session: Reading, dates: Asked) -> Response:
    """Do to every chosen item what the form says, and say on the list what was done."""
    visit, facets, once = sent.visit, facets_of(dict(parse_qsl(sent["back"]))), once_of(sent[ONCE])
    place = enter(session, visit, programme, dates)
    if not (place.may("link") or place.may("review-evidence")):
        visit.who.must(Permission.LINK, place.organisation.id, place.programme.id)
    if find_outcome(session, visit, once) is None:
        try:
            chosen, change = _chosen(sent), _change(session, place, sent)
        except AppError as error:
            return list_page(session, place, facets, form=sent.again(error), chosen=frozenset(sent.several("item")))
        lines = tuple(_one(sent, programme, each, change) for each in chosen)
        with visit.runtime.database.writing() as keeping:
            keep_outcome(keeping, visit, once, Outcome(lines))
    return RedirectResponse(place.to("evidence", **facets.given, came=once), HTTPStatus.SEE_OTHER)


def _chosen(sent: Sent) -> tuple[Chosen, ...]:
    found = []
    for each in sent.several("item"):
        item_id, _, revision = each.partition(":")
        if revision.isascii() and revision.isdecimal():
            found.append(Chosen(item_id[:36], int(revision[:9])))
    if not found:
        raise Invalid("Nothing is chosen: check the boxes of what is to be changed.", field="item")
    if len(found) > ROWS:
        raise Invalid("At most {most} are changed at a time.", most=ROWS, field="item")
    return tuple(found)


def _change(session: Session, place: Place, sent: Sent) -> Change:
    """Return what the form asks for. Raises what would be refused for every item."""
    act = sent["act"]
    if act == "owner":
        return _set_owner(session, place, sent["owner_id"])
    if act == "link":
        return _link(session, place, sent["expectation_id"])
    if act in {"accept", "reject"}:
        return _review(act == "accept", sent["reason"])
    raise Invalid("It is unclear what is to be done: use one of the buttons.", field="act")


def _set_owner(session: Session, place: Place, named: str) -> Change:
    if not named:
        raise Invalid("Choose the owner first.", field="owner_id")
    owner_id = None if named == NOBODY else named
    check_owner(session, owner_id, place.organisation.id, at=place.visit.at)

    def change(session: Session, place: Place, evidence: Evidence) -> object:
        return service.amend_evidence(
            session,
            place.programme,
            evidence.id,
            title=evidence.title,
            owner_id=owner_id,
            actor=place.visit.who,
            at=place.visit.at,
        )

    return change


def _link(session: Session, place: Place, expectation_id: str) -> Change:
    if not expectation_id:
        raise Invalid("Choose the expectation first.", field="expectation_id")
    check_expectations(session, place.programme, [expectation_id])

    def change(session: Session, place: Place, evidence: Evidence) -> object:
        return service.link_evidence(
            session, place.programme, evidence.id, [expectation_id], actor=place.visit.who, at=place.visit.at
        )

    return change


def _review(accept: bool, reason: str) -> Change:  # noqa: FBT001 (which of the two buttons)
    if not accept and not reason:
        raise Invalid("Say why it is rejected: its submitter corrects it by that.", field="reason")
    clean = words(reason, "reason", most=service.MAX_REASON)

    def change(session: Session, place: Place, evidence: Evidence) -> object:
        return service.review_evidence(
            session, place.programme, evidence.id, accept=accept, reason=clean, actor=place.visit.who, at=place.visit.at
        )

    return change


def _one(sent: Sent, programme: str, chosen: Chosen, change: Change) -> Line:
    """Change one item, or say why not."""
    visit, title, naming = sent.visit, "?", Naming(sent.visit.language)
    try:
        with visit.runtime.database.writing() as session:
            place = enter(session, visit, programme)
            naming = Naming(visit.language, place.zone)
            evidence = session.get(Evidence, chosen.id, with_for_update=True)
            if evidence is None or evidence.programme_id != place.programme.id:
                raise NotFound("There is no such evidence in this programme.")
            title = evidence.title
            if evidence.revision != chosen.revision:
                raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
            change(session, place, evidence)
    except AppError as error:
        return Line(chosen.id, title, naming.say(error.message))
    return Line(chosen.id, title)
