"""`auditready people`: roles in an organisation."""

import click

from app.cli.finding import the_organisation
from app.cli.group import Group
from app.cli.options import Given, argument, once_option, one_of, option, organisation_option
from app.cli.where import Where
from app.language import say

COLUMNS = "name login role programme_id starts_at ends_at id"
ROLES = (
    "administrator",
    "compliance-officer",
    "process-owner",
    "contributor",
    "reviewer",
    "auditor",
    "ci",
)

command = Group("people", say("Who has which role in an organisation."), "auditready people list")


@command.verb("list", say("List everybody who has a role now or later."), example="auditready people list")
@organisation_option
def list_people(where: Where, organisation: str | None) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("organisations", the_organisation(api, organisation), "people")["items"]
    where.rows(items, COLUMNS)


@command.verb(
    "give",
    say("Give a user roles. An auditor's are for one programme and until a day."),
    example="""
auditready people give wang.min compliance-officer
auditready people give auditor auditor --programme itsm --until 2027-06-30
""",
)
@argument("login", said=say("Who."))
@argument(
    "roles",
    nargs=-1,
    required=True,
    kind=one_of(*ROLES),
    metavar="ROLE",
    said=say("One or more of {names}.", names=ROLES),
)
@organisation_option
@option("--programme", "-p", "programme_id", metavar="P", said=say("Only in this programme, by code or id."))
@option("--until", metavar="DAY", said=say("To the end of this day where the organisation is, or until a moment."))
def give(where: Where, organisation: str | None, **fields: Given) -> None:
    """Give them."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        made = api.post("organisations", the_organisation(api, organisation), "people", body=given(fields))
    where.rows(made["items"], COLUMNS)


@command.verb("end", say("End a role now."), example="auditready people end 0199a1b2-...")
@argument("role", metavar="ID", said=say("The id of the role, as `auditready people list` shows it."))
def end(where: Where, role: str) -> None:
    """End it."""
    with where.api() as api:
        api.delete("people", role)
    where.tell(say("The role {id} was ended.", id=role))


@command.verb("restore", say("Give a role again that was ended."), example="auditready people restore 0199a1b2-...")
@argument("role", metavar="ID", said=say("The id of the role that was ended."))
def restore(where: Where, role: str) -> None:
    """Give it again."""
    with where.api() as api:
        made = api.post("people", role, "restore")
    where.rows([made], COLUMNS)


@command.verb(
    "invite",
    say("Make a link that lets an auditor without an account read one programme until a day."),
    example="auditready people invite 'Zhao Min, certification body' --programme itsm --until 2027-06-30",
)
@argument("name", said=say("Whom it is for: what they open is on record under this name."))
@organisation_option
@option("--programme", "-p", "programme_id", metavar="P", required=True, said=say("The programme, by code or id."))
@option(
    "--until",
    metavar="DAY",
    required=True,
    said=say("To the end of this day where the organisation is, or until a moment."),
)
@option("--speaks", "language", kind=one_of("zh", "en"), said=say("Their language; yours unless given."))
@once_option
def invite(where: Where, organisation: str | None, **fields: Given) -> None:
    """Make one; what follows the address of the pages is on standard output."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    body = given({**fields, "language": fields["language"] or where.language})
    with where.api() as api:
        made = api.post("organisations", the_organisation(api, organisation), "access-links", body=body)
    if where.json:
        where.details(made)
        return
    click.echo(made["path"])
    where.tell(
        say(
            "Put the address of your pages before it and send it: it is shown this once. It ends at {moment}; its id "
            "is {id}.",
            moment=made["expires_at"],
            id=made["id"],
        )
    )


@command.verb("invited", say("List the access links without their secrets."), example="auditready people invited")
@organisation_option
def list_invited(where: Where, organisation: str | None) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("organisations", the_organisation(api, organisation), "access-links")["items"]
    where.rows(items, "name programme_id expires_at last_used_at revoked_at id")


@command.verb("uninvite", say("End an access link now."), example="auditready people uninvite 0199a1b2-...")
@argument("link", metavar="ID", said=say("The id of the link, as `auditready people invited` shows it."))
def uninvite(where: Where, link: str) -> None:
    """End it."""
    with where.api() as api:
        api.delete("access-links", link)
    where.tell(say("The link {id} was revoked.", id=link))
