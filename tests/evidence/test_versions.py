"""What a version of evidence may say about its days, its period and its note."""

from datetime import date, timedelta

import pytest

from app.catalogue.service import get_pack
from app.errors import Invalid
from app.evidence.service import link_evidence
from app.evidence.versions import NewVersion
from tests.builders import AT, F2018, RECORD, TODAY, House, some_evidence


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewVersion(TODAY + timedelta(1)), "collected_on"),
        (NewVersion(TODAY, period_from=TODAY), "period_to"),
        (NewVersion(TODAY, period_to=TODAY), "period_from"),
        (NewVersion(TODAY, date(2026, 7, 2), date(2026, 7, 1)), "period_to"),
        (NewVersion(TODAY, date(2026, 8, 1), date(2026, 8, 11)), "period_to"),
        (NewVersion(date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31)), "collected_on"),
        (NewVersion(date.min), "collected_on"),
        (NewVersion(TODAY, date(1989, 12, 31), TODAY), "period_from"),
        (NewVersion(date(1989, 12, 31), date(1989, 12, 1), date(1989, 12, 31)), "collected_on"),
        (NewVersion(TODAY, valid_until=TODAY - timedelta(1)), "valid_until"),
        (NewVersion(TODAY, note="x" * 4001), "note"),
        (NewVersion(TODAY, note="a\x00b"), "note"),
        (NewVersion(TODAY, nil_return=True, note="nothing"), "period_from"),
        (NewVersion(TODAY, date(2026, 7, 1), date(2026, 7, 31), nil_return=True), "note"),
        (NewVersion(TODAY, date(2026, 7, 1), date(2026, 7, 31), nil_return=True, note=" "), "note"),
    ],
)
def test_days_that_cannot_be_are_refused(house: House, new: NewVersion, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, version=new)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "new",
    [
        NewVersion(TODAY),
        NewVersion(date(1990, 1, 1), date(1990, 1, 1), date(1990, 1, 1), date(1990, 1, 1)),
        NewVersion(TODAY, date(2026, 8, 1), TODAY),
        NewVersion(TODAY, valid_until=date.max),
        NewVersion(date(2026, 7, 1), date(2026, 7, 1), date(2026, 7, 31)),
    ],
)
def test_days_up_to_today_are_kept(house: House, new: NewVersion) -> None:
    version = some_evidence(house, version=new).version
    house.session.expire_all()
    assert (version.collected_on, version.valid_until) == (new.collected_on, new.valid_until)
    assert (version.period_from, version.period_to) == (new.period_from, new.period_to)


NIL = NewVersion(TODAY, date(2026, 7, 1), date(2026, 7, 31), nil_return=True, note="无")


def test_a_nil_return_answers_only_what_takes_one(house: House) -> None:
    pack = get_pack(house.session, F2018, None)
    takes = next(each.id for each in pack.expectations if each.nil_return and each.action == "retain")
    given = some_evidence(house, version=NIL, files=[], expectation_ids=[takes]).evidence
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, version=NIL, files=[], expectation_ids=[takes, RECORD])
    assert refusal.value.field == "nil_return"
    with pytest.raises(Invalid):
        link_evidence(house.session, house.programme, given.id, [RECORD], actor=house.officer, at=AT)
