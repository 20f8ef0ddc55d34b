"""Plain YAML with line numbers: values as they are in the file, and for every path the line it stands on.

Only what a data file needs is understood: mappings, lists, text, whole and broken numbers, true, false and null.
Aliases, anchors, tags, merge keys and second documents are refused, so a small file can never become a large value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from app.catalogue.pack import Path
from app.language import Message, say

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML may have been built without libyaml
MAX_DEPTH = 20
MAX_VALUES = 200_000
NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"  # these turn the direction of a line, so that it reads as what it is not
)
WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
BROKEN = re.compile(r"[-+]?[0-9]{0,15}\.[0-9]{0,15}")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong at a path; `line` is None until it is known, and for the file as a whole."""

    path: Path
    message: Message
    line: int | None = None


@dataclass(slots=True)
class Marked:
    """The value of a file, None where it could not be read, with the line of every path and all problems found."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of `path` or, where it is not in the file, of the nearest part that would hold it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _StopError(Exception):
    """Reading cannot go on; holds the problem."""


def parse(text: str) -> Marked:
    """Read one document. Raises nothing: whatever is wrong is among the problems."""
    marked = Marked()
    found = NOT_TEXT.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        marked.problems.append(Problem((), say("has a character that is not text"), line))
        return marked
    builder = _Builder(marked)
    try:
        for event in _events(text):
            builder.take(event, event.start_mark.line + 1)
    except _StopError as stop:
        marked.value = None
        marked.problems.append(stop.args[0])
    return marked


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _StopError(
            Problem((), say("is not YAML: {reason}", reason=error.problem or error.context), line)
        ) from error
    except (yaml.YAMLError, ValueError, ArithmeticError) as error:  # the last two: absurd escapes and versions
        raise _StopError(Problem((), say("is not YAML: {reason}", reason=type(error).__name__))) from error


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    path: Path
    content: Any
    key: str | None = None

    def next_path(self) -> Path:
        return (*self.path, len(self.content) if isinstance(self.content, list) else self.key or "")


class _Builder:
    """Turns events into values without recursion."""

    def __init__(self, marked: Marked) -> None:
        self.marked = marked
        self.open: list[_Open] = []
        self.documents = 0
        self.values = 0

    def take(self, event: Any, line: int) -> None:  # noqa: ANN401 - the event classes of PyYAML share no useful base
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _StopError(Problem((), say("has more than one document"), line))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.open.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)

    def _take_node(self, event: Any, line: int) -> None:  # noqa: ANN401 - see above
        top = self.open[-1] if self.open else None
        is_key = top is not None and isinstance(top.content, dict) and top.key is None
        path = top.path if top and is_key else top.next_path() if top else ()
        self.values += 1
        if self.values > MAX_VALUES:
            raise _StopError(Problem((), say("has more than {count} values", count=MAX_VALUES), line))
        self._refuse_extras(event, path, line)
        if not isinstance(event, yaml.CollectionStartEvent):
            self._take_scalar(event, top if is_key else None, path, line)
        elif is_key:
            raise _StopError(Problem(path, say("has a field name that is not a word"), line))
        elif len(self.open) == MAX_DEPTH:
            raise _StopError(Problem(path, say("is nested more than {count} levels deep", count=MAX_DEPTH), line))
        else:
            content: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(content, path, line)
            self.open.append(_Open(path, content))

    def _take_scalar(self, event: Any, top: _Open | None, path: Path, line: int) -> None:  # noqa: ANN401
        if isinstance(event, yaml.AliasEvent):
            text, plain = "", True
        else:
            text, plain = event.value, event.implicit[0]
        if NOT_TEXT.search(text):
            self._problem(path, say("has a character that is not text"), line)
        if not top:
            self._put(_value_of(text) if plain else text, path, line)
        else:
            top.key = text
            if text in top.content:
                self._problem((*path, text), say("is there twice"), line)
            self.marked.lines[*path, text] = line

    def _refuse_extras(self, event: Any, path: Path, line: int) -> None:  # noqa: ANN401
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._problem(path, say("uses an alias or anchor (* or &), which is not allowed"), line)
        elif event.tag is not None:
            self._problem(path, say("uses a tag (!), which is not allowed"), line)

    def _put(self, value: object, path: Path, line: int) -> None:
        self.marked.lines.setdefault(path, line)
        if not self.open:
            self.marked.value = value
            return
        top = self.open[-1]
        if isinstance(top.content, list):
            top.content.append(value)
        else:
            top.content[top.key] = value
            top.key = None

    def _problem(self, path: Path, message: Message, line: int) -> None:
        self.marked.problems.append(Problem(path, message, line))


def _value_of(text: str) -> object:
    """Return what an unquoted word means; only what YAML 1.2 calls so, hence `no` and `on` stay words."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if BROKEN.fullmatch(text) and any(map(str.isdigit, text)) else text
