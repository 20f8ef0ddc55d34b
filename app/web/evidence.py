"""Evidence: the list with its facets, newest first, a page at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app.database import new_id
from app.errors import Invalid
from app.evidence.filters import NEWEST_FIRST, ORDERS, Filter
from app.evidence.reading import EvidenceView, list_evidence
from app.http.deps import Reading
from app.identity.names import members_ever, names_of
from app.identity.service import members
from app.language import Message
from app.paging import Page
from app.web.expectations import Choice, Expected, expected
from app.web.forms import EMPTY, Filled
from app.web.outcomes import Outcome, find_outcome
from app.web.pages import render
from app.web.places import Asked, Place, day_asked, enter
from app.web.sorting import Heading, headings
from app.web.visits import Visiting

router = APIRouter()
ROWS = 50
NOBODY, PAST = "nobody", "past"
EXPIRING = ("30", "60", "90", "180", "365")
MAX_DAYS = 3650

DAYS = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Facets:
    """What the address asks for, as it stands there; `sort` is the order."""

    state: str = ""
    kind: str = ""
    clause: str = ""
    process: str = ""
    owner: str = ""
    expectation: str = ""
    period_from: str = ""
    period_to: str = ""
    expiring: str = ""
    sort: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Those that are given."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}

    @property
    def narrows(self) -> bool:
        """Whether the list is not all there is."""
        return bool(self.given.keys() - {"sort"})

    def wanted(self, known: Expected, today: date) -> Filter:
        """Return them as the use case takes them. Raises Invalid."""
        ends_from, ends_to = self._ends(today)
        return Filter(
            state=self.state or None,
            expectation_id=self.expectation or None,
            owner_id=None if not self.owner else "" if self.owner == NOBODY else self.owner,
            expectation_ids=known.narrowed(kind=self.kind, clause=self.clause, process=self.process),
            period_from=day_asked("period_from", self.period_from),
            period_to=day_asked("period_to", self.period_to),
            ends_from=ends_from,
            ends_to=ends_to,
            sort=self.sort,
        )

    def _ends(self, today: date) -> tuple[date | None, date | None]:
        if not self.expiring:
            return None, None
        if self.expiring == PAST:
            return None, today - timedelta(days=1)
        if not DAYS.fullmatch(self.expiring) or int(self.expiring) > MAX_DAYS:
            raise Invalid("The number of days is 0 to {most}.", most=MAX_DAYS, field="expiring")
        return today, today + timedelta(days=int(self.expiring))


def facets_of(given: Mapping[str, str]) -> Facets:
    """Return the facets among the parts of an address."""
    return Facets(**{each.name: given.get(each.name, "").strip()[:100] for each in fields(Facets)})


async def _facets(request: Request) -> Facets:
    return facets_of(request.query_params)


Wanted = Annotated[Facets, Depends(_facets)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the evidence with the newest version that the reader may see."""

    view: EvidenceView
    state: str
    owner: str | None
    links: tuple[tuple[str, Choice | None], ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything on the list. `chosen` are the boxes that were checked on a form that was refused.

    `outcome` is what the form known as `came` has done.
    """

    rows: tuple[Row, ...]
    heads: dict[str, Heading]
    facets: Facets
    counts: dict[str, int]
    expected: Expected
    people: dict[str, str]
    cursor: str | None
    begins: bool
    problem: Message | None
    came: str
    outcome: Outcome | None
    form: Filled
    chosen: frozenset[str]
    once: str

    @property
    def total(self) -> int:
        """How much evidence there is."""
        return sum(self.counts.values())


@router.get("/programmes/{programme}/evidence")
def show_evidence(programme: str, wanted: Wanted, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show a page of the list."""
    return list_page(session, enter(session, visit, programme, dates), wanted)


def list_page(
    session: Session,
    place: Place,
    facets: Facets,
    *,
    form: Filled = EMPTY,
    chosen: frozenset[str] = frozenset(),
) -> Response:
    """Return the list, with the form for several items as it was filled in."""
    visit, asked = place.visit, place.visit.request.query_params
    known, cursor, came, problem = expected(session, place), asked.get("cursor") or None, asked.get("came", ""), None
    page: Page[EvidenceView] = Page((), None)
    try:
        wanted = facets.wanted(known, place.today)
        page = list_evidence(
            session, place.programme, wanted, known_at=place.known_at, actor=visit.who, cursor=cursor, limit=ROWS
        )
    except Invalid as error:
        problem = error.message
    shown = ListPage(
        rows=_rows(session, place, page, known),
        heads=headings(place, "evidence", ORDERS, sort=facets.sort, usual=NEWEST_FIRST, given=facets.given),
        facets=facets,
        counts=visit.runtime.reports.count_evidence(
            session, place.programme, known_at=place.known_at, actor=visit.who, at=visit.at
        ),
        expected=known,
        people=_owners(session, place) if place.may("read-drafts") else {},
        cursor=page.cursor,
        begins=cursor is None,
        problem=problem,
        came=came,
        outcome=find_outcome(session, visit, came),
        form=form,
        chosen=chosen,
        once=new_id(),
    )
    status = form.status if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(visit, "evidence.html", shown, place=place, status=status)


def _owners(session: Session, place: Place) -> dict[str, str]:
    """Return whom the evidence may belong to; in the past also who has left since."""
    if place.known_at is not None:
        return members_ever(session, place.organisation.id)
    return members(session, place.organisation.id, at=place.visit.at)


def _rows(session: Session, place: Place, page: Page[EvidenceView], known: Expected) -> tuple[Row, ...]:
    names = names_of(session, (view.evidence.owner_id for view in page.items))
    rows = []
    for view in page.items:
        ends = view.versions[0].version.valid_until
        rows.append(
            Row(
                view,
                view.state,
                names.get(view.evidence.owner_id or ""),
                tuple((link.expectation_id, known.by_id.get(link.expectation_id)) for link in view.links),
                ended=ends is not None and ends < place.today,
            )
        )
    return tuple(rows)
