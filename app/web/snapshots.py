"""Snapshots: reports as they were, how readiness moved from one to the next, and what has changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.checks.models import Snapshot
from app.checks.service import Question, freeze, get_snapshot, snapshots, trend
from app.checks.snapshots import Comparison, compare, report_body
from app.errors import Invalid
from app.http.deps import Reading
from app.identity.actor import Permission
from app.identity.names import names_of
from app.language import Text
from app.web.charts import Line, line_of
from app.web.forms import EMPTY, Filled, Form, change
from app.web.once import new_key, once
from app.web.pages import render
from app.web.places import Asked, Dates, Place, enter
from app.web.visits import Visit, Visiting

router = APIRouter(prefix="/programmes/{programme}/snapshots")
STAGES = (1, 2)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of a report that was kept, as it was written then."""

    framework: str
    clause: str
    severity: str
    message: Text
    next_step: Text
    owner: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from a snapshot to what is known now: findings that came, went, and became worse."""

    since: Snapshot
    new: tuple[Told, ...]
    closed: tuple[Told, ...]
    worsened: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class SnapshotsPage:
    """All snapshots, the lines they make, and what changed since the one that is chosen."""

    rows: tuple[Snapshot, ...]
    names: Mapping[str, str]
    trend: tuple[tuple[int, Line], ...]
    changes: Changes | None
    once: str
    form: Filled


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """One snapshot with its worklist, the most urgent first: day to act by, and the finding."""

    snapshot: Snapshot
    taken_by: str
    tasks: tuple[tuple[str, Told], ...]


@router.get("")
def show_snapshots(programme: str, visit: Visiting, session: Reading, dates: Asked, since: str = "") -> Response:
    """Show the snapshots; `since` is the one to compare with, the newest of stage 2 unless given."""
    return _show(session, _open(session, visit, programme, dates), since)


@router.post("")
def take(programme: str, sent: Form, dates: Asked) -> Response:
    """Keep the reports of both stages as they are now."""

    def act(session: Session) -> str:
        place = _open(session, sent.visit, programme, dates)
        visit, label = sent.visit, sent["label"]

        def make() -> str:
            for stage in STAGES:
                question = Question(stage, dates.as_of)
                freeze(session, place.programme, question, label=label, known_at=visit.at, actor=visit.who, at=visit.at)
            return place.to("snapshots", done="snapshot-taken")

        return once(session, sent, make)

    def again(session: Session, form: Filled) -> Response:
        return _show(session, _open(session, sent.visit, programme, dates), "", form)

    return change(sent, act, again)


@router.get("/{snapshot}")
def show_snapshot(programme: str, snapshot: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show one snapshot as it was kept."""
    place = _open(session, visit, programme, dates)
    found = get_snapshot(session, place.programme, snapshot, actor=visit.who)
    tasks = tuple((str(each["act_by"] or ""), _told(each)) for each in found.report["worklist"])
    name = names_of(session, [found.taken_by]).get(found.taken_by, found.taken_by.removeprefix("local:"))
    return render(visit, "snapshot.html", SnapshotPage(found, name, tasks), place=place)


def trend_lines(session: Session, place: Place) -> tuple[tuple[int, Line], ...]:
    """Return how readiness moved, by stage."""
    points = trend(session, place.programme, known_at=place.known_at, actor=place.visit.who)

    def line(stage: int) -> Line:
        of_stage = (each for each in points if each.stage == stage)
        return line_of(
            [
                (each.taken_at.astimezone(place.zone).date(), each.verdict, each.satisfied, each.applicable)
                for each in of_stage
            ]
        )

    return tuple((stage, line(stage)) for stage in STAGES)


def _open(session: Session, visit: Visit, programme: str, dates: Dates) -> Place:
    """Return the programme for those who see what is being prepared. Raises NotFound, Forbidden."""
    place = enter(session, visit, programme, dates)
    visit.who.must(Permission.READ_DRAFTS, place.programme.organisation_id, place.programme.id)
    return place


def _show(session: Session, place: Place, since: str, form: Filled = EMPTY) -> Response:
    found = snapshots(session, place.programme, known_at=place.known_at, actor=place.visit.who)
    page = SnapshotsPage(
        rows=tuple(found),
        names=names_of(session, (each.taken_by for each in found)),
        trend=trend_lines(session, place),
        changes=_changes(session, place, found, since),
        once=new_key(),
        form=form,
    )
    return render(place.visit, "snapshots.html", page, place=place, status=form.status)


def _changes(session: Session, place: Place, found: Iterable[Snapshot], since: str) -> Changes | None:
    """Compare with what is known at the moment the page is about; None where nothing can be compared."""
    chosen = next((each for each in found if each.id == since or (not since and each.stage == 2)), None)  # noqa: PLR2004
    if chosen is None:
        return None
    before = get_snapshot(session, place.programme, chosen.id, actor=place.visit.who)
    after = report_body(place.report(session, before.stage))
    try:
        compared: Comparison = compare(before.report, after)
    except Invalid:  # made by another version: it stays, but cannot be compared
        return None
    new, closed, worsened = (tuple(map(_told, each)) for each in (compared.new, compared.closed, compared.worsened))
    return Changes(before, new, closed, worsened)


def _told(finding: Mapping[str, Any]) -> Told:
    message, step, owner = finding["message"], finding["next_step"], finding["owner"]
    return Told(
        framework=finding["framework"],
        clause=finding["clause"],
        severity=finding["severity"],
        message=Text(message["en"], message["zh"]),
        next_step=Text(step["en"], step["zh"]),
        owner=owner["name"] if owner else "",
    )
