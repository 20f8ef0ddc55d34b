"""What must hold between the parts of a pack file.

The rules look at raw values that may have any shape, so that a file with a wrong field still gets all its problems
listed at once: what is not of the right type is passed over here, because the schema names it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.catalogue.marked import Problem
from app.catalogue.pack import Path
from app.catalogue.schema import DAY
from app.language import say

BY_CHOICE = {"note", "status", "group", "amendment_note"}  # texts that may be absent, but only in both languages

CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
MAX_NAME, MAX_VALUE = 60, 80  # characters of a field name and of a value that a message shows

Parts = list[tuple[Path, Mapping[str, Any]]]


def pack_problems(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what contradicts itself in a framework pack, rule by rule."""
    clauses, processes = _parts(tree, (), "clauses"), _parts(tree, (), "processes")
    items = [item for path, clause in clauses for item in _parts(clause, path, "documented_information")]
    expectations = [each for path, clause in clauses for each in _parts(clause, path, "expectations")]
    yield from _one_language(tree)
    yield from _impossible_day(tree)
    for parts, name in ((clauses, "number"), (processes, "key"), (items, "id"), (expectations, "id")):
        yield from _twice(parts, name)
    yield from _wrong_parents(clauses)
    yield from _unknown(processes, "clause", _all(clauses, "number"))
    yield from _unknown(clauses, "process_key", _all(processes, "key"))
    yield from _wrong_shares(clauses, _all(expectations, "id"))
    for path, expectation in expectations:
        yield from _unknown_among(expectation, path, "covers", _all(items, "id"))
        if expectation.get("required") is True and expectation.get("optional") is True:
            yield Problem((*path, "optional"), say("cannot be true where required is true"))
    yield from _unknown(items, "refers_to", _all([each for each in items if not each[1].get("refers_to")], "id"))


def crosswalk_problems(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what contradicts itself in a crosswalk; whether its clauses exist, `unknown_clauses` tells."""
    rows = _parts(tree, (), "rows")
    yield from _one_language(tree)
    yield from _twice(rows, "from")
    for path, row in rows:
        yield from _twice(_parts(row, path, "to"), "clause")
    head = tree.get("crosswalk")
    if isinstance(head, dict) and _text(head, "to") is not None and _text(head, "to") == _text(head, "from"):
        yield Problem(("crosswalk", "to"), say("has to be another framework than from"))


def _one_language(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Name each text that is there in one language only, or is not in the language that its field says.

    The schema names those that have to be there.
    """
    waiting: list[tuple[Path, object]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(((*path, position), part) for position, part in enumerate(value))
        if not isinstance(value, dict):
            continue
        waiting.extend(((*path, name), part) for name, part in value.items())
        for name, text in value.items():
            other = name[:-3] + {"_en": "_zh", "_zh": "_en"}.get(name[-3:], name[-3:])
            if text and other != name and other[:-3] in BY_CHOICE and not value.get(other):
                yield Problem((*path, other), say("is missing: every text is needed in both languages"))
            if isinstance(text, str) and name.endswith(("zh", "zh_alt")) and not _may_be_chinese(text):
                yield Problem((*path, name), say("{value} has no Chinese", value=quoted(text)))


def _may_be_chinese(text: str) -> bool:
    """Whether a text has a Chinese character, or no letter that could be another: a code or number is kept as it is."""
    return CHINESE.search(text) is not None or not any(letter.isalpha() and not letter.isupper() for letter in text)


def _impossible_day(tree: Mapping[str, Any]) -> Iterator[Problem]:
    head = tree.get("framework")
    published = _text(head, "published") if isinstance(head, dict) else None
    if published is not None and re.fullmatch(DAY, published):
        try:
            date.fromisoformat(published + "-01" * (2 - published.count("-")))
        except ValueError:
            yield Problem(("framework", "published"), say("{value} is no day", value=quoted(published)))


def _twice(parts: Parts, name: str) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path, part in parts:
        key = _text(part, name)
        if key in seen:
            yield Problem(
                (*path, name),
                say("{value} is there twice, first at {place}", value=quoted(key), place=place(seen[key])),
            )
        elif key is not None:
            seen[key] = path


def _wrong_parents(clauses: Parts) -> Iterator[Problem]:
    earlier: set[str] = set()
    for path, clause in clauses:
        parent, number = _text(clause, "parent"), _text(clause, "number")
        if parent is not None and parent not in earlier:
            yield Problem((*path, "parent"), say("there is no clause {value} before this one", value=quoted(parent)))
        if number is not None:
            earlier.add(number)


def _wrong_shares(clauses: Parts, known: set[str]) -> Iterator[Problem]:
    for path, clause in clauses:
        yield from _unknown_among(clause, path, "shared", known)
        own = _all(_parts(clause, path, "expectations"), "id")
        for at, share in _texts(clause, path, "shared"):
            if share in own:
                yield Problem(at, say("{value} is declared at this very clause", value=quoted(share)))


def _unknown(parts: Parts, name: str, known: set[str]) -> Iterator[Problem]:
    for path, part in parts:
        value = _text(part, name)
        if value is not None and value not in known:
            yield Problem((*path, name), say("there is no {value} in this file", value=quoted(value)))


def _unknown_among(part: Mapping[str, Any], path: Path, name: str, known: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, value in _texts(part, path, name):
        if value not in known:
            yield Problem(at, say("there is no {value} in this file", value=quoted(value)))
        elif value in seen:
            yield Problem(at, say("{value} is there twice", value=quoted(value)))
        seen.add(value)


def place(path: Path) -> str:
    """Return a path as people write it: `clauses[3].expectations[0].cadence`; empty for the whole file."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_word(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def quoted(text: str) -> str:
    """Return a text of the file in quotes, in one line and cut short, as messages show it."""
    return repr(text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…")


def _word(name: str) -> str:
    """Return a field name as it can stand in one line."""
    return name if name.isidentifier() and len(name) <= MAX_NAME else repr(name[:MAX_NAME])


def _parts(tree: Mapping[str, Any], path: Path, name: str) -> Parts:
    value = tree.get(name)
    parts = enumerate(value) if isinstance(value, list) else ()
    return [((*path, name, position), part) for position, part in parts if isinstance(part, dict)]


def _texts(tree: Mapping[str, Any], path: Path, name: str) -> list[tuple[Path, str]]:
    value = tree.get(name)
    parts = enumerate(value) if isinstance(value, list) else ()
    return [((*path, name, position), part) for position, part in parts if isinstance(part, str)]


def _text(tree: Mapping[str, Any], name: str) -> str | None:
    value = tree.get(name)
    return value if isinstance(value, str) else None


def _all(parts: Parts, name: str) -> set[str]:
    return {value for _, part in parts if (value := _text(part, name)) is not None}
