"""`auditready crosswalk`."""

from app.cli.finding import the_organisation
from app.cli.group import Group
from app.cli.options import argument, option, organisation_option
from app.cli.where import REFUSED, Trouble, Where
from app.language import say

command = Group("crosswalk", say("Which clauses of two standards answer each other."), "auditready crosswalk show")


@command.verb(
    "show",
    say("List the crosswalks, or show the rows of one."),
    example="""
auditready crosswalk show
auditready crosswalk show crosswalk-2011-2018 --clause 4.1.1
""",
)
@argument("code", required=False, said=say("The code of a crosswalk; without it they are listed."))
@organisation_option
@option("--clause", metavar="NUMBER", said=say("Only what has to do with this clause, on either side."))
def show(where: Where, code: str | None, organisation: str | None, clause: str | None) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("organisations", the_organisation(api, organisation), "crosswalks")["items"]
    if code is None:
        where.rows([each["crosswalk"] for each in items], "id version from to title", body=items)
        return
    for each in items:
        if each["crosswalk"]["id"] == code:
            rows = [{"from": row["from"], **to} for row in each["rows"] for to in row["to"]]
            rows = [row for row in rows if clause in (None, row["from"], row["clause"])]
            where.rows(rows, "from relation clause note", body=each if clause is None else rows)
            return
    raise Trouble(say("There is no crosswalk {code}. `auditready crosswalk show` lists them.", code=code), REFUSED)
