"""`auditready doctor`."""

from app.cli.group import verb
from app.cli.options import flag
from app.cli.where import DONE, REFUSED, Where
from app.language import say


@flag("--quick", said=say("Look only whether files are there in their size; do not read them."))
@flag("--remove-orphans", said=say("First remove bytes and drafts that no record names and that are older than a day."))
def doctor(where: Where, quick: bool, remove_orphans: bool) -> int:  # noqa: FBT001 (click's own)
    """Examine, and return 1 where something is broken."""
    with where.api() as api:
        if remove_orphans:
            removed = api.delete("doctor", "orphans")["removed"]
            where.tell(say("Removed: {count}.", count=len(removed)))
        found = api.post("doctor", read=not quick)
    if found["orphans"] or found["stale_drafts"]:
        where.tell(
            say(
                "{count} files are named by no record: they only take room. `auditready doctor --remove-orphans` "
                "removes those older than a day.",
                count=len(found["orphans"]) + len(found["stale_drafts"]),
            )
        )
    where.details(found, breaks="chain_id number reason", troubles="sha256 reason", orphans="sha256 size_bytes")
    return DONE if found["sound"] else REFUSED


command = verb(
    "doctor",
    say(
        "Examine the journal's chains and every stored byte; damage goes on record, so that checks show it. Exits with "
        "1 where something is broken."
    ),
    example="auditready doctor",
)(doctor)
