"""Imports through both doors: bytes that nobody names any more go after the commit, and errors as a table."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.errors import AppError
from app.http.sheets import Column, Table
from app.imports.checking import Check
from app.imports.columns import HEADS
from app.language import say
from app.runtime import Runtime
from app.storage.service import remove_unnamed

T = TypeVar("T")


def freeing(runtime: Runtime, act: Callable[[Session], tuple[T, Sequence[str]]]) -> T:
    """Do `act` in one transaction, and take away the bytes of the hashes that it returns beside its result."""
    with runtime.database.writing() as session:
        done, released = act(session)
    free(runtime, released)
    return done


def free(runtime: Runtime, released: Sequence[str]) -> None:
    """Take away bytes that nobody names any more, after the commit that says so."""
    with suppress(AppError, SQLAlchemyError, OSError):  # what is left then, `doctor --remove-orphans` finds
        remove_unnamed(runtime.database, runtime.blobs, released)


def errors_table(check: Check, language: str) -> Table:
    """Return what is wrong with a table's rows as a table to take along, in their order."""
    titles = ((say("Row"), 8), (say("Column"), 20), (say("What is wrong, and the next step"), 100))
    rows = (
        (each.row, HEADS[each.column].name.in_(language) if each.column else "", each.message.in_(language))
        for each in check.problems
    )
    return Table(
        say("Errors").in_(language), tuple(Column(title.in_(language), width) for title, width in titles), rows
    )
