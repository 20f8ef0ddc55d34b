"""Facts with defaults, and tables of days: what the engine has to say of them on a day, known on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.language import Text
from app.readiness.engine import assess
from app.readiness.facts import Agreement, Damage, Facts, Limits, Need, Paper, Party, Proof, Service, Suspect, Waiver
from app.readiness.findings import Assessment, Finding, Standing
from app.readiness.periods import period_of

NAME = Text("Incident records", "事件记录")


def on(day: str) -> date:
    """Read `2026-08-10`, and so that tables stay short `08-10` of 2026."""
    return date.fromisoformat(day if day.count("-") == 2 else f"2026-{day}")


def some_need(**fields: Any) -> Need:
    """Return an expectation to retain, demanded by the standard, with an owner and without any limit in time."""
    given = {"id": "n", "clause": "8.6.1", "name": NAME, "kind": "record", "action": "retain", "stage": 1}
    return Need(**{**given, "required": True, "owner": "li", **fields})


def some_document(**fields: Any) -> Need:
    """Return an expectation to maintain, demanded by the standard, with an owner."""
    return some_need(**{"action": "maintain", "kind": "policy", **fields})


def some_proof(collected_on: str, **fields: Any) -> Proof:
    """Return accepted evidence, recorded on the day it was collected; days may be given as words."""
    for name in ("period_from", "period_to", "valid_until", "recorded_on"):
        if isinstance(fields.get(name), str):
            fields[name] = on(fields[name])
    day = on(collected_on)
    given = {"need_id": "n", "item_id": f"e-{day}", "title": "Report", "state": "accepted", "collected_on": day}
    none = {"period_from": None, "period_to": None, "valid_until": None, "recorded_on": day}
    return Proof(**{**given, **none, **fields})


def records(*days: str, cadence: str = "monthly", **fields: Any) -> tuple[Proof, ...]:
    """Return the record of the whole period that holds each day, collected on the second day after its end."""
    found = []
    for day in days:
        period = period_of(on(day), cadence)
        collected_on = (period.end + timedelta(days=2)).isoformat()
        whole = {"period_from": period.start, "period_to": period.end, "item_id": f"e-{period.name}"}
        found.append(some_proof(**{"collected_on": collected_on, **whole, **fields}))
    return tuple(found)


def some_paper(effective_on: str | None, **fields: Any) -> Paper:
    """Return a revision approved on the day it becomes effective, without a review day; `None` gives a draft."""
    for name in ("approved_on", "next_review_on", "recorded_on"):
        if isinstance(fields.get(name), str):
            fields[name] = on(fields[name])
    day = None if effective_on is None else on(effective_on)
    given = {"need_id": "n", "document_id": "d", "number": "SMS-1", "title": "Policy", "revision": 1}
    state = {"state": "approved" if day else "draft", "approved_on": day, "effective_on": day, "next_review_on": None}
    return Paper(**{**given, **state, "recorded_on": day or on("01-01"), **fields})


def some_waiver(granted_on: str, until: str, reason: str = "no supplier") -> Waiver:
    """Return a waiver of the one expectation."""
    return Waiver("n", on(granted_on), on(until), reason, "wang")


def some_service(*agreements: tuple[str | None, str | None], **fields: Any) -> Service:
    """Return a service with owner and requirements, covered by agreements from a day to a day."""
    given = {"id": "s", "name": Text("Cloud desktop", "云桌面"), "owner": "li", "requirements": True}
    return Service(**{**given, "agreements": _agreements(agreements), **fields})


def some_party(*agreements: tuple[str | None, str | None], **fields: Any) -> Party:
    """Return a supplier with agreements from a day to a day."""
    given = {"id": "p", "name": Text("Northern Cables", "北方线缆"), "kind": "external-supplier"}
    return Party(**{**given, "agreements": _agreements(agreements), **fields})


def _agreements(given: Iterable[tuple[str | None, str | None]]) -> tuple[Agreement, ...]:
    return tuple(Agreement(on(start) if start else None, on(end) if end else None) for start, end in given)


def some_suspect(changed_on: str, **fields: Any) -> Suspect:
    """Return a link to the one document, which changed on a day."""
    return Suspect(**{"need_id": "n", "item_id": "d", "title": "SMS-1 Policy", "cause": "document",
                      "changed_on": on(changed_on), **fields})  # fmt: skip


def some_damage(found_on: str, **fields: Any) -> Damage:
    """Return a damaged file found on a day."""
    return Damage(**{"need_id": "n", "item_id": "e", "title": "Report", "file_name": "report.pdf",
                     "found_on": on(found_on), **fields})  # fmt: skip


def some_facts(*items: Any, **fields: Any) -> Facts:
    """Return facts made of what is given, each in its place; `limits` may be a dictionary."""
    places = {
        Need: "needs", Proof: "proofs", Paper: "papers", Waiver: "waivers", Service: "services", Party: "parties",
        Suspect: "suspects", Damage: "damages",
    }  # fmt: skip
    found: dict[str, tuple[Any, ...]] = {}
    for item in items:
        place = places[type(item)]
        found[place] = (*found.get(place, ()), item)
    if isinstance(fields.get("limits"), dict):
        fields["limits"] = replace(Limits(), **fields["limits"])
    for name in ("start_of_operation", "stage_1_on", "stage_2_on"):
        if isinstance(fields.get(name), str):
            fields[name] = on(fields[name])
    return Facts(**{**found, **fields})


def judged(facts: Facts, as_of: str, known_on: str | None = None, stage: int = 2) -> Assessment:
    """Judge a day, known on that day unless another is named."""
    return assess(facts, stage=stage, as_of=on(as_of), known_on=on(known_on or as_of))


def standing(facts: Facts, as_of: str, known_on: str | None = None, stage: int = 2) -> Standing:
    """Return how the one expectation stands."""
    [only] = judged(facts, as_of, known_on, stage).standings
    return only


def findings(assessment: Assessment) -> list[Finding]:
    """Return everything found, the programme's own first."""
    return [*assessment.findings, *(each for standing in assessment.standings for each in standing.findings)]


def codes(assessment: Assessment) -> list[str]:
    """Return the codes found, in the order of the alphabet."""
    return sorted(finding.code for finding in findings(assessment))


def the(code: str, assessment: Assessment) -> Finding:
    """Return the only finding with this code."""
    [only] = [finding for finding in findings(assessment) if finding.code == code]
    return only


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: on `as_of`, known on `known_on`, the engine says these codes of the facts and no others."""

    what: str
    facts: Facts
    as_of: str
    known_on: str
    codes: tuple[str, ...]
    stage: int = 2

    def __str__(self) -> str:
        known = "" if self.known_on == self.as_of else f" known {self.known_on}"
        return f"{self.what}: {self.as_of}{known}"

    def judge(self) -> Assessment:
        """Judge the facts on this day."""
        return judged(self.facts, self.as_of, self.known_on, self.stage)


def days(what: str, facts: Facts, *lines: str, stage: int = 2) -> tuple[Row, ...]:
    """Read lines like `08-10 evidence-missing owner-missing`, or `08-10 / 08-01 ...` where it was known on another day."""
    rows = []
    for line in lines:
        as_of, *rest = line.split()
        known_on = as_of
        if rest[:1] == ["/"]:
            known_on, rest = rest[1], rest[2:]
        rows.append(Row(what, facts, as_of, known_on, tuple(sorted(rest)), stage))
    return tuple(rows)


def table(*groups: Iterable[Row]) -> tuple[Row, ...]:
    """Join groups of rows to one table."""
    return tuple(row for group in groups for row in group)
