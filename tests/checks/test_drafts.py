"""What an auditor sees of a check: what is missing, and nothing of the drafts that are there."""

from collections.abc import Iterator
from typing import Any

from app.checks.drafts import CODES
from app.checks.report import Report
from app.checks.service import Question, check, freeze, get_snapshot
from app.checks.snapshots import report_body
from app.identity.actor import Actor
from tests.builders import AT, RECORD, House, review, some_document, some_evidence, submitted_revision

SHOWN = "items"


def with_drafts(house: House) -> None:
    """Put one of everything into the house that only insiders may see."""
    some_evidence(house, title="Pending minutes")
    rejected = some_evidence(house, title="Rejected minutes", expectation_ids=("internal-audit-report",))
    review(house, rejected.evidence.id, accept=False)
    submitted_revision(house, some_document(house, "Draft-P-01"))


def checked(house: House, actor: Actor) -> Report:
    """Check the programme for stage 2."""
    return check(house.session, house.programme, Question(2), actor=actor, known_at=AT)


def findings(body: Any) -> Iterator[dict[str, Any]]:
    """Yield every finding of a report as JSON, wherever it stands."""
    for each in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from findings(each)
    if isinstance(body, dict) and "fingerprint" in body:
        yield body


def of_drafts(body: Any) -> list[dict[str, Any]]:
    """Return the findings that may rest on drafts."""
    return [each for each in findings(body) if each["code"] in CODES]


def test_an_auditor_sees_the_same_findings_without_what_they_rest_on(house: House) -> None:
    with_drafts(house)
    inside, outside = (report_body(checked(house, actor)) for actor in (house.officer, house.auditor))
    assert {"acceptance-pending", "document-unapproved"} <= {each["code"] for each in of_drafts(inside) if each[SHOWN]}
    assert [each[SHOWN] for each in of_drafts(outside) if each[SHOWN]] == []
    for each in of_drafts(inside):
        each[SHOWN] = []
    assert outside == inside
    assert "Draft-P-01" not in str(checked(house, house.auditor).frameworks)


def test_an_auditor_sees_a_snapshot_so_and_it_stays_as_it_was_frozen(house: House) -> None:
    with_drafts(house)
    taken = freeze(house.session, house.programme, Question(2), known_at=AT, actor=house.officer, at=AT)
    kept = report_body(checked(house, house.officer))
    shown = get_snapshot(house.session, house.programme, taken.id, actor=house.auditor).report
    assert [each[SHOWN] for each in of_drafts(shown) if each[SHOWN]] == []
    assert RECORD in str(shown)
    house.session.flush()
    house.session.expire_all()
    assert get_snapshot(house.session, house.programme, taken.id, actor=house.officer).report == kept
