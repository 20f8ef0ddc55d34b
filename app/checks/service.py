"""Use cases about readiness: check, freeze a report as a snapshot, compare two."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.checks.drafts import body_without_drafts, without_drafts
from app.checks.gather import Gatherer
from app.checks.models import Snapshot
from app.checks.report import FrameworkReport, Line, Merged, Report
from app.checks.snapshots import report_body
from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.identity.models import User
from app.journal.service import Event
from app.language import Text
from app.programmes import service as programmes
from app.programmes.models import Organisation, Programme
from app.readiness.engine import ENGINE_VERSION, assess
from app.readiness.facts import Facts
from app.readiness.findings import Finding, Standing
from app.validation import words

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """What to check. No `as_of` means the planned day of the audit; no frameworks means all of the programme."""

    stage: int
    as_of: date | None = None
    frameworks: tuple[str, ...] = ()


def check(session: Session, programme: Programme, question: Question, *, actor: Actor, known_at: datetime) -> Report:
    """Judge the programme's readiness. Raises Forbidden, NotFound and Invalid; a gap is a finding, never an error.

    Where no audit of the stage is planned, today is judged. Source: readiness, section 4. An auditor's report rests on
    what is in force only; a machine that may not read drafts sees what is missing without the drafts that are there.
    """
    place = programme.organisation_id, programme.id
    actor.must(Permission.READ, *place)
    if actor.is_outside(*place):
        return _check(session, programme, question, known_at=known_at, drafts=False)[0]
    report = _check(session, programme, question, known_at=known_at)[0]
    return report if actor.may(Permission.READ_DRAFTS, *place) else without_drafts(report)


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
    report, facts = _check(session, programme, question, known_at=known_at)
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
        engine_version=ENGINE_VERSION,
        facts_digest=digest_of(facts),
        report=report_body(report),
    )
    session.add(snapshot)
    session.flush()
    after = {"stage": report.stage, "verdict": snapshot.verdict, "facts": snapshot.facts_digest}
    programmes.note(session, programme, Event("snapshot.taken", snapshot.id, after=after), actor=actor, at=at)
    return snapshot


def snapshots(session: Session, programme: Programme, *, actor: Actor) -> list[Snapshot]:
    """Return the programme's snapshots, newest first. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Snapshot).where(Snapshot.programme_id == programme.id).order_by(Snapshot.id.desc())
    return list(session.scalars(query))


def verdicts(session: Session, programme: Programme, *, actor: Actor) -> list[tuple[int, datetime, str]]:
    """Return stage, moment and verdict of every snapshot, oldest first. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Snapshot.stage, Snapshot.taken_at, Snapshot.verdict).where(Snapshot.programme_id == programme.id)
    return [(stage, at, verdict) for stage, at, verdict in session.execute(query.order_by(Snapshot.id))]


def get_snapshot(session: Session, programme: Programme, snapshot_id: str, *, actor: Actor) -> Snapshot:
    """Return one snapshot of the programme, without drafts as in `check`. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None or snapshot.programme_id != programme.id:
        raise NotFound("There is no such snapshot in this programme.")
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        session.expunge(snapshot)  # what was frozen stays as it is; this is a copy to be shown
        snapshot.report = body_without_drafts(snapshot.report)
    return snapshot


def judge(pack: Pack, facts: Facts, *, stage: int, as_of: date, known_on: date) -> FrameworkReport:
    """Judge the same facts twice and merge: on the day of knowledge, or `as_of` if that is earlier, and on `as_of`."""
    forecast = assess(facts, stage=stage, as_of=as_of, known_on=known_on)
    today = forecast if as_of <= known_on else assess(facts, stage=stage, as_of=known_on, known_on=known_on)
    needs = {need.id: need for need in facts.needs}
    titles = {clause.number: clause.title for clause in pack.clauses}
    order = {expectation.id: position for position, expectation in enumerate(pack.expectations)}
    owner_of = _owner_of(facts, (*today.standings, *forecast.standings))
    lines = [
        Line(
            need=needs[now.need_id],
            clause_title=titles[needs[now.need_id].clause],
            today=now.status,
            forecast=then.status,
            findings=_merge(now.findings, then.findings, owner_of),
        )
        for now, then in zip(today.standings, forecast.standings, strict=True)
    ]
    lines.sort(key=lambda line: order[line.need.id])
    return FrameworkReport(pack, today, forecast, tuple(lines), _merge(today.findings, forecast.findings, owner_of))


