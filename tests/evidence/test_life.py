"""The life of evidence: submitted, accepted or rejected by somebody else, replaced, withdrawn; nothing is rewritten."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.evidence import service
from app.evidence.models import Evidence, EvidenceAmendment, EvidenceFile, EvidenceVersion
from app.evidence.service import Submitted
from app.evidence.versions import NewVersion
from app.identity.actor import Role
from app.identity.models import User
from app.identity.service import NewToken, actor_of, make_token
from app.identity.users import disable_user
from app.journal.service import entries
from tests.builders import (
    AT,
    INSTALLER,
    TODAY,
    House,
    accepted,
    review,
    some_evidence,
    some_organisation,
    some_programme,
    some_version,
    somebody,
)

HOUR = timedelta(hours=1)


def resubmit(house: House, evidence: Evidence, *, content: bytes = b"second", **more: Any) -> Submitted:
    """Submit a new version, as the contributor an hour later."""
    given = {"actor": house.contributor, "at": AT + HOUR, **more}
    version, files = given.pop("version", some_version()), [house.file(content)]
    return service.add_version(house.session, house.programme, evidence.id, version, files, **given)


def withdraw(house: House, evidence: Evidence, *, reason: str = "wrong file", **more: Any) -> Evidence:
    """Withdraw evidence, as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    return service.withdraw_evidence(house.session, house.programme, evidence.id, reason=reason, **given)


def versions(house: House, evidence: Evidence) -> list[tuple[int, str | None, bool]]:
    """Return of each version its number, its decision and whether it is in force."""
    house.session.flush()
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id == evidence.id).order_by(EvidenceVersion.number)
    found = house.session.scalars(query.execution_options(populate_existing=True))
    return [(each.number, each.decision, each.ended_at is None) for each in found]


def actions(house: House, evidence: Evidence) -> list[str]:
    """Return what the journal says happened to it, oldest first."""
    found = entries(house.session, house.programme.organisation_id, subject_id=evidence.id, limit=99)
    return [entry.action for entry in found[::-1]]


def test_what_is_submitted_waits_until_somebody_accepts_it(house: House) -> None:
    submitted = some_evidence(house)
    assert (submitted.evidence.state, submitted.version.decision) == ("submitted", None)
    review(house, submitted.evidence.id, reason=" complete ")
    version = submitted.version
    assert (submitted.evidence.state, version.decision, version.decided_by) == (
        "accepted",
        "accepted",
        house.reviewer.id,
    )
    assert (version.decided_at, version.decision_reason) == (AT, "complete")
    assert actions(house, submitted.evidence) == ["evidence.added", "evidence.accepted"]


def test_an_accepted_version_stays_in_force_until_the_new_one_is_accepted(house: House) -> None:
    evidence = accepted(house).evidence
    resubmit(house, evidence)
    assert versions(house, evidence) == [(1, "accepted", True), (2, None, True)]
    review(house, evidence.id, at=AT + 2 * HOUR)
    assert versions(house, evidence) == [(1, "accepted", False), (2, "accepted", True)]


def test_an_accepted_version_stays_in_force_when_the_new_one_is_rejected(house: House) -> None:
    evidence = accepted(house).evidence
    resubmit(house, evidence)
    review(house, evidence.id, accept=False)
    assert versions(house, evidence) == [(1, "accepted", True), (2, "rejected", True)]
    assert evidence.state == "rejected"
    resubmit(house, evidence, content=b"third")
    assert versions(house, evidence) == [(1, "accepted", True), (2, "rejected", False), (3, None, True)]


def test_a_version_that_nobody_looked_at_is_replaced_by_the_next(house: House) -> None:
    evidence = some_evidence(house).evidence
    resubmit(house, evidence)
    assert versions(house, evidence) == [(1, None, False), (2, None, True)]
    review(house, evidence.id)
    assert versions(house, evidence) == [(1, None, False), (2, "accepted", True)]


