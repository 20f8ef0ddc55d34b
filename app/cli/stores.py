"""The data folder as commands open it, and who works on it."""

import getpass
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from app.cli.where import WRONG, Trouble, Where
from app.errors import AppError
from app.identity.actor import Actor, local_operator
from app.runtime import Runtime, open_runtime


@contextmanager
def opened(where: Where, *, at: datetime | None = None) -> Iterator[Runtime]:
    """Open the data folder; made or upgraded with `at`. Raises Trouble where it cannot be."""
    settings = where.settings()
    with ExitStack() as stack:
        try:
            runtime = stack.enter_context(open_runtime(settings, at=at))
        except AppError as error:
            raise Trouble(error.message, WRONG, error.field) from error
        yield runtime


def acting(where: Where, runtime: Runtime) -> Actor:
    """Return who works on the data folder: the user that `--as` names, else whoever is at the computer."""
    if where.as_login is None:
        return local_operator(operator_name(), where.language)
    from app.identity.service import user_actor  # noqa: PLC0415 (needed for `--as` only)
    from app.identity.users import find_user  # noqa: PLC0415

    with runtime.database.reading() as session:
        return user_actor(session, find_user(session, where.as_login), at=datetime.now(UTC))


def operator_name() -> str:
    """Return the name of whoever is at the computer."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "operator"
