"""What may be wrong with the programme as a whole: the audit dates, the service catalogue, the other parties."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from app.language import Message, say
from app.readiness.case import View
from app.readiness.facts import Agreement, Service
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
    if days < 0:
        message = say("Stage 2 is planned before stage 1 ({first}).", first=first)
    elif days > limits.stage1_to_stage2_max_days:
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
    """`service-uncovered` for each of owner, requirements and SLA in force that a service lacks on the day.

    Source: F-09 of the audit model.
    """
    if view.facts.service_clause is None:
        return
    for service in sorted(dict.fromkeys(view.facts.services), key=lambda service: service.id):
        if not service.owner:
            message = say("Service {name} has no owner.", name=service.name)
            yield _service_lacks(view, service, "owner", message, say("Name its owner in the service catalogue."))
        if not service.requirements:
            message = say("Service {name} has no service requirements.", name=service.name)
            step = say("Agree the service requirements and enter them in the service catalogue.")
            yield _service_lacks(view, service, "requirements", message, step)
        cover = _cover(service.agreements, view.as_of)
        if not cover.current:
            if cover.ended_on is not None:
                said = {"name": service.name, "day": cover.ended_on}
                if cover.act_by(view):
                    message = say("The SLA of service {name} ends on {day}.", **said)
                else:
                    message = say("The SLA of service {name} ended on {day}.", **said)
            elif cover.begins_on is not None:
                message = say("The SLA of service {name} begins only on {day}.", name=service.name, day=cover.begins_on)
            else:
                message = say("Service {name} has no SLA.", name=service.name)
            step = say("Conclude or renew the SLA and enter its dates.")
            yield _service_lacks(view, service, "sla", message, step, cover)


def supplier_uncovered(view: View) -> Iterator[Finding]:
    """`supplier-uncovered` for a supplier or internal party without an agreement in force on the day.

    Source: F-10 of the audit model.
    """
    clause = view.facts.supplier_clause
    if clause is None:
        return
    for party in sorted(dict.fromkeys(view.facts.parties), key=lambda party: party.id):
        cover = _cover(party.agreements, view.as_of)
        if cover.current:
            continue
        if cover.ended_on is not None:
            said = {"name": party.name, "day": cover.ended_on}
            if cover.act_by(view):
                message = say("The agreement with {name} ends on {day}.", **said)
            else:
                message = say("The agreement with {name} ended on {day}.", **said)
        elif cover.begins_on is not None:
            message = say("The agreement with {name} begins only on {day}.", name=party.name, day=cover.begins_on)
        else:
            message = say("{name} has no agreement.", name=party.name)
        yield Finding(
            code="supplier-uncovered",
            severity=Severity.BLOCKING,
            subject=f"party:{party.id}",
            clause=clause,
            message=message,
            next_step=say("Conclude or renew the agreement and enter its dates."),
            items=(Item("party", party.id, party.name.en),),
            days=cover.days,
            act_by=cover.act_by(view),
            possible_from=cover.begins_on,
        )


class _Cover(NamedTuple):
    """Whether agreements cover a day; where none does, the last day one did and the first on which one will."""

    current: bool
    ended_on: date | None = None
    begins_on: date | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The dates a finding rests on."""
        return tuple(day for day in (self.ended_on, self.begins_on) if day is not None)

    def act_by(self, view: View) -> date | None:
        """The last safe day: the last one covered, while it is still to come."""
        return self.ended_on if self.ended_on is not None and self.ended_on >= view.known_on else None


def _cover(agreements: tuple[Agreement, ...], day: date) -> _Cover:
    begun = [each for each in agreements if (each.starts_on or date.min) <= day]
    ended_on = max((each.ends_on or date.max for each in begun), default=None)
    if ended_on is not None and ended_on >= day:
        return _Cover(current=True)
    begins_on = min((each.starts_on for each in agreements if each.starts_on and each not in begun), default=None)
    return _Cover(current=False, ended_on=ended_on, begins_on=begins_on)


def _service_lacks(
    view: View, service: Service, aspect: str, message: Message, next_step: Message, cover: _Cover | None = None
) -> Finding:
    return Finding(
        code="service-uncovered",
        severity=Severity.BLOCKING,
        subject=f"service:{service.id}",
        clause=view.facts.service_clause or "",
        message=message,
        next_step=next_step,
        items=(Item("service", service.id, service.name.en),),
        days=cover.days if cover else (),
        act_by=cover.act_by(view) if cover else None,
        possible_from=cover.begins_on if cover else None,
        aspect=aspect,
    )
