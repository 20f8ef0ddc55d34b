"""The report as Markdown for pull requests and READMEs (GitHub's and GitLab's flavour)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.checks.formats import Options, outlook, wording
from app.checks.formats.changes import changes
from app.checks.formats.plain import one_line
from app.checks.report import FrameworkReport, Merged, Report, worklist
from app.language import Message, say
from app.readiness.findings import Severity

ROOM = 60_000
"""Characters after which no more findings are listed: a comment may hold 65,536."""
_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_CALLING = re.compile(r"[@#](?=\w)")


def render(report: Report, language: str, options: Options) -> str:
    """Return headings, tables and folded lists; text from people is escaped, so that it is shown as it is."""
    writer = _Writer(report, language)
    parts = [*writer.head(options), writer.frameworks()]
    if options.baseline is not None:
        parts += writer.changes(options.baseline, options.worklist_lines)
    parts += writer.worklist(options.worklist_lines)
    for severity in Severity:
        parts += writer.findings(severity, ROOM - sum(map(len, parts)))
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Return `text` on one line such that Markdown and HTML in it show as they are.

    It calls nobody by `@` and no issue by `#`. It must not stand first in a line, where `-` or `1.` would begin a list.
    """
    plain = _SPECIAL.sub(r"\\\g<0>", one_line(text).translate(_ENTITIES))
    return _CALLING.sub(r"\g<0><!-- -->", plain)


class _Writer:
    """Words and escapes the parts of one report."""

    def __init__(self, report: Report, language: str) -> None:
        self._report = report
        self._language = language

    def _say(self, text: Message) -> str:
        return escaped(text.in_(self._language))

    def head(self, options: Options) -> list[str]:
        """The verdict as heading, who was judged on which day, and the conclusion."""
        report, language = self._report, self._language
        stage = wording.STAGES[report.stage].in_(language)
        title = f"{outlook.standards(report)} {stage}: {wording.verdict_word(report.verdict, language)}"
        names = [each.in_(language) for each in (report.organisation_name, report.programme_name)]
        judged = say("Judged as of {day}, as known {moment}", day=report.as_of, moment=outlook.moment(report))
        facts = [f"**{' · '.join(map(escaped, names))}**", self._say(outlook.countdown(report)), self._say(judged)]
        note = say("Note: the programme's settings let submitted evidence count before anybody has accepted it.")
        return [
            f"## {escaped(title)}",
            " · ".join(facts),
            f"> {self._say(note)}" if report.count_submitted else "",
            f"**{escaped(outlook.conclusion(report, options.fail_on, language=language))}**",
        ]

    def frameworks(self) -> str:
        """A table of the frameworks: verdicts, coverage, earliest ready day, what decides."""
        heads = (say("Framework"), say("Verdict"), say("Today"), say("Forecast"), say("Ready"), say("What decides"))
        return self._table(heads, [self._framework(framework) for framework in self._report.frameworks])

    def _framework(self, framework: FrameworkReport) -> list[str]:
        ready_on = framework.earliest_ready_on
        figures = [
            self._say(
                say(
                    "{verdict}: {satisfied} of {applicable} met, weighted {score} %",
                    verdict=wording.VERDICTS[each.verdict],
                    satisfied=each.satisfied,
                    applicable=each.applicable,
                    score=each.score,
                )
            )
            for each in (framework.today, framework.forecast)
        ]
        return [
            escaped(framework.pack.reference),
            f"**{self._say(wording.VERDICTS[framework.verdict])}**",
            *figures,
            escaped(ready_on.isoformat()) if ready_on else "",
            escaped(outlook.decisive(framework, self._language)),
        ]

    def changes(self, baseline: Mapping[str, Any], most: int) -> list[str]:
        """What is new, worsened and closed since an earlier report."""
        found = changes(self._report, baseline, self._language)
        heading = say("Since {day}", day=found.since)
        parts = [f"### {self._say(heading)}"]
        for word, some in (
            (say("New: {count}", count=len(found.new)), found.new),
            (say("Worsened: {count}", count=len(found.worsened)), found.worsened),
            (say("Closed: {count}", count=len(found.closed)), found.closed),
        ):
            lines = [f"**{self._say(word)}**"]
            for change in some[:most]:
                what = f"{escaped(change.clause)} {escaped(change.message)} `{_code(change.code)}`"
                lines.append(f"- {self._severity(change.severity)} {what}")
            lines += self._more("- ", len(some) - most)
            parts.append("\n".join(lines[:1]) + ("\n\n" + "\n".join(lines[1:]) if some else ""))
        if found.left_out:
            parts.append(escaped(self._say(outlook.not_compared(found.left_out))))
        return parts

    def worklist(self, most: int) -> list[str]:
        """The first things to do, as a table by last safe day."""
        tasks = worklist(self._report)
        if not tasks:
            return []
        heading = self._say(say("Worklist, by the last safe day ({count})", count=len(tasks)))
        merged = [task.merged for task in tasks[:most]]
        return [f"### {heading}", self._listed(merged, ROOM)[0], *self._more("", len(tasks) - most)]

    def findings(self, severity: Severity, room: int) -> list[str]:
        """The findings of a severity, folded, as many as there is room for; one of two frameworks stands once."""
        found = [merged for merged in outlook.distinct(self._report) if merged.finding.severity is severity]
        if not found:
            return []
        counted = self._say(wording.findings_counted(severity, len(found)))
        listed, more = self._listed(found, room)
        return [
            f"<details><summary>{wording.MARKS[severity]} {counted}</summary>",
            listed,
            *self._more("", more),
            "</details>",
        ]

    def _listed(self, findings: Iterable[Merged], room: int) -> tuple[str, int]:
        """Return a table of the findings that fit into `room` characters, and how many do not."""
        heads = (say("By"), say("Severity"), say("Clause"), say("Finding"), say("Next step"), say("Owner"))
        rows, left = [], 0
        for merged in findings:
            finding = merged.finding
            row = [
                self._when(finding.act_by),
                self._severity(finding.severity),
                escaped(finding.clause),
                f"{self._say(finding.message)} `{_code(finding.code)}`",
                self._say(finding.next_step),
                escaped(self._report.owners.get(merged.owner or "", "")),
            ]
            room -= sum(map(len, row)) + 4 * len(row)
            if room < 0:
                left += 1
            else:
                rows.append(row)
        return self._table(heads, rows), left

    def _table(self, heads: Sequence[Message], rows: Sequence[Sequence[str]]) -> str:
        lines = [[self._say(head) for head in heads], ["---"] * len(heads), *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def _severity(self, severity: Severity) -> str:
        return f"{wording.MARKS[severity]} {self._say(wording.SEVERITIES[severity])}"

    def _when(self, day: date | None) -> str:
        return self._say(say("now")) if day is None else escaped(day.isoformat())

    def _more(self, mark: str, count: int) -> list[str]:
        return [mark + self._say(say("and {count} more", count=count))] if count > 0 else []


def _code(code: str) -> str:
    """Return a code for a code span, where nothing can be escaped."""
    return re.sub(r"[^\w-]", "", code)
