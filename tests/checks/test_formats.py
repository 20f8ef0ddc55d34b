"""What holds for every format, on reports of the engine and of a real database."""

import json
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.checks.formats import FORMATS, Options, codes, outlook, render, wording
from app.checks.report import Report
from app.checks.service import Question, check
from app.checks.snapshots import report_body
from app.errors import Invalid
from app.language import LANGUAGES, say
from app.readiness.facts import Facts
from app.readiness.findings import CODES, Severity, Verdict
from tests.builders import AT, House, some_document, some_evidence
from tests.checks.builders import (
    AUDIT,
    F2011,
    F2018,
    HOSTILE,
    everything,
    gaps,
    ids_where,
    limited,
    renamed,
    some_report,
    without,
)

ROOT = Path(__file__).parent.parent.parent
EVERY = [(name, language) for name in FORMATS for language in LANGUAGES]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_report_of_a_real_database_is_written_in_every_format(house: House, name: str, language: str) -> None:
    title = "\u202e ]]> <script>|@all `x` \U0001f469\u200d\U0001f467 שלום " + "很长的标题" * 40
    some_evidence(house, title=title)
    some_document(house)
    report = check(house.session, house.programme, Question(2), actor=house.officer, known_at=AT)
    text = render(report, name, language=language)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert report.verdict is Verdict.NOT_READY
    assert {"json": "not-ready", "sarif": "not-ready", "junit": "not-ready"}.get(name, "") in text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_titles_cannot_break_out_of_a_format(name: str, language: str) -> None:
    report = hostile()
    baseline = report_body(some_report(everything()))
    text = render(report, name, language=language, options=Options(baseline=baseline))
    text.encode()
    characters = set(json.dumps(json.loads(text)) if name in {"json", "sarif"} else text)
    assert not {each for each in characters if ord(each) < 32 and each != "\n"}
    assert not characters & set("\x7f\x9b\u202a\u202e\u2066\u2067\u2068\u2069\ufffe")
    if name in {"junit", "badge"}:
        ET.fromstring(text)  # noqa: S314 (our own document)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_is_written_the_same_way(name: str) -> None:
    assert render(some_report(), name, language="zh") == render(some_report(), name, language="zh")


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_programme_without_frameworks_is_written_as_one_that_cannot_be_evaluated(name: str, language: str) -> None:
    text = render(some_report(frameworks=()), name, language=language)
    word = wording.VERDICTS[Verdict.CANNOT_EVALUATE].in_(language)
    assert word in text or word.upper() in text or "cannot-evaluate" in text


def test_every_format_has_a_module_an_ending_and_a_media_type() -> None:
    for name, form in FORMATS.items():
        assert callable(import_module(f"app.checks.formats.{name}").render)
        assert form.ending.startswith(".")
        assert "/" in form.media_type
    assert len({form.ending for form in FORMATS.values()}) == len(FORMATS)
    with pytest.raises(KeyError):
        render(some_report(), "pdf", language="en")


