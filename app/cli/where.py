"""Where a command works and how it answers: what the options say that every command takes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.errors import AppError
from app.language import Message, say

if TYPE_CHECKING:  # slow to import, and `--help` needs none of it
    from app.cli.client import Api
    from app.settings import Settings

DONE, REFUSED, WRONG, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141
"""Exit codes: it was done; a use case refused, or there are gaps; called wrongly or cannot be evaluated."""

Json = Any
"""A value of JSON."""


class Trouble(Exception):
    """An end of the command with a sentence for the person and an exit code; `field` names the input at fault."""

    def __init__(self, message: Message, code: int = WRONG, field: str | None = None) -> None:
        self.message, self.code, self.field = message, code, field
        super().__init__(message.text)


@dataclass(slots=True)
class Where:
    """Filled while the command line is read; `names` of people and programmes by id later, for tables."""

    language: str = "en"
    data: str | None = None
    server: str | None = None
    token: str | None = None
    as_login: str | None = None
    json: bool = False
    idempotency_key: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def remote(self) -> bool:
        """Whether a server is spoken to."""
        return self.server is not None

    def settings(self) -> "Settings":
        """Return the installation's settings. Raises Trouble where they cannot be used."""
        from app.settings import Settings  # noqa: PLC0415 (slow to import)

        try:
            return Settings.load(data_folder=self.data)
        except AppError as error:
            raise Trouble(error.message, WRONG, error.field) from error

    def must_be_local(self) -> None:
        """Raise Trouble where a server was named for what is done on a data folder only."""
        if self.remote:
            raise Trouble(say("This is done on a data folder, not on a server: leave --server out."))

    def api(self) -> "AbstractContextManager[Api]":
        """Open the API: the server's, or one in this process on the data folder."""
        from app.cli.client import open_api  # noqa: PLC0415 (slow to import)

        return open_api(self)

    def tell(self, message: Message) -> None:
        """Say something to the person; it is no data."""
        from app.cli.output import tell  # noqa: PLC0415 (`--help` needs no output)

        tell(message.in_(self.language))

    def rows(self, items: Sequence[Mapping[str, Any]], columns: str, *, body: Json = None) -> None:
        """Print a list: as JSON (`body`, or the items), or as a table of `columns`, dotted paths between spaces."""
        from app.cli import output  # noqa: PLC0415 (`--help` needs no output)

        if self.json:
            output.print_json(items if body is None else body)
        else:
            output.print_table(items, columns.split(), self)

    def details(self, item: Mapping[str, Any], **parts: str) -> None:
        """Print one thing: as JSON, or its fields and then, as tables, the lists that `parts` gives columns for."""
        from app.cli import output  # noqa: PLC0415 (`--help` needs no output)

        if self.json:
            output.print_json(item)
        else:
            output.print_details(item, parts, self)

    def tell_of_more(self, more: bool) -> None:  # noqa: FBT001 (what `Listed` says)
        """Say that a list goes on."""
        if more:
            self.tell(say("There are more: --all shows the whole list, --limit more of it."))
