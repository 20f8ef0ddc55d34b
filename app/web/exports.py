"""Every list as a table to take along: XLSX or CSV, all rows, in the reader's language, with the reader's rights."""

from fastapi import APIRouter, Response

from app.errors import NotFound
from app.http.deps import Reading
from app.http.downloads import send_once
from app.http.sheets import MEDIA_TYPES, Table, write
from app.web import coverage, evidence, export_items, export_reports, home, journal
from app.web.expectations import expected
from app.web.export_items import Export
from app.web.pages import Naming
from app.web.places import Asked, Dates, enter
from app.web.visits import Visit, Visiting

router = APIRouter()


@router.get("/programmes/{programme}/evidence/export.{kind}")
def export_evidence(
    programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked, wanted: evidence.Wanted
) -> Response:
    """Send the evidence that the list's facets leave."""
    export = _begin(session, visit, programme, dates)
    narrowed = wanted.wanted(expected(session, export.place), export.place.today)
    return _send(export, export_items.evidence_table(export, narrowed), "evidence", kind)


@router.get("/programmes/{programme}/documents/export.{kind}")
def export_documents(programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Send the master list of documents."""
    export = _begin(session, visit, programme, dates)
    return _send(export, export_items.documents_table(export), "documents", kind)


@router.get("/programmes/{programme}/journal/export.{kind}")
def export_journal(
    programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked, wanted: journal.Wanted
) -> Response:
    """Send the journal."""
    export = _begin(session, visit, programme, dates)
    return _send(export, export_items.journal_table(export, wanted), "journal", kind)


@router.get("/programmes/{programme}/worklist/export.{kind}")
def export_worklist(
    programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked, wanted: home.Wanted
) -> Response:
    """Send the worklist of stage 2."""
    export = _begin(session, visit, programme, dates)
    return _send(export, export_reports.work_table(export, wanted), "worklist", kind)


@router.get("/programmes/{programme}/clauses/export.{kind}")
def export_clauses(
    programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked, framework: str = ""
) -> Response:
    """Send how each expectation stands, of one framework or of all."""
    export = _begin(session, visit, programme, dates)
    return _send(export, export_reports.clauses_table(export, framework), "clauses", kind)


@router.get("/programmes/{programme}/coverage/export.{kind}")
def export_coverage(
    programme: str, kind: str, visit: Visiting, session: Reading, dates: Asked, wanted: coverage.Wanted
) -> Response:
    """Send the matrix of coverage."""
    export = _begin(session, visit, programme, dates)
    return _send(export, export_reports.coverage_table(export, wanted), "coverage", kind)


def _begin(session: Reading, visit: Visit, programme: str, dates: Dates) -> Export:
    place = enter(session, visit, programme, dates)
    return Export(session, place, Naming(visit.language, place.zone))


def _send(export: Export, table: Table, name: str, kind: str) -> Response:
    """Write the table now, while the database still shows one moment, and send it."""
    if kind not in MEDIA_TYPES:
        raise NotFound("There is nothing at this address.")
    place = export.place
    file_name = f"{place.programme.code}-{name}-{place.today}.{kind}"
    return send_once(write(table, kind), file_name, MEDIA_TYPES[kind])
