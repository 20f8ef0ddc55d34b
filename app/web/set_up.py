"""Set-up of a programme: its registers at a glance with what is missing, and a page for each."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.errors import AppError, NotFound
from app.http.deps import Reading
from app.identity.actor import Permission
from app.language import Message
from app.paging import DEFAULT_PAGE, page_of, read_cursor
from app.programmes.registers import KINDS, SINGLE
from app.programmes.service import Recorded, add_entry, change_entry, last_of, profile_of, register, restore_entry
from app.web.forms import EMPTY, Filled, Form, Sent, change
from app.web.once import new_key, once
from app.web.pages import render
from app.web.places import Asked, Dates, Place, enter
from app.web.set_up_entry import show_entry
from app.web.set_up_fields import (
    Choices,
    FormField,
    choices_of,
    form_fields,
    label_of,
    position,
    relabelled,
    shown,
    typed_body,
)
from app.web.set_up_missing import Registers, changed_limits, missing
from app.web.set_up_words import EMPTY as EMPTY_WORDS
from app.web.set_up_words import REGISTERS, RegisterWords
from app.web.texts import may_hold_texts
from app.web.visits import Visit, Visiting

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """A register at a glance. `count` is None for those with exactly one entry."""

    name: str
    words: RegisterWords
    count: int | None
    missing: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All registers; `unusual` is how many limits are not the defaults, `left` how many registers lack something."""

    lines: tuple[Line, ...]
    unusual: int
    left: int
    may_change: bool
    may_read_people: bool
    may_hold_texts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a list: its cells as they are read, the first one is what it is called."""

    id: str
    title: object
    cells: tuple[object, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A register's list and the form that adds to it; `ended` is an entry that was just ended."""

    name: str
    words: RegisterWords
    empty: Message
    columns: tuple[Message | str, ...]
    rows: tuple[Row, ...]
    cursor: str | None
    fields: tuple[FormField, ...]
    form: Filled
    may_change: bool
    once: str
    ended: tuple[str, object] | None = None


def open_set_up(session: Session, visit: Visit, programme: str, dates: Dates) -> Place:
    """Return the programme whose set-up may be read: by its people, not by auditors. Raises NotFound, Forbidden."""
    place = enter(session, visit, programme, dates)
    visit.who.must(Permission.READ_DRAFTS, place.programme.organisation_id, place.programme.id)
    return place


def may_change(place: Place) -> bool:
    """Say whether the page shows forms: to whom the right is given, and not where the past is shown."""
    return place.may(Permission.MANAGE_PROGRAMME)


def all_registers(session: Session, place: Place) -> Registers:
    """Return every register as known on the day asked for."""
    return {name: register(session, place.programme, name, known_at=place.known_at) for name in KINDS}


