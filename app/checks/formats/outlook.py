"""What a report comes down to: what decides its verdicts, what would better them, and the exit code of a command."""

from collections import Counter
from collections.abc import Callable

from app.checks.formats import codes, wording
from app.checks.report import FrameworkReport, Merged, Report
from app.language import Message, say
from app.readiness.findings import Assessment, Severity, Verdict

OK, GAPS, CANNOT_EVALUATE = 0, 1, 2


def exit_code(report: Report, fail_on: str = "blocking") -> int:
    """Return 0, 1 (not ready, or something as heavy as `fail_on`) or 2 (cannot evaluate). Source: readiness, section 4.

    `fail_on` only tightens: what is not ready fails whatever it says. Raises ValueError where it is no severity.
    """
    limit = Severity(fail_on)
    if report.verdict is Verdict.CANNOT_EVALUATE:
        return CANNOT_EVALUATE
    heaviest = report.heaviest
    tightened = heaviest is not None and heaviest.rank <= limit.rank
    return GAPS if report.verdict is Verdict.NOT_READY or tightened else OK


def standards(report: Report) -> str:
    """Return the standards judged, without their editions, each once: "ISO/IEC 20000-1"."""
    names = dict.fromkeys(framework.pack.reference.split(":")[0] for framework in report.frameworks)
    return " + ".join(names) or "auditready"


def judged_by(framework: FrameworkReport) -> tuple[Assessment, ...]:
    """Return the assessments that differ in their day: today's first, then the forecast's."""
    same = framework.today.as_of == framework.forecast.as_of
    return (framework.today,) if same else (framework.today, framework.forecast)


def deciding(framework: FrameworkReport) -> tuple[Merged, ...]:
    """Return the findings that make the verdict what it is, heaviest first; none where it is ready.

    What is not ready is decided by what blocks, or where nothing does by what keeps the coverage down.
    """
    verdict, found = framework.verdict, framework.all_findings
    limit = {Verdict.NOT_READY: Severity.BLOCKING, Verdict.AT_RISK: Severity.AT_RISK}.get(verdict)
    if limit is None:
        return ()
    heavy = [merged for merged in found if merged.finding.severity.rank <= limit.rank]
    if not heavy:
        heavy = [
            merged
            for merged in found
            if merged.finding.severity is Severity.MAJOR or merged.finding.code == "document-not-effective"
        ]
    return tuple(sorted(heavy, key=lambda merged: merged.finding.severity.rank))


def covers_too_little(framework: FrameworkReport) -> bool:
    """Whether a day is not ready although nothing blocks on it: too little of what is expected is met."""
    return any(
        assessment.verdict is Verdict.NOT_READY
        and not any(
            finding.severity is Severity.BLOCKING
            for finding in (
                *assessment.findings,
                *(finding for standing in assessment.standings for finding in standing.findings),
            )
        )
        for assessment in (framework.today, framework.forecast)
    )


def distinct(report: Report) -> tuple[Merged, ...]:
    """Return every finding once, heaviest first: of one that two frameworks have, the heavier."""
    heaviest: dict[tuple[str, str, str], Merged] = {}
    for framework in report.frameworks:
        for merged in framework.all_findings:
            key = merged.finding.key
            kept = heaviest.get(key)
            if kept is None or merged.finding.severity.rank < kept.finding.severity.rank:
                heaviest[key] = merged
    return tuple(sorted(heaviest.values(), key=lambda merged: merged.finding.severity.rank))


def decisive(framework: FrameworkReport, language: str) -> str:
    """Return what decides, by code and most first ("Evidence missing 120, History too short 11"); empty where ready.

    Too little coverage is named first where it alone makes a day not ready.
    """
    low = say("weighted coverage below what the programme asks for")
    counts = Counter(merged.finding.code for merged in deciding(framework))
    said = [low.in_(language)] if covers_too_little(framework) else []
    said += [f"{codes.CODES[code].title.in_(language)} {count}" for code, count in counts.most_common()]
    return ("、" if language == "zh" else ", ").join(said)


