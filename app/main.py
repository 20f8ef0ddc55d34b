"""The application: `uvicorn --factory app.main:create_app`. Importing this module does nothing."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import __version__
from app.api import openapi, problems, routes
from app.http.deps import now
from app.identity.actor import Actor
from app.runtime import open_runtime
from app.settings import Settings
from app.web.routes import pages

PREFIX = "/api/v1"


def create_app(settings: Settings | None = None, *, actor: Actor | None = None) -> FastAPI:
    """Return the application; without settings it reads the environment's.

    With `actor` every request acts as that one and needs no token: for the command line, which calls the application
    in its own process. The stores that `state.settings` names are opened when the application starts, and made where
    there are none; it may be started again, with others.
    """
    settings = settings or Settings.load()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with open_runtime(app.state.settings, at=now()) as runtime:
            app.state.runtime = runtime
            yield

    app = FastAPI(
        title="auditready 备审",
        version=__version__,
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # the pages that come with the framework load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
    )
    app.state.settings, app.state.actor = settings, actor
    problems.install(app)
    routes.install(app, PREFIX)
    openapi.install(app)
    app.router.routes.append(pages(app.state))
    gc.freeze()  # what is loaded by now stays: to look through it again for garbage would take 100 ms now and then
    return app
