"""Review of documents: enough people to approve, recalled, returned after a signature, reviewed again, amended."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.checks.gather import gather
from app.documents import approval, service
from app.documents.models import Approval, Document, DocumentAmendment, DocumentReview
from app.documents.reading import get_document
from app.documents.service import Amendment, DocumentKind, Level
from app.documents.states import State
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.identity.actor import Actor, Role
from app.identity.models import User
from app.identity.users import disable_user
from app.journal.service import entries
from app.programmes.service import change_entry, single
from tests.builders import (
    AT,
    F2018,
    INSTALLER,
    PAPER,
    TODAY,
    House,
    approve,
    effective_document,
    some_document,
    some_organisation,
    some_programme,
    somebody,
    submitted_revision,
)

DAY = timedelta(days=1)


def settings(house: House, **values: object) -> None:
    """Change the programme's settings."""
    entry = single(house.session, house.programme, "settings")
    change_entry(house.session, house.programme, entry.id, values, actor=house.officer, at=AT)


def recall(house: House, document: Document, *, actor: Actor | None = None, reason: str = "") -> None:
    """Recall the revision in review, as its author."""
    given: dict[str, Any] = {"reason": reason, "actor": actor or house.officer, "at": AT}
    approval.recall_revision(house.session, house.programme, document.id, **given)


def send_back(house: House, document: Document, *, actor: Actor | None = None) -> None:
    """Return the revision in review, as the reviewer."""
    given: dict[str, Any] = {"approve": False, "reason": "no", "actor": actor or house.reviewer, "at": AT + DAY}
    approval.decide_revision(house.session, house.programme, document.id, **given)


def reviewed(house: House, document: Document, *, days: int = 365, **more: Any) -> DocumentReview:
    """Review the revision in force, as the reviewer a day later; `days` from then to the next review."""
    given: dict[str, Any] = {
        "actor": house.reviewer,
        "at": AT + DAY,
        "next_review_on": TODAY + (days + 1) * DAY,
        **more,
    }
    return approval.confirm_review(house.session, house.programme, document.id, **given)


def amend(house: House, document: Document, change: Amendment, **more: Any) -> Document:
    """Amend a document, as the officer a day later."""
    given: dict[str, Any] = {"actor": house.officer, "at": AT + DAY, **more}
    return service.amend_document(house.session, house.programme, document.id, change, **given)


def test_what_too_few_people_may_approve_is_not_sent_to_review(house: House) -> None:
    settings(house, approvals_needed=4)  # the owner and two reviewers may, and the officer is the author
    document = some_document(house)
    with pytest.raises(Conflict, match="lower") as refusal:
        submitted_revision(house, document)
    assert refusal.value.message.parts == {"needed": 4, "count": 3}
    gone = somebody(house.session, house.programme.organisation_id, Role.REVIEWER, login="gone")
    disable_user(house.session, house.session.get_one(User, gone.id).id, actor=INSTALLER, at=AT)
    with pytest.raises(Conflict):
        approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)
    somebody(house.session, house.programme.organisation_id, Role.REVIEWER, login="third")
    approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)


def test_an_author_recalls_a_revision_and_a_new_one_follows(house: House) -> None:
    document = some_document(house)
    with pytest.raises(Conflict):
        recall(house, document)
    submitted_revision(house, document)
    with pytest.raises(Forbidden):
        recall(house, document, actor=house.owner)
    recall(house, document, reason="the annex is missing")
    with pytest.raises(Conflict):
        recall(house, document)
    with pytest.raises(Conflict):
        approve(house, document)
    assert submitted_revision(house, document).number == 2
    actions = [
        each.action for each in entries(house.session, house.programme.organisation_id, subject_id=document.id, limit=9)
    ]
    assert "document.recalled" in actions


def test_who_has_signed_may_still_return_it_and_both_stay_on_record(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    revision = submitted_revision(house, document)
    approve(house, document)
    send_back(house, document)
    assert (revision.returned_at, revision.approved_at) == (AT + DAY, None)
    decisions = house.session.scalars(select(Approval.decision).order_by(Approval.at)).all()
    assert decisions == ["approved", "returned"]


def test_what_is_no_draft_is_refused_with_what_to_do_instead(house: House) -> None:
    document = some_document(house)

    def again() -> str:
        with pytest.raises(Conflict) as refusal:
            approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)
        return str(refusal.value)

    assert "Add a revision first" in again()
    submitted_revision(house, document)
    assert "recall" in again()
    send_back(house, document)
    assert "Add a new revision and submit that" in again()
    submitted_revision(house, document)
    approve(house, document)
    assert "Add a new revision to change it" in again()


