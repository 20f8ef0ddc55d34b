"""Which audit is meant, what the worklist says to do by when, and from which day on the verdict could be ready."""

from datetime import timedelta

import pytest

from app.checks.report import worklist
from app.checks.service import Question, check
from app.language import Text
from app.programmes.service import add_entry
from app.readiness.facts import Facts, Need, Paper, Proof, Waiver
from app.readiness.periods import add_months
from tests.builders import AT, CUSTOMARY, F2011, F2018, RECORD, House
from tests.builders import TODAY as BEGINNING
from tests.checks.builders import TODAY, some_report

DAY = timedelta(days=1)
NEED = Need(RECORD, "8.1", Text("Records", "记录"), "record", "retain", 1, owner="o")
PROOF = Proof(RECORD, "e", "E", "accepted", TODAY - 10 * DAY, None, None, None, TODAY - 10 * DAY, owner="o")


def test_of_two_as_heavy_the_worklist_keeps_the_more_urgent() -> None:
    facts = [Facts((NEED._replace(max_age_days=days),), (PROOF,)) for days in (90, 30)]
    for several in (facts, facts[::-1]):
        [task] = worklist(some_report(*several, frameworks=(F2018, F2011)))
        assert (task.act_by, task.merged.finding.code) == (TODAY + 20 * DAY, "evidence-expiring")


def test_what_settles_itself_before_the_audit_is_due_on_that_day_not_now() -> None:
    paper = Paper(RECORD, "d", "D", "D", 1, "approved", TODAY, TODAY + 5 * DAY, None, TODAY - DAY, 0, "o")
    [task] = worklist(some_report(Facts((NEED._replace(action="maintain"),), (), (paper,))))
    assert (task.merged.when, task.act_by) == ("today", TODAY + 5 * DAY)


def test_the_earliest_ready_day_counts_what_stands_in_the_way_later() -> None:
    waiver = Waiver(RECORD, TODAY, TODAY + 5 * DAY, "later", "o")
    needs = (NEED._replace(cadence="per_event", history_months=12), NEED._replace(id=CUSTOMARY))
    report = some_report(Facts(needs, (PROOF._replace(need_id=CUSTOMARY),), waivers=(waiver,)))
    assert report.frameworks[0].today.earliest_ready_on == TODAY
    assert report.frameworks[0].earliest_ready_on == add_months(TODAY, 12)


@pytest.mark.parametrize(
    ("planned", "audit_on"), [((-60, 30, 90), 30), ((-60, -10), -10), ((0, 30), 0), ((), None)], ids=str
)
def test_the_audit_is_the_next_one_else_the_last(house: House, planned: tuple[int, ...], audit_on: int | None) -> None:
    for days in planned:
        audit = {"kind": "stage-2", "planned_on": str(BEGINNING + days * DAY)}
        add_entry(house.session, house.programme, "audits", audit, actor=house.officer, at=AT)
    found = check(house.session, house.programme, Question(2), actor=house.officer, known_at=AT)
    assert found.audit_on == (None if audit_on is None else BEGINNING + audit_on * DAY)


def test_a_framework_named_twice_is_judged_once(house: House) -> None:
    question = Question(2, frameworks=(F2018, F2018))
    found = check(house.session, house.programme, question, actor=house.officer, known_at=AT)
    assert len(found.frameworks) == 1
