"""What is known at a moment: the rows that were there then, and a row as it was then.

Rows are appended. What happens to one later, such as a decision or its end, is written into it once, with the moment at
which it happened. So what was known at a moment is what had been written by then. A moment None means now.
"""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Subquery, and_, func, inspect, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.database import Base

Happening = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
Row = TypeVar("Row", bound=Base)


def happened(at: Happening, known_at: datetime | None) -> ColumnElement[bool]:
    """Whether what a column keeps the moment of had happened."""
    return at.is_not(None) if known_at is None else at <= known_at


def there(begun: Happening, ended: Happening, known_at: datetime | None) -> ColumnElement[bool]:
    """Whether what began and ended at the moments that two columns keep was there: begun, and not ended yet."""
    if known_at is None:
        return ended.is_(None)
    return and_(begun <= known_at, or_(ended.is_(None), ended > known_at))


def former(
    row: Any,  # noqa: ANN401 (a table of former states, each with the moment at which it ended)
    item: InstrumentedAttribute[str],
    known_at: datetime,
    *where: ColumnElement[bool],
) -> Subquery:
    """Return of each item the state that ended first after a moment: what held then, where it was changed since."""
    order = func.row_number().over(partition_by=item, order_by=(row.ended_at, row.id)).label("order")
    later = select(row, order).where(row.ended_at > known_at, *where).subquery()
    return select(later).where(later.c.order == 1).subquery()


def as_known(row: Row, known_at: datetime | None) -> Row:
    """Return a row without what was written into it later; a copy that belongs to no session, itself for now.

    The row's class names in `WRITTEN` the columns that are written with each moment.
    """
    if known_at is None:
        return row
    names = [column.key for column in inspect(type(row)).column_attrs]
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    for moment, written in type(row).WRITTEN.items():
        if values[moment] is not None and values[moment] > known_at:
            values.update(dict.fromkeys((moment, *written)))
    return type(row)(**values)
