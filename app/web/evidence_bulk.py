"""One form for several pieces of evidence: each is a change of its own; the page after it says what was not made."""

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from app.errors import AppError, Invalid
from app.http.deps import Reading
from app.identity.actor import Permission
from app.journal.once import digest_of
from app.web.evidence import ROWS, facets_of, list_page
from app.web.evidence_acts import act_of, do_one, undone
from app.web.forms import Form, Sent
from app.web.outcomes import ONCE, Outcome, find_outcome, keep_outcome, once_of
from app.web.places import Asked, Place, enter

router = APIRouter()


class Chosen(NamedTuple):
    """Evidence whose box was checked, and the revision of it that was shown."""

    id: str
    revision: int


@router.post("/programmes/{programme}/evidence/bulk")
def change_several(programme: str, sent: Form, session: Reading, dates: Asked) -> Response:
    """Do to every chosen item what the form says, and say on the list what was done."""
    visit, once = sent.visit, once_of(sent[ONCE])
    place = enter(session, visit, programme, dates)
    if not (place.may("link") or place.may("review-evidence")):
        visit.who.must(Permission.LINK, place.organisation.id, place.programme.id)
    if find_outcome(session, visit, once) is None:
        try:
            chosen, act = _chosen(sent), act_of(session, place, sent)
        except AppError as error:
            facets = facets_of(dict(parse_qsl(sent["back"])))
            return list_page(session, place, facets, form=sent.again(error), chosen=frozenset(sent.several("item")))
        lines = tuple(do_one(sent, programme, each.id, each.revision, act.change) for each in chosen)
        _keep(sent, once, Outcome(lines, act=act.name, value=act.value))
    return _back(place, sent, once)


@router.post("/programmes/{programme}/evidence/bulk/undo")
def undo_several(programme: str, sent: Form, session: Reading, dates: Asked) -> Response:
    """Undo once what a form has done, where nobody has changed it since, and say what was not undone."""
    visit, once = sent.visit, f"undo.{digest_of({'form': sent['undo']})[:32]}"
    place = enter(session, visit, programme, dates)
    outcome = find_outcome(session, visit, sent["undo"])
    if outcome is None or not outcome.act:
        raise Invalid("Nothing is left that could be undone. Look at the list as it is now.")
    if find_outcome(session, visit, once) is None:
        acts = undone(place, outcome)
        revisions = {line.id: line.revision for line in outcome.done}
        lines = tuple(do_one(sent, programme, each, revisions[each], act.change) for each, act in acts.items())
        _keep(sent, once, Outcome(lines))
    return _back(place, sent, once)


def _keep(sent: Sent, once: str, outcome: Outcome) -> None:
    with sent.visit.runtime.database.writing() as keeping:
        keep_outcome(keeping, sent.visit, once, outcome)


def _back(place: Place, sent: Sent, once: str) -> Response:
    facets = facets_of(dict(parse_qsl(sent["back"])))
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
