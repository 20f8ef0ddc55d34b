"""`auditready init`: the tables, the catalogue, the folder of the blobs and the first administrator."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from app.cli.group import verb
from app.cli.options import flag, option
from app.cli.where import WRONG, Trouble, Where
from app.language import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.runtime import Runtime

EXAMPLE = """
auditready init
auditready init --login admin --name "王敏" --password-stdin < password.txt
"""


@option("--login", metavar="LOGIN", said=say("Login of the first administrator of the installation."))
@option("--name", metavar="NAME", said=say("Name of the administrator; the login unless given."))
@flag("--password-stdin", said=say("Read the password from the first line of standard input."))
def init(where: Where, login: str | None, name: str | None, password_stdin: bool) -> None:  # noqa: FBT001 (click's own)
    """Make everything that is not there yet; what is there stays."""
    where.must_be_local()
    from app.cli.stores import opened  # noqa: PLC0415 (slow to import, and the help needs none of it)

    at = datetime.now(UTC)
    with opened(where, at=at) as runtime:
        folder = runtime.settings.data_folder
        with runtime.database.reading() as session:
            there = _administrators(session)
        if login is None and not there and not password_stdin and sys.stdin.isatty():
            login = click.prompt(say("Login of the administrator").in_(where.language), err=True)
        if login is not None:
            password = _password(where, from_input=password_stdin)
            _add(where, runtime, login, name or login, password)
        elif password_stdin:
            raise Trouble(say("A password is for somebody: name them with --login."), WRONG, "login")
        elif not there:
            where.tell(say("There is no administrator yet. Add one with `auditready init --login LOGIN`."))
    where.tell(say("The data folder {folder} is ready.", folder=folder))


def _administrators(session: "Session") -> bool:
    from sqlalchemy import select  # noqa: PLC0415 (slow to import, and the help needs none of it)

    from app.identity.models import User  # noqa: PLC0415

    return session.scalar(select(User.id).where(User.installer, User.disabled_at.is_(None)).limit(1)) is not None


def _password(where: Where, *, from_input: bool) -> str | None:
    """Return the password, None where none is given: then only tokens work."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        return None
    password: str = click.prompt(
        say("Password").in_(where.language), hide_input=True, confirmation_prompt=True, err=True
    )
    return password


def _add(where: Where, runtime: "Runtime", login: str, name: str, password: str | None) -> None:
    from app.cli.stores import acting  # noqa: PLC0415 (slow to import, and the help needs none of it)
    from app.errors import Conflict  # noqa: PLC0415
    from app.identity.passwords import choose  # noqa: PLC0415
    from app.identity.users import NewUser, add_user  # noqa: PLC0415

    hashed = None if password is None else choose(password, login, runtime.settings.password_memory_kib)
    new = NewUser(login, name, where.language, hashed, installer=True)
    actor = acting(where, runtime)
    try:
        with runtime.database.writing() as session:
            add_user(session, new, actor=actor, at=datetime.now(UTC))
    except Conflict:
        where.tell(say("{login} is there already and stays as it was.", login=login))
    else:
        where.tell(say("{login} now administers the installation.", login=login))
        if password is None:
            where.tell(
                say(
                    "{login} has no password and cannot sign in to a server: set one with `auditready user password "
                    "{login}`.",
                    login=login,
                )
            )


command = verb(
    "init",
    say("Make a data folder, or bring an existing one up to date. It may be repeated: what is there stays."),
    example=EXAMPLE,
)(init)
