"""What happened at a clause: the journal of everything that is or was linked to its expectations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import reading as documents
from app.evidence import reading as evidence
from app.identity.actor import Actor, Permission
from app.journal.models import Entry
from app.links.models import Link
from app.links.service import LinkKind
from app.past import happened
from app.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the journal and what it is about: evidence or a document, and what that was called at the moment."""

    entry: Entry
    kind: str
    title: str


def history_for(
    session: Session,
    programme: Programme,
    expectation_ids: Sequence[str],
    *,
    known_at: datetime | None = None,
    actor: Actor,
    most: int,
) -> tuple[Happening, ...]:
    """Return the newest entries, up to a moment, about items linked to these expectations until then, also formerly.

    At most five queries. Raises Forbidden, NotFound.
    """
    actor.must(Permission.READ_JOURNAL, programme.organisation_id, programme.id)
    linked = select(Link.item_id).where(
        Link.programme_id == programme.id,
        Link.kind.in_(tuple(LinkKind)),
        Link.expectation_id.in_(expectation_ids),
        happened(Link.made_at, known_at),
    )
    about = (
        Entry.chain_id == programme.organisation_id,
        Entry.subject_id.in_(linked),
        happened(Entry.at, known_at),
    )
    # `+ 0` keeps the database from walking the whole journal backwards for a clause at which little happened.
    newest = select(Entry.number).where(*about).order_by((Entry.number + 0).desc()).limit(most).subquery()
    of_these = (Entry.chain_id == programme.organisation_id, Entry.number.in_(select(newest.c.number)))
    entries = session.scalars(select(Entry).where(*of_these).order_by(Entry.number.desc())).all()
    ids = {entry.subject_id for entry in entries}
    papers = documents.titles_of(session, programme, ids, known_at=known_at, actor=actor)
    items = evidence.titles_of(session, programme, ids, known_at=known_at, actor=actor)
    titles = {item_id: ("document", title) for item_id, title in papers.items()}
    titles |= {item_id: ("evidence", title) for item_id, title in items.items()}
    return tuple(Happening(entry, *titles[entry.subject_id]) for entry in entries if entry.subject_id in titles)
