"""Tables of items to take along: evidence, documents, the journal. Read page by page, so that memory stays small."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy.orm import Session

from app.catalogue.pack import Expectation
from app.catalogue.service import get_pack
from app.documents.reading import DocumentView, master_list, visible_day
from app.evidence.filters import Filter
from app.evidence.reading import EvidenceView, list_evidence
from app.http.sheets import Column, Table, Value
from app.identity.actor import Permission
from app.identity.names import names_of
from app.language import Message, say
from app.links.models import Link
from app.paging import MAX_PAGE, Page
from app.web.journal import JournalFilter, JournalLine, lines_of, read_entries
from app.web.journal_details import Change
from app.web.labels import label_of
from app.web.pages import Naming
from app.web.places import Place

T = TypeVar("T")
WIDE, MIDDLE, NARROW = 48, 24, 12


@dataclass(frozen=True)
class Export:
    """Who takes what along: the session, the place, and how its words are said."""

    session: Session
    place: Place
    naming: Naming

    def columns(self, *several: tuple[Message, int]) -> tuple[Column, ...]:
        """Return columns with their headings said."""
        return tuple(Column(self.naming.say(title), width) for title, width in several)

    def label(self, table: str, value: str) -> str:
        """Return what a word of the data is called."""
        return self.naming.say(label_of(table, value))

    def moment(self, at: datetime | None) -> datetime | None:
        """Return a moment as the clock of the organisation shows it."""
        return None if at is None else at.astimezone(self.place.zone).replace(tzinfo=None)

    @cached_property
    def expectations(self) -> dict[str, Expectation]:
        """The expectations of the programme's frameworks by id; where several have one, the first."""
        found: dict[str, Expectation] = {}
        place = self.place
        for code in place.profile.frameworks:
            pack = get_pack(self.session, code, place.programme.organisation_id, known_at=place.known_at)
            for each in pack.expectations:
                found.setdefault(each.id, each)
        return found

    def linked(self, links: Iterable[Link]) -> tuple[str, str]:
        """Return the clauses and the names of what an item answers."""
        known = [self.expectations.get(link.expectation_id) or link.expectation_id for link in links]
        clauses = dict.fromkeys(each.clause for each in known if not isinstance(each, str))
        names = (each if isinstance(each, str) else self.naming.say(each.name) for each in known)
        return "\n".join(clauses), "\n".join(names)

    def yes(self, value: bool) -> str:  # noqa: FBT001 (it is worded)
        """Say yes or no."""
        return self.naming.say(say("yes") if value else say("no"))


def evidence_table(export: Export, wanted: Filter) -> Table:
    """Return the evidence that a filter leaves, newest first, each with the version that its list shows."""
    session, place = export.session, export.place
    columns = export.columns(
        (say("Title"), WIDE),
        (say("State"), NARROW),
        (say("Owner"), MIDDLE),
        (say("Collected on"), NARROW),
        (say("Period from"), NARROW),
        (say("Period to"), NARROW),
        (say("Valid until"), NARROW),
        (say("Nothing happened"), NARROW),
        (say("Version"), NARROW),
        (say("Submitted by"), MIDDLE),
        (say("Recorded"), MIDDLE),
        (say("Decided by"), MIDDLE),
        (say("Decided"), MIDDLE),
        (say("Reason"), WIDE),
        (say("Note"), WIDE),
        (say("Clauses"), NARROW),
        (say("Expectations"), WIDE),
        (say("Files"), WIDE),
        (say("SHA-256"), WIDE),
        (say("ID"), WIDE),
    )
    pages = _pages(
        lambda cursor: list_evidence(
            session,
            place.programme,
            wanted,
            known_at=place.known_at,
            actor=place.visit.who,
            cursor=cursor,
            limit=MAX_PAGE,
        )
    )
    rows = (row for page in pages for row in _evidence_rows(export, page))
    return Table(export.naming.say(say("Evidence")), columns, rows)


def documents_table(export: Export) -> Table:
    """Return the master list by number, with the revision in force, else the newest."""
    session, place = export.session, export.place
    who = place.visit.who
    day = visible_day(place.programme, place.dates.as_of, today=place.today, actor=who)
    columns = export.columns(
        (say("Number"), MIDDLE),
        (say("Title"), WIDE),
        (say("Level"), NARROW),
        (say("Kind"), NARROW),
        (say("Owner"), MIDDLE),
        (say("State"), NARROW),
        (say("Revision"), NARROW),
        (say("Effective on"), NARROW),
        (say("Approved on"), NARROW),
        (say("Next review on"), NARROW),
        (say("Signed by"), MIDDLE),
        (say("Newer revision"), MIDDLE),
        (say("Change"), WIDE),
        (say("Clauses"), NARROW),
        (say("Expectations"), WIDE),
        (say("File"), WIDE),
        (say("SHA-256"), WIDE),
        (say("ID"), WIDE),
    )
    pages = _pages(
        lambda cursor: master_list(
            session, place.programme, as_of=day, known_at=place.known_at, actor=who, cursor=cursor, limit=MAX_PAGE
        )
    )
    rows = (row for page in pages for row in _document_rows(export, page))
    return Table(export.naming.say(say("Documents")), columns, rows)


