"""The order of words for people: Latin letters without regard to case and accents, numbers by value, Chinese by pinyin.

One order serves both languages: readers of English find Latin names where they expect them, and Chinese ones after
them in an order that they can follow too.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

STORED_BYTES = 255
"""So much of a key is stored with a row: about thirty Chinese characters, then the order of making decides."""
_PARTS = re.compile(
    r"(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)|(?P<number>\d+)|(?P<other>.)", re.DOTALL
)
_SIGN, _NUMBER, _LATIN, _LETTER, _HAN = (bytes([each]) for each in (0x10, 0x20, 0x30, 0x40, 0x50))
_LONGEST_NUMBER = 250
SURNAMES = {
    "单": "shan4",
    "解": "xie4",
    "曾": "zeng1",
    "仇": "qiu2",
    "区": "ou1",
    "查": "zha1",
    "盖": "ge3",
    "葛": "ge3",
    "华": "hua4",
    "任": "ren2",
    "朴": "piao2",
    "乐": "yue4",
    "缪": "miao4",
    "翟": "zhai2",
}
"""Surnames that are read in another way than the word. Source: 现代汉语词典."""


@lru_cache(maxsize=10_000)  # the same names stand on page after page
def order_key(text: str) -> bytes:
    """Return what puts texts in order when compared byte by byte; equal for texts that differ in case or accents."""
    return b"".join(_units(text))


def stored_key(text: str) -> bytes:
    """Return as much of a text's key as is stored with a row, for lists that the database puts in order."""
    return order_key(text)[:STORED_BYTES]


def name_key(name: str) -> tuple[bytes, str]:
    """Return what puts names of people in order: a Chinese surname counts as it is read as a surname."""
    first = name[:1]
    if first not in SURNAMES:
        return order_key(name), name
    return _syllable(SURNAMES[first], first) + order_key(name[1:]), name


def _units(text: str) -> Iterator[bytes]:
    for part in _PARTS.finditer(unicodedata.normalize("NFKC", text)):
        if part["han"]:
            yield from map(_syllable, _read(part["han"]), part["han"])
        elif part["number"]:
            yield _number(part["number"])
        else:
            yield _sign(part["other"])


def _syllable(read: str, character: str) -> bytes:
    """Return a character by how it is read, then by itself: the same surname stays together."""
    return _HAN + read.encode() + ord(character).to_bytes(3)


def _number(digits: str) -> bytes:
    value = "".join(str(unicodedata.digit(each)) for each in digits).lstrip("0")[:_LONGEST_NUMBER]
    return _NUMBER + bytes([len(value)]) + value.encode("ascii")


def _sign(character: str) -> bytes:
    plain = unicodedata.normalize("NFD", character.casefold())[:1]
    if "a" <= plain <= "z":
        return _LATIN + plain.encode("ascii")
    if unicodedata.category(character).startswith("M"):
        return b""
    return (_LETTER if character.isalnum() else _SIGN) + ord(plain or " ").to_bytes(3)


def _read(characters: str) -> list[str]:
    """Return the syllable of each character with the number of its tone; one that nobody can read comes last."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 (its dictionaries cost 0.3 seconds and 50 MB)

    def unknown(several: str) -> list[str]:
        return ["~"] * len(several)

    return lazy_pinyin(characters, Style.TONE3, errors=unknown, neutral_tone_with_five=True)  # type: ignore[arg-type]