def test_a_review_day_that_has_passed_when_it_becomes_effective_is_refused_at_approval(house: House) -> None:
    document = some_document(house)
    revision = submitted_revision(house, document, next_review_on=TODAY + 10 * DAY)
    with pytest.raises(Conflict, match="Return it"):
        approve(house, document, at=AT + 10 * DAY)
    assert revision.approved_at is None
    approve(house, document, actor=house.owner, at=AT + 9 * DAY)


def test_a_review_confirms_the_revision_in_force_with_a_new_review_day(house: House) -> None:
    document = effective_document(house)
    with pytest.raises(Forbidden):
        reviewed(house, document, actor=house.officer)  # its author
    with pytest.raises(Forbidden):
        reviewed(house, document, actor=house.contributor)
    for days in (0, -1):
        with pytest.raises(Invalid) as refusal:
            reviewed(house, document, days=days)
        assert refusal.value.field == "next_review_on"
    reviewed(house, document, days=100)
    last = reviewed(house, document, days=200, note=" read again ", actor=house.owner, at=AT + DAY)
    view = get_document(house.session, house.programme, document.id, as_of=TODAY + DAY, actor=house.officer)
    assert view.effective
    assert [each.next_review_on for each in view.effective.reviews] == [TODAY + 201 * DAY, TODAY + 101 * DAY]
    assert (view.effective.next_review_on, last.note) == (TODAY + 201 * DAY, "read again")
    assert view.effective.revision.next_review_on == date(2027, 8, 10), "what was approved is not rewritten"


def test_without_a_revision_in_force_there_is_nothing_to_review(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document, effective_on=TODAY + 30 * DAY)
    with pytest.raises(Conflict):
        reviewed(house, document)
    approve(house, document)
    with pytest.raises(Conflict):
        reviewed(house, document)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    with pytest.raises(NotFound):
        approval.confirm_review(house.session, other, document.id, next_review_on=TODAY + DAY, actor=stranger, at=AT)


def test_checks_count_from_the_latest_review_known_then(house: House) -> None:
    document = effective_document(house)
    reviewed(house, document, days=100)
    reviewed(house, document, days=200, at=AT + 3 * DAY)
    table = {
        0: (TODAY, date(2027, 8, 10)),
        1: (TODAY + DAY, TODAY + 101 * DAY),
        3: (TODAY + 3 * DAY, TODAY + 201 * DAY),
    }
    for days, expected in table.items():
        _, facts = gather(house.session, house.programme, known_at=AT + days * DAY).facts_for(F2018)
        [paper] = [each for each in facts.papers if each.need_id == PAPER]
        assert (paper.approved_on, paper.next_review_on) == expected
    submitted_revision(house, document, content=b"second", at=AT + 4 * DAY)
    approve(house, document, at=AT + 4 * DAY)
    _, facts = gather(house.session, house.programme, known_at=AT + 5 * DAY).facts_for(F2018)
    newest = max((each for each in facts.papers if each.need_id == PAPER), key=lambda each: each.revision)
    assert newest.approved_on == TODAY + 4 * DAY, "a review is of one revision"


def test_title_level_and_kind_are_amended_and_past_moments_keep_them(house: House) -> None:
    document = effective_document(house)
    seen = document.revision_lock
    amend(house, document, Amendment(" New  title ", Level.L2, DocumentKind.PLAN), revision=seen)
    assert (document.title, document.level, document.kind) == ("New title", "L2", "plan")
    [former] = house.session.scalars(select(DocumentAmendment))
    assert (former.title, former.level, former.kind, former.ended_at) == ("Policy", "L1", "policy", AT + DAY)
    for at, title in ((AT, "Policy"), (AT + DAY, "New title")):
        _, facts = gather(house.session, house.programme, known_at=at).facts_for(F2018)
        assert [each.title for each in facts.papers] == [title]
    amend(house, document, Amendment("New title"))
    assert len(house.session.scalars(select(DocumentAmendment)).all()) == 1
    with pytest.raises(Stale):
        amend(house, document, Amendment("x"), revision=seen)
    with pytest.raises(Invalid):
        amend(house, document, Amendment(" "))
    with pytest.raises(Forbidden):
        amend(house, document, Amendment("x"), actor=house.reviewer)


def test_a_number_of_a_withdrawn_document_is_refused_with_one_that_is_free(house: House) -> None:
    document = some_document(house)
    service.withdraw_document(house.session, house.programme, document.id, reason="x", actor=house.officer, at=AT)
    with pytest.raises(Conflict, match="SMS-P-01-A"):
        some_document(house)


def test_what_will_never_be_in_force_is_superseded(house: House) -> None:
    document = some_document(house)
    for effective_on in (TODAY + 30 * DAY, TODAY + 20 * DAY):
        submitted_revision(house, document, effective_on=effective_on)
        approve(house, document)
    view = get_document(house.session, house.programme, document.id, as_of=TODAY, actor=house.officer)
    assert [each.state for each in view.revisions] == [State.APPROVED, State.SUPERSEDED]
