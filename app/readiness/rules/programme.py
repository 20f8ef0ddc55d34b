"""What may be wrong with the programme as a whole: the audit dates, the service catalogue, the other parties."""

from collections.abc import Iterator
from datetime import date

from app.language import Message, say
from app.readiness.case import View
from app.readiness.facts import Agreement
from app.readiness.findings import Finding, Item, Severity
from app.readiness.periods import add_days


def stage_gap(view: View) -> Iterator[Finding]:
    """`stage-gap` where stage 2 comes too long, or too soon, after stage 1. Source: F-15; EA FAQ 49.3 (no limit)."""
    first, second, limits = view.facts.stage_1_on, view.facts.stage_2_on, view.facts.limits
    if view.stage == 1 or first is None or second is None:
        return
    days = (second - first).days
    earliest = add_days(first, limits.stage1_to_stage2_min_days)
    latest = add_days(first, limits.stage1_to_stage2_max_days)
    if days > limits.stage1_to_stage2_max_days:
        message = say(
            "Stage 2 is planned {days} days after stage 1; stage 1 may lapse after {limit}.",
            days=days,
            limit=limits.stage1_to_stage2_max_days,
        )
    elif days < limits.stage1_to_stage2_min_days:
        message = say(
            "Stage 2 is planned {days} days after stage 1; at least {limit} are needed to settle concerns.",
            days=days,
            limit=limits.stage1_to_stage2_min_days,
        )
    else:
        return
    yield Finding(
        code="stage-gap",
        severity=Severity.AT_RISK,
        subject="audit:stage-2",
        clause="",
        message=message,
        next_step=say("Plan stage 2 between {first} and {last}.", first=earliest, last=latest),
        days=(first, second),
        possible_from=earliest if days < limits.stage1_to_stage2_min_days else None,
    )


def service_uncovered(view: View) -> Iterator[Finding]:
    """`service-uncovered` for a service without owner, requirements or an SLA in force on the day. Source: F-09."""
    clause = view.facts.service_clause
    if clause is None:
        return
    for service in sorted(dict.fromkeys(view.facts.services), key=lambda service: service.id):
        current, ended_on = _in_force(service.agreements, view.as_of)
        lacks: list[Message] = []
        if not service.owner:
            lacks.append(say("an owner"))
        if not service.requirements:
            lacks.append(say("service requirements"))
        if not current:
            lacks.append(say("an SLA") if ended_on is None else say("an SLA after {day}", day=ended_on))
        if lacks:
            yield Finding(
                code="service-uncovered",
                severity=Severity.BLOCKING,
                subject=f"service:{service.id}",
                clause=clause,
                message=say("Service {name} lacks {parts}.", name=service.name, parts=tuple(lacks)),
                next_step=say("Complete the service in the service catalogue."),
                items=(Item("service", service.id, service.name.en),),
                days=() if ended_on is None else (ended_on,),
                act_by=ended_on if ended_on is not None and len(lacks) == 1 and ended_on >= view.known_on else None,
            )


def supplier_uncovered(view: View) -> Iterator[Finding]:
    """`supplier-uncovered` for a supplier or internal party without an agreement in force on the day. Source: F-10."""
    clause = view.facts.supplier_clause
    if clause is None:
        return
    for party in sorted(dict.fromkeys(view.facts.parties), key=lambda party: party.id):
        current, ended_on = _in_force(party.agreements, view.as_of)
        if current:
            continue
        yield Finding(
            code="supplier-uncovered",
            severity=Severity.BLOCKING,
            subject=f"party:{party.id}",
            clause=clause,
            message=(
                say("{name} has no agreement.", name=party.name)
                if ended_on is None
                else say("The agreement with {name} ends on {day}.", name=party.name, day=ended_on)
            ),
            next_step=say("Conclude or renew the agreement and enter its dates."),
            items=(Item("party", party.id, party.name.en),),
            days=() if ended_on is None else (ended_on,),
            act_by=ended_on if ended_on is not None and ended_on >= view.known_on else None,
        )


def _in_force(agreements: tuple[Agreement, ...], day: date) -> tuple[bool, date | None]:
    """Return whether one is in force on `day`; where none is, also the last day any that had begun was."""
    ends = [agreement.ends_on or date.max for agreement in agreements if (agreement.starts_on or date.min) <= day]
    last = max(ends, default=None)
    return (True, None) if last is not None and last >= day else (False, last)
