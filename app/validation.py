"""What pydantic refuses, in our words: the field, what is wrong and what would be right, in both languages."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Invalid
from app.language import Message, say

_SAID: Mapping[str, Message] = {
    "missing": say("is missing"),
    "extra_forbidden": say("is not known here"),
    "unexpected_keyword_argument": say("is not known here"),
    "json_invalid": say("is not valid JSON"),
    "string_type": say("must be text"),
    "int_type": say("must be a whole number"),
    "int_parsing": say("must be a whole number"),
    "int_from_float": say("must be a whole number"),
    "bool_type": say("must be true or false"),
    "bool_parsing": say("must be true or false"),
    "date_type": say("must be a day such as 2027-03-01"),
    "date_parsing": say("must be a day such as 2027-03-01"),
    "date_from_datetime_parsing": say("must be a day such as 2027-03-01"),
    "date_from_datetime_inexact": say("must be a day such as 2027-03-01"),
    "datetime_type": say("must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
    "datetime_parsing": say("must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
    "datetime_from_date_parsing": say("must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
    "timezone_aware": say("must be a moment with a time zone such as 2027-03-01T08:00:00Z"),
    "list_type": say("must be a list"),
    "tuple_type": say("must be a list"),
    "dict_type": say("must be an object"),
    "unstorable": say("holds a character that cannot be stored"),
}


_BOUNDS: Mapping[str, tuple[Message, str]] = {
    "enum": (say("must be one of {bound}"), "expected"),
    "literal_error": (say("must be one of {bound}"), "expected"),
    "greater_than_equal": (say("must be at least {bound}"), "ge"),
    "greater_than": (say("must be more than {bound}"), "gt"),
    "less_than_equal": (say("must be at most {bound}"), "le"),
    "less_than": (say("must be less than {bound}"), "lt"),
    "string_too_short": (say("is too short: at least {bound}"), "min_length"),
    "too_short": (say("is too short: at least {bound}"), "min_length"),
    "string_too_long": (say("is too long: at most {bound}"), "max_length"),
    "too_long": (say("is too long: at most {bound}"), "max_length"),
}


def why_invalid(error: Mapping[str, Any]) -> Message:
    """Return in our words what one of pydantic's errors says."""
    kind, details = str(error["type"]), error.get("ctx", {})
    if kind in _SAID:
        return _SAID[kind]
    if kind in _BOUNDS:
        message, name = _BOUNDS[kind]
        return Message(message.text, {"bound": details.get(name, "")})
    return say("cannot be read: {why}", why=str(error.get("msg", kind)))


def refusal(errors: Sequence[Mapping[str, Any]]) -> Invalid:
    """Return the first of pydantic's errors as a refusal that names its field."""
    first = errors[0]
    name = ".".join(str(part) for part in first["loc"]) or "body"
    return Invalid("The field {name} {why}.", name=name, why=why_invalid(first), field=name)


def words(text: str, field: str, *, most: int, least: int = 0) -> str:
    """Return text without space around it. Raises Invalid where it is too short or long, or cannot be stored.

    Line ends and tabs may stand; other control characters and halves of surrogate pairs may not.
    """
    clean = text.strip()
    if len(clean) < least:
        raise Invalid("The field {name} is missing: say something there.", name=field, field=field)
    if len(clean) > most:
        raise Invalid("The field {name} has at most {most} characters.", name=field, most=most, field=field)
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t" for char in clean):
        raise Invalid("The field {name} holds a character that cannot be stored.", name=field, field=field)
    return clean


def line(text: str, field: str, *, most: int = 300) -> str:
    """Return one line of text, spaces and line ends made single spaces. Raises Invalid as `words`, and where empty."""
    return words(" ".join(text.split()), field, most=most, least=1)
