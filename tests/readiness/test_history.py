"""Records of a cadence: the periods that are asked for on a day, when they are missing, late, made up or to come."""

from datetime import timedelta

import pytest

from app.readiness.facts import Facts
from app.readiness.findings import Severity, Status
from tests.readiness.builders import (
    NAME,
    Row,
    codes,
    days,
    judged,
    on,
    records,
    some_facts,
    some_need,
    some_proof,
    standing,
    table,
    the,
)

MONTHLY = some_need(cadence="monthly", history_months=3, max_age_days=45)
PLAIN = some_need(cadence="monthly")
EVENTS = some_need(cadence="per_event", history_months=3)
OPTIONAL = some_need(cadence="monthly", history_months=3, required=False, optional=True)
YEAR = tuple(f"2026-{month:02}-01" for month in range(1, 13))
SPRING = some_facts(MONTHLY, *records("03-01", "04-01", "05-01", "06-01", "07-01"))
HOLE = some_facts(MONTHLY, *records("04-01", "05-01", "07-01"))
LATE = some_facts(PLAIN, *records("05-01", "06-01"), *records("07-01", recorded_on="08-16"))
AT_ONCE = (*records("04-01", collected_on="04-30"), *records("05-01", collected_on="05-31"),
           *records("06-01", collected_on="06-30"))  # fmt: skip
ONE_DAY = records("05-01", "06-01", "07-01", recorded_on="08-10")

