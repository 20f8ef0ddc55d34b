"""What each code of a finding is called, what it means and how much it usually weighs."""

from typing import NamedTuple

from app.language import Message, say
from app.readiness.findings import Severity


class Code(NamedTuple):
    """The title and meaning of a code; `usual` is the heaviest severity it commonly has."""

    title: Message
    meaning: Message
    usual: Severity


BLOCKING, AT_RISK, OBSERVATION = Severity.BLOCKING, Severity.AT_RISK, Severity.OBSERVATION

CODES = {
    "evidence-missing": Code(
        say("Evidence missing"),
        say("Nothing that counts is there for an expectation: no accepted record, or no document."),
        BLOCKING,
    ),
    "evidence-expired": Code(
        say("Evidence expired"),
        say("Everything that ever counted for an expectation has ended."),
        BLOCKING,
    ),
    "evidence-expiring": Code(
        say("Evidence expiring"),
        say("Evidence is valid today but no longer on the judged day; the last safe day is named."),
        AT_RISK,
    ),
    "evidence-rejected": Code(
        say("Evidence rejected"),
        say("All evidence for an expectation was rejected in review."),
        BLOCKING,
    ),
    "acceptance-pending": Code(
        say("Acceptance pending"),
        say("Evidence was submitted that would count, but nobody has accepted it yet."),
        AT_RISK,
    ),
    "period-missing": Code(
        say("Period missing"),
        say("A closed period of a regular record has no accepted evidence."),
        BLOCKING,
    ),
    "period-late": Code(
        say("Period late"),
        say("The evidence of a period was recorded after its days of grace."),
        OBSERVATION,
    ),
    "period-backfilled": Code(
        say("Periods backfilled"),
        say("Three or more periods were recorded on one day, which looks made up afterwards."),
        OBSERVATION,
    ),
    "period-upcoming": Code(
        say("Period upcoming"),
        say("A period closes before the judged day; its record is still to be collected."),
        Severity.TO_DO,
    ),
    "history-too-short": Code(
        say("History too short"),
        say("Records begin too late to show the months of history that are wanted."),
        BLOCKING,
    ),
    "document-unapproved": Code(
        say("Document not approved"),
        say("Only drafts or revisions in review are there, or a required signature is missing."),
        BLOCKING,
    ),
    "document-not-effective": Code(
        say("Document not effective"),
        say("The document is approved, but takes effect only after the judged day."),
        AT_RISK,
    ),
    "review-overdue": Code(
        say("Review overdue"),
        say("The review day of the effective revision lies before the judged day."),
        AT_RISK,
    ),
    "owner-missing": Code(
        say("Owner missing"),
        say("Nobody is responsible for an expectation or for what proves it."),
        AT_RISK,
    ),
    "file-damaged": Code(
        say("File damaged"),
        say("A stored file is gone or disagrees with its SHA-256."),
        BLOCKING,
    ),
    "link-suspect": Code(
        say("Link suspect"),
        say("What is linked, or the framework, changed after the link was last confirmed."),
        AT_RISK,
    ),
    "waived": Code(
        say("Waived"),
        say("The expectation is set aside for a reason until a day; then it counts again."),
        Severity.INFO,
    ),
    "waiver-expired": Code(
        say("Waiver expired"),
        say("The waiver of an expectation has ended and the gap counts again."),
        Severity.MAJOR,
    ),
    "stage-gap": Code(
        say("Stages too far apart or too close"),
        say("The days between stage 1 and stage 2 are more or fewer than the settings allow."),
        AT_RISK,
    ),
    "service-uncovered": Code(
        say("Service not covered"),
        say("A service lacks an owner, requirements or an agreement in force."),
        BLOCKING,
    ),
    "supplier-uncovered": Code(
        say("Supplier not covered"),
        say("A supplier or internal party has no agreement in force."),
        BLOCKING,
    ),
}
"""Every code the engine can give."""
