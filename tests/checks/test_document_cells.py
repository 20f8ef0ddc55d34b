"""Documents in the matrix of coverage: each mark for the days that make it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from app.checks.cells import Mark
from app.checks.coverage import CoverageQuestion, coverage, lay_out
from app.documents import approval
from app.readiness.facts import Facts, Need, Paper, Waiver
from app.readiness.periods import add_months
from tests.builders import (
    AT,
    PAPER,
    House,
    approve,
    counted,
    effective_document,
    some_document,
    submitted_revision,
)
from tests.checks.builders import needs, pack

TODAY = date(2026, 8, 10)
MONTHS = tuple(add_months(date(2026, 1, 1), number) for number in range(12))
NEED = next(need for need in needs() if need.id == PAPER)._replace(max_age_days=None)


def paper(approved: str | None, review: str | None = None, *, revision: int = 1, **fields: Any) -> Paper:
    """Return a revision, recorded in January; in force from the day it was approved, a draft without one."""
    day = date.fromisoformat(approved) if approved else None
    given = {
        "need_id": PAPER,
        "document_id": "d",
        "number": "P-01",
        "title": "Policy",
        "revision": revision,
        "state": "approved" if day else "draft",
        "approved_on": day,
        "effective_on": day,
        "next_review_on": date.fromisoformat(review) if review else None,
        "recorded_on": date(2026, 2, 15),
    }
    return Paper(**{**given, **fields})


def marks(papers: Iterable[Paper], need: Need = NEED, **facts: Any) -> dict[str, str]:
    """Return the mark of each span of months of 2026; operation began in February."""
    start = {"start_of_operation": date(2026, 2, 1), **facts}
    [row] = lay_out(pack(), Facts(needs=(need,), papers=tuple(papers), **start), MONTHS, known_on=TODAY)
    assert sum(cell.months for cell in row.cells) == len(MONTHS)
    return {cell.period.name: cell.mark.value for cell in row.cells}


BEFORE = {"2026-01": "before"}


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        (
            [],
            {"2026-02/2026-07": "not-expected", "2026-08": "missing", "2026-09/2026-12": "upcoming"},
        ),
        (
            [paper(None)],
            {"2026-02/2026-07": "not-expected", "2026-08": "draft", "2026-09/2026-12": "upcoming"},
        ),
        (
            [paper("2026-03-20")],
            {"2026-02": "not-expected", "2026-03/2026-12": "effective"},
        ),
        (
            [paper("2026-08-01", effective_on=date(2026, 10, 5))],
            {"2026-02/2026-07": "not-expected", "2026-08/2026-09": "upcoming", "2026-10/2026-12": "effective"},
        ),
        (
            [paper("2026-03-20", "2026-10-15")],
            {
                "2026-02": "not-expected",
                "2026-03/2026-09": "effective",
                "2026-10": "review-due",
                "2026-11/2026-12": "review-overdue",
            },
        ),
        (
            [paper("2026-03-20", "2026-08-09")],
            {"2026-02": "not-expected", "2026-03/2026-07": "effective", "2026-08/2026-12": "review-overdue"},
        ),
        (
            [paper("2026-03-20", "2026-08-10")],
            {
                "2026-02": "not-expected",
                "2026-03/2026-07": "effective",
                "2026-08": "review-due",
                "2026-09/2026-12": "review-overdue",
            },
        ),
        (  # reviewed in June, too late
            [paper("2026-03-20", "2026-05-10"), paper("2026-03-20", "2027-05-10", approved_on=date(2026, 6, 2))],
            {
                "2026-02": "not-expected",
                "2026-03/2026-04": "effective",
                "2026-05": "review-overdue",
                "2026-06/2026-12": "effective",
            },
        ),
        (  # a newer revision takes the place of one that was to be reviewed
            [paper("2026-03-20", "2026-05-31"), paper("2026-05-20", "2027-05-31", revision=2)],
            {"2026-02": "not-expected", "2026-03/2026-12": "effective"},
        ),
        (  # two documents: the one that is worse counts
            [paper("2026-03-20"), paper("2026-03-20", "2026-07-31", document_id="e")],
            {"2026-02": "not-expected", "2026-03/2026-07": "effective", "2026-08/2026-12": "review-overdue"},
        ),
        (
            [paper("2026-03-20", state="withdrawn")],
            {"2026-02/2026-07": "not-expected", "2026-08": "missing", "2026-09/2026-12": "upcoming"},
        ),
    ],
)
def test_each_month_has_the_mark_that_its_days_make(papers: list[Paper], expected: dict[str, str]) -> None:
    assert marks(papers) == BEFORE | expected


def test_an_age_limit_asks_for_a_review_too() -> None:
    found = marks([paper("2026-03-20")], NEED._replace(max_age_days=180))
    assert found["2026-09"] == "review-due"
    assert found["2026-10/2026-12"] == "review-overdue"


def test_what_is_optional_or_waived_is_no_hole() -> None:
    assert marks([paper(None)], NEED._replace(optional=True)) == BEFORE | {"2026-02/2026-12": "not-expected"}
    waiver = Waiver(PAPER, date(2026, 5, 1), date(2026, 12, 31), "a reason", "li")
    assert marks([], NEED._replace(required=False), waivers=(waiver,))["2026-08"] == "waived"


def test_the_documents_and_the_review_day_stand_in_the_cell() -> None:
    facts = Facts(needs=(NEED,), papers=(paper("2026-03-20", "2026-08-20"),))
    [row] = lay_out(pack(), facts, MONTHS, known_on=TODAY)
    due = next(cell for cell in row.cells if cell.mark is Mark.REVIEW_DUE)
    assert [(item.kind, item.id, item.title) for item in due.items] == [("document", "d", "P-01 Policy")]
    assert due.due_on == date(2026, 8, 20)
    assert (row.holes, row.by_period) == (0, False)


def test_a_review_that_came_late_is_seen_in_the_months_before_it(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document, at=AT, next_review_on=date(2026, 9, 1))
    approve(house, document, at=AT)
    reviewed = AT + timedelta(days=100)
    approval.confirm_review(
        house.session,
        house.programme,
        document.id,
        next_review_on=date(2027, 9, 1),
        actor=house.reviewer,
        at=reviewed,
    )
    asked = CoverageQuestion(first=date(2026, 8, 1), months=6)
    found = coverage(house.session, house.programme, asked, actor=house.officer, known_at=reviewed)
    row = next(row for row in found.rows if row.need.id == PAPER)
    assert [(cell.period.name, cell.mark.value) for cell in row.cells] == [
        ("2026-08", "effective"),
        ("2026-09/2026-10", "review-overdue"),
        ("2026-11/2027-01", "effective"),
    ]


def test_an_auditor_sees_no_draft_in_the_matrix(house: House) -> None:
    document = some_document(house)
    submitted_revision(house, document)

    def now(who: str) -> tuple[str, int]:
        found = coverage(house.session, house.programme, CoverageQuestion(), actor=getattr(house, who), known_at=AT)
        row = next(row for row in found.rows if row.need.id == PAPER)
        cell = next(cell for cell in row.cells if cell.period.start <= TODAY <= cell.period.end)
        return cell.mark.value, cell.count

    assert now("officer") == ("draft", 1)
    assert now("auditor") == ("missing", 0)
    approve(house, document)
    assert now("auditor") == ("effective", 1)


def test_many_documents_ask_no_more_of_the_database(house: House) -> None:
    asked = []
    for number in (2, 20):
        for each in range(number):
            effective_document(house, f"P-{number}-{each}")
        with counted(house.session) as sent:
            coverage(house.session, house.programme, CoverageQuestion(), actor=house.officer, known_at=AT)
        asked.append(len(sent))
    assert asked[0] == asked[1]
