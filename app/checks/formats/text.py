"""The report for a terminal: where it stands, what is wrong by clause, what to do by when, and the verdict last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from app.checks.formats import Options, outlook, wording
from app.checks.formats.changes import Change, changes
from app.checks.formats.plain import one_line
from app.checks.formats.terminal import BLUE, BOLD, CYAN, DIM, GREEN, RED, YELLOW, Page, Span, columns, padded
from app.checks.report import WORKED_ON, FrameworkReport, Merged, Report, Task, worklist
from app.language import Message, say
from app.readiness.findings import Assessment, Severity, Verdict

VERDICT_STYLES = {
    Verdict.CANNOT_EVALUATE: f"{BOLD};{RED}",
    Verdict.NOT_READY: f"{BOLD};{RED}",
    Verdict.AT_RISK: f"{BOLD};{YELLOW}",
    Verdict.READY: f"{BOLD};{GREEN}",
}
STYLES = {
    Severity.BLOCKING: f"{BOLD};{RED}",
    Severity.MAJOR: RED,
    Severity.AT_RISK: YELLOW,
    Severity.OBSERVATION: CYAN,
    Severity.TO_DO: BLUE,
    Severity.INFO: DIM,
}
MOST_WHOLE = 40
"""Columns that fit into every line after what stands before them."""
GRAVE = (Severity.BLOCKING, Severity.MAJOR, Severity.AT_RISK)
LIGHT = {
    Severity.OBSERVATION: say("Observations"),
    Severity.TO_DO: say("To do"),
    Severity.INFO: say("For information"),
}


def render(report: Report, language: str, options: Options) -> str:
    """Return the report as lines of at most `options.width` columns; the last, the conclusion, is never broken."""
    page = Page(options.width, colour=options.colour)
    writer = _Writer(page, report, language)
    writer.head()
    if options.baseline is not None:
        writer.changes(options.baseline, options.worklist_lines)
    seen: set[tuple[str, ...]] = set()
    for framework in report.frameworks:
        writer.findings(framework, seen)
    writer.worklist(options.worklist_lines)
    page.blank()
    last = outlook.conclusion(report, options.fail_on, language=language)
    style = VERDICT_STYLES[report.verdict] if options.colour else ""
    return "\n".join([*page.lines, f"\x1b[{style}m{last}\x1b[0m" if style else last]) + "\n"


class _Writer:
    """Writes the parts of one report on one page."""

    def __init__(self, page: Page, report: Report, language: str) -> None:
        self._page = page
        self._report = report
        self._language = language
        self._width = max(columns(self._say(wording.SEVERITIES[severity])) for severity in WORKED_ON)

    def _say(self, text: Message) -> str:
        return one_line(text.in_(self._language))

    def head(self) -> None:
        """Who and what was judged, on which days, and how each framework stands."""
        report, page = self._report, self._page
        names = (one_line(each.in_(self._language)) for each in (report.organisation_name, report.programme_name))
        page.add(Span(" · ".join(dict.fromkeys((*names, report.programme_code))), BOLD))
        stage = self._say(wording.STAGES[report.stage])
        page.add(f"{outlook.standards(report)} {stage} · {self._say(outlook.countdown(report))}")
        judged = say("Judged as of {day}, as known {moment}", day=report.as_of, moment=outlook.moment(report))
        page.add(Span(self._say(judged), DIM))
        if report.count_submitted:
            note = say("Note: the programme's settings let submitted evidence count before anybody has accepted it.")
            page.add([Span(self._say(note), YELLOW)])
        for framework in report.frameworks:
            self._standing(framework)

    def _standing(self, framework: FrameworkReport) -> None:
        page, rows = self._page, self._rows(framework)
        width = max(columns(label) for label, _ in rows)
        page.blank()
        page.add([Span(framework.pack.reference, BOLD), Span("  "), self._verdict(framework.verdict)])
        for label, spans in rows:
            page.add(spans, [Span(f"  {padded(label, width)}  ", DIM)])

    def _rows(self, framework: FrameworkReport) -> list[tuple[str, list[Span]]]:
        report = self._report
        judged = outlook.judged_by(framework)
        width = max(columns(wording.verdict_word(each.verdict, self._language)) for each in judged)
        rows = []
        for assessment in judged:
            today = assessment.as_of == report.known_on
            label = self._say(say("Today")) if today else assessment.as_of.isoformat()
            rows.append((label, self._figures(assessment, width)))
        ready_on = framework.earliest_ready_on
        if framework.verdict is not Verdict.READY and ready_on is not None:
            if report.audit_on is not None and ready_on > report.audit_on:
                earliest = Span(self._say(say("{day} at the earliest, after the planned audit", day=ready_on)), RED)
            else:
                done = say("{day} at the earliest, if all that can be done is done now", day=ready_on)
                earliest = Span(self._say(done))
            rows.append((self._say(say("Ready")), [earliest]))
        if decisive := outlook.decisive(framework, self._language):
            rows.append((self._say(say("What decides")), [Span(decisive)]))
        return rows

    def _figures(self, assessment: Assessment, width: int) -> list[Span]:
        figures = say(
            "{satisfied} of {applicable} met, weighted {score} %",
            satisfied=assessment.satisfied,
            applicable=assessment.applicable,
            score=assessment.score,
        )
        word = wording.verdict_word(assessment.verdict, self._language)
        gap = Span(" " * (width - columns(word) + 2))
        return [self._verdict(assessment.verdict), gap, Span(self._say(figures))]

    def _verdict(self, verdict: Verdict) -> Span:
        return Span(wording.verdict_word(verdict, self._language), VERDICT_STYLES[verdict])

    def changes(self, baseline: Mapping[str, object], most: int) -> None:
        """What is new, worsened and closed since an earlier report."""
        found = changes(self._report, baseline, self._language)
        self._page.heading(self._say(say("Since {day}", day=found.since)))
        if found.verdict not in (None, self._report.verdict):
            was = say(
                "The verdict was {before} and is {now}.",
                before=wording.VERDICTS[found.verdict],
                now=wording.VERDICTS[self._report.verdict],
            )
            self._page.add(self._say(was), [Span("  ")])
        for sign, word, some in (
            ("+", say("New: {count}", count=len(found.new)), found.new),
            ("^", say("Worsened: {count}", count=len(found.worsened)), found.worsened),
            ("=", say("Closed: {count}", count=len(found.closed)), found.closed),
        ):
            self._page.add(self._say(word), [Span("  ")])
            self._changed(sign, some, most)
        if found.left_out:
            self._page.add(self._say(outlook.not_compared(found.left_out)), [Span("  ")])

    def _changed(self, sign: str, some: Sequence[Change], most: int) -> None:
        for change in some[:most]:
            lead = [Span(f"  {sign} "), *self._severity(change.severity)]
            message = f"{change.clause} {change.message}".strip()
            self._page.add([Span(message), *_bracketed(message, change.code)], lead)
        self._more(len(some) - most)

    def _more(self, count: int) -> None:
        if count > 0:
            more = say("and {count} more; `--worklist {most}` shows them", count=count, most="all")
            self._page.add(Span(self._say(more), DIM), [Span("    ")])

    def findings(self, framework: FrameworkReport, seen: set[tuple[str, ...]]) -> None:
        """What is wrong with one framework, by clause; what stands under another framework already is only counted."""
        fresh: list[tuple[str, Merged]] = []
        repeated = 0
        titles = {clause.number: one_line(clause.title.in_(self._language)) for clause in framework.pack.clauses}
        order = {number: position for position, number in enumerate(titles)}
        for merged in sorted(framework.all_findings, key=lambda each: order.get(each.finding.clause, -1)):
            finding = merged.finding
            key = (finding.code, finding.subject, finding.severity, self._say(finding.message))
            repeated += key in seen
            if key not in seen:
                seen.add(key)
                fresh.append((finding.clause, merged))
        if not fresh and not repeated:
            return
        self._page.heading(self._say(say("Findings for {framework}", framework=framework.pack.reference)))
        if repeated:
            same = say("{count} are the same as above and are not repeated.", count=repeated)
            self._page.add(Span(self._say(same), DIM))
        grave = [(clause, merged) for clause, merged in fresh if merged.finding.severity in GRAVE]
        for clause, group in groupby(grave, key=lambda pair: pair[0]):
            whole = self._say(say("The programme as a whole"))
            title = f"{clause} {titles[clause]}" if clause in titles else whole
            self._page.blank()
            self._page.add(Span(title, BOLD))
            self._clause([merged for _, merged in group])
        for severity, heading in LIGHT.items():
            self._light(self._say(heading), [pair for pair in fresh if pair[1].finding.severity is severity])

    def _clause(self, findings: Iterable[Merged]) -> None:
        """Findings of one clause, heaviest first; those with the same next step, day and owner share its line."""
        groups: dict[tuple[object, ...], list[Merged]] = {}
        for merged in sorted(findings, key=lambda each: each.finding.severity.rank):
            finding = merged.finding
            step = self._say(finding.next_step)
            groups.setdefault((finding.severity, step, finding.act_by, merged.owner), []).append(merged)
        for group in groups.values():
            for merged in group:
                lead = [Span("  "), *self._severity(merged.finding.severity)]
                self._page.add(self._sentence(merged), lead)
            first = group[0]
            step, when = self._say(first.finding.next_step), self._when(first.finding.act_by)
            self._page.add([Span(step), *_dotted(when, self._owner(first))], [Span("    → ", DIM)])

    def _light(self, heading: str, pairs: Sequence[tuple[str, Merged]]) -> None:
        if not pairs:
            return
        self._page.heading(self._say(say("{heading} ({count})", heading=heading, count=len(pairs))))
        for clause, merged in pairs:
            spans = self._sentence(merged)
            if merged.finding.severity is Severity.TO_DO:
                spans += _dotted(self._owner(merged))
            mark = Span(f"  {wording.MARKS[merged.finding.severity]} ", STYLES[merged.finding.severity])
            self._page.add([Span(f"{clause} " if clause else ""), *spans], [mark])

    def worklist(self, most: int) -> None:
        """What to do, by last safe day and weight; what has the same day, weight, step and owner stands together."""
        tasks = worklist(self._report)
        if not tasks:
            return
        page, shown = self._page, tasks[:most]
        page.heading(self._say(say("Worklist, by the last safe day ({count})", count=len(tasks))))
        width = max([columns(self._when(task.act_by)) for task in shown], default=0)
        groups: dict[tuple[date | None, Severity, str, str], list[Task]] = {}
        for task in shown:
            groups.setdefault(self._group(task), []).append(task)
        for (day, severity, step, owner), group in groups.items():
            when = Span(f"  {padded(self._when(day), width)}  ", BOLD)
            page.add([Span(step), *_dotted(owner)], [when, *self._severity(severity)])
            for task in group:
                page.add([Span(self._clause_of(task)), *self._sentence(task.merged)], [Span(" " * (width + 6))])
        self._more(len(tasks) - len(shown))

    def _clause_of(self, task: Task) -> str:
        """The clause and a space; where several frameworks are judged also whose: an edition or all of a number."""
        clause = task.merged.finding.clause
        references = {each.pack.id: each.pack.reference for each in self._report.frameworks}
        if len(references) > 1 and clause:
            name, _, edition = references[task.framework].partition(":")
            same = all(reference.partition(":")[0] == name for reference in references.values())
            return f"{clause} ({edition if same else references[task.framework].rpartition(' ')[2]}) "
        return f"{clause} " if clause else ""

    def _group(self, task: Task) -> tuple[date | None, Severity, str, str]:
        finding = task.merged.finding
        return task.act_by, finding.severity, self._say(finding.next_step), self._owner(task.merged)

    def _sentence(self, merged: Merged) -> list[Span]:
        """The message, then in brackets its code and the day it holds on, if that is not every judged day."""
        finding = merged.finding
        message, tags = self._say(finding.message), [finding.code]
        if merged.when == "today":
            tags.append(self._say(say("today only")))
        elif merged.when == "forecast" and finding.severity is not Severity.TO_DO:
            tags.append(self._say(say("on {day}", day=self._report.as_of)))
        return [Span(message), *_bracketed(message, ", ".join(tags))]

    def _severity(self, severity: Severity) -> list[Span]:
        word = padded(self._say(wording.SEVERITIES[severity]), self._width)
        return [Span(f"{wording.MARKS[severity]} {word}", STYLES[severity]), Span("  ")]

    def _when(self, day: date | None) -> str:
        return self._say(say("now") if day is None else say("by {day}", day=day))

    def _owner(self, merged: Merged) -> str:
        return one_line(self._report.owners.get(merged.owner or "", ""))


def _dotted(*more: str) -> list[Span]:
    """Return what is not empty, each after a dot that it stays together with."""
    return [span for each in more if each for span in (Span(" "), _whole(f"· {each}"))]


def _bracketed(message: str, tag: str) -> list[Span]:
    """Return the tag in brackets to stand after the message; a full stop of Chinese needs no space after it."""
    return [Span("" if message.endswith("。") else " "), _whole(f"[{tag}]", DIM)]


def _whole(text: str, style: str = "") -> Span:
    """Return a span that is not broken, unless it is too long for that."""
    return Span(text, style, whole=columns(text) <= MOST_WHOLE)
