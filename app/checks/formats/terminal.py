"""Lines for a terminal: columns as the terminal counts them, wrapped with a hanging indent, coloured where wanted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

from app.checks.formats.plain import one_line

BOLD, DIM, RED, YELLOW, GREEN, BLUE, CYAN = "1", "2", "31", "33", "32", "34", "36"
LEAST_WIDTH = 60

# Characters that are one column each below U+3000 and two from there on; anything else is measured by wcwidth, which
# takes long to import and is not needed for most reports. tests/checks/test_formats_text.py compares the two.
_SIMPLE = re.compile(
    "[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2199\u2610\u2717\u2718\u3000-\u3029\u4e00-\u9fff\uff01-\uff60]*"
)
_CLOSING, _OPENING = ("Pe", "Pf", "Po"), ("Ps", "Pi")
"""Categories of characters that stay with what is before or after them; sentence marks are among the first."""
_WIDE = 2


class Span(NamedTuple):
    """Text in one style, an SGR parameter such as `1;31`; what is `whole` is never broken, so it has to be short."""

    text: str
    style: str = ""
    whole: bool = False


class Cell(NamedTuple):
    """What the terminal shows as one character, its columns and its style."""

    text: str
    columns: int
    style: str


class Page:
    """Collects lines of at most `width` columns."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = max(width, LEAST_WIDTH)
        self.colour = colour
        self.lines: list[str] = []

    def add(self, body: str | Span | Sequence[Span], lead: Sequence[Span] = ()) -> None:
        """Add `body`, wrapped; `lead` stands before it and further lines are indented to where it ends."""
        spans = [Span(body)] if isinstance(body, str) else [body] if isinstance(body, Span) else list(body)
        if _fits([*lead, *spans], self.width):
            self.lines.append(self._painted(span for span in (*lead, *spans) if span.text))
            return
        head = list(_cells(lead))
        hang = sum(cell.columns for cell in head)
        for number, row in enumerate(wrapped(list(_cells(spans)), self.width - hang)):
            before = Cell(" " * hang, hang, "")
            self.lines.append(self._painted((*(head if number == 0 else [before]), *row)))

    def blank(self) -> None:
        """Add an empty line, unless there is one already."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def heading(self, text: str) -> None:
        """Add an empty line and a heading."""
        self.blank()
        self.add(Span(text, BOLD))

    def _painted(self, pieces: Iterable[Span | Cell]) -> str:
        parts = []
        for style, run in groupby(pieces, key=lambda piece: piece.style):
            text = "".join(piece.text for piece in run)
            parts.append(f"\x1b[{style}m{text}\x1b[0m" if style and self.colour else text)
        return "".join(parts).rstrip()


def columns(text: str) -> int:
    """Return how many columns `text` takes."""
    return sum(columns for _, columns in _measured(text))


def padded(text: str, width: int) -> str:
    """Return `text` filled up with spaces to `width` columns."""
    return text + " " * (width - columns(text))


def wrapped(cells: Sequence[Cell], width: int) -> Iterator[Sequence[Cell]]:
    """Yield the lines: broken at spaces and beside wide characters, and within a word only where nothing else fits.

    A line never begins with closing punctuation nor ends with an opening bracket, if there is another place.
    """
    start, used, best, at = 0, 0, 0, 0
    while at < len(cells):
        if at > start and _may_break(cells[at - 1], cells[at]):
            best = at
        if used + cells[at].columns > width and at > start:
            end = at if cells[at].text == " " else best if best > start else at
            yield _without_spaces_at_end(cells[start:end])
            start = end
            while start < len(cells) and cells[start].text == " ":
                start += 1
            at, used = start, 0
        else:
            used += cells[at].columns
            at += 1
    if start < len(cells) or not cells:
        yield cells[start:]


def _fits(spans: Iterable[Span], width: int) -> bool:
    """Say whether simple text takes no more than one line, as most does: then nothing needs to be taken apart."""
    used = 0
    for text, *_ in spans:
        if not _SIMPLE.fullmatch(text):
            return False
        used += len(text) if text.isascii() else columns(text)
    return used <= width


def _may_break(before: Cell, after: Cell) -> bool:
    if before.text == " ":
        return after.text != " "
    if _WIDE not in (before.columns, after.columns) or after.text == " ":
        return False
    return category(after.text[0]) not in _CLOSING and category(before.text[-1]) not in _OPENING


def _without_spaces_at_end(cells: Sequence[Cell]) -> Sequence[Cell]:
    end = len(cells)
    while end and cells[end - 1].text == " ":
        end -= 1
    return cells[:end]


def _cells(spans: Iterable[Span]) -> Iterator[Cell]:
    for words, style, whole in spans:
        measured = _measured(words)
        if whole:
            measured = [("".join(text for text, _ in measured), sum(columns for _, columns in measured))]
        yield from (Cell(text, columns, style) for text, columns in measured if text)


def _measured(text: str) -> list[tuple[str, int]]:
    """Return each character as a reader sees it, with its columns."""
    if _SIMPLE.fullmatch(text):
        return [(each, _WIDE if each >= "\u3000" else 1) for each in text]
    from wcwidth import iter_graphemes, width  # noqa: PLC0415 (see above)

    return [(each, width(each)) for each in iter_graphemes(_kept_spaces(text))]


def _kept_spaces(text: str) -> str:
    """Return `text` on one line, with the spaces at its ends."""
    inner = one_line(text)
    return " " * (len(text) - len(text.lstrip(" "))) + inner + " " * (len(text) - len(text.rstrip(" ")) if inner else 0)
