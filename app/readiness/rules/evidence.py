"""Evidence for expectations to *retain*: is anything there that counts, and is it valid on the day?"""

from collections.abc import Iterable, Iterator

from app.language import Message, say
from app.readiness.case import Case, items_of
from app.readiness.facts import Proof
from app.readiness.findings import Finding, Severity

ADD_EVIDENCE = say("Add the record as evidence and have it accepted.")
HAVE_ACCEPTED = say("Ask a reviewer other than the submitter to accept or reject it.")


def nothing_counts(case: Case) -> Iterator[Finding]:
    """`evidence-missing` where nothing counts on the judged day; `evidence-rejected` where all of it was refused.

    Evidence that ended and was renewed only later is missing on a past day in between.
    """
    need = case.need
    if need.action != "retain" or need.optional:
        return
    if not case.accepted:
        if case.rejected and not case.pending:
            yield _finding(
                case,
                "evidence-rejected",
                say("{name}: only rejected evidence is there.", name=need.name),
                say("Read the reason of the rejection, correct the record and submit it again."),
                case.rejected,
            )
        else:
            step = HAVE_ACCEPTED if case.pending else ADD_EVIDENCE
            yield _finding(case, "evidence-missing", _why_missing(case), step, case.pending)
    elif not case.by_period and case.ends_on < case.view.as_of <= case.view.known_on <= case.known_until:
        message = say("{name}: nothing was valid on {day}.", name=need.name, day=case.view.as_of)
        yield _finding(case, "evidence-missing", message, ADD_EVIDENCE, case.accepted)


def has_expired(case: Case) -> Iterator[Finding]:
    """`evidence-expired` where everything that ever counted had ended by the day of knowledge; names the day it ended.

    The end is `valid_until`, or `max_age_days` after the period covered or the day of collection. Of a past day, what
    was collected after it counts too: what has been renewed since has not expired. Records of a cadence judged period
    by period do not expire: their holes are periods.
    """
    if case.need.action != "retain" or case.by_period or not case.accepted:
        return
    ended_on = case.known_until
    if ended_on >= case.view.known_on:
        return
    last = [proof for proof in (*case.accepted, *case.later) if case.last_day(proof) == ended_on]
    yield Finding(
        code="evidence-expired",
        severity=case.missing_severity if not case.need.optional else Severity.OBSERVATION,
        subject=case.need.id,
        clause=case.need.clause,
        message=say("{name}: the last evidence ended on {day}.", name=case.need.name, day=ended_on),
        next_step=say("Collect a new record, or correct the date if it is still valid."),
        items=items_of(last),
        days=(ended_on,),
    )


def will_expire(case: Case) -> Iterator[Finding]:
    """`evidence-expiring` where what is valid on the day of knowledge has ended on the judged day; names the day."""
    view = case.view
    if case.need.action != "retain" or case.by_period or not case.accepted or case.need.optional:
        return
    last_safe = case.ends_on
    if not view.known_on <= last_safe < view.as_of:
        return
    last = [proof for proof in case.accepted if case.last_day(proof) == last_safe]
    yield Finding(
        code="evidence-expiring",
        severity=Severity.AT_RISK,
        subject=case.need.id,
        clause=case.need.clause,
        message=say(
            "{name}: valid until {day}, no longer on {as_of}.", name=case.need.name, day=last_safe, as_of=view.as_of
        ),
        next_step=say("Add a newer record by that day and have it accepted."),
        items=items_of(last),
        days=(last_safe,),
        act_by=last_safe,
    )


def waits_for_acceptance(case: Case) -> Iterator[Finding]:
    """`acceptance-pending` where submitted evidence would fill what nothing accepted fills.

    An optional record that waits is only observed: without it nothing would be missing.
    """
    if case.need.action != "retain":
        return
    awaited = [proof for proof in case.pending if _would_help(case, proof)]
    if awaited:
        items = items_of(awaited)
        yield Finding(
            code="acceptance-pending",
            severity=Severity.OBSERVATION if case.need.optional else Severity.AT_RISK,
            subject=case.need.id,
            clause=case.need.clause,
            message=say(
                "{name}: {count} submitted, nobody has accepted it yet.", name=case.need.name, count=len(items)
            ),
            next_step=HAVE_ACCEPTED,
            items=items,
        )


def _would_help(case: Case, proof: Proof) -> bool:
    if not case.accepted:
        return True
    if case.by_period:
        return any(period.name not in case.covered for period in case.periods_of(proof))
    last_day = case.last_day(proof)
    return case.ends_on < case.view.as_of and case.ends_on < last_day and case.view.today <= last_day


def _why_missing(case: Case) -> Message:
    need = case.need
    if case.pending:
        return say("{name}: nothing has been accepted yet.", name=need.name)
    if case.papers:
        return say("{name}: a document is linked, but this asks for a record kept as evidence.", name=need.name)
    return say("{name}: no evidence is there.", name=need.name)


def _finding(case: Case, code: str, message: Message, next_step: Message, proofs: Iterable[Proof]) -> Finding:
    view = case.view
    return Finding(
        code=code,
        severity=case.missing_severity,
        subject=case.need.id,
        clause=case.need.clause,
        message=message,
        next_step=next_step,
        items=items_of(proofs),
        act_by=view.as_of if view.as_of > view.known_on else None,
    )
