"""Where a page is: the programme, its dates and what may be done there. Both dates travel with every address."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends
from pydantic import BeforeValidator
from sqlalchemy.orm import Session

from app.checks.report import Report
from app.checks.service import Question, moment_asked
from app.errors import Invalid
from app.identity.actor import Permission
from app.language import Message, Text, say
from app.programmes.models import Organisation, Programme
from app.programmes.registers import Profile
from app.programmes.service import find_programme, profile_of
from app.web.visits import Visit

NAVIGATION: tuple[tuple[str, Message, Permission], ...] = (
    ("", say("Home"), Permission.READ_DRAFTS),
    ("clauses", say("Clauses"), Permission.READ),
    ("coverage", say("Coverage"), Permission.READ),
    ("evidence", say("Evidence"), Permission.READ),
    ("documents", say("Documents"), Permission.READ),
    ("journal", say("Journal"), Permission.READ_JOURNAL),
    ("set-up", say("Set-up"), Permission.READ_DRAFTS),
)
"""Places of a programme in their order: path, name, and the right without which they are not shown."""
READING = frozenset({Permission.READ, Permission.READ_DRAFTS, Permission.READ_JOURNAL})
"""Rights that change nothing."""


@dataclass(frozen=True, slots=True)
class Dates:
    """What the address asks for: the day to judge and the last day of what is known, None where it does not say."""

    as_of: date | None
    known_on: date | None

    def query(self) -> dict[str, str]:
        """Return them as an address says them."""
        given = {"as_of": self.as_of, "known_at": self.known_on}
        return {name: day.isoformat() for name, day in given.items() if day}


TODAY = Dates(None, None)
PASSING = frozenset({"as_of", "known_at", "cursor", "came", "done", "ended", "undo", "unlinked"})
"""What of an address holds for one page only: its days, where a list goes on, and what has just been done."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
"""Far enough for every certificate; further away each period in between would be judged."""


def day_asked(name: str, value: str | None) -> date | None:
    """Return a day of an address or form, None where it is empty. Raises Invalid."""
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Invalid("{value} is no day such as 2027-03-01.", value=value[:40], field=name) from error


def _dates(as_of: str | None = None, known_at: str | None = None) -> Dates:
    dates = Dates(day_asked("as_of", as_of), day_asked("known_at", known_at))
    for name, day in (("as_of", dates.as_of), ("known_at", dates.known_on)):
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise Invalid("Days are asked for from {first} to {last}.", first=FIRST_DAY, last=LAST_DAY, field=name)
    return dates


Asked = Annotated[Dates, Depends(_dates)]
Empty = BeforeValidator(lambda value: None if value == "" else value)
"""An empty field of a form is one that was not given."""


@dataclass(frozen=True, slots=True)
class Place:
    """A programme on a page.

    `known_at` is the moment of knowledge where it lies in the past, None for now; `today` is the day there at that
    moment. Nothing is changed in the past, so `may` then says no to everything but reading.
    """

    visit: Visit
    programme: Programme
    organisation: Organisation
    profile: Profile
    zone: ZoneInfo
    today: date
    dates: Dates
    known_at: datetime | None

    @property
    def name(self) -> Text:
        """What the programme is called."""
        code = self.programme.code
        return Text(self.profile.name_en or self.profile.name_zh or code, self.profile.name_zh or code)

    @property
    def organisation_name(self) -> Text:
        """What the organisation is called."""
        return Text(self.organisation.name_en, self.organisation.name_zh)

    @property
    def navigation(self) -> list[tuple[str, Message]]:
        """The places that may be entered."""
        return [(path, name) for path, name, right in NAVIGATION if self.may(right)]

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What the page's address asks for that goes along when only the days change."""
        given = parse_qsl(self.visit.page.partition("?")[2])
        return [(name, value) for name, value in given if name not in PASSING]

    @property
    def back_to_today(self) -> str:
        """The address of the page as of today, with its filters."""
        asked = urlencode(self.filters)
        return self.visit.prefix + self.visit.page.partition("?")[0] + (f"?{asked}" if asked else "")

    def may(self, right: str) -> bool:
        """Say whether the visitor has a right that can be used here."""
        if self.known_at is not None and right not in READING:
            return False
        return self.visit.who.may(Permission(right), self.programme.organisation_id, self.programme.id)

    @property
    def latest(self) -> date:
        """The last day whose knowledge can be asked for: today, also where the page is about the past."""
        return self.visit.at.astimezone(self.zone).date()

    def to(self, *parts: object, **query: object) -> str:
        """Return an address in this programme; both dates go along."""
        path = "/".join(quote(str(part), safe="") for part in ("programmes", self.programme.code, *parts) if part != "")
        given = {name: str(value) for name, value in query.items() if value not in (None, "")}
        asked = urlencode({**self.dates.query(), **given})
        return f"{self.visit.prefix}/{path}" + (f"?{asked}" if asked else "")

    def report(self, session: Session, stage: int, *, frameworks: tuple[str, ...] = ()) -> Report:
        """Return the programme's readiness for a stage on the days asked for."""
        question = Question(stage, self.dates.as_of, frameworks)
        return self.visit.runtime.reports.check(
            session, self.programme, question, known_at=self.known_at, actor=self.visit.who, at=self.visit.at
        )


def enter(session: Session, visit: Visit, code: str, dates: Dates = TODAY) -> Place:
    """Return the programme with this code or id. Raises SignInNeeded, NotFound, Invalid for a day to come as known."""
    programme = find_programme(session, code, actor=visit.who)
    organisation = session.get_one(Organisation, programme.organisation_id)
    zone = ZoneInfo(organisation.time_zone)
    known_at, today = None, visit.at.astimezone(zone).date()
    if dates.known_on is not None:
        end = datetime.combine(dates.known_on, time.max, zone)
        known_at = moment_asked(end, now=visit.at)
        known_at, today = (known_at, dates.known_on) if dates.known_on < today else (None, today)
    return Place(
        visit=visit,
        programme=programme,
        organisation=organisation,
        profile=profile_of(session, programme, known_at=known_at),
        zone=zone,
        today=today,
        dates=dates,
        known_at=known_at,
    )
