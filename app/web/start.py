"""The first run: an organisation and its programme, each saved by itself; the rest is the guide of the programme."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import AppError, Invalid
from app.http.deps import Reading
from app.identity.actor import Actor, Permission
from app.language import LANGUAGES, Text, say
from app.programmes.models import Organisation, Programme
from app.programmes.organisations import (
    NewOrganisation,
    add_organisation,
    change_organisation,
    get_organisation,
    organisations,
)
from app.programmes.service import add_programme, programmes
from app.web.forms import EMPTY, Filled, Form, Sent, change
from app.web.once import new_key, once
from app.web.pages import render
from app.web.set_up_fields import FormField, framework_names, relabelled
from app.web.set_up_guide import STEPS, Step
from app.web.set_up_words import FIELDS, REGISTERS
from app.web.visits import Visit, Visiting

router = APIRouter()


@dataclass(frozen=True, slots=True)
class StartPage:
    """One of the first two steps: an organisation, or a programme in one of those that have none.

    `organisation` is the one to change or to make the programme in; `others` are those one may choose instead.
    """

    step: str
    steps: tuple[Step, ...]
    organisation: Organisation | None
    others: tuple[tuple[str, Text], ...]
    zones: dict[str, str]
    languages: FormField
    frameworks: FormField
    may_make: bool
    once: str
    form: Filled

    @property
    def name(self) -> Text:
        """What the organisation is called."""
        held = self.organisation
        return Text(held.name_en, held.name_zh) if held else Text("", "")


def empty_organisations(session: Session, *, actor: Actor) -> list[Organisation]:
    """Return the organisations without a programme in which the actor may make one."""
    mine = [each for each in organisations(session, actor=actor) if actor.may(Permission.MANAGE_PROGRAMME, each.id)]
    ids = [each.id for each in mine]
    taken = set(session.scalars(select(Programme.organisation_id).where(Programme.organisation_id.in_(ids))))
    return [each for each in mine if each.id not in taken]


def may_start(session: Session, *, actor: Actor) -> bool:
    """Say whether there is something that the actor may set up."""
    return actor.installer or bool(empty_organisations(session, actor=actor))


@router.get("/start")
def show_start(visit: Visiting, session: Reading, step: str = "", organisation: str = "") -> Response:
    """Show the step that is due, or the one asked for."""
    open_ones = empty_organisations(session, actor=visit.who)
    if not open_ones and not visit.who.installer:
        return RedirectResponse(f"{visit.prefix}/", 303)
    wanted = step if step in {"organisation", "programme"} else "programme" if open_ones else "organisation"
    if wanted == "programme" and not open_ones:
        wanted = "organisation"
    chosen = next((each for each in open_ones if each.id == organisation), None)
    if chosen is None and organisation != "new" and open_ones:
        chosen = open_ones[0]
    return _show(session, visit, wanted, chosen, EMPTY)


@router.post("/start")
def start(sent: Form) -> Response:
    """Save a step and go on to the next."""
    visit = sent.visit

    def act(session: Session) -> str:
        try:
            make = _save_programme if sent["step"] == "programme" else _save_organisation
            return once(session, sent, lambda: make(session, sent))
        except AppError as error:
            raise relabelled(error) from error

    def again(session: Session, form: Filled) -> Response:
        held = get_organisation(session, sent["organisation"], actor=visit.who) if sent["organisation"] else None
        return _show(session, visit, "programme" if sent["step"] == "programme" else "organisation", held, form)

    return change(sent, act, again)


def _show(session: Session, visit: Visit, step: str, chosen: Organisation | None, form: Filled) -> Response:
    others = [each for each in empty_organisations(session, actor=visit.who) if chosen is None or each.id != chosen.id]
    frameworks = framework_names(session, chosen.id if chosen else None, visit.language)
    languages = {"zh": "中文", "en": "English"}
    page = StartPage(
        step=step,
        steps=_steps(visit, step, chosen),
        organisation=chosen,
        others=tuple((each.id, Text(each.name_en, each.name_zh)) for each in others),
        zones=_zones(),
        languages=FormField(
            "languages",
            FIELDS["languages"],
            "checkboxes",
            options=languages,
            value=" ".join(chosen.languages if chosen else LANGUAGES),
        ),
        frameworks=FormField(
            "frameworks", FIELDS["frameworks"], "checkboxes", options=frameworks, value=_usual(list(frameworks))
        ),
        may_make=visit.who.installer or (chosen is not None and visit.who.may(Permission.MANAGE_PEOPLE, chosen.id)),
        once=form.value("once", new_key()),
        form=form,
    )
    return render(visit, "start.html", page, status=form.status)


def _steps(visit: Visit, step: str, chosen: Organisation | None) -> tuple[Step, ...]:
    """Return the first two steps and, not yet to be entered, those of the guide."""
    known = f"&organisation={chosen.id}" if chosen else ""
    may_change = chosen is not None and visit.who.may(Permission.MANAGE_PEOPLE, chosen.id)
    first = f"{visit.prefix}/start?step=organisation{known}" if may_change or visit.who.installer else ""
    second = f"{visit.prefix}/start?step=programme{known}" if chosen else ""
    return (
        Step("organisation", say("Organisation"), chosen is not None, first, step == "organisation"),
        Step("programme", say("Programme and scope"), done=False, address=second, here=step == "programme"),
        *(Step(name, REGISTERS[name].title, done=False, address="", here=False) for name in STEPS),
    )


def _save_organisation(session: Session, sent: Sent) -> str:
    visit = sent.visit
    actor, at = visit.who, visit.at
    languages = tuple(each for each in LANGUAGES if sent[f"languages.{each}"])
    new = NewOrganisation(sent["name_en"], sent["name_zh"], sent["time_zone"], languages)
    if sent["organisation"]:
        held = change_organisation(
            session, sent["organisation"], new, actor=actor, at=at, revision=sent.number("revision")
        )
    else:
        held = add_organisation(session, new, actor=actor, at=at)
    return f"{visit.prefix}/start?step=programme&organisation={held.id}&done=saved"


def _save_programme(session: Session, sent: Sent) -> str:
    visit = sent.visit
    if not sent["organisation"]:
        raise Invalid("Make the organisation first.")
    start = "frameworks."
    profile = {
        "name_en": sent["name_en"],
        "name_zh": sent["name_zh"],
        "scope_en": sent["scope_en"],
        "scope_zh": sent["scope_zh"],
        "frameworks": [each.removeprefix(start) for each in sent.values if each.startswith(start)],
        "start_of_operation": sent["start_of_operation"] or None,
    }
    if not profile["frameworks"]:
        raise Invalid("Choose at least one framework: without one nothing is expected.", field="frameworks")
    if any(each.code == sent["code"].lower() for each in programmes(session, actor=visit.who)):
        raise Invalid("Another programme of yours has the code {code}.", code=sent["code"], field="code")
    made = add_programme(session, sent["organisation"], sent["code"], profile, actor=visit.who, at=visit.at)
    return f"{visit.prefix}/programmes/{made.code}/set-up/guide/{STEPS[0]}?done=programme-made"


def _usual(codes: Sequence[str]) -> str:
    """Return what is ticked at first: the current edition, or the only framework there is."""
    current = "iso20000-1-2018"
    return current if current in codes else codes[0] if len(codes) == 1 else ""


@cache
def _zones() -> dict[str, str]:
    named = (each for each in available_timezones() if "/" in each and not each.startswith(("Etc/", "SystemV/", "US/")))
    return {each: each.replace("_", " ") for each in ("UTC", *sorted(named))}
