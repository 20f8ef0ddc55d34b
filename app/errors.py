"""What can go wrong for the person who asked. Errors know no HTTP and no exit codes; each door has one table.

AppError
├── Invalid        what was sent cannot be used (422)
│   └── TooLarge   it is larger than allowed (413)
├── Unauthorized   nobody is signed in, or the token is not valid (401)
├── TooOften       it was tried too often: wait first (429)
├── Forbidden      the actor may not do this (403)
├── NotFound       there is no such thing for this actor (404)
├── Conflict       it contradicts what is there now (409)
│   └── Stale      it was changed by somebody else meanwhile (412)
├── Damaged        stored bytes disagree with their hash (500)
└── Unavailable    a store cannot be reached now (503)
"""

from app.language import Message


class AppError(Exception):
    """A refusal that says what is wrong and the next step; `field` names the input at fault, where there is one."""

    def __init__(self, text: str, *, field: str | None = None, **parts: object) -> None:
        self.message = Message(text, parts)
        self.field = field
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(AppError):
    """What was sent cannot be used."""


class TooLarge(Invalid):
    """It is larger than allowed."""


class Unauthorized(AppError):
    """Nobody is signed in, or the token or password is not valid."""


class TooOften(AppError):
    """It was tried too often; `seconds` is how long to wait."""

    def __init__(self, text: str, *, seconds: int, field: str | None = None, **parts: object) -> None:
        super().__init__(text, field=field, **parts)
        self.seconds = seconds


class Forbidden(AppError):
    """The actor may not do this."""


class NotFound(AppError):
    """There is no such thing, or none that this actor may see."""


class Conflict(AppError):
    """It contradicts what is there now."""


class Stale(Conflict):
    """It was changed by somebody else after it was read."""


class Damaged(AppError):
    """Stored bytes are gone or disagree with their SHA-256."""


class Unavailable(AppError):
    """A store cannot be reached now."""
