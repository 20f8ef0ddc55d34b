"""An import undone whole, or refused with the reasons why not; what stays on record."""

from collections.abc import Callable

import pytest

from app.errors import Conflict, Forbidden
from app.evidence import service as evidence
from app.evidence.models import Evidence
from app.journal.service import verify
from app.links.service import confirm_link
from tests.builders import AT, RECORD, House, review, some_version
from tests.imports.importing import LATER, applied, apply, entries, prepared, send, undo, view


def test_undoing_withdraws_all_that_the_import_made_with_one_reason(house: House) -> None:
    import_id, ids = applied(house)
    undo(house, import_id, " the wrong year ")
    found = view(house, import_id)
    head = found.head
    assert (head.state, head.undone_by, head.undone_at, head.undone_reason) == (
        "undone", house.contributor.id, LATER, "the wrong year",
    )  # fmt: skip
    assert [item.state for item in found.items] == ["withdrawn", "withdrawn"]
    assert {house.session.get_one(Evidence, each).withdrawn_reason for each in ids} == {"the wrong year"}
    [entry] = entries(house, "import.undone")
    assert (entry.subject_id, entry.after) == (
        import_id, {"name": "register.csv", "items": 2, "reason": "the wrong year"},
    )  # fmt: skip
    assert len(entries(house, "evidence.withdrawn")) == 2
    assert list(verify(house.session)) == []


def test_without_a_reason_the_table_is_named(house: House) -> None:
    import_id, ids = applied(house)
    undo(house, import_id)
    reason = house.session.get_one(Evidence, ids[0]).withdrawn_reason
    assert reason is not None
    assert "register.csv" in reason
    assert "撤销导入" in reason


def test_what_was_withdrawn_already_is_left_as_it_is(house: House) -> None:
    import_id, ids = applied(house)
    evidence.withdraw_evidence(house.session, house.programme, ids[0], reason="alone", actor=house.contributor, at=AT)
    assert view(house, import_id).obstacles == ()
    undo(house, import_id)
    assert house.session.get_one(Evidence, ids[0]).withdrawn_reason == "alone"
    assert entries(house, "import.undone")[0].after == {"name": "register.csv", "items": 1, "reason": None}


def _accept(house: House, evidence_id: str) -> None:
    review(house, evidence_id)


def _reject(house: House, evidence_id: str) -> None:
    review(house, evidence_id, accept=False)


def _add_version(house: House, evidence_id: str) -> None:
    evidence.add_version(
        house.session, house.programme, evidence_id, some_version(), [house.file()], actor=house.contributor, at=AT
    )


def _rename(house: House, evidence_id: str) -> None:
    evidence.amend_evidence(
        house.session, house.programme, evidence_id, title="new", owner_id=None, actor=house.owner, at=AT
    )


def _link(house: House, evidence_id: str) -> None:
    evidence.link_evidence(
        house.session, house.programme, evidence_id, ["sla-performance-report"], actor=house.owner, at=AT
    )


def _confirm(house: House, evidence_id: str) -> None:
    confirm_link(house.session, house.programme, evidence_id, RECORD, actor=house.owner, at=AT)


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        (_accept, "it was accepted"),
        (_reject, "it was rejected"),
        (_add_version, "it has a newer version"),
        (_rename, "its title or owner was changed"),
        (_link, "what it is linked to was changed"),
        (_confirm, "what it is linked to was changed"),
    ],
)
def test_what_somebody_has_dealt_with_since_stands_against_undoing_and_is_named(
    house: House, touch: Callable[[House, str], None], why: str
) -> None:
    import_id, ids = applied(house)
    touch(house, ids[0])
    title = house.session.get_one(Evidence, ids[0]).title
    assert [(each.evidence_id, each.title, str(each.reason)) for each in view(house, import_id).obstacles] == [
        (ids[0], title, why)
    ]
    with pytest.raises(Conflict) as refusal:
        undo(house, import_id, actor=house.officer)
    assert f"1 of its items were dealt with since. “{title}”: {why}." in str(refusal.value)
    assert [item.state for item in view(house, import_id).items].count("withdrawn") == 0
    assert view(house, import_id).head.state == "applied"


def test_others_undo_an_import_only_where_they_may_withdraw_what_is_not_theirs(house: House) -> None:
    import_id, _ = applied(house)
    other = prepared(house, actor=house.owner)
    send(house, other, house.file(b"incidents", "incidents.xlsx"), actor=house.owner)
    apply(house, other, actor=house.owner)
    with pytest.raises(Forbidden):
        undo(house, other)
    undo(house, import_id, actor=house.owner)
