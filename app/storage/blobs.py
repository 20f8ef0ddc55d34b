"""The store of bytes as the use cases see it, and the one on a local disk."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, Self

from app.errors import Damaged, TooLarge, Unavailable

CHUNK_BYTES = 1 << 20


class Blob(NamedTuple):
    """Stored bytes: their SHA-256 (lower-case hex) and their number."""

    sha256: str
    size_bytes: int


class Draft(Protocol):
    """Bytes on their way in; leaving the `with` block without `finish()` keeps nothing. `blob` is what it stored."""

    blob: Blob | None

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge past the limit."""
        ...

    def finish(self) -> Blob:
        """Make them durable under their hash."""
        ...

    def take_back(self) -> None:
        """Remove what `finish` stored, if it was new and nobody has stored it since. Ask whether a row names it first.

        Only within `writing()`, so that no row can come to name it meanwhile.
        """
        ...


class Blobs(Protocol):
    """A store of bytes by content."""

    def draft(self) -> Draft:
        """Open a draft to write to."""
        ...

    def put(self, source: BinaryIO) -> Blob:
        """Store all of `source`, never whole in memory. Raises TooLarge; then nothing is kept."""
        ...

    def read(self, blob: Blob) -> Iterator[bytes]:
        """Yield the bytes in order. Raises Damaged before the last chunk where they are not what was stored."""
        ...

    def sizes(self, unreadable: list[str] | None = None) -> Iterator[Blob]:
        """Yield what is stored by name and size, without reading it; what cannot be listed goes to `unreadable`."""
        ...

    def size_of(self, sha256: str) -> int | None:
        """Return the size of one, None where it is not there."""
        ...

    def check(self) -> None:
        """Raise Unavailable unless the store can be read and written."""
        ...


