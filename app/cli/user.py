"""`auditready user`: who can sign in to the installation."""

import sys

import click

from app.cli.group import Group
from app.cli.options import Given, argument, flag, once_option, one_of, option
from app.cli.where import Where
from app.language import say

command = Group(
    "user", say("Who can sign in; roles come with `auditready people give`."), "auditready user show wang.min"
)


@command.verb(
    "add",
    say("Add a user. Without a password nobody can sign in as them, but tokens work."),
    example="""
auditready user add wang.min --name "王敏" --password-stdin < password.txt
auditready user add ci --name "Pipeline" --speaks en
""",
)
@argument("login", said=say("How they sign in."))
@option("--name", required=True, metavar="NAME", said=say("Their name."))
@option("--speaks", "language", kind=one_of("zh", "en"), said=say("Their language; yours unless given."))
@flag("--installer", said=say("They administer the whole installation."))
@flag("--password-stdin", said=say("Read the password from the first line of standard input."))
@flag("--password", "ask", said=say("Ask for the password."))
@once_option
def add(where: Where, login: str, *, language: str | None, password_stdin: bool, ask: bool, **fields: Given) -> None:
    """Add one."""
    password = _new_password(where, from_input=password_stdin) if password_stdin or ask else None
    body = {"login": login, "language": language or where.language, "password": password, **fields}
    with where.api() as api:
        made = api.post("users", body=body)
    where.details(made)


@command.verb("list", say("List everybody, also who is disabled."), example="auditready user list")
def list_users(where: Where) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("users")["items"]
    where.rows(items, "login name language installer created_at disabled_at id")


@command.verb("show", say("Show a user."), example="auditready user show wang.min")
@argument("login", said=say("Their login or id."))
def show(where: Where, login: str) -> None:
    """Show one."""
    with where.api() as api:
        found = api.get("users", login)
    where.details(found)


@command.verb(
    "disable", say("Lock a user out everywhere; history keeps the name."), example="auditready user disable wang.min"
)
@argument("login", said=say("Their login or id."))
def disable(where: Where, login: str) -> None:
    """Lock out."""
    with where.api() as api:
        done = api.delete("users", login)
    where.details(done)


@command.verb(
    "enable", say("Let a disabled user in again, without the old tokens."), example="auditready user enable li.na"
)
@argument("login", said=say("Their login or id."))
def enable(where: Where, login: str) -> None:
    """Let in."""
    with where.api() as api:
        done = api.post("users", login, "enable")
    where.details(done)


@command.verb(
    "password",
    say(
        "Set a password and end all sessions of its user: your own with the old one, or, as an administrator, another."
    ),
    example="""
auditready user password
auditready user password wang.min --password-stdin < password.txt
""",
)
@argument("login", required=False, said=say("Whose, by login or id; yours where it is left out."))
@flag("--password-stdin", said=say("Read from standard input: your old password where it is yours, then the new one."))
def password(where: Where, login: str | None, *, password_stdin: bool) -> None:
    """Set it."""
    body = {} if login else {"old_password": _old_password(where, from_input=password_stdin)}
    body["password"] = _new_password(where, from_input=password_stdin)
    with where.api() as api:
        done = api.put("users", login or api.get("me")["id"], "password", body=body)
    where.tell(say("The password of {login} is set; all sessions have ended.", login=done["login"]))


def _old_password(where: Where, *, from_input: bool) -> str:
    if from_input:
        return _line()
    return str(click.prompt(say("Old password").in_(where.language), hide_input=True, err=True))


def _new_password(where: Where, *, from_input: bool) -> str:
    if from_input:
        return _line()
    question = say("Password").in_(where.language)
    return str(click.prompt(question, hide_input=True, confirmation_prompt=True, err=True))


def _line() -> str:
    return sys.stdin.readline().rstrip("\r\n")
