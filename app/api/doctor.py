"""Examination of the stores."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.answers import send
from app.api.documented import reads
from app.api.shapes_checks import DiagnosisShape, RemovedShape
from app.api.signed_in import Acting
from app.api.strict import StrictRoute
from app.doctor import examine, remove_left
from app.http.deps import Now, RuntimeDep

router = APIRouter(prefix="/doctor", tags=["installation"], route_class=StrictRoute)


@router.post("", **reads(DiagnosisShape))
def examine_stores(
    runtime: RuntimeDep,
    *,
    actor: Acting,
    at: Now,
    read: Annotated[bool, Query(description="Read and hash every stored byte; else only presence and size.")] = True,
) -> Response:
    """Examine the journal's chains and every stored byte; damage goes on record.

    Only the administrator of the installation may.
    """
    return send(DiagnosisShape.of(examine(runtime, actor=actor, at=at, read=read)))


@router.delete("/orphans", **reads(RemovedShape))
def remove_orphans(runtime: RuntimeDep, *, actor: Acting, at: Now) -> Response:
    """Remove stored bytes that no record names and drafts left over, when they are older than a day.

    Only the administrator of the installation may.
    """
    return send(RemovedShape(removed=list(remove_left(runtime, actor=actor, at=at))))
