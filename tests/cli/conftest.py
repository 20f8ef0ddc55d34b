"""A data folder with an organisation, people and a programme, made by commands; each test works on a copy."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import HASH_KIB
from tests.cli.commands import FRAMEWORK, Cli

SECRETS = re.compile(r"^AUDITREADY_|^(LANG|LANGUAGE|LC_ALL|LC_MESSAGES)$")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if SECRETS.search(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AUDITREADY_PASSWORD_MEMORY_KIB", str(HASH_KIB))


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {"": tmp_path_factory.mktemp("folders")}


@pytest.fixture
def empty(_templates: dict[str, Path], tmp_path: Path) -> Cli:
    """A data folder that `init` made, without an organisation."""
    return _copy(_templates, "empty", tmp_path, lambda cli: cli.run("init", "--login", "admin", "--name", "管理员"))


@pytest.fixture
def cli(_templates: dict[str, Path], tmp_path: Path) -> Cli:
    """A data folder with one organisation, its people and the programme `desk`, about a framework of its own."""
    return _copy(_templates, "full", tmp_path, _fill)


def _fill(cli: Cli) -> None:
    cli.run("init", "--login", "admin")
    cli.run("organisation", "add", "--name-zh", "云栈科技", "--name-en", "Yunzhan")
    for login, name, role in (("wang.min", "王敏", "compliance-officer"), ("li.na", "李娜", "reviewer")):
        cli.run("user", "add", login, "--name", name, "--speaks", "zh")
        cli.run("people", "give", login, role)
    file = cli.folder.parent / "house-rules.yaml"
    file.write_text(FRAMEWORK, encoding="utf-8")
    cli.run("framework", "import", str(file), "--apply")
    cli.run(
        "programme",
        "add",
        "desk",
        "--name-zh",
        "服务台",
        "--framework",
        "house-rules",
        "--start-of-operation",
        "2025-01-01",
    )


def _copy(templates: dict[str, Path], name: str, tmp_path: Path, make: Callable[[Cli], object]) -> Cli:
    if name not in templates:
        templates[name] = templates[""] / name
        make(Cli(templates[name]))
    folder = tmp_path / f"数据 {name}"
    shutil.copytree(templates[name], folder)
    return Cli(folder)
