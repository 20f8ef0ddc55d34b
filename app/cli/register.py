"""`auditready register`: the registers of a programme, whose entries are fields by name."""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.cli.files import read_text
from app.cli.finding import ID_LENGTH, NOBODY, the_programme, user_id
from app.cli.group import Group
from app.cli.options import argument, known_at_option, once_option, one_of, option, programme_option
from app.cli.where import REFUSED, WRONG, Json, Trouble, Where
from app.language import say

if TYPE_CHECKING:
    from app.cli.client import Api

NAMES = ("profile", "settings", "sites", "services", "parties", "agreements", "audits", "waivers", "owners", "ages")
SINGLE = frozenset({"profile", "settings"})
LISTS = frozenset({"frameworks", "expiring_warning_days"})
"""Fields that hold several values: NAME=VALUE is given once for each."""
REGISTER = say("One of {names}.", names=NAMES)
BODY = say("All fields as JSON instead; `-` reads standard input, @FILE a file.")
FIELDS = say("A field with its value; NAME:=JSON for what is no text, null among it.")

command = Group(
    "register",
    say("Profile, settings, sites, services, parties, agreements, audits, waivers, owners and ages of a programme."),
    "auditready register list audits",
)


@command.verb(
    "list",
    say("Show a register."),
    example="auditready register list audits",
)
@argument("register", kind=one_of(*NAMES), metavar="REGISTER", said=REGISTER)
@programme_option
@known_at_option
def list_entries(where: Where, register: str, programme: str | None, known_at: str | None) -> None:
    """Show it."""
    with where.api() as api:
        items = api.get("programmes", the_programme(api, programme)["id"], "registers", register, known_at=known_at)[
            "items"
        ]
    if register in SINGLE and items and not where.json:
        where.details(items[0])
    else:
        names = dict.fromkeys(
            name for each in items for name, value in each["entry"].items() if value not in (None, "")
        )
        where.rows(items, " ".join(("id", *(f"entry.{name}" for name in names))))


@command.verb(
    "add",
    say("Add an entry."),
    example="""
auditready register add audits kind=stage-2 planned_on=2027-06-01 body=CNAS
auditready register add services name_zh=云主机 name_en=Hosting owner_id=wang.min
auditready register add ages expectation_id=training-records max_age_days=730 reason="两年一轮"
auditready register add sites --body '{"name_en": "Shanghai", "name_zh": "上海"}'
""",
)
@argument("register", kind=one_of(*NAMES), metavar="REGISTER", said=REGISTER)
@argument("fields", nargs=-1, metavar="NAME=VALUE", said=FIELDS)
@programme_option
@option("--body", metavar="JSON", said=BODY)
@once_option
def add(where: Where, register: str, fields: tuple[str, ...], programme: str | None, body: str | None) -> None:
    """Add it."""
    with where.api() as api:
        found = the_programme(api, programme)
        entry = _with_owner(api, found, {**_body(body), **_fields(register, fields)})
        made = api.post("programmes", found["id"], "registers", register, body=entry)
    where.details(made)


@command.verb(
    "change",
    say("Change fields of an entry; the others stay, and so does the former state on record."),
    example="""
auditready register change profile scope_zh="为内部客户提供的云服务"
auditready register change settings min_operation_months=4
auditready register change audits 0199a1b2-... planned_on=2027-07-01
""",
)
@argument("register", kind=one_of(*NAMES), metavar="REGISTER", said=REGISTER)
@argument(
    "words",
    nargs=-1,
    metavar="[ENTRY] NAME=VALUE",
    said=say("The id of the entry (profile and settings have only one), then fields with their values."),
)
@programme_option
@option("--body", metavar="JSON", said=BODY)
def change(where: Where, register: str, words: tuple[str, ...], programme: str | None, body: str | None) -> None:
    """Read it, change what was given, and store it unless somebody else was faster."""
    named = words[:1] if words and "=" not in words[0] else ()
    if not named and register not in SINGLE:
        raise Trouble(say("Say which entry: `auditready register list {name}` shows their ids.", name=register), WRONG)
    given = {**_body(body), **_fields(register, words[len(named) :])}
    if not given:
        raise Trouble(say("Nothing is to be changed: give NAME=VALUE or --body."), WRONG)
    with where.api() as api:
        found = the_programme(api, programme)
        path = ("programmes", found["id"], "registers", register)
        now = _entry(api, path, named)
        entry = _with_owner(api, found, {**now["entry"], **given})
        done = api.put(*path, *named, body=entry, seen=now["revision"])
    where.details(done)


@command.verb(
    "remove",
    say("End an entry; that it was there stays on record."),
    example="auditready register remove waivers 0199a1b2-...",
)
@argument("register", kind=one_of(*NAMES), metavar="REGISTER", said=REGISTER)
@argument("entry", said=say("The id of the entry."))
@programme_option
def remove(where: Where, register: str, entry: str, programme: str | None) -> None:
    """End it."""
    with where.api() as api:
        api.delete("programmes", the_programme(api, programme)["id"], "registers", register, entry)
    where.tell(say("The entry {entry} was ended.", entry=entry))


def _entry(api: "Api", path: tuple[str, ...], named: tuple[str, ...]) -> dict[str, Any]:
    for each in api.get(*path)["items"]:
        if not named or each["id"] == named[0]:
            return dict(each)
    raise Trouble(say("There is no such entry in this register."), REFUSED)


def _body(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text == "-" or text.startswith("@"):
        text = read_text(text.removeprefix("@"))
    value = _json(text, "body")
    if not isinstance(value, dict):
        raise Trouble(say("The body is not a JSON object."), WRONG, "body")
    return value


def _fields(register: str, words: Sequence[str]) -> dict[str, Any]:
    """Return the fields that `NAME=VALUE` and `NAME:=JSON` give; a field given several times becomes a list."""
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip(":"):
            raise Trouble(say("{word} is not NAME=VALUE.", word=word), WRONG)
        if name.endswith(":"):
            found[name[:-1]] = _json(text, name[:-1])
        elif name in LISTS:
            found[name] = [*found.get(name, []), _plain(text) if register == "settings" else text]
        elif register == "settings":
            found[name] = _plain(text)
        else:
            found[name] = text
    return found


def _plain(text: str) -> Json:
    """Return a setting, which is a number or a truth value; what is neither is left for the API to refuse."""
    return json.loads(text) if re.fullmatch(r"0|[1-9][0-9]*|true|false", text) else text


def _json(text: str, field: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Trouble(say("{name} is not JSON: {why}.", name=field, why=str(error)), WRONG) from error


def _with_owner(api: "Api", programme: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry with the owner's login, where that is what was given, made the user's id."""
    owner = entry.get("owner_id")
    if isinstance(owner, str) and (owner == NOBODY or len(owner) != ID_LENGTH):
        return {**entry, "owner_id": user_id(api, programme["organisation_id"], owner)}
    return entry
