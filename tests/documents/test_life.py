"""The life of a controlled document: numbered, revised, approved by others, in force from a day, withdrawn."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import approval, service
from app.documents.models import Approval, Document, DocumentOwner, Revision
from app.documents.service import DocumentKind, Level, NewDocument, newest_revision
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.identity.actor import Role
from app.identity.service import NewToken, actor_of, make_token
from app.journal.service import entries
from app.links.service import links_of
from app.programmes.service import change_entry, single
from tests.builders import (
    AT,
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


def send_back(house: House, document: Document, reason: str = "wrong scope", **more: Any) -> Revision:
    """Return the revision in review, as the reviewer."""
    given = {"actor": house.reviewer, "at": AT, **more}
    return approval.decide_revision(house.session, house.programme, document.id, approve=False, reason=reason, **given)


def draft(house: House, document: Document, content: bytes = b"policy", **more: Any) -> Revision:
    """Add a draft, as the officer."""
    given = {"actor": house.officer, "at": AT, **more}
    return service.add_revision(house.session, house.programme, document.id, house.file(content, "p.docx"), **given)


def test_a_number_is_taken_once_in_a_programme_even_by_a_withdrawn_document(house: House) -> None:
    document = some_document(house, " SMS-P-01 ")
    assert document.number == "SMS-P-01"
    with pytest.raises(Conflict) as refusal:
        some_document(house, "SMS-P-01")
    assert refusal.value.field == "number"
    service.withdraw_document(house.session, house.programme, document.id, reason="x", actor=house.officer, at=AT)
    with pytest.raises(Conflict):
        some_document(house, "SMS-P-01")
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    new = NewDocument("SMS-P-01", "Policy", Level.L1, DocumentKind.POLICY)
    service.add_document(house.session, other, new, actor=stranger, at=AT)


@pytest.mark.parametrize(
    ("number", "title", "owner", "field"),
    [
        ("", "x", None, "number"), ("n" * 61, "x", None, "number"), ("a\x00", "x", None, "number"),
        ("1", " ", None, "title"), ("1", "x" * 301, None, "title"), ("1", "x", "nobody", "owner_id"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_kept_is_refused_with_the_field_at_fault(
    house: House, number: str, title: str, owner: str | None, field: str
) -> None:
    new = NewDocument(number, title, Level.L2, DocumentKind.PROCEDURE, owner)
    with pytest.raises(Invalid) as refusal:
        service.add_document(house.session, house.programme, new, actor=house.officer, at=AT)
    assert refusal.value.field == field


def test_with_one_approval_needed_the_first_signature_puts_it_in_force(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    revision = approve(house, document)
    assert (revision.approved_at, revision.approved_on, revision.effective_on) == (AT, TODAY, TODAY)


def test_with_two_approvals_needed_one_signature_is_not_enough(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    submitted_revision(house, document)
    assert approve(house, document).approved_at is None
    with pytest.raises(Conflict, match="signed"):
        approve(house, document)
    assert approve(house, document, actor=house.second_reviewer, at=AT + DAY).approved_at == AT + DAY
    with pytest.raises(Conflict):
        approve(house, document, actor=house.owner)


def test_the_number_of_signatures_is_the_one_that_held_when_it_was_sent_to_review(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    submitted_revision(house, document)
    settings(house, approvals_needed=1)
    assert approve(house, document).approved_at is None
    assert approve(house, document, actor=house.second_reviewer).approved_at is not None


def test_the_author_never_approves_not_even_through_a_token_or_as_one_of_two(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    submitted_revision(house, document)
    approve(house, document)
    new = NewToken("sign", house.officer.id, house.programme.organisation_id, Role.REVIEWER, 30)
    _, secret = make_token(house.session, new, actor=house.officer, at=AT)
    for actor in (house.officer, actor_of(house.session, secret, at=AT)[0]):
        with pytest.raises(Forbidden, match="somebody else"):
            approve(house, document, actor=actor)
        with pytest.raises(Forbidden, match="somebody else"):
            send_back(house, document, actor=actor)
    assert len(house.session.scalars(select(Approval)).all()) == 1


def test_a_returned_revision_is_done_with_and_a_new_one_follows(house: House) -> None:
    document = some_document(house)
    first = submitted_revision(house, document)
    send_back(house, document)
    assert (first.returned_at, first.approved_at) == (AT, None)
    with pytest.raises(Conflict):
        approve(house, document, actor=house.second_reviewer)
    with pytest.raises(Conflict):
        approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)
    second = submitted_revision(house, document)
    assert second.number == 2
    assert approve(house, document).number == 2


def test_one_refusal_outweighs_the_signatures_that_were_there(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    revision = submitted_revision(house, document)
    approve(house, document)
    send_back(house, document, actor=house.second_reviewer)
    assert (revision.returned_at, revision.approved_at) == (AT, None)


@pytest.mark.parametrize("reason", ["", " ", "x" * 2001])
def test_sending_back_says_why(house: House, reason: str) -> None:
    document = some_document(house)
    revision = submitted_revision(house, document)
    with pytest.raises(Invalid) as refusal:
        send_back(house, document, reason)
    assert refusal.value.field == "reason"
    assert revision.returned_at is None


def test_a_revision_in_review_is_finished_before_the_next_one(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    with pytest.raises(Conflict):
        draft(house, document)
    approve(house, document)
    assert draft(house, document).number == 2


def test_a_draft_may_be_followed_by_a_better_one_and_the_newest_is_sent(house: House) -> None:
    document = some_document(house)
    draft(house, document)
    draft(house, document, b"better")
    sent = approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)
    assert sent.number == 2


def test_without_a_draft_there_is_nothing_to_send_or_to_sign(house: House) -> None:
    document = some_document(house)
    assert newest_revision(house.session, document.id) is None
    with pytest.raises(Conflict):
        approval.submit_revision(house.session, house.programme, document.id, actor=house.officer, at=AT)
    with pytest.raises(Conflict):
        approve(house, document)
    draft(house, document)
    with pytest.raises(Conflict):
        approve(house, document)


def test_a_signature_is_for_the_revision_that_was_seen(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    send_back(house, document)
    submitted_revision(house, document)
    given: dict[str, Any] = {"approve": True, "actor": house.reviewer, "at": AT}
    with pytest.raises(Stale):
        approval.decide_revision(house.session, house.programme, document.id, number=1, **given)
    approval.decide_revision(house.session, house.programme, document.id, number=2, **given)


@pytest.mark.parametrize(
    ("wanted", "in_force"),
    [
        (None, TODAY + 2 * DAY),
        (TODAY - DAY, TODAY + 2 * DAY),
        (TODAY + DAY, TODAY + 2 * DAY),
        (TODAY + 2 * DAY, TODAY + 2 * DAY),
        (TODAY + 30 * DAY, TODAY + 30 * DAY),
    ],
)
def test_a_revision_is_in_force_from_the_day_wanted_but_never_before_its_approval(
    house: House, wanted: date | None, in_force: date
) -> None:
    document = some_document(house)
    submitted_revision(house, document, effective_on=wanted)
    assert approve(house, document, at=AT + 2 * DAY).effective_on == in_force


@pytest.mark.parametrize(
    ("months", "wanted", "given", "review_on"),
    [
        (12, None, None, date(2027, 8, 10)),
        (6, None, None, date(2027, 2, 10)),
        (12, date(2026, 8, 31), None, date(2027, 8, 31)),
        (6, date(2026, 8, 31), None, date(2027, 2, 28)),
        (12, None, date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_the_next_review_is_due_so_many_months_after_the_effective_day_unless_a_day_is_given(
    house: House, months: int, wanted: date | None, given: date | None, review_on: date
) -> None:
    settings(house, document_review_months=months)
    document = some_document(house)
    submitted_revision(house, document, effective_on=wanted, next_review_on=given)
    assert approve(house, document).next_review_on == review_on


@pytest.mark.parametrize(("effective_on", "next_review_on"), [(TODAY + 9 * DAY, TODAY + 8 * DAY), (None, TODAY - DAY)])
def test_a_review_before_the_document_is_in_force_is_refused(
    house: House, effective_on: date | None, next_review_on: date
) -> None:
    with pytest.raises(Invalid) as refusal:
        submitted_revision(house, some_document(house), effective_on=effective_on, next_review_on=next_review_on)
    assert refusal.value.field == "next_review_on"


def test_days_are_days_where_the_organisation_is(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    revision = approve(house, document, at=AT.replace(hour=16))  # midnight in Shanghai
    assert (revision.approved_on, revision.effective_on) == (TODAY + DAY, TODAY + DAY)


def test_an_owner_hands_over_and_who_it_was_is_kept(house: House) -> None:
    document = some_document(house, owner_id=house.owner.id)
    seen = document.revision_lock
    given: dict[str, Any] = {"actor": house.officer, "at": AT}
    service.change_owner(house.session, house.programme, document.id, house.officer.id, revision=seen, **given)
    assert document.owner_id == house.officer.id
    [former] = house.session.scalars(select(DocumentOwner))
    assert (former.owner_id, former.ended_at) == (house.owner.id, AT)
    with pytest.raises(Stale):
        service.change_owner(house.session, house.programme, document.id, None, revision=seen, **given)
    with pytest.raises(Invalid):
        service.change_owner(house.session, house.programme, document.id, "nobody", **given)
    service.change_owner(house.session, house.programme, document.id, house.officer.id, **given)
    assert len(house.session.scalars(select(DocumentOwner)).all()) == 1


def test_a_withdrawn_document_takes_no_further_step(house: House) -> None:
    document = effective_document(house)
    given: dict[str, Any] = {"actor": house.officer, "at": AT}
    with pytest.raises(Invalid):
        service.withdraw_document(house.session, house.programme, document.id, reason=" ", **given)
    assert [document.withdrawn_at, document.withdrawn_reason] == [None, None]
    service.withdraw_document(house.session, house.programme, document.id, reason=" merged ", **given)
    assert [document.withdrawn_at, document.withdrawn_reason] == [AT, "merged"]
    for step in (
        lambda: draft(house, document),
        lambda: approve(house, document),
        lambda: service.change_owner(house.session, house.programme, document.id, None, **given),
        lambda: service.withdraw_document(house.session, house.programme, document.id, reason="x", **given),
        lambda: service.link_document(house.session, house.programme, document.id, [PAPER], **given),
    ):
        with pytest.raises(Conflict):
            step()


def test_each_step_is_for_those_who_may_take_it(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)
    for actor in (house.contributor, house.reviewer, house.auditor):
        given: dict[str, Any] = {"actor": actor, "at": AT}
        for step in (
            lambda given=given: draft(house, document, **given),
            lambda given=given: approval.submit_revision(house.session, house.programme, document.id, **given),
            lambda given=given: service.change_owner(house.session, house.programme, document.id, None, **given),
            lambda given=given: service.withdraw_document(
                house.session, house.programme, document.id, reason="x", **given
            ),
            lambda given=given: service.link_document(house.session, house.programme, document.id, [PAPER], **given),
        ):
            with pytest.raises(Forbidden):
                step()
    for actor in (house.contributor, house.auditor):
        with pytest.raises(Forbidden):
            approve(house, document, actor=actor)


def test_organisations_never_touch_each_others_documents(house: House) -> None:
    document = some_document(house)
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    given: dict[str, Any] = {"actor": stranger, "at": AT}
    for programme in (house.programme, other):
        for step in (
            lambda programme=programme: service.add_revision(
                house.session, programme, document.id, house.file(), **given
            ),
            lambda programme=programme: approval.submit_revision(house.session, programme, document.id, **given),
            lambda programme=programme: approval.decide_revision(
                house.session, programme, document.id, approve=True, **given
            ),
            lambda programme=programme: service.change_owner(house.session, programme, document.id, None, **given),
            lambda programme=programme: service.withdraw_document(
                house.session, programme, document.id, reason="x", **given
            ),
        ):
            with pytest.raises(NotFound):
                step()


def test_a_document_is_linked_when_it_is_entered_and_later(house: House) -> None:
    document = some_document(house)
    service.link_document(
        house.session, house.programme, document.id, ["sms-manual", PAPER], actor=house.officer, at=AT
    )
    found = links_of(house.session, [document.id])[document.id]
    assert [(link.kind, link.expectation_id) for link in found] == [("document", PAPER), ("document", "sms-manual")]
    with pytest.raises(NotFound):
        some_document(house, "SMS-P-02", expectation_ids=["no-such-thing"])


def test_every_step_is_on_record(house: House) -> None:
    settings(house, approvals_needed=2)
    document = some_document(house)
    submitted_revision(house, document)
    send_back(house, document)
    submitted_revision(house, document)
    approve(house, document)
    approve(house, document, actor=house.second_reviewer)
    service.withdraw_document(house.session, house.programme, document.id, reason="x", actor=house.officer, at=AT)
    found = entries(house.session, house.programme.organisation_id, subject_id=document.id, limit=99)[::-1]
    assert [entry.action.removeprefix("document.") for entry in found] == [
        "added", "revised", "submitted", "returned", "revised", "submitted", "approved", "approved", "withdrawn",
    ]  # fmt: skip
