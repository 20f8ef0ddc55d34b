"""`auditready token`: keys for programs, such as a pipeline that runs `auditready check`."""

import click

from app.cli.finding import the_organisation, user_id
from app.cli.group import Group
from app.cli.options import WHOLE, Given, argument, flag, once_option, one_of, option, organisation_option
from app.cli.people import ROLES
from app.cli.where import Where
from app.language import say

command = Group("token", say("Keys for programs: the rights of one role, for at most a year."), "auditready token list")


@command.verb(
    "make",
    say("Make a token. Its secret is printed this once and never again."),
    example="auditready token make pipeline --for ci --role ci --days 90 --programme itsm",
)
@argument("name", said=say("What it is for."))
@organisation_option
@option("--for", "login", metavar="LOGIN", said=say("Whose token it is: a user without a password; you unless given."))
@option("--role", kind=one_of(*ROLES), required=True, said=say("It has the rights of this role."))
@option("--days", kind=WHOLE, default=90, said=say("How long it lasts; 90 days unless given."))
@option("--programme", "-p", "programme_id", metavar="P", said=say("Only for this programme, by code or id."))
@once_option
def make(where: Where, organisation: str | None, login: str | None, **fields: Given) -> None:
    """Make one; the secret alone is on standard output, so that it can be kept in a variable."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        place = the_organisation(api, organisation)
        made = api.post("organisations", place, "tokens", body=given({**fields, "user_id": user_id(api, place, login)}))
    if where.json:
        where.details(made)
        return
    click.echo(made["secret"])
    where.tell(
        say(
            "Keep it: it is shown this once. It ends at {moment}; its id is {id}.",
            moment=made["expires_at"],
            id=made["id"],
        )
    )


@command.verb("list", say("List the tokens without their secrets."), example="auditready token list")
@organisation_option
@flag("--mine", said=say("Your own, your sessions among them."))
def list_tokens(where: Where, organisation: str | None, *, mine: bool) -> None:
    """Show them."""
    with where.api() as api:
        path = ("tokens",) if mine else ("organisations", the_organisation(api, organisation), "tokens")
        items = api.get(*path)["items"]
    where.rows(items, "name role programme_id expires_at last_used_at revoked_at user_id id")


@command.verb("revoke", say("End a token now."), example="auditready token revoke 0199a1b2-...")
@argument("token", metavar="ID", said=say("The id of the token, as `auditready token list` shows it."))
def revoke(where: Where, token: str) -> None:
    """End it."""
    with where.api() as api:
        api.delete("tokens", token)
    where.tell(say("The token {id} was revoked.", id=token))
