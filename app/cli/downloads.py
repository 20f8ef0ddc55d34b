"""Stored files on their way to the person: streamed, compared with their SHA-256, written whole or not at all."""

import hashlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from app.cli.files import written_whole
from app.cli.options import F, flag, option
from app.cli.where import DONE, REFUSED, WRONG, Trouble, Where
from app.errors import Damaged, Unavailable
from app.language import say

if TYPE_CHECKING:
    from app.cli.client import Api

STDOUT = "-"
MAX_NAME_BYTES = 255
MAX_ENDING_BYTES = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored file; `kind` is `evidence` or `documents`, a revision's file has position 1."""

    kind: str
    programme_id: str
    item_id: str
    number: int
    position: int
    name: str
    size_bytes: int
    sha256: str

    @property
    def path(self) -> tuple[str, ...]:
        """Where the API has it."""
        item = ("programmes", self.programme_id, self.kind, self.item_id)
        if self.kind == "documents":
            return (*item, "revisions", str(self.number), "file")
        return (*item, "versions", str(self.number), "files", str(self.position))


def save_options(function: F) -> F:
    """Decorate a command with where the files go."""
    function = flag("--force", said=say("Replace files that are there."))(function)
    function = option("--folder", metavar="DIR", default=".", said=say("Where to; the current folder unless given."))(
        function
    )
    return option("--output", metavar="FILE", said=say("Write the one file to this name; `-`: to standard output."))(
        function
    )


def stored_files(programme_id: str, evidence: Mapping[str, Any]) -> Iterator[Stored]:
    """Yield the files of every version of evidence."""
    for version in evidence["versions"]:
        for file in version["files"]:
            yield Stored(
                "evidence",
                programme_id,
                evidence["id"],
                version["number"],
                file["position"],
                file["name"],
                file["size_bytes"],
                file["sha256"],
            )


def save(where: Where, api: "Api", files: Sequence[Stored], *, output: str | None, folder: str, force: bool) -> None:
    """Fetch files into a folder under their own names, or one under another. Raises Trouble; then it is not there."""
    if not files:
        raise Trouble(say("There is no such file."), REFUSED)
    if output is not None and len(files) > 1:
        raise Trouble(say("There are {count} files: choose one with --position.", count=len(files)), WRONG, "output")
    if output is None:
        Path(folder).mkdir(parents=True, exist_ok=True)
    names = [Path(output)] if output is not None else [Path(folder) / name for name in own_names(files)]
    for target in names:  # all of them before the first is fetched
        if output != STDOUT and target.exists() and not force:
            raise Trouble(say("{name} is there already: --force replaces it.", name=target), WRONG)
    for file, target in zip(files, names, strict=True):
        place: AbstractContextManager[IO[bytes]] = written_whole(target)
        if output == STDOUT:
            place = nullcontext(sys.stdout.buffer)
        with place as sink:
            _fetch_whole(api, file, sink.write)
        if output != STDOUT:
            where.tell(say("{name}: {size} bytes.", name=target, size=file.size_bytes))


def verify_files(where: Where, api: "Api", files: Sequence[Stored]) -> int:
    """Read files and compare them; prints a line a file. Returns 1 where one is damaged or cannot be read."""
    from app.cli.client import Damage  # noqa: PLC0415 (slow to import, and the help needs none of it)

    rows, code = [], DONE
    for file in files:
        row = {"id": file.item_id, "number": file.number, "position": file.position, "name": file.name}
        try:
            _fetch_whole(api, file, lambda _: None)
        except (Damage, Damaged, Unavailable) as error:
            code = REFUSED
            if isinstance(error, Unavailable):  # it is there and cannot be read: nobody knows whether it is damaged
                where.tell(error.message)
            rows.append({**row, "sound": False, "sha256": file.sha256})
        else:
            rows.append({**row, "sound": True, "sha256": file.sha256})
    where.rows(rows, "id number position name sound sha256")
    return code


def _fetch_whole(api: "Api", file: Stored, sink: Callable[[bytes], object]) -> None:
    from app.cli.client import Damage  # noqa: PLC0415 (slow to import, and the help needs none of it)
    from app.cli.output import progress  # noqa: PLC0415

    digest, step = hashlib.sha256(), progress(file.size_bytes)

    def take(chunk: bytes) -> None:
        digest.update(chunk)
        sink(chunk)
        step(len(chunk))

    if api.runtime is None:
        api.download(*file.path, sink=take)
    else:
        for chunk in _read_locally(api, file):
            take(chunk)
    if digest.hexdigest() != file.sha256:
        raise Damage(say("{name} arrived other than it was stored: its SHA-256 differs.", name=file.name))


def _read_locally(api: "Api", file: Stored) -> Iterator[bytes]:
    """Yield the bytes from the data folder: the API in this process would hold all of them in memory."""
    from app.doctor import watched  # noqa: PLC0415 (slow to import, and a server needs none of it)
    from app.documents.reading import open_revision  # noqa: PLC0415
    from app.evidence.reading import open_file  # noqa: PLC0415
    from app.programmes.service import day_of, get_programme  # noqa: PLC0415
    from app.storage.blobs import Blob  # noqa: PLC0415

    if api.runtime is None or api.actor is None:
        return
    actor, blobs, number = api.actor, api.runtime.blobs, file.number
    now = datetime.now(UTC)
    with api.runtime.database.reading() as session:
        programme = get_programme(session, file.programme_id, actor=actor)
        if file.kind == "documents":
            day = day_of(session, programme, now)
            _, chunks = open_revision(session, blobs, programme, file.item_id, number=number, as_of=day, actor=actor)
        else:
            _, chunks = open_file(
                session, blobs, programme, file.item_id, number=number, position=file.position, actor=actor
            )
    yield from watched(api.runtime, Blob(file.sha256, file.size_bytes), chunks, actor=actor, at=now)


def own_names(files: Sequence[Stored]) -> list[str]:
    """Return the names to save under: each once, also where a disk does not tell case apart, none too long for it.

    Raises Trouble for one that would leave the folder.
    """
    found: list[str] = []
    taken: set[str] = set()
    for file in files:
        if file.name in {"", ".", ".."} or Path(file.name).name != file.name or "\\" in file.name:
            raise Trouble(say("{name} is no name for a file here: choose one with --output.", name=file.name), WRONG)
        tries = (_fitting(file.name, f" ({count})" if count > 1 else "") for count in itertools.count(1))
        name = next(each for each in tries if each.casefold() not in taken)
        taken.add(name.casefold())
        found.append(name)
    return found


def _fitting(name: str, mark: str) -> str:
    """Return the name with a mark before its ending, shortened to what a disk takes in UTF-8."""
    path = Path(name)
    ending = path.suffix if len(path.suffix.encode()) <= MAX_ENDING_BYTES else ""
    stem = name.removesuffix(ending).encode()[: MAX_NAME_BYTES - len((mark + ending).encode())]
    return stem.decode("utf-8", "ignore") + mark + ending
