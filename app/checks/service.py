"""Use cases about readiness: check, freeze a report as a snapshot, compare two."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.checks.drafts import body_without_drafts, without_drafts
from app.checks.gather import gather
from app.checks.judging import Judge, Judged, judge_whole
from app.checks.known import Gathered
from app.checks.models import Snapshot
from app.checks.report import FrameworkReport, Report
from app.checks.snapshots import report_body
from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.identity.models import User
from app.journal.service import Event
from app.language import Text
from app.past import happened
from app.programmes import service as programmes
from app.programmes.models import Organisation, Programme
from app.programmes.registers import Profile
from app.readiness.engine import ENGINE_VERSION
from app.readiness.facts import Facts
from app.validation import words

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """What to check. No `as_of` means the planned day of the audit; no frameworks means all of the programme."""

    stage: int
    as_of: date | None = None
    frameworks: tuple[str, ...] = ()


class TrendPoint(NamedTuple):
    """What a snapshot came to: of which stage, when, the verdict, and how many expectations were met of how many."""

    id: str
    stage: int
    taken_at: datetime
    verdict: str
    satisfied: int
    applicable: int


def check(session: Session, programme: Programme, question: Question, *, actor: Actor, known_at: datetime) -> Report:
    """Judge the programme's readiness. Raises Forbidden, NotFound and Invalid; a gap is a finding, never an error.

    Where no audit of the stage is planned, today is judged. Source: readiness, section 4. An auditor's report rests on
    what is in force only; a machine that may not read drafts sees what is missing without the drafts that are there.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    drafts = not actor.is_outside(programme.organisation_id, programme.id)
    report = report_on(session, programme, question, gather(session, programme, known_at=known_at, drafts=drafts))
    return as_seen_by(actor, programme, report)


def as_seen_by(actor: Actor, programme: Programme, report: Report) -> Report:
    """Return a report without the drafts it rests on, for a machine that may not read them.

    An auditor's rests on none.
    """
    place = programme.organisation_id, programme.id
    whole = actor.may(Permission.READ_DRAFTS, *place) or actor.is_outside(*place)
    return report if whole else without_drafts(report)


def report_on(
    session: Session, programme: Programme, question: Question, gathered: Gathered, judged_by: Judge = judge_whole
) -> Report:
    """Judge what was gathered. Raises Invalid for another stage, NotFound for a framework the programme is not about.

    The caller has checked that the programme may be read, and leaves out drafts for whom they are not.
    """
    if question.stage not in (1, 2):
        raise Invalid("The stage is 1 or 2.", field="stage")
    profile, calendar = gathered.profile, gathered.calendar
    audit_on = calendar.audit_on(question.stage)
    as_of = question.as_of or max(audit_on or calendar.known_on, calendar.known_on)
    on = Judged(question.stage, as_of, calendar.known_on)
    reports = tuple(judged_by(gathered.frameworks[code], on) for code in _frameworks_of(question, profile))
    organisation = session.get_one(Organisation, programme.organisation_id)
    return Report(
        programme_id=programme.id,
        programme_code=programme.code,
        programme_name=Text(profile.name_en or programme.code, profile.name_zh or programme.code),
        organisation_name=Text(organisation.name_en, organisation.name_zh),
        stage=question.stage,
        as_of=as_of,
        known_at=calendar.known_at.astimezone(calendar.zone),
        known_on=calendar.known_on,
        audit_on=audit_on,
        count_submitted=gathered.limits.count_submitted,
        min_percent=gathered.limits.conditional_min_percent,
        engine_version=ENGINE_VERSION,
        owners=_names(session, reports),
        frameworks=reports,
    )


def moment_asked(known_at: datetime | None, *, now: datetime) -> datetime:
    """Return the moment of knowledge to judge by: now where none is asked for. Raises Invalid for one to come.

    The end of today is now: who asks for what is known on a day may ask for the present one, wherever they are.
    """
    if known_at is None:
        return now
    if known_at > now + ONE_DAY:
        raise Invalid("Nobody knows yet what will be known on {day}.", day=known_at.date(), field="known_at")
    return min(known_at, now)


