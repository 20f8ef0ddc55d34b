"""Files of the person: read while they are sent, written whole or not at all."""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.cli.where import WRONG, Trouble
from app.language import say

CHUNK_BYTES = 1 << 20


class Counted(io.BufferedReader):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, step: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path))
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        chunk = super().read(size)
        self._step(len(chunk))
        return chunk


def existing(name: str) -> Path:
    """Return the path of a file that can be read. Raises Trouble."""
    path = Path(name)
    if path.is_dir():
        raise Trouble(say("{name} is a folder: name its files.", name=name))
    if not path.is_file() or not os.access(path, os.R_OK):
        raise Trouble(say("The file {name} is not there or cannot be read.", name=name))
    return path


def read_bytes(name: str, limit: int) -> bytes:
    """Return the content of a file of at most `limit` bytes. Raises Trouble."""
    try:
        with existing(name).open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise _unreadable(name, error) from error
    if len(content) > limit:
        raise Trouble(say("{name} is larger than {limit} MB.", name=name, limit=limit // 1_000_000))
    return content


def read_text(name: str) -> str:
    """Return the text of a file, `-` for standard input. Raises Trouble."""
    try:
        if name == "-":
            return io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8-sig").read()
        return existing(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Trouble(say("{name} is not text in UTF-8.", name=name)) from error
    except OSError as error:
        raise _unreadable(name, error) from error


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Write a file beside its place and move it there at the end. Raises Trouble; then nothing has changed there."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    except OSError as error:
        raise _cannot(path, error) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o666 & ~umask)
        draft.replace(path)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _unreadable(name: str, error: OSError) -> Trouble:
    return Trouble(say("{name} cannot be read: {why}.", name=name, why=error.strerror or error))


def _cannot(path: Path, error: OSError) -> Trouble:
    return Trouble(say("{name} cannot be written: {why}.", name=path, why=error.strerror or str(error)), WRONG)
