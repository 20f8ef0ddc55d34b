"""What may be done at an address: the methods of all its routes, and HEAD wherever there is GET (RFC 9110, 9.3.2)."""

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KNOWN = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed(app: FastAPI, scope: Scope) -> str:
    """Return the value of the header Allow (RFC 9110, 10.2.1) for the address of a request."""
    found = [method for method in KNOWN if _takes(app, {**scope, "method": method})]
    return ", ".join(["GET", "HEAD", *found[1:]] if "GET" in found else found)


def _takes(app: FastAPI, scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in app.routes)


class Head:
    """Answers HEAD as GET without the content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, sending)
