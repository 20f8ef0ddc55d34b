"""Links at a moment."""

from datetime import datetime

from sqlalchemy import ColumnElement

from app.links.models import Link
from app.past import there


def live(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether a link was there: made, and not removed yet."""
    return there(Link.made_at, Link.removed_at, known_at)
