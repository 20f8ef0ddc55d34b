"""Data to standard output, as JSON or for people; messages to standard error."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from app.checks.formats.plain import one_line
from app.checks.formats.terminal import columns as width_of
from app.checks.formats.terminal import padded
from app.cli.labels import LABELS
from app.cli.where import Where
from app.language import say

GAP = "  "
ENTRY = "entry."
SECOND = 19
"""Length of a moment up to its second, without its zone."""
UNSEEN = frozenset({"revisions", "versions", "links", "files", "signatures", "same_bytes"})
"""Lists that are shown as tables or not at all."""


def tell(text: str) -> None:
    """Write a message for the person."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """Print JSON, every character as itself."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    """Print text that is complete as it is."""
    click.echo(text, nl=False)


def print_table(items: Sequence[Mapping[str, Any]], columns: Sequence[str], where: Where, indent: str = "") -> None:
    """Print rows under a heading, aligned also where characters are wide; nothing but the heading for no rows."""
    heading = [label(column, where.language) for column in columns]
    rows = [[cell(each, column, where) for column in columns] for each in items]
    widths = [max(width_of(row[place]) for row in (heading, *rows)) for place in range(len(columns))]
    for number, row in enumerate((heading, *rows)):
        line = GAP.join(padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
        click.echo(indent + (_bold(line) if number == 0 else line))


def print_details(item: Mapping[str, Any], parts: Mapping[str, str], where: Where) -> None:
    """Print the fields of one thing, then the lists in it that `parts` names."""
    paths = [path for path in _paths(item) if path not in parts and path not in UNSEEN]
    shown = [(label(path, where.language), text) for path in paths if (text := cell(item, path, where))]
    width = max((width_of(named) for named, _ in shown), default=0)
    for named, text in shown:
        click.echo(f"{_bold(padded(named, width))}{GAP}{text}")
    for name, columns in parts.items():
        if item.get(name):
            click.echo(f"\n{_bold(label(name, where.language))}")
            print_table(item[name], columns.split(), where, indent=GAP)


def label(path: str, language: str) -> str:
    """Return what a field is called, by the last name in its path; in entries of registers as people type it."""
    name = path.rpartition(".")[2]
    return LABELS[name].in_(language) if name in LABELS and not path.startswith(ENTRY) else name


def _paths(item: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields; those of an entry each for itself."""
    return [
        path
        for name, value in item.items()
        for path in ([f"{ENTRY}{each}" for each in value] if f"{name}." == ENTRY else [name])
    ]


def cell(item: Mapping[str, Any], path: str, where: Where) -> str:
    """Return the value at a dotted path as one line without anything that steers a terminal."""
    value: Any = item
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name) if name in value else value.get(f"{name}_{where.language}")
        elif isinstance(value, list):
            if not name.isdecimal():
                value = [each.get(name) for each in value]
            else:
                value = value[int(name)] if int(name) < len(value) else None
    return one_line(_said(value, where))


def _said(value: object, where: Where) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return (say("yes") if value else say("no")).in_(where.language)
    if isinstance(value, Mapping):
        if set(value) == {"en", "zh"}:
            return str(value[where.language] or value["en"] or value["zh"])
        return " ".join(f"{name}={_said(each, where)}" for name, each in value.items() if each not in (None, "", []))
    if isinstance(value, list):
        return ("、" if where.language == "zh" else ", ").join(_said(each, where) for each in value)
    return where.names.get(str(value)) or _moment(str(value))


def _moment(text: str) -> str:
    """Shorten a moment to the second; everything else stays as it is."""
    if len(text) > SECOND and text[10:11] == "T" and text[4] == text[7] == "-" and text[13] == text[16] == ":":
        zone = "Z" if text.endswith(("Z", "+00:00")) else text[-6:]
        return text[:10] + " " + text[11:SECOND] + zone
    return text


def _bold(text: str) -> str:
    return click.style(text, bold=True) if sys.stdout is not None and sys.stdout.isatty() else text


def progress(total: int) -> Callable[[int], None]:
    """Return what to call with each step; shows a bar on standard error where that is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty() or total == 0:
        return lambda _: None
    bar = click.progressbar(length=total, file=sys.stderr)
    bar.render_progress()

    def step(size: int) -> None:
        bar.update(size)
        if bar.finished:
            bar.render_finish()

    return step
