"""One clause: what it asks, what is there for it, what is wrong, its counterparts elsewhere, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from app.catalogue.counterparts import Counterpart, crossings
from app.catalogue.pack import Clause, Expectation, Pack
from app.catalogue.service import crosswalks, get_pack
from app.catalogue.texts import OwnText, texts_of_clause
from app.checks.history import Happening, history_for
from app.checks.report import WORKED_ON, FrameworkReport, Line, Merged, Report
from app.documents.reading import DocumentView, documents_for, visible_day
from app.errors import NotFound
from app.evidence.reading import LinkedEvidence, newest_for
from app.http.deps import Reading
from app.language import Message, Text
from app.web.clause_tree import (
    Branch,
    ClauseRow,
    branches_of,
    clause_rows,
    expected_at,
    findings_at,
    framework_of,
    responsible,
)
from app.web.clauses import Stage
from app.web.happenings import worded
from app.web.pages import render
from app.web.places import Asked, Dates, Place, enter
from app.web.remedies import remedies
from app.web.texts import may_hold_texts
from app.web.visits import Visiting

router = APIRouter()
EVIDENCE_SHOWN, HISTORY_SHOWN = 10, 30


@dataclass(frozen=True, slots=True)
class Found:
    """A finding on the page; `worked_on` where it asks somebody to do something."""

    merged: Merged
    worked_on: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation with what is linked to it; `elsewhere` where another clause declares it."""

    line: Line
    expectation: Expectation
    elsewhere: bool
    findings: tuple[Found, ...]
    documents: tuple[DocumentView, ...]
    evidence: tuple[LinkedEvidence, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Across:
    """The counterparts in one other framework; linked where the programme is about it too."""

    pack: Pack
    linked: bool
    counterparts: tuple[tuple[Counterpart, Text], ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the journal in words."""

    happening: Happening
    what: Message | str


@dataclass(frozen=True, slots=True)
class ClausePage:
    """Everything about one clause. `reachable` are ids of items that the visitor may open."""

    framework: FrameworkReport
    stage: int
    row: ClauseRow
    tree: tuple[Branch, ...]
    below: tuple[ClauseRow, ...]
    previous: Clause | None
    next: Clause | None
    expected: tuple[Expected, ...]
    findings: tuple[Found, ...]
    across: tuple[Across, ...]
    history: tuple[Happened, ...] | None
    more_history: bool
    reachable: frozenset[str]
    remedies: dict[tuple[str, str, str], str]
    own_texts: tuple[OwnText, ...]
    may_hold_texts: bool


@dataclass(frozen=True, slots=True)
class Judging:
    """What is judged: which days, which stage."""

    dates: Dates
    stage: int


def _judging(dates: Asked, stage: Stage) -> Judging:
    return Judging(dates, stage)


@router.get("/programmes/{programme}/clauses/{framework}/{clause}")
def show_clause(
    programme: str,
    framework: str,
    clause: str,
    visit: Visiting,
    session: Reading,
    judging: Annotated[Judging, Depends(_judging)],
) -> Response:
    """Show a clause."""
    place = enter(session, visit, programme, judging.dates)
    page = _page(session, place, framework, clause, judging.stage)
    return render(visit, "clause.html", page, place=place)


def _page(session: Session, place: Place, framework: str, clause: str, stage: int) -> ClausePage:
    report = place.report(session, stage)
    found = framework_of(report, framework)
    rows = clause_rows(found, responsible(session, place, found.pack))
    numbers = [row.clause.number for row in rows]
    if clause not in numbers:
        raise NotFound("{code} has no clause {clause}.", code=framework, clause=clause, field="clause")
    at = numbers.index(clause)
    expected = _expected(session, place, found, rows[at].clause, report.owners)
    history = _history(session, place, found.pack, expected_at(rows[at].clause))
    return ClausePage(
        framework=found,
        stage=stage,
        row=rows[at],
        tree=branches_of(rows, clause),
        below=tuple(row for row in rows if row.clause.parent == clause),
        previous=rows[at - 1].clause if at else None,
        next=rows[at + 1].clause if at + 1 < len(rows) else None,
        expected=expected,
        findings=_found(findings_at(found, clause), report.owners),
        across=_across(session, place, framework, clause),
        history=None if history is None else history[:HISTORY_SHOWN],
        more_history=history is not None and len(history) > HISTORY_SHOWN,
        reachable=frozenset(_ids(expected)),
        remedies=_remedies(place, report, expected, findings_at(found, clause)),
        own_texts=_own_texts(session, place, framework, clause),
        may_hold_texts=may_hold_texts(place) and place.known_at is None,
    )


def _expected(
    session: Session, place: Place, framework: FrameworkReport, clause: Clause, owners: Mapping[str, str]
) -> tuple[Expected, ...]:
    lines = {line.need.id: line for line in framework.lines}
    declared = {each.id: each for each in framework.pack.expectations}
    ids = [need_id for need_id in expected_at(clause) if need_id in lines]
    who = place.visit.who
    day = visible_day(place.programme, place.dates.as_of, today=place.today, actor=who)
    programme, known_at = place.programme, place.known_at
    documents = documents_for(session, programme, ids, as_of=day, known_at=known_at, actor=who)
    evidence = newest_for(session, programme, ids, known_at=known_at, actor=who, most=EVIDENCE_SHOWN + 1)
    return tuple(
        Expected(
            line=lines[each],
            expectation=declared[each],
            elsewhere=declared[each].clause != clause.number,
            findings=_found(lines[each].findings, owners),
            documents=tuple(documents[each]),
            evidence=tuple(evidence[each][:EVIDENCE_SHOWN]),
            more=len(evidence[each]) > EVIDENCE_SHOWN,
        )
        for each in ids
    )


def _found(several: Sequence[Merged], owners: Mapping[str, str]) -> tuple[Found, ...]:
    return tuple(Found(each, each.finding.severity in WORKED_ON, owners.get(each.owner or "", "")) for each in several)


def _ids(expected: Sequence[Expected]) -> list[str]:
    documents = [view.document.id for each in expected for view in each.documents]
    return documents + [linked.evidence.id for each in expected for linked in each.evidence]


def _remedies(
    place: Place, report: Report, expected: Sequence[Expected], own: Sequence[Merged]
) -> dict[tuple[str, str, str], str]:
    """Return where each finding on the page is settled; auditors settle nothing."""
    if not place.may("read-drafts"):
        return {}
    return remedies(place, report, (*own, *(found.merged for each in expected for found in each.findings)))


def _own_texts(session: Session, place: Place, framework: str, clause: str) -> tuple[OwnText, ...]:
    """Return the licensed texts of the clause that the visitor may see, the one in their language first."""
    found = texts_of_clause(
        session, place.programme.organisation_id, framework, clause, known_at=place.known_at, actor=place.visit.who
    )
    return tuple(sorted(found, key=lambda each: each.language != place.visit.language))


def _across(session: Session, place: Place, framework: str, clause: str) -> tuple[Across, ...]:
    organisation_id, known_at = place.programme.organisation_id, place.known_at
    found = []
    for each in crossings(crosswalks(session, organisation_id, known_at=known_at), framework, clause):
        pack = get_pack(session, each.framework, organisation_id, known_at=known_at)
        titles = {known.number: known.title for known in pack.clauses}
        titled = tuple((one, titles[one.clause]) for one in each.counterparts if one.clause in titles)
        found.append(Across(pack, pack.id in place.profile.frameworks, titled, each.notes))
    return tuple(found)


def _history(session: Session, place: Place, pack: Pack, expectation_ids: Sequence[str]) -> tuple[Happened, ...] | None:
    """Return what happened, None for those who may not read the journal."""
    if not place.may("read-journal"):
        return None
    known = history_for(
        session,
        place.programme,
        expectation_ids,
        known_at=place.known_at,
        actor=place.visit.who,
        most=HISTORY_SHOWN + 1,
    )
    names = {each.id: each.name for each in pack.expectations}
    return tuple(Happened(each, worded(each.entry, names)) for each in known)