def digest_of(facts: Iterable[Facts]) -> str:
    """Return the SHA-256 of the facts; their order does not matter."""
    digest = hashlib.sha256()
    for several in facts:
        for each in fields(several):
            value = getattr(several, each.name)
            parts = sorted(map(repr, value)) if isinstance(value, tuple) else [repr(value)]
            digest.update(f"{each.name}={parts}\n".encode())
    return digest.hexdigest()


def _check(
    session: Session, programme: Programme, question: Question, *, known_at: datetime, drafts: bool = True
) -> tuple[Report, list[Facts]]:
    if question.stage not in (1, 2):
        raise Invalid("The stage is 1 or 2.", field="stage")
    gathered = Gatherer(session, programme, known_at=known_at, drafts=drafts)
    profile = gathered.profile
    for code in question.frameworks:
        if code not in profile.frameworks:
            raise NotFound(
                "The programme is not about {code}; it is about: {codes}.",
                code=code,
                codes=profile.frameworks,
                field="framework",
            )
    audit_on = gathered.audit_on(question.stage)
    as_of = question.as_of or max(audit_on or gathered.known_on, gathered.known_on)
    judged = [gathered.facts_for(code) for code in dict.fromkeys(question.frameworks or profile.frameworks)]
    reports = tuple(
        judge(pack, facts, stage=question.stage, as_of=as_of, known_on=gathered.known_on) for pack, facts in judged
    )
    organisation = session.get_one(Organisation, programme.organisation_id)
    report = Report(
        programme_id=programme.id,
        programme_code=programme.code,
        programme_name=Text(profile.name_en or programme.code, profile.name_zh or programme.code),
        organisation_name=Text(organisation.name_en, organisation.name_zh),
        stage=question.stage,
        as_of=as_of,
        known_at=known_at.astimezone(gathered.zone),
        known_on=gathered.known_on,
        audit_on=audit_on,
        count_submitted=gathered.limits.count_submitted and drafts,
        min_percent=gathered.limits.conditional_min_percent,
        engine_version=ENGINE_VERSION,
        owners=_names(session, reports),
        frameworks=reports,
    )
    return report, [facts for _, facts in judged]


def _merge(
    today: Iterable[Finding], forecast: Iterable[Finding], owner_of: Callable[[Finding], str | None]
) -> tuple[Merged, ...]:
    """Join the findings of both days; one that holds on both is kept as it is today, with the heavier severity."""
    now = {finding.key: finding for finding in today}
    then = {finding.key: finding for finding in forecast}
    merged = []
    for key in dict.fromkeys((*now, *then)):
        found = min((each for each in (now.get(key), then.get(key)) if each), key=lambda each: each.severity.rank)
        when = "both" if key in now and key in then else "today" if key in now else "forecast"
        merged.append(Merged(found, when, owner_of(found)))
    return tuple(sorted(merged, key=lambda each: (each.finding.severity.rank, each.finding.key)))


def _owner_of(facts: Facts, standings: Iterable[Standing]) -> Callable[[Finding], str | None]:
    """Return who has to settle a finding: the owner of an item it names, else whoever answers for its clause."""
    named = {item.id for standing in standings for finding in standing.findings for item in finding.items}
    found = {proof.item_id: proof.owner for proof in facts.proofs if proof.item_id in named and proof.owner}
    found |= {paper.document_id: paper.owner for paper in facts.papers if paper.document_id in named and paper.owner}
    found |= {service.id: service.owner for service in facts.services if service.owner}
    responsible = {need.clause: need.owner for need in facts.needs if need.owner}

    def owner_of(finding: Finding) -> str | None:
        items = (found[item.id] for item in finding.items if item.id in found)
        return next(items, None) or responsible.get(finding.clause)

    return owner_of


def _names(session: Session, reports: Iterable[FrameworkReport]) -> dict[str, str]:
    """The names of the users that findings belong to, by id."""
    ids = {merged.owner for report in reports for merged in report.all_findings if merged.owner}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
