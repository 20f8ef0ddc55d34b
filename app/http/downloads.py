"""Files on their way out: as attachments that no browser runs, hashed while they are read."""

import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import IO, Protocol
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

CHUNK_BYTES = 1 << 16
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""The policy of a stored file: whatever it is, nothing in it runs, loads or is shown inside another page."""


class Stored(Protocol):
    """A row that names stored bytes."""

    media_type: str
    size_bytes: int
    sha256: str


def download(file: Stored, name: str, chunks: Iterator[bytes], known: frozenset[str]) -> Response:
    """Return the bytes as an attachment, or 304 where the client has them. Raises Damaged.

    Damage that shows only later breaks the answer off, short of its Content-Length.
    """
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-cache",
        **_as_attachment(name),
    }
    if file.sha256 in known:
        return Response(status_code=304, headers=headers)
    first = next(chunks, b"")  # small files are checked before the answer begins
    headers["Content-Length"] = str(file.size_bytes)
    return StreamingResponse(chain([first], chunks), headers=headers, media_type=file.media_type)


def send_once(file: IO[bytes], name: str, media_type: str) -> Response:
    """Return an open file, which was made for this answer only, as an attachment, and close it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    headers = {"Cache-Control": "no-store", "Content-Length": str(size), **_as_attachment(name)}
    return StreamingResponse(_chunks(file), headers=headers, media_type=media_type)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _as_attachment(name: str) -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Content-Disposition": f"attachment; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
    }


def _ascii(name: str) -> str:
    """Return the name for clients that do not read RFC 6266: what is not plain becomes an underline."""
    return re.sub(r"[^ !#$&+.\-0-9A-Z^_`a-z{}~()\[\]@,;=]", "_", name)
