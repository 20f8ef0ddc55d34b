"""Every router of this door."""

from fastapi import FastAPI

from app.api import (
    checks,
    coverage,
    doctor,
    documents,
    evidence,
    evidence_uploads,
    frameworks,
    health,
    imports,
    links,
    organisations,
    people,
    programmes,
    signing,
    users,
)

ROUTERS = (
    signing.public,
    signing.router,
    organisations.router,
    users.router,
    people.router,
    frameworks.router,
    programmes.router,
    imports.router,
    imports.uploads,
    evidence_uploads.router,
    evidence.router,
    documents.router,
    documents.uploads,
    links.router,
    checks.router,
    coverage.router,
    doctor.router,
)


def install(app: FastAPI, prefix: str) -> None:
    """Put the routes into the app, all but the health probes under `prefix`."""
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router, prefix=prefix)
