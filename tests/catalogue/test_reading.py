"""Pack files: what is read, what is refused, and how exactly a refusal says where."""

import importlib
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogue import marked, reading
from app.catalogue.crosswalk import Crosswalk, Relation
from app.catalogue.pack import Cadence, Expectation, Pack, pack_to_body
from app.catalogue.reading import read_pack, read_source, shipped
from app.errors import Invalid, TooLarge
from app.language import Text

OWN = """\
schema_version: 1
framework:
  id: house-rules
  version: "1.0.0"
  reference: House rules
  edition: 1
  published: "2026-01"
  coverage: full
  title_en: House rules
  title_zh: 内部规定
processes:
  - {key: desk, clause: "1.1", name_en: Service desk, name_zh: 服务台}
clauses:
  - number: "1"
    parent: null
    type: heading
    title_en: Support
    title_zh: 支持
    summary_en: Help for users.
    summary_zh: 为用户提供帮助。
  - number: "1.1"
    parent: "1"
    type: requirement
    process_key: desk
    title_en: Desk
    title_zh: 服务台
    summary_en: There is a desk.
    summary_zh: 设有服务台。
    documented_information:
      - {id: di-desk, kind: record, basis: recorded, action: retain, name_en: Calls, name_zh: 来电}
    expectations:
      - {id: desk-records, kind: record, action: retain, stage: 2, cadence: monthly, max_age_days: 45,
         history_months: 3, approval_required: false, required: true,
         name_en: Desk records, name_zh: 服务台记录, covers: [di-desk]}
"""
CADENCES = "none, monthly, quarterly, semiannual, annual, per_event"
ID_RULE = "has to be lower-case letters and digits, in words joined by hyphens or full stops"
MAP = """\
schema_version: 1
crosswalk: {id: house-map, version: "1.0.0", from: house-rules, to: iso20000-1-2018, title_en: Map, title_zh: 映射}
rows:
  - from: "1.1"
    to:
      - {clause: "8.6.1", relation: subset}
"""


def own(old: str = "", new: str = "") -> str:
    """Return our own pack with one piece of it replaced."""
    assert old in OWN
    return OWN.replace(old, new, 1)


def problems(source: bytes | str | Path, name: str = "my.yaml") -> list[str]:
    """Return the lines of the refusal, which has to come."""
    with pytest.raises(Invalid) as refusal:
        read_pack(source, name)
    return str(refusal.value).removeprefix("The pack cannot be used: ").split("\n")


def test_a_pack_of_ones_own_is_read_with_its_defaults() -> None:
    pack = read_pack(OWN)
    assert isinstance(pack, Pack)
    assert (pack.id, pack.title, pack.note, pack.glossary) == ("house-rules", Text("House rules", "内部规定"), None, ())
    [expectation] = pack.expectations
    assert isinstance(expectation, Expectation)
    assert (expectation.clause, expectation.cadence, expectation.covers) == ("1.1", Cadence.MONTHLY, ("di-desk",))
    assert (expectation.optional, expectation.nil_return) == (False, False)


def test_a_crosswalk_of_ones_own_is_read() -> None:
    crosswalk = read_pack(MAP)
    assert isinstance(crosswalk, Crosswalk)
    assert (crosswalk.from_id, crosswalk.to_id) == ("house-rules", "iso20000-1-2018")
    assert [target.relation for row in crosswalk.rows for target in row.targets] == [Relation.SUBSET]


