"""Style, scripts and pictures: small files, named by their content so that browsers may keep them.

htmx comes out of its wheel and is never copied: django-js-lib-htmx, 0BSD, holds the library's file and needs no Django.
"""

import gzip
import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from app.errors import NotFound
from app.http.accepted import takes_gzip

router = APIRouter()
OWN = resources.files("app.web").joinpath("static")
FILES = {
    "style.css": (OWN.joinpath("style.css"), "text/css; charset=utf-8"),
    "keys.js": (OWN.joinpath("keys.js"), "text/javascript; charset=utf-8"),
    "live.js": (OWN.joinpath("live.js"), "text/javascript; charset=utf-8"),
    "htmx.js": (
        resources.files("js_lib_htmx").joinpath("static", "htmx", "htmx.min.js"),
        "text/javascript; charset=utf-8",
    ),
    "upload.js": (OWN.joinpath("upload.js"), "text/javascript; charset=utf-8"),
    "icon.svg": (OWN.joinpath("icon.svg"), "image/svg+xml"),
}
FOREVER = "public, max-age=31536000, immutable"


@cache
def _packed(name: str) -> tuple[bytes, bytes]:
    """Return the bytes of a file, plain and compressed."""
    file: Traversable = FILES[name][0]
    plain = file.read_bytes()
    return plain, gzip.compress(plain, mtime=0)


@cache
def address_of(name: str) -> str:
    """Return the address of a file below the prefix; it changes when the file does."""
    return f"/static/{hashlib.sha256(_packed(name)[0]).hexdigest()[:12]}/{name}"


@router.get("/static/{version}/{name}", include_in_schema=False)
async def get_static(version: str, name: str, request: Request) -> Response:
    """Return a file."""
    if name not in FILES or address_of(name) != f"/static/{version}/{name}":
        raise NotFound("There is nothing at this address.")
    plain, packed = _packed(name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if takes_gzip(request):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=FILES[name][1])
    return Response(plain, headers=headers, media_type=FILES[name][1])
