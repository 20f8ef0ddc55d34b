"""(d) Whole commands against the interpreter and the libraries they stand on; the first boot."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measuring import command, say

COMMAND = str(Path(sys.executable).with_name("auditready"))


def run(folders: dict[int, Path]) -> None:
    """Print the figures; `folders` are data sets whose first programme has the given number of items."""
    nothing = command([sys.executable, "-c", "pass"])
    libraries = command([sys.executable, "-c", "import sqlalchemy.orm, pydantic"])
    help_ratio = command([COMMAND, "--help"]) / nothing
    say("(d) auditready --help", f"{help_ratio:.1f} x", "at most 12 x python -c pass", holds=help_ratio <= 12)
    for items, limit in ((1000, 2.5), (10_000, 4.0)):
        arguments = [COMMAND, "--data", str(folders[items]), "check", "--programme", "p0", "--stage", "2"]
        ratio = command(arguments, runs=5) / libraries
        say(f"(d) auditready check on {items:,} items", f"{ratio:.2f} x", f"at most {limit} x the libraries' import",
            holds=ratio <= limit)  # fmt: skip
    with TemporaryDirectory() as folder:
        begin = time.perf_counter()
        command([COMMAND, "--data", f"{folder}/{begin}", "init"], runs=1)
        seconds = (time.perf_counter() - begin) / 2
    say("(d) first boot of an empty data folder", f"{seconds:.1f} s", "at most 5 s", holds=seconds <= 5)