def test_text_bytes_and_path_mean_the_same(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    assert read_pack(file) == read_pack(OWN.encode()) == read_pack(OWN)


def test_what_is_stored_of_a_pack_can_be_read_again() -> None:
    pack = read_pack(OWN)
    assert isinstance(pack, Pack)
    assert read_pack(yaml.safe_dump(pack_to_body(pack), allow_unicode=True)) == pack


def test_a_path_names_its_file_in_the_refusal(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(own("type: heading", "type: header"), encoding="utf-8")
    refusal = "own.yaml:16: clauses[0].type: 'header' is not one of heading, requirement, informative"
    assert problems(file, "") == [refusal]


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("monthly", "weekly", f"32: clauses[1].expectations[0].cadence: 'weekly' is not one of {CADENCES}"),
        ("stage: 2", "stage: 3", "32: clauses[1].expectations[0].stage: 3 is more than 2"),
        ("stage: 2", "stage: true", "32: clauses[1].expectations[0].stage: true is not a whole number"),
        ("required: true", "required: yes", "33: clauses[1].expectations[0].required: 'yes' is neither true nor false"),
        ("days: 45", "days: 0", "32: clauses[1].expectations[0].max_age_days: 0 is less than 1"),
        ("days: 45", "days: soon", "32: clauses[1].expectations[0].max_age_days: 'soon' is not a whole number"),
        ("covers: [di-desk]", "covers: di-desk", "34: clauses[1].expectations[0].covers: 'di-desk' is not a list"),
        ("name_zh: 服务台记录", "name_zh: ' '", "34: clauses[1].expectations[0].name_zh: ' ' must not be empty"),
        ("name_zh: 服务台记录, ", "", "32: clauses[1].expectations[0].name_zh: is missing"),
        ("    title_zh: 支持\n", "", "14: clauses[0].title_zh: is missing"),
        ("parent: null", "parant: null", "15: clauses[0].parant: is not a known field"),
        ('number: "1.1"', "number: 1.1",
         "21: clauses[1].number: 1.1 is not text; put it in quotes if it is meant to be"),
        ('version: "1.0.0"', "version: v1", "4: framework.version: 'v1' has to be a version such as 1.0.0"),
        ("id: house-rules", "id: House Rules", f"3: framework.id: 'House Rules' {ID_RULE}"),
        ("schema_version: 1", "schema_version: 2", "1: schema_version: 2 is more than 1"),
        ('number: "1.1"', 'number: "1"', "21: clauses[1].number: '1' is there twice, first at clauses[0]"),
        ('parent: "1"', 'parent: "2"', "22: clauses[1].parent: there is no clause '2' before this one"),
        ('parent: "1"', 'parent: "1.1"', "22: clauses[1].parent: there is no clause '1.1' before this one"),
        ("process_key: desk", "process_key: help", "24: clauses[1].process_key: there is no 'help' in this file"),
        ('clause: "1.1"', 'clause: "1.2"', "12: processes[0].clause: there is no '1.2' in this file"),
        ("[di-desk]", "[di-disk]", "34: clauses[1].expectations[0].covers[0]: there is no 'di-disk' in this file"),
        ("[di-desk]", "[di-desk, di-desk]", "34: clauses[1].expectations[0].covers[1]: 'di-desk' is there twice"),
        ("action: retain, name", "action: retain, refers_to: di-desk, name",
         "30: clauses[1].documented_information[0].refers_to: there is no 'di-desk' in this file"),
        ("required: true", "required: true, optional: true",
         "33: clauses[1].expectations[0].optional: cannot be true where required is true"),
        ("title_zh: 内部规定", "title_zh: 内部规定\n  note_en: Ours",
         "2: framework.note_zh: is missing: every text is needed in both languages"),
        ("    expectations:", "    shared: [nothing]\n    expectations:",
         "31: clauses[1].shared[0]: there is no 'nothing' in this file"),
        ("    expectations:", "    shared: [desk-records]\n    expectations:",
         "31: clauses[1].shared[0]: 'desk-records' is declared at this very clause"),
        ("    type: heading", "    type: heading\n    type: heading", "17: clauses[0].type: is there twice"),
        ("title_zh: 支持", "title_zh: &a 支持",
         "18: clauses[0].title_zh: uses an alias or anchor (* or &), which is not allowed"),
        ("title_zh: 支持", "title_zh: *a",
         "18: clauses[0].title_zh: uses an alias or anchor (* or &), which is not allowed"),
        ("title_zh: 支持", "title_zh: !!str 支持", "18: clauses[0].title_zh: uses a tag (!), which is not allowed"),
        ("title_zh: 支持", 'title_zh: "a\\0"', "18: clauses[0].title_zh: has a character that is not text"),
        ("title_zh: 支持", 'title_zh: "支\\u202E持"', "18: clauses[0].title_zh: has a character that is not text"),
        ("title_zh: 支持", "title_zh: 支\u2066持", "18: has a character that is not text"),
        ("title_zh: 支持", "title_zh: Support", "18: clauses[0].title_zh: 'Support' has no Chinese"),
        ("title_zh: 支持", "title_zh: Помощь", "18: clauses[0].title_zh: 'Помощь' has no Chinese"),
        ('"2026-01"', '"2026-99-99"', "7: framework.published: '2026-99-99' is no day"),
        ('"2026-01"', '"2026-13"', "7: framework.published: '2026-13' is no day"),
        ('"2026-01"', '"2026-02-29"', "7: framework.published: '2026-02-29' is no day"),
        ("title_zh: 支持", "title_zh: a\0", "18: has a character that is not text"),
        ("title_zh: 支持", "title_zh: 'a", "35: is not YAML: found unexpected end of stream"),
        ("clauses:", "---\nclauses:", "13: has more than one document"),
        ("title_zh: 支持", "title_zh: " + "[" * 30 + "]" * 30,
         "18: clauses[0].title_zh" + "[0]" * 17 + ": is nested more than 20 levels deep"),
        ("title_zh: 支持", "[a, b]: 支持", "18: clauses[0]: has a field name that is not a word"),
    ],
)  # fmt: skip
def test_a_refusal_names_file_line_and_field(old: str, new: str, refusal: str) -> None:
    assert f"my.yaml:{refusal}" in problems(own(old, new))


