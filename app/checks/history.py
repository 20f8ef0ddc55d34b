"""What happened at a clause: the journal of everything that is or was linked to its expectations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.evidence.models import Evidence
from app.identity.actor import Actor, Permission
from app.journal.models import Entry
from app.links.models import Link
from app.links.service import LinkKind
from app.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the journal and what it is about: evidence or a document, and what that is called now."""

    entry: Entry
    kind: str
    title: str


def history_for(
    session: Session, programme: Programme, expectation_ids: Sequence[str], *, actor: Actor, most: int
) -> tuple[Happening, ...]:
    """Return the newest entries about items linked to these expectations, also formerly. Three queries.

    Raises Forbidden, NotFound.
    """
    actor.must(Permission.READ_JOURNAL, programme.organisation_id, programme.id)
    linked = select(Link.item_id).where(
        Link.programme_id == programme.id, Link.kind.in_(tuple(LinkKind)), Link.expectation_id.in_(expectation_ids)
    )
    about = (Entry.chain_id == programme.organisation_id, Entry.subject_id.in_(linked))
    # `+ 0` keeps the database from walking the whole journal backwards for a clause at which little happened.
    newest = select(Entry.number).where(*about).order_by((Entry.number + 0).desc()).limit(most).subquery()
    of_these = (Entry.chain_id == programme.organisation_id, Entry.number.in_(select(newest.c.number)))
    entries = session.scalars(select(Entry).where(*of_these).order_by(Entry.number.desc())).all()
    ids = {entry.subject_id for entry in entries}
    documents = session.execute(select(Document.id, Document.number, Document.title).where(Document.id.in_(ids)))
    evidence = session.execute(select(Evidence.id, Evidence.title).where(Evidence.id.in_(ids)))
    titles = {item_id: ("document", f"{number} {title}") for item_id, number, title in documents}
    titles |= {item_id: ("evidence", title) for item_id, title in evidence}
    return tuple(Happening(entry, *titles[entry.subject_id]) for entry in entries if entry.subject_id in titles)
