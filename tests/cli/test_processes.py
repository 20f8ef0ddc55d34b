"""The real command in processes of its own: what it imports, pipes, signals, and a server with the same answers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from tests.cli.commands import Cli

COMMAND = str(Path(sys.executable).with_name("auditready"))
SLOW = {"fastapi", "starlette", "uvicorn", "alembic", "httpx2", "rich", "typer", "docx", "yaml"}
SHOW_IMPORTS = """
import sys
sys.argv = ["auditready", *sys.argv[1:]]
from app.cli import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules} | {n for n in sys.modules if n.startswith("app.")}),
          file=sys.stderr)
"""
pytestmark = pytest.mark.server


def run(*words: str, code: int = 0, **more: object) -> subprocess.CompletedProcess[str]:
    """Run the real command; it must end with `code` and without a traceback."""
    done = subprocess.run(  # type: ignore[call-overload]
        [COMMAND, *words], check=False, text=True, encoding="utf-8", **{"capture_output": True, **more}
    )
    assert "Traceback" not in (done.stderr or "")
    assert done.returncode == code, done.stderr
    return done  # type: ignore[no-any-return]


def imported(*words: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", SHOW_IMPORTS, *words], check=False, capture_output=True, text=True)
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_click_and_the_table_of_names_only() -> None:
    found = imported("--help")
    foreign = {name for name in found if name not in sys.stdlib_module_names and not name.startswith(("_", "app"))}
    assert foreign - {"distutils", "sitecustomize"} <= {"click", "colorama", "wcwidth", "typing_extensions"}
    assert "sqlalchemy" not in found
    assert "app.cli.evidence" not in found


def test_a_check_on_a_data_folder_imports_no_web_framework(cli: Cli) -> None:
    found = imported("--data", str(cli.folder), "check", "--stage", "1")
    assert "app.checks.service" in found
    assert found & SLOW == set()


def test_a_reader_that_has_enough_and_a_closed_output_are_no_trouble(cli: Cli) -> None:
    words = f"'{COMMAND}' --data '{cli.folder}' framework show iso20000-1-2018 --json"
    piped = subprocess.run(["sh", "-c", f"{words} | head -c 10"], check=False, capture_output=True, text=True)  # noqa: S607
    assert (len(piped.stdout), piped.stderr) == (10, "")
    closed = f"'{COMMAND}' --data '{cli.folder}' check --stage 1 >&-"
    done = subprocess.run(["sh", "-c", closed], check=False, capture_output=True, text=True)  # noqa: S607
    assert (done.returncode, done.stderr) == (1, "")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            refused = run("--data", str(cli.folder), "check", "--stage", "1", code=2, capture_output=False,
                          stdout=full, stderr=subprocess.PIPE)  # fmt: skip
        assert len(refused.stderr.splitlines()) == 1


def test_a_terminal_without_chinese_gets_escapes_and_json_every_character(cli: Cli) -> None:
    narrow = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    assert "\\u" in run("--data", str(cli.folder), "organisation", "list", env=narrow).stdout
    assert "云栈科技" in run("--data", str(cli.folder), "organisation", "list", "--json").stdout


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a data folder with the real command."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    server = subprocess.Popen([COMMAND, "--data", str(folder), "serve", "--port", port], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert server.poll() is None
            try:
                if httpx2.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).status_code == 200:
                    break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", server
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()


def test_a_server_gives_the_same_answers_as_the_data_folder(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "事件报告 八月.bin"
    file.write_bytes(os.urandom(3_000_000))
    cli.approve_policy(file)
    token = cli.run("token", "make", "remote", "--role", "compliance-officer", "--as", "wang.min").stdout.strip()
    with serving(cli.folder) as (address, server):
        remote = Cli(cli.folder, "--server", address, "--token", token)
        environment = {**os.environ, "AUDITREADY_SERVER": address, "AUDITREADY_TOKEN": token}
        added = json.loads(run("evidence", "add", str(file), "--json", env=environment).stdout)
        assert added["versions"][0]["files"][0]["name"] == file.name
        remote.run("evidence", "download", added["id"], "--output", str(tmp_path / "back.bin"))
        assert (tmp_path / "back.bin").read_bytes() == file.read_bytes()
        remote.run("document", "revise", "P-1", str(file), "--change-note", "第二版")
        for words in (
            ("evidence", "list"),
            ("evidence", "show", added["id"], "--language", "zh"),
            ("evidence", "verify"),
            ("document", "list"),
            ("register", "list", "profile"),
            ("programme", "list", "--json"),
            ("framework", "show", "house-rules"),
            ("journal", "list", "--limit", "3"),
        ):
            assert remote.run(*words).stdout == cli.run(*words).stdout, words
        check = (
            "check",
            "--stage",
            "1",
            "--as-of",
            "2099-01-01",
            "--known-at",
            datetime.now(UTC).isoformat(),
            "--format",
        )
        for form in ("text", "json", "sarif", "junit", "markdown", "badge"):
            for more in ((), ("--fail-on", "observation", "--worklist", "2")):
                one, other = (each.run(*check, form, *more, code=None) for each in (remote, cli))
                assert (one.exit_code, one.stdout) == (other.exit_code, other.stdout), (form, more)
        remote.run(*check, "badge", "--fail-on", "at-risk", code=1)
        assert "没有" in remote.refused("evidence", "show", "nosuch", "--language", "zh")
        assert "nosuch" in remote.refused("check", "--stage", "1", "-p", "nosuch", code=2)
        remote.refused("evidence", "list", "--token", "ar_wrong", code=2)
        remote.refused("organisation", "add", "--name-en", "X")
        damage(cli.folder, added["versions"][0]["files"][0]["sha256"])
        assert remote.json("evidence", "verify", added["id"], code=1)[0]["sound"] is False
        remote.refused("evidence", "download", added["id"], "--output", str(tmp_path / "damaged.bin"), code=2)
        assert not (tmp_path / "damaged.bin").exists()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) in (0, -signal.SIGINT, 130)


def damage(folder: Path, sha256: str) -> None:
    stored = folder / "evidence" / sha256[:2] / sha256
    size = stored.stat().st_size
    stored.chmod(0o644)
    stored.write_bytes(bytes(size))