TABLE = table(
    days("whole months", SPRING, "07-31", "08-01 period-upcoming", "08-02", "08-10", "08-15", "08-31", "09-01 period-upcoming",
         "09-15 period-upcoming", "09-16 period-missing"),
    days("forecast", SPRING, "08-31 / 08-10", "09-01 / 08-10 period-upcoming", "12-31 / 08-10 period-upcoming",
         "11-30 / 09-16 period-missing period-upcoming", "11-30 / 09-15 period-upcoming", "12-01 / 09-16 period-upcoming"),
    days("days of grace", some_facts(MONTHLY, *records("04-01", "05-01", "06-01"), limits={"period_grace_days": 10}),
         "07-31", "08-01 period-upcoming", "08-10 period-upcoming", "08-11 period-missing"),
    days("no grace", some_facts(MONTHLY, *AT_ONCE, limits={"period_grace_days": 0}),
         "07-31", "08-01 period-missing", "08-01 / 07-31 period-upcoming", "09-30 / 07-31 period-upcoming",
         "09-30 / 08-31 period-missing period-upcoming"),
    days("a hole", HOLE, "07-16 period-missing", "07-15 period-upcoming", "08-10 period-missing", "08-31 period-missing",
         "08-10 / 07-15 period-upcoming", "08-10 / 07-16 period-missing period-upcoming"),
    days("a hole leaves the window", HOLE, "09-30 / 08-10 period-missing period-upcoming",
         "10-01 / 08-10 period-upcoming"),
    days("looked back on", some_facts(PLAIN, *records("04-01", "05-01", "06-01"), *records("07-01", recorded_on="08-20",
         collected_on="08-20")), "08-10 / 09-10", "08-15 / 09-10", "08-16 / 09-10 period-missing",
         "08-19 / 09-10 period-missing", "08-20 / 09-10 period-late", "08-16 / 08-16 period-missing",
         "08-10 / 08-12 period-upcoming"),
    days("looked back on in its days of grace", some_facts(PLAIN, *records("05-01", "06-01"), *records("07-01",
         collected_on="08-12")), "08-10 / 08-14", "08-10 / 08-10 period-upcoming", "08-12"),
    days("operation began in June", some_facts(PLAIN, *records("06-01", "07-01"), start_of_operation="06-01"), "08-10",
         "07-10", "06-10 evidence-missing"),
    days("operation began within June", some_facts(PLAIN, *records("07-01"), start_of_operation="06-02"), "08-10",
         "08-01 / 07-20 evidence-missing period-upcoming"),
    days("operation began before June", some_facts(PLAIN, *records("07-01"), start_of_operation="05-31"),
         "08-10 period-missing"),
    days("nothing", some_facts(PLAIN), "07-10 evidence-missing period-upcoming", "07-16 evidence-missing"),
    days("nothing counts yet", some_facts(PLAIN, *records("05-01", "06-01", "07-01", state="submitted")),
         "08-10 evidence-missing acceptance-pending period-upcoming", "08-16 evidence-missing acceptance-pending"),
    days("a hole that waits", some_facts(PLAIN, *records("05-01", "07-01"), *records("06-01", state="submitted")),
         "08-10 period-missing acceptance-pending"),
    days("a covered month that waits", some_facts(PLAIN, *records("05-01", "06-01", "07-01"), *records("06-01",
         state="submitted", item_id="x")), "08-10"),
    days("a month outside the window waits", some_facts(PLAIN, *records("05-01", "06-01", "07-01"), *records("04-01",
         state="submitted")), "08-10"),
    days("a single day of each month is enough", some_facts(PLAIN, some_proof("08-01", period_from="05-31",
         period_to="07-01")), "08-10 period-backfilled period-late"),
    days("but one day less is not", some_facts(PLAIN, some_proof("08-01", period_from="06-01", period_to="07-01")),
         "08-10 period-late period-missing"),
    days("nor is a day less at the end", some_facts(PLAIN, some_proof("08-01", period_from="05-31", period_to="06-30"),
         limits={"period_grace_days": 5}), "08-10 period-late period-missing"),
    days("a record without period covers its day", some_facts(PLAIN, *records("05-01", "06-01"), some_proof("07-31")),
         "08-10"),
    days("or from its first day to its collection", some_facts(PLAIN, some_proof("07-01", period_from="05-10")),
         "08-10 period-backfilled period-late"),
    days("a nil return", some_facts(some_need(cadence="monthly", nil_return=True), *records("05-01", "07-01"), *records(
         "06-01", nil_return=True)), "08-10"),
    days("a nil return not asked for", some_facts(PLAIN, *records("05-01", "07-01"), *records("06-01",
         nil_return=True)), "08-10 period-missing"),
    days("recorded on the last day of grace", some_facts(PLAIN, *records("05-01", "06-01"), *records("07-01",
         recorded_on="08-15")), "08-15"),
    days("recorded a day later", LATE, "08-16 period-late", "08-15 period-upcoming"),
    days("recorded late once more", some_facts(PLAIN, *records("05-01", "06-01", "07-01"), *records("07-01",
         recorded_on="08-20", item_id="x")), "08-20"),
    days("three on one day", some_facts(PLAIN, *ONE_DAY), "08-10 period-backfilled period-late",
         "08-10 / 08-09 evidence-missing period-upcoming"),
    days("two on one day", some_facts(PLAIN, *ONE_DAY[:2], *records("07-01")), "08-10 period-late"),
    days("three on one day, in time", some_facts(PLAIN, *ONE_DAY, limits={"period_grace_days": 100}),
         "08-10 period-backfilled"),
    days("three on one day, but two are in the window", some_facts(PLAIN, *ONE_DAY), "09-01 / 08-10 period-late "
         "period-upcoming", "10-01 / 09-16 period-missing period-upcoming", "08-31 / 08-10 period-backfilled period-late"),
    days("history of monthly records", some_facts(MONTHLY, *records("05-01", "06-01", "07-01"),
         start_of_operation="05-01"), "07-31 / 07-31 history-too-short",
         "08-01 / 07-31 period-upcoming", "08-10", "07-31 / 08-10 history-too-short"),
    days("history of events", some_facts(EVENTS, some_proof("05-10")), "08-09 history-too-short", "08-10",
         "08-09 / 05-10 history-too-short", "08-10 / 05-10"),
    days("history from the end of a month", some_facts(EVENTS, some_proof("2025-11-30")),
         "02-27 history-too-short", "02-28"),
    days("history from a leap day", some_facts(some_need(cadence="per_event", history_months=12), some_proof(
         "2024-02-29")), "2025-02-27 history-too-short", "2025-02-28"),
    days("history begins with the period covered", some_facts(EVENTS, some_proof("06-02", period_from="05-10",
         period_to="05-31")), "08-09 history-too-short", "08-10"),
    days("no history", some_facts(EVENTS), "08-09 evidence-missing history-too-short",
         "11-08 / 08-09 evidence-missing history-too-short", "11-09 / 08-09 evidence-missing"),
    days("no history of months", some_facts(MONTHLY), "08-20 evidence-missing history-too-short",
         "10-31 / 08-20 evidence-missing history-too-short period-upcoming",
         "11-01 / 08-20 evidence-missing period-upcoming",
         "10-01 / 08-15 evidence-missing period-upcoming",
         "10-01 / 08-16 evidence-missing history-too-short period-upcoming"),
    days("no history before operation", some_facts(EVENTS, start_of_operation="09-01"),
         "11-30 / 08-09 evidence-missing history-too-short", "12-01 / 08-09 evidence-missing"),
    days("history is not asked of a document", some_facts(some_need(action="maintain", history_months=3)),
         "08-09 evidence-missing"),
    days("quarters", some_facts(some_need(cadence="quarterly", history_months=6), *records("02-01", "05-01",
         cadence="quarterly")), "07-02", "09-30", "10-01 period-upcoming", "10-15 period-upcoming", "10-16 period-missing",
         "10-16 / 09-30 period-upcoming"),
    days("a quarter is missing", some_facts(some_need(cadence="quarterly", history_months=6), *records("02-01",
         cadence="quarterly")), "07-15 period-upcoming", "07-16 period-missing"),
    days("quarters without history are judged by age", some_facts(some_need(cadence="quarterly", max_age_days=100),
         *records("02-01", cadence="quarterly")), "07-09", "07-10 evidence-expired"),
    days("half-years", some_facts(some_need(cadence="semiannual", history_months=6), *records("2025-08-01",
         cadence="semiannual")), "06-30", "07-01 period-upcoming", "07-15 period-upcoming", "07-16 period-missing"),
    days("years", some_facts(some_need(cadence="annual", history_months=12), *records("2024-08-01", cadence="annual")),
         "2025-12-31", "01-15 period-upcoming", "01-16 period-missing"),
    days("months of a leap year", some_facts(PLAIN, *records("2023-11-01", "2023-12-01", "2024-01-01")), "2024-02-29",
         "2024-03-01 period-upcoming", "2024-03-15 period-upcoming", "2024-03-16 period-missing"),
    days("periods do not expire by age", some_facts(MONTHLY, *records("04-01", "05-01", "06-01"), limits={
         "period_grace_days": 90}), "08-31 period-upcoming"),
    days("optional", some_facts(OPTIONAL, *records("05-01", recorded_on="06-20")), "08-10 period-late",
         "12-31 / 08-10", "06-10"),
    days("the last month of the calendar", some_facts(PLAIN, *records("9999-08-01", "9999-09-01", "9999-10-01",
         "9999-11-01")), "9999-12-31", "9999-12-15"),
    days("the first month of the calendar", some_facts(PLAIN, *records("0001-01-01")), "0001-02-02",
         "0001-01-01 evidence-missing", "0001-03-16 period-missing"),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_codes_of_a_day(row: Row) -> None:
    assert codes(row.judge()) == list(row.codes)


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "code", "periods"),
    [
        (HOLE, "08-10", "08-10", "period-missing", "2026-06"),
        (some_facts(PLAIN, *records("06-01")), "08-20", "08-20", "period-missing", "2026-05 2026-07"),
        (some_facts(PLAIN, *records("03-01")), "08-20", "08-20", "period-missing", "2026-05 2026-06 2026-07"),
        (some_facts(PLAIN, *records("03-01")), "08-10", "08-10", "period-missing", "2026-05 2026-06"),
        (SPRING, "09-01", "08-10", "period-upcoming", "2026-08"),
        (SPRING, "11-01", "08-10", "period-upcoming", "2026-08 2026-09 2026-10"),
        (SPRING, "11-30", "08-10", "period-upcoming", "2026-08 2026-09 2026-10"),
        (HOLE, "08-10", "07-15", "period-upcoming", "2026-06 2026-07"),
        (LATE, "08-20", "08-20", "period-late", "2026-07"),
        (some_facts(PLAIN, *ONE_DAY), "08-10", "08-10", "period-late", "2026-05 2026-06"),
        (some_facts(PLAIN, *ONE_DAY), "08-10", "08-10", "period-backfilled", "2026-05 2026-06 2026-07"),
        (some_facts(some_need(cadence="quarterly", history_months=6), *records("02-01", cadence="quarterly")),
         "12-31", "07-20", "period-upcoming", "2026-Q3"),
        (some_facts(some_need(cadence="quarterly", history_months=6), *records("02-01", cadence="quarterly")),
         "08-31", "07-20", "period-missing", "2026-Q2"),
        (some_facts(some_need(cadence="semiannual", history_months=6), *records("2025-08-01", cadence="semiannual")),
         "07-16", "07-16", "period-missing", "2026-H1"),
        (some_facts(some_need(cadence="annual", history_months=12), *records("2024-08-01", cadence="annual")),
         "01-16", "01-16", "period-missing", "2025"),
    ],
)  # fmt: skip
def test_the_periods_are_named_in_order(facts: Facts, as_of: str, known_on: str, code: str, periods: str) -> None:
    found = the(code, judged(facts, as_of, known_on))
    assert found.periods == tuple(periods.split())
    assert all(period in found.message.in_(language) for period in found.periods for language in ("en", "zh"))


