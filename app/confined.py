"""Files from anywhere, read in a process of their own with little memory and time: what they break is that process.

A module that reads such files calls `serve` when it is run, and whoever needs it read calls `run_confined`.
"""

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from zipfile import ZipFile

SECONDS = 30
AT_A_TIME = threading.BoundedSemaphore(2)
"""So many files are read at once: each may take a gigabyte."""
MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 1 << 30, 20, 64
MOST_UNPACKED_BYTES = 300 << 20
UNREADABLE = 3


class Unreadable(Exception):
    """A file is not what it should be, protected, broken, or needs more memory than it may have."""


class TooSlow(Unreadable):
    """A file takes too long to be read."""


def run_confined(module: str, arguments: Sequence[str], content: bytes) -> bytes:
    """Return what `module` makes of a file. Raises Unreadable, TooSlow after 30 seconds."""
    try:
        with AT_A_TIME:
            done = subprocess.run(  # noqa: S603 (our own program, no shell, and the file goes in by standard input)
                [sys.executable, "-I", "-m", module, *arguments],
                input=content,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={},
            )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    if done.returncode != 0:
        raise Unreadable
    return done.stdout


def serve(read: Callable[[Sequence[str], bytes], bytes]) -> int:
    """Read the file on standard input within the limits, write what `read` makes of it, and say how it went."""
    import resource  # noqa: PLC0415 (not on every system, and only the process that reads needs it)

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        written = read(sys.argv[1:], sys.stdin.buffer.read())
    except Exception:  # noqa: BLE001 (whatever a broken or hostile file makes a library raise: it cannot be read)
        return UNREADABLE
    sys.stdout.buffer.write(written)
    return 0


def check_unpacked(content: bytes) -> None:
    """Raise ValueError for an archive that says it unpacks to more than is sane."""
    with ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED_BYTES:
            message = "unpacks to too much"
            raise ValueError(message)
