"""The engine: a loop over the rules, so that rules are the only thing to read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from app.language import say
from app.readiness.case import Case, View, cases
from app.readiness.facts import Facts, Limits, Need
from app.readiness.findings import Assessment, Finding, Severity, Standing, Status, Verdict
from app.readiness.rules import PROGRAMME_RULES, RULES
from app.readiness.rules.documents import effective_papers

ENGINE_VERSION = "1"
"""Stored with every snapshot; raised when a rule changes what it says of the same facts."""

NOTHING: Mapping[str, Standing] = MappingProxyType({})
GAPS = (Severity.BLOCKING, Severity.MAJOR)


def assess(
    facts: Facts, *, stage: int, as_of: date, known_on: date, held: Mapping[str, Standing] = NOTHING
) -> Assessment:
    """Judge every expectation of `stage` (2: of both stages) as it stands on `as_of`, known on `known_on`.

    Standings are ordered by expectation id; nothing to evaluate gives `cannot-evaluate`, never `ready`. `held` are
    standings that are taken as they are: on the same days the same was known of their expectations.
    Source: readiness, sections 3 and 4.
    """
    view = View(facts, stage, as_of, known_on)
    asked = sorted((need for need in facts.needs if need.stage <= stage), key=lambda need: need.id)
    needs = list({need.id: need for need in asked}.values())
    found = {case.need.id: _standing(case) for case in cases(view, [need for need in needs if need.id not in held])}
    standings = tuple(found.get(need.id) or held[need.id] for need in needs)
    programme = _heaviest_first(finding for rule in PROGRAMME_RULES for finding in rule(view)) if needs else ()
    expected = [
        (need, standing)
        for need, standing in zip(needs, standings, strict=True)
        if standing.status not in (Status.WAIVED, Status.NOT_EXPECTED)
    ]
    score = _score(expected, facts.limits)
    findings = programme + tuple(finding for standing in standings for finding in standing.findings)
    return Assessment(
        stage=stage,
        as_of=as_of,
        known_on=known_on,
        verdict=_verdict(findings, score, facts.limits) if expected else Verdict.CANNOT_EVALUATE,
        standings=standings,
        findings=programme,
        satisfied=sum(standing.met for _, standing in expected),
        applicable=len(expected),
        score=score,
        earliest_ready_on=_earliest(findings, known_on) if expected else None,
    )


def _standing(case: Case) -> Standing:
    findings = [finding for rule in RULES for finding in rule(case)]
    findings, waived = _apply_waivers(case, findings)
    met = not any(finding.severity in GAPS or finding.code == "document-not-effective" for finding in findings)
    if any(finding.severity in GAPS for finding in findings):
        status = Status.GAP
    elif waived:
        status = Status.WAIVED
    elif any(finding.severity is Severity.AT_RISK for finding in findings):
        status = Status.AT_RISK
    elif case.need.optional and not _is_there(case):
        status = Status.NOT_EXPECTED
    else:
        status = Status.MET
    met = met and status not in (Status.WAIVED, Status.NOT_EXPECTED)
    return Standing(case.need.id, status, met, _heaviest_first(findings))


def _is_there(case: Case) -> bool:
    """Whether something counts on the judged day: what is optional is expected of those who have it."""
    if case.need.action != "retain":
        return bool(effective_papers(case))
    in_force = case.ends_on >= case.view.as_of and case.known_until >= case.view.known_on
    return bool(case.accepted) and (case.by_period or in_force)


def _apply_waivers(case: Case, findings: list[Finding]) -> tuple[list[Finding], bool]:
    """Set aside what a waiver in force covers; say so where one has run out. Damage is never hidden."""
    view, last = case.view, case.waiver
    if last is None:
        return findings, False
    if last.until >= view.as_of:
        waived = Finding(
            code="waived",
            severity=Severity.INFO,
            subject=case.need.id,
            clause=case.need.clause,
            message=say(
                "{name}: waived until {day}: {reason}", name=case.need.name, day=last.until, reason=last.reason
            ),
            next_step=say("Nothing until that day; then it counts again."),
            days=(last.until,),
        )
        return [*(finding for finding in findings if finding.code == "file-damaged"), waived], True
    if not any(_reopened(finding) for finding in findings):
        return findings, False
    ended = Finding(
        code="waiver-expired",
        severity=case.missing_severity,
        subject=case.need.id,
        clause=case.need.clause,
        message=say("{name}: the waiver ended on {day}.", name=case.need.name, day=last.until),
        next_step=say("Provide what is expected, or grant a new waiver with a reason."),
        days=(last.until,),
        act_by=last.until if last.until >= view.known_on else None,
    )
    if ended.act_by is not None:  # still waived today: the gap opens only after that day
        findings = [replace(finding, act_by=ended.act_by) if _reopened(finding) else finding for finding in findings]
    return [*findings, ended], False


def _reopened(finding: Finding) -> bool:
    """Whether a waiver would have set this gap aside."""
    return finding.severity in GAPS and finding.code != "file-damaged"


def _verdict(findings: tuple[Finding, ...], score: float, limits: Limits) -> Verdict:
    """Not ready with anything blocking or too little there, at risk with anything heavier than an observation."""
    heaviest = min((finding.severity.rank for finding in findings), default=Severity.INFO.rank)
    if heaviest == Severity.BLOCKING.rank or score < limits.conditional_min_percent:
        return Verdict.NOT_READY
    return Verdict.AT_RISK if heaviest <= Severity.AT_RISK.rank else Verdict.READY


def _score(expected: list[tuple[Need, Standing]], limits: Limits) -> float:
    """Weighted percentage of what is met (audit model, section 15); 100 where nothing weighs anything.

    Rounded down to a tenth, so that it never reaches a limit that it misses, nor 100 where something is not met.
    """
    total = met = 0
    for need, standing in expected:
        weight = 0 if need.optional else limits.weight_required if need.required else limits.weight_customary
        total += weight
        met += weight * standing.met
    return 1000 * met // total / 10 if total else 100.0


def _earliest(findings: tuple[Finding, ...], known_on: date) -> date:
    """The first day on which the stage could be ready if all that can be done is done on `known_on`."""
    return max([known_on, *(finding.possible_from for finding in findings if finding.possible_from)])


def _heaviest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.severity.rank, finding.key)))
