"""Many pieces of evidence at once: recorded as one by one, all or none, in so few statements that nobody waits."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from app.evidence.models import Evidence, EvidenceVersion
from app.evidence.reading import get_evidence
from app.evidence.service import NewEvidence, withdraw_evidence
from app.evidence.several import Coming, add_several, withdraw_several
from app.identity.actor import Actor
from app.journal.models import Entry
from app.journal.service import verify
from app.storage.service import keep
from tests.builders import AT, RECORD, House, counted, review, some_evidence, some_version

AUGUST = some_version(period_from=date(2026, 7, 1), period_to=date(2026, 7, 31))
NIL = replace(AUGUST, nil_return=True, note="nothing happened")
NO_NIL = "sla-performance-report"
"""An expectation that takes no nil return."""


def coming(house: House, title: str = "Minutes", **more: Any) -> Coming:
    """Return evidence to be added, with one file."""
    file = house.file(title.encode())
    keep(house.session, [file.blob], at=AT)
    return Coming(NewEvidence(title, **{"version": AUGUST, "expectation_ids": (RECORD,), **more}), (file,))


def several(house: House, *found: Coming, actor: Actor | None = None) -> list[str]:
    """Add them, as the contributor."""
    return add_several(house.session, house.programme, found, actor=actor or house.contributor, at=AT)


def recorded(session: Session, evidence_id: str) -> Any:
    """Return everything on record about evidence but for ids and what is hashed from them."""
    session.expire_all()
    item = session.get_one(Evidence, evidence_id)
    [version] = session.scalars(select(EvidenceVersion).where(EvidenceVersion.evidence_id == evidence_id))
    [entry] = session.scalars(select(Entry).where(Entry.subject_id == evidence_id))
    columns = [
        {key: value for key, value in vars(row).items() if key not in {"id", "evidence_id", "_sa_instance_state"}}
        for row in (item, version)
    ]
    return columns, entry.action, entry.after, entry.programme_id, entry.actor_id


def test_what_is_added_together_is_recorded_as_if_added_one_by_one(house: House) -> None:
    alone = some_evidence(house, title=" one\n line ", version=AUGUST, owner_id=house.owner.id)
    file = alone.files[0]
    new = NewEvidence(" one\n line ", AUGUST, (RECORD,), house.owner.id)
    [first, second] = several(house, Coming(new, (house.file(),)), coming(house, "two"))
    assert recorded(house.session, first) == recorded(house.session, alone.evidence.id)
    view = get_evidence(house.session, house.programme, first, actor=house.officer)
    assert [(each.name, each.sha256, each.media_type) for each in view.versions[0].files] == [
        (file.name, file.sha256, file.media_type)
    ]
    assert [link.expectation_id for link in view.links] == [RECORD]
    assert first < second, "later ones sort after earlier ones"
    assert list(verify(house.session)) == []


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"title": " "}, Invalid, "title"),
        ({"version": replace(AUGUST, collected_on=date(2999, 1, 1))}, Invalid, "collected_on"),
        ({"expectation_ids": (RECORD, "no-such-thing")}, NotFound, "expectation_ids"),
        ({"owner_id": "nobody"}, Invalid, "owner_id"),
        ({"version": NIL, "expectation_ids": (NO_NIL,)}, Invalid, "nil_return"),
    ],
)
def test_where_one_is_refused_none_is_recorded(
    house: House, wrong: dict[str, Any], error: type[AppError], field: str
) -> None:
    bad = coming(house, "bad")
    with pytest.raises(error) as refusal, house.session.begin_nested():
        several(house, coming(house), Coming(replace(bad.new, **wrong), bad.files))
    assert refusal.value.field == field
    assert house.session.scalar(select(func.count()).select_from(Evidence)) == 0


def test_who_may_not_add_one_may_not_add_several(house: House) -> None:
    with pytest.raises(Forbidden):
        several(house, coming(house), actor=house.reviewer)


def test_hundreds_need_no_more_statements_than_two(house: House) -> None:
    few, many = [coming(house)] * 2, [coming(house)] * 300
    with counted(house.session) as sent:
        ids = several(house, *few)
    adding = len(sent)
    with counted(house.session) as sent:
        more = several(house, *many)
    assert len(sent) == adding < 20
    with counted(house.session) as sent:
        withdraw(house, *ids)
    withdrawing = len(sent)
    with counted(house.session) as sent:
        withdraw(house, *more)
    assert len(sent) == withdrawing < 12


def withdraw(house: House, *ids: str, actor: Actor | None = None) -> None:
    """Withdraw them, as the contributor who added them."""
    withdraw_several(house.session, house.programme, ids, reason="a mistake", actor=actor or house.contributor, at=AT)


def test_what_is_withdrawn_together_is_recorded_as_if_withdrawn_one_by_one(house: House) -> None:
    ids = several(house, coming(house), coming(house, "two"), coming(house, "three"))
    withdraw_evidence(house.session, house.programme, ids[0], reason="a mistake", actor=house.contributor, at=AT)
    withdraw(house, *ids[1:])
    house.session.expire_all()
    alone, *rest = (house.session.get_one(Evidence, each) for each in ids)
    for each in rest:
        for name in ("state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"):
            assert getattr(each, name) == getattr(alone, name), name
        assert each.revision > 1
    query = select(EvidenceVersion.ended_at).where(EvidenceVersion.evidence_id.in_(ids))
    assert set(house.session.scalars(query)) == {AT}
    entries = house.session.scalars(select(Entry).where(Entry.action == "evidence.withdrawn")).all()
    assert {str((each.before, each.after)) for each in entries} == {
        str(({"state": "submitted"}, {"state": "withdrawn", "reason": "a mistake"}))
    }
    assert len(entries) == 3
    assert list(verify(house.session)) == []


def test_others_and_what_was_decided_are_withdrawn_only_by_who_may_link(house: House) -> None:
    ids = several(house, coming(house), coming(house, "two"))
    theirs = several(house, coming(house, "three"), actor=house.officer)
    with pytest.raises(Forbidden):
        withdraw(house, *ids, *theirs)
    review(house, ids[0])
    with pytest.raises(Forbidden):
        withdraw(house, *ids)
    withdraw(house, *ids, *theirs, actor=house.owner)


def test_what_is_withdrawn_already_or_not_there_refuses_all(house: House) -> None:
    ids = several(house, coming(house), coming(house, "two"))
    with pytest.raises(NotFound):
        withdraw(house, *ids, "no-such-id")
    withdraw(house, ids[0])
    with pytest.raises(Conflict):
        withdraw(house, *ids)
    assert house.session.get_one(Evidence, ids[1]).state == "submitted"
