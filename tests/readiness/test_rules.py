"""Every code is in a table, and no rule can be taken away without a table noticing."""

import pytest

from app.readiness import engine
from app.readiness.findings import CODES
from app.readiness.rules import PROGRAMME_RULES, RULES, Rule
from tests.readiness import test_documents, test_evidence, test_history, test_items, test_programme, test_waivers
from tests.readiness.builders import Row, codes, table

TABLES: tuple[Row, ...] = table(
    test_evidence.TABLE,
    test_history.TABLE,
    test_documents.TABLE,
    test_items.TABLE,
    test_waivers.TABLE,
    test_programme.TABLE,
)


def test_every_code_is_in_a_table_and_no_table_knows_another() -> None:
    assert {code for row in TABLES for code in row.codes} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_day_without_it_beside_a_day_with_it(code: str) -> None:
    with_it = {(row.what, row.stage) for row in TABLES if code in row.codes}
    without = {(row.what, row.stage) for row in TABLES if code not in row.codes}
    assert with_it & without or code == "stage-gap"  # which depends on planned days, not on the day judged


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_cannot_be_taken_away(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RULES", tuple(each for each in RULES if each is not rule))
    assert any(codes(row.judge()) != list(row.codes) for row in TABLES)


@pytest.mark.parametrize("rule", PROGRAMME_RULES, ids=lambda rule: rule.__name__)
def test_a_rule_of_the_programme_cannot_be_taken_away(rule: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PROGRAMME_RULES", tuple(each for each in PROGRAMME_RULES if each is not rule))
    assert any(codes(row.judge()) != list(row.codes) for row in TABLES)


@pytest.mark.parametrize("row", TABLES, ids=str)
def test_what_is_said_names_the_last_safe_day_only_while_it_is_ahead(row: Row) -> None:
    assessment = row.judge()
    for standing in assessment.standings:
        for finding in (*standing.findings, *assessment.findings):
            assert finding.act_by is None or finding.act_by >= assessment.known_on
            assert finding.possible_from is None or finding.possible_from > min(assessment.as_of, assessment.known_on)
