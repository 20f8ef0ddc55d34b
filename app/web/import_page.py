"""One import: a draft with what would become of it, or what it made and how it can be undone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.doctor import watched
from app.errors import NotFound
from app.http.deps import Reading
from app.http.downloads import download, send_once
from app.http.imports import errors_table
from app.http.sheets import MEDIA_TYPES, write
from app.identity.names import names_of
from app.imports.checking import Check, Problem, Ready
from app.imports.columns import HEADS
from app.imports.models import EvidenceImport
from app.imports.reading import ImportView, get_import, open_table
from app.language import Message
from app.storage.blobs import Blob
from app.web.expectations import Choice, expected
from app.web.forms import EMPTY, Filled
from app.web.once import new_key
from app.web.pages import render
from app.web.places import Asked, Place, enter
from app.web.visits import Visiting

router = APIRouter(prefix="/programmes/{programme}/evidence/imports/{import_id}")
SHOWN, FILES_SHOWN, PREVIEWED = 200, 1000, 20
"""So many errors and items, files, and rows to be imported stand on the page; tables to take along have all."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that has not come, and the rows that name it."""

    name: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A row that can become evidence, with the names of what it answers and of its owner."""

    ready: Ready
    answers: tuple[Choice | str, ...]
    owner: str | None


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Everything on the page. `wrong` says which of its forms was refused; `errors` leaves missing files out."""

    view: ImportView
    names: dict[str, str]
    errors: tuple[Problem, ...]
    error_count: int
    missing: tuple[Missing, ...]
    coming: tuple[Coming, ...]
    wrong: str
    form: Filled
    limit_bytes: int
    once: str

    @property
    def head(self) -> EvidenceImport:
        """The import itself."""
        return self.view.head

    @property
    def check(self) -> Check | None:
        """What would become of a draft."""
        return self.view.check

    def filled(self, name: str) -> Filled:
        """Return the form of this name as it was filled in."""
        return self.form if self.wrong == name else EMPTY

    def column(self, problem: Problem) -> Message | None:
        """Return what the column of an error is called."""
        return HEADS[problem.column].name if problem.column else None

    @property
    def withdrawn(self) -> int:
        """How much of it was withdrawn one by one."""
        return sum(item.state == "withdrawn" for item in self.view.items)


@router.get("")
def show_import(programme: str, import_id: str, visit: Visiting, session: Reading, dates: Asked) -> Response:
    """Show one import."""
    return import_page(session, enter(session, visit, programme, dates), import_id)


@router.get("/errors.{kind}")
def download_errors(programme: str, import_id: str, kind: str, visit: Visiting, session: Reading) -> Response:
    """Send everything that is wrong with a draft as a table."""
    place = enter(session, visit, programme)
    view = get_import(session, place.programme, import_id, actor=visit.who, at=visit.at)
    if view.check is None or kind not in MEDIA_TYPES:
        raise NotFound("There is nothing at this address.")
    file = write(errors_table(view.check, visit.language), kind)
    return send_once(file, f"{place.programme.code}-import-errors-{place.today}.{kind}", MEDIA_TYPES[kind])


@router.get("/table")
def download_table(programme: str, import_id: str, visit: Visiting, session: Reading) -> Response:
    """Send the table as it came."""
    place = enter(session, visit, programme)
    table, chunks = open_table(session, visit.runtime.blobs, place.programme, import_id, actor=visit.who)
    blob = Blob(table.sha256, table.size_bytes)
    return download(table, table.name, watched(visit.runtime, blob, chunks, actor=visit.who, at=visit.at), frozenset())


def import_page(session: Session, place: Place, import_id: str, *, wrong: str = "", form: Filled = EMPTY) -> Response:
    """Return the page of an import, with the form `wrong` as it was filled in. Raises Forbidden, NotFound."""
    visit = place.visit
    view = get_import(session, place.programme, import_id, actor=visit.who, at=visit.at)
    head, problems = view.head, view.check.problems if view.check else ()
    errors = tuple(each for each in problems if each.file is None)
    ready = view.check.ready[:PREVIEWED] if view.check and not problems else ()
    people = {head.prepared_by, head.applied_by, head.undone_by, *(each.coming.new.owner_id for each in ready)} - {None}
    people |= {person for same in view.same_tables for person in (same.applied_by,) if person}
    names = {**{str(each): str(each) for each in people}, **names_of(session, people)}
    page = ImportPage(
        view=view,
        names=names,
        errors=errors[:SHOWN],
        error_count=len(errors),
        missing=tuple(_missing(problems)),
        coming=tuple(_coming(session, place, ready, names)),
        wrong=wrong,
        form=form,
        limit_bytes=visit.runtime.settings.max_file_bytes,
        once=new_key(),
    )
    return render(visit, "import.html", page, place=place, status=form.status)


def _missing(problems: Sequence[Problem]) -> Iterator[Missing]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for each in problems:
        if each.file is not None:
            rows[each.file].append(each.row)
    for name, several in rows.items():
        yield Missing(name, tuple(several))


def _coming(session: Session, place: Place, ready: Sequence[Ready], names: dict[str, str]) -> Iterator[Coming]:
    known = expected(session, place).by_id if ready else {}
    for each in ready:
        new = each.coming.new
        yield Coming(
            each,
            tuple(known.get(one, one) for one in new.expectation_ids),
            names.get(new.owner_id) if new.owner_id else None,
        )