def freeze(
    session: Session,
    programme: Programme,
    question: Question,
    *,
    label: str = "",
    known_at: datetime,
    actor: Actor,
    at: datetime,
) -> Snapshot:
    """Check and keep the report as it is now, with both dates and the digest of its facts. Raises as `check`."""
    actor.must(Permission.FREEZE, programme.organisation_id, programme.id)
    gathered = gather(session, programme, known_at=known_at)
    report = report_on(session, programme, question, gathered)
    facts = [gathered.frameworks[each.pack.id].facts() for each in report.frameworks]
    snapshot = Snapshot(
        id=new_id(),
        programme_id=programme.id,
        stage=report.stage,
        as_of=report.as_of,
        known_at=known_at,
        taken_at=at,
        taken_by=actor.id,
        label=words(label, "label", most=200),
        verdict=report.verdict.value,
        satisfied=sum(each.today.satisfied for each in report.frameworks),
        applicable=sum(each.today.applicable for each in report.frameworks),
        engine_version=ENGINE_VERSION,
        facts_digest=digest_of(facts),
        report=report_body(report),
    )
    session.add(snapshot)
    session.flush()
    after = {"stage": report.stage, "verdict": snapshot.verdict, "facts": snapshot.facts_digest}
    programmes.note(session, programme, Event("snapshot.taken", snapshot.id, after=after), actor=actor, at=at)
    return snapshot


def snapshots(
    session: Session, programme: Programme, *, known_at: datetime | None = None, actor: Actor
) -> list[Snapshot]:
    """Return the snapshots taken until a moment, newest first; their reports are read when they are looked at.

    Raises Forbidden, NotFound.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Snapshot).where(Snapshot.programme_id == programme.id, happened(Snapshot.taken_at, known_at))
    newest = query.options(defer(Snapshot.report)).order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
    return list(session.scalars(newest))


def trend(
    session: Session, programme: Programme, *, known_at: datetime | None = None, actor: Actor
) -> list[TrendPoint]:
    """Return what every snapshot until a moment came to, oldest first. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(*(getattr(Snapshot, name) for name in TrendPoint._fields)).where(
        Snapshot.programme_id == programme.id, happened(Snapshot.taken_at, known_at)
    )
    return [TrendPoint(*row) for row in session.execute(query.order_by(Snapshot.taken_at, Snapshot.id))]


def get_snapshot(session: Session, programme: Programme, snapshot_id: str, *, actor: Actor) -> Snapshot:
    """Return one snapshot of the programme, without drafts as in `check`. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None or snapshot.programme_id != programme.id:
        raise NotFound("There is no such snapshot in this programme.")
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        shown = body_without_drafts(snapshot.report)
        session.expunge(snapshot)  # what was frozen stays as it is; this is a copy to be shown
        snapshot.report = shown
    return snapshot


def digest_of(facts: Iterable[Facts]) -> str:
    """Return the SHA-256 of the facts; their order does not matter."""
    digest = hashlib.sha256()
    for several in facts:
        for each in fields(several):
            value = getattr(several, each.name)
            parts = sorted(map(repr, value)) if isinstance(value, tuple) else [repr(value)]
            digest.update(f"{each.name}={parts}\n".encode())
    return digest.hexdigest()


def _frameworks_of(question: Question, profile: Profile) -> dict[str, None]:
    for code in question.frameworks:
        if code not in profile.frameworks:
            raise NotFound(
                "The programme is not about {code}; it is about: {codes}.",
                code=code,
                codes=profile.frameworks,
                field="framework",
            )
    return dict.fromkeys(question.frameworks or profile.frameworks)


def _names(session: Session, reports: Iterable[FrameworkReport]) -> dict[str, str]:
    """The names of the users that findings belong to, by id."""
    ids = {merged.owner for report in reports for merged in report.all_findings if merged.owner}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
