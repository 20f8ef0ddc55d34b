"""The READMEs say what is so: the report, every command, setting, code and role."""

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
