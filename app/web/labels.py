"""Words of ours for the words in the data, by table: each is a filter of the templates, `{{ state|state }}`."""

from collections.abc import Mapping
from typing import Any

from app.catalogue.crosswalk import Integration, Relation
from app.catalogue.pack import Action, Cadence, Kind
from app.checks.formats.codes import CODES
from app.checks.formats.wording import SEVERITIES, VERDICTS
from app.identity.actor import Role
from app.language import Message, say
from app.readiness.findings import Status

STATUSES = {
    Status.GAP: say("gap"),
    Status.AT_RISK: say("at risk"),
    Status.WAIVED: say("waived"),
    Status.MET: say("met"),
    Status.NOT_EXPECTED: say("not expected"),
}
STATES = {
    "accepted": say("accepted"),
    "approved": say("approved"),
    "draft": say("draft"),
    "effective": say("effective"),
    "in-review": say("in review"),
    "in_review": say("in review"),
    "recalled": say("recalled"),
    "rejected": say("rejected"),
    "returned": say("returned"),
    "submitted": say("submitted"),
    "superseded": say("superseded"),
    "withdrawn": say("withdrawn"),
}
KINDS = {
    Kind.POLICY: say("policy"),
    Kind.PLAN: say("plan"),
    Kind.PROCEDURE: say("procedure"),
    Kind.RECORD: say("record"),
    Kind.AGREEMENT: say("agreement"),
    Kind.REGISTER: say("register"),
    Kind.REPORT: say("report"),
}
ACTIONS = {Action.MAINTAIN: say("a document to maintain"), Action.RETAIN: say("a record to retain")}
CADENCES = {
    Cadence.NONE: say("once"),
    Cadence.MONTHLY: say("every month"),
    Cadence.QUARTERLY: say("every quarter"),
    Cadence.SEMIANNUAL: say("every half-year"),
    Cadence.ANNUAL: say("every year"),
    Cadence.PER_EVENT: say("whenever it happens"),
}
ROLES = {
    Role.ADMINISTRATOR: say("administrator"),
    Role.COMPLIANCE_OFFICER: say("compliance officer"),
    Role.PROCESS_OWNER: say("process owner"),
    Role.CONTRIBUTOR: say("contributor"),
    Role.REVIEWER: say("reviewer"),
    Role.AUDITOR: say("auditor"),
    Role.CI: say("CI job"),
}
RELATIONS = {
    Relation.EQUAL: say("the same demand"),
    Relation.SUPERSET: say("demands more than"),
    Relation.SUBSET: say("demands less than"),
    Relation.INTERSECTS: say("overlaps with"),
}
INTEGRATIONS = {
    Integration.SINGLE: say("one item serves both systems"),
    Integration.JOINT: say("one item with a part for each system"),
    Integration.SEPARATE: say("kept apart in each system"),
}
WHEN = {
    "today": say("today, settled by the day of the audit"),
    "forecast": say("on the day of the audit"),
    "both": say("today and on the day of the audit"),
}
DONE = {
    "saved": say("Saved."),
    "evidence-accepted": say("The version is accepted."),
    "evidence-added": say("The evidence is added. Somebody else has to accept it before it counts."),
    "evidence-linked": say("The link is made."),
    "evidence-rejected": say("The version is rejected. Its submitter sees your reason."),
    "evidence-withdrawn": say("The evidence is withdrawn. It stays on record."),
    "link-confirmed": say("The link is confirmed."),
    "version-added": say("The new version is submitted. An accepted one stays in force until this one is accepted."),
    "signed-out": say("You have signed out."),
    "session-ended": say("The session was ended."),
}
"""What the page after a change says, by the word in its address."""
TABLES: Mapping[str, Mapping[Any, Message]] = {
    "action": ACTIONS,
    "cadence": CADENCES,
    "code": {name: code.title for name, code in CODES.items()},
    "meaning": {name: code.meaning for name, code in CODES.items()},
    "done": DONE,
    "integration": INTEGRATIONS,
    "kind": KINDS,
    "relation": RELATIONS,
    "role": ROLES,
    "severity": SEVERITIES,
    "state": STATES,
    "status": STATUSES,
    "verdict": VERDICTS,
    "when": WHEN,
}


def label_of(table: str, value: str) -> Message | str:
    """Return what a word is called; one that is not in the table is shown as it is."""
    return TABLES[table].get(value, value)
