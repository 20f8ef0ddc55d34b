"""Shapes of charts, computed on the server; templates draw them as SVG and show the same figures in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.readiness.findings import Status, Verdict

WIDTH, HEIGHT = 640, 120
STATUSES = (Status.GAP, Status.AT_RISK, Status.WAIVED, Status.MET, Status.NOT_EXPECTED)
VERDICTS = (Verdict.READY, Verdict.AT_RISK, Verdict.NOT_READY, Verdict.CANNOT_EVALUATE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: which status, how many, and where it stands in percent of the width."""

    status: str
    count: int
    x: float
    width: float


def bar(counts: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """Return the parts of a whole bar side by side; nothing of what is not there."""
    total = sum(count for _, count in counts)
    parts, x = [], 0.0
    for status, count in counts:
        if count:
            width = 100 * count / total
            parts.append(Part(status, count, round(x, 3), round(width, 3)))
            x += width
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a line, in the chart's units."""

    x: float
    y: float
    day: date
    verdict: str


def steps(points: Sequence[tuple[date, str]]) -> tuple[Dot, ...]:
    """Return verdicts over time, the best on top; a single one stands in the middle."""
    if not points:
        return ()
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()
    span = last - first

    def dot(day: date, verdict: str) -> Dot:
        x = 20 + (WIDTH - 40) * ((day.toordinal() - first) / span if span else 0.5)
        y = 20 + (HEIGHT - 40) * VERDICTS.index(Verdict(verdict)) / (len(VERDICTS) - 1)
        return Dot(round(x, 1), round(y, 1), day, verdict)

    return tuple(dot(*point) for point in points)
