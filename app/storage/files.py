"""Files as they come in: names that may be kept, kinds that may be shown."""

import mimetypes
import unicodedata
from typing import NamedTuple

from app.errors import Invalid
from app.storage.blobs import Blob

MAX_NAME = 255
MAX_FILES = 100
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make a name read other than it is (Unicode TR 36); marks of direction are harmless."""


class NewFile(NamedTuple):
    """A file whose bytes are stored: its name as it came and its blob."""

    name: str
    blob: Blob


def check_name(name: str) -> str:
    """Return the name in Unicode's composed form. Raises Invalid for one that is no file name in some system.

    Names are data: they are shown and offered for download, never used as a path.
    """
    clean = unicodedata.normalize("NFC", name)
    if not clean.strip() or clean.strip(".") == "":
        raise Invalid("A file needs a name.", field="file_name")
    if len(clean) > MAX_NAME:
        raise Invalid("A file name has at most {most} characters.", most=MAX_NAME, field="file_name")
    for char in clean:
        if char in "/\\":
            raise Invalid("A file name holds no folder: send only its last part.", field="file_name")
        if char in BIDI_CONTROLS or unicodedata.category(char) in {"Cc", "Cs"}:
            raise Invalid("The file name holds a character that cannot be shown. Rename the file.", field="file_name")
    return clean


def check_file(file: NewFile) -> NewFile:
    """Return the file with a clean name. Raises Invalid for a bad name and for an empty file: it proves nothing."""
    if file.blob.size_bytes == 0:
        raise Invalid("The file {name} is empty: it proves nothing.", name=file.name, field="file")
    return NewFile(check_name(file.name), file.blob)


def media_type_of(name: str) -> str:
    """Return the media type that the name's ending stands for; what a client claims is not trusted."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
