"""Words for people: a message is an English sentence with named parts, translated when it is shown.

Sentences are written in English where they arise and collected by the gettext tools; Chinese is in
`app/locale/zh/LC_MESSAGES/auditready.po`. Names that exist in both languages (clauses, services) are `Text`.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("zh", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"


class Text(NamedTuple):
    """A name or sentence in both languages; `text.in_("zh")` picks one."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """Return the wording in `language`, or the other one where it is empty."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Message:
    """An English sentence with `{named}` parts; `in_(language)` says it in `en` or `zh`."""

    text: str
    parts: Mapping[str, object] = field(default_factory=dict)

    def in_(self, language: str) -> str:
        """Return the whole sentence in `language`; parts that are `Text`, messages, days or tuples are worded too."""
        worded = {name: word(part, language) for name, part in self.parts.items()}
        return translate(self.text, language).format_map(worded)

    def __str__(self) -> str:
        return self.in_("en")


def say(text: str, **parts: object) -> Message:
    """Make a `Message`; the gettext tools collect the first argument of every call."""
    return Message(text, parts)


def word(part: object, language: str) -> str:
    """Say one part of a message: `Text` and `Message` by language, tuples joined, days in ISO form."""
    if isinstance(part, Text | Message):
        return part.in_(language)
    if isinstance(part, tuple):
        return ("、" if language == "zh" else ", ").join(word(each, language) for each in part)
    if isinstance(part, datetime):
        return part.isoformat(sep=" ", timespec="minutes")
    return part.isoformat() if isinstance(part, date) else str(part)


def translate(text: str, language: str) -> str:
    """Return `text` in `language`; English is the source and stays as it is."""
    return text if language == "en" or not text else _catalogue(language).gettext(text)


def pick_language(*preferences: str) -> str:
    """Return the first of our languages named by `preferences` (`zh_CN.UTF-8`, `en-GB`, ...), else English."""
    for preference in preferences:
        for language in LANGUAGES:
            if preference.lower().startswith(language):
                return language
    return "en"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("auditready", LOCALE_FOLDER, [language], fallback=True)
