"""What entries of the journal hold, in the reader's language: labels for fields, names for ids, words for states."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.catalogue.service import get_pack
from app.identity.names import names_of
from app.journal.models import Entry
from app.language import LANGUAGES, Message, Text, say, word
from app.programmes.reading import last_bodies
from app.programmes.registers import KINDS, AuditKind
from app.programmes.service import programmes
from app.web.journal_words import FIELDS
from app.web.labels import label_of
from app.web.pages import Naming
from app.web.places import Place
from app.web.set_up_fields import Choices
from app.web.set_up_fields import label_of as set_up_label
from app.web.set_up_words import AUDITS, REGISTERS

LONGEST, ID_LETTERS = 400, 36
NAMING = ("title", "name", "login", "code", "expectation_id", "clause")
"""Fields that say what an entry is about where it says so itself, the best first."""
EMPTY: tuple[Any, ...] = (None, "", [], {}, [None, None])
MOMENT, DAY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*"), re.compile(r"\d{4}-\d\d-\d\d")
YES, NO = say("yes"), say("no")
TABLES: Mapping[str, str] = {
    "decision": "state",
    "kind": "kind",
    "level": "level",
    "role": "role",
    "roles": "role",
    "state": "state",
    "verdict": "verdict",
}
"""Which table of labels words a field that is of no register."""
TONGUES: Mapping[str, str] = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of what was done: what it was before and is after, None where it was not there."""

    label: Message | str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Details:
    """Words entries for one reader; `known` names users, items of registers, programmes, expectations, frameworks."""

    naming: Naming
    known: Mapping[str, str]

    def changes(self, entry: Entry) -> Iterator[Change]:
        """Yield the fields that were changed; where only one side is known, all of it."""
        before, after, about = entry.before, entry.after, entry.action.partition(".")[0]
        for name in dict.fromkeys((*(before or {}), *(after or {}))):
            old, new = (None if side is None else side.get(name) for side in (before, after))
            if before is not None and after is not None and old == new:
                continue
            if old in EMPTY and new in EMPTY:
                continue
            yield Change(_label(about, name), *(self._short(about, name, each) for each in (old, new)))

    def subject(self, entry: Entry) -> str:
        """Return what an entry is about: its name as it is now, else as the entry says it, else its id."""
        body = {**(entry.before or {}), **(entry.after or {})}
        register = entry.action.partition(".")[0]
        own = self.register_name(register, body) if register in KINDS else self._own_name(body)
        return self.known.get(entry.subject_id) or own or entry.subject_id

    def register_name(self, register: str, body: Mapping[str, Any]) -> str:
        """Return what an entry of a register is called."""
        if register == "settings":
            return self.naming.say(REGISTERS[register].title)
        if register == "audits":
            kind = self.naming.say(AUDITS[AuditKind(body["kind"])])
            return f"{kind}, {self._worded(register, 'planned_on', body.get('planned_on'))}"
        if register == "owners":
            return f"{self.known.get(body['framework'], body['framework'])} {body['clause']}"
        return self._own_name(body)

    def _own_name(self, body: Mapping[str, Any]) -> str:
        named = Text(str(body.get("name_en") or ""), str(body.get("name_zh") or "")).in_(self.naming.language)
        value = next((str(body[name]) for name in NAMING if body.get(name)), "")
        return named or self.known.get(value, value)

    def _short(self, about: str, name: str, value: object) -> str | None:
        if value in EMPTY:
            return None
        text = self._worded(about, name, value)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    def _worded(self, about: str, name: str, value: object) -> str:
        """Return a value as one line of text."""
        if value in EMPTY:
            return "-"
        if isinstance(value, Mapping):
            inner = name if name in KINDS else about
            said = ((each, self._worded(inner, each, one)) for each, one in value.items() if one not in EMPTY)
            pairs = (say("{label}: {value}", label=_label(inner, each), value=one) for each, one in said)
            return word(tuple(self.naming.say(each) for each in pairs), self.naming.language)
        if isinstance(value, list):
            if name == "period":
                return " \N{EN DASH} ".join(self._worded(about, "", each) for each in value)
            return word(tuple(self._worded(about, name, each) for each in value), self.naming.language)
        if isinstance(value, bool):
            return self.naming.say(YES if value else NO)
        return self._text(about, name, value) if isinstance(value, str) else str(value)

    def _text(self, about: str, name: str, value: str) -> str:
        if name in {"language", "languages"} and value in LANGUAGES:
            return TONGUES[value]
        if _is_of_register(about, name):
            enumerated = Choices(self.naming.language, {}).of(about, name) or {}
            if value in enumerated:
                return enumerated[value]
        elif name in TABLES:
            return self.naming.say(label_of(TABLES[name], value))
        return self.known.get(value) or self._day(value) or value

    def _day(self, value: str) -> str | None:
        """Return a day or moment as people write it, None for what is none."""
        try:
            if MOMENT.fullmatch(value):
                return self.naming.say(datetime.fromisoformat(value))
            return self.naming.say(date.fromisoformat(value)) if DAY.fullmatch(value) else None
        except ValueError:
            return None


def details_of(session: Session, place: Place, several: Sequence[Entry]) -> Details:
    """Return what words these entries, in a bounded number of queries."""
    mentioned = {entry.subject_id for entry in several}
    mentioned |= {text for entry in several for body in (entry.before, entry.after) for text in _texts(body)}
    ids = {text for text in mentioned if len(text) == ID_LETTERS}
    language, owner = place.visit.language, place.programme.organisation_id
    packs = [get_pack(session, code, owner) for code in place.profile.frameworks]
    ours = [each for each in programmes(session, actor=place.visit.who) if each.organisation_id == owner]
    names = {each.id: each.name.in_(language) for pack in packs for each in pack.expectations}
    names |= {pack.id: pack.reference for pack in packs} | {each.id: each.code for each in ours}
    names |= {owner: place.organisation_name.in_(language)}
    names |= names_of(session, ids)
    bare = Details(Naming(language, place.zone), {name: said for name, said in names.items() if name in mentioned})
    entries = last_bodies(session, [each.id for each in ours], ids)
    found = {each: bare.register_name(name, body) for each, (name, body) in entries.items()}
    return Details(bare.naming, {**bare.known, **found})


def _label(about: str, name: str) -> Message | str:
    label = set_up_label(name) if _is_of_register(about, name) else name
    return label if isinstance(label, Message) else FIELDS.get(name, name)


def _is_of_register(about: str, name: str) -> bool:
    return about in KINDS and name in KINDS[about].__dataclass_fields__


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
