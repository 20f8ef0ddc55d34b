"""Shapes of charts, computed on the server; templates draw them as SVG and show the same figures in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.readiness.findings import Status

WIDTH, HEIGHT, EDGE, LEFT = 640, 140, 20, 60
STATUSES = (Status.GAP, Status.AT_RISK, Status.WAIVED, Status.MET, Status.NOT_EXPECTED)


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
    """One point of a line, in the chart's units: what a snapshot came to."""

    x: float
    y: float
    day: date
    verdict: str
    satisfied: int
    applicable: int

    @property
    def percent(self) -> float:
        """How many of a hundred expectations were met."""
        return _percent(self.satisfied, self.applicable)


@dataclass(frozen=True, slots=True)
class Line:
    """A line over time; `lowest` is the percentage at its foot, the head is 100."""

    dots: tuple[Dot, ...]
    lowest: int


def line_of(points: Sequence[tuple[date, str, int, int]]) -> Line:
    """Return how many expectations were met over time: day, verdict, met, of how many; one alone is in the middle."""
    if not points:
        return Line((), 0)
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()
    lowest = max(0, int(min(_percent(met, of) for _, _, met, of in points) - 1) // 10 * 10)

    def dot(day: date, verdict: str, met: int, of: int) -> Dot:
        x = LEFT + (WIDTH - LEFT - EDGE) * ((day.toordinal() - first) / (last - first) if last > first else 0.5)
        y = EDGE + (HEIGHT - 2 * EDGE) * (100 - _percent(met, of)) / (100 - lowest)
        return Dot(round(x, 1), round(y, 1), day, verdict, met, of)

    return Line(tuple(dot(*point) for point in points), lowest)


def _percent(met: int, of: int) -> float:
    return 100 * met / of if of else 0.0