class LocalBlobs:
    """Blobs as files `ab/abcd...` under `root`; drafts are in `incoming/` until they are whole and durable."""

    def __init__(self, root: Path, limit_bytes: int) -> None:
        self.root = root
        self.limit_bytes = limit_bytes

    def draft(self) -> "LocalDraft":
        """Open a draft to write to. Raises Unavailable where the disk refuses."""
        try:
            return LocalDraft(self)
        except OSError as error:
            raise _unavailable(self.root, error) from error

    def put(self, source: BinaryIO) -> Blob:
        """Store all of `source`. Raises TooLarge past `limit_bytes`; then nothing is kept."""
        with self.draft() as draft:
            while chunk := source.read(CHUNK_BYTES):
                draft.write(chunk)
            return draft.finish()

    def read(self, blob: Blob) -> Iterator[bytes]:
        """Yield the bytes; the last chunk is held back until the hash agrees, so damage never looks complete.

        Raises Damaged; Unavailable where the disk does not let them be read.
        """
        path = self.path(blob.sha256)
        if self.size_of(blob.sha256) != blob.size_bytes:
            raise _damaged(blob)
        digest, held = hashlib.sha256(), b""
        for chunk in self._chunks(path):
            digest.update(chunk)
            if held:
                yield held
            held = chunk
        if digest.hexdigest() != blob.sha256:
            raise _damaged(blob)
        yield held

    def _chunks(self, path: Path) -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise _unavailable(path, error) from error

    def sizes(self, unreadable: list[str] | None = None) -> Iterator[Blob]:
        """Yield every stored blob by name and size; names of folders that cannot be listed go to `unreadable`."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            try:
                with os.scandir(folder) as entries:
                    found = [Blob(entry.name, entry.stat(follow_symlinks=False).st_size) for entry in entries]
            except OSError as error:
                if unreadable is None:
                    raise _unavailable(folder, error) from error
                unreadable.append(folder.name)
            else:
                yield from found

    def size_of(self, sha256: str) -> int | None:
        """Return the size of one, None where it is not there. Raises Unavailable where the disk does not say."""
        path = self.path(sha256)
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(path, error) from error

    def remove(self, sha256: str, inode: int) -> bool:
        """Remove one if it still is that very file; says whether it was. Only within `writing()`, when no row names it.

        Whoever stores the same bytes puts another file there. So the file is moved aside and looked at: one that came
        meanwhile goes back.
        """
        path, aside = self.path(sha256), self.incoming / f"removed-{sha256}"
        try:
            if path.lstat().st_ino != inode:
                return False
            path.replace(aside)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unavailable(path, error) from error
        ours = aside.lstat().st_ino == inode
        if not ours and not path.exists():
            aside.replace(path)
        aside.unlink(missing_ok=True)
        return ours

    def age_of(self, sha256: str, at: float) -> tuple[int, float] | None:
        """Return of one its inode and its age in seconds at a moment of Unix time, None where it is not there."""
        try:
            found = self.path(sha256).lstat()
        except OSError:
            return None
        return found.st_ino, at - found.st_mtime

    def check(self) -> None:
        """Raise Unavailable unless the folder can be read and written."""
        try:
            self.incoming.mkdir(mode=0o750, exist_ok=True)  # not its parents: an unmounted store must not look empty
            with os.scandir(self.root) as entries:
                next(entries, None)
        except OSError as error:
            raise _unavailable(self.root, error) from error
        if not os.access(self.incoming, os.W_OK):
            raise Unavailable(
                "The blob store {folder} cannot be written. Check its owner and rights.", folder=self.root
            )

    @property
    def incoming(self) -> Path:
        """Where drafts are; a crash may leave some, `doctor` names them."""
        return self.root / "incoming"

    def path(self, sha256: str) -> Path:
        """Return where a blob of this hash is."""
        return self.root / sha256[:2] / sha256


class LocalDraft:
    """A file in `incoming/` that becomes a blob by one rename."""

    def __init__(self, blobs: LocalBlobs) -> None:
        self._blobs = blobs
        self._digest = hashlib.sha256()
        self._size = 0
        handle, name = tempfile.mkstemp(dir=blobs.incoming)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb", buffering=0)
        self.blob: Blob | None = None
        self._new: tuple[str, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge past the limit, Unavailable where the disk refuses."""
        self._size += len(chunk)
        if self._size > self._blobs.limit_bytes:
            raise TooLarge(
                "A file may have at most {limit} bytes. Split it, or raise AUDITREADY_MAX_FILE_BYTES.",
                limit=self._blobs.limit_bytes,
                field="file",
            )
        self._digest.update(chunk)
        try:
            rest = memoryview(chunk)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            raise _unavailable(self._blobs.root, error) from error

    def finish(self) -> Blob:
        """Make the bytes durable under their hash; the same bytes replace themselves, which repairs damage."""
        blob = Blob(self._digest.hexdigest(), self._size)
        target = self._blobs.path(blob.sha256)
        try:
            os.fsync(self._file.fileno())
            if not target.parent.exists():
                target.parent.mkdir(mode=0o750, exist_ok=True)
                _sync_folder(self._blobs.root)
            self._path.chmod(0o440)
            inode = os.fstat(self._file.fileno()).st_ino
            try:
                target.hardlink_to(self._path)  # fails where somebody has stored it before: then it is not ours
                self._new = (blob.sha256, inode)
            except OSError:
                self._path.replace(target)
            _sync_folder(target.parent)
            self.blob = blob
        except OSError as error:
            raise _unavailable(self._blobs.root, error) from error
        return blob

    def take_back(self) -> None:
        """Remove what `finish` stored, if it was new and nobody has stored it since."""
        if self._new is not None:
            self._blobs.remove(*self._new)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unavailable(root: Path, error: OSError) -> Unavailable:
    return Unavailable("The blob store {folder} cannot be used: {why}.", folder=root, why=error.strerror or str(error))


def _damaged(blob: Blob) -> Damaged:
    return Damaged(
        "The stored bytes {sha256} are gone or altered. Restore them from a backup, or submit the original again.",
        sha256=blob.sha256,
    )
