"""A period that was stated wrongly: what stays, what counts when, and who may accept the right one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.checks.gather import gather
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.evidence import service
from app.evidence.corrections import Period, correct_period
from app.evidence.models import EvidenceVersion
from app.evidence.reading import get_evidence, open_file
from app.evidence.service import Submitted
from app.identity.actor import Actor
from app.journal.service import entries
from app.storage.service import Trouble, open_damages, remember
from tests.builders import AT, F2018, House, accepted, review, some_evidence, some_version

JUNE, JULY = Period(date(2026, 6, 1), date(2026, 6, 30)), Period(date(2026, 7, 1), date(2026, 7, 31))
HOUR = timedelta(hours=1)


def of_june(house: House) -> Submitted:
    """Submit a record that is said to be of June."""
    return some_evidence(house, version=some_version(period_from=JUNE.first, period_to=JUNE.last, note="totals"))


def corrected(
    house: House,
    evidence_id: str,
    period: Period = JULY,
    *,
    actor: Actor | None = None,
    hours: int = 1,
    reason: str = "it is of July",
) -> Submitted:
    """Correct the period, as the officer."""
    return correct_period(
        house.session,
        house.programme,
        evidence_id,
        period,
        reason=reason,
        actor=actor or house.officer,
        at=AT + hours * HOUR,
    )


def versions(house: House, evidence_id: str) -> list[tuple[Period, str | None, bool]]:
    """Return period, decision and whether each version holds, oldest first."""
    house.session.expire_all()
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id == evidence_id).order_by(EvidenceVersion.number)
    return [
        (Period(each.period_from, each.period_to), each.decision, each.ended_at is None)
        for each in house.session.scalars(query)
    ]


def counted_at(house: House, hours: int) -> list[date | None]:
    """Return the first days of the accepted periods, as known some hours later."""
    _, facts = gather(house.session, house.programme, known_at=AT + hours * HOUR).facts_for(F2018)
    return [proof.period_from for proof in facts.proofs if proof.state == "accepted"]


def test_a_correction_is_a_version_with_the_same_files_that_waits(house: House) -> None:
    item = of_june(house).evidence
    made = corrected(house, item.id)
    assert versions(house, item.id) == [(JUNE, None, False), (JULY, None, True)]
    view = get_evidence(house.session, house.programme, item.id, actor=house.officer)
    new, old = view.versions
    assert (new.version.correction, old.version.correction) == ("it is of July", None)
    assert (new.version.note, new.version.collected_on) == (old.version.note, old.version.collected_on)
    assert [(each.name, each.sha256) for each in new.files] == [(each.name, each.sha256) for each in old.files]
    assert view.evidence.state == "submitted"
    _, content = open_file(
        house.session, house.blobs, house.programme, item.id, number=2, position=1, actor=house.officer
    )
    assert b"".join(content) == b"minutes"
    assert made.version.submitted_by == house.officer.id


def test_what_was_accepted_counts_until_the_correction_is_accepted_and_then_no_more(house: House) -> None:
    item = accepted(house, of_june(house)).evidence
    corrected(house, item.id)
    assert versions(house, item.id) == [(JUNE, "accepted", True), (JULY, None, True)]
    review(house, item.id, at=AT + 2 * HOUR)
    assert versions(house, item.id) == [(JUNE, "accepted", False), (JULY, "accepted", True)]
    assert [counted_at(house, hours) for hours in (0, 1, 2)] == [[JUNE.first], [JUNE.first], [JULY.first]]


def test_a_rejected_correction_leaves_what_was_accepted_in_force(house: House) -> None:
    item = accepted(house, of_june(house)).evidence
    corrected(house, item.id)
    review(house, item.id, accept=False, at=AT + 2 * HOUR)
    assert versions(house, item.id) == [(JUNE, "accepted", True), (JULY, "rejected", True)]


def test_the_journal_says_what_it_was_what_it_is_and_why(house: House) -> None:
    item = of_june(house).evidence
    corrected(house, item.id)
    newest = entries(house.session, house.programme.organisation_id, subject_id=item.id, limit=1)[0]
    assert newest.action == "evidence.period-corrected"
    assert newest.before == {"number": 1, "period": ["2026-06-01", "2026-06-30"]}
    assert newest.after == {"number": 2, "period": ["2026-07-01", "2026-07-31"], "reason": "it is of July"}


def test_nobody_accepts_a_correction_of_their_own_nor_of_their_own_files(house: House) -> None:
    mine = some_evidence(house, actor=house.owner).evidence
    corrected(house, mine.id)
    corrected(house, mine.id, JUNE, actor=house.contributor, hours=2)
    for actor in (house.owner, house.officer):
        with pytest.raises(Forbidden, match="somebody else has to accept"):
            review(house, mine.id, actor=actor, at=AT + 3 * HOUR)
    review(house, mine.id, at=AT + 3 * HOUR)


def test_who_submitted_an_earlier_version_may_accept_a_new_one_of_others(house: House) -> None:
    item = some_evidence(house, actor=house.owner).evidence
    service.add_version(
        house.session, house.programme, item.id, some_version(), [house.file(b"2")], actor=house.contributor, at=AT
    )
    corrected(house, item.id)
    review(house, item.id, actor=house.owner, at=AT + 2 * HOUR)
    assert versions(house, item.id)[-1][1:] == ("accepted", True)


def test_a_period_can_be_given_and_taken_away(house: House) -> None:
    item = some_evidence(house).evidence
    corrected(house, item.id, JULY)
    corrected(house, item.id, Period(None, None), hours=2)
    assert [period for period, _, _ in versions(house, item.id)][1:] == [JULY, Period(None, None)]


def test_what_cannot_be_is_refused_and_nothing_is_recorded(house: House) -> None:
    item = of_june(house).evidence
    nil = some_version(period_from=JUNE.first, period_to=JUNE.last, nil_return=True, note="none")
    empty = some_evidence(house, version=nil, files=[], expectation_ids=[]).evidence
    gone = of_june(house).evidence
    service.withdraw_evidence(house.session, house.programme, gone.id, reason="wrong", actor=house.officer, at=AT)
    refused = [
        (item.id, JUNE, "x", house.officer, Conflict),
        (item.id, JULY, " ", house.officer, Invalid),
        (item.id, Period(JULY.first, None), "x", house.officer, Invalid),
        (item.id, Period(JULY.last, JULY.first), "x", house.officer, Invalid),
        (item.id, Period(date(2030, 1, 1), date(2030, 1, 31)), "x", house.officer, Invalid),
        (item.id, JULY, "x", house.reviewer, Forbidden),
        (item.id, JULY, "x", house.auditor, Forbidden),
        (empty.id, Period(None, None), "x", house.officer, Invalid),
        (gone.id, JULY, "x", house.officer, Conflict),
        ("nothing", JULY, "x", house.officer, NotFound),
    ]
    for evidence_id, period, reason, actor, error in refused:
        with pytest.raises(error):
            corrected(house, evidence_id, period, actor=actor, reason=reason)
    assert [len(versions(house, each.id)) for each in (item, empty, gone)] == [1, 1, 1]


def test_damaged_files_stay_damaged(house: House) -> None:
    made = of_june(house)
    sha256 = made.files[0].sha256
    remember(house.session, [Trouble(sha256, "altered")], at=AT)
    corrected(house, made.evidence.id)
    assert open_damages(house.session) == {sha256}
