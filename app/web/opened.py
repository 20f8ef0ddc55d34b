"""What somebody from outside opens is on record, by whichever page it goes out."""

from app.programmes.service import note_opened
from app.web.places import Place


def note_if_outsider(place: Place, item_id: str, file_name: str) -> None:
    """Put on record that an auditor has opened a file; whoever only looks as one leaves no trace."""
    visit = place.visit
    if not place.may("read-drafts") and not visit.previewing:
        with visit.runtime.database.writing() as session:
            note_opened(session, place.programme, item_id, file_name, actor=visit.who, at=visit.at)
