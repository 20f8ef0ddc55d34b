"""`auditready evidence import`, `imports`, `undo` and `template`: evidence that comes in from a table."""

import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from app.cli.files import Counted, existing, read_bytes, written_whole
from app.cli.finding import the_programme
from app.cli.group import verb
from app.cli.labels import worded
from app.cli.options import argument, flag, once_option, one_of, option, paged, programme_option
from app.cli.where import DONE, REFUSED, WRONG, Json, Trouble, Where
from app.language import LANGUAGES, Message, say

if TYPE_CHECKING:
    from app.cli.client import Api

LIST = "id table_name state rows prepared_by applied_at applied_by undone_at undone_by"
MOST_BYTES = 10_000_000
INSIDE = frozenset({"check", "items", "obstacles"})
CHUNK_BYTES = 1 << 20
STDOUT = "-"
Found = dict[str, Path]
"""Files of the person by their paths below the folder."""


@verb(
    "import",
    say("Import evidence from a table, XLSX or CSV; without --apply it is only said what would become of each row."),
    example="""
auditready evidence template --output register.xlsx
auditready evidence import register.xlsx --files records
auditready evidence import register.xlsx --files records --apply
""",
)
@argument("table", metavar="TABLE", said=say("The table, with the head of `auditready evidence template`."))
@programme_option
@option(
    "--files",
    "folder",
    metavar="DIR",
    said=say("Where the files are that rows name, also in folders below; the folder of the table unless given."),
)
@flag("--dry-run", said=say("Only check, and change nothing; as without --apply."))
@flag("--apply", said=say("Import every row, or nothing where one has an error."))
@once_option
def import_table(
    where: Where, table: str, programme: str | None, *, folder: str | None, dry_run: bool, apply: bool
) -> int:
    """Prepare an import, send the files that its rows name, and apply it; or drop it again."""
    if dry_run and apply:
        raise Trouble(say("--dry-run and --apply contradict each other: leave one out."), WRONG)
    file = existing(table)
    within = Path(folder) if folder is not None else file.parent
    if not within.is_dir():
        raise Trouble(say("{name} is no folder.", name=within), WRONG)
    content = read_bytes(table, MOST_BYTES)
    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "evidence", "imports")
        made = api.call("PUT", *path, "tables", file.name, content=content)
        repeated, where.idempotency_key = where.idempotency_key is not None, None
        if repeated:  # the answer was that of the first time
            made = api.get(*path, made["id"])
        if made["state"] != "draft":
            return _tell_applied(where, made)
        draft = (*path, made["id"])
        try:
            code = _carry_out(
                where, api, draft, made, _found(within, made["check"]["files_missing"], file), apply=apply
            )
        except BaseException:
            _drop(api, draft)
            raise
        if code is None:
            return _tell_applied(where, api.get(*draft))
        _drop(api, draft)
        return code


@verb(
    "imports",
    say("List imports, newest first: who imported what, when, and what came of it."),
    example="auditready evidence imports",
)
@programme_option
@paged
def list_imports(where: Where, programme: str | None, *, limit: int, everything: bool) -> None:
    """Show a list."""
    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "evidence", "imports")
        listed = api.listed(*path, limit=None if everything else limit)
    where.rows(worded(listed.items, where.language), LIST, body=listed.items)
    where.tell_of_more(listed.more)


@verb(
    "undo",
    say("Withdraw everything that an import made; refused where somebody has dealt with any of it since."),
    example="auditready evidence undo 0199a1b2-... --reason 'The table of another year.'",
)
@argument("evidence_import", metavar="IMPORT", said=say("Its id, as `auditready evidence imports` shows it."))
@programme_option
@option("--reason", default="", metavar="TEXT", said=say("Why; the name of the table unless given."))
@once_option
def undo(where: Where, evidence_import: str, programme: str | None, reason: str) -> None:
    """Undo it."""
    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "evidence", "imports", evidence_import, "undo")
        done = api.post(*path, body={"reason": reason})
    _show(where, done)


@verb(
    "template",
    say("Fetch the template of a table for `evidence import`, in your language."),
    example="""
auditready evidence template
auditready evidence template --kind csv --output - > register.csv
""",
)
@programme_option
@option("--kind", kind=one_of("xlsx", "csv"), default="xlsx", said=say("A workbook unless `csv` is given."))
@option("--output", metavar="FILE", said=say("Where to; `-`: to standard output. `evidence-template` unless given."))
@flag("--force", said=say("Replace files that are there."))
def template(where: Where, programme: str | None, *, kind: str, output: str | None, force: bool) -> None:
    """Fetch it."""
    target = Path(output or f"evidence-template.{kind}")
    if output != STDOUT and target.exists() and not force:
        raise Trouble(say("{name} is there already: --force replaces it.", name=target), WRONG)
    with where.api() as api:
        path = ("programmes", the_programme(api, programme)["id"], "evidence", "imports", f"template.{kind}")
        place: AbstractContextManager[IO[bytes]] = written_whole(target)
        if output == STDOUT:
            place = nullcontext(sys.stdout.buffer)
        with place as sink:
            api.download(*path, sink=sink.write)
    if output != STDOUT:
        where.tell(say("The template is in {name}.", name=target))


