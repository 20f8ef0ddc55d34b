"""The clauses of a framework as a tree: how each stands with everything below it, and who answers for it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalogue.pack import Clause, ClauseType, Pack
from app.checks.gather import owner_by_clause
from app.checks.report import FrameworkReport, Line, Merged, Report
from app.errors import NotFound
from app.identity.names import names_of
from app.programmes.service import register
from app.readiness.findings import Severity, Status
from app.web.charts import STATUSES
from app.web.places import Place

WEIGHS = {Severity.BLOCKING: Status.GAP, Severity.MAJOR: Status.GAP, Severity.AT_RISK: Status.AT_RISK}
"""How a finding about a clause as a whole, such as a service without agreement, makes it stand."""


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause. `status` is the worst of it and of everything below, None where nothing is expected of it.

    `counts` says how many expectations stand how, each once, also those declared elsewhere that support it too.
    """

    clause: Clause
    depth: int
    status: Status | None
    counts: tuple[tuple[str, int], ...]
    owner: str

    @property
    def is_heading(self) -> bool:
        """Whether it only groups others."""
        return self.clause.type is ClauseType.HEADING

    def has(self, status: str) -> bool:
        """Say whether anything stands so."""
        return self.status == status or dict(self.counts).get(status, 0) > 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A clause in the tree beside a page; `here` on the way to the clause that is shown."""

    row: ClauseRow
    branches: tuple["Branch", ...]
    here: bool


def framework_of(report: Report, code: str) -> FrameworkReport:
    """Return a framework of the programme, the first where none is asked for. Raises NotFound."""
    found = next((each for each in report.frameworks if code in {"", each.pack.id}), None)
    if found is None:
        codes = tuple(each.pack.id for each in report.frameworks)
        raise NotFound(
            "The programme is not about {code}; it is about: {codes}.", code=code, codes=codes, field="framework"
        )
    return found


def responsible(session: Session, place: Place, pack: Pack) -> dict[str, str]:
    """Return who answers for each clause, by name."""
    owners = owner_by_clause(pack, register(session, place.programme, "owners", known_at=place.known_at))
    names = names_of(session, owners.values())
    return {clause: names[owner] for clause, owner in owners.items() if owner in names}


def expected_at(clause: Clause) -> tuple[str, ...]:
    """Return the ids of the expectations of a clause: declared here first, then those declared elsewhere."""
    return tuple(dict.fromkeys((*(each.id for each in clause.expectations), *clause.shared)))


def findings_at(framework: FrameworkReport, clause: str) -> tuple[Merged, ...]:
    """Return the findings about a clause as a whole, which are about no expectation."""
    return tuple(each for each in framework.findings if each.finding.clause == clause)


def clause_rows(framework: FrameworkReport, owners: Mapping[str, str]) -> tuple[ClauseRow, ...]:
    """Return every clause in the standard's order."""
    lines = {line.need.id: line for line in framework.lines}
    clauses = {clause.number: clause for clause in framework.pack.clauses}
    ways = {number: _way(clauses, number) for number in clauses}
    expected: defaultdict[str, dict[str, Line]] = defaultdict(dict)
    worst: defaultdict[str, list[Status]] = defaultdict(list)
    for clause in framework.pack.clauses:
        own = {need_id: lines[need_id] for need_id in expected_at(clause) if need_id in lines}
        for number in ways[clause.number]:
            expected[number] |= own
    for merged in framework.findings:
        for number in ways.get(merged.finding.clause, ()):
            worst[number] += [WEIGHS[merged.finding.severity]] if merged.finding.severity in WEIGHS else []
    rows = []
    for number, clause in clauses.items():
        found = [line.status for line in expected[number].values()]
        counted = Counter(found)
        status = min((*found, *worst[number]), key=lambda each: each.rank, default=None)
        counts = tuple((each.value, counted[each]) for each in STATUSES)
        rows.append(ClauseRow(clause, len(ways[number]) - 1, status, counts, owners.get(number, "")))
    return tuple(rows)


def with_headings(rows: Sequence[ClauseRow], wanted: Iterable[str]) -> tuple[ClauseRow, ...]:
    """Return the wanted clauses and those above them."""
    clauses = {row.clause.number: row.clause for row in rows}
    kept = {above for number in wanted for above in _way(clauses, number)}
    return tuple(row for row in rows if row.clause.number in kept)


def branches_of(rows: Sequence[ClauseRow], here: str) -> tuple[Branch, ...]:
    """Return the rows as a tree, open on the way to `here`."""
    way = _way({row.clause.number: row.clause for row in rows}, here)
    below: defaultdict[str | None, list[ClauseRow]] = defaultdict(list)
    for row in rows:
        below[row.clause.parent].append(row)

    def branch(row: ClauseRow) -> Branch:
        number = row.clause.number
        return Branch(row, tuple(map(branch, below[number])), number in way)

    return tuple(map(branch, below[None]))


def _way(clauses: Mapping[str, Clause], number: str) -> tuple[str, ...]:
    """Return the clause and those above it, the lowest first."""
    way: list[str] = []
    at: str | None = number
    while at is not None and at in clauses:
        way.append(at)
        at = clauses[at].parent
    return tuple(way)
