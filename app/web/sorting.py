"""Headings that sort a list: up, down, and back to the list's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.ordering import BACKWARDS
from app.web.places import Place


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: how the list is sorted by it now, as `aria-sort` says it, and the address that sorts it anew."""

    direction: str
    address: str


def headings(
    place: Place, path: str, names: Sequence[str], *, sort: str, usual: str, given: Mapping[str, str]
) -> dict[str, Heading]:
    """Return the headings of the list at `path` by name; what the address asks for besides goes along."""
    now = sort or usual
    return {name: Heading(_direction(name, now), _address(place, path, name, now, given)) for name in names}


def _direction(name: str, now: str) -> str:
    return {name: "ascending", BACKWARDS + name: "descending"}.get(now, "")


def _address(place: Place, path: str, name: str, now: str, given: Mapping[str, str]) -> str:
    following = {name: BACKWARDS + name, BACKWARDS + name: ""}.get(now, name)
    return place.to(path, **{**given, "sort": following})
