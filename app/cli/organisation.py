"""`auditready organisation`."""

from app.cli.finding import the_organisation
from app.cli.group import Group
from app.cli.options import F, Given, argument, one_of, option
from app.cli.where import WRONG, Trouble, Where
from app.language import say

FIELDS = ("name_en", "name_zh", "time_zone", "languages")
COLUMNS = "name_zh name_en time_zone languages id"

command = Group("organisation", say("Organisations; they never see each other."), "auditready organisation list")


def organisation_fields(function: F) -> F:
    """Decorate a command with what an organisation is."""
    for decorate in (
        option(
            "--works-in",
            "languages",
            kind=one_of("zh", "en"),
            multiple=True,
            said=say("A language it works in; repeatable."),
        ),
        option("--time-zone", metavar="ZONE", said=say("Its days are days there; Asia/Shanghai unless given.")),
        option("--name-en", metavar="TEXT", said=say("Its name in English.")),
        option("--name-zh", metavar="TEXT", said=say("Its name in Chinese.")),
    ):
        function = decorate(function)
    return function


@command.verb(
    "add",
    say("Add an organisation. Only the administrator of the installation may."),
    example='auditready organisation add --name-zh "云栈科技" --name-en "Yunzhan Technology"',
)
@organisation_fields
def add(where: Where, **fields: Given) -> None:
    """Add it."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        made = api.post("organisations", body=given(fields))
    where.details(made)


@command.verb("list", say("List the organisations you have to do with."), example="auditready organisation list")
def list_organisations(where: Where) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("organisations")["items"]
    where.rows(items, COLUMNS)


@command.verb(
    "change",
    say("Change names, time zone or languages; what is not given stays."),
    example="auditready organisation change --time-zone Europe/Berlin",
)
@argument("organisation", required=False, said=say("Its id; may be left out where there is only one."))
@organisation_fields
def change(where: Where, organisation: str | None, **fields: Given) -> None:
    """Read it, change what was given, and store it unless somebody else was faster."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    body = given(fields)
    if not body:
        raise Trouble(say("Nothing is to be changed: give at least one option."), WRONG)
    with where.api() as api:
        now = api.get("organisations", the_organisation(api, organisation))
        body = {**{name: now[name] for name in FIELDS}, **body}
        done = api.put("organisations", now["id"], body=body, seen=now["revision"])
    where.details(done)