def test_a_version_and_its_files_are_never_changed(house: House) -> None:
    submitted = some_evidence(house, files=[house.file(b"one", "一.txt"), house.file(b"two", "2.pdf")])
    accepted(house, submitted)
    resubmit(house, submitted.evidence)
    query = select(EvidenceFile).where(EvidenceFile.version_id == submitted.version.id).order_by(EvidenceFile.position)
    kept = [(each.position, each.name, each.media_type, each.size_bytes) for each in house.session.scalars(query)]
    assert kept == [(1, "一.txt", "text/plain", 3), (2, "2.pdf", "application/pdf", 3)]


JULY = {"period_from": date(2026, 7, 1), "period_to": date(2026, 7, 31)}


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"period_from": date(2026, 6, 1), "period_to": date(2026, 6, 30)},
        {"period_from": date(2026, 7, 2), "period_to": date(2026, 7, 31)},
        {"period_from": date(2026, 7, 1), "period_to": date(2026, 7, 30)},
    ],
)
def test_a_version_never_takes_days_away_from_the_one_in_force(house: House, days: dict[str, Any]) -> None:
    evidence = accepted(house, some_evidence(house, version=some_version(**JULY))).evidence
    with pytest.raises(Invalid) as refusal:
        resubmit(house, evidence, version=some_version(**days))
    assert refusal.value.field == "period_from"
    assert "new evidence" in str(refusal.value)
    assert versions(house, evidence) == [(1, "accepted", True)]


def test_a_version_may_cover_more_than_the_one_in_force_or_replace_one_that_never_was(house: House) -> None:
    evidence = some_evidence(house, version=some_version(**JULY)).evidence
    resubmit(house, evidence, version=some_version())
    review(house, evidence.id)
    resubmit(house, evidence, version=some_version(**JULY))
    review(house, evidence.id)
    resubmit(house, evidence, version=some_version(period_from=date(2026, 6, 1), period_to=date(2026, 8, 1)))


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_a_rejection_says_why_in_so_many_words(house: House, reason: str) -> None:
    evidence = some_evidence(house).evidence
    with pytest.raises(Invalid) as refusal:
        service.review_evidence(
            house.session, house.programme, evidence.id, accept=False, reason=reason, actor=house.reviewer, at=AT
        )
    assert refusal.value.field == "reason"
    house.session.flush()
    assert versions(house, evidence) == [(1, None, True)]


def test_a_rejection_keeps_its_reason(house: House) -> None:
    submitted = some_evidence(house)
    review(house, submitted.evidence.id, accept=False, reason="没有签字")
    assert (submitted.evidence.state, submitted.version.decision_reason) == ("rejected", "没有签字")
    assert actions(house, submitted.evidence)[-1] == "evidence.rejected"


def test_nobody_decides_on_their_own_submission(house: House) -> None:
    evidence = some_evidence(house, actor=house.officer).evidence
    for accept in (True, False):
        with pytest.raises(Forbidden, match="somebody else"):
            review(house, evidence.id, accept=accept, actor=house.officer)
    review(house, evidence.id, actor=house.owner)


@pytest.mark.parametrize("token_submits", [True, False])
def test_a_token_is_the_same_person_as_its_user(house: House, token_submits: bool) -> None:
    role = Role.CI if token_submits else Role.REVIEWER
    new = NewToken("build", house.officer.id, house.programme.organisation_id, role, 30)
    _, secret = make_token(house.session, new, actor=house.officer, at=AT)
    token, _ = actor_of(house.session, secret, at=AT)
    submits, reviews = (token, house.officer) if token_submits else (house.officer, token)
    evidence = some_evidence(house, actor=submits).evidence
    with pytest.raises(Forbidden, match="somebody else"):
        review(house, evidence.id, actor=reviews)


def test_whoever_submitted_the_first_version_may_accept_a_second_by_somebody_else(house: House) -> None:
    evidence = some_evidence(house, actor=house.officer).evidence
    resubmit(house, evidence)
    review(house, evidence.id, actor=house.officer)
    assert evidence.state == "accepted"


def test_a_decision_is_made_once_and_about_the_version_that_was_seen(house: House) -> None:
    evidence = some_evidence(house).evidence
    resubmit(house, evidence)
    given: dict[str, Any] = {"actor": house.reviewer, "at": AT, "accept": True}
    with pytest.raises(Stale):
        service.review_evidence(house.session, house.programme, evidence.id, number=1, **given)
    service.review_evidence(house.session, house.programme, evidence.id, number=2, **given)
    with pytest.raises(Conflict):
        service.review_evidence(house.session, house.programme, evidence.id, **given)


