"""The report as JUnit XML: a suite for each clause, a case for each expectation.

A gap is a failure, a waiver a skip. What is at risk passes and says so in its output. Each framework also has a case
for its verdict, so that nothing is green that is not ready or was not evaluated. Source: Jenkins' xUnit plugin.
"""

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from app.checks.formats import Options, outlook, wording
from app.checks.formats.plain import one_line
from app.checks.report import FrameworkReport, Line, Merged, Report
from app.language import say
from app.readiness.findings import Severity, Status, Verdict

GAPS = (Severity.BLOCKING, Severity.MAJOR)


def render(report: Report, language: str, options: Options) -> str:
    """Return the document, indented; times are 0, because judging is not what anybody waits for."""
    stage = wording.STAGES[report.stage].in_(language)
    root = ET.Element("testsuites", name=one_line(f"{outlook.standards(report)} {stage}"))
    for framework in report.frameworks:
        _verdict(root, report, framework, language)
        titles = {clause.number: clause.title.in_(language) for clause in framework.pack.clauses}
        for clause, lines in groupby(framework.lines, key=lambda line: line.need.clause):
            suite = _suite(root, report, framework, f"{clause} {titles[clause]}")
            for line in lines:
                _case(suite, report, framework, line, language)
    if not report.frameworks:
        suite = ET.SubElement(root, "testsuite", name=root.get("name", ""))
        case = ET.SubElement(
            suite, "testcase", name=wording.VERDICTS[report.verdict].in_(language), classname="auditready"
        )
        _say(case, "error", "cannot-evaluate", outlook.conclusion(report, options.fail_on, language=language))
    _count(root)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, report: Report, framework: FrameworkReport, name: str) -> ET.Element:
    named = one_line(f"{framework.pack.reference} {name}")
    return ET.SubElement(root, "testsuite", name=named, timestamp=f"{report.known_at:%Y-%m-%dT%H:%M:%S}")


def _verdict(root: ET.Element, report: Report, framework: FrameworkReport, language: str) -> None:
    """The framework's own suite: its verdict, and what is wrong with the programme as a whole."""
    suite = _suite(root, report, framework, wording.STAGES[report.stage].in_(language))
    days = {"as_of": report.as_of, "known_at": report.known_at, "audit_on": report.audit_on}
    facts: dict[str, object] = {
        "framework": framework.pack.id,
        "programme": report.programme_code,
        "stage": report.stage,
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "verdict": framework.verdict.value,
        "earliest_ready_on": framework.earliest_ready_on.isoformat() if framework.earliest_ready_on else "",
        "engine_version": report.engine_version,
    }
    for day, judged in (("today", framework.today), ("forecast", framework.forecast)):
        figures = {"verdict": judged.verdict.value, "satisfied": judged.satisfied, "applicable": judged.applicable}
        facts |= {f"{day}.{name}": value for name, value in {**figures, "score": judged.score}.items()}
    properties = ET.SubElement(suite, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=one_line(str(value)))
    case = ET.SubElement(suite, "testcase", name=say("Verdict").in_(language), classname=framework.pack.id)
    word = wording.VERDICTS[framework.verdict].in_(language)
    decided = outlook.decisive(framework, language)
    match framework.verdict:
        case Verdict.NOT_READY:
            _say(case, "failure", framework.verdict.value, word, decided)
        case Verdict.CANNOT_EVALUATE:
            _say(case, "error", framework.verdict.value, word)
        case Verdict.AT_RISK:
            _output(case, f"{word}: {decided}")
        case Verdict.READY:
            pass
    for merged in framework.findings:
        finding = merged.finding
        name = f"{finding.code}: {finding.message.in_(language)}"
        case = ET.SubElement(suite, "testcase", name=one_line(name), classname=f"{framework.pack.id}.programme")
        _findings(case, report, [merged], language)


def _case(suite: ET.Element, report: Report, framework: FrameworkReport, line: Line, language: str) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        name=one_line(line.need.name.in_(language)),
        classname=f"{framework.pack.id}.{line.need.clause}.{line.need.id}",
    )
    match line.status:
        case Status.WAIVED:
            _say(case, "skipped", line.status.value, *_sentences(report, line.findings, language))
        case Status.NOT_EXPECTED:
            _say(
                case,
                "skipped",
                line.status.value,
                say("Not expected: it is optional and nothing is there.").in_(language),
            )
        case Status.GAP:
            _findings(case, report, line.findings, language, gap=True)
        case Status.AT_RISK | Status.MET:
            _findings(case, report, line.findings, language)


def _findings(
    case: ET.Element, report: Report, findings: Iterable[Merged], language: str, *, gap: bool = False
) -> None:
    """Put gaps into one failure and what is lighter into the output; `gap`: it fails even if no finding says so."""
    found = list(findings)
    heavy = [merged for merged in found if merged.finding.severity in GAPS]
    if heavy or gap:
        sentences = _sentences(report, heavy, language)
        _say(case, "failure", heavy[0].finding.code if heavy else Status.GAP.value, *sentences)
    if lighter := [merged for merged in found if merged not in heavy]:
        _output(case, "\n".join(_sentences(report, lighter, language)))


def _sentences(report: Report, findings: Iterable[Merged], language: str) -> list[str]:
    """One line for each finding: severity, message, code, next step, day, owner."""
    lines = []
    for merged in findings:
        finding = merged.finding
        parts = [
            f"{wording.SEVERITIES[finding.severity].in_(language)}: {finding.message.in_(language)} [{finding.code}]",
            finding.next_step.in_(language),
            finding.act_by.isoformat() if finding.act_by else "",
            report.owners.get(merged.owner or "", ""),
        ]
        lines.append(" | ".join(one_line(part) for part in parts if part))
    return lines


def _say(case: ET.Element, tag: str, kind: str, first: str = "", *more: str) -> None:
    """Add a failure, error or skip: its first line as the message, all of it as the text."""
    ET.SubElement(case, tag, type=kind, message=one_line(first)).text = "\n".join(
        one_line(line) for line in (first, *more) if line
    )


def _output(case: ET.Element, text: str) -> None:
    ET.SubElement(case, "system-out").text = text


def _count(root: ET.Element) -> None:
    """Give every suite and the whole their totals, and every case and suite its time."""
    for element in (root, *root.iter("testsuite")):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            element.set(name, str(sum(case.find(tag) is not None for case in cases)))
        element.set("time", "0")
    for case in root.iter("testcase"):
        case.set("time", "0")
