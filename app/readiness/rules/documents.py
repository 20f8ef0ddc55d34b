"""Controlled documents for expectations to *maintain*: approved, effective and reviewed in time?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from app.language import Message, say
from app.readiness.case import Case, documents_of
from app.readiness.facts import Paper
from app.readiness.findings import Finding, Severity
from app.readiness.periods import add_days


def no_document_counts(case: Case) -> Iterator[Finding]:
    """`evidence-missing`, `document-unapproved` or `document-not-effective` where no revision is effective on the day.

    Source: DC-03 and DC-04 of the audit model; F-01.
    """
    if case.need.action != "maintain" or case.need.optional or effective_papers(case):
        return
    need, view = case.need, case.view
    approved = [paper for paper in case.papers if _is_approved(paper)]
    act_by = view.as_of if view.as_of > view.known_on else None
    if approved:
        effective_on = min(paper.effective_on for paper in approved if paper.effective_on)
        yield Finding(
            code="document-not-effective",
            severity=Severity.AT_RISK,
            subject=need.id,
            clause=need.clause,
            message=say("{name}: approved, effective only from {day}.", name=need.name, day=effective_on),
            next_step=say("It counts from that day on; bring the day forward if it is needed before."),
            items=documents_of(approved),
            days=(effective_on,),
            act_by=act_by,
            possible_from=effective_on,
        )
    elif case.papers:
        yield Finding(
            code="document-unapproved",
            severity=case.missing_severity,
            subject=need.id,
            clause=need.clause,
            message=_why_unapproved(case),
            next_step=say("Finish the document and have every required person approve it."),
            items=documents_of(case.papers),
            act_by=act_by,
        )
    else:
        yield Finding(
            code="evidence-missing",
            severity=case.missing_severity,
            subject=need.id,
            clause=need.clause,
            message=(
                say("{name}: evidence is linked, but this asks for a controlled document.", name=need.name)
                if case.accepted or case.pending
                else say("{name}: no document is there.", name=need.name)
            ),
            next_step=say("Create the document, have it approved and link it."),
            act_by=act_by,
        )


def review_overdue(case: Case) -> Iterator[Finding]:
    """`review-overdue` for each document whose effective revision's next review day lies before the judged day.

    The day is the one set at approval, or the expectation's age limit after approval where that is earlier.
    Source: DC-06, F-04 of the audit model.
    """
    if case.need.action != "maintain":
        return
    for paper in sorted(effective_papers(case), key=lambda paper: paper.document_id):
        due = review_on(case, paper)
        if due >= case.view.as_of:
            continue
        said = {"name": case.need.name, "number": paper.number, "day": due}
        yield Finding(
            code="review-overdue",
            severity=Severity.AT_RISK,
            subject=case.need.id,
            clause=case.need.clause,
            message=(
                say("{name}: the review of {number} was due on {day}.", **said)
                if due < case.view.known_on
                else say("{name}: the review of {number} is due by {day}.", **said)
            ),
            next_step=say("Review the document and approve a new revision, or confirm it with a new review day."),
            items=documents_of([paper]),
            days=(due,),
            act_by=due if due >= case.view.known_on else None,
            aspect=paper.document_id,
        )


def effective_papers(case: Case) -> list[Paper]:
    """Return, of each linked document, the newest approved revision that is effective on the judged day."""
    by_document: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in case.papers:
        if _is_approved(paper) and paper.effective_on is not None and paper.effective_on <= case.view.as_of:
            by_document[paper.document_id].append(paper)
    return [max(papers, key=lambda paper: paper.revision) for papers in by_document.values()]


def _is_approved(paper: Paper) -> bool:
    return paper.state == "approved" and not paper.missing_signatures and paper.effective_on is not None


def review_on(case: Case, paper: Paper) -> date:
    """Return the day by which a revision in force is to be reviewed again; the end of the calendar where none is."""
    limit = case.need.max_age_days
    aged = add_days(paper.approved_on, limit) if limit is not None and paper.approved_on else date.max
    return min(paper.next_review_on or date.max, aged)


def _why_unapproved(case: Case) -> Message:
    waiting = [paper for paper in case.papers if paper.state == "in_review" or paper.missing_signatures]
    if waiting:
        missing = max(paper.missing_signatures for paper in waiting)
        return say("{name}: in review, approvals still awaited: {count}.", name=case.need.name, count=missing)
    return say("{name}: there is only a draft.", name=case.need.name)
