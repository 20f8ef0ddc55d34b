"""Judging one framework: the same facts on two days, merged; what an earlier report says of the rest may be held."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from app.catalogue.pack import Pack
from app.checks.known import Known
from app.checks.report import FrameworkReport, Line, Merged
from app.readiness.engine import NOTHING, assess
from app.readiness.facts import Facts
from app.readiness.findings import Assessment, Finding, Standing


class Judged(NamedTuple):
    """What is judged: a stage, the day of its audit, and the day of knowledge."""

    stage: int
    as_of: date
    known_on: date


Judge = Callable[[Known, Judged], FrameworkReport]


def judge_whole(known: Known, on: Judged) -> FrameworkReport:
    """Judge everything that is known for a framework."""
    return judge(known.pack, known.facts(), **on._asdict())


def judge_again(known: Known, on: Judged, former: Known, report: FrameworkReport) -> FrameworkReport:
    """Return the same as `judge_whole`, where `report` is what it returned of `former`: judge what is not the same."""
    same = known.same_as(former)
    return judge(known.pack, known.facts(without=same), **on._asdict(), held=Held(report, same))


class Held(NamedTuple):
    """An earlier report for the same stage and days, and the expectations of which it says what is so."""

    report: FrameworkReport
    need_ids: frozenset[str]

    def standings(self, assessment: Assessment) -> dict[str, Standing]:
        """Return those standings of one of the report's assessments that hold."""
        return {each.need_id: each for each in assessment.standings if each.need_id in self.need_ids}

    @property
    def lines(self) -> dict[str, Line]:
        """The lines that hold, by expectation."""
        return {line.need.id: line for line in self.report.lines if line.need.id in self.need_ids}


def judge(
    pack: Pack, facts: Facts, *, stage: int, as_of: date, known_on: date, held: Held | None = None
) -> FrameworkReport:
    """Judge the same facts twice and merge: on the day of knowledge, or `as_of` if that is earlier, and on `as_of`.

    The facts need not have the evidence of expectations that are `held`.
    """
    then = held.standings(held.report.forecast) if held else NOTHING
    forecast = assess(facts, stage=stage, as_of=as_of, known_on=known_on, held=then)
    if as_of <= known_on:
        today = forecast
    else:
        now = held.standings(held.report.today) if held else NOTHING
        today = assess(facts, stage=stage, as_of=known_on, known_on=known_on, held=now)
    kept = held.lines if held else {}
    needs = {need.id: need for need in facts.needs}
    titles = {clause.number: clause.title for clause in pack.clauses}
    order = {expectation.id: position for position, expectation in enumerate(pack.expectations)}
    owner_of = _owner_of(facts, (*today.standings, *forecast.standings))
    lines = [
        kept.get(now.need_id)
        or Line(
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
