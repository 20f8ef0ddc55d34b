"""Evidence coming in, as a form or as the raw bytes of one file."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from app.api.answers import Answer, check_seen
from app.api.deps import IfMatch
from app.api.documented import form_of, made, raw_file
from app.api.evidence_bodies import EvidenceBody, EvidenceQuery, VersionBody, VersionQuery
from app.api.shapes_evidence import SubmittedShape
from app.api.strict import StrictRoute
from app.api.uploads import Arrived, Uploading
from app.evidence import service
from app.evidence.admission import check_evidence, check_next_version
from app.evidence.models import Evidence
from app.evidence.service import NewEvidence, Submitted, check_may_add
from app.evidence.versions import NewVersion
from app.identity.actor import Actor
from app.programmes.models import Programme
from app.programmes.service import day_of, find_programme
from app.storage.files import check_name


class EvidenceUploadRoute(StrictRoute):
    """A route that takes bytes only from those who may add evidence there."""

    @staticmethod
    def admit(session: Session, actor: Actor, path: Mapping[str, str]) -> Programme:
        """Return the programme that the path names. Raises NotFound, Forbidden."""
        programme = find_programme(session, path["programme"], actor=actor)
        check_may_add(session, programme, path.get("evidence"), actor=actor)
        return programme


router = APIRouter(prefix="/programmes/{programme}/evidence", tags=["evidence"], route_class=EvidenceUploadRoute)


@router.post("", openapi_extra=form_of("evidence", EvidenceBody), **made(SubmittedShape))
async def add_evidence(upload: Uploading) -> Response:
    """Add evidence with any number of files.

    The form begins with a part `evidence` that holds the fields as JSON; every `file` part after it is a file. A nil
    return has none.
    """

    def record(arrived: Arrived[EvidenceBody]) -> Answer:
        new = arrived.body.to_evidence()
        return _add(arrived, new, upload.actor)

    def check(coming: Arrived[EvidenceBody]) -> None:
        check_evidence(coming.session, coming.programme, coming.body.to_evidence(), at=coming.at)

    return await upload.form("evidence", EvidenceBody, record, check)


@router.put("/files/{file_name:path}", openapi_extra=raw_file(), **made(SubmittedShape))
async def put_evidence_file(file_name: str, query: Annotated[EvidenceQuery, Query()], upload: Uploading) -> Response:
    """Add evidence of one file: the body is its bytes.

    `curl -T report.pdf .../evidence/files/` is enough: the title is the file's name, the day of collection today.
    """

    def new(arrived: Arrived[EvidenceQuery]) -> NewEvidence:
        given = arrived.body
        title = given.title if given.title is not None else check_name(file_name).rpartition(".")[0] or file_name
        return NewEvidence(title, _version(arrived), tuple(given.expectation_id), given.owner_id)

    def record(arrived: Arrived[EvidenceQuery]) -> Answer:
        return _add(arrived, new(arrived), upload.actor)

    def check(coming: Arrived[EvidenceQuery]) -> None:
        check_evidence(coming.session, coming.programme, new(coming), at=coming.at)

    return await upload.raw(file_name, query, record, check)


@router.post("/{evidence}/versions", openapi_extra=form_of("version", VersionBody), **made(SubmittedShape))
async def add_evidence_version(evidence: str, upload: Uploading, seen: IfMatch) -> Response:
    """Submit a new version with any number of files; an accepted one stays in force until this one is accepted."""

    def record(arrived: Arrived[VersionBody]) -> Answer:
        return _add_version(arrived, evidence, arrived.body.to_new(), seen, actor=upload.actor)

    def check(coming: Arrived[VersionBody]) -> None:
        check_next_version(coming.session, coming.programme, evidence, coming.body.to_new(), at=coming.at)

    return await upload.form("version", VersionBody, record, check)


@router.put("/{evidence}/versions/files/{file_name:path}", openapi_extra=raw_file(), **made(SubmittedShape))
async def put_evidence_version_file(
    evidence: str, file_name: str, query: Annotated[VersionQuery, Query()], upload: Uploading, seen: IfMatch
) -> Response:
    """Submit a new version of one file: the body is its bytes."""

    def record(arrived: Arrived[VersionQuery]) -> Answer:
        return _add_version(arrived, evidence, _version(arrived), seen, actor=upload.actor)

    def check(coming: Arrived[VersionQuery]) -> None:
        check_next_version(coming.session, coming.programme, evidence, _version(coming), at=coming.at)

    return await upload.raw(file_name, query, record, check)


def _version(arrived: Arrived[VersionQuery] | Arrived[EvidenceQuery]) -> NewVersion:
    given = arrived.body
    return NewVersion(
        given.collected_on or day_of(arrived.session, arrived.programme, arrived.at),
        given.period_from,
        given.period_to,
        given.valid_until,
        note=given.note,
    )


def _add(arrived: Arrived[EvidenceBody] | Arrived[EvidenceQuery], new: NewEvidence, actor: Actor) -> Answer:
    submitted = service.add_evidence(arrived.session, arrived.programme, new, arrived.files, actor=actor, at=arrived.at)
    return _answer(submitted)


def _add_version(
    arrived: Arrived[VersionBody] | Arrived[VersionQuery],
    evidence_id: str,
    new: NewVersion,
    seen: int | None,
    *,
    actor: Actor,
) -> Answer:
    session, programme = arrived.session, arrived.programme
    check_may_add(session, programme, evidence_id, actor=actor)
    check_seen(seen, session.get_one(Evidence, evidence_id).revision)
    return _answer(service.add_version(session, programme, evidence_id, new, arrived.files, actor=actor, at=arrived.at))


def _answer(submitted: Submitted) -> Answer:
    return Answer(SubmittedShape.made(submitted), HTTPStatus.CREATED, submitted.evidence.revision)
