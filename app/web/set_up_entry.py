"""One entry of a register as a form, and the limits with their defaults, where these come from and a way back."""

from dataclasses import dataclass, fields

from fastapi import Response
from sqlalchemy.orm import Session

from app.errors import NotFound, Stale
from app.language import Message
from app.programmes.registers import Limits
from app.programmes.service import Recorded, register
from app.web.forms import Filled
from app.web.pages import render
from app.web.places import Place
from app.web.set_up_fields import FormField, choices_of, form_fields, kept_value, shown
from app.web.set_up_limits import GROUPS, Limit
from app.web.set_up_words import REGISTERS, RegisterWords


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit with its field; `default` as a form holds it."""

    limit: Limit
    field: FormField
    default: str

    @property
    def usual(self) -> bool:
        """Whether the kept value is the default."""
        return self.field.value == self.default


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry: its form, the newest revision, and whether somebody else changed it while it was typed."""

    name: str
    words: RegisterWords
    id: str | None
    title: object
    fields: tuple[FormField, ...]
    revision: int
    form: Filled
    may_change: bool
    groups: tuple[tuple[Message, tuple[LimitLine, ...]], ...] = ()

    @property
    def stale(self) -> bool:
        """Whether what is kept now is to be shown beside what was typed."""
        return isinstance(self.form.error, Stale)


def show_entry(
    session: Session, place: Place, name: str, entry_id: str | None, form: Filled, *, may_change: bool
) -> Response:
    """Show one entry; `entry_id` None means the only one of its register. Raises NotFound."""
    recorded = _recorded(session, place, name, entry_id)
    choices = choices_of(session, place.programme, place.visit.language, at=place.visit.at)
    made = form_fields(name, choices, recorded.entry)
    words = REGISTERS[name]
    page = EntryPage(
        name=name,
        words=words,
        id=entry_id,
        title=shown(name, recorded.entry, words.columns[0], choices) if entry_id else words.title,
        fields=made,
        revision=recorded.revision,
        form=form,
        may_change=may_change,
        groups=_groups(made) if name == "settings" else (),
    )
    template = "set_up_settings.html" if name == "settings" else "set_up_entry.html"
    return render(place.visit, template, page, place=place, status=form.status)


def defaults() -> dict[str, str]:
    """Return every limit's default as a form holds it."""
    return {each.name: kept_value(Limits(), each.name) for each in fields(Limits)}


def _groups(made: tuple[FormField, ...]) -> tuple[tuple[Message, tuple[LimitLine, ...]], ...]:
    by_name, default = {each.name: each for each in made}, defaults()
    return tuple(
        (title, tuple(LimitLine(limit, by_name[limit.name], default[limit.name]) for limit in limits))
        for title, limits in GROUPS
    )


def _recorded(session: Session, place: Place, name: str, entry_id: str | None) -> Recorded:
    if name not in REGISTERS:
        raise NotFound("There is nothing at this address.")
    for each in register(session, place.programme, name, known_at=place.known_at):
        if entry_id is None or each.id == entry_id:
            return each
    raise NotFound("There is no such entry in this programme.")