def test_the_days_of_missing_late_made_up_and_coming_periods() -> None:
    missing = the("period-missing", judged(HOLE, "08-10"))
    assert (missing.days, missing.act_by) == ((on("06-30"),), None)
    late = the("period-late", judged(LATE, "08-20"))
    assert (late.days, [item.id for item in late.items]) == ((on("08-16"),), ["e-2026-07"])
    made_up = the("period-backfilled", judged(some_facts(PLAIN, *ONE_DAY), "08-10"))
    assert (made_up.days, len(made_up.items)) == ((on("08-10"),), 3)
    coming = the("period-upcoming", judged(SPRING, "10-01", "08-10"))
    assert (coming.days, coming.act_by) == ((on("09-15"), on("10-15")), on("09-15"))
    assert the("period-upcoming", judged(SPRING, "09-15", "09-15")).act_by == on("09-15")


def test_two_days_on_which_three_periods_were_recorded_are_both_named() -> None:
    need = some_need(cadence="monthly", history_months=8)
    first = records(*YEAR[0:3], recorded_on="08-02")
    second = records(*YEAR[3:6], recorded_on="08-01")
    facts = some_facts(need, *first, *second, *records(YEAR[6], recorded_on="08-03"))
    made_up = the("period-backfilled", judged(facts, "08-10"))
    assert made_up.days == (on("08-01"), on("08-02"))
    assert made_up.periods == ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


