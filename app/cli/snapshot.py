"""`auditready snapshot`: reports kept as they were."""

from typing import Any

from app.cli.finding import the_programme
from app.cli.group import Group
from app.cli.options import DAY, Given, argument, once_option, one_of, option, programme_option
from app.cli.where import Where
from app.language import say

HEAD = "stage as_of known_at verdict label taken_at id"
FINDINGS = "severity code message next_step act_by"
SNAPSHOT = say("Its id, as `auditready snapshot list` shows it.")

command = Group(
    "snapshot", say("Reports kept as they were, for an audit or to see what changed."), "auditready snapshot list"
)


@command.verb(
    "take",
    say("Check and keep the report; it is never changed."),
    example="auditready snapshot take --stage 2 --label 'Before the management review'",
)
@programme_option
@option("--stage", kind=one_of("1", "2"), required=True, said=say("Stage of the certification audit: 1 or 2."))
@option("--as-of", kind=DAY, said=say("The day to judge; without it the planned day of the audit, or today."))
@option("--framework", "frameworks", multiple=True, metavar="F", said=say("Judge only this framework; repeatable."))
@option("--label", default="", metavar="TEXT", said=say("What to call it."))
@once_option
def take(where: Where, programme: str | None, stage: str, **fields: Given) -> None:
    """Freeze."""
    from app.cli.client import given  # noqa: PLC0415 (slow to import, and the help needs none of it)

    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "snapshots")
        taken = api.post(*path, body={"stage": int(stage), **given(fields)})
    _show(where, taken)


@command.verb("list", say("List the snapshots, newest first."), example="auditready snapshot list")
@programme_option
def list_snapshots(where: Where, programme: str | None) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("programmes", the_programme(api, programme)["id"], "snapshots")["items"]
    where.rows(items, HEAD)


@command.verb(
    "show",
    say("Show a snapshot with what was to be done; --json gives the whole report, as --baseline takes it."),
    example="auditready snapshot show 0199a1b2-... --json",
)
@argument("snapshot", said=SNAPSHOT)
@programme_option
def show(where: Where, snapshot: str, programme: str | None) -> None:
    """Show one."""
    with where.api() as api:
        found = api.get("programmes", the_programme(api, programme)["id"], "snapshots", snapshot)
    _show(where, found)


@command.verb(
    "compare",
    say("Say what is new, closed and worse in the second of two snapshots."),
    example="auditready snapshot compare 0199a1b2-... 0199c3d4-...",
)
@argument("first", said=SNAPSHOT)
@argument("second", said=SNAPSHOT)
@programme_option
def compare(where: Where, first: str, second: str, programme: str | None) -> None:
    """Compare."""
    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "snapshots", first, "compare", second)
        found = api.get(*path)
    names = {"new": say("new"), "closed": say("closed"), "worsened": say("worse")}
    rows = [{"change": said.in_(where.language), **each} for name, said in names.items() for each in found[name]]
    where.rows(rows, f"change {FINDINGS}", body=found)


def _show(where: Where, snapshot: dict[str, Any]) -> None:
    if where.json:
        where.details(snapshot["report"])
        return
    head = {name: each for name, each in snapshot.items() if name != "report"}
    where.details({**head, "worklist": snapshot["report"]["worklist"]}, worklist=FINDINGS)