def test_withdrawn_evidence_is_out_of_force_for_good(house: House) -> None:
    evidence = accepted(house).evidence
    resubmit(house, evidence)
    withdraw(house, evidence, reason=" duplicate ")
    assert versions(house, evidence) == [(1, "accepted", False), (2, None, False)]
    assert (evidence.state, evidence.withdrawn_reason, evidence.withdrawn_by) == (
        "withdrawn",
        "duplicate",
        house.officer.id,
    )
    for again in (
        lambda: resubmit(house, evidence),
        lambda: review(house, evidence.id),
        lambda: withdraw(house, evidence),
    ):
        with pytest.raises(Conflict):
            again()
    assert actions(house, evidence)[-1] == "evidence.withdrawn"


def test_whoever_submitted_evidence_withdraws_it_until_it_is_decided_on(house: House) -> None:
    assert withdraw(house, some_evidence(house).evidence, actor=house.contributor).state == "withdrawn"
    for accept in (True, False):
        decided = some_evidence(house).evidence
        review(house, decided.id, accept=accept)
        with pytest.raises(Forbidden):
            withdraw(house, decided, actor=house.contributor)


def test_a_decision_that_was_made_is_refused_with_what_to_do_instead(house: House) -> None:
    for accept in (True, False):
        evidence = some_evidence(house).evidence
        review(house, evidence.id, accept=accept)
        with pytest.raises(Conflict, match="Submit a new version"):
            review(house, evidence.id)


def test_a_withdrawal_says_why(house: House) -> None:
    evidence = accepted(house).evidence
    with pytest.raises(Invalid) as refusal:
        withdraw(house, evidence, reason=" ")
    assert refusal.value.field == "reason"
    house.session.flush()
    assert versions(house, evidence) == [(1, "accepted", True)]
    assert (evidence.state, evidence.withdrawn_at) == ("accepted", None)


def test_title_and_owner_are_amended_and_what_they_were_is_kept(house: House) -> None:
    evidence = some_evidence(house, title="Old", owner_id=house.owner.id).evidence
    amended = service.amend_evidence(
        house.session, house.programme, evidence.id, title="  New\n title ", owner_id=None, actor=house.officer, at=AT
    )
    assert (amended.title, amended.owner_id) == ("New title", None)
    [former] = house.session.scalars(select(EvidenceAmendment))
    assert (former.title, former.owner_id, former.ended_at) == ("Old", house.owner.id, AT)
    [entry, *_] = entries(house.session, house.programme.organisation_id, subject_id=evidence.id, limit=1)
    assert (entry.before, entry.after) == (
        {"title": "Old", "owner": house.owner.id},
        {"title": "New title", "owner": None},
    )


def test_an_amendment_that_changes_nothing_leaves_no_trace(house: House) -> None:
    evidence = some_evidence(house, title="Same").evidence
    service.amend_evidence(
        house.session, house.programme, evidence.id, title=" Same ", owner_id=None, actor=house.officer, at=AT
    )
    assert actions(house, evidence) == ["evidence.added"]


def test_an_amendment_of_what_somebody_else_changed_meanwhile_is_refused(house: House) -> None:
    evidence = some_evidence(house).evidence
    seen = evidence.revision
    review(house, evidence.id)
    house.session.flush()
    with pytest.raises(Stale):
        service.amend_evidence(
            house.session, house.programme, evidence.id, title="x", owner_id=None, revision=seen,
            actor=house.officer, at=AT,
        )  # fmt: skip


@pytest.mark.parametrize(("title", "kept"), [("x" * 300, True), ("x" * 301, False), ("", False), ("a\x00b", False)])
def test_a_title_is_one_line_that_can_be_stored(house: House, title: str, kept: bool) -> None:
    if kept:
        assert some_evidence(house, title=title).evidence.title == title
        return
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, title=title)
    assert refusal.value.field == "title"


