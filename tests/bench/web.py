"""(e) The pages of a running server with many items, each beside the trivial page of the same server."""

import gzip
import http.client
import re
from functools import partial
from http import HTTPStatus
from pathlib import Path

from app.web.visits import SESSION
from tests.bench.data import FRAMEWORK
from tests.bench.measuring import say, server, timed

HOME = "/programmes/p0"
PAGES = {"": 150, "/worklist": 60}
"""Places and the most milliseconds that each may take at the median."""
FIRST_LOAD_KB = 60


def run(folder: Path, token: str, port: int, items: int) -> None:
    """Print milliseconds and ratios, and the size of what is loaded first."""
    with server(folder, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

        def get(path: str) -> bytes:
            connection.request("GET", path, headers={"Cookie": f"{SESSION}={token}", "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != HTTPStatus.OK:
                raise SystemExit(f"{path}: {answer.status}")
            return content

        get(HOME)  # the first one makes the reports that are kept
        trivial = timed(lambda: get("/health/live"), runs=31)
        for path, limit in PAGES.items():
            address = HOME + path.format(framework=FRAMEWORK)
            seconds = timed(partial(get, address), runs=15)
            name = f"(e) {path or '/'} with {items:,} items: {seconds * 1000:.0f} ms"
            say(name, f"{seconds / trivial:.1f} x", f"at most {limit} ms", holds=seconds * 1000 <= limit)
        first = get(HOME)
        linked = re.findall(rb'(?:href|src)="(/static/[^"]+)"', gzip.decompress(first))
        size = (len(first) + sum(len(get(each.decode())) for each in linked)) / 1024
    say("(e) Home with its scripts and styles, compressed", f"{size:.0f} KB", f"at most {FIRST_LOAD_KB} KB",
        holds=size <= FIRST_LOAD_KB)  # fmt: skip
