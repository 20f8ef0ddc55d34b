"""What happened to a document, in words, from the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.identity.names import names_of
from app.journal.models import Entry
from app.journal.service import entries
from app.language import Message, Text, say
from app.web.documents_choices import KIND_NAMES, LEVEL_NAMES, Expected
from app.web.places import Place

SHOWN = 50
SENTENCES: Mapping[str, Message] = {
    "document.added": say("entered it in the master list as {number}"),
    "document.revised": say("added revision {number} with the file {file}"),
    "document.submitted": say("sent revision {number} to review"),
    "document.approved": say("approved revision {number}"),
    "document.returned": say("returned revision {number}: {reason}"),
    "document.recalled": say("took revision {number} out of review"),
    "document.reviewed": say(
        "reviewed revision {number} and found that it still holds; next review on {next_review_on}"
    ),
    "document.withdrawn": say("withdrew it: {reason}"),
    "document.linked": say("linked it to {expectations}"),
    "link.removed": say("removed the link to {expectation}"),
    "link.confirmed": say("confirmed the link to {expectation}"),
}
CHANGES: Mapping[str, Message] = {
    "title": say("title: {before} → {after}"),
    "level": say("level: {before} → {after}"),
    "kind": say("kind: {before} → {after}"),
    "owner": say("owner: {before} → {after}"),
}
WORDS: Mapping[str, Mapping[str, Message]] = {"level": LEVEL_NAMES, "kind": KIND_NAMES}


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that somebody did; `what` has a sentence for each part of it."""

    at: datetime
    who: str
    what: tuple[Message | str, ...]


def history_of(
    session: Session, place: Place, document_id: str, expected: Mapping[str, Expected]
) -> tuple[Happened, ...]:
    """Return what happened to a document, newest first, one more than `SHOWN` where there is more.

    The caller has checked that the journal may be read.
    """
    programme = place.programme
    found = entries(
        session,
        programme.organisation_id,
        programme_id=programme.id,
        subject_id=document_id,
        until=place.known_at,
        limit=SHOWN + 1,
    )
    owners = names_of(session, (_owner(body) for entry in found for body in (entry.before, entry.after)))
    return tuple(Happened(each.at, each.actor_name, _told(each, owners, expected)) for each in found)


def _owner(body: Mapping[str, Any] | None) -> str | None:
    return (body or {}).get("owner")


def _told(entry: Entry, owners: Mapping[str, str], expected: Mapping[str, Expected]) -> tuple[Message | str, ...]:
    before, after = entry.before or {}, entry.after or {}
    if entry.action == "document.amended":
        return tuple(_change(name, before[name], after[name], owners) for name in before if before[name] != after[name])
    if entry.action == "document.owner-changed":
        return (_change("owner", before.get("owner"), after.get("owner"), owners),)
    if entry.action not in SENTENCES:
        return (entry.action,)
    parts = {name: _part(name, value, expected) for name, value in after.items()}
    return (Message(SENTENCES[entry.action].text, parts),)


def _change(name: str, before: Any, after: Any, owners: Mapping[str, str]) -> Message:  # noqa: ANN401 (as the journal has it)
    def shown(value: Any) -> object:  # noqa: ANN401
        if name == "owner":
            return owners.get(value, value) if value else say("nobody yet")
        return WORDS.get(name, {}).get(value, value)

    return Message(CHANGES[name].text, {"before": shown(before), "after": shown(after)})


def _part(name: str, value: Any, expected: Mapping[str, Expected]) -> object:  # noqa: ANN401 (as the journal has it)
    if name == "next_review_on" and value:
        return date.fromisoformat(value)
    if name == "expectation":
        return _named(value, expected)
    if name == "expectations":
        return tuple(_named(each, expected) for each in value)
    return value


def _named(expectation_id: str, expected: Mapping[str, Expected]) -> Text:
    found = expected.get(expectation_id)
    return found.name if found else Text(expectation_id, expectation_id)
