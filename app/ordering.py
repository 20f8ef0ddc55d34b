"""Lists that the database puts in order by a column of people's choice, a page at a time, from indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select, SQLColumnExpression, tuple_
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.paging import DEFAULT_PAGE, Page, check_limit, page_of, read_cursor

BACKWARDS = "-"
"""Before the name of an order: the other way round."""
Column = SQLColumnExpression[Any]


class Identified(Protocol):
    """A row with an id."""

    @property
    def id(self) -> str:
        """Its own one."""


Row = TypeVar("Row", bound=Identified)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list stands: by `column`, then by `key`, which holds the id of the row.

    With `optional`, rows may have no value in the column: they come last, either way round.
    """

    column: Column
    key: Column
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of the list `name` in the order `sort`: where it begins, and how long it is at most."""

    name: str
    sort: str
    cursor: str | None = None
    limit: int = DEFAULT_PAGE

    @property
    def backwards(self) -> bool:
        """Whether the order is the other way round."""
        return self.sort.startswith(BACKWARDS)

    @property
    def after(self) -> str | None:
        """The id of the row that the page follows, None at the beginning. Raises Invalid."""
        place = read_cursor(self.cursor, self.name)
        if place is None:
            return None
        sort, _, key = place.rpartition(" ")
        if sort != self.sort:
            raise Invalid("The cursor is of another list. Start again from the first page.", field="cursor")
        return key


def check_sort(sort: str, names: Sequence[str], usual: str) -> str:
    """Return an order such as `title` or `-title`, the usual one where none is named. Raises Invalid."""
    known = tuple(sign + each for each in names for sign in ("", BACKWARDS))
    if sort and sort not in known:
        raise Invalid("The list is sorted by one of {orders}.", orders=known, field="sort")
    return sort or usual


def page_in_order(
    session: Session,
    everything: Select[Row],
    wanted: Select[Row],
    order: Order,
    stretch: Stretch,
) -> Page[Row]:
    """Return a page of what is `wanted` out of `everything`, in at most three queries. Raises Invalid."""
    most, after = check_limit(stretch.limit) + 1, stretch.after
    value = None if after is None else _value(session, everything, order, after)
    found: list[Row] = []
    if after is None or value is not None:
        filled = wanted.where(order.column.is_not(None)) if order.optional else wanted
        if after is not None:
            place, last = tuple_(order.column, order.key), tuple_(value, after)
            filled = filled.where(place < last if stretch.backwards else place > last)
        found += session.scalars(_sorted(filled, stretch, order.column, order.key).limit(most))
    if order.optional and len(found) < most:
        empty = wanted.where(order.column.is_(None))
        if after is not None and value is None:
            empty = empty.where(order.key < after if stretch.backwards else order.key > after)
        found += session.scalars(_sorted(empty, stretch, order.key).limit(most - len(found)))
    return page_of(found, stretch.limit, [f"{stretch.sort} {each.id}" for each in found], stretch.name)


def _value(session: Session, everything: Select[Row], order: Order, after: str) -> object:
    """Return what the row that the page follows is sorted by, also where it is wanted no more. Raises Invalid."""
    if order.column is order.key:
        return after
    row = session.execute(everything.with_only_columns(order.column).where(order.key == after)).first()
    if row is None:
        raise Invalid("The cursor is not one of ours. Start again from the first page.", field="cursor")
    return row[0]


def _sorted(query: Select[Row], stretch: Stretch, *columns: Column) -> Select[Row]:
    return query.order_by(*(each.desc() if stretch.backwards else each for each in columns))
