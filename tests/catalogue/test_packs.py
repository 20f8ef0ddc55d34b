"""The packs that come with the product: complete, in both languages, and in agreement with each other."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from app.catalogue.crosswalk import Crosswalk, Integration, crosswalk_from_body, crosswalk_to_body, unknown_clauses
from app.catalogue.pack import Action, ClauseType, Coverage, Kind, Pack, digest_of, pack_from_body, pack_to_body
from app.catalogue.reading import shipped
from app.language import Text

CHINESE = re.compile("[\u4e00-\u9fff]")
WIDE = re.compile("[\u2e80-\uffef]")
PACKS = {pack.id: pack for pack in shipped() if isinstance(pack, Pack)}
CROSSWALKS = {each.id: each for each in shipped() if isinstance(each, Crosswalk)}
EDITION_2018, EDITION_2011, ISMS = PACKS["iso20000-1-2018"], PACKS["iso20000-1-2011"], PACKS["iso27001-2022"]


def texts_in(value: object, place: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every text of a pack or crosswalk with the place where it stands."""
    if isinstance(value, Text):
        yield place, value
    elif is_dataclass(value):
        name = getattr(value, "id", None) or getattr(value, "number", None) or getattr(value, "clause", "")
        for each in fields(value):
            yield from texts_in(getattr(value, each.name), f"{place}/{name}.{each.name}")
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_in(each, place)


def test_three_packs_and_two_crosswalks_are_shipped() -> None:
    assert set(PACKS) == {"iso20000-1-2018", "iso20000-1-2011", "iso27001-2022"}
    assert set(CROSSWALKS) == {"crosswalk-2011-2018", "crosswalk-2018-27001"}


def test_the_2018_pack_is_whole() -> None:
    pack = EDITION_2018
    assert (len(pack.clauses), len(pack.expectations), len(pack.glossary), len(pack.processes)) == (88, 175, 52, 19)
    listed = [item for clause in pack.clauses for item in clause.documented_information]
    assert (len(listed), len(pack.documented_information)) == (77, 65)
    assert pack.coverage is Coverage.FULL
    assert (pack.reference, pack.published, pack.status) == ("ISO/IEC 20000-1:2018", "2018-09", None)
    assert {clause.number.split(".")[0] for clause in pack.clauses} == {"4", "5", "6", "7", "8", "9", "10"}


def test_the_2011_pack_is_whole_and_says_that_it_is_withdrawn() -> None:
    pack = EDITION_2011
    assert (len(pack.clauses), len(pack.expectations)) == (53, 174)
    assert pack.status is not None
    assert "Withdrawn" in pack.status.en
    assert {process.group.en for process in pack.processes if process.group} == {
        "Service delivery processes",
        "Relationship processes",
        "Resolution processes",
        "Control processes",
    }


def test_the_13_processes_of_2011_are_grouped_and_clause_5_is_run_like_one() -> None:
    grouped = [process.key for process in EDITION_2011.processes if process.group]
    assert len(grouped) == 13
    assert [process.key for process in EDITION_2011.processes if not process.group] == ["design-transition"]
    design = [clause.number for clause in EDITION_2011.clauses if clause.process_key == "design-transition"]
    assert design == ["5", "5.1", "5.2", "5.3", "5.4"]


def test_154_expectations_are_the_same_in_both_editions() -> None:
    ids_2018, ids_2011 = ({each.id for each in pack.expectations} for pack in (EDITION_2018, EDITION_2011))
    assert len(ids_2018 & ids_2011) == 154


def test_each_2018_process_but_one_came_from_a_2011_process() -> None:
    known = {process.key for process in EDITION_2011.processes}
    assert {process.process_2011 for process in EDITION_2018.processes} <= known | {None}
    assert [each.key for each in EDITION_2018.processes if each.process_2011 is None] == ["design-transition"]


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_a_clause_with_a_process_stands_at_or_below_the_clause_of_the_process(pack: Pack) -> None:
    clause_of = {process.key: process.clause for process in pack.processes}
    for clause in pack.clauses:
        if clause.process_key:
            assert f"{clause.number}.".startswith(f"{clause_of[clause.process_key]}.")
    keys = {clause.number: clause.process_key for clause in pack.clauses}
    assert all(keys[process.clause] == process.key for process in pack.processes)


@pytest.mark.parametrize("each", shipped(), ids=lambda each: each.id)
def test_every_text_is_there_in_chinese_and_in_english(each: Pack | Crosswalk) -> None:
    texts = list(texts_in(each))
    assert len(texts) > 30
    assert [place for place, text in texts if not CHINESE.search(text.zh)] == []
    assert [place for place, text in texts if WIDE.search(text.en) or not re.search("[A-Za-z]{2}", text.en)] == []


def test_every_term_is_there_in_chinese_and_in_english() -> None:
    for term in EDITION_2018.glossary:
        assert CHINESE.search(term.zh)
        assert not WIDE.search(term.en)


def test_an_artefact_is_the_same_thing_in_every_framework_that_expects_it() -> None:
    same = ("kind", "action", "cadence", "max_age_days", "history_months", "approval_required", "nil_return", "name")
    first: dict[str, dict[str, object]] = {}
    for pack in PACKS.values():
        for each in pack.expectations:
            facts = {name: getattr(each, name) for name in same}
            assert first.setdefault(each.id, facts) == facts, each.id


