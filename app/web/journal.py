"""The journal: who did what, when, and how it was before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from app.documents import reading as documents
from app.errors import Invalid
from app.evidence import reading as evidence
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.names import by_name, members_ever
from app.journal.models import Entry
from app.journal.service import Break, Sought, broken, entries
from app.language import Message
from app.paging import page_of, read_cursor
from app.web.journal_details import Change, details_of
from app.web.journal_words import GROUPS
from app.web.pages import render
from app.web.places import FIRST_DAY, LAST_DAY, Asked, Place, day_asked, enter
from app.web.visits import Visiting

router = APIRouter()
SHOWN, MAX_DIGITS = 50, 18
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries are shown, as the address says it; `scope` is `programme` or `organisation`."""

    person: str = ""
    group: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    scope: str = "programme"

    def query(self) -> dict[str, object]:
        """Return it as an address says it."""
        scope = "" if self.scope == "programme" else self.scope
        given = {"person": self.person, "group": self.group, "subject": self.subject, "scope": scope}
        return {**given, "since": self.since or "", "until": self.until or ""}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: its name, and the page about it where there is one."""

    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry as it is read."""

    entry: Entry
    subject: Subject
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some of the journal, newest first."""

    lines: tuple[JournalLine, ...]
    wanted: JournalFilter
    about: str
    people: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, Message], ...]
    whole: bool
    broken: tuple[Break, ...]
    older: str | None
    newest: str | None
    sheets: tuple[str, str]


def _wanted(
    person: str = "", group: str = "", subject: str = "", since: str = "", until: str = "", scope: str = ""
) -> JournalFilter:
    if group and group not in GROUPS:
        raise Invalid("There is no group of actions {name}.", name=group[:40], field="group")
    first, last = day_asked("since", since), day_asked("until", until)
    if any(day and not FIRST_DAY <= day <= LAST_DAY for day in (first, last)):
        raise Invalid("Days are asked for from {first} to {last}.", first=FIRST_DAY, last=LAST_DAY, field="since")
    if first and last and last < first:
        raise Invalid("The period ends before it begins.", field="until")
    chosen = "organisation" if scope == "organisation" else "programme"
    return JournalFilter(person[:100], group, subject[:100], first, last, chosen)


Wanted = Annotated[JournalFilter, Depends(_wanted)]


@router.get("/programmes/{programme}/journal")
def show_journal(
    programme: str, visit: Visiting, session: Reading, dates: Asked, wanted: Wanted, cursor: str | None = None
) -> Response:
    """Show a page of the journal."""
    place = enter(session, visit, programme, dates)
    before = _number(read_cursor(cursor, "journal"))
    found = read_entries(session, place, wanted, before=before, limit=SHOWN + 1)
    page = page_of(found, SHOWN, [str(each.number) for each in found], "journal")
    lines = lines_of(session, place, page.items)
    about = next((line.subject.name for line in lines), wanted.subject) if wanted.subject else ""
    shown = JournalPage(
        lines=lines,
        wanted=wanted,
        about=about,
        people=_people(session, place, wanted, page.items),
        groups=tuple((name, words) for name, (words, _) in GROUPS.items()),
        whole=_may_read_whole(place),
        broken=tuple(broken(session, page.items)),
        older=place.to("journal", cursor=page.cursor, **wanted.query()) if page.cursor else None,
        newest=place.to("journal", **wanted.query()) if cursor else None,
        sheets=(
            place.to("journal", "export.xlsx", **wanted.query()),
            place.to("journal", "export.csv", **wanted.query()),
        ),
    )
    return render(visit, "journal.html", shown, place=place)


def read_entries(
    session: Session, place: Place, wanted: JournalFilter, *, before: int | None, limit: int
) -> list[Entry]:
    """Return entries as the filter wants them, newest first. Raises Forbidden, NotFound.

    A past day of knowledge leaves out what was done later.
    """
    organisation_id = place.programme.organisation_id
    whole = wanted.scope == "organisation"
    place.visit.who.must(Permission.READ_JOURNAL, organisation_id, None if whole else place.programme.id)
    until = _start_of(place, wanted.until + DAY) if wanted.until and wanted.until < date.max else None
    if place.known_at is not None:
        until = min(until or place.known_at, place.known_at)
    sought: Sought = {
        "programme_id": None if whole else place.programme.id,
        "actor_id": wanted.person or None,
        "subject_id": wanted.subject or None,
        "kinds": GROUPS[wanted.group][1] if wanted.group else None,
        "since": _start_of(place, wanted.since) if wanted.since else None,
        "until": until,
    }
    return entries(session, organisation_id, before=before, limit=limit, **sought)


def lines_of(session: Session, place: Place, several: Sequence[Entry]) -> tuple[JournalLine, ...]:
    """Return entries with the names of what they are about, in a bounded number of queries."""
    ids = {entry.subject_id for entry in several}
    who = place.visit.who
    programme, known_at = place.programme, place.known_at
    items = evidence.titles_of(session, programme, ids, known_at=known_at, actor=who) if place.may("read") else {}
    drafts = place.may("read-drafts")
    papers = documents.titles_of(session, programme, ids, known_at=known_at, actor=who) if drafts else {}
    details = details_of(session, place, several)

    def subject(entry: Entry) -> Subject:
        if (title := items.get(entry.subject_id)) is not None:
            return Subject(title, place.to("evidence", entry.subject_id))
        if (title := papers.get(entry.subject_id)) is not None:
            return Subject(title, place.to("documents", entry.subject_id))
        where = place.to("evidence", "imports", entry.subject_id) if entry.action.startswith("import.") else None
        return Subject(details.subject(entry), where)

    return tuple(JournalLine(entry, subject(entry), tuple(details.changes(entry))) for entry in several)


def _people(
    session: Session, place: Place, wanted: JournalFilter, several: Sequence[Entry]
) -> tuple[tuple[str, str], ...]:
    """Return who can be chosen: all members there ever were, and whoever else is on this page."""
    found = {entry.actor_id: entry.actor_name for entry in several}
    found |= members_ever(session, place.programme.organisation_id)
    if wanted.person:
        found.setdefault(wanted.person, wanted.person)
    return tuple(by_name(found).items())


def _may_read_whole(place: Place) -> bool:
    return place.visit.who.may(Permission.READ_JOURNAL, place.programme.organisation_id)


def _start_of(place: Place, day: date) -> datetime:
    return datetime.combine(day, time.min, place.zone)


def _number(key: str | None) -> int | None:
    if key is None:
        return None
    if not key.isascii() or not key.isdecimal() or len(key) > MAX_DIGITS:
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return int(key)
