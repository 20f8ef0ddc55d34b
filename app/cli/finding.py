"""Names that people use, found through the API: the one programme, a user by login, a document by its number."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.cli.where import REFUSED, Trouble
from app.identity.logins import folded
from app.language import say

if TYPE_CHECKING:
    from app.cli.client import Api

NOBODY = "-"
"""What stands for no owner."""
ID_LENGTH = 36


def the_programme(api: "Api", name: str | None) -> dict[str, Any]:
    """Return the programme of this code or id; without one, the only one there is. Raises Trouble."""
    items = api.get("programmes")["items"] if name is None else [api.get("programmes", name)]
    found: dict[str, Any] = items[0] if len(items) == 1 else _choose(items, "code", "--programme")
    api.where.names[found["id"]] = found["code"]
    _learn_names(api, found["organisation_id"])
    return found


def the_organisation(api: "Api", name: str | None) -> str:
    """Return the id of the organisation; without a name, the only one there is. Raises Trouble."""
    if name is None:
        items = api.get("organisations")["items"]
        name = str((items[0] if len(items) == 1 else _choose(items, "id", "--organisation"))["id"])
    _learn_names(api, name)
    return name


def _learn_names(api: "Api", organisation_id: str) -> None:
    """Learn who is who, so that tables show names; who may not read that sees ids."""
    if not api.where.json:
        with suppress(Trouble):
            people = api.get("organisations", organisation_id, "people")["items"]
            api.where.names.update({each["user_id"]: each["name"] for each in people})


def user_id(api: "Api", organisation_id: str, login: str | None) -> str | None:
    """Return the id of somebody with a role in the organisation, by login or id. Raises Trouble."""
    if login is None or login == NOBODY:
        return None
    for each in api.get("organisations", organisation_id, "people")["items"]:
        if folded(login) in (each["login"], each["user_id"]):
            return str(each["user_id"])
    raise Trouble(
        say("{login} has no role in this organisation. Give one with `auditready people give`.", login=login), REFUSED
    )


def document_id(api: "Api", programme_id: str, name: str) -> str:
    """Return the id of a document of the master list, by number or id. Raises Trouble."""
    if len(name) == ID_LENGTH and name.count("-") == 4:  # noqa: PLR2004 (a UUID has so many)
        return name
    for each in api.listed("programmes", programme_id, "documents").items:
        if each["number"] == name:
            return str(each["id"])
    raise Trouble(
        say("There is no document {name}. `auditready document list` shows those there are.", name=name), REFUSED
    )


def _choose(items: list[dict[str, Any]], field: str, option: str) -> dict[str, Any]:
    if not items:
        raise Trouble(
            say("There is none yet, or none that you may see: nothing can be chosen for {option}.", option=option)
        )
    names = tuple(str(each[field]) for each in items)
    raise Trouble(say("There are several: {names}. Choose one with {option}.", names=names, option=option))