@pytest.mark.parametrize("code", ["SLA", "ISO/IEC 20000-1:2018", "8.6.1", "A-01", "㐀"])
def test_a_code_or_number_is_the_same_in_chinese(code: str) -> None:
    assert isinstance(read_pack(own("title_zh: 支持", f'title_zh: "{code}"')), Pack)


@pytest.mark.parametrize("day", ["2026", "2028-02", "2028-02-29"])
def test_a_pack_is_published_in_a_year_in_a_month_or_on_a_day(day: str) -> None:
    assert isinstance(read_pack(own('"2026-01"', f'"{day}"')), Pack)


def test_a_source_says_where_its_parts_stand() -> None:
    source = read_source(MAP, "my.yaml")
    assert source.where(("rows", 0, "to", 0, "clause")) == "my.yaml:6: rows[0].to[0].clause"


def test_an_expectation_is_declared_once() -> None:
    again = "      - {id: desk-records,"
    entry = OWN[OWN.index(again) :]
    assert problems(OWN + entry)[-1] == (
        "my.yaml:35: clauses[1].expectations[1].id: 'desk-records' is there twice, first at clauses[1].expectations[0]"
    )


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("subset", "similar", "6: rows[0].to[0].relation: 'similar' is not one of equal, superset, subset, intersects"),
        ('from: "1.1"', 'from: "1.1"\n    integration: both',
         "5: rows[0].integration: 'both' is not one of single, joint, separate"),
        ("to: iso20000-1-2018", "to: house-rules", "2: crosswalk.to: has to be another framework than from"),
        ("rows:", 'rows:\n  - {from: "1.1", to: []}', "5: rows[1].from: '1.1' is there twice, first at rows[0]"),
        ("relation: subset}", 'relation: subset}\n      - {clause: "8.6.1", relation: equal}',
         "7: rows[0].to[1].clause: '8.6.1' is there twice, first at rows[0].to[0]"),
        ("relation: subset", "relation: subset, note_zh: 说明",
         "6: rows[0].to[0].note_en: is missing: every text is needed in both languages"),
    ],
)  # fmt: skip
def test_a_crosswalk_is_held_to_its_rules(old: str, new: str, refusal: str) -> None:
    assert f"my.yaml:{refusal}" in problems(MAP.replace(old, new, 1))


def test_all_problems_are_listed_in_the_order_of_their_lines() -> None:
    wrong = OWN.replace("monthly", "weekly").replace('parent: "1"', 'parent: "9"').replace("full", "most")
    assert [line.split(":")[1] for line in problems(wrong)] == ["8", "22", "32"]


def test_fifty_problems_are_listed_and_the_others_counted() -> None:
    lines = problems(OWN + "".join(f"extra{number}: 1\n" for number in range(60)))
    assert len(lines) == 51
    assert lines[-1] == "and 10 more"


def test_a_refusal_can_be_said_in_chinese_whatever_the_file_holds() -> None:
    with pytest.raises(Invalid) as refusal:
        read_pack(own("type: heading", 'type: "{0} {x} %s"'))
    assert "{0} {x} %s" in refusal.value.message.in_("zh")


@pytest.mark.parametrize("content", [b"", b"\n# nothing\n", b"word", b"- 1\n- 2", b"12", b"null", b"~"])
def test_a_file_without_fields_is_refused(content: bytes) -> None:
    assert problems(content) == ["my.yaml:1: has to hold named fields"]


def test_broken_utf_8_is_refused_at_its_line() -> None:
    assert problems(b"a: 1\nb: \xff\n") == ["my.yaml:2: is not text in UTF-8"]
    assert problems("a: 1\nb: \ud800\n") == ["my.yaml:2: is not text in UTF-8"]