def test_importing_the_formats_imports_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); import app.checks.formats;"
        "print(*sorted(each for each in set(sys.modules) - before if not each.startswith('_')))"
    )
    words = (sys.executable, "-X", "utf8", "-c", program)
    loaded = set(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    ours = {each for each in loaded if each.split(".")[0] == "app"}
    assert ours == {"app", "app.checks", "app.checks.formats"}
    assert not loaded & {"json", "gettext", "wcwidth", "sqlalchemy", "yaml", "pydantic", "xml"}


def test_every_code_has_words_and_no_other_has() -> None:
    assert tuple(codes.CODES) == CODES
    for code in codes.CODES.values():
        assert code.meaning.in_("en").endswith(".")
        assert code.meaning.in_("zh").endswith("。")
        assert code.title.in_("zh") != code.title.in_("en")


def test_json_is_the_body_of_the_report_in_readable_letters() -> None:
    report = some_report()
    text = render(report, "json", language="en")
    assert json.loads(text) == report_body(report)
    assert list(json.loads(text)) == list(report_body(report))
    assert "云栈科技" in text
    assert "\\u" not in text


def test_json_with_a_baseline_says_what_is_new_closed_and_worse() -> None:
    missing, other = ids_where(required=True, optional=False)[:2]
    before = report_body(some_report(without(everything(), missing)))
    now = some_report(without(everything(), other))
    found = json.loads(render(now, "json", language="en", options=Options(baseline=before)))["comparison"]
    assert {each["subject"] for each in found["new"]} == {other}
    assert {each["subject"] for each in found["closed"]} == {missing}
    assert found["worsened"] == []
    again = json.loads(render(now, "json", language="en", options=Options(baseline=report_body(now))))
    assert again.pop("comparison") == {"new": [], "closed": [], "worsened": [], "left_out": []}
    assert again == report_body(now)


ODD = {"fingerprint": "1", "severity": "major", "code": "evidence-missing"}


@pytest.mark.parametrize("name", ["json", "text", "markdown", "sarif"])
@pytest.mark.parametrize(
    "change", ["empty", "other stage", "no stage", "no frameworks", "odd finding", "no rule of ours"]
)
def test_a_baseline_that_is_no_report_of_this_stage_is_refused(name: str, change: str) -> None:
    body: dict[str, Any] = report_body(some_report())
    match change:
        case "empty":
            body = {}
        case "other stage":
            body["stage"] = 1
        case "odd finding":
            body["frameworks"][0]["findings"].append({**ODD, "severity": "awful"})
        case "no rule of ours":
            body["frameworks"][0]["findings"].append({**ODD, "code": "made-up"})
        case _:
            del body[change.removeprefix("no ")]
    with pytest.raises(Invalid):
        render(some_report(), name, language="en", options=Options(baseline=body))


@pytest.mark.parametrize("name", ["text", "markdown", "sarif"])
def test_a_baseline_with_findings_of_odd_shape_is_still_compared(name: str) -> None:
    body: dict[str, Any] = report_body(some_report())
    body["frameworks"][0]["findings"].append({**ODD, "message": 7, "clause": None, "periods": 7})
    body |= {"known_on": None, "verdict": ["x"]}
    assert render(some_report(), name, language="zh", options=Options(baseline=body))


def test_the_exit_code_follows_the_verdict_and_is_only_tightened() -> None:
    ready, at_risk, not_ready = some_report(everything()), some_report(at_risk_facts()), some_report()
    assert [report.verdict for report in (ready, at_risk, not_ready)] == [
        Verdict.READY,
        Verdict.AT_RISK,
        Verdict.NOT_READY,
    ]
    for severity in Severity:
        assert outlook.exit_code(not_ready, severity) == 1
        assert outlook.exit_code(some_report(frameworks=()), severity) == 2
    assert [outlook.exit_code(at_risk, each) for each in ("blocking", "major", "at-risk", "observation")] == [
        0,
        0,
        1,
        1,
    ]
    assert [outlook.exit_code(ready, each) for each in ("at-risk", "observation", "info")] == [0, 1, 1]
    with pytest.raises(ValueError, match="fatal"):
        outlook.exit_code(ready, "fatal")


def test_the_conclusion_says_what_would_better_the_verdict() -> None:
    first, second = ids_where(required=True, optional=False, action="maintain")[:2]
    assert conclusion(some_report(everything())) == "READY (exit 0): nothing is missing; keep it so"
    assert conclusion(some_report(without(everything(), first))) == (
        "NOT READY (exit 1): settle 1 blocking finding to become ready"
    )
    assert conclusion(some_report(without(at_risk_facts(), first, second))) == (
        "NOT READY (exit 1): settle 2 blocking findings to become at risk"
    )
    assert conclusion(some_report(at_risk_facts())) == "AT RISK (exit 0): settle 1 finding at risk to become ready"
    assert conclusion(some_report(at_risk_facts()), "at-risk").startswith("AT RISK (exit 1): ")
    assert conclusion(some_report(everything()), "observation") == (
        "READY (exit 1): settle 11 observations for exit code 0"
    )


def test_the_conclusion_counts_what_two_frameworks_share_once() -> None:
    shared = next(each for each in ids_where(required=True, optional=False) if each in ids_where(F2011, required=True))
    facts = (without(everything(F2018), shared), without(everything(F2011), shared))
    assert "settle 1 blocking finding to" in conclusion(some_report(*facts, frameworks=(F2018, F2011)))


def test_the_conclusion_says_when_only_the_coverage_is_too_low() -> None:
    customary = ids_where(required=False, optional=False, history_months=None)
    report = some_report(limited(without(everything(), *customary), conditional_min_percent=95), min_percent=95)
    assert report.verdict is Verdict.NOT_READY
    assert report.heaviest is Severity.MAJOR
    score = report.frameworks[0].today.score
    said = "NOT READY (exit 1): raise the weighted coverage, now {score} %, to 95 % to become at risk"
    assert conclusion(report).startswith(said.format(score=score))
    assert outlook.covers_too_little(report.frameworks[0])
    assert not outlook.covers_too_little(some_report(everything()).frameworks[0])


def test_the_conclusion_of_what_cannot_be_evaluated_names_the_framework() -> None:
    report = some_report(Facts(needs=()))
    assert conclusion(report).startswith("CANNOT EVALUATE (exit 2): nothing of ISO/IEC 20000-1:2018 is expected")
    assert conclusion(some_report(frameworks=())) == "CANNOT EVALUATE (exit 2): add a framework to the programme"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (177, "in 177 days"), (-30, "30 days ago")],
)
def test_how_far_a_day_is_is_said_in_words(days: int, words: str) -> None:
    assert wording.in_days(days).in_("en") == words


