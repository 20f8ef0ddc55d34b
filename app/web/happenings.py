"""What an entry of the journal about evidence or a document says, in words."""

from collections.abc import Mapping

from app.journal.models import Entry
from app.language import Message, Text, say

WORDS = {
    "document.added": say("entered in the master list"),
    "document.amended": say("title, level or kind changed"),
    "document.approved": say("revision {number} approved"),
    "document.linked": say("linked to more expectations"),
    "document.owner-changed": say("handed to another owner"),
    "document.recalled": say("revision {number} recalled"),
    "document.returned": say("revision {number} returned: {reason}"),
    "document.reviewed": say("revision {number} reviewed, still holds"),
    "document.revised": say("revision {number} added"),
    "document.submitted": say("revision {number} sent to review"),
    "document.withdrawn": say("withdrawn: {reason}"),
    "evidence.accepted": say("version {number} accepted"),
    "evidence.added": say("added"),
    "evidence.amended": say("title or owner changed"),
    "evidence.linked": say("linked to more expectations"),
    "evidence.period-corrected": say("period corrected by version {number}: {reason}"),
    "evidence.rejected": say("version {number} rejected: {reason}"),
    "evidence.version-added": say("version {number} submitted"),
    "evidence.withdrawn": say("withdrawn: {reason}"),
    "link.confirmed": say("link to {expectation} confirmed"),
    "link.removed": say("link to {expectation} removed"),
}


def worded(entry: Entry, names: Mapping[str, Text]) -> Message | str:
    """Return what happened; `names` are those of expectations. An action without words is shown as it is."""
    words = WORDS.get(entry.action)
    if words is None:
        return entry.action
    said = entry.after or {}
    wanted = str(said.get("expectation", ""))
    parts = {
        "number": said.get("number", "?"),
        "reason": said.get("reason") or "-",
        "expectation": names.get(wanted, wanted),
    }
    return Message(words.text, parts)
