"""A form that could not be taken because of its session is offered once more, with everything typed in it."""

from dataclasses import dataclass

from fastapi import Response

from app.web.forms import EMPTY, Filled
from app.web.pages import render
from app.web.typed import Typed
from app.web.visits import STRANGER, Visit, set_cookie, stranger


@dataclass(frozen=True, slots=True)
class GoOnPage:
    """What was typed, and the address it goes to; `fresh` right after signing in.

    `other` where somebody else had opened the form; `their_key` is for the form with which they sign in.
    """

    to: str
    typed: Typed
    fresh: bool
    other: bool
    their_key: str
    nothing: Filled = EMPTY


def show_go_on(visit: Visit, to: str, typed: Typed, *, fresh: bool = False, status: int = 200) -> Response:
    """Return the page that sends the form with one click."""
    other = bool(typed.owner) and typed.owner != visit.mark
    they = stranger(visit.request)
    response = render(visit, "go_on.html", GoOnPage(to, typed, fresh, other, they.key), status=status)
    if other:
        set_cookie(visit, response, STRANGER, they.secret)
    return response
