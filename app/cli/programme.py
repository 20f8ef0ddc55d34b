"""`auditready programme`."""

from app.cli.finding import the_organisation, the_programme
from app.cli.group import Group
from app.cli.options import DAY, Given, argument, once_option, option, organisation_option
from app.cli.where import Json, Where
from app.language import say

command = Group(
    "programme",
    say("Undertakings to certify a scope against one or more standards."),
    "auditready programme list",
)


@command.verb(
    "add",
    say("Add a programme with its profile, which is changed with `auditready register change profile`."),
    example="""
auditready programme add itsm --name-zh "IT 服务管理" --name-en "IT service management" \\
    --framework iso20000-1-2018 --scope-zh "为内部客户提供的云服务" --start-of-operation 2026-01-01
""",
)
@argument("code", said=say("Its short name in commands: letters, digits, dots, hyphens."))
@organisation_option
@option("--name-zh", metavar="TEXT", said=say("Its name in Chinese."))
@option("--name-en", metavar="TEXT", said=say("Its name in English."))
@option("--scope-zh", metavar="TEXT", said=say("The sentence of the scope in Chinese."))
@option("--scope-en", metavar="TEXT", said=say("The sentence of the scope in English."))
@option("--framework", "frameworks", multiple=True, metavar="F", said=say("A framework by its code; repeatable."))
@option("--start-of-operation", kind=DAY, said=say("The day from which the management system is in operation."))
@once_option
def add(where: Where, code: str, organisation: str | None, **profile: Given) -> None:
    """Add it."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        place = the_organisation(api, organisation)
        made = api.post("organisations", place, "programmes", body={"code": code, "profile": given(profile)})
    _show(where, made)


@command.verb("list", say("List the programmes you may read."), example="auditready programme list")
def list_programmes(where: Where) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("programmes")["items"]
    where.rows(items, "code profile.name_zh profile.name_en profile.frameworks profile.start_of_operation id")


@command.verb("show", say("Show a programme and its profile."), example="auditready programme show itsm")
@argument("programme", required=False, said=say("Its code or id; may be left out where there is only one."))
def show(where: Where, programme: str | None) -> None:
    """Show one."""
    with where.api() as api:
        found = the_programme(api, programme)
    _show(where, found)


def _show(where: Where, programme: Json) -> None:
    if not where.json:
        programme = {**{name: each for name, each in programme.items() if name != "profile"}, **programme["profile"]}
    where.details(programme)
