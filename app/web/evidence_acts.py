"""What can be done to several pieces of evidence at once, each with what undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.errors import AppError, Conflict, Invalid, NotFound, Stale
from app.evidence import service
from app.evidence.corrections import Period, correct_period
from app.evidence.models import Evidence
from app.evidence.service import newest_version
from app.identity.service import check_owner
from app.language import say
from app.links.service import check_expectations, links_of, remove_link
from app.validation import words
from app.web.evidence import NOBODY
from app.web.evidence_forms import period_of
from app.web.forms import Sent
from app.web.outcomes import Line, Outcome
from app.web.pages import Naming
from app.web.places import Place, day_asked, enter

Change = Callable[[Session, Place, Evidence], str]
"""Changes one piece of evidence and returns how it was before, as `before` of a line says it."""
BETWEEN = "/"
"""Between first and last day of a period, as ISO 8601 writes one."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done; `name` and `value` are kept to undo it, `name` is empty where that is not possible."""

    change: Change
    name: str = ""
    value: str = ""


def act_of(session: Session, place: Place, sent: Sent) -> Act:
    """Return what the form asks for. Raises what would be refused for every item."""
    name = sent["act"]
    if name == "owner":
        return _set_owner(session, place, sent["owner_id"])
    if name in {"link", "unlink"}:
        return _change_link(session, place, name, sent["expectation_id"])
    if name == "period":
        return _correct(sent)
    if name in {"accept", "reject"}:
        return _review(name == "accept", sent["reason"])
    raise Invalid("It is unclear what is to be done: use one of the buttons.", field="act")


def undone(place: Place, outcome: Outcome) -> dict[str, Act]:
    """Return what undoes what was done, by the id of the evidence."""
    acts = {}
    for line in outcome.done:
        if outcome.act == "owner":
            acts[line.id] = Act(_owner(line.before or None))
        elif outcome.act == "link":
            acts[line.id] = Act(_unlink(outcome.value))
        elif outcome.act == "unlink":
            acts[line.id] = Act(_link(outcome.value))
        elif outcome.act == "period":
            first, _, last = line.before.partition(BETWEEN)
            period = Period(day_asked("period_from", first), day_asked("period_to", last))
            acts[line.id] = Act(_period(period, Naming(place.visit.language).say(say("The correction was undone."))))
    return acts


def do_one(sent: Sent, programme: str, evidence_id: str, revision: int, change: Change) -> Line:
    """Change one item in a transaction of its own, or say why not."""
    visit, title, naming = sent.visit, "?", Naming(sent.visit.language)
    try:
        with visit.runtime.database.writing() as session:
            place = enter(session, visit, programme)
            naming = Naming(visit.language, place.zone)
            evidence = session.get(Evidence, evidence_id, with_for_update=True)
            if evidence is None or evidence.programme_id != place.programme.id:
                raise NotFound("There is no such evidence in this programme.")
            title = evidence.title
            if evidence.revision != revision:
                raise Stale("Somebody else has changed this meanwhile. Read it again and repeat your change.")
            before = change(session, place, evidence)
            session.flush()
            return Line(evidence_id, title, before=before, revision=evidence.revision)
    except AppError as error:
        return Line(evidence_id, title, naming.say(error.message))


def _set_owner(session: Session, place: Place, named: str) -> Act:
    if not named:
        raise Invalid("Choose the owner first.", field="owner_id")
    owner_id = None if named == NOBODY else named
    check_owner(session, owner_id, place.organisation.id, at=place.visit.at)
    return Act(_owner(owner_id), "owner")


def _owner(owner_id: str | None) -> Change:
    def change(session: Session, place: Place, evidence: Evidence) -> str:
        before, visit = evidence.owner_id or "", place.visit
        service.amend_evidence(
            session,
            place.programme,
            evidence.id,
            title=evidence.title,
            owner_id=owner_id,
            actor=visit.who,
            at=visit.at,
        )
        return before

    return change


def _change_link(session: Session, place: Place, name: str, expectation_id: str) -> Act:
    if not expectation_id:
        raise Invalid("Choose the expectation first.", field="expectation_id")
    check_expectations(session, place.programme, [expectation_id])
    return Act(_link(expectation_id) if name == "link" else _unlink(expectation_id), name, expectation_id)


def _link(expectation_id: str) -> Change:
    def change(session: Session, place: Place, evidence: Evidence) -> str:
        if any(link.expectation_id == expectation_id for link in links_of(session, [evidence.id])[evidence.id]):
            raise Conflict("It is linked to it already.")
        visit = place.visit
        service.link_evidence(session, place.programme, evidence.id, [expectation_id], actor=visit.who, at=visit.at)
        return ""

    return change


def _unlink(expectation_id: str) -> Change:
    def change(session: Session, place: Place, evidence: Evidence) -> str:
        visit = place.visit
        remove_link(session, place.programme, evidence.id, expectation_id, actor=visit.who, at=visit.at)
        return ""

    return change


def _correct(sent: Sent) -> Act:
    period, typed = period_of(sent)
    return Act(_period(period, words(typed, "period_reason", most=service.MAX_REASON)), "period")


def _period(period: Period, reason: str) -> Change:
    def change(session: Session, place: Place, evidence: Evidence) -> str:
        former, visit = newest_version(session, evidence.id), place.visit
        before = BETWEEN.join(day.isoformat() if day else "" for day in (former.period_from, former.period_to))
        correct_period(session, place.programme, evidence.id, period, reason=reason, actor=visit.who, at=visit.at)
        return before

    return change


def _review(accept: bool, reason: str) -> Act:  # noqa: FBT001 (which of the two buttons)
    if not accept and not reason:
        raise Invalid("Say why it is rejected: its submitter corrects it by that.", field="reason")
    clean = words(reason, "reason", most=service.MAX_REASON)

    def change(session: Session, place: Place, evidence: Evidence) -> str:
        visit = place.visit
        service.review_evidence(
            session, place.programme, evidence.id, accept=accept, reason=clean, actor=visit.who, at=visit.at
        )
        return ""

    return Act(change)
