"""Frameworks, crosswalks, the organisation's own texts of clauses."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from app.api.answers import Answer, Once, send
from app.api.documented import changes, reads, text_body, yaml_body
from app.api.fields import Body, Short
from app.api.shapes_frameworks import (
    ClauseTextShape,
    Crosswalks,
    FrameworkHead,
    Frameworks,
    FrameworkShape,
    LicenceShape,
    RecordedText,
    TakenShape,
    UpgradeShape,
)
from app.api.signed_in import Acting
from app.api.strict import StrictRoute, read_body
from app.catalogue import service as catalogue
from app.catalogue import splitting, texts
from app.catalogue.crosswalk import crosswalk_to_body
from app.catalogue.pack import pack_to_body
from app.checks.formats.plain import one_line
from app.http.deps import Now, Reading, RuntimeDep, Writing
from app.identity.actor import Permission
from app.programmes.organisations import get_organisation

router = APIRouter(prefix="/organisations/{organisation}", tags=["frameworks"], route_class=StrictRoute)


class LicenceBody(Body):
    """Where texts come from, such as “ISO/IEC 20000-1:2018, copy of 2026-03”; whether auditors may read them here."""

    source: Short
    for_auditors: bool = False


class TextBody(Body):
    """The organisation's own licensed text of a clause; an empty one takes it out again."""

    language: str
    text: Annotated[str, Field(max_length=25_000)]


@router.get("/frameworks", **reads(Frameworks))
def list_frameworks(organisation: str, session: Reading, *, actor: Acting) -> Response:
    """List the frameworks the organisation can use: the shipped ones and its own."""
    get_organisation(session, organisation, actor=actor)
    return send(Frameworks(items=[FrameworkHead.of(each) for each in catalogue.frameworks(session, organisation)]))


@router.get("/frameworks/{code}", **reads(FrameworkShape))
def get_framework(organisation: str, code: str, session: Reading, *, actor: Acting) -> Response:
    """Show a framework, whole, with the organisation's own texts of its clauses, as far as the actor may see them."""
    get_organisation(session, organisation, actor=actor)
    pack = catalogue.get_pack(session, code, organisation)
    own = [
        ClauseTextShape(clause=clause, language=language, text=text)
        for (clause, language), text in sorted(texts.texts_for(session, organisation, code, actor=actor).items())
    ]
    licences = [LicenceShape.of(row) for _, row in sorted(texts.licences(session, organisation, code).items())]
    return send(FrameworkShape(pack=pack_to_body(pack), texts=own, licences=licences))


@router.post("/frameworks", openapi_extra=yaml_body(), **changes(UpgradeShape))
async def import_framework(
    organisation: str,
    request: Request,
    runtime: RuntimeDep,
    *,
    actor: Acting,
    once: Once,
    at: Now,
    name: Annotated[str, Query(max_length=255, description="The name of the file, for what is wrong in it.")] = "",
    apply: Annotated[bool, Query(description="Bring it; otherwise only what would change is said.")] = False,
) -> Response:
    """Say what an own framework or crosswalk in YAML, or a new version of it, changes; with `apply` bring it.

    Every fault of the file is told with its line. Links stay, also to what an upgrade removes.
    """
    from app.catalogue.reading import MAX_BYTES, read_source  # noqa: PLC0415 (reading YAML is needed only here)

    def permitted() -> None:
        with runtime.database.reading() as session:
            get_organisation(session, organisation, actor=actor)
            actor.must(Permission.IMPORT_FRAMEWORK, organisation)

    def bring(raw: bytes) -> Response:
        source = read_source(raw, one_line(name))
        with runtime.database.writing() as session:

            def make() -> Answer:
                upgrade = catalogue.import_framework(
                    session, source.pack, organisation, apply=apply, where=source.where, actor=actor, at=at
                )
                return Answer(UpgradeShape.of(upgrade, applied=apply))

            return once.once(session, {"digest": source.pack.digest, "apply": apply}, make, at=at)

    await run_in_threadpool(permitted)
    return await run_in_threadpool(bring, await read_body(request, MAX_BYTES))


@router.get("/crosswalks", **reads(Crosswalks))
def list_crosswalks(organisation: str, session: Reading, *, actor: Acting) -> Response:
    """Show which clause of one framework answers which clause of another."""
    get_organisation(session, organisation, actor=actor)
    return send(Crosswalks(items=[crosswalk_to_body(each) for each in catalogue.crosswalks(session, organisation)]))


@router.put("/frameworks/{code}/clauses/{clause}/text", **changes(RecordedText))
def set_text(
    organisation: str, code: str, clause: str, body: TextBody, session: Writing, *, actor: Acting, at: Now
) -> Response:
    """Keep the organisation's own licensed text of a clause; other organisations do not see it."""
    get_organisation(session, organisation, actor=actor)
    row = texts.set_clause_text(session, organisation, code, clause, body.language, body.text, actor=actor, at=at)
    return send(RecordedText.of(row))


@router.put("/frameworks/{code}/licences/{language}", **changes(LicenceShape))
def set_licence(
    organisation: str, code: str, language: str, body: LicenceBody, session: Writing, *, actor: Acting, at: Now
) -> Response:
    """Say where the organisation's own texts in a language come from, and whether auditors may read them here."""
    get_organisation(session, organisation, actor=actor)
    source, shared = body.source, body.for_auditors
    row = texts.set_licence(
        session, organisation, code, language, source=source, for_auditors=shared, actor=actor, at=at
    )
    return send(LicenceShape.of(row))


@router.post("/frameworks/{code}/texts/{language}", openapi_extra=text_body(), **changes(TakenShape))
async def import_texts(
    organisation: str,
    code: str,
    language: str,
    request: Request,
    runtime: RuntimeDep,
    *,
    actor: Acting,
    at: Now,
    apply: Annotated[bool, Query(description="Keep them; otherwise only what was found is said.")] = False,
) -> Response:
    """Find the organisation's own texts of clauses in a whole text; with `apply` keep them.

    A line with a clause's number and title begins it. Texts of other clauses stay as they are.
    """

    def permitted() -> None:
        with runtime.database.reading() as session:
            get_organisation(session, organisation, actor=actor)
            actor.must(Permission.IMPORT_FRAMEWORK, organisation)

    def bring(raw: bytes) -> Response:
        text = splitting.decoded(raw)
        with runtime.database.writing() as session:
            taken = texts.import_texts(session, organisation, code, language, text, apply=apply, actor=actor, at=at)
            return send(TakenShape.of(taken, applied=apply))

    await run_in_threadpool(permitted)
    return await run_in_threadpool(bring, await read_body(request, splitting.MAX_BYTES))
