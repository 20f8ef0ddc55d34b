"""`auditready doctor`."""

from app.cli.group import verb
from app.cli.options import flag
from app.cli.where import DONE, REFUSED, Where
from app.language import say


@flag("--quick", said=say("Look only whether files are there in their size; do not read them."))
def doctor(where: Where, quick: bool) -> int:  # noqa: FBT001 (click's own)
    """Examine, and return 1 where something is broken."""
    with where.api() as api:
        found = api.post("doctor", read=not quick)
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
