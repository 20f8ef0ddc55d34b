"""Every router of this door."""

from fastapi import FastAPI

from app.api import evidence_uploads, health


def install(app: FastAPI, prefix: str) -> None:
    """Put the routes into the app, all but the health probes under `prefix`."""
    app.include_router(health.router)
    for module in (evidence_uploads,):
        app.include_router(module.router, prefix=prefix)
