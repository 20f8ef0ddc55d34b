"""The matrix of coverage: each mark for the days that make it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.checks.cells import Mark
from app.checks.coverage import CoverageQuestion, coverage, lay_out, months_asked
from app.errors import Invalid, NotFound
from app.readiness.engine import assess
from app.readiness.facts import Facts, Need, Proof, Waiver
from app.readiness.periods import add_months
from tests.builders import AT, F2018, RECORD, House, accepted, counted, some_evidence, some_version
from tests.checks.builders import needs, pack

TODAY = date(2026, 8, 10)
MONTHS = tuple(add_months(date(2026, 1, 1), number) for number in range(12))
YEARLY = "policy-review-record"


def need_of(name: str = RECORD, **fields: Any) -> Need:
    return next(need for need in needs() if need.id == name)._replace(**fields)


def proof(first: str, last: str, recorded: str, **fields: Any) -> Proof:
    days = [date.fromisoformat(day) for day in (first, last, recorded)]
    given = {"need_id": RECORD, "item_id": f"e-{first}", "title": "Report", "state": "accepted", "valid_until": None}
    more = {"collected_on": days[2], "period_from": days[0], "period_to": days[1], "recorded_on": days[2]}
    return Proof(**{**given, **more, **fields})


def marks(facts: Facts, **asked: Any) -> dict[str, str]:
    [row] = lay_out(pack(), facts, MONTHS, **{"known_on": TODAY, **asked})
    return {cell.period.name: cell.mark.value for cell in row.cells}


def facts_of(need: Need, proofs: Iterable[Proof] = (), **fields: Any) -> Facts:
    return Facts(needs=(need,), proofs=tuple(proofs), start_of_operation=date(2026, 3, 1), **fields)


def test_each_month_of_a_monthly_record_has_the_mark_that_its_days_make() -> None:
    found = marks(
        facts_of(
            need_of(),
            [
                proof("2026-03-01", "2026-03-31", "2026-04-02"),
                proof("2026-04-01", "2026-04-30", "2026-07-20"),
                proof("2026-06-01", "2026-06-30", "2026-08-02", state="submitted"),
            ],
        )
    )
    assert found == {
        "2026-01": "before", "2026-02": "before", "2026-03": "there", "2026-04": "late", "2026-05": "missing",
        "2026-06": "submitted", "2026-07": "upcoming", "2026-08": "upcoming", "2026-09": "upcoming",
        "2026-10": "upcoming", "2026-11": "upcoming", "2026-12": "upcoming",
    }  # fmt: skip


def test_periods_recorded_on_one_day_are_back_filled_whichever_months_are_shown() -> None:
    proofs = [proof(f"2026-0{month}-01", f"2026-0{month}-28", "2026-07-20") for month in (4, 5, 6)]
    facts = facts_of(need_of(), proofs)
    assert [marks(facts)[f"2026-0{month}"] for month in (4, 5, 6)] == ["back-filled"] * 3
    [row] = lay_out(pack(), facts, MONTHS[5:7], known_on=TODAY)
    assert row.cells[0].mark is Mark.BACKFILLED


def test_what_counts_as_missing_is_what_the_engine_says_is_missing() -> None:
    facts = facts_of(need_of(), [proof("2026-06-01", "2026-06-30", "2026-07-02")])
    [standing] = assess(facts, stage=2, as_of=TODAY, known_on=TODAY).standings
    [said] = [finding.periods for finding in standing.findings if finding.code == "period-missing"]
    assert said == tuple(name for name, mark in marks(facts).items() if mark == "missing") == ("2026-05",)


def test_a_hole_older_than_the_history_that_is_judged_is_not_expected() -> None:
    found = marks(replace(facts_of(need_of()), start_of_operation=date(2025, 1, 1)))
    assert found["2026-04"] == "not-expected"
    assert found["2026-05"] == "missing"


def test_nothing_of_an_optional_record_is_missing() -> None:
    assert set(marks(facts_of(need_of(optional=True))).values()) == {"before", "not-expected"}


def test_a_hole_that_a_waiver_sets_aside_is_waived_and_one_after_its_end_is_missing() -> None:
    need = need_of(required=False)
    waiver = Waiver(RECORD, date(2026, 5, 1), date(2026, 8, 10), "none yet", "wang")
    assert marks(facts_of(need, waivers=(waiver,)))["2026-05"] == "waived"
    ended = waiver._replace(until=date(2026, 8, 9))
    assert marks(facts_of(need, waivers=(ended,)))["2026-05"] == "missing"


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ((), "missing"),
        ((proof("2026-03-01", "2026-03-31", "2026-04-02", need_id=YEARLY),), "there"),
        ((proof("2026-03-01", "2026-03-31", "2026-04-02", need_id=YEARLY, valid_until=date(2026, 8, 9)),), "expired"),
        ((proof("2026-03-01", "2026-03-31", "2026-04-02", need_id=YEARLY, state="submitted"),), "submitted"),
        ((proof("2025-10-01", "2025-10-31", "2025-11-02", need_id=YEARLY),), "in-force"),
        ((proof("2025-06-01", "2025-06-30", "2025-07-02", need_id=YEARLY),), "missing"),
    ],
)
def test_a_yearly_record_without_a_stated_history_is_judged_by_its_age(
    proofs: tuple[Proof, ...], expected: str
) -> None:
    assert marks(facts_of(need_of(YEARLY), proofs)) == {"2026": expected}


def test_a_period_spans_the_months_that_are_shown_of_it() -> None:
    facts = facts_of(need_of(YEARLY, cadence="quarterly"))
    [row] = lay_out(pack(), facts, MONTHS[1:8], known_on=TODAY)
    assert [(cell.period.name, cell.months) for cell in row.cells] == [("2026-Q1", 2), ("2026-Q2", 3), ("2026-Q3", 2)]


def test_what_was_collected_after_the_day_asked_about_does_not_count_on_it() -> None:
    facts = facts_of(need_of(), [proof("2026-04-01", "2026-04-30", "2026-07-20")])
    assert marks(facts, as_of=date(2026, 6, 30))["2026-04"] == "missing"
    assert marks(facts, as_of=date(2026, 8, 1))["2026-04"] == "late"


def test_the_usual_months_end_with_the_audits_month_but_no_more_than_half_a_year_ahead() -> None:
    def shown(audit_on: date | None, **asked: Any) -> tuple[str, str]:
        months = months_asked(CoverageQuestion(**asked), today=TODAY, audit_on=audit_on)
        return months[0].isoformat(), months[-1].isoformat()

    assert shown(None) == shown(date(2026, 1, 5)) == ("2025-09-01", "2026-08-01")
    assert shown(date(2026, 11, 24)) == ("2025-12-01", "2026-11-01")
    assert shown(date(2031, 11, 24)) == ("2026-03-01", "2027-02-01")
    assert shown(None, first=date(2026, 2, 20), months=3) == ("2026-02-01", "2026-04-01")
    for wrong in ({"months": 0}, {"months": 25}, {"first": date(1, 1, 1)}, {"first": date(9999, 12, 1)}):
        with pytest.raises(Invalid):
            shown(None, **wrong)


def test_who_may_not_read_drafts_sees_a_hole_where_evidence_awaits_acceptance(house: House) -> None:
    version = some_version(date(2026, 7, 2), period_from=date(2026, 6, 1), period_to=date(2026, 6, 30))
    some_evidence(house, version=version)

    def june(who: Any) -> tuple[str, int]:
        found = coverage(house.session, house.programme, CoverageQuestion(), actor=who, known_at=AT)
        [row] = [row for row in found.rows if row.need.id == RECORD]
        [cell] = [cell for cell in row.cells if cell.period.name == "2026-06"]
        return cell.mark.value, len(cell.items)

    assert june(house.officer) == ("submitted", 1)
    assert june(house.auditor) == ("missing", 0)


def test_the_queries_do_not_grow_with_the_evidence_and_other_frameworks_are_refused(house: House) -> None:
    asked = CoverageQuestion(F2018)

    def count() -> int:
        with counted(house.session) as sent:
            coverage(house.session, house.programme, asked, actor=house.officer, known_at=AT)
        return len(sent)

    before = count()
    for _ in range(3):
        accepted(house)
    assert count() <= before < 40
    with pytest.raises(NotFound, match="is not about nothing"):
        coverage(house.session, house.programme, CoverageQuestion("nothing"), actor=house.officer, known_at=AT)
