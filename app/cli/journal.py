"""`auditready journal`."""

from app.cli.finding import the_organisation, the_programme
from app.cli.group import Group
from app.cli.options import option, organisation_option, paged
from app.cli.where import Where
from app.language import say

command = Group(
    "journal", say("What was done, by whom and when; nothing in it is ever changed."), "auditready journal list"
)


@command.verb(
    "list",
    say("Show what was done, newest first. The organisation `installation` is the installation's own journal."),
    example="""
auditready journal list --about 0199a1b2-...
auditready journal list --all --json > journal.json
""",
)
@organisation_option
@option("--programme", "-p", metavar="P", said=say("Only in this programme, by code or id."))
@option("--about", "subject_id", metavar="ID", said=say("Only about this: evidence, a document, a user."))
@paged
def list_entries(
    where: Where,
    organisation: str | None,
    programme: str | None,
    subject_id: str | None,
    *,
    limit: int,
    everything: bool,
) -> None:
    """Show them."""
    with where.api() as api:
        found = the_programme(api, programme) if programme is not None else None
        place = organisation or (found["organisation_id"] if found else None)
        listed = api.listed(
            "organisations",
            the_organisation(api, place),
            "journal",
            limit=None if everything else limit,
            programme_id=found["id"] if found else None,
            subject_id=subject_id,
        )
    where.rows(listed.items, "number at actor_name action subject_id after")
    where.tell_of_more(listed.more)