def test_the_earliest_record_of_a_period_is_what_was_in_time() -> None:
    facts = some_facts(PLAIN, *records("05-01", "06-01"), *records("07-01", recorded_on="08-20"), *records(
        "07-01", item_id="x", recorded_on="08-18"))  # fmt: skip
    late = the("period-late", judged(facts, "08-20"))
    assert late.days == (on("08-18"),)
    assert [item.id for item in late.items] == ["e-2026-07", "x"]


def test_of_a_day_far_ahead_the_next_two_years_of_months_are_named() -> None:
    coming = the("period-upcoming", judged(SPRING, "2036-08-10", "08-20"))
    assert (len(coming.periods), coming.periods[0], coming.periods[-1]) == (24, "2026-08", "2028-07")


@pytest.mark.parametrize(("required", "severity"), [(True, Severity.BLOCKING), (False, Severity.MAJOR)])
def test_a_missing_period_weighs_as_missing_evidence(required: bool, severity: Severity) -> None:
    facts = some_facts(some_need(cadence="monthly", required=required), *records("05-01", "07-01"))
    assert the("period-missing", judged(facts, "08-10")).severity is severity
    assert standing(facts, "08-10").status is Status.GAP


def test_late_and_made_up_periods_are_observed_and_coming_ones_are_to_do() -> None:
    assert the("period-late", judged(LATE, "08-20")).severity is Severity.OBSERVATION
    assert the("period-backfilled", judged(some_facts(PLAIN, *ONE_DAY), "08-10")).severity is Severity.OBSERVATION
    assert the("period-upcoming", judged(SPRING, "09-01")).severity is Severity.TO_DO
    assert standing(LATE, "08-20").status is standing(SPRING, "09-01").status is Status.MET


