"""Files on their way in: drafts that one transaction names, or nobody."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.errors import AppError
from app.runtime import Runtime
from app.storage.blobs import Draft
from app.storage.files import NewFile
from app.storage.service import take_back

T = TypeVar("T")


def name_drafts(runtime: Runtime, drafts: Sequence[tuple[str, Draft]], act: Callable[[Session, list[NewFile]], T]) -> T:
    """Make drafts durable and do in one transaction what names them; where that is refused nothing is kept.

    Raises Unavailable where the disk refuses, and what `act` raises.
    """
    try:
        files = [NewFile(name, draft.finish()) for name, draft in drafts]
        with runtime.database.writing() as session:
            return act(session, files)
    except Exception:
        with suppress(AppError, SQLAlchemyError, OSError):  # what is left then, `doctor --remove-orphans` finds
            take_back(runtime.database, [draft for _, draft in drafts])
        raise
