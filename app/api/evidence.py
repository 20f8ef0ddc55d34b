"""Evidence: lists, one item, decisions, downloads. What comes in with files is in `evidence_uploads`."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.orm import Session

from app.api.answers import Answer, Once, check_seen, send
from app.api.deps import IfMatch, IfNoneMatch, KnownAt, moment_of
from app.api.documented import changes, reads, sends_bytes
from app.api.evidence_bodies import AmendBody, EvidenceList, LinksBody, PeriodBody, ReasonBody, ReviewBody
from app.api.shapes_evidence import EvidenceCounts, EvidencePage, EvidenceShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.doctor import watched
from app.evidence import corrections, reading, service
from app.evidence.corrections import Period
from app.evidence.filters import Filter
from app.evidence.models import Evidence
from app.http.deps import Now, Reading, RuntimeDep, Writing
from app.http.downloads import download
from app.http.opened import note_if_outsider
from app.identity.actor import Actor, Permission
from app.programmes.models import Programme
from app.programmes.service import find_programme
from app.storage.blobs import Blob


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Which file of which version an address names; both count from 1."""

    number: Annotated[int, Path(ge=1, le=1_000_000)]
    position: Annotated[int, Path(ge=1, le=1000)]


router = APIRouter(prefix="/programmes/{programme}/evidence", tags=["evidence"], route_class=StrictRoute)


@router.get("", **reads(EvidencePage))
def list_evidence(
    programme: str, query: Annotated[EvidenceList, Query()], session: Reading, *, actor: Acting, at: Now
) -> Response:
    """List evidence, newest first unless sorted otherwise, each item with its newest version."""
    found = find_programme(session, programme, actor=actor)
    wanted = Filter(query.state, query.expectation_id, query.owner_id, sort=query.sort)
    known_at = moment_of(query.known_at, at)
    page = reading.list_evidence(
        session, found, wanted, known_at=known_at, actor=actor, cursor=query.cursor, limit=query.limit
    )
    return send(EvidencePage.of(page))


@router.get("/counts", **reads(EvidenceCounts))
def count_evidence(programme: str, session: Reading, *, actor: Acting, at: Now, known_at: KnownAt = None) -> Response:
    """Count the evidence in each state."""
    found = find_programme(session, programme, actor=actor)
    counts = reading.count_evidence(session, found, known_at=moment_of(known_at, at), actor=actor)
    return send(EvidenceCounts(**counts))


@router.get("/{evidence}", **reads(EvidenceShape))
def get_evidence(
    programme: str, evidence: str, session: Reading, *, actor: Acting, at: Now, known_at: KnownAt = None
) -> Response:
    """Show one piece of evidence with all its versions; the past has no ETag, since it cannot be changed."""
    found, moment = find_programme(session, programme, actor=actor), moment_of(known_at, at)
    view = reading.get_evidence(session, found, evidence, known_at=moment, actor=actor)
    return send(EvidenceShape.of(view), None if moment else view.revision)


@router.patch("/{evidence}", **changes(EvidenceShape))
def amend_evidence(
    programme: str, evidence: str, body: AmendBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Change title or owner; what they were stays on record."""
    found = find_programme(session, programme, actor=actor)
    actor.must(Permission.LINK, found.organisation_id, found.id)
    now = reading.get_evidence(session, found, evidence, actor=actor).evidence
    given = body.model_fields_set
    title = body.title if "title" in given and body.title is not None else now.title
    owner_id = body.owner_id if "owner_id" in given else now.owner_id
    service.amend_evidence(session, found, evidence, title=title, owner_id=owner_id, revision=seen, actor=actor, at=at)
    return _as_it_is(session, found, evidence, actor)


@router.post("/{evidence}/review", **changes(EvidenceShape))
def review_evidence(
    programme: str, evidence: str, body: ReviewBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Accept or reject the newest version. Nobody decides about what they submitted themselves."""
    found = find_programme(session, programme, actor=actor)
    before = _revision(session, evidence)
    service.review_evidence(
        session, found, evidence, accept=body.accept, reason=body.reason, number=body.number, actor=actor, at=at
    )
    check_seen(seen, before)
    return _as_it_is(session, found, evidence, actor)


@router.post("/{evidence}/period", **changes(EvidenceShape))
def correct_period(
    programme: str, evidence: str, body: PeriodBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Correct the period of the newest version, by a new one with the same files that somebody else accepts."""
    found = find_programme(session, programme, actor=actor)
    before = _revision(session, evidence)
    period = Period(body.period_from, body.period_to)
    corrections.correct_period(session, found, evidence, period, reason=body.reason, actor=actor, at=at)
    check_seen(seen, before)
    return _as_it_is(session, found, evidence, actor)


@router.post("/{evidence}/withdraw", **changes(EvidenceShape))
def withdraw_evidence(
    programme: str, evidence: str, body: ReasonBody, session: Writing, *, actor: Acting, seen: IfMatch, at: Now
) -> Response:
    """Take evidence out of force; it all stays on record."""
    found = find_programme(session, programme, actor=actor)
    before = _revision(session, evidence)
    service.withdraw_evidence(session, found, evidence, reason=body.reason, actor=actor, at=at)
    check_seen(seen, before)
    return _as_it_is(session, found, evidence, actor)


@router.post("/{evidence}/links", **changes(EvidenceShape))
def link_evidence(
    programme: str, evidence: str, body: LinksBody, session: Writing, *, actor: Acting, once: Once, at: Now
) -> Response:
    """Say that the evidence answers these expectations too."""
    found = find_programme(session, programme, actor=actor)
    actor.must(Permission.LINK, found.organisation_id, found.id)

    def make() -> Answer:
        service.link_evidence(session, found, evidence, body.expectation_ids, actor=actor, at=at)
        view = reading.get_evidence(session, found, evidence, actor=actor)
        return Answer(EvidenceShape.of(view), HTTPStatus.OK, view.revision)

    return once.once(session, body, make, at=at)


@router.get("/{evidence}/versions/{number}/files/{position}", **sends_bytes())  # noqa: FAST003 (in `place`)
def get_evidence_file(
    programme: str,
    evidence: str,
    place: Annotated[FilePlace, Depends()],
    session: Reading,
    runtime: RuntimeDep,
    *,
    actor: Acting,
    at: Now,
    known: IfNoneMatch,
) -> Response:
    """Download a file. Its bytes are hashed on the way: damaged ones never look complete.

    What an auditor downloads is in the journal.
    """
    found = find_programme(session, programme, actor=actor)
    file, chunks = reading.open_file(
        session, runtime.blobs, found, evidence, number=place.number, position=place.position, actor=actor
    )
    note_if_outsider(runtime, found, evidence, file.name, actor=actor, at=at)
    chunks = watched(runtime, Blob(file.sha256, file.size_bytes), chunks, actor=actor, at=at)
    return download(file, file.name, chunks, known)


def _revision(session: Session, evidence_id: str) -> int:
    """Return the revision before a change; the use case then says whether there is such evidence."""
    evidence = session.get(Evidence, evidence_id)
    return evidence.revision if evidence else 0


def _as_it_is(session: Session, programme: Programme, evidence_id: str, actor: Actor) -> Response:
    session.flush()
    view = reading.get_evidence(session, programme, evidence_id, actor=actor)
    return send(EvidenceShape.of(view), view.revision)