def test_badges_say_label_and_verdict_in_words_a_screen_reader_finds() -> None:
    for language in LANGUAGES:
        for report in (some_report(), some_report(everything()), some_report(at_risk_facts()), some_report(Facts())):
            root = ET.fromstring(render(report, "badge", language=language))  # noqa: S314 (our own document)
            texts = [each.text for each in root.findall(".//{*}text")]
            word = wording.VERDICTS[report.verdict].in_(language)
            assert texts == [f"ISO/IEC 20000-1 {wording.STAGES[2].in_(language)}", word]
            title = root.find("{*}title")
            assert title is not None
            assert (
                title.text
                == root.get("aria-label")
                == say("{label}: {value}", label=texts[0], value=word).in_(language)
            )


def test_a_framework_of_ones_own_may_be_called_anything_on_a_badge() -> None:
    report = some_report()
    [framework] = report.frameworks
    odd = replace(framework, pack=replace(framework.pack, reference='A & <B> "C":2026'))
    root = ET.fromstring(render(replace(report, frameworks=(odd,)), "badge", language="en"))  # noqa: S314 (our own)
    assert root.get("aria-label") == 'A & <B> "C" stage 2: not ready'
    assert [each.text for each in root.findall("{*}title")] == [root.get("aria-label")]


def test_the_texts_of_a_badge_fit_between_its_edges_and_can_be_read() -> None:
    module = import_module("app.checks.formats.badge")
    for language in LANGUAGES:
        root = ET.fromstring(render(some_report(), "badge", language=language))  # noqa: S314 (our own document)
        [_, left, right] = root.findall(".//{*}rect")
        label, value = root.findall(".//{*}text")
        assert number(label, "x") + number(label, "textLength") < number(left, "width")
        assert number(left, "width") < number(value, "x")
        assert number(value, "x") + number(value, "textLength") < number(root, "width")
        assert number(left, "width") + number(right, "width") == number(root, "width")
    assert all(contrast(colour) >= 4.5 for colour in (*module.COLOURS.values(), module.LABEL_COLOUR))
    assert len(set(module.COLOURS.values())) == len(Verdict)


def hostile() -> Report:
    first, second = ids_where(required=True, optional=False, action="maintain")[:2]
    facts = renamed(renamed(without(gaps(), first), first, HOSTILE), second, "]]>" + HOSTILE)
    papers = tuple(paper._replace(title=HOSTILE) for paper in facts.papers)
    waivers = tuple(waiver._replace(reason=HOSTILE) for waiver in facts.waivers)
    services = tuple(service._replace(name=service.name._replace(en=HOSTILE)) for service in facts.services)
    report = some_report(replace(facts, papers=papers, waivers=waivers, services=services))
    owners = dict.fromkeys(report.owners, HOSTILE)
    named = report.organisation_name._replace(en=HOSTILE, zh=HOSTILE)
    return replace(report, owners=owners, organisation_name=named, programme_name=named)


def at_risk_facts() -> Facts:
    """Facts with nothing heavier than one review that is overdue on the day of the audit."""
    facts = everything()
    [first, *rest] = facts.papers
    return replace(facts, papers=(first._replace(next_review_on=AUDIT.replace(month=1)), *rest))


def conclusion(report: Report, fail_on: str = "blocking") -> str:
    return outlook.conclusion(report, fail_on, language="en")


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def contrast(colour: str) -> float:
    """Against white. Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (sum(each * weight for each, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True)) + 0.05)
