"""Commands and groups: help in both languages with an example, and modules that are imported only when needed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import click

from app.checks.formats.terminal import Page, Span, columns, padded
from app.cli.options import PREFIX, Argument, Option, everywhere, language_of
from app.language import Message, say

F = TypeVar("F", bound=Callable[..., Any])
COLUMN = 26
PAGE_WIDTH = 100
INDENT = (Span("  "),)


class Misused(click.UsageError):
    """The command line cannot be used as it is written."""

    def __init__(self, message: Message, ctx: click.Context) -> None:
        super().__init__(message.in_(language_of(ctx)), ctx)


class Place(NamedTuple):
    """Where a command of the first level is found, and what it is for."""

    module: str
    said: Message


class Spoken(click.Command):
    """A command whose help is `said` in the language of whoever asks, followed by an example."""

    said: Message
    example: str

    def get_help_option(self, ctx: click.Context) -> click.Option:  # noqa: ARG002 (as click calls it)
        """Return the option that shows the help."""
        return Option(
            ["--help", "-h"],
            said=say("Show this help."),
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_help,
        )

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page."""
        language = language_of(ctx)
        page = Page(min(formatter.width, PAGE_WIDTH), colour=sys.stdout is not None and sys.stdout.isatty())
        page.add(say("Usage: {line}", line=" ".join((ctx.command_path, *self.collect_usage_pieces(ctx)))).in_(language))
        page.blank()
        page.add(self.said.in_(language), INDENT)
        params = self.get_params(ctx)
        for heading, rows in (
            (say("Arguments"), [each.line(ctx) for each in params if isinstance(each, Argument)]),
            (say("Commands"), self.listed(ctx)),
            (say("Options"), _options(ctx, params, shared=False)),
            (say("Options of every command"), _options(ctx, params, shared=True)),
        ):
            if rows:
                page.heading(heading.in_(language))
                _add_rows(page, rows)
        if self.example:
            page.heading(say("Example").in_(language))
            for line in self.example.strip().splitlines():
                page.lines.append(f"  {line}")  # unwrapped: it is there to be copied
        formatter.write("\n".join(page.lines) + "\n")

    def listed(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002 (groups need it)
        """Return the commands below this one with what they are for."""
        return []

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. Raises Misused for more than the command takes."""
        single = not isinstance(self, click.Group)
        ctx.allow_extra_args = ctx.allow_extra_args or single
        rest = super().parse_args(ctx, args)
        if single and rest:
            raise Misused(say("This is too much: {words}.", words=tuple(rest)), ctx)
        return rest


class Verb(Spoken):
    """A command that does something."""

    def __init__(self, name: str, said: Message, example: str, **more: Any) -> None:  # noqa: ANN401 (as click takes them)
        super().__init__(name, **more)
        self.said, self.example = said, example


class Group(Spoken, click.Group):
    """Commands about one thing."""

    def __init__(self, name: str, said: Message, example: str = "") -> None:
        super().__init__(name, no_args_is_help=True)
        self.said, self.example = said, example
        self.params = everywhere()

    def listed(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return the commands of the group in the order they were made."""
        language = language_of(ctx)
        return [(name, each.said.in_(language)) for name, each in self.commands.items() if isinstance(each, Spoken)]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click calls it)
        """Return the names in the order they were made."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises Misused for one that is not there."""
        found = self.get_command(ctx, args[0])
        if found is None:
            raise Misused(say("There is no command {name}.", name=args[0]), ctx)
        return args[0], found, args[1:]

    def verb(self, name: str, said: Message, *, example: str) -> Callable[[F], F]:
        """Decorate the function of a command of this group; its first argument is a `Where`."""

        def add(function: F) -> F:
            self.add_command(make_verb(function, name, said, example))
            return function

        return add


class Shelf(Group):
    """A group whose commands are in modules that are imported when one is run."""

    def __init__(self, name: str, said: Message, places: Mapping[str, Place], example: str) -> None:
        super().__init__(name, said, example)
        self.params = everywhere(environment=True)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click calls it)
        """Return the names in the order of the shelf."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as click calls it)
        """Import the command."""
        place = self.places.get(cmd_name)
        if place is None:
            return None
        command: click.Command = import_module(place.module).command
        return command

    def listed(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Return the commands without importing one."""
        return [(name, place.said.in_(language_of(ctx))) for name, place in self.places.items()]


def make_verb(function: Callable[..., Any], name: str, said: Message, example: str, kind: type[Verb] = Verb) -> Verb:
    """Make a command of a function that `option` and `argument` decorated."""
    params = reversed(function.__dict__.pop("__click_params__", []))
    return kind(name, said, example, callback=click.pass_obj(function), params=[*params, *everywhere()])


def verb(name: str, said: Message, *, example: str) -> Callable[[Callable[..., Any]], Verb]:
    """Decorate the function of a command that stands by itself."""
    return lambda function: make_verb(function, name, said, example)


def _options(ctx: click.Context, params: Sequence[click.Parameter], *, shared: bool) -> list[tuple[str, str]]:
    return [each.line(ctx) for each in params if isinstance(each, Option) and _is_shared(each) is shared]


def _is_shared(option: Option) -> bool:
    return option.name == "help" or str(option.name).startswith(PREFIX)


def _add_rows(page: Page, rows: Sequence[tuple[str, str]]) -> None:
    for left, right in rows:
        if columns(left) > COLUMN - 2:
            page.add(left, INDENT)
            page.add(right, [Span(" " * (COLUMN + 2))])
        else:
            page.add(right, [Span(f"  {padded(left, COLUMN)}")])


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 (click's own)
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()