VERBS = (import_table, list_imports, undo, template)


def _carry_out(
    where: Where, api: "Api", draft: Sequence[str], made: dict[str, Any], found: Found, *, apply: bool
) -> int | None:
    """Apply a draft, None then; or say what would become of it, and return the exit code."""
    if not apply:
        return _tell_check(where, made, list(_left(made["check"]["errors"], found)))
    _send(api, draft, found, made["check"]["files_missing"])
    made = api.get(*draft)
    if made["check"]["errors"]:
        return _tell_check(where, made, made["check"]["errors"])
    api.post(*draft, "apply")
    return None


def _drop(api: "Api", draft: Sequence[str]) -> None:
    """Drop a draft, whatever ended the work on it; one that was applied cannot be dropped."""
    with suppress(Trouble):
        api.delete(*draft)


def _found(folder: Path, missing: Sequence[str], besides: Path) -> Found:
    """Return every file below the folder by its path there; nothing where no row names any."""
    if not missing:
        return {}
    return {
        path.relative_to(folder).as_posix(): path
        for place, _, names in os.walk(folder)
        for path in (Path(place, name) for name in names)
        if path.is_file() and not path.samefile(besides)
    }


def _send(api: "Api", draft: Sequence[str], found: Found, missing: Sequence[str]) -> None:
    """Send the files that rows name; where it is unclear which is meant, all that could be: then the API says so."""
    from app.cli.output import progress  # noqa: PLC0415 (slow to import, and the help needs none of it)
    from app.imports.paths import Paths  # noqa: PLC0415

    known = Paths(found)
    wanted = dict.fromkeys(path for name in missing for path in known.find(name))
    step = progress(sum(found[path].stat().st_size for path in wanted))
    for path in wanted:
        with Counted(found[path], step) as file:
            length = {"Content-Length": str(found[path].stat().st_size)}
            api.call("PUT", *draft, "files", *path.split("/"), content=_chunks(file), headers=length)


async def _chunks(file: Counted) -> AsyncIterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _left(errors: Sequence[Json], found: Found) -> Iterator[Json]:
    """Yield the errors that would be left once the files had been sent, which a dry run does not do."""
    from app.errors import Invalid  # noqa: PLC0415 (the help needs none of it)
    from app.imports.paths import Paths, unclear  # noqa: PLC0415
    from app.storage.blobs import Blob  # noqa: PLC0415
    from app.storage.files import NewFile, check_file  # noqa: PLC0415

    known = Paths(found)
    for error in errors:
        paths = known.find(error["file"]) if error["file"] is not None else []
        if not paths:
            yield error
        elif len(paths) > 1:
            yield {**error, "message": _both(unclear(error["file"], paths))}
        else:
            try:
                check_file(NewFile(paths[0].rpartition("/")[2], Blob("", found[paths[0]].stat().st_size)))
            except Invalid as empty:
                yield {**error, "message": _both(empty.message)}


def _both(message: Message) -> dict[str, str]:
    return {language: message.in_(language) for language in LANGUAGES}


def _tell_check(where: Where, draft: dict[str, Any], errors: Sequence[Json]) -> int:
    """Say what would become of the rows, and return the exit code."""
    from app.imports.columns import HEADS  # noqa: PLC0415 (the help needs none of it)

    check = draft["check"]
    if check["error_count"] == len(check["errors"]):  # all are here, so those that are left can be counted
        wrong = len({each["row"] for each in errors})
        check = {**check, "errors": errors, "error_count": len(errors)}
        check |= {"rows_wrong": wrong, "rows_ready": draft["rows"] - wrong}
    if where.json:
        where.details({**draft, "check": check})
    elif errors:
        named = {each.value: head.name.in_(where.language) for each, head in HEADS.items()}
        shown = [{**each, "column": named.get(each["column"], "")} for each in errors]
        where.rows(shown, "row column message")
    if check["error_count"] > len(check["errors"]):
        where.tell(say("There are more errors than are shown: {count}.", count=check["error_count"]))
    if errors:
        where.tell(
            say(
                "Nothing was imported: {wrong} of {rows} rows have errors. Correct them first.",
                wrong=check["rows_wrong"],
                rows=draft["rows"],
            )
        )
        return REFUSED
    where.tell(say("{count} rows can be imported. Nothing was changed: --apply imports them.", count=draft["rows"]))
    return DONE


def _tell_applied(where: Where, done: dict[str, Any]) -> int:
    _show(where, done)
    if done["state"] == "undone":
        return DONE
    where.tell(
        say("{count} rows became evidence. `auditready evidence undo {id}` withdraws all of it.",
            count=len(done["items"]), id=done["id"])
    )  # fmt: skip
    return DONE


def _show(where: Where, found: dict[str, Any]) -> None:
    shown = found if where.json else {name: value for name, value in found.items() if name not in INSIDE}
    where.details(shown if where.json else worded(shown, where.language))
