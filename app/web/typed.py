"""What was typed into a form that could not be taken, kept so that it can be sent once more.

A browser sends files again only where somebody chooses them again, and passwords are never sent back to a page: of
both the names are kept.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile

from app.language import Message
from app.web.journal_words import FIELDS
from app.web.visits import FormRefused, opened_by

KEY = "form_key"
MOST_BYTES, MOST_FIELDS = 256 << 10, 2000
"""So much text and so many fields are kept; nobody types more."""
PLAIN_BYTES = 3 * MOST_BYTES
"""In an address-like form each byte of text may take three."""
SECRET = re.compile("password|again")
KEPT, FILE, HIDDEN, OWNER, CUT = "kept:", "file:", "hidden:", "kept_by", "kept_cut"
"""How a form that was interrupted is carried by the page that signs in."""
NAMED = frozenset({"title", "name", "login", "code", "note", "reason", "number", "address"})
"""Fields that are worth showing even where they hold one word."""


class OtherSession(FormRefused):
    """A form of ours that another session has opened; `data` is what it holds."""

    def __init__(self, data: FormData) -> None:
        super().__init__()
        self.data = data


class Part(NamedTuple):
    """One field of a form; of a file, `value` is its name."""

    name: str
    value: str
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields in their order, files by field and name, names of passwords; `owner` marks who had opened the form.

    `cut` says that more was sent than is kept.
    """

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    owner: str = ""
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields or self.files or self.secrets)

    @property
    def file_names(self) -> tuple[str, ...]:
        """What the files are called."""
        return tuple(name for _, name in self.files)

    @property
    def file_fields(self) -> dict[str, tuple[str, ...]]:
        """The names of the files, by field."""
        return {each: tuple(name for field, name in self.files if field == each) for each, _ in self.files}

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """What hidden fields of the page that signs in hold, to be read with `carried_in`."""
        return (
            *((KEPT + name, value) for name, value in self.fields),
            *((FILE + name, value) for name, value in self.files),
            *((HIDDEN + name, "") for name in self.secrets),
            (OWNER, self.owner),
            (CUT, "yes" if self.cut else ""),
        )

    @property
    def shown(self) -> tuple[tuple[Message | None, str], ...]:
        """What a person would know again, with what it is called where that is known."""
        named = ((name, value.strip()) for name, value in self.fields)
        return tuple((_label(name), value) for name, value in named if _is_worth_showing(name, value))


NOTHING = Typed()


def typed_in(data: FormData) -> Typed:
    """Return what a form holds that has been read whole."""
    parts = (
        Part(name, value) if isinstance(value, str) else Part(name, _file_name(value), is_file=True)
        for name, value in data.multi_items()
    )
    return _typed(parts)


def carried_in(data: FormData) -> Typed:
    """Return what the page that signs in carries."""
    items = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]

    def under(prefix: str) -> tuple[tuple[str, str], ...]:
        return tuple((name.removeprefix(prefix), value) for name, value in items if name.startswith(prefix))

    given = dict(items)
    secrets = tuple(name for name, _ in under(HIDDEN))
    return Typed(under(KEPT), under(FILE), secrets, given.get(OWNER, ""), cut=bool(given.get(CUT)))


async def read_typed(request: Request, *, most_bytes: float) -> Typed:
    """Return what a form holds that was not read yet.

    The bytes of files go by and are kept nowhere; after `most_bytes` of a form with files nothing more is read.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"application/x-www-form-urlencoded":
        return await _read_plain(request)
    if kind == b"multipart/form-data" and b"boundary" in options:
        return await _read_parts(request, options[b"boundary"], most_bytes)
    return NOTHING


async def _read_plain(request: Request) -> Typed:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > PLAIN_BYTES:
            return Typed(cut=True)
    try:
        fields = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return Typed(cut=True)
    return _typed(Part(name, value) for name, value in fields)


async def _read_parts(request: Request, boundary: bytes, most_bytes: float) -> Typed:
    passing, taken = _Passing(), 0
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": passing.begin,
                "on_header_field": passing.header_name,
                "on_header_value": passing.header_value,
                "on_header_end": passing.header_end,
                "on_headers_finished": passing.headers_end,
                "on_part_data": passing.content,
                "on_part_end": passing.end,
            },
        )
        async for chunk in request.stream():
            taken += len(chunk)
            parser.write(chunk if taken <= most_bytes else chunk[: int(most_bytes - taken)])
            if taken > most_bytes or passing.too_much:
                return _typed(passing.parts, cut=True)
    except FormParserError:
        return _typed(passing.parts, cut=True)
    return _typed(passing.parts, cut=passing.too_much)


class _Passing:
    """Takes a form with files as it passes by: its text and the names of its files."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.too_much = False
        self._kept_bytes = 0
        self.begin()

    def begin(self) -> None:
        self._header, self._value, self._text = bytearray(), bytearray(), bytearray()
        self._name, self._is_file = "", False

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            self._is_file = b"filename" in options
            self._text = bytearray(options.get(b"filename", b""))
        self._header, self._value = bytearray(), bytearray()

    def headers_end(self) -> None:
        if self._is_file:
            self._keep()  # now, because its end may never come

    def content(self, data: bytes, start: int, end: int) -> None:
        if not self._is_file and not self.too_much:
            self._text += data[start:end]
            self.too_much = self._kept_bytes + len(self._text) > MOST_BYTES

    def end(self) -> None:
        if not self._is_file:
            self._keep()

    def _keep(self) -> None:
        self._kept_bytes += len(self._text)
        self.too_much = self.too_much or self._kept_bytes > MOST_BYTES or len(self.parts) >= MOST_FIELDS
        if not self.too_much:
            self.parts.append(Part(self._name, self._text.decode("utf-8", "replace"), self._is_file))


def _typed(parts: Iterable[Part], *, cut: bool = False) -> Typed:
    fields, files, secrets, owner, kept_bytes = [], [], [], "", 0
    for part in parts:
        kept_bytes += len(part.value.encode("utf-8", "replace"))
        if kept_bytes > MOST_BYTES:
            cut = True
            break
        if part.is_file:
            files += [(part.name, _bare(part.value))] if part.value else []
        elif part.name == KEY:
            owner = opened_by(part.value)
        elif SECRET.search(part.name):
            secrets += [part.name] if part.value else []
        else:
            fields.append((part.name, part.value))
    return Typed(tuple(fields), tuple(files), tuple(secrets), owner, cut)


def _file_name(file: UploadFile) -> str:
    return file.filename or ""


def _bare(file_name: str) -> str:
    """Return a file's name without the folders that some browsers send."""
    return file_name.replace("\\", "/").rpartition("/")[2]


def _names(name: str) -> Iterator[str]:
    """Yield a field's name, then the same without the step it belongs to."""
    yield name
    yield name.partition("_")[2]


def _label(name: str) -> Message | None:
    return next((FIELDS[each] for each in _names(name) if each in FIELDS), None)


def _is_worth_showing(name: str, value: str) -> bool:
    if not value or name.endswith(("_id", "_ids")):
        return False
    if any(each in NAMED for each in _names(name)) or not value.isascii() or " " in value or "\n" in value:
        return True
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False
