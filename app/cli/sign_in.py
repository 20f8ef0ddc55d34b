"""`auditready sign-in`."""

import sys

import click

from app.cli.group import verb
from app.cli.options import flag, option
from app.cli.where import WRONG, Trouble, Where
from app.language import say


@option("--login", envvar="AUDITREADY_USER", metavar="LOGIN", said=say("Who signs in (AUDITREADY_USER)."))
@option(
    "--password",
    envvar="AUDITREADY_PASSWORD",
    metavar="TEXT",
    said=say("The password; better in AUDITREADY_PASSWORD, where other users do not see it."),
)
@flag("--password-stdin", said=say("Read the password from the first line of standard input."))
def sign_in(where: Where, login: str | None, password: str | None, password_stdin: bool) -> None:  # noqa: FBT001 (click's own)
    """Print the token of a session."""
    terminal = sys.stdin.isatty()
    if login is None:
        if not terminal:
            raise Trouble(say("Say who signs in, with --login."), WRONG)
        login = click.prompt(say("Login").in_(where.language), err=True)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif password is None:
        if not terminal:
            raise Trouble(say("Give the password with --password-stdin or in AUDITREADY_PASSWORD."), WRONG)
        password = click.prompt(say("Password").in_(where.language), hide_input=True, err=True)
    with where.api() as api:
        done = api.post("sign-in", body={"login": login, "password": password})
    if where.json:
        where.details(done)
        return
    click.echo(done["token"])
    where.tell(say("The session ends at {moment}.", moment=done["expires_at"]))


command = verb(
    "sign-in",
    say("Exchange login and password for the token of a session, which is printed."),
    example="""
export AUDITREADY_SERVER=https://audit.example.org
export AUDITREADY_TOKEN=$(auditready sign-in --login wang.min)
""",
)(sign_in)