def test_records_and_reports_are_retained_and_policies_are_maintained() -> None:
    for pack in PACKS.values():
        for each in pack.expectations:
            if each.kind in {Kind.RECORD, Kind.REPORT} or each.history_months:
                assert each.action is Action.RETAIN, each.id
            if each.kind in {Kind.POLICY, Kind.PROCEDURE, Kind.AGREEMENT}:
                assert each.action is Action.MAINTAIN, each.id


@pytest.mark.parametrize(
    ("retained", "expectation_id"),
    [
        *((True, each) for each in ("configuration-information", "new-service-plan", "release-plan")),
        *((True, each) for each in ("service-acceptance-criteria", "service-design-package")),
        *((True, each) for each in ("internal-audit-plan", "management-review-plan", "change-proposal-prioritisation")),
        *((True, each) for each in ("service-report-actions", "management-review-actions")),
        (False, "internal-audit-programme"),
    ],
)
def test_what_is_made_anew_each_time_is_retained(retained: bool, expectation_id: str) -> None:
    """The borderline cases that DECISIONS.md, 8, names."""
    found = {each.action for pack in PACKS.values() for each in pack.expectations if each.id == expectation_id}
    assert found == {Action.RETAIN if retained else Action.MAINTAIN}


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_required_means_that_the_standard_demands_it_in_writing(pack: Pack) -> None:
    covered = {item for each in pack.expectations for item in each.covers}
    assert covered == {item.id for item in pack.documented_information}
    assert [each.id for each in pack.expectations if each.required is not bool(each.covers)] == []


@pytest.mark.parametrize("pack", [EDITION_2018, EDITION_2011], ids=lambda pack: pack.id)
def test_every_demanding_clause_has_something_to_show(pack: Pack) -> None:
    empty = [each.number for each in pack.clauses if not each.expectations and not each.shared]
    types = {clause.number: clause.type for clause in pack.clauses}
    assert {types[number] for number in empty} <= {ClauseType.HEADING}


def test_the_27001_pack_is_partial_and_requires_nothing_for_annex_a() -> None:
    assert ISMS.coverage is Coverage.PARTIAL
    assert [each.id for each in ISMS.expectations if each.required and each.clause.startswith("A.")] == []
    own = {each.id for each in ISMS.expectations if each.id.startswith("isms-")}
    known = {each.id for each in EDITION_2018.expectations}
    assert 5 <= len(own) <= 10
    assert {each.id for each in ISMS.expectations} - known == own


def test_what_27001_shares_is_never_kept_separate_in_the_crosswalk() -> None:
    rows = {row.clause: row for row in CROSSWALKS["crosswalk-2018-27001"].rows}
    home = {each.id: each.clause for each in EDITION_2018.expectations}
    shared = [each.id for each in ISMS.expectations if each.id in home]
    assert [each for each in shared if rows[home[each]].integration is Integration.SEPARATE] == []


@pytest.mark.parametrize("crosswalk", CROSSWALKS.values(), ids=CROSSWALKS.keys())
def test_a_crosswalk_names_only_clauses_that_exist_and_leaves_none_out(crosswalk: Crosswalk) -> None:
    first, second = PACKS[crosswalk.from_id], PACKS[crosswalk.to_id]
    assert unknown_clauses(crosswalk, first, second) == ()
    demanding = {clause.number for clause in first.clauses if clause.type is ClauseType.REQUIREMENT}
    assert demanding <= {row.clause for row in crosswalk.rows}


def test_unknown_clauses_of_a_crosswalk_are_named_once_and_in_order() -> None:
    crosswalk = CROSSWALKS["crosswalk-2011-2018"]
    missing = unknown_clauses(crosswalk, EDITION_2018, EDITION_2018)
    assert missing[0] == (("rows", 0, "from"), "iso20000-1-2011 4.1.1")
    assert len(missing) == len(set(missing)) == len(crosswalk.rows)


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS.keys())
def test_a_pack_survives_being_stored(pack: Pack) -> None:
    stored = json.loads(json.dumps(pack_to_body(pack)))
    assert pack_from_body(stored) == pack
    assert digest_of(stored) == pack.digest


@pytest.mark.parametrize("crosswalk", CROSSWALKS.values(), ids=CROSSWALKS.keys())
def test_a_crosswalk_survives_being_stored(crosswalk: Crosswalk) -> None:
    stored = json.loads(json.dumps(crosswalk_to_body(crosswalk)))
    assert crosswalk_from_body(stored) == crosswalk
    assert digest_of(stored) == crosswalk.digest


def test_a_digest_looks_at_content_and_not_at_the_order_of_fields() -> None:
    assert digest_of({"a": 1, "b": "服务"}) == digest_of({"b": "服务", "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    assert len({each.digest for each in shipped()}) == len(shipped())


def test_a_pack_is_made_from_its_body_in_a_few_milliseconds() -> None:
    body = pack_to_body(EDITION_2018)
    runs = []
    for _ in range(10):
        start = time.perf_counter()
        pack_from_body(body)
        runs.append(time.perf_counter() - start)
    assert min(runs) < 0.005


def test_the_values_of_a_pack_need_neither_yaml_nor_pydantic() -> None:
    code = "import sys, app.catalogue.pack, app.catalogue.crosswalk; print({'yaml', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
