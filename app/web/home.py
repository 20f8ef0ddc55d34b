"""Home: how ready for each stage, what decides it, what to do next and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.checks.formats import outlook, wording
from app.checks.report import FrameworkReport, Merged, Report, Task, worklist
from app.collation import order_key
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.names import by_name
from app.language import Message, Text, word
from app.programmes.organisations import organisations
from app.programmes.reading import profiles_of
from app.programmes.service import programmes
from app.web.charts import Line, Part, bar
from app.web.clause_tree import clause_rows
from app.web.labels import label_of
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.remedies import remedies
from app.web.snapshots import trend_lines
from app.web.start import may_start
from app.web.visits import Visiting

router = APIRouter()
SHOWN, SOON_DAYS, ALL_LINES = 12, 30, 200


@dataclass(frozen=True, slots=True)
class StageCard:
    """One stage of the certification audit at a glance."""

    report: Report
    days: int | None
    away: Message | None
    deciding: tuple[tuple[FrameworkReport, tuple[Merged, ...], int], ...]
    next_step: Message


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A clause of the first two levels with how many of its expectations stand how."""

    framework: str
    clause: str
    title: Text
    counts: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Which lines of the worklist are shown."""

    whose: str = "all"
    code: str = ""
    process: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything on Home."""

    stages: tuple[StageCard, ...]
    tasks: tuple[Task, ...]
    task_count: int
    wanted: WorkFilter
    owners: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]
    processes: tuple[tuple[str, Text], ...]
    heat: tuple[tuple[FrameworkReport, tuple[HeatRow, ...]], ...]
    trend: tuple[tuple[int, Line], ...]
    soon: tuple[Task, ...]
    owner_names: dict[str, str]
    remedies: dict[tuple[str, str, str], str]
    everything: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammesPage:
    """The programmes one may see, by address, and whether another one may be set up."""

    rows: tuple[tuple[str, Text, Text], ...]
    may_start: bool


@router.get("/")
def choose(visit: Visiting, session: Reading) -> Response:
    """Go to the only programme there is, or let people choose."""
    found = programmes(session, actor=visit.who)
    if len(found) == 1:
        drafts = visit.who.may(Permission.READ_DRAFTS, found[0].organisation_id, found[0].id)
        first = "" if drafts else "/clauses"  # an auditor reads clause by clause
        return RedirectResponse(f"{visit.prefix}/programmes/{found[0].code}{first}", HTTPStatus.SEE_OTHER)
    startable = may_start(session, actor=visit.who)
    if not found and startable:
        return RedirectResponse(f"{visit.prefix}/start", HTTPStatus.SEE_OTHER)
    rows, profiles = [], profiles_of(session, found)
    owners = {each.id: each for each in organisations(session, actor=visit.who)}
    for each in found:
        profile, owner = profiles[each.id], owners[each.organisation_id]
        name = Text(profile.name_en or each.code, profile.name_zh or each.code)
        rows.append((f"/programmes/{each.code}", name, Text(owner.name_en, owner.name_zh)))
    return render(visit, "programmes.html", ProgrammesPage(tuple(rows), startable))


def _wanted(whose: str = "all", code: str = "", process: str = "", owner: str = "") -> WorkFilter:
    return WorkFilter(whose, code, process, owner)


Wanted = Annotated[WorkFilter, Depends(_wanted)]


@router.get("/programmes/{programme}")
def show_home(programme: str, visit: Visiting, session: Reading, dates: Asked, wanted: Wanted) -> Response:
    """Show Home; an auditor, who does not see what is still being prepared, goes on to the clauses."""
    place = enter(session, visit, programme, dates)
    if not place.may("read-drafts"):
        return RedirectResponse(place.to("clauses"), HTTPStatus.SEE_OTHER)
    return render(visit, "home.html", _home(session, place, wanted, everything=False), place=place)


@router.get("/programmes/{programme}/worklist")
def show_worklist(programme: str, visit: Visiting, session: Reading, dates: Asked, wanted: Wanted) -> Response:
    """Show the whole worklist. Raises Forbidden for auditors."""
    place = enter(session, visit, programme, dates)
    visit.who.must(Permission.READ_DRAFTS, place.organisation.id, place.programme.id)
    return render(visit, "worklist.html", _home(session, place, wanted, everything=True), place=place)


def _home(session: Session, place: Place, asked: WorkFilter, *, everything: bool) -> HomePage:
    reports = tuple(place.report(session, stage) for stage in (1, 2))
    second = reports[1]
    tasks = worklist(second)
    shown = filtered(place, second, tasks, asked)
    listed = shown[: ALL_LINES if everything else SHOWN]
    horizon = place.today + timedelta(days=SOON_DAYS)
    soon = tuple(task for task in tasks if task.act_by and place.today <= task.act_by <= horizon)
    return HomePage(
        stages=tuple(_card(report) for report in reports),
        tasks=listed,
        task_count=len(shown),
        wanted=asked,
        owners=tuple(by_name(second.owners).items()),
        codes=_codes(tasks, place.visit.language),
        processes=_processes(second),
        heat=tuple((framework, heat_rows(framework)) for framework in second.frameworks),
        trend=trend_lines(session, place),
        soon=soon[:SHOWN],
        owner_names=second.owners,
        remedies=remedies(place, second, (task.merged for task in listed)),
        everything=everything,
    )


def _codes(tasks: Sequence[Task], language: str) -> tuple[str, ...]:
    """Return the codes of the findings in the order of what they are called."""
    codes = {task.merged.finding.code for task in tasks}
    return tuple(sorted(codes, key=lambda code: order_key(word(label_of("code", code), language))))


def _card(report: Report) -> StageCard:
    days = None if report.audit_on is None else (report.audit_on - report.known_on).days
    deciding = tuple(
        (framework, outlook.deciding(framework)[:3], len(outlook.deciding(framework)))
        for framework in report.frameworks
    )
    away = None if days is None else wording.in_days(days)
    return StageCard(report, days, away, deciding, outlook.next_better(report))


def filtered(place: Place, report: Report, tasks: Sequence[Task], asked: WorkFilter) -> tuple[Task, ...]:
    """Return the lines of the worklist that the filter leaves."""
    clauses = _clauses_of_process(report, asked.process) if asked.process else None
    owner = place.visit.who.id if asked.whose == "mine" else asked.owner
    return tuple(
        task
        for task in tasks
        if (not owner or task.merged.owner == owner)
        and (not asked.code or task.merged.finding.code == asked.code)
        and (clauses is None or task.merged.finding.clause in clauses)
    )


def _processes(report: Report) -> tuple[tuple[str, Text], ...]:
    """Return the processes of all frameworks, each once."""
    return tuple({each.key: each.name for framework in report.frameworks for each in framework.pack.processes}.items())


def _clauses_of_process(report: Report, key: str) -> set[str]:
    return {
        clause.number
        for framework in report.frameworks
        for clause in framework.pack.clauses
        if clause.process_key == key
    }


def heat_rows(framework: FrameworkReport) -> tuple[HeatRow, ...]:
    """Return the clauses of the first two levels that expect anything, counted as the place of clauses counts them."""
    return tuple(
        HeatRow(framework.pack.id, row.clause.number, row.clause.title, row.counts, bar(row.counts), row.depth)
        for row in clause_rows(framework, {})
        if row.depth <= 1 and any(count for _, count in row.counts)
    )
