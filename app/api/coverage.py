"""The matrix of coverage: for each expectation, period by period, what is there and what is not."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from app.api.answers import send
from app.api.deps import KNOWN_AT
from app.api.documented import reads
from app.api.fields import Body, Day, Id, Instant
from app.api.shapes_frameworks import BothShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.checks.cells import Cell, Mark, Row
from app.checks.coverage import USUAL_MONTHS, Coverage, CoverageQuestion, coverage
from app.checks.service import moment_asked
from app.http.deps import Now, Reading
from app.programmes.service import find_programme

router = APIRouter(prefix="/programmes/{programme}", tags=["readiness"], route_class=StrictRoute)


class CoverageAsked(Body):
    """Which months of which framework; without `first` those up to the audit, half a year from now at most."""

    framework: Annotated[
        Id | None, Field(description="One of the programme's; the first unless given.", examples=["iso20000-1-2018"])
    ] = None
    as_of: Annotated[Day | None, Field(description="The day to be judged.")] = None
    known_at: Annotated[Instant | None, Field(description=KNOWN_AT)] = None
    first: Annotated[Day | None, Field(description="A day of the first month.")] = None
    months: Annotated[int, Field(description="How many months.")] = USUAL_MONTHS
    language: Annotated[str | None, Field(exclude=True)] = None


class CellItem(BaseModel):
    """Evidence or a document."""

    kind: str
    id: str
    title: str


class CellShape(BaseModel):
    """One period, or several months that are alike; `items` are at most 20 of `count`."""

    period: str
    starts_on: date
    ends_on: date
    mark: Mark
    due_on: date | None = Field(description="Last day of grace of a record, day of the next review of a document.")
    recorded_on: date | None
    items: list[CellItem]
    count: int

    @classmethod
    def of(cls, cell: Cell) -> "CellShape":
        """Build it from what was laid out."""
        return cls(
            period=cell.period.name,
            starts_on=cell.period.start,
            ends_on=cell.period.end,
            mark=cell.mark,
            due_on=cell.due_on,
            recorded_on=cell.recorded_on,
            items=[CellItem(kind=item.kind, id=item.id, title=item.title) for item in cell.items],
            count=cell.count,
        )


class RowShape(BaseModel):
    """One expectation; `by_period`: each period is looked for, and not only the age of what is there."""

    clause: str
    expectation_id: str
    name: BothShape
    action: str
    cadence: str
    owner_id: str | None
    by_period: bool
    holes: int = Field(description="How many periods stand against readiness today.")
    cells: list[CellShape]

    @classmethod
    def of(cls, row: Row) -> "RowShape":
        """Build it from what was laid out."""
        need = row.need
        return cls(
            clause=need.clause,
            expectation_id=need.id,
            name=BothShape(en=need.name.en, zh=need.name.zh),
            action=need.action,
            cadence=need.cadence,
            owner_id=need.owner,
            by_period=row.by_period,
            holes=row.holes,
            cells=[CellShape.of(cell) for cell in row.cells],
        )


class CoverageShape(BaseModel):
    """The matrix of one framework, in the order of its clauses."""

    framework: str
    months: list[str]
    rows: list[RowShape]

    @classmethod
    def of(cls, found: Coverage) -> "CoverageShape":
        """Build it from what was laid out."""
        rows = [RowShape.of(row) for row in found.rows]
        return cls(framework=found.pack.id, months=[f"{month:%Y-%m}" for month in found.months], rows=rows)


@router.get("/coverage", **reads(CoverageShape))
def get_coverage(
    programme: str, query: Annotated[CoverageAsked, Query()], session: Reading, *, actor: Acting, at: Now
) -> Response:
    """Lay out what is there for each expectation, period by period: records at intervals, and documents."""
    found = find_programme(session, programme, actor=actor)
    question = CoverageQuestion(query.framework, query.as_of, query.first, query.months)
    known_at = moment_asked(query.known_at, now=at)
    return send(CoverageShape.of(coverage(session, found, question, actor=actor, known_at=known_at)))