def test_an_optional_record_of_months_is_there_whatever_its_age() -> None:
    facts = some_facts(OPTIONAL._replace(max_age_days=45), *records("05-01"))
    assert standing(facts, "08-31").status is Status.MET


@pytest.mark.parametrize(("stage", "severity"), [(1, Severity.AT_RISK), (2, Severity.BLOCKING)])
def test_a_short_history_blocks_stage_2_only(stage: int, severity: Severity) -> None:
    facts = some_facts(EVENTS, some_proof("05-10"))
    assert the("history-too-short", judged(facts, "08-09", stage=stage)).severity is severity


@pytest.mark.parametrize(
    ("facts", "as_of", "known_on", "start", "enough_on"),
    [
        (some_facts(EVENTS, some_proof("05-10")), "08-09", "08-09", "05-10", "08-10"),
        (some_facts(EVENTS, some_proof("2025-11-30")), "01-10", "01-10", "2025-11-30", "02-28"),
        (some_facts(MONTHLY, *records("05-10"), start_of_operation="05-01"), "07-31", "06-10", "05-01", "08-01"),
        (some_facts(EVENTS), "08-10", "08-10", "08-10", "11-10"),
        (some_facts(EVENTS), "08-01", "08-10", "08-10", "11-10"),
        (some_facts(EVENTS, start_of_operation="09-05"), "08-10", "08-10", "09-05", "12-05"),
        (some_facts(MONTHLY), "08-15", "08-15", "07-01", "10-01"),
        (some_facts(MONTHLY), "08-16", "08-16", "08-01", "11-01"),
        (some_facts(MONTHLY, start_of_operation="08-05"), "08-10", "08-10", "08-05", "11-05"),
        (some_facts(MONTHLY, start_of_operation="10-05"), "08-10", "08-10", "10-05", "2027-01-05"),
        (some_facts(MONTHLY, *records("08-10"), start_of_operation="08-05"), "08-31", "08-10", "08-05", "11-05"),
        (some_facts(MONTHLY, some_proof("08-03")), "08-10", "08-10", "07-01", "10-01"),
    ],
)
def test_a_short_history_names_where_it_begins_and_the_first_day_it_is_long_enough(
    facts: Facts, as_of: str, known_on: str, start: str, enough_on: str
) -> None:
    found = the("history-too-short", judged(facts, as_of, known_on))
    assert found.days == (on(start), on(enough_on))
    assert found.possible_from == on(enough_on)
    assert found.act_by is None
    assert enough_on[-5:] in found.message.in_("zh")
    day_before = (on(enough_on) - timedelta(days=1)).isoformat()
    assert "history-too-short" in codes(judged(facts, day_before, known_on))
    assert "history-too-short" not in codes(judged(facts, enough_on, known_on))


@pytest.mark.parametrize(
    ("facts", "as_of", "code", "sentence"),
    [
        (HOLE, "08-10", "period-missing", "Incident records: no accepted evidence for 2026-06."),
        (LATE, "08-20", "period-late", "Incident records: recorded late for 2026-07."),
        (some_facts(PLAIN, *ONE_DAY), "08-10", "period-backfilled",
         "Incident records: 2026-05, 2026-06, 2026-07 were all recorded on one day."),
        (SPRING, "09-01", "period-upcoming",
         "Incident records: still to be collected for 2026-08, the first by 2026-09-15."),
        (some_facts(EVENTS), "08-10", "history-too-short",
         "Incident records: no history yet; begun now, 3 months are reached on 2026-11-10."),
        (some_facts(EVENTS, some_proof("05-10")), "08-09", "history-too-short",
         "Incident records: records begin on 2026-05-10; 3 months are reached on 2026-08-10."),
        (some_facts(MONTHLY, some_proof("08-03")), "08-10", "history-too-short",
         "Incident records: no history yet; begun now, 3 months are reached on 2026-10-01."),
    ],
)  # fmt: skip
def test_the_sentence_in_both_languages(facts: Facts, as_of: str, code: str, sentence: str) -> None:
    found = the(code, judged(facts, as_of))
    assert found.message.in_("en") == sentence
    assert found.message.in_("zh").startswith(NAME.zh)
    assert "{" not in found.message.in_("zh") + found.next_step.in_("zh")
