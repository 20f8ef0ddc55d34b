"""Build the data sets, run every benchmark, print figures beside their limits."""

import socket
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import commands, pages, readiness, uploads, web
from tests.bench.data import PROGRAMMES, build
from tests.bench.surroundings import furnish

SIZES = (10_000, 100_000, 1_000_000)
HELD = (1000, 100_000)


def main(sizes: tuple[int, ...]) -> None:
    """Measure with data sets of these sizes, over twenty programmes each."""
    with TemporaryDirectory() as name:
        root, folders = Path(name), {}
        for items in sizes:
            begin = time.perf_counter()
            build(root / str(items), items)
            folders[items] = root / str(items)
            print(f"built {items:,} items in {time.perf_counter() - begin:.0f} s", flush=True)
        readiness.run(folders)
        whole = {}
        for items in (1000, 10_000):
            whole[items] = root / f"commands-{items}"
            build(whole[items], items * PROGRAMMES)
        commands.run(whole)
        pages.run(whole[1000], folders[max(sizes)], max(sizes))
        held = {items: (root / f"held-{items}", build(root / f"held-{items}", items)) for items in HELD}
        port = _free_port()
        uploads.large(*held[HELD[0]], port)
        uploads.small(held, port)
        for programmes in (PROGRAMMES, 1):
            folder = root / f"web-{programmes}"
            token = build(folder, max(HELD), programmes)
            web.run(folder, token, furnish(folder), port, f"{max(HELD):,} items over {programmes} programmes")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main(tuple(int(each) for each in sys.argv[1:]) or SIZES)
