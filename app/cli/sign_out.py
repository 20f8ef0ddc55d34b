"""`auditready sign-out`."""

from app.cli.group import verb
from app.cli.where import Where
from app.language import say


def sign_out(where: Where) -> None:
    """End the session."""
    with where.api() as api:
        api.delete("session")
    where.tell(say("The session has ended."))


command = verb(
    "sign-out",
    say("End the session: the token that was used is good for nothing any more."),
    example="auditready sign-out --server https://audit.example.org",
)(sign_out)
