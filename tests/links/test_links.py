"""Links: made once, never to what nobody expects, confirmed anew without rewriting the past."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.catalogue.service import get_pack
from app.errors import Conflict, Forbidden, NotFound
from app.evidence.service import link_evidence, withdraw_evidence
from app.identity.actor import Role
from app.links.models import Link
from app.links.service import LinkKind, confirm_link, links_of, make_links, remove_link
from app.programmes.service import change_entry, single
from tests.builders import (
    AT,
    CUSTOMARY,
    F2011,
    F2018,
    PAPER,
    RECORD,
    House,
    accepted,
    some_document,
    some_evidence,
    some_organisation,
    some_programme,
    somebody,
)

HOUR = timedelta(hours=1)


def live(house: House, item_id: str) -> list[str]:
    """Return the expectations an item answers now."""
    return [link.expectation_id for link in links_of(house.session, [item_id])[item_id]]


def test_an_item_answers_an_expectation_once_however_often_that_is_said(house: House) -> None:
    item = some_evidence(house, expectation_ids=(RECORD, RECORD)).evidence
    link_evidence(house.session, house.programme, item.id, [CUSTOMARY, RECORD], actor=house.officer, at=AT)
    assert live(house, item.id) == sorted([RECORD, CUSTOMARY])


def test_an_expectation_that_nobody_has_is_refused_and_no_link_is_made(house: House) -> None:
    item = some_evidence(house, expectation_ids=()).evidence
    with pytest.raises(NotFound) as refusal:
        link_evidence(house.session, house.programme, item.id, [RECORD, "no-such-thing"], actor=house.officer, at=AT)
    assert refusal.value.field == "expectation_ids"
    assert live(house, item.id) == []


def test_what_only_the_other_edition_expects_can_be_linked_once_the_programme_is_about_it(house: House) -> None:
    here = {each.id for each in get_pack(house.session, F2018, None).expectations}
    old_only = next(each.id for each in get_pack(house.session, F2011, None).expectations if each.id not in here)
    item = some_evidence(house, expectation_ids=()).evidence
    with pytest.raises(NotFound):
        link_evidence(house.session, house.programme, item.id, [old_only], actor=house.officer, at=AT)
    profile = single(house.session, house.programme, "profile")
    body = {"frameworks": [F2018, F2011]}
    change_entry(house.session, house.programme, profile.id, body, actor=house.officer, at=AT)
    link_evidence(house.session, house.programme, item.id, [old_only], actor=house.officer, at=AT)
    assert live(house, item.id) == [old_only]


def test_a_link_that_was_removed_is_ended_and_not_forgotten(house: House) -> None:
    item = some_evidence(house).evidence
    remove_link(house.session, house.programme, item.id, RECORD, actor=house.officer, at=AT + HOUR)
    assert live(house, item.id) == []
    [link] = house.session.scalars(select(Link).where(Link.item_id == item.id))
    assert (link.made_at, link.removed_at, link.removed_by) == (AT, AT + HOUR, house.officer.id)
    with pytest.raises(NotFound):
        remove_link(house.session, house.programme, item.id, RECORD, actor=house.officer, at=AT)
    make_links(
        house.session, house.programme, LinkKind.EVIDENCE, item.id, [RECORD], actor=house.officer, at=AT + 2 * HOUR
    )
    assert live(house, item.id) == [RECORD]


def test_a_link_that_is_confirmed_begins_anew_and_keeps_who_made_it(house: House) -> None:
    item = some_evidence(house).evidence
    confirm_link(house.session, house.programme, item.id, RECORD, actor=house.officer, at=AT + HOUR)
    old, new = house.session.scalars(select(Link).where(Link.item_id == item.id).order_by(Link.confirmed_at))
    assert (old.confirmed_at, old.removed_at) == (AT, AT + HOUR)
    assert (new.confirmed_at, new.removed_at, new.confirmed_by) == (AT + HOUR, None, house.officer.id)
    assert new.made_by == house.contributor.id
    assert live(house, item.id) == [RECORD]


def test_only_whoever_may_link_removes_confirms_or_adds_links(house: House) -> None:
    item = some_evidence(house).evidence
    for actor in (house.contributor, house.reviewer, house.auditor):
        with pytest.raises(Forbidden):
            remove_link(house.session, house.programme, item.id, RECORD, actor=actor, at=AT)
        with pytest.raises(Forbidden):
            confirm_link(house.session, house.programme, item.id, RECORD, actor=actor, at=AT)
        with pytest.raises(Forbidden):
            link_evidence(house.session, house.programme, item.id, [CUSTOMARY], actor=actor, at=AT)
    assert live(house, item.id) == [RECORD]


def test_a_link_of_another_programme_is_not_there(house: House) -> None:
    item = some_evidence(house).evidence
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    for programme in (other, house.programme):
        with pytest.raises(NotFound):
            remove_link(house.session, programme, item.id, RECORD, actor=stranger, at=AT)
        with pytest.raises(NotFound):
            confirm_link(house.session, programme, item.id, RECORD, actor=stranger, at=AT)
        with pytest.raises(NotFound):
            link_evidence(house.session, programme, item.id, [CUSTOMARY], actor=stranger, at=AT)


def test_withdrawn_evidence_takes_no_new_link(house: House) -> None:
    item = accepted(house).evidence
    withdraw_evidence(house.session, house.programme, item.id, reason="wrong file", actor=house.officer, at=AT)
    with pytest.raises(Conflict):
        link_evidence(house.session, house.programme, item.id, [CUSTOMARY], actor=house.officer, at=AT)


def test_every_change_of_links_is_a_change_of_the_item(house: House) -> None:
    given: dict[str, Any] = {"actor": house.officer, "at": AT}
    evidence, document = some_evidence(house).evidence, some_document(house)
    for change in (confirm_link, remove_link):
        before = (evidence.revision, document.revision_lock)
        change(house.session, house.programme, evidence.id, RECORD, **given)
        change(house.session, house.programme, document.id, PAPER, **given)
        assert (evidence.revision, document.revision_lock) == (before[0] + 1, before[1] + 1)
