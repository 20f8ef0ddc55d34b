"""The guide through a new programme: one register a step, saved as one goes, left and taken up again at will."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.errors import AppError, NotFound
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.service import members
from app.language import Message, Text
from app.programmes.registers import AuditEntry, AuditKind
from app.programmes.service import add_entry, change_entry, register
from app.web.forms import EMPTY, Filled, Form, Sent, change
from app.web.once import once
from app.web.pages import render
from app.web.places import Asked, Place
from app.web.set_up import RegisterPage, add_typed, all_registers, list_page, open_set_up, packs_of
from app.web.set_up_fields import relabelled
from app.web.set_up_missing import Registers, missing, processes_without_owner
from app.web.set_up_words import REGISTERS
from app.web.visits import Visiting

router = APIRouter()
STEPS = ("services", "sites", "parties", "audits", "owners")
STAGES = (("stage-1", AuditKind.STAGE_1), ("stage-2", AuditKind.STAGE_2))


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name and words, whether nothing is missing there, and where it is."""

    name: str
    title: Message
    done: bool
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One step of the guide. `after` is the next step's address, None at the end, which is Home."""

    steps: tuple[Step, ...]
    done: int
    name: str
    list: RegisterPage
    form: Filled
    before: str
    after: str | None
    missing: tuple[Message, ...]
    people: dict[str, str]
    processes: tuple[tuple[str, str, Text], ...]
    planned: dict[str, str]


@router.get("/programmes/{programme}/set-up/guide")
def go_on(programme: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Go to the first step where something is missing."""
    place = _open(session, visit, programme, dates)
    lacks = missing(all_registers(session, place), packs_of(session, place))
    first = next((name for name in STEPS if lacks.get(name)), STEPS[0])
    return RedirectResponse(place.to("set-up", "guide", first), 303)


@router.get("/programmes/{programme}/set-up/guide/{name}")
def show_step(programme: str, name: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show a step."""
    return _show(session, _open(session, visit, programme, dates), name, EMPTY)


@router.post("/programmes/{programme}/set-up/guide/{name}")
def save_step(programme: str, name: str, sent: Form, dates: Asked) -> Response:
    """Save what a step holds."""

    def act(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates)
        return once(session, sent, lambda: _save(session, place, name, sent))

    def again(session: Session, form: Filled) -> Response:
        return _show(session, _open(session, sent.visit, programme, dates), name, form)

    return change(sent, act, again)


def steps_of(place: Place, registers: Registers, lacks: dict[str, tuple[Message, ...]], here: str) -> tuple[Step, ...]:
    """Return all steps with whether each is done."""
    return tuple(
        Step(
            name,
            REGISTERS[name].title,
            bool(registers[name]) and not lacks[name],
            place.to("set-up", "guide", name),
            name == here,
        )
        for name in STEPS
    )


def _open(session: Session, visit: Visiting, programme: str, dates: Asked) -> Place:
    place = open_set_up(session, visit, programme, dates)
    visit.who.must(Permission.MANAGE_PROGRAMME, place.programme.organisation_id, place.programme.id)
    return place


def _show(session: Session, place: Place, name: str, form: Filled) -> Response:
    if name not in STEPS:
        raise NotFound("There is nothing at this address.")
    registers, packs = all_registers(session, place), packs_of(session, place)
    lacks = missing(registers, packs)
    steps = steps_of(place, registers, lacks, name)
    at = STEPS.index(name)
    unowned = processes_without_owner(registers, packs) if name == "owners" else []
    page = GuidePage(
        steps=steps,
        done=sum(step.done for step in steps),
        name=name,
        list=list_page(session, place, name, form),
        form=form,
        before=steps[at - 1].address if at else place.to("set-up", "profile"),
        after=steps[at + 1].address if at + 1 < len(steps) else None,
        missing=lacks.get(name, ()),
        people=members(session, place.programme.organisation_id, at=place.visit.at),
        processes=tuple((pack.id, process.clause, process.name) for pack, process in unowned),
        planned=_planned(registers["audits"]),
    )
    return render(place.visit, "guide.html", page, place=place, status=form.status)


def _save(session: Session, place: Place, name: str, sent: Sent) -> str:
    if name not in STEPS:
        raise NotFound("There is nothing at this address.")
    try:
        if name == "audits":
            _plan(session, place, sent)
        elif name == "owners":
            _name_owners(session, place, sent)
        else:
            add_typed(session, place, name, sent)
            return place.to("set-up", "guide", name, done="added")
    except AppError as error:
        raise relabelled(error) from error
    return place.to("set-up", "guide", name, done="saved")


def _planned(audits: Sequence[object]) -> dict[str, str]:
    """Return the first planned day by stage, as a form holds it."""
    found: dict[str, str] = {}
    for each in audits:
        entry = getattr(each, "entry", None)
        if isinstance(entry, AuditEntry):
            found.setdefault(entry.kind.value, entry.planned_on.isoformat())
    return found


def _plan(session: Session, place: Place, sent: Sent) -> None:
    """Plan the two stages on the days given; one that is planned already is moved."""
    actor, at, now = sent.visit.who, sent.visit.at, register(session, place.programme, "audits")
    for field, kind in STAGES:
        if not sent[field]:
            continue
        held = next((each for each in now if each.entry.kind is kind), None)
        body: dict[str, str | None] = {"kind": kind.value, "planned_on": sent[field], "body": sent["body"]}
        try:
            if held is None:
                add_entry(session, place.programme, "audits", body, actor=actor, at=at)
            elif held.entry.planned_on.isoformat() != sent[field]:
                until = held.entry.until_on.isoformat() if held.entry.until_on else None
                body = {**body, "body": sent["body"] or held.entry.body, "until_on": until}
                change_entry(session, place.programme, held.id, body, actor=actor, at=at, revision=held.revision)
        except AppError as error:
            error.field = field if error.field == "planned_on" else error.field
            raise


def _name_owners(session: Session, place: Place, sent: Sent) -> None:
    """Name the owner of every process for which somebody was chosen."""
    for field in sent.values:
        framework, _, clause = field.removeprefix("owner ").partition(" ")
        if field.startswith("owner ") and sent[field]:
            body = {"framework": framework, "clause": clause, "owner_id": sent[field]}
            add_entry(session, place.programme, "owners", body, actor=sent.visit.who, at=sent.visit.at)
