"""`auditready framework`: standards, own ones, and licensed texts of clauses."""

from pathlib import Path
from typing import Any

from app.cli.files import read_bytes, read_text
from app.cli.finding import the_organisation
from app.cli.group import Group
from app.cli.options import argument, flag, one_of, option, organisation_option
from app.cli.where import REFUSED, WRONG, Trouble, Where
from app.language import Message, say

EXPECTATIONS = "clause id action stage cadence required name"
PARTS = (("clause", "clauses"), ("expectation", "expectations"), ("row", "rows"))
"""What a pack or crosswalk is made of: what one is called, and where a difference has them."""
SHOWN = 12
"""Ids that are named of everything that is new."""

command = Group(
    "framework",
    say("Standards as trees of clauses, with what an auditor expects to see for each."),
    "auditready framework list",
)


@command.verb(
    "list",
    say("List the frameworks the organisation can use: the shipped ones and its own."),
    example="auditready framework list",
)
@organisation_option
def list_frameworks(where: Where, organisation: str | None) -> None:
    """Show them."""
    with where.api() as api:
        items = api.get("organisations", the_organisation(api, organisation), "frameworks")["items"]
    where.rows(items, "id version reference coverage clauses expectations title")


@command.verb(
    "show",
    say("Show what a framework expects, or one of its clauses."),
    example="""
auditready framework show iso20000-1-2018
auditready framework show iso20000-1-2018 --clause 8.6.1
""",
)
@argument("code", said=say("Its code."))
@organisation_option
@option("--clause", metavar="NUMBER", said=say("Only this clause, with its summary and the organisation's own text."))
def show(where: Where, code: str, organisation: str | None, clause: str | None) -> None:
    """Show it."""
    with where.api() as api:
        found = api.get("organisations", the_organisation(api, organisation), "frameworks", code)
    pack = found["pack"]
    if clause is not None:
        _show_clause(where, found, clause)
    elif where.json:
        where.details(found)
    else:
        where.rows(
            [{"clause": each["number"], **need} for each in pack["clauses"] for need in each["expectations"]],
            EXPECTATIONS,
        )


@command.verb(
    "import",
    say("Show what an own framework or crosswalk in YAML, or a new version of one, changes; --apply brings it."),
    example="""
auditready framework import our-rules.yaml
auditready framework import our-rules.yaml --apply
""",
)
@argument("file", said=say("The file in YAML."))
@organisation_option
@flag("--apply", said=say("Bring it; without this, what would change is shown and nothing is written."))
def bring(where: Where, file: str, organisation: str | None, apply: bool) -> None:  # noqa: FBT001 (click's own)
    """Send the file as it is."""
    from app.catalogue.reading import MAX_BYTES  # noqa: PLC0415 (slow to import, and other commands need none of it)

    raw = read_bytes(file, MAX_BYTES)
    with where.api() as api:
        path = ("organisations", the_organisation(api, organisation), "frameworks")
        headers = {"Content-Type": "text/yaml"}
        upgrade = api.call("POST", *path, query={"apply": apply, "name": Path(file).name}, content=raw, headers=headers)
    if where.json:
        where.details(upgrade)
        return
    if upgrade["former_version"] is None:
        where.rows(_all_new(upgrade["difference"]), "sign kind count id")
    elif changed := _changes(upgrade["difference"]):
        where.rows(changed, "sign kind id name before after")
    where.tell(_outcome(upgrade))


@command.verb(
    "text",
    say("Keep the organisation's own licensed text of a clause; nobody else sees it, and an empty one takes it out."),
    example="auditready framework text iso20000-1-2018 8.6.1 --of zh --file clause-8.6.1.txt",
)
@argument("code", said=say("The code of the framework."))
@argument("clause", said=say("The number of the clause."))
@organisation_option
@option("--of", "language", kind=one_of("zh", "en"), required=True, said=say("The language of the text."))
@option("--text", metavar="TEXT", said=say("The text."))
@option("--file", metavar="FILE", said=say("The file with the text; `-`: standard input."))
def set_text(where: Where, code: str, clause: str, *, organisation: str | None, **given: str | None) -> None:
    """Keep it."""
    text, file = given["text"], given["file"]
    if (text is None) is (file is None):
        raise Trouble(say("Give the text with --text or with --file."), WRONG)
    body = {"language": given["language"], "text": text if file is None else read_text(file)}
    with where.api() as api:
        path = ("organisations", the_organisation(api, organisation), "frameworks", code, "clauses", clause, "text")
        done = api.put(*path, body=body)
    where.details(done)


