"""Forms of the registers, made from their dataclasses: which field is typed how, what can be chosen, what came back."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.collation import order_key
from app.errors import AppError
from app.identity.service import members
from app.language import Message, Text, say, word
from app.programmes.models import Programme
from app.programmes.registers import KINDS, Entry, PartyEntry, Profile, ServiceEntry, Site, Words
from app.programmes.service import profile_of, register
from app.web.forms import Filled, Sent
from app.web.set_up_limits import LABELS
from app.web.set_up_words import ENUMS, FIELDS, HINTS, REGISTERS

SEVERAL = "."
"""Between the name of a field with several values and one of these, so that each is a box of its own."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as a form shows it. `options` are the values that can be chosen, worded; `value` is what is kept."""

    name: str
    label: Message
    type: str
    hint: Message | None = None
    required: bool = False
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    value: str = ""

    def chosen(self, form: Filled, option: str) -> bool:
        """Say whether one of several boxes is ticked: as it was sent, else as it is kept."""
        return f"{self.name}{SEVERAL}{option}" in form.values if form.values else option in self.value.split()

    def ticked(self, form: Filled) -> bool:
        """Say whether the only box is ticked: as it was sent, else as it is kept."""
        return self.name in form.values if form.values else bool(self.value)

    def worded(self) -> str:
        """Return what is kept as people read it."""
        if self.type == "checkboxes":
            return ", ".join(self.options.get(each, each) for each in self.value.split())
        return self.options.get(self.value, self.value)

    def kept_otherwise(self, form: Filled) -> str | None:
        """Return what is kept, worded, where it is not what was typed; None where both are the same."""
        if self.type == "checkboxes":
            start = self.name + SEVERAL
            typed = {each.removeprefix(start) for each in form.values if each.startswith(start)}
            return None if typed == set(self.value.split()) else self.worded()
        typed_text = form.value(self.name)
        same = typed_text.split() == self.value.split() if self.type != "area" else typed_text == self.value
        return None if same else self.worded()


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in a programme's registers, worded in one language, by field."""

    language: str
    by_field: Mapping[str, Mapping[str, str]]

    def of(self, register_name: str, name: str) -> Mapping[str, str] | None:
        """Return the choices of a field, None for one that is typed."""
        hint = _hints_of(register_name)[name]
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return {each.value: ENUMS[hint][each].in_(self.language) for each in hint}
        waivable = register_name == "waivers" and name == "expectation_id"
        return self.by_field.get(f"{name} waived" if waivable else name)

    def word(self, register_name: str, name: str, value: object) -> object:
        """Return a kept value as people read it."""
        choices = self.of(register_name, name)
        if value is None or choices is None:
            return "" if value is None else value
        return choices.get(str(value), str(value))


def choices_of(session: Session, programme: Programme, language: str, *, at: datetime) -> Choices:
    """Return everything that can be chosen: people, services, parties, clauses, expectations, frameworks."""
    organisation_id = programme.organisation_id
    packs = [catalogue.get_pack(session, code, organisation_id) for code in profile_of(session, programme).frameworks]
    return Choices(
        language,
        {
            "owner_id": members(session, organisation_id, at=at),
            "service_id": _named(session, programme, "services", language),
            "party_id": _named(session, programme, "parties", language),
            "clause": _clauses(packs, language),
            "expectation_id": _expectations(packs, language),
            "expectation_id waived": _expectations(packs, language, waivable=True),
            "frameworks": framework_names(session, organisation_id, language),
        },
    )


def framework_names(session: Session, organisation_id: str | None, language: str) -> dict[str, str]:
    """Return the frameworks that an organisation can use, by code: reference and title."""
    found = catalogue.frameworks(session, organisation_id)
    return {pack.id: f"{pack.reference} {pack.title.in_(language)}" for pack in found}


def form_fields(name: str, choices: Choices, entry: Entry | None = None) -> tuple[FormField, ...]:
    """Return the fields of a register's form, with what is kept where there is an entry."""
    made = {
        each.name: _field(name, each, choices, entry)
        for each in dataclasses.fields(KINDS[name])
        if each.name != "framework"
    }
    if choices.language == "zh":  # the reader's own language first
        swapped = {"_en": "_zh", "_zh": "_en"}
        return tuple(made[each[:-3] + swapped[each[-3:]] if each[-3:] in swapped else each] for each in made)
    return tuple(made.values())


def typed_body(name: str, sent: Sent) -> dict[str, Any]:
    """Return what a form of a register holds, as the register takes it. Raises Invalid for what is no number."""
    body = {each: _typed(name, each, sent) for each in _hints_of(name) if each != "framework"}
    if "clause" in body:
        body["framework"], _, body["clause"] = str(body["clause"] or "").partition(" ")
    return {each: value for each, value in body.items() if value is not None}


