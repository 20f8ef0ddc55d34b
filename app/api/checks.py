"""Readiness: check, freeze, compare."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.answers import SAFE, Answer, Once, send
from app.api.documented import made, reads, sends_report
from app.api.fields import Body, Day, Id, Instant, Name, Whole
from app.api.problems import language_of
from app.api.shapes_checks import ComparisonShape, SnapshotHead, Snapshots, SnapshotShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.checks import service
from app.checks.formats import ALL_LINES, FORMATS, NARROWEST, WIDEST, WORKLIST_LINES, Options, render
from app.checks.report import Report
from app.checks.snapshots import compare
from app.http.deps import Now, Reading, Writing
from app.identity.actor import Permission
from app.programmes.service import find_programme
from app.readiness.findings import Severity

router = APIRouter(prefix="/programmes/{programme}", tags=["readiness"], route_class=StrictRoute)
Form = StrEnum("Form", {name: name for name in FORMATS})  # type: ignore[misc]


class Asked(Body):
    """What to check; without `as_of` the planned day of the audit is judged, without frameworks all of them are."""

    stage: Annotated[int, Field(ge=1, le=2, description="Stage 1 or 2 of the certification audit.")]
    as_of: Annotated[Day | None, Field(description="The day to be judged.")] = None
    known_at: Annotated[Instant | None, Field(description="What was known at this moment.")] = None
    framework: Annotated[
        list[Id], Field(default_factory=list, max_length=50, description="May be given several times.")
    ]
    format: Form = Form("json")
    fail_on: Annotated[Severity, Field(description="The lightest severity that makes the command fail.")] = (
        Severity.BLOCKING
    )
    width: Annotated[int, Field(ge=NARROWEST, le=WIDEST, description="Columns of the text format.")] = 100
    worklist: Annotated[
        int, Field(ge=0, le=ALL_LINES, description="Most lines of the worklist in text and markdown.")
    ] = WORKLIST_LINES
    colour: Annotated[bool, Field(description="Colour the text format for a terminal.")] = False
    language: Annotated[str | None, Field(description="zh or en, for reports that are in one language.")] = None

    def to_question(self) -> service.Question:
        """Return it as the use case takes it."""
        return service.Question(self.stage, self.as_of, tuple(self.framework))

    def to_options(self, baseline: Mapping[str, Any] | None) -> Options:
        """Return how it is to be written."""
        return Options(self.width, self.colour, self.worklist, self.fail_on.value, baseline)


class FreezeBody(Body):
    """What to check and keep, and what to call it."""

    stage: Whole
    as_of: Day | None = None
    known_at: Instant | None = None
    frameworks: Annotated[list[Id], Field(default_factory=list, max_length=50)]
    label: Name = ""


@router.get("/check", **sends_report())
def check(
    programme: str, query: Annotated[Asked, Query()], request: Request, session: Reading, *, actor: Acting, at: Now
) -> Response:
    """Judge how ready the programme is for a stage of its audit; the verdict is also in a header."""
    found = find_programme(session, programme, actor=actor)
    report = service.check(
        session, found, query.to_question(), actor=actor, known_at=service.moment_asked(query.known_at, now=at)
    )
    return _written(report, query, request, None)


@router.post("/check", **sends_report())
def check_against_baseline(
    programme: str,
    query: Annotated[Asked, Query()],
    baseline: dict[str, Any],
    request: Request,
    session: Reading,
    *,
    actor: Acting,
    at: Now,
) -> Response:
    """Judge, and say what is new, closed and worse since an earlier report, which is the body."""
    found = find_programme(session, programme, actor=actor)
    report = service.check(
        session, found, query.to_question(), actor=actor, known_at=service.moment_asked(query.known_at, now=at)
    )
    return _written(report, query, request, baseline)


@router.get("/snapshots", **reads(Snapshots))
def list_snapshots(programme: str, session: Reading, *, actor: Acting) -> Response:
    """List the frozen reports, newest first, without their content."""
    found = find_programme(session, programme, actor=actor)
    return send(Snapshots(items=[SnapshotHead.of(each) for each in service.snapshots(session, found, actor=actor)]))


@router.post("/snapshots", **made(SnapshotShape))
def freeze(programme: str, body: FreezeBody, session: Writing, *, actor: Acting, once: Once, at: Now) -> Response:
    """Check and keep the report as it is now; it is never changed."""
    found = find_programme(session, programme, actor=actor)
    actor.must(Permission.FREEZE, found.organisation_id, found.id)

    def make() -> Answer:
        question = service.Question(body.stage, body.as_of, tuple(body.frameworks))
        known_at = service.moment_asked(body.known_at, now=at)
        taken = service.freeze(session, found, question, label=body.label, known_at=known_at, actor=actor, at=at)
        return Answer(SnapshotShape.whole(taken), HTTPStatus.CREATED)

    return once.once(session, body, make, at=at)


@router.get("/snapshots/{snapshot}", **reads(SnapshotShape))
def get_snapshot(programme: str, snapshot: str, session: Reading, *, actor: Acting) -> Response:
    """Show a frozen report as it was."""
    found = find_programme(session, programme, actor=actor)
    return send(SnapshotShape.whole(service.get_snapshot(session, found, snapshot, actor=actor)))


@router.get("/snapshots/{first}/compare/{second}", **reads(ComparisonShape))
def compare_snapshots(programme: str, first: str, second: str, session: Reading, *, actor: Acting) -> Response:
    """Say what is new, closed and worse in the second of two frozen reports."""
    found = find_programme(session, programme, actor=actor)
    before, after = (service.get_snapshot(session, found, each, actor=actor) for each in (first, second))
    return send(ComparisonShape.of(compare(before.report, after.report)))


def _written(report: Report, query: Asked, request: Request, baseline: Mapping[str, Any] | None) -> Response:
    language = language_of(request)
    name = query.format.value
    text = render(report, name, language=language, options=query.to_options(baseline))
    headers = {**SAFE, "Auditready-Verdict": report.verdict.value, "Content-Language": language}
    headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return Response(text.encode("utf-8", "replace"), HTTPStatus.OK, headers, FORMATS[name].media_type)
