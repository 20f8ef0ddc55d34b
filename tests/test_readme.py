"""The READMEs say what is so: the report, every command, setting, code and role."""

import re
import shlex
from pathlib import Path

import click
import pytest

from app.cli.root import root
from app.identity.actor import Role
from app.readiness.findings import CODES
from app.settings import PREFIX, Settings
from tests.readme import READMES, sample_report, with_report


def test_the_report_in_both_readmes_is_what_the_command_makes(tmp_path: Path) -> None:
    report = sample_report(tmp_path)
    for language, path in READMES.items():
        text = path.read_text()
        assert with_report(text, report, language) == text, f"run: python -m tests.readme ({path.name})"


@pytest.mark.parametrize("path", READMES.values(), ids=lambda path: path.name)
def test_every_command_setting_code_and_role_is_documented(path: Path) -> None:
    text = path.read_text()
    commands = root.list_commands(click.Context(root))
    settings = [PREFIX + name.upper() for name in Settings.model_fields]
    assert [name for name in (*commands, *settings, *CODES) if f"`{name}`" not in text] == []
    assert [role.value for role in Role if f"| {role.value}" not in text] == []


@pytest.mark.parametrize("path", READMES.values(), ids=lambda path: path.name)
def test_every_command_in_a_readme_is_understood(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = console_commands(path.read_text())
    assert {"evidence add", "evidence review", "check", "serve", "init"} <= {
        " ".join(each[:2]) for each in commands
    } | {each[0] for each in commands}
    for words in commands:
        command, name, rest = _found(root, words)
        command.make_context(name, rest)


def _found(command: click.Command, words: list[str]) -> tuple[click.Command, str, list[str]]:
    """Return the command that the words name, its name, and the words that are left for it."""
    name, rest = "auditready", words
    while isinstance(command, click.Group):
        found, below, rest = command.resolve_command(click.Context(command), rest)
        assert found is not None
        assert below is not None
        command, name = below, found
    return command, name, rest


def console_commands(text: str) -> list[list[str]]:
    """Return the words of every `auditready` command of a README, without its options for every command."""
    lines = re.findall(
        r"^\$ (?:\.venv/bin/|docker run .* auditready )?auditready (.*)$", text.replace("\\\n", ""), re.MULTILINE
    )
    found = []
    for line in lines:
        words = shlex.split(line)
        while words[0] in ("--data", "--as", "--language"):
            del words[:2]
        found.append(words)
    return found
