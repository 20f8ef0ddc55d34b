"""`auditready user`: who can sign in to the installation."""

import sys

import click

from app.cli.group import Group
from app.cli.options import Given, argument, flag, one_of, option
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
def add(where: Where, login: str, *, language: str | None, password_stdin: bool, ask: bool, **fields: Given) -> None:
    """Add one."""
    password = None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif ask:
        question = say("Password").in_(where.language)
        password = click.prompt(question, hide_input=True, confirmation_prompt=True, err=True)
    body = {"login": login, "language": language or where.language, "password": password, **fields}
    with where.api() as api:
        made = api.post("users", body=body)
    where.details(made)


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
        done = api.delete("users", api.get("users", login)["id"])
    where.details(done)