def not_compared(frameworks: tuple[str, ...]) -> Message:
    """Say which frameworks only one of two reports judges."""
    return say("Not compared, because only one of the reports judges them: {codes}", codes=frameworks)


def countdown(report: Report) -> Message:
    """Return the planned day of the audit and how far it is."""
    if report.audit_on is None:
        return say("no audit day is planned")
    away = wording.in_days((report.audit_on - report.known_on).days)
    return say("audit on {day}, {away}", day=report.audit_on, away=away)


def moment(report: Report) -> str:
    """Return the moment of knowledge where the organisation is, with its distance from UTC."""
    offset = f"{report.known_at:%z}"
    return f"{report.known_at:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"


def conclusion(report: Report, fail_on: str = "blocking", *, language: str) -> str:
    """Return verdict, exit code and what would have to happen for the next better verdict, as one line."""
    said = say(
        "{verdict} (exit {code}): {step}",
        verdict=wording.verdict_word(report.verdict, language),
        code=exit_code(report, fail_on),
        step=next_better(report, fail_on),
    )
    return said.in_(language)


def next_better(report: Report, fail_on: str = "blocking") -> Message:
    """Return what would have to happen for the next better verdict, or for exit code 0 where it is ready already."""
    match report.verdict:
        case Verdict.CANNOT_EVALUATE:
            return _to_be_evaluated(report)
        case Verdict.NOT_READY:
            return _to_be_at_risk(report)
        case Verdict.AT_RISK:
            found = _count(report, lambda severity: severity.rank <= Severity.AT_RISK.rank)
            return say("settle {findings} to become ready", findings=_counted(found))
        case Verdict.READY:
            if exit_code(report, fail_on) == OK:
                return say("nothing is missing; keep it so")
            limit = Severity(fail_on)
            found = _count(report, lambda severity: severity.rank <= limit.rank)
            return say("settle {findings} for exit code 0", findings=_counted(found))


def _to_be_evaluated(report: Report) -> Message:
    names = tuple(
        framework.pack.reference for framework in report.frameworks if framework.verdict is Verdict.CANNOT_EVALUATE
    )
    if not names:
        return say("add a framework to the programme")
    return say("nothing of {frameworks} is expected at this stage; leave it out or end its waivers", frameworks=names)


def _to_be_at_risk(report: Report) -> Message:
    """Say what blocks and whether the coverage has to rise too, and which verdict that gives."""
    findings = _count(report, lambda severity: severity is Severity.BLOCKING)
    remaining = _count(report, lambda severity: Severity.BLOCKING.rank < severity.rank <= Severity.AT_RISK.rank)
    verdict = wording.VERDICTS[Verdict.AT_RISK if remaining else Verdict.READY]
    not_ready = [framework for framework in report.frameworks if framework.verdict is Verdict.NOT_READY]
    score = min(assessment.score for framework in not_ready for assessment in judged_by(framework))
    if not findings:
        return say(
            "raise the weighted coverage, now {score} %, to {limit} % to become {verdict}",
            score=score,
            limit=report.min_percent,
            verdict=verdict,
        )
    if score < report.min_percent:
        return say(
            "settle {findings} and raise the weighted coverage, now {score} %, to {limit} % to become {verdict}",
            findings=_counted(findings),
            limit=report.min_percent,
            score=score,
            verdict=verdict,
        )
    return say("settle {findings} to become {verdict}", findings=_counted(findings), verdict=verdict)


def _count(report: Report, wanted: Callable[[Severity], bool]) -> dict[Severity, int]:
    """Count the distinct findings by severity, heaviest first."""
    counts = Counter(merged.finding.severity for merged in distinct(report))
    return {severity: counts[severity] for severity in Severity if counts[severity] and wanted(severity)}


def _counted(counts: dict[Severity, int]) -> tuple[Message, ...]:
    return tuple(wording.findings_counted(severity, count) for severity, count in counts.items())
