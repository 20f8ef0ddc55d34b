"""Documents at a moment: how each was called and classed, and whose it was."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.documents.models import Document, DocumentAmendment, DocumentOwner
from app.past import as_known, former

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


class Former(NamedTuple):
    """What a document was called and how it was classed, where that was changed since."""

    number: str
    title: str
    level: str
    kind: str

    @property
    def name(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class Described:
    """What documents were called, how they were classed and whose they were: columns of a query that `joins` these."""

    joins: tuple[tuple[Subquery, ColumnElement[bool]], ...]
    title: Column
    level: Column
    kind: Column
    owner_id: Column

    def joined(self, query: Query) -> Query:
        """Return a query of documents that knows them."""
        for found, where in self.joins:
            query = query.outerjoin(found, where)
        return query


def described(programme_id: str, known_at: datetime | None) -> Described:
    """Return what documents of a programme were called at a moment, None for now, and whose they were."""
    if known_at is None:
        return Described((), Document.title, Document.level, Document.kind, Document.owner_id)
    names, owners = _amended(programme_id, known_at), _handed_on(programme_id, known_at)
    return Described(
        ((names, names.c.document_id == Document.id), (owners, owners.c.document_id == Document.id)),
        func.coalesce(names.c.title, Document.title),
        func.coalesce(names.c.level, Document.level),
        func.coalesce(names.c.kind, Document.kind),
        case((owners.c.document_id.is_not(None), owners.c.owner_id), else_=Document.owner_id),
    )


def former_names(
    session: Session, programme_id: str, known_at: datetime | None, ids: Collection[str] | None = None
) -> dict[str, Former]:
    """Return what documents, all or these, were called and how they were classed, where that was changed since."""
    if known_at is None:
        return {}
    found = _amended(programme_id, known_at)
    query = select(found.c.document_id, Document.number, found.c.title, found.c.level, found.c.kind)
    query = query.join(Document, Document.id == found.c.document_id)
    rows = session.execute(query if ids is None else query.where(found.c.document_id.in_(ids)))
    return {document_id: Former(*names) for document_id, *names in rows}


def former_owners(
    session: Session, programme_id: str, known_at: datetime | None, ids: Collection[str] | None = None
) -> dict[str, str | None]:
    """Return whose documents, all or these, were, where that was changed since; None: nobody's."""
    if known_at is None:
        return {}
    found = _handed_on(programme_id, known_at)
    query = select(found.c.document_id, found.c.owner_id)
    return dict(session.execute(query if ids is None else query.where(found.c.document_id.in_(ids))).all())


def documents_then(session: Session, several: Iterable[Document], known_at: datetime | None) -> list[Document]:
    """Return documents of one programme as they were at a moment, None for now. Two queries."""
    found = [as_known(each, known_at) for each in several]
    if known_at is None or not found:
        return found
    ids, programme_id = [each.id for each in found], found[0].programme_id
    names = former_names(session, programme_id, known_at, ids)
    owners = former_owners(session, programme_id, known_at, ids)
    for each in found:
        if (name := names.get(each.id)) is not None:
            each.title, each.level, each.kind = name.title, name.level, name.kind
        each.owner_id = owners.get(each.id, each.owner_id)
    return found


def _amended(programme_id: str, known_at: datetime) -> Subquery:
    row = DocumentAmendment
    return former(row, row.document_id, known_at, row.programme_id == programme_id)


def _handed_on(programme_id: str, known_at: datetime) -> Subquery:
    row, here = DocumentOwner, select(Document.id).where(Document.programme_id == programme_id)
    return former(row, row.document_id, known_at, row.document_id.in_(here))