def test_the_owner_is_somebody_of_the_organisation(house: House) -> None:
    outsider = somebody(house.session, some_organisation(house.session, "Other").id, Role.PROCESS_OWNER)
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, owner_id=outsider.id)
    assert refusal.value.field == "owner_id"


def test_each_step_is_for_those_who_may_take_it(house: House) -> None:
    evidence = some_evidence(house).evidence
    for actor in (house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            some_evidence(house, actor=actor)
        with pytest.raises(Forbidden):
            resubmit(house, evidence, actor=actor)
    for actor in (house.contributor, house.auditor):
        with pytest.raises(Forbidden):
            review(house, evidence.id, actor=actor)
    colleague = somebody(house.session, house.programme.organisation_id, Role.CONTRIBUTOR, login="colleague")
    for actor in (colleague, house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            withdraw(house, evidence, actor=actor)
    for actor in (house.contributor, house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            service.amend_evidence(
                house.session, house.programme, evidence.id, title="x", owner_id=None, actor=actor, at=AT
            )
    assert actions(house, evidence) == ["evidence.added"]


def test_organisations_never_touch_each_others_evidence(house: House) -> None:
    evidence = some_evidence(house).evidence
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    for programme in (house.programme, other):
        for step in (
            lambda programme=programme: service.add_version(
                house.session, programme, evidence.id, some_version(), [house.file()], actor=stranger, at=AT
            ),
            lambda programme=programme: service.review_evidence(
                house.session, programme, evidence.id, accept=True, actor=stranger, at=AT
            ),
            lambda programme=programme: service.withdraw_evidence(
                house.session, programme, evidence.id, reason="x", actor=stranger, at=AT
            ),
            lambda programme=programme: service.amend_evidence(
                house.session, programme, evidence.id, title="x", owner_id=None, actor=stranger, at=AT
            ),
        ):
            with pytest.raises(NotFound):
                step()
    assert versions(house, evidence) == [(1, None, True)]


def test_today_is_the_day_where_the_organisation_is(house: House) -> None:
    evening = AT.replace(hour=16)  # midnight in Shanghai
    version = some_evidence(house, version=NewVersion(TODAY + timedelta(1)), at=evening).version
    assert version.recorded_on == TODAY + timedelta(1)
    with pytest.raises(Invalid):
        some_evidence(house, version=NewVersion(TODAY + timedelta(1)), at=evening - timedelta(seconds=1))


def test_a_nil_return_says_for_which_period_nothing_happened_and_needs_no_file(house: House) -> None:
    nil = NewVersion(TODAY, date(2026, 7, 1), date(2026, 7, 31), nil_return=True, note="本月无重大事件")
    version = some_evidence(house, version=nil, files=[], expectation_ids=[]).version
    assert (version.nil_return, version.note) == (True, "本月无重大事件")


def test_a_note_is_kept_without_the_space_around_it(house: House) -> None:
    padded = NewVersion(TODAY, note="\n" * 3000 + "seen by Li" + " " * 3000)
    version = some_evidence(house, version=padded).version
    house.session.expire_all()
    assert version.note == "seen by Li"


def test_evidence_that_is_no_nil_return_needs_a_file_and_not_more_than_a_hundred(house: House) -> None:
    for count in (0, 101):
        with pytest.raises(Invalid) as refusal:
            some_evidence(house, files=[house.file()] * count)
        assert refusal.value.field == "file"
    assert len(some_evidence(house, files=[house.file()] * 100).files) == 100


def test_what_is_refused_leaves_nothing_on_record(house: House) -> None:
    with pytest.raises(NotFound), house.session.begin_nested():
        some_evidence(house, expectation_ids=["no-such-thing"])
    for table in (Evidence, EvidenceVersion, EvidenceFile):
        assert house.session.scalars(select(table)).all() == []


def test_a_disabled_users_evidence_stays_what_it_was(house: House) -> None:
    evidence = accepted(house).evidence
    disable_user(house.session, house.contributor.id, actor=INSTALLER, at=AT)
    assert versions(house, evidence) == [(1, "accepted", True)]
    assert house.session.get_one(User, house.contributor.id).disabled_at == AT
