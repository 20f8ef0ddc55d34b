"""The organisation's own licensed text of a standard, clause by clause, and where it comes from.

What is ours says in our own words what a clause asks; the words of the standard are its publisher's. An organisation
may keep those it has bought, for its own people. They leave by no export. Auditors see them only where the organisation
says that its licence allows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.models import ClauseText, TextLicence
from app.catalogue.pack import Pack
from app.catalogue.service import find_framework, get_pack
from app.catalogue.splitting import Part, split
from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import ALLOWED, Actor, Permission
from app.journal.service import Event, record
from app.language import LANGUAGES
from app.past import happened
from app.validation import line, words

MAX_CLAUSE_TEXT = 20_000
MAX_SOURCE = 300
Texts = dict[tuple[str, str], str]
"""Texts by clause and language."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that the organisation holds, in a language, and where it comes from: empty where nobody has said."""

    language: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import does, or would do: the parts found, which of them are new or changed, clauses without a text."""

    parts: tuple[Part, ...]
    changed: frozenset[str]
    missing: tuple[str, ...]


def set_clause_text(
    session: Session,
    organisation_id: str,
    code: str,
    clause: str,
    language: str,
    text: str,
    *,
    actor: Actor,
    at: datetime,
) -> ClauseText:
    """Keep the customer's own licensed text of a clause; only this organisation sees it.

    An empty text takes it out again. Raises Forbidden, NotFound, Invalid.
    """
    framework_id, pack = _open(session, organisation_id, code, language, actor)
    if all(each.number != clause for each in pack.clauses):
        raise NotFound("{code} has no clause {clause}.", code=code, clause=clause, field="clause")
    row = _add(session, organisation_id, framework_id, Part(clause, text), language, actor=actor, at=at)
    event = Event("clause-text.set", f"{code}:{clause}:{language}", after={"characters": len(row.text)})
    record(session, organisation_id, event, actor=actor, at=at)
    return row


def import_texts(
    session: Session,
    organisation_id: str,
    code: str,
    language: str,
    text: str,
    *,
    apply: bool,
    actor: Actor,
    at: datetime,
) -> Taken:
    """Say which clauses a whole text holds the words of, and keep them with `apply`; others stay as they are.

    Raises Forbidden, NotFound, and Invalid where it holds none or too much for one.
    """
    framework_id, pack = _open(session, organisation_id, code, language, actor)
    parts = split(text, [each.number for each in pack.clauses])
    if not parts:
        raise Invalid(
            "No clause was found. Each begins with a line of its own that has its number and title, such as: "
            "{number} {title}",
            number=pack.clauses[0].number,
            title=pack.clauses[0].title,
            field="text",
        )
    for part in parts:
        if len(part.text) > MAX_CLAUSE_TEXT:
            raise Invalid(
                "{clause} would have {count} characters; a clause has at most {most}. Is a heading below it missing?",
                clause=part.clause,
                count=len(part.text),
                most=MAX_CLAUSE_TEXT,
                field="text",
            )
    held = clause_texts(session, organisation_id, code)
    changed = [part for part in parts if held.get((part.clause, language)) != part.text]
    if apply and changed:
        for part in changed:
            _add(session, organisation_id, framework_id, part, language, actor=actor, at=at)
        after = {"clauses": [part.clause for part in changed], "characters": sum(len(part.text) for part in changed)}
        event = Event("clause-texts.imported", f"{code}:{language}", after=after)
        record(session, organisation_id, event, actor=actor, at=at)
    there = {part.clause for part in parts} | {clause for clause, of in held if of == language}
    missing = tuple(each.number for each in pack.clauses if each.number not in there)
    return Taken(parts, frozenset(part.clause for part in changed), missing)


def set_licence(
    session: Session,
    organisation_id: str,
    code: str,
    language: str,
    *,
    source: str,
    for_auditors: bool,
    actor: Actor,
    at: datetime,
) -> TextLicence:
    """Say where the texts in a language come from, and whether the licence lets auditors read them here.

    Raises Forbidden, NotFound, Invalid.
    """
    framework_id, _ = _open(session, organisation_id, code, language, actor)
    row = TextLicence(
        id=new_id(),
        organisation_id=organisation_id,
        framework_id=framework_id,
        language=language,
        source=line(source, "source", most=MAX_SOURCE),
        for_auditors=for_auditors,
        recorded_at=at,
        recorded_by=actor.id,
    )
    session.add(row)
    session.flush()
    after = {"source": row.source, "for_auditors": for_auditors}
    record(session, organisation_id, Event("text-licence.set", f"{code}:{language}", after=after), actor=actor, at=at)
    return row


def clause_texts(session: Session, organisation_id: str, code: str, *, known_at: datetime | None = None) -> Texts:
    """Return the texts that the organisation held at a moment, None for now; empty ones were taken out.

    Whether they may be seen is the caller's matter: see `texts_for`.
    """
    framework = find_framework(session, code, organisation_id)
    query = (
        select(ClauseText)
        .where(
            ClauseText.organisation_id == organisation_id,
            ClauseText.framework_id == framework.id,
            happened(ClauseText.recorded_at, known_at),
        )
        .order_by(ClauseText.recorded_at, ClauseText.id)
    )
    newest = {(row.clause, row.language): row.text for row in session.scalars(query)}
    return {key: text for key, text in newest.items() if text}


def licences(
    session: Session, organisation_id: str, code: str, *, known_at: datetime | None = None
) -> dict[str, TextLicence]:
    """Return where the texts came from at a moment, None for now, by language."""
    framework = find_framework(session, code, organisation_id)
    query = (
        select(TextLicence)
        .where(
            TextLicence.organisation_id == organisation_id,
            TextLicence.framework_id == framework.id,
            happened(TextLicence.recorded_at, known_at),
        )
        .order_by(TextLicence.recorded_at, TextLicence.id)
    )
    return {row.language: row for row in session.scalars(query)}


def texts_for(
    session: Session, organisation_id: str, code: str, *, known_at: datetime | None = None, actor: Actor
) -> Texts:
    """Return the texts that the actor may see: all for the organisation's people, else what its licence shares now."""
    found = clause_texts(session, organisation_id, code, known_at=known_at)
    if not found or _is_inside(actor, organisation_id):
        return found
    shared = {language for language, row in licences(session, organisation_id, code).items() if row.for_auditors}
    return {key: text for key, text in found.items() if key[1] in shared}


