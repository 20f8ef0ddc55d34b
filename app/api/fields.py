"""Kinds of fields in requests: days and moments are read strictly, so that a number is never taken for a day."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*", re.ASCII | re.DOTALL)
FIRST_YEAR, LAST_YEAR = 1000, 9998


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticCustomError("date_parsing", "not a day")
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise PydanticCustomError("date_type", "not a day")
    return value


def _moment(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        raise PydanticCustomError("datetime_parsing", "not a moment")
    return value


def _aware(value: datetime) -> datetime:
    # at the ends of the calendar other time zones have no such day
    if value.tzinfo is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("datetime_parsing", "not a moment")
    return value.astimezone(UTC)


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day, 2027-03-01."""
Instant = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_aware)]
"""A moment with its time zone, 2027-03-01T08:00:00Z."""
Whole = StrictInt
Truth = StrictBool
Id = Annotated[str, StringConstraints(max_length=200)]
Name = Annotated[str, StringConstraints(max_length=200)]
"""As wide as the columns of names are."""
Secret = Annotated[SecretStr, Field(max_length=1000)]
"""A password: it is written down nowhere, neither in a log nor in what is kept of a request."""
Short = Annotated[str, StringConstraints(max_length=2000)]
Long = Annotated[str, StringConstraints(max_length=4000)]


class Body(BaseModel):
    """What a client sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")
