"""What a version of evidence proves, and what must hold before it is kept."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.evidence.models import EvidenceVersion
from app.storage.files import MAX_FILES
from app.validation import words

MAX_NOTE = 4000
FIRST_DAY = date(1990, 1, 1)
"""Earlier days are slips of the hand: no service management was audited then."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a version proves: the day it was collected, the period it covers, how long it holds.

    A nil return says in `note` that nothing happened in the period and needs no file.
    """

    collected_on: date
    period_from: date | None = None
    period_to: date | None = None
    valid_until: date | None = None
    nil_return: bool = False
    note: str = ""


def check_version(new: NewVersion, count: int, today: date) -> NewVersion:
    """Return what can be kept of a version with so many files. Raises Invalid."""
    note = words(new.note, "note", most=MAX_NOTE)
    if new.nil_return and not note:
        raise Invalid("A nil return says what did not happen: write it in the note.", field="note")
    if new.nil_return and new.period_from is None:
        raise Invalid("A nil return is for a period: name its first and last day.", field="period_from")
    if not new.nil_return and count == 0:
        raise Invalid("Evidence needs a file, or must be a nil return.", field="file")
    if count > MAX_FILES:
        raise Invalid("A version has at most {most} files.", most=MAX_FILES, field="file")
    _check_days(new, today)
    return replace(new, note=note)


def check_period_kept(former: EvidenceVersion | None, new: NewVersion) -> None:
    """Raise Invalid where a version would leave days uncovered that `former`, the one in force, covers."""
    if former is None or former.period_from is None or former.period_to is None:
        return
    if new.period_from and new.period_to and new.period_from <= former.period_from <= former.period_to <= new.period_to:
        return
    raise Invalid(
        "The version in force covers {first} to {last}, and this one would take days of it away. Name a period that "
        "contains it, or add the record of another period as new evidence.",
        first=former.period_from,
        last=former.period_to,
        field="period_from",
    )


def submitters(session: Session, version: EvidenceVersion) -> set[str]:
    """Return who may not decide about a version: whoever submitted it, or its files where it corrects a period."""
    found = {version.submitted_by}
    if version.correction is None:
        return found
    query = select(EvidenceVersion).where(
        EvidenceVersion.evidence_id == version.evidence_id, EvidenceVersion.number < version.number
    )
    for earlier in session.scalars(query.order_by(EvidenceVersion.number.desc())):
        found.add(earlier.submitted_by)
        if earlier.correction is None:
            break
    return found


def _check_days(new: NewVersion, today: date) -> None:
    for field in ("collected_on", "period_from", "period_to", "valid_until"):
        day = getattr(new, field)
        if day is not None and day < FIRST_DAY:
            raise Invalid("{day} is too long ago: check the year.", day=day, field=field)
    if new.collected_on > today:
        raise Invalid("It cannot be collected in the future: today is {today}.", today=today, field="collected_on")
    if (new.period_from is None) != (new.period_to is None):
        raise Invalid("A period has a first and a last day.", field="period_to" if new.period_from else "period_from")
    if new.period_from and new.period_to:
        if new.period_to < new.period_from:
            raise Invalid("The period ends before it begins.", field="period_to")
        if new.period_to > today:
            raise Invalid("The period has not ended yet: today is {today}.", today=today, field="period_to")
        if new.collected_on < new.period_from:
            raise Invalid(
                "It was collected before its period begins on {day}. Correct one of the two days.",
                day=new.period_from,
                field="collected_on",
            )
    if new.valid_until and new.valid_until < new.collected_on:
        raise Invalid("It would have ended before it was collected.", field="valid_until")
