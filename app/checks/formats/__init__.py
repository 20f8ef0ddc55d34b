"""A report in the formats people and tools read: one module each, imported when it is asked for.

Here belong renderings of a `Report` as one string. What is in a report is decided in `app.checks.report`; nothing here
judges anything, reads a database or knows the clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:  # a door names the formats before it knows whether it will make a report
    from app.checks.report import Report

WORKLIST_LINES = 15
ALL_LINES = 1_000_000
NARROWEST, WIDEST = 60, 400
"""Columns of the text format."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the ending of its files, with the dot, and its media type."""

    ending: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a rendering may be told; formats that have no use for an option ignore it.

    `fail_on` is the lightest severity that makes the command fail. `baseline` is an earlier report as JSON. `colour`
    and `width` (columns, at least `NARROWEST`) are for terminals, `worklist_lines` for `text` and `markdown`.
    """

    width: int = 100
    colour: bool = False
    worklist_lines: int = WORKLIST_LINES
    fail_on: str = "blocking"
    baseline: Mapping[str, Any] | None = None


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": Format(".txt", "text/plain; charset=utf-8"),
        "json": Format(".json", "application/json"),
        "sarif": Format(".sarif", "application/sarif+json"),
        "junit": Format(".xml", "application/xml"),
        "markdown": Format(".md", "text/markdown; charset=utf-8"),
        "badge": Format(".svg", "image/svg+xml"),
    }
)
"""Every format by name; each has a module of that name here with a `render`."""


def render(report: "Report", name: str, *, language: str, options: Options | None = None) -> str:
    """Return the report in the format `name`, ending in a line feed. Raises KeyError for a name not in `FORMATS`.

    Raises Invalid where the baseline is no report of ours or is of another stage.
    """
    if name not in FORMATS:
        raise KeyError(name)
    module = import_module(f"{__name__}.{name}")
    renderer = cast("Callable[[Report, str, Options], str]", module.render)
    return renderer(report, language, options or Options())
