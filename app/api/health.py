"""Probes: is the process alive, can it work."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.api.answers import send
from app.api.documented import reads
from app.api.strict import PublicRoute
from app.http.deps import RuntimeDep

router = APIRouter(prefix="/health", tags=["health"], route_class=PublicRoute)


class Health(BaseModel):
    """How it is."""

    status: str
    version: str


@router.get("/live", **reads(Health))
async def check_alive(runtime: RuntimeDep) -> Response:
    """Say that the process answers; no store is looked at."""
    return send(Health(status="alive", version=runtime.version))


@router.get("/ready", **reads(Health))
def check_ready(runtime: RuntimeDep) -> Response:
    """Say that the database and the blob store can be used; 503 where they cannot."""
    runtime.database.check()
    runtime.blobs.check()
    return send(Health(status="ready", version=runtime.version))
