"""The organisation's own licensed text of a standard, clause by clause; only this organisation sees it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.models import ClauseText
from app.catalogue.service import find_framework, get_pack
from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.journal.service import Event, record
from app.validation import words

MAX_CLAUSE_TEXT = 20_000


def set_clause_text(
    session: Session,
    organisation_id: str,
    code: str,
    clause: str,
    language: str,
    text: str,
    *,
    actor: Actor,
    at: datetime,
) -> ClauseText:
    """Keep the customer's own licensed text of a clause; only this organisation sees it.

    An empty text takes it out again. Raises Forbidden, NotFound, Invalid.
    """
    actor.must(Permission.IMPORT_FRAMEWORK, organisation_id)
    framework = find_framework(session, code, organisation_id)
    if language not in {"zh", "en"}:
        raise Invalid("The language is zh or en.", field="language")
    if all(each.number != clause for each in get_pack(session, code, organisation_id).clauses):
        raise NotFound("{code} has no clause {clause}.", code=code, clause=clause, field="clause")
    row = ClauseText(
        id=new_id(),
        organisation_id=organisation_id,
        framework_id=framework.id,
        clause=clause,
        language=language,
        text=words(text, "text", most=MAX_CLAUSE_TEXT),
        recorded_at=at,
        recorded_by=actor.id,
    )
    session.add(row)
    session.flush()
    event = Event("clause-text.set", f"{code}:{clause}:{language}", after={"characters": len(row.text)})
    record(session, organisation_id, event, actor=actor, at=at)
    return row


def clause_texts(session: Session, organisation_id: str, code: str) -> dict[tuple[str, str], str]:
    """Return the customer's own texts by clause and language; empty ones were taken out."""
    framework = find_framework(session, code, organisation_id)
    query = (
        select(ClauseText)
        .where(ClauseText.organisation_id == organisation_id, ClauseText.framework_id == framework.id)
        .order_by(ClauseText.recorded_at, ClauseText.id)
    )
    newest = {(row.clause, row.language): row.text for row in session.scalars(query)}
    return {key: text for key, text in newest.items() if text}
