"""The organisation's own licensed text of a standard: where it comes from, brought as a whole or clause by clause."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app.catalogue.models import TextLicence
from app.catalogue.pack import Clause, Pack
from app.catalogue.service import get_pack
from app.catalogue.splitting import MAX_BYTES, decoded
from app.catalogue.texts import (
    Taken,
    Texts,
    clause_texts,
    import_texts,
    licences,
    set_clause_text,
    set_licence,
)
from app.errors import Invalid, NotFound, Stale
from app.http.deps import Reading
from app.identity.actor import Permission
from app.language import LANGUAGES, Text
from app.web.forms import EMPTY, Filled, Form, Sent, change, read_files_form
from app.web.pages import render
from app.web.places import Asked, Dates, Place, enter
from app.web.visits import Visit, Visiting

router = APIRouter(prefix="/programmes/{programme}/texts")


@dataclass(frozen=True, slots=True)
class Row:
    """One clause, and how many characters are held of it by language."""

    clause: Clause
    characters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Held:
    """What is held in one language, of how many clauses, and where it comes from."""

    language: str
    licence: TextLicence | None
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A text that was looked through: what an import of it does, and the titles of the clauses."""

    language: str
    text: str
    taken: Taken
    titles: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class TextsPage:
    """The texts of one framework. `sent` names the form that was refused."""

    pack: Pack
    frameworks: tuple[tuple[str, str], ...]
    held: tuple[Held, ...]
    rows: tuple[Row, ...]
    preview: Preview | None
    may_change: bool
    sent: str
    form: Filled

    def filled(self, name: str) -> Filled:
        """Return a form as it was filled in."""
        return self.form if name == self.sent else EMPTY


@dataclass(frozen=True, slots=True)
class ClauseTextPage:
    """The texts of one clause; `marks` say which ones the form was filled from."""

    pack: Pack
    clause: Clause
    texts: Mapping[str, str]
    marks: Mapping[str, str]
    may_change: bool
    form: Filled


@router.get("")
def show_texts(programme: str, visit: Visiting, session: Reading, dates: Asked, framework: str = "") -> Response:
    """Show what is held of a framework, the first one unless another is chosen."""
    place = _open(session, visit, programme, dates)
    return _show(session, place, framework or next(iter(place.profile.frameworks), ""))


@router.post("/{framework}/{language}/licence")
def say_where_from(programme: str, framework: str, language: str, sent: Form, dates: Asked) -> Response:
    """Say where the texts in a language come from."""

    def act(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates)
        set_licence(
            session,
            place.programme.organisation_id,
            _mine(place, framework),
            language,
            source=sent["source"],
            for_auditors=sent["for_auditors"] == "yes",
            actor=sent.visit.who,
            at=sent.visit.at,
        )
        return place.to("texts", framework=framework, done="saved")

    def again(session: Session, form: Filled) -> Response:
        return _show(session, _open(session, sent.visit, programme, dates), framework, f"licence-{language}", form)

    return change(sent, act, again)


async def _bringing(request: Request, programme: str, visit: Visiting, dates: Asked) -> AsyncIterator[Sent]:
    async with read_files_form(request, visit, lambda session: _open(session, visit, programme, dates)) as sent:
        yield sent


FileForm = Annotated[Sent, Depends(_bringing)]
"""A form with a file from somebody who may keep texts."""


@router.post("/{framework}/{language}/import")
def bring(programme: str, framework: str, language: str, sent: FileForm, dates: Asked) -> Response:
    """Show what is in a text, from a file or typed in; keep it where that was looked at."""
    visit, apply = sent.visit, sent["act"] == "keep"
    seen: list[Preview] = []

    def act(session: Session) -> str:
        place = _open(session, visit, programme, dates)
        text = _text(sent)
        taken = import_texts(
            session,
            place.programme.organisation_id,
            _mine(place, framework),
            language,
            text,
            apply=apply,
            actor=visit.who,
            at=visit.at,
        )
        pack = get_pack(session, framework, place.programme.organisation_id)
        seen.append(Preview(language, text, taken, {each.number: each.title for each in pack.clauses}))
        return place.to("texts", framework=framework, done="texts-kept")

    def again(session: Session, form: Filled) -> Response:
        place = _open(session, visit, programme, dates)
        return _show(session, place, framework, f"import-{language}", form)

    answer = change(sent, act, again)
    if apply or not seen:
        return answer
    with visit.runtime.database.reading() as session:
        return _show(session, _open(session, visit, programme, dates), framework, preview=seen[0])