def test_a_file_past_the_limit_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b" " * (reading.MAX_BYTES + 1))
    with pytest.raises(TooLarge, match=r"large.yaml is larger than 10 MB\."):
        read_pack(file)
    with pytest.raises(TooLarge):
        read_pack(file.read_text(), "large.yaml")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"gone\.yaml cannot be read: No such file"):
        read_pack(tmp_path / "gone.yaml")
    with pytest.raises(Invalid, match="cannot be read"):
        read_pack(tmp_path)


def test_a_refusal_stays_short_and_in_its_line_whatever_the_file_holds() -> None:
    [line, *others] = problems(own('parent: "1"', 'parent: "' + "9" * 100_000 + '\\n"'))
    assert len(line) < 200
    assert [other for other in others if not other.startswith("my.yaml:22: ")] == []
    assert problems('"a\\nb": 1')[-1] == r"my.yaml:1: 'a\nb': is not a known field"


def test_a_file_with_very_many_values_is_refused_early() -> None:
    [line] = problems("a: [" + "1," * 300_000 + "]")
    assert line.endswith(": has more than 200000 values")


HOSTILE = [
    b"[" * 100_000,
    b"{a: " * 100_000,
    b"- " * 100_000,
    b"? " * 50_000,
    b"a: &a [1]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n",
    b"<<: {a: 1}\n",
    b"a: !!python/object/apply:os.system ['true']\n",
    b"%YAML 1.99999999999999999999999999\n---\na: 1\n",
    b"%TAG ! tag:example.com,2026:\n---\na: !b 1\n",
    b'a: "\\UFFFFFFFF"\n',
    b'a: "\\uD800"\n',
    b"a: " + b"9" * 10_000 + b"\n",
    b"a: 1e999\n",
    b"a: 0x" + b"f" * 10_000 + b"\n",
    b"a: 1:2:3:4\n",
    b"clauses: {}\nframework: []\nschema_version: {}\n",
    b"crosswalk: []\nrows: {a: 1}\nnew: 3\n",
    b"clauses: [1, [2], {number: [3], expectations: {a: 1}, shared: [[1], {}], covers: 1}]\n",
    b"\xff\xfea\0:\0 \0001\0",
    b"a:\tb\n\tc: d\n",
    b"*a : 1\n",
    b"'" * 9_999,
]


@pytest.mark.parametrize("content", HOSTILE)
@pytest.mark.parametrize("loader", [marked.LOADER, yaml.SafeLoader])
def test_hostile_files_are_only_ever_refused(content: bytes, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "LOADER", loader)
    assert problems(content)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.text("abc:-[]{}&*!|>'\"%@#?, \n", max_size=80)))
def test_whatever_the_bytes_the_answer_is_a_pack_or_a_refusal(content: bytes | str) -> None:
    with pytest.raises(Invalid):
        read_pack(content, "my.yaml")


PIECES = st.one_of(
    st.sampled_from(
        ["1", '"1.1"', "true", "null", "[]", "{}", "[1]", "{a: 1}", "x", "", "''", "&a x", "*a", "服务", "-1"]
    ),
    st.text(max_size=5),
)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, OWN.count(" ")), PIECES, st.sampled_from([OWN, MAP]))
def test_a_damaged_pack_is_read_or_refused_and_never_breaks(position: int, piece: str, whole: str) -> None:
    words = whole.split(" ")
    words[position % len(words)] = piece
    with suppress(Invalid):
        assert isinstance(read_pack(" ".join(words)), Pack | Crosswalk)


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
VALUES = PLAIN | st.lists(PLAIN, max_size=2)
FIELDS = st.sampled_from(["number", "parent", "expectations", "shared", "id", "covers", "required", "optional", "to"])
PARTS = st.lists(PLAIN | st.dictionaries(FIELDS, VALUES, max_size=4), max_size=2)
TREES = st.dictionaries(
    st.sampled_from(["schema_version", "framework", "processes", "clauses", "crosswalk", "rows", "new"]),
    VALUES | PARTS | st.lists(st.dictionaries(FIELDS, PARTS, max_size=3), max_size=2),
)


@settings(deadline=None)
@given(TREES)
def test_fields_of_any_type_are_refused_in_words(tree: object) -> None:
    assert problems(yaml.safe_dump(tree))


def test_the_reader_works_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    monkeypatch.delitem(sys.modules, "app.catalogue.marked")
    assert importlib.import_module("app.catalogue.marked").LOADER is yaml.SafeLoader


def test_the_shipped_packs_read_the_same_with_and_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = shipped()
    monkeypatch.setattr(marked, "LOADER", yaml.SafeLoader)
    assert shipped.__wrapped__() == usual