def journal_table(export: Export, wanted: JournalFilter) -> Table:
    """Return the entries of the journal that a filter leaves, newest first. Raises Forbidden."""
    export.place.visit.who.must(
        Permission.READ_JOURNAL, export.place.programme.organisation_id, export.place.programme.id
    )
    columns = export.columns(
        (say("No."), NARROW),
        (say("When"), MIDDLE),
        (say("Who"), MIDDLE),
        (say("What"), MIDDLE),
        (say("About"), WIDE),
        (say("Details"), WIDE),
        (say("Before"), WIDE),
        (say("After"), WIDE),
        (say("Action"), MIDDLE),
        (say("ID"), WIDE),
        (say("SHA-256"), WIDE),
    )
    rows = (_journal_row(export, line) for line in _journal_lines(export, wanted))
    return Table(export.naming.say(say("Journal")), columns, rows)


def _pages(read: Callable[[str | None], Page[T]]) -> Iterator[Sequence[T]]:
    """Yield page after page; some may be empty for those who may not see what is on them."""
    page = read(None)
    yield page.items
    while page.cursor is not None:
        page = read(page.cursor)
        yield page.items


def _evidence_rows(export: Export, views: Sequence[EvidenceView]) -> Iterator[Sequence[Value]]:
    newest = [(view, view.versions[0]) for view in views if view.versions]
    versions = [shown.version for _, shown in newest]
    people = {each for version in versions for each in (version.submitted_by, version.decided_by) if each}
    names = names_of(export.session, people | {view.evidence.owner_id for view in views if view.evidence.owner_id})
    for view, shown in newest:
        item, version = view.evidence, shown.version
        clauses, expected = export.linked(view.links)
        yield (
            item.title,
            export.label("state", view.state),
            names.get(item.owner_id or "", ""),
            version.collected_on,
            version.period_from,
            version.period_to,
            version.valid_until,
            export.yes(version.nil_return),
            version.number,
            names.get(version.submitted_by, version.submitted_by),
            export.moment(version.recorded_at),
            names.get(version.decided_by or "", version.decided_by),
            export.moment(version.decided_at),
            version.decision_reason,
            version.note,
            clauses,
            expected,
            "\n".join(file.name for file in shown.files),
            "\n".join(file.sha256 for file in shown.files),
            item.id,
        )


def _document_rows(export: Export, views: Sequence[DocumentView]) -> Iterator[Sequence[Value]]:
    signers = {each.user_id for view in views for revision in view.revisions for each in revision.signatures}
    names = names_of(export.session, signers | {each.document.owner_id for each in views if each.document.owner_id})
    for view in views:
        document, newest = view.document, view.revisions[0] if view.revisions else None
        shown = view.effective or newest
        clauses, expected = export.linked(view.links)
        state = "withdrawn" if document.withdrawn_at else shown.state.value if shown else "draft"
        newer = newest if shown is not None and newest is not shown else None
        revision = shown.revision if shown else None
        signed = [names.get(each.user_id, each.user_id) for each in shown.signatures] if shown else []
        yield (
            document.number,
            document.title,
            document.level,
            export.label("kind", document.kind),
            names.get(document.owner_id or "", ""),
            export.label("state", state),
            revision.number if revision else None,
            revision.effective_on if revision else None,
            revision.approved_on if revision else None,
            shown.next_review_on if shown else None,
            "\n".join(signed),
            f"{newer.revision.number} {export.label('state', newer.state.value)}" if newer else None,
            revision.change_note if revision else None,
            clauses,
            expected,
            revision.file_name if revision else None,
            revision.sha256 if revision else None,
            document.id,
        )


def _journal_lines(export: Export, wanted: JournalFilter) -> Iterator[JournalLine]:
    before: int | None = None
    while True:
        found = read_entries(export.session, export.place, wanted, before=before, limit=MAX_PAGE)
        yield from lines_of(export.session, export.place, found)
        if len(found) < MAX_PAGE:
            return
        before = found[-1].number


def _journal_row(export: Export, line: JournalLine) -> Sequence[Value]:
    entry = line.entry
    return (
        entry.number,
        export.moment(entry.at),
        entry.actor_name,
        export.label("deed", entry.action),
        line.subject.name,
        "\n".join(export.naming.say(_change(each)) for each in line.changes) or None,
        _json(entry.before),
        _json(entry.after),
        entry.action,
        entry.subject_id,
        entry.hash,
    )


def _change(change: Change) -> Message:
    if change.before is None or change.after is None:
        return say("{label}: {value}", label=change.label, value=change.after or change.before)
    return say("{label}: {before} → {after}", label=change.label, before=change.before, after=change.after)


def _json(body: object) -> str | None:
    return None if body is None else json.dumps(body, ensure_ascii=False)
