"""What a preview is made of; pages show it as text, so that nothing in a file becomes markup."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a file: `heading` (with its level), `text`, `code`, `table` or `fields` (pairs of name and value)."""

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """A file's content in order. `pages` counts pictures to be asked for one by one; `cut`: the file has more."""

    blocks: tuple[Block, ...] = ()
    pages: int = 0
    cut: bool = False

    def body(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


def from_body(body: dict[str, Any]) -> Preview:
    """Return the preview that `body` came from."""
    blocks = tuple(
        Block(each["kind"], each["text"], each["level"], tuple(tuple(row) for row in each["rows"]))
        for each in body["blocks"]
    )
    return Preview(blocks, body["pages"], body["cut"])
