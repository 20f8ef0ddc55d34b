"""Previews of stored files: which can be shown, and how they look."""

import json
from collections.abc import Iterable

from app.confined import TooSlow, Unreadable, run_confined
from app.errors import Invalid, NotFound, TooLarge
from app.previews.blocks import Preview, from_body

MOST_BYTES = 60 << 20
KINDS = {
    "text": (".txt", ".md", ".log", ".csv", ".tsv", ".json", ".xml", ".yaml", ".yml", ".ini", ".conf", ".sql"),
    "mail": (".eml",),
    "word": (".docx", ".docm"),
    "sheet": (".xlsx", ".xlsm", ".xls", ".ods"),
    "pdf": (".pdf",),
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"),
}
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
}
"""What a browser may draw; vector graphics are not here: they can hold scripts."""


def kind_of(name: str) -> str | None:
    """Return how a file of this name can be shown, None where it can only be downloaded."""
    ending = _ending(name)
    return next((kind for kind, endings in KINDS.items() if ending in endings), None)


def picture_type(name: str) -> str | None:
    """Return the media type of a picture that a browser may draw as it is."""
    return PICTURES.get(_ending(name))


def preview(name: str, chunks: Iterable[bytes], size_bytes: int) -> Preview:
    """Return what is in a file. Raises TooLarge, Invalid where it is not what its name says, Damaged."""
    kind = kind_of(name)
    if kind in (None, "picture"):
        return Preview()
    return from_body(json.loads(_run([str(kind)], chunks, size_bytes)))


def page_picture(chunks: Iterable[bytes], size_bytes: int, number: int) -> bytes:
    """Return a page of a PDF as a JPEG. Raises NotFound, TooLarge, Damaged while it is read."""
    try:
        return _run(["pdf", str(number)], chunks, size_bytes)
    except Invalid as error:
        raise NotFound("There is no such page in this file.") from error


def _run(arguments: list[str], chunks: Iterable[bytes], size_bytes: int) -> bytes:
    if size_bytes > MOST_BYTES:
        raise TooLarge("The file is too large to be shown here. Download it.")
    try:
        return run_confined("app.previews.worker", arguments, b"".join(chunks))
    except TooSlow as error:
        raise Invalid("The file takes too long to be shown here. Download it.") from error
    except Unreadable as error:
        raise Invalid(
            "The file cannot be shown: it is not what its name says, protected, or broken. Download it."
        ) from error


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