@router.get("/programmes/{programme}/set-up")
def show_overview(programme: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show the registers with their counts and what is missing."""
    place = open_set_up(session, visit, programme, dates)
    registers = all_registers(session, place)
    lacks = missing(registers, packs_of(session, place))
    lines = tuple(
        Line(name, words, None if name in SINGLE else len(registers[name]), lacks.get(name, ()))
        for name, words in REGISTERS.items()
    )
    unusual = changed_limits(registers["settings"][0].entry) if registers["settings"] else 0
    page = OverviewPage(
        lines=lines,
        unusual=unusual,
        left=sum(bool(line.missing) for line in lines),
        may_change=may_change(place),
        may_read_people=visit.who.may(Permission.READ, place.programme.organisation_id),
        may_hold_texts=may_hold_texts(place),
    )
    return render(visit, "set_up.html", page, place=place)


def packs_of(session: Session, place: Place) -> list[Pack]:
    """Return the programme's frameworks."""
    profile = profile_of(session, place.programme, known_at=place.known_at)
    return [catalogue.get_pack(session, code, place.programme.organisation_id) for code in profile.frameworks]


@router.get("/programmes/{programme}/set-up/{name}")
def show_register(
    programme: str, name: str, visit: Visiting, session: Reading, dates: Asked, cursor: str | None = None
) -> Response:
    """Show a register."""
    place = open_set_up(session, visit, programme, dates)
    _check_name(name)
    if name in SINGLE:
        return show_entry(session, place, name, None, EMPTY, may_change=may_change(place))
    return _show_list(session, place, name, EMPTY, cursor)


@router.post("/programmes/{programme}/set-up/{name}")
def save_register(programme: str, name: str, sent: Form, dates: Asked) -> Response:
    """Add an entry to a register, or change the only one there is."""
    _check_name(name)
    if name in SINGLE:
        return _save_entry(programme, name, None, sent, dates)

    def act(session: Session) -> str:
        place = open_set_up(session, sent.visit, programme, dates)
        return once(session, sent, lambda: add_typed(session, place, name, sent))

    def again(session: Session, form: Filled) -> Response:
        return _show_list(session, open_set_up(session, sent.visit, programme, dates), name, form)

    return change(sent, act, again)


def add_typed(session: Session, place: Place, name: str, sent: Sent) -> str:
    """Add what a form holds and return the address of the register. Raises as `add_entry`, in the page's words."""
    try:
        body = typed_body(name, sent)
        add_entry(session, place.programme, name, body, actor=sent.visit.who, at=sent.visit.at)
    except AppError as error:
        raise relabelled(error) from error
    return place.to("set-up", name, done="added")


@router.get("/programmes/{programme}/set-up/{name}/{entry}")
def show_one(programme: str, name: str, entry: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show one entry."""
    place = open_set_up(session, visit, programme, dates)
    return show_entry(session, place, name, entry, EMPTY, may_change=may_change(place))


@router.post("/programmes/{programme}/set-up/{name}/{entry}")
def save_one(programme: str, name: str, entry: str, sent: Form, dates: Asked) -> Response:
    """Change one entry."""
    return _save_entry(programme, name, entry, sent, dates)


def _save_entry(programme: str, name: str, entry: str | None, sent: Sent, dates: Dates) -> Response:
    def act(session: Session) -> str:
        place = open_set_up(session, sent.visit, programme, dates)
        change_typed(session, place, name, entry, sent)
        return place.to("set-up", "" if name in SINGLE else name, done="saved")

    def again(session: Session, form: Filled) -> Response:
        place = open_set_up(session, sent.visit, programme, dates)
        return show_entry(session, place, name, entry, form, may_change=may_change(place))

    return change(sent, act, again)


def change_typed(session: Session, place: Place, name: str, entry: str | None, sent: Sent) -> None:
    """Change an entry to what a form holds, on the revision that the form showed. Raises as `change_entry`."""
    entry_id = entry or register(session, place.programme, name)[0].id
    try:
        body = _with_defaults(typed_body(name, sent), sent["reset"]) if name == "settings" else typed_body(name, sent)
        seen = sent.number("revision") or 0  # a form that does not say what it showed is an old one
        actor, at = sent.visit.who, sent.visit.at
        change_entry(session, place.programme, entry_id, body, actor=actor, at=at, revision=seen)
    except AppError as error:
        raise relabelled(error) from error


def _with_defaults(body: dict[str, Any], reset: str) -> dict[str, Any]:
    """Return the limits with all, one or none of them made the default, which is what a missing one is."""
    return {} if reset == "all" else {name: value for name, value in body.items() if name != reset}


@router.post("/programmes/{programme}/set-up/{name}/{entry}/end")
def end_one(programme: str, name: str, entry: str, sent: Form, dates: Asked) -> Response:
    """End an entry; the page after it offers to add it again."""

    def act(session: Session) -> str:
        place = open_set_up(session, sent.visit, programme, dates)
        actor, at = sent.visit.who, sent.visit.at
        change_entry(session, place.programme, entry, None, actor=actor, at=at, revision=sent.number("revision"))
        return place.to("set-up", name, ended=entry)

    def again(session: Session, form: Filled) -> Response:
        return _show_list(session, open_set_up(session, sent.visit, programme, dates), name, form)

    return change(sent, act, again)


@router.post("/programmes/{programme}/set-up/{name}/{entry}/again")
def restore_one(programme: str, name: str, entry: str, sent: Form, dates: Asked) -> Response:
    """Add an entry again that was ended."""

    def act(session: Session) -> str:
        place = open_set_up(session, sent.visit, programme, dates)
        restore_entry(session, place.programme, entry, actor=sent.visit.who, at=sent.visit.at)
        return place.to("set-up", name, done="restored")

    def again(session: Session, form: Filled) -> Response:
        return _show_list(session, open_set_up(session, sent.visit, programme, dates), name, form)

    return change(sent, act, again)


def _show_list(session: Session, place: Place, name: str, form: Filled, cursor: str | None = None) -> Response:
    page = list_page(session, place, name, form, cursor)
    return render(place.visit, "set_up_register.html", page, place=place, status=form.status)


def list_page(session: Session, place: Place, name: str, form: Filled, cursor: str | None = None) -> RegisterPage:
    """Return a register's list. Raises NotFound, Invalid for a cursor that is not ours."""
    _check_name(name)
    choices = choices_of(session, place.programme, place.visit.language, at=place.visit.at)
    entries = register(session, place.programme, name, known_at=place.known_at)
    entries.sort(key=lambda each: position(name, each.entry, choices))
    ids, after = [each.id for each in entries], read_cursor(cursor, f"set-up {name}")
    start = ids.index(after) + 1 if after in ids else 0
    rest = slice(start, start + DEFAULT_PAGE + 1)
    found = page_of(entries[rest], DEFAULT_PAGE, ids[rest], f"set-up {name}")
    words = REGISTERS[name]

    def row(each: Recorded) -> Row:
        cells = tuple(shown(name, each.entry, column, choices) for column in words.columns)
        return Row(each.id, cells[0], cells, each.revision)

    allowed = may_change(place)
    return RegisterPage(
        name=name,
        words=words,
        empty=EMPTY_WORDS[name],
        columns=tuple(label_of(column) for column in words.columns),
        rows=tuple(row(each) for each in found.items),
        cursor=found.cursor,
        fields=form_fields(name, choices) if allowed else (),
        form=form,
        may_change=allowed,
        once=form.value("once", new_key()),
        ended=_ended(session, place, choices) if allowed else None,
    )


def _ended(session: Session, place: Place, choices: Choices) -> tuple[str, object] | None:
    entry_id = place.visit.request.query_params.get("ended", "")
    if not entry_id:
        return None
    name, last, holds = last_of(session, place.programme, entry_id)
    return None if holds else (entry_id, shown(name, last.entry, REGISTERS[name].columns[0], choices))


def _check_name(name: str) -> None:
    if name not in REGISTERS:
        raise NotFound("There is nothing at this address.")
