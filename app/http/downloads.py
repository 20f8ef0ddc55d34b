"""Files on their way out: as attachments that no browser runs, hashed while they are read."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Protocol
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse


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
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": f"attachment; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
    }
    if file.sha256 in known:
        return Response(status_code=304, headers=headers)
    first = next(chunks, b"")  # small files are checked before the answer begins
    headers["Content-Length"] = str(file.size_bytes)
    return StreamingResponse(chain([first], chunks), headers=headers, media_type=file.media_type)


def _ascii(name: str) -> str:
    """Return the name for clients that do not read RFC 6266: what is not plain becomes an underline."""
    return re.sub(r"[^ !#$&+.\-0-9A-Z^_`a-z{}~()\[\]@,;=]", "_", name)
