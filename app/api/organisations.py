"""Organisations and their journal."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.answers import Answer, Once, send
from app.api.deps import PAGE, Cursor, IfMatch, Limit
from app.api.documented import changes, made, reads
from app.api.fields import Body, Id, Name
from app.api.shapes_programmes import JournalEntry, JournalPage, Organisations, OrganisationShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.errors import Invalid
from app.http.deps import Now, Reading, Writing
from app.identity.actor import Permission
from app.journal.models import INSTALLATION
from app.journal.service import entries
from app.language import LANGUAGES
from app.paging import page_of, read_cursor
from app.programmes import organisations

router = APIRouter(prefix="/organisations", tags=["organisations"], route_class=StrictRoute)


class OrganisationBody(Body):
    """An organisation; one name is enough, both are better."""

    name_en: Name = ""
    name_zh: Name = ""
    time_zone: Name = "Asia/Shanghai"
    languages: Annotated[list[Name], Field(default_factory=lambda: list(LANGUAGES))]

    def to_new(self) -> organisations.NewOrganisation:
        """Return it as the use case takes it."""
        return organisations.NewOrganisation(self.name_en, self.name_zh, self.time_zone, tuple(self.languages))


@router.get("", **reads(Organisations))
def list_organisations(session: Reading, *, actor: Acting) -> Response:
    """List the organisations one has to do with."""
    found = organisations.organisations(session, actor=actor)
    return send(Organisations(items=[OrganisationShape.of(each) for each in found]))


@router.post("", **made(OrganisationShape))
def add_organisation(body: OrganisationBody, session: Writing, *, actor: Acting, once: Once, at: Now) -> Response:
    """Add an organisation. Only the administrator of the installation may."""
    actor.must_install()

    def make() -> Answer:
        organisation = organisations.add_organisation(session, body.to_new(), actor=actor, at=at)
        return Answer(OrganisationShape.of(organisation), HTTPStatus.CREATED, organisation.revision)

    return once.once(session, body, make, at=at)


@router.get("/{organisation}", **reads(OrganisationShape))
def get_organisation(organisation: str, session: Reading, *, actor: Acting) -> Response:
    """Show an organisation."""
    found = organisations.get_organisation(session, organisation, actor=actor)
    return send(OrganisationShape.of(found), found.revision)


@router.put("/{organisation}", **changes(OrganisationShape))
def change_organisation(
    organisation: str, body: OrganisationBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Change names, time zone or languages."""
    new = body.to_new()
    changed = organisations.change_organisation(session, organisation, new, actor=actor, at=at, revision=seen)
    return send(OrganisationShape.of(changed), changed.revision)


@router.get("/{organisation}/journal", **reads(JournalPage))
def read_journal(
    organisation: str,
    session: Reading,
    *,
    actor: Acting,
    programme_id: Id | None = None,
    subject_id: Id | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Read who did what, newest first. The administrator reads the installation's own under `installation`."""
    if not (organisation == INSTALLATION and actor.installer):
        organisations.get_organisation(session, organisation, actor=actor)
    actor.must(Permission.READ_JOURNAL, organisation, programme_id)
    before = _number(read_cursor(cursor, "journal"))
    found = entries(
        session, organisation, programme_id=programme_id, subject_id=subject_id, before=before, limit=limit + 1
    )
    page = page_of(found, limit, [str(each.number) for each in found], "journal")
    return send(JournalPage(items=[JournalEntry.of(each) for each in page.items], cursor=page.cursor))


def _number(key: str | None) -> int | None:
    if key is None:
        return None
    if not key.isascii() or not key.isdecimal() or len(key) > 18:  # noqa: PLR2004 (fits into 64 bit)
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return int(key)
