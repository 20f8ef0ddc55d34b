"""Reading packs from YAML: every refusal names the file, the line and the field, and all of them at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.catalogue import schema
from app.catalogue.crosswalk import Crosswalk, crosswalk_from_body
from app.catalogue.marked import Marked, Problem, parse
from app.catalogue.pack import Pack, Path, pack_from_body
from app.catalogue.rules import crosswalk_problems, pack_problems, place, quoted
from app.errors import Invalid, TooLarge
from app.language import Message, say

MAX_BYTES = 10_000_000
MAX_PROBLEMS = 50

PATTERNS = {
    schema.ID: say("has to be lower-case letters and digits, in words joined by hyphens or full stops"),
    schema.NUMBER: say("has to be a clause number such as 8.6.1 or A.5.9"),
    schema.VERSION: say("has to be a version such as 1.0.0"),
    schema.DAY: say("has to be a year, month or day such as 2018-09"),
    schema.WORDS: say("must not be empty"),
}

WORDINGS = {
    "missing": say("is missing"),
    "extra_forbidden": say("is not a known field"),
    "enum": say("{value} is not one of {expected}"),
    "string_pattern_mismatch": say("{value} {rule}"),
    "greater_than_equal": say("{value} is less than {ge}"),
    "less_than_equal": say("{value} is more than {le}"),
    "string_too_long": say("is longer than {max_length} characters"),
    "too_short": say("must not be empty"),
    "string_type": say("{value} is not text; put it in quotes if it is meant to be"),
    "int_type": say("{value} is not a whole number"),
    "bool_type": say("{value} is neither true nor false"),
    "list_type": say("{value} is not a list"),
    "model_type": say("{value} has no named fields"),
}
OTHER = say("{value} cannot be used here: {reason}")


@dataclass(frozen=True, slots=True)
class Source:
    """A pack or crosswalk that was read, and where each part of it stands in its file."""

    pack: Pack | Crosswalk
    name: str
    marked: Marked

    def where(self, path: Path) -> str:
        """Return `file:line: field` of a part."""
        return f"{self.name}:{self.marked.line_of(path)}: {place(path)}"


def read_pack(source: Traversable | bytes | str, name: str = "") -> Pack | Crosswalk:
    """Return the framework pack or crosswalk in `source`; see `read_source`."""
    return read_source(source, name).pack


def read_source(source: Traversable | bytes | str, name: str = "") -> Source:
    """Read the framework pack or crosswalk in `source`: a path, or the content itself as bytes or text.

    `name` stands for the file in messages; a path has its own. Raises Invalid with every problem (or the first 50 and
    how many more there are), TooLarge past 10 MB.
    """
    name = name or getattr(source, "name", "") or say("the pack").text
    text = _text(source, name)
    marked = parse(text)
    if marked.problems:
        raise _refusal(name, marked, marked.problems)
    if not isinstance(marked.value, dict):
        raise _refusal(name, marked, [Problem((), say("has to hold named fields"))])
    tree = marked.value
    if "crosswalk" in tree:
        body = _checked(name, marked, tree, schema.CrosswalkFile, crosswalk_problems)
        return Source(crosswalk_from_body(body), name, marked)
    return Source(pack_from_body(_checked(name, marked, tree, schema.PackFile, pack_problems)), name, marked)


@cache
def shipped() -> tuple[Pack | Crosswalk, ...]:
    """Return every pack that comes with the product, in the order of the file names."""
    folder = resources.files("app.catalogue").joinpath("packs")
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    return tuple(read_pack(each) for each in files)


def _text(source: Traversable | bytes | str, name: str) -> str:
    """Return the content of `source` as text, without a byte order mark."""
    content = _content(source, name)
    if len(content) > MAX_BYTES:
        raise TooLarge("{name} is larger than {limit} MB.", name=name, limit=MAX_BYTES // 1_000_000)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(name, Marked(), [Problem((), say("is not text in UTF-8"), line)]) from error


def _content(source: Traversable | bytes | str, name: str) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        return source.encode(errors="surrogatepass")  # a lone surrogate is refused when it is decoded
    try:
        with source.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid("{name} cannot be read: {reason}", name=name, reason=error.strerror or str(error)) from error


def _checked(
    name: str,
    marked: Marked,
    tree: dict[str, Any],
    shape: type[schema.Part],
    rules: Callable[[Mapping[str, Any]], Iterator[Problem]],
) -> dict[str, Any]:
    """Return `tree` as a body: every field there, defaults filled in, enums as their values."""
    problems: list[Problem] = []
    body: dict[str, Any] = {}
    try:
        body = shape.model_validate(tree).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        problems += [Problem(tuple(each["loc"]), _worded(each)) for each in error.errors(include_url=False)]
    problems += rules(tree)
    if problems:
        raise _refusal(name, marked, problems)
    return body


def _worded(error: ErrorDetails) -> Message:
    """Say in our words what the schema found."""
    limits = dict(error.get("ctx", {}))
    if "expected" in limits:
        limits["expected"] = limits["expected"].replace(" or ", ", ").replace("'", "")
    if "pattern" in limits:
        limits["rule"] = PATTERNS[limits["pattern"]]
    message = WORDINGS.get(error["type"], OTHER)
    return Message(message.text, {**limits, "value": _shown(error["input"]), "reason": error["msg"]})


def _shown(value: object) -> object:
    """Return a value as it can be shown in one short line."""
    if isinstance(value, dict | list):
        return say("a group of fields") if isinstance(value, dict) else say("a list")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else str(value)


def _refusal(name: str, marked: Marked, problems: list[Problem]) -> Invalid:
    """Return the error that lists `problems` in the order of their lines, each as `file:line: field: what is wrong`."""
    placed = sorted(((each.line or marked.line_of(each.path), each) for each in problems), key=lambda pair: pair[0])
    lines = [_line(name, line, problem) for line, problem in placed[:MAX_PROBLEMS]]
    if len(placed) > MAX_PROBLEMS:
        lines.append(say("and {count} more", count=len(placed) - MAX_PROBLEMS))
    parts = {f"line{number}": line for number, line in enumerate(lines)}
    return Invalid(
        "The pack cannot be used: {problems}", problems=Message("\n".join(f"{{{key}}}" for key in parts), parts)
    )


def _line(name: str, line: int, problem: Problem) -> Message:
    at, what = place(problem.path), problem.message
    where = f"{name}:{line}"
    return Message("{where}: {at}: {what}" if at else "{where}: {what}", {"where": where, "at": at, "what": what})