@command.verb(
    "texts",
    say("Show which clauses a plain text of a standard holds the words of; --apply keeps them for the organisation."),
    example="""
auditready framework texts iso20000-1-2018 standard.txt --of en
auditready framework texts iso20000-1-2018 standard.txt --of en --apply
""",
)
@argument("code", said=say("The code of the framework."))
@argument("file", said=say("The text: a line with a clause's number and title begins it."))
@organisation_option
@option("--of", "language", kind=one_of("zh", "en"), required=True, said=say("The language of the text."))
@flag("--apply", said=say("Keep them; without this, what was found is shown and nothing is written."))
def bring_texts(where: Where, code: str, file: str, *, organisation: str | None, **given: Any) -> None:  # noqa: ANN401 (click's own)
    """Send the file as it is."""
    from app.catalogue.splitting import MAX_BYTES  # noqa: PLC0415 (other commands need none of it)

    raw, language, apply = read_bytes(file, MAX_BYTES), given["language"], given["apply"]
    with where.api() as api:
        path = ("organisations", the_organisation(api, organisation), "frameworks", code, "texts", language)
        headers = {"Content-Type": "text/plain"}
        taken = api.call("POST", *path, query={"apply": apply}, content=raw, headers=headers)
    if where.json:
        where.details(taken)
        return
    where.rows(taken["parts"], "clause characters changed begins")
    counts = {"found": len(taken["parts"]), "missing": len(taken["missing"])}
    if apply:
        where.tell(say("{found} clauses were found and kept; {missing} have no text.", **counts))
    else:
        where.tell(
            say(
                "Nothing was written: {found} clauses were found, {missing} have no text. --apply keeps them.", **counts
            )
        )


@command.verb(
    "licence",
    say("Say where the organisation's own texts come from, and whether auditors may read them here."),
    example="auditready framework licence iso20000-1-2018 --of en --source 'ISO/IEC 20000-1:2018, copy of 2026-03'",
)
@argument("code", said=say("The code of the framework."))
@organisation_option
@option("--of", "language", kind=one_of("zh", "en"), required=True, said=say("The language of the texts."))
@option("--source", metavar="TEXT", required=True, said=say("Standard and edition, and which copy of it."))
@flag("--for-auditors", said=say("The licence allows auditors who are let in to read them here."))
def licence(where: Where, code: str, *, organisation: str | None, **given: Any) -> None:  # noqa: ANN401 (click's own)
    """Say it."""
    body = {"source": given["source"], "for_auditors": given["for_auditors"]}
    with where.api() as api:
        path = ("organisations", the_organisation(api, organisation), "frameworks", code, "licences")
        done = api.put(*path, given["language"], body=body)
    where.details(done)


def _show_clause(where: Where, found: dict[str, Any], number: str) -> None:
    for clause in found["pack"]["clauses"]:
        if clause["number"] == number:
            texts = [each for each in found["texts"] if each["clause"] == number]
            if where.json:
                where.details({**clause, "texts": texts})
                return
            shown = {name: clause[f"{name}_{where.language}"] for name in ("title", "summary", "amendment_note")}
            own = next((each["text"] for each in texts if each["language"] == where.language), None)
            source = next((each["source"] for each in found["licences"] if each["language"] == where.language), None)
            needs = [{"clause": number, **need} for need in clause["expectations"]]
            where.details(
                {"clause": number, **shown, "text": own, "source": source, "expectations": needs},
                expectations=EXPECTATIONS,
            )
            return
    raise Trouble(say("{code} has no clause {clause}.", code=found["pack"]["framework"]["id"], clause=number), REFUSED)


def _all_new(difference: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a line for each kind of thing that comes: how many, and the first of them."""
    counted = ((kind, difference[name]["added"]) for kind, name in PARTS)
    return [
        {"sign": "+", "kind": kind, "count": len(ids), "id": [*ids[:SHOWN], *(["…"] if len(ids) > SHOWN else [])]}
        for kind, ids in counted
        if ids
    ]


def _changes(difference: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a line for everything that comes, goes or changes."""
    rows = [{"sign": "~", "kind": "whole", **each} for each in difference["facts"]]
    for kind, name in PARTS:
        found = difference[name]
        rows += [{"sign": "+", "kind": kind, "id": each} for each in found["added"]]
        rows += [{"sign": "-", "kind": kind, "id": each} for each in found["removed"]]
        rows += [
            {"sign": "~", "kind": kind, "id": each["id"], **field}
            for each in found["changed"]
            for field in each["fields"]
        ]
    return rows


def _outcome(upgrade: dict[str, Any]) -> Message:
    parts = {name: upgrade[name] for name in ("code", "version", "former_version")}
    if upgrade["former_version"] is None and upgrade["applied"]:
        return say("{code} version {version} is new here.", **parts)
    if upgrade["former_version"] is None:
        return say("Nothing was written: {code} version {version} would be new here. --apply brings it.", **parts)
    if not _changes(upgrade["difference"]):
        return say("There is nothing to change: {code} version {version} is here already.", **parts)
    if upgrade["applied"]:
        return say("{code} is now version {version}; it was {former_version}.", **parts)
    return say(
        "Nothing was written: {code} would go from version {former_version} to {version}. --apply brings it.", **parts
    )
