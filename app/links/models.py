"""The table of links."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Link(Base):
    """“This item answers that expectation”, made by a person at a moment, removable. `kind` is evidence or document.

    An expectation's id is shared by the frameworks that expect the same thing: one link answers all of them.
    """

    __tablename__ = "links"
    __table_args__ = (
        Index(None, "programme_id", "kind", "expectation_id", "item_id"),
        Index(None, "item_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    kind: Mapped[str] = mapped_column(String(10))
    item_id: Mapped[str] = mapped_column(String(36))
    expectation_id: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100))
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(String(100))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None] = mapped_column(String(100))

    WRITTEN: ClassVar = {"removed_at": ("removed_by",)}
