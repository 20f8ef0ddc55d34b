"""`auditready me`."""

from app.cli.group import verb
from app.cli.where import Where
from app.language import say


def me(where: Where) -> None:
    """Show it."""
    with where.api() as api:
        found = api.get("me")
    where.details(found, grants="organisation_id programme_id roles")


command = verb("me", say("Say who you are here, with which roles."), example="auditready me --as wang.min")(me)
