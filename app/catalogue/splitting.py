"""A whole text of a standard, split into its clauses by their headings."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.errors import Invalid, TooLarge

MAX_BYTES = 1_000_000
"""Several times the length of a management system standard."""
HEADING = re.compile(r"[#\s]*(?P<number>[0-9]+(?:\.[0-9]+)*|[A-Z](?:\.[0-9]+)+)(?:[.、]?\s+\S.{0,119})?\s*")
SENTENCE = tuple(".;:,。；：，、…")  # noqa: RUF001 (Chinese punctuation)
"""How a sentence or a line of a list ends, and no title."""


class Part(NamedTuple):
    """The words of one clause, its heading first."""

    clause: str
    text: str


def decoded(raw: bytes) -> str:
    """Return the text of a file as editors save it: UTF-8, UTF-16 or GB 18030. Raises TooLarge, Invalid."""
    if len(raw) > MAX_BYTES:
        raise TooLarge(
            "A text may have at most {most} bytes. Leave out what is no clause.", most=MAX_BYTES, field="file"
        )
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid("This is no plain text. Open it and save it as text (.txt) first.", field="file")


def split(text: str, clauses: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of a text that belong to these clauses, in their order; what comes before the first is left out.

    A line that begins with the number of a clause, and goes on with a title or not at all, begins it. Where a number
    comes several times, as in a table of contents, the longest part counts. A heading alone is no part.
    """
    found: dict[str, Part] = {}
    for part in _parts(text, frozenset(clauses)):
        body = part.text.partition("\n")[2].strip()
        if body and len(part.text) > len(found.get(part.clause, part._replace(text="")).text):
            found[part.clause] = part
    return tuple(found[clause] for clause in clauses if clause in found)


def _parts(text: str, clauses: frozenset[str]) -> Iterator[Part]:
    clause, lines = "", list[str]()
    for line in text.splitlines():
        number = _number(line, clauses)
        if number is not None:
            if clause:
                yield Part(clause, "\n".join(lines).strip())
            clause, lines, line = number, [], line.lstrip("# \t")  # noqa: PLW2901 (marks of Markdown are not the standard's)
        lines.append(line.rstrip())
    if clause:
        yield Part(clause, "\n".join(lines).strip())


def _number(line: str, clauses: frozenset[str]) -> str | None:
    """Return the number of the clause that a line is the heading of, None where it is no heading."""
    heading = HEADING.fullmatch(line)
    if heading is None or heading["number"] not in clauses or line.rstrip().endswith(SENTENCE):
        return None
    return heading["number"]
