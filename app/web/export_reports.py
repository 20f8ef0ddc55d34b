"""Tables of what the checks say, to take along: the worklist, how the clauses stand, coverage."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.checks.coverage import Coverage
from app.checks.report import FrameworkReport, Report, Task, worklist
from app.errors import NotFound
from app.http.sheets import Column, Table, Value
from app.identity.actor import Permission
from app.identity.names import names_of
from app.language import say
from app.web.coverage import CoverageFilter, coverage_of, rows_wanted
from app.web.export_items import MIDDLE, NARROW, WIDE, Export
from app.web.home import WorkFilter, filtered

MONTH_WIDTH = 13


def work_table(export: Export, wanted: WorkFilter) -> Table:
    """Return what is to be done for stage 2, the most urgent first. Raises Forbidden for auditors."""
    here = export.place.programme
    export.place.visit.who.must(Permission.READ_DRAFTS, here.organisation_id, here.id)
    report = export.place.report(export.session, 2)
    columns = export.columns(
        (say("Do by"), NARROW),
        (say("Overdue"), NARROW),
        (say("Framework"), MIDDLE),
        (say("Clause"), NARROW),
        (say("Severity"), NARROW),
        (say("Finding"), MIDDLE),
        (say("What is wrong"), WIDE),
        (say("Next step"), WIDE),
        (say("Whose"), MIDDLE),
        (say("When it holds"), MIDDLE),
    )
    tasks = filtered(export.place, report, worklist(report), wanted)
    return Table(export.naming.say(say("Worklist")), columns, (_task(export, report, task) for task in tasks))


def clauses_table(export: Export, framework: str = "") -> Table:
    """Return how each expectation stands for stage 2. Raises NotFound for a framework of others."""
    report = export.place.report(export.session, 2, frameworks=(framework,) if framework else ())
    columns = export.columns(
        (say("Framework"), MIDDLE),
        (say("Clause"), NARROW),
        (say("Title"), MIDDLE),
        (say("Expectation"), WIDE),
        (say("Kind"), NARROW),
        (say("What is asked for"), MIDDLE),
        (say("Stage"), NARROW),
        (say("How often"), NARROW),
        (say("Demanded by the standard"), NARROW),
        (say("Owner"), MIDDLE),
        (say("Status today"), NARROW),
        (say("Status on the day judged"), NARROW),
        (say("Day judged"), NARROW),
        (say("Do by"), NARROW),
        (say("Findings"), WIDE),
        (say("Next steps"), WIDE),
        (say("ID"), MIDDLE),
    )
    rows = (row for each in report.frameworks for row in _lines(export, report, each))
    return Table(export.naming.say(say("Clauses")), columns, rows)


def coverage_table(export: Export, wanted: CoverageFilter) -> Table:
    """Return the matrix; a period of several months stands in each of them. Raises NotFound without a framework."""
    found = coverage_of(export.session, export.place, wanted)
    if found is None:
        raise NotFound("The programme has no framework yet. Choose one in its set-up.", field="framework")
    columns = export.columns(
        (say("Clause"), NARROW), (say("Expectation"), WIDE), (say("How often"), MIDDLE), (say("Owner"), MIDDLE)
    )
    months = tuple(Column(f"{month:%Y-%m}", MONTH_WIDTH) for month in found.months)
    return Table(export.naming.say(say("Coverage")), columns + months, _matrix(export, found, wanted))


def _task(export: Export, report: Report, task: Task) -> Sequence[Value]:
    say_, finding = export.naming.say, task.merged.finding
    overdue = task.act_by is None or task.act_by < export.place.today
    return (
        task.act_by,
        export.yes(overdue),
        _reference(report, task.framework),
        finding.clause,
        export.label("severity", finding.severity.value),
        export.label("code", finding.code),
        say_(finding.message),
        say_(finding.next_step),
        report.owners.get(task.merged.owner or "", ""),
        export.label("when", task.merged.when),
    )


def _reference(report: Report, code: str) -> str:
    return next((each.pack.reference for each in report.frameworks if each.pack.id == code), code)


def _lines(export: Export, report: Report, framework: FrameworkReport) -> Iterator[Sequence[Value]]:
    said = export.naming.say
    names = names_of(export.session, {line.need.owner for line in framework.lines if line.need.owner})
    for line in framework.lines:
        need, findings = line.need, [merged.finding for merged in line.findings]
        act_by: date | None = min((each.act_by for each in findings if each.act_by), default=None)
        yield (
            framework.pack.reference,
            need.clause,
            said(line.clause_title),
            said(need.name),
            export.label("kind", need.kind),
            export.label("action", need.action),
            need.stage,
            export.label("cadence", need.cadence),
            export.yes(need.required),
            names.get(need.owner or "", ""),
            export.label("status", line.today.value),
            export.label("status", line.forecast.value),
            report.as_of,
            act_by,
            "\n".join(said(each.message) for each in findings),
            "\n".join(dict.fromkeys(said(each.next_step) for each in findings)),
            need.id,
        )


def _matrix(export: Export, found: Coverage, wanted: CoverageFilter) -> Iterator[Sequence[Value]]:
    for row in rows_wanted(found, wanted):
        marks = [export.label("mark", cell.mark.value) for cell in row.cells for _ in range(cell.months)]
        yield (
            row.need.clause,
            export.naming.say(row.need.name),
            export.label("cadence", row.need.cadence),
            found.owners.get(row.need.owner or "", ""),
            *marks,
        )
