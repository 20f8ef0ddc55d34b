"""The pages as one application, to be mounted beside the API."""

from collections.abc import MutableMapping
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.routing import Match, Mount
from starlette.types import Scope

from app.web import (
    access_links,
    account,
    assets,
    auditor_view,
    clause,
    clauses,
    coverage,
    documents,
    documents_add,
    documents_steps,
    errors,
    evidence,
    evidence_add,
    evidence_bulk,
    evidence_changes,
    evidence_item,
    exports,
    home,
    import_page,
    import_steps,
    imports,
    journal,
    people,
    people_forms,
    set_up,
    set_up_guide,
    sign_in,
    snapshots,
    start,
    texts,
    viewing,
)
from app.web.guarded import Guarded

ROUTERS = (
    assets.router,
    sign_in.router,
    account.router,
    home.router,
    snapshots.router,
    start.router,
    viewing.router,
    auditor_view.router,
    exports.router,
    clauses.router,
    clause.router,
    coverage.router,
    evidence.router,
    evidence_add.router,
    evidence_bulk.router,
    imports.router,
    import_page.router,
    import_steps.router,
    evidence_item.router,
    evidence_changes.router,
    documents_add.router,
    documents.router,
    documents_steps.router,
    journal.router,
    set_up_guide.router,
    set_up.router,
    people.router,
    people_forms.router,
    access_links.router,
    texts.router,
)
OTHERS = ("/api/", "/health/")
"""Addresses that are not the pages', whatever stands there."""


class Pages(Mount):
    """Takes every address that is nobody else's."""

    def matches(self, scope: Scope) -> tuple[Match, MutableMapping[str, Any]]:
        """Say whether the address is one of the pages'."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return (Match.NONE, {}) if path.startswith(OTHERS) else super().matches(scope)


def pages(state: State) -> Pages:
    """Return the pages, which share the application's state."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state = state
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return Pages("", Guarded(app))
