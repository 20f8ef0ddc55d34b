"""What somebody from outside opens is on record, by whichever door it goes out."""

from datetime import datetime

from app.identity.actor import Actor
from app.journal.service import Event
from app.programmes.models import Programme
from app.programmes.service import note
from app.runtime import Runtime


def note_if_outsider(
    runtime: Runtime, programme: Programme, item_id: str, file_name: str, *, actor: Actor, at: datetime
) -> None:
    """Put on record that an auditor opens a file, before a byte of it goes out; also where the client has it already.

    Source: audit model: what an auditor saw can be shown.
    """
    if actor.is_outside(programme.organisation_id, programme.id):
        with runtime.database.writing() as session:
            note(session, programme, Event("file.opened", item_id, after={"file": file_name}), actor=actor, at=at)
