"""How things are measured: medians of several runs, whole processes, peaks of memory."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen


def timed(action: Callable[[], object], runs: int = 5) -> float:
    """Return the median seconds of several runs."""
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begin)
    return median(seconds)


def command(arguments: Sequence[str], environment: Mapping[str, str] | None = None, runs: int = 7) -> float:
    """Return the median seconds of a whole process; whatever its exit code is, it must not be a crash by signal.

    Its modules are compiled once, as an installer leaves them, also where the environment forbids Python to write.
    """
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        done = subprocess.run(arguments, capture_output=True, check=False, env={**compiled, **(environment or {})})
        if done.returncode < 0 or b"Traceback" in done.stderr:
            raise SystemExit(done.stderr.decode())

    run()
    return timed(run, runs)


def memory_mb(pid: int, field: str) -> float:
    """Return VmRSS (now) or VmHWM (peak) of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def cpu_seconds(pid: int) -> float:
    """Return the seconds that all threads of a process have spent computing: steadier than time on a busy machine."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


@contextmanager
def server(folder: Path, port: int, *options: str) -> Iterator[int]:
    """Run a real server of one process on a data folder and yield its id; `options` of uvicorn may make it more."""
    environment = {**os.environ, "AUDITREADY_DATA_FOLDER": str(folder)}
    arguments = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--port", str(port)]
    with subprocess.Popen([*arguments, "--log-level", "warning", *options], env=environment) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/health/ready")
            yield process.pid
        finally:
            process.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 (our own server on loopback)
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit(f"no answer from {address}")


def say(name: str, value: str, limit: str, *, holds: bool) -> None:
    """Print one figure beside its limit."""
    print(f"  {'ok  ' if holds else 'MISS'} {name:58} {value:>16}   {limit}", flush=True)
