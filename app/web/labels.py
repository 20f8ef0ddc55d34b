"""Words of ours for the words in the data, by table: each is a filter of the templates, `{{ state|state }}`."""

from collections.abc import Mapping
from typing import Any

from app.catalogue.crosswalk import Integration, Relation
from app.catalogue.pack import Action, Cadence, Kind
from app.checks.cells import Mark
from app.checks.formats.codes import CODES
from app.checks.formats.wording import SEVERITIES, VERDICTS
from app.identity.actor import Role
from app.language import Message, say
from app.readiness.findings import Status
from app.web.journal_words import ACTIONS as DEEDS

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
IMPORTS = {"draft": say("not imported yet"), "applied": say("imported"), "undone": say("undone")}
"""What came of an import."""
STANDINGS = {**STATES, "no-text": say("no revision yet"), "withdrawn": say("withdrawn from use")}
"""Where a document is."""
LEVELS = {
    "L1": say("L1 manual, policies, plans"),
    "L2": say("L2 procedures, plans, agreements"),
    "L3": say("L3 work instructions"),
    "L4": say("L4 forms, registers, records, reports"),
}
"""Places in the hierarchy of documents."""
ACTIONS = {Action.MAINTAIN: say("a document to maintain"), Action.RETAIN: say("a record to retain")}
CADENCES = {
    Cadence.NONE: say("once"),
    Cadence.MONTHLY: say("every month"),
    Cadence.QUARTERLY: say("every quarter"),
    Cadence.SEMIANNUAL: say("every half-year"),
    Cadence.ANNUAL: say("every year"),
    Cadence.PER_EVENT: say("whenever it happens"),
}
MARKS = {
    Mark.THERE: say("there"),
    Mark.LATE: say("late"),
    Mark.BACKFILLED: say("back-filled"),
    Mark.IN_FORCE: say("still valid"),
    Mark.SUBMITTED: say("submitted"),
    Mark.MISSING: say("missing"),
    Mark.EXPIRED: say("expired"),
    Mark.UPCOMING: say("upcoming"),
    Mark.WAIVED: say("waived"),
    Mark.UNASKED: say("not expected"),
    Mark.BEFORE: say("before the start"),
    Mark.EFFECTIVE: say("in force"),
    Mark.REVIEW_DUE: say("review due"),
    Mark.REVIEW_OVERDUE: say("review overdue"),
    Mark.DRAFT: say("draft only"),
}
MARK_MEANINGS = {
    Mark.THERE: say("accepted evidence covers it, recorded in time"),
    Mark.LATE: say("accepted, but recorded after the days of grace"),
    Mark.BACKFILLED: say("recorded on one day together with two or more other periods"),
    Mark.IN_FORCE: say("nothing of this period; an earlier record was still valid"),
    Mark.SUBMITTED: say("evidence awaits acceptance"),
    Mark.MISSING: say("a hole that counts today"),
    Mark.EXPIRED: say("what was there is no longer valid today"),
    Mark.UPCOMING: say("still to be collected, or not yet in force"),
    Mark.WAIVED: say("a hole that a waiver sets aside"),
    Mark.UNASKED: say("nothing there, and nothing asks for it: optional, or older than what is judged"),
    Mark.BEFORE: say("the period began before the start of operation"),
    Mark.EFFECTIVE: say("an approved revision of the document is in force"),
    Mark.REVIEW_DUE: say("in force; its next review falls due in this month"),
    Mark.REVIEW_OVERDUE: say("in force, but its review was due before and is not done"),
    Mark.DRAFT: say("a draft or a revision in review, and nothing in force: a hole that counts today"),
}
BREACHES = {
    "content altered": say("its content was altered"),
    "does not follow the entry before": say("it does not follow the entry before it"),
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
    "files-taken": say("The files have come."),
    "imported": say("Everything is imported. Somebody else has to accept it before it counts."),
    "import-dropped": say("The draft is dropped. Nothing of it was imported."),
    "import-undone": say("The import is undone: all that it had made is withdrawn, and stays on record."),
    "table-taken": say("The table is replaced. The files that came before are still here."),
    "version-added": say("The new version is submitted. An accepted one stays in force until this one is accepted."),
    "period-corrected": say(
        "The corrected version is submitted. What was accepted stays in force until it is accepted."
    ),
    "signed-out": say("You have signed out."),
    "session-ended": say("The session was ended."),
    "document-added": say("The document is in the master list, and its first revision is a draft."),
    "document-revised": say("The revision was added as a draft. Send it to review."),
    "document-submitted": say("The revision was sent to review."),
    "document-signed": say("You have approved the revision. Other approvals are still awaited."),
    "document-approved": say("The revision is approved."),
    "document-returned": say("The revision was returned to its author."),
    "document-recalled": say("The revision was taken out of review. Add a new one to go on."),
    "document-reviewed": say("The review is on record."),
    "document-withdrawn": say("The document was withdrawn. Its revisions stay on record."),
    "link-made": say("Linked."),
    "link-removed": say("The link was removed."),
    "link-confirmed": say("The link is confirmed."),
    "sessions-ended": say("All other sessions were ended."),
    "password-changed": say("The password is changed, and all other sessions were ended."),
    "added": say("Added."),
    "restored": say("It is there again."),
    "snapshot-taken": say("The snapshots of both stages are taken."),
    "texts-kept": say("The texts are kept. They stand on the pages of their clauses."),
    "role-given": say("The role was given."),
    "link-revoked": say("The link was revoked, and whoever came in by it is out."),
    "user-made": say("The account is made. Now give it a role."),
    "token-revoked": say("The token was revoked."),
    "programme-made": say("The programme is made. Go on with what belongs to it."),
}
"""What the page after a change says, by the word in its address."""
TABLES: Mapping[str, Mapping[Any, Message]] = {
    "action": ACTIONS,
    "breach": BREACHES,
    "cadence": CADENCES,
    "code": {name: code.title for name, code in CODES.items()},
    "deed": DEEDS,
    "meaning": {name: code.meaning for name, code in CODES.items()},
    "done": DONE,
    "import_state": IMPORTS,
    "integration": INTEGRATIONS,
    "kind": KINDS,
    "level": LEVELS,
    "mark": MARKS,
    "mark_meaning": MARK_MEANINGS,
    "relation": RELATIONS,
    "role": ROLES,
    "severity": SEVERITIES,
    "standing": STANDINGS,
    "state": STATES,
    "status": STATUSES,
    "verdict": VERDICTS,
    "when": WHEN,
}


def label_of(table: str, value: str) -> Message | str:
    """Return what a word is called; one that is not in the table is shown as it is."""
    return TABLES[table].get(value, value)
