"""Checkpoints: heads of the journal's chains kept in a file beside the database, line by line, never changed.

Whoever can write the tables can cut the end off a chain, or write all of it anew, and every hash agrees again. It does
not agree with a checkpoint then: keep copies of the file where those people cannot write.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.journal.service import Break, hash_at

NAME = "journal-checkpoints.jsonl"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a chain had come at a moment, and the hash it had reached."""

    at: str
    chain_id: str
    number: int
    hash: str


def contradicted(session: Session, file: Path) -> Iterator[Break]:
    """Yield a break for the newest checkpoint of each chain that its chain does not agree with, or cannot be read."""
    for checkpoint in _newest(file).values():
        if hash_at(session, checkpoint.chain_id, checkpoint.number) != checkpoint.hash:
            yield Break(checkpoint.chain_id, checkpoint.number, f"not as in the checkpoint of {checkpoint.at}")


def keep(file: Path, heads: Mapping[str, tuple[int, str]], *, at: datetime) -> None:
    """Append where each chain stands now, but for those that stand where their newest checkpoint says."""
    known = {name: (checkpoint.number, checkpoint.hash) for name, checkpoint in _newest(file).items()}
    lines = [
        json.dumps(asdict(Checkpoint(at.isoformat(), chain_id, *head)))
        for chain_id, head in sorted(heads.items())
        if known.get(chain_id) != head
    ]
    if lines:
        with file.open("a", encoding="utf-8") as appended:
            appended.write("".join(f"{line}\n" for line in lines))


def _newest(file: Path) -> dict[str, Checkpoint]:
    """The last checkpoint of each chain; a line that cannot be read contradicts everything, as an altered one would."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for number, line in enumerate(lines, start=1):
        try:
            checkpoint = Checkpoint(**json.loads(line))
        except (ValueError, TypeError):
            checkpoint = Checkpoint("?", f"{file.name}:{number}", number, "")
        found[checkpoint.chain_id] = checkpoint
    return found