def relabelled(error: AppError) -> AppError:
    """Return a refusal that names the field as the page calls it, not as the data does."""
    field = (error.field or "").partition(SEVERAL)[0]
    parts = {**error.message.parts}
    if "name" in parts and str(parts["name"]).partition(SEVERAL)[0] == field:
        parts["name"] = label_of(field)
    error.message = Message(error.message.text, parts)
    error.field = "clause" if field == "framework" else field or None
    return error


def label_of(field: str) -> Message | str:
    """Return what a field or limit is called."""
    return FIELDS.get(field) or LABELS.get(field) or field


def shown(name: str, entry: Entry, column: str, choices: Choices) -> object:
    """Return one cell of a register's list."""
    if column == "name":
        return _name_of(entry)
    value = getattr(entry, column)
    if column == "clause":
        value = f"{getattr(entry, 'framework', '')} {value}"
    return choices.word(name, column, value)


def position(name: str, entry: Entry, choices: Choices) -> bytes:
    """Return what puts a register's entries in order: audits by their day, all else by what the list shows first."""
    column = "planned_on" if name == "audits" else REGISTERS[name].columns[0]
    return order_key(word(shown(name, entry, column, choices), choices.language))


def kept_value(entry: Entry | None, name: str) -> str:
    """Return a field's kept value as a form holds it."""
    value = getattr(entry, name, None)
    if name == "clause" and entry is not None:
        return f"{getattr(entry, 'framework', '')} {value}"
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, tuple):
        return (" " if value and isinstance(value[0], str) else ", ").join(str(each) for each in value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _field(register_name: str, each: "dataclasses.Field[Any]", choices: Choices, entry: Entry | None) -> FormField:
    name, value = each.name, kept_value(entry, each.name)
    required = each.default is dataclasses.MISSING
    options = dict(choices.of(register_name, name) or {})
    kind_of_input = _input(register_name, name, chosen=choices.of(register_name, name) is not None)
    if kind_of_input == "select":
        if value and value not in options:
            options[value] = say("{name} (no longer to be chosen)", name=value).in_(choices.language)
        options = {
            "": say("Choose one").in_(choices.language) if required else say("none").in_(choices.language),
            **options,
        }
    hint = HINTS.get(f"{register_name}.{name}")
    label = FIELDS.get(name) or LABELS[name]
    return FormField(name, label, kind_of_input, hint, required, options, value)


def _input(register_name: str, name: str, *, chosen: bool) -> str:
    hint = _hints_of(register_name)[name]
    if get_origin(hint) is tuple:
        return "checkboxes" if chosen else "text"
    if chosen:
        return "select"
    if hint == Words or name == "reason":
        return "area"
    bare = _bare(hint)
    return {date: "date", int: "number", bool: "checkbox"}.get(bare, "text")


def _typed(register_name: str, name: str, sent: Sent) -> object:
    hint = _hints_of(register_name)[name]
    bare = _bare(hint)
    if get_origin(hint) is tuple:
        if get_args(hint)[0] is str:
            start = name + SEVERAL
            return [each.removeprefix(start) for each in sent.values if each.startswith(start)]
        return [_whole(part) for part in sent[name].replace(",", " ").replace("，", " ").replace("、", " ").split()]  # noqa: RUF001
    if bare is bool:
        return sent[name] == "on"
    if bare is int:
        return sent.number(name)
    return sent[name] or None


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text  # noqa: PLR2004


def _bare(hint: Any) -> Any:  # noqa: ANN401 (a type)
    """Return the plain type of a hint: without its limits, and without None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    plain = [each for each in get_args(hint) if each is not type(None)]
    return _bare(plain[0]) if plain and get_origin(hint) is not tuple else hint


@cache
def _hints_of(name: str) -> dict[str, Any]:
    return get_type_hints(KINDS[name], include_extras=True)


def _name_of(entry: Entry) -> Text:
    if isinstance(entry, Profile | Site | ServiceEntry | PartyEntry):
        return Text(entry.name_en, entry.name_zh)
    return Text("", "")


def _named(session: Session, programme: Programme, name: str, language: str) -> dict[str, str]:
    named = {each.id: word(_name_of(each.entry), language) for each in register(session, programme, name)}
    return dict(sorted(named.items(), key=lambda item: order_key(item[1])))


def _clauses(packs: list[Pack], language: str) -> dict[str, str]:
    several = len(packs) > 1
    return {
        f"{pack.id} {clause.number}": (f"{pack.reference} · " if several else "")
        + f"{clause.number} {clause.title.in_(language)}"
        for pack in packs
        for clause in pack.clauses
    }


def _expectations(packs: list[Pack], language: str, *, waivable: bool = False) -> dict[str, str]:
    demanded = {each.id for pack in packs for each in pack.expectations if each.required} if waivable else set()
    return {
        each.id: f"{each.clause} {each.name.in_(language)}"
        for pack in packs
        for each in pack.expectations
        if each.id not in demanded
    }
