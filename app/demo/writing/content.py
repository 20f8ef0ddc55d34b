"""What stands in a file: sections with text and tables, the same for the same title and day."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.demo.company import AUDITED, REVIEWED, Person
from app.demo.writing.figures import Row, months
from app.readiness.periods import add_months

LATER_DAYS = 100
"""What happened fewer days ago than this is the later of the two times that a thing happened at the sample."""


@dataclass(frozen=True, slots=True)
class Table:
    """A head row and the rows under it, all of the same length."""

    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs and, where it has one, a table."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Who a message comes from, who it is for, and who else gets it: addresses with names."""

    sender: str
    to: tuple[str, ...]
    copy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A title, the control block, sections; a picture shows `chart`: lines by name, with values in per cent.

    `day` is when it was made, `month` what a picture is about.
    """

    title: str
    language: str
    day: date
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    chart: tuple[tuple[str, tuple[float, ...]], ...] = field(default=())
    month: str = ""
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a record is about: the days it covers (one day where it has no period) and who made it.

    `today` is the day that the whole sample is made for, the last day covered where it is not given. `made_on` is the
    day it was written down, after its period; that last day too where it is not given.
    """

    title: str
    first: date
    last: date
    author: Person
    reviewer: Person
    today: date | None = None
    made_on: date | None = None

    @property
    def day(self) -> date:
        """The day it was written down."""
        return self.made_on or self.last

    @property
    def turn(self) -> int:
        """Whether this is the earlier (0) or the later (1) of two records of a kind."""
        return int(((self.today or self.last) - self.last).days < LATER_DAYS)

    @property
    def audited_on(self) -> date:
        """The day of the internal audit's report."""
        return (self.today or self.last) - timedelta(days=AUDITED)

    @property
    def reviewed_on(self) -> date:
        """The day of the management review."""
        return (self.today or self.last) - timedelta(days=REVIEWED)

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of every month it covers."""
        return months(self.first, self.last)

    def before(self, count: int) -> tuple[date, ...]:
        """Return the first days of so many whole months before the last day's month."""
        start = self.last.replace(day=1)
        return tuple(add_months(start, -back) for back in range(count, 0, -1))

    @property
    def period(self) -> str:
        """The days it covers, in words."""
        return f"{self.first} 至 {self.last}" if self.first != self.last else self.last.isoformat()


def lines(text: str) -> tuple[Row, ...]:
    """Return the rows of a table that is written one row a line, with `|` between cells."""
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())


def listed(heading: str, head: str, rows: tuple[Row, ...] | str, *paragraphs: str) -> Section:
    """Return a section with a table; the head, and where it is text the rows too, are written with `|`."""
    return Section(heading, paragraphs, Table(lines(head)[0], lines(rows) if isinstance(rows, str) else rows))


def alone(heading: str, head: str, rows: tuple[Row, ...] | str, *paragraphs: str) -> tuple[Section, ...]:
    """Return such a section as all there is."""
    return (listed(heading, head, rows, *paragraphs),)


def numbered(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows with their number in front."""
    return tuple((str(number), *row) for number, row in enumerate(rows, start=1))