def texts_of_clause(
    session: Session,
    organisation_id: str,
    code: str,
    clause: str,
    *,
    known_at: datetime | None = None,
    actor: Actor,
) -> tuple[OwnText, ...]:
    """Return the texts of a clause that the actor may see, in the order of the languages."""
    found = texts_for(session, organisation_id, code, known_at=known_at, actor=actor)
    known: Mapping[str, TextLicence] = licences(session, organisation_id, code, known_at=known_at) if found else {}
    return tuple(
        OwnText(language, found[clause, language], known[language].source if language in known else "")
        for language in LANGUAGES
        if (clause, language) in found
    )


def _is_inside(actor: Actor, organisation_id: str) -> bool:
    """Say whether the actor is one of the organisation's people: who may read drafts anywhere in it."""
    return actor.installer or any(
        Permission.READ_DRAFTS in ALLOWED[role]
        for grant in actor.grants
        if grant.organisation_id == organisation_id
        for role in grant.roles
    )


def _open(session: Session, organisation_id: str, code: str, language: str, actor: Actor) -> tuple[str, Pack]:
    actor.must(Permission.IMPORT_FRAMEWORK, organisation_id)
    if language not in LANGUAGES:
        raise Invalid("The language is zh or en.", field="language")
    return find_framework(session, code, organisation_id).id, get_pack(session, code, organisation_id)


def _add(
    session: Session,
    organisation_id: str,
    framework_id: str,
    part: Part,
    language: str,
    *,
    actor: Actor,
    at: datetime,
) -> ClauseText:
    row = ClauseText(
        id=new_id(),
        organisation_id=organisation_id,
        framework_id=framework_id,
        clause=part.clause,
        language=language,
        text=words(part.text, "text", most=MAX_CLAUSE_TEXT),
        recorded_at=at,
        recorded_by=actor.id,
    )
    session.add(row)
    session.flush()
    return row
