"""What people type about evidence, from a form or from an address, as the use cases take it."""

from datetime import date

from app.errors import AppError, Invalid
from app.evidence.corrections import Period
from app.evidence.service import NewEvidence
from app.evidence.versions import NewVersion
from app.storage.files import NewFile
from app.web.forms import Sent
from app.web.places import day_asked
from app.web.typed import KEY

EACH, ONE = "each", "one"
RIGHT = {"period_from": "right_from", "period_to": "right_to"}
"""How the days of a correction are named on forms, beside those of a new version."""


def version_of(sent: Sent, today: date) -> NewVersion:
    """Return the version, collected today unless a day is given. Raises Invalid for what is no day."""
    return NewVersion(
        day_asked("collected_on", sent["collected_on"]) or today,
        day_asked("period_from", sent["period_from"]),
        day_asked("period_to", sent["period_to"]),
        day_asked("valid_until", sent["valid_until"]),
        nil_return=sent["nil_return"] == "yes",
        note=sent["note"],
    )


def evidence_of(sent: Sent, title: str, today: date) -> NewEvidence:
    """Return new evidence of this title. Raises Invalid."""
    return NewEvidence(title, version_of(sent, today), sent.several("expectation_ids"), sent["owner_id"] or None)


def period_of(sent: Sent) -> tuple[Period, str]:
    """Return the right period and why the one that was stated is wrong. Raises Invalid."""
    days = {name: day_asked(name, sent[name]) for name in RIGHT.values()}
    for name, day in days.items():
        if day is None:
            raise Invalid("Name the first and the last day of the right period.", field=name)
    if not sent["period_reason"]:
        raise Invalid(
            "Say why the period was wrong: whoever accepts the correction goes by that.", field="period_reason"
        )
    return Period(*days.values()), sent["period_reason"]


def as_typed(error: AppError) -> AppError:
    """Return a refusal of a correction that names the field of its form."""
    names = {**RIGHT, "reason": "period_reason"}
    error.field = names.get(error.field or "", error.field)
    return error


def typed_in(sent: Sent) -> list[list[str]]:
    """Return what was typed, field by field: what makes a form the same when it is sent again."""
    return [[name, value] for name, value in sent.data.multi_items() if isinstance(value, str) and name != KEY]


def items_of(sent: Sent, files: list[NewFile], today: date) -> list[tuple[NewEvidence, list[NewFile]]]:
    """Return what the form adds: one item a file, or one item of all files. Raises Invalid."""
    typed = sent["title"]
    if sent["mode"] == EACH and files:
        several = len(files) > 1 or sent["several"] == "yes"
        return [(evidence_of(sent, title_of(typed, each.name, several=several), today), [each]) for each in files]
    title = typed if typed or not files else stem(files[0].name)
    return [(evidence_of(sent, title, today), files)]


def title_of(typed: str, file_name: str, *, several: bool) -> str:
    """Return what an item of one file is called: as typed, and by the file where several are called the same."""
    if not typed:
        return stem(file_name)
    return f"{typed} · {stem(file_name)}" if several else typed


def stem(file_name: str) -> str:
    """Return a file's name without its ending."""
    return file_name.rpartition(".")[0] or file_name
