"""`auditready people`: roles in an organisation."""

from app.cli.finding import the_organisation
from app.cli.group import Group
from app.cli.options import Given, argument, one_of, option, organisation_option
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