@router.get("/{framework}/{clause}")
def show_clause_text(
    programme: str, framework: str, clause: str, visit: Visiting, session: Reading, dates: Asked
) -> Response:
    """Show the texts of one clause as a form."""
    return _show_clause(session, _open(session, visit, programme, dates), framework, clause, EMPTY)


@router.post("/{framework}/{clause}")
def keep_clause_text(programme: str, framework: str, clause: str, sent: Form, dates: Asked) -> Response:
    """Keep the texts of a clause; one left empty is taken out."""

    def act(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates)
        organisation_id = place.programme.organisation_id
        held = clause_texts(session, organisation_id, _mine(place, framework))
        for language in LANGUAGES:
            before, typed = held.get((clause, language), ""), sent[f"text_{language}"].replace("\r\n", "\n")
            if typed == before:
                continue
            if sent[f"seen_{language}"] != _mark(before):
                raise Stale(
                    "Somebody else has changed this text meanwhile. What is kept now stands below what you typed.",
                    field=f"text_{language}",
                )
            try:
                set_clause_text(
                    session, organisation_id, framework, clause, language, typed, actor=sent.visit.who, at=sent.visit.at
                )
            except Invalid as error:
                error.field = f"text_{language}"
                raise
        return place.to("clauses", framework, clause, done="saved")

    def again(session: Session, form: Filled) -> Response:
        return _show_clause(session, _open(session, sent.visit, programme, dates), framework, clause, form)

    return change(sent, act, again)


def may_hold_texts(place: Place) -> bool:
    """Say whether the visitor may keep licensed texts for the organisation."""
    return place.visit.who.may(Permission.IMPORT_FRAMEWORK, place.programme.organisation_id)


def _open(session: Session, visit: Visit, programme: str, dates: Dates) -> Place:
    """Return the programme for whoever may keep texts. Raises NotFound, Forbidden."""
    place = enter(session, visit, programme, dates)
    visit.who.must(Permission.IMPORT_FRAMEWORK, place.programme.organisation_id)
    return place


def _mine(place: Place, framework: str) -> str:
    """Return the code of a framework of the programme. Raises NotFound."""
    codes = place.profile.frameworks
    if framework not in codes:
        raise NotFound(
            "The programme is not about {code}; it is about: {codes}.", code=framework, codes=codes, field="framework"
        )
    return framework


def _text(sent: Sent) -> str:
    files = sent.files("file")
    text = decoded(files[0].file.read(MAX_BYTES + 1)) if files else sent["text"]
    if not text.strip():
        raise Invalid("Choose the file with the text, or put the text into the field.", field="file")
    return text.replace("\r\n", "\n")


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _show(
    session: Session,
    place: Place,
    framework: str,
    sent: str = "",
    form: Filled = EMPTY,
    *,
    preview: Preview | None = None,
) -> Response:
    organisation_id, known_at = place.programme.organisation_id, place.known_at
    packs = [get_pack(session, code, organisation_id) for code in place.profile.frameworks]
    pack = next(each for each in packs if each.id == _mine(place, framework))
    found = clause_texts(session, organisation_id, framework, known_at=known_at)
    stated = licences(session, organisation_id, framework, known_at=known_at)
    page = TextsPage(
        pack=pack,
        frameworks=tuple((each.id, each.reference) for each in packs),
        held=tuple(_held(pack, found, stated, language) for language in LANGUAGES),
        rows=tuple(
            Row(each, {language: len(found.get((each.number, language), "")) for language in LANGUAGES})
            for each in pack.clauses
        ),
        preview=preview,
        may_change=place.known_at is None,
        sent=sent,
        form=form,
    )
    return render(place.visit, "texts.html", page, place=place, status=form.status)


def _held(pack: Pack, found: Texts, stated: Mapping[str, TextLicence], language: str) -> Held:
    count = sum((each.number, language) in found for each in pack.clauses)
    return Held(language, stated.get(language), count, len(pack.clauses))


def _show_clause(session: Session, place: Place, framework: str, number: str, form: Filled) -> Response:
    organisation_id = place.programme.organisation_id
    pack = get_pack(session, _mine(place, framework), organisation_id)
    clause = next((each for each in pack.clauses if each.number == number), None)
    if clause is None:
        raise NotFound("{code} has no clause {clause}.", code=framework, clause=number, field="clause")
    found = clause_texts(session, organisation_id, framework, known_at=place.known_at)
    texts = {language: found.get((number, language), "") for language in LANGUAGES}
    marks = {language: _mark(text) for language, text in texts.items()}
    page = ClauseTextPage(pack, clause, texts, marks, place.known_at is None, form)
    return render(place.visit, "text_clause.html", page, place=place, status=form.status)
