"""Help: every command explains itself, in both languages, with an example."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from app.cli.group import Group, Spoken
from app.cli.options import Argument, Option
from app.cli.root import root, wanted_language
from app.language import translate

HAN = re.compile("[\u4e00-\u9fff]")


def commands(group: Group = root, *path: str) -> Iterator[tuple[tuple[str, ...], Spoken]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert isinstance(command, Spoken)
        yield (*path, name), command
        if isinstance(command, Group):
            yield from commands(command, *path, name)


EVERY = dict(commands())


def test_every_place_has_its_commands() -> None:
    wanted = {
        "init demo serve check doctor sign-in",
        "evidence: add version list show review withdraw amend link unlink confirm download verify",
        "evidence: import imports undo template",
        "document: add revise submit approve return withdraw list show owner link unlink confirm download",
        "programme: add list show",
        "register: list add change remove",
        "organisation: add list change",
        "framework: list show import text",
        "crosswalk: show",
        "user: add show disable",
        "people: list give end restore",
        "token: make list revoke",
        "journal: list",
        "snapshot: take list show compare",
    }
    found = {" ".join(path) for path in EVERY}
    for line in wanted:
        group, colon, names = line.partition(": ")
        assert found >= {f"{group} {name}" for name in names.split()} if colon else found >= set(line.split())


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_has_an_example_and_is_in_one_language(path: tuple[str, ...], language: str) -> None:
    result = CliRunner().invoke(root, [*path, "--help", "--language", language], prog_name="auditready")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert f"auditready {' '.join(path[:1])}" in result.stdout
    heading = translate("Example", language)
    [explained, example] = result.stdout.split(f"\n{heading}\n")
    assert f"auditready {' '.join(path)}" in example
    assert bool(HAN.search(explained)) is (language == "zh")
    assert max(map(len, explained.splitlines())) <= 100


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_no_option_hides_another(path: tuple[str, ...]) -> None:
    params = EVERY[path].get_params(click.Context(EVERY[path]))
    names = [each.name for each in params]
    assert sorted(set(names), key=str) == sorted(names, key=str)
    assert all(isinstance(each, Option | Argument) for each in params)
    written = [word for each in params for word in each.opts if word.startswith("-")]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_what_is_said_is_there_in_chinese(path: tuple[str, ...]) -> None:
    command = EVERY[path]
    said = [command.said, *(each.said for each in command.params if isinstance(each, Option | Argument))]
    assert [str(each) for each in said if not HAN.search(each.in_("zh"))] == []


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        ([], {"LC_ALL": "de_DE.UTF-8", "AUDITREADY_LANGUAGE": "zh"}, "zh"),
        (["check", "--language", "en"], {"AUDITREADY_LANGUAGE": "zh"}, "en"),
        (["--language=zh", "check"], {"LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_the_language_is_the_options_then_the_environments(
    arguments: list[str], environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wanted_language(arguments) == language


def test_a_group_without_a_command_shows_its_help_on_standard_error() -> None:
    result = CliRunner().invoke(root, ["evidence"], prog_name="auditready")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "download" in result.stderr
