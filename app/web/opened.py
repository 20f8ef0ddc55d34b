"""What an auditor opens through the pages is on record."""

from app.http import opened
from app.web.places import Place


def note_if_outsider(place: Place, item_id: str, file_name: str) -> None:
    """Put on record that an auditor opens a file; whoever only looks as one leaves no trace."""
    visit = place.visit
    if not visit.previewing:
        opened.note_if_outsider(visit.runtime, place.programme, item_id, file_name, actor=visit.who, at=visit.at)
