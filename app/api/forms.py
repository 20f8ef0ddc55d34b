"""Forms with files (RFC 7578), read as a stream: first one part with the fields as JSON, then parts named `file`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote_to_bytes

from fastapi import Request
from pydantic import ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.api.fields import Body
from app.api.problems import UnsupportedMediaType
from app.api.strict import read_json
from app.errors import Invalid, TooLarge
from app.storage.blobs import Draft
from app.storage.files import MAX_FILES, check_name
from app.validation import refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

B = TypeVar("B", bound=Body)
PLAIN = (b"", b"binary", b"8bit", b"7bit")
EXTENDED = re.compile(rb";\s*filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)", re.IGNORECASE)


class FormReader(Generic[B]):
    """Reads one form; `drafts` are its files in their order, whole once `read` has returned."""

    def __init__(self, part: str, shape: type[B], draft: Callable[[], Draft], limit: int) -> None:
        self.drafts: list[tuple[str, Draft]] = []
        self._part, self._shape, self._draft, self._limit = part, shape, draft, limit
        self._body: B | None = None
        self._fields: bytearray | None = None
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = bytearray(), bytearray()
        self._ended = False

    async def read(self, request: Request, check: Callable[[B], Awaitable[None]]) -> B:
        """Return the fields; `check` may refuse them before the files come in.

        Raises Invalid for what is no such form or breaks off, TooLarge.
        """
        unchecked = True
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise UnsupportedMediaType("Send a form here: Content-Type: multipart/form-data.", field="Content-Type")
        try:
            parser = MultipartParser(options[b"boundary"], self._callbacks())
            async for chunk in request.stream():
                if chunk:
                    parser.write(chunk)
                if unchecked and self._body is not None:
                    unchecked = False
                    await check(self._body)
        except FormParserError as error:
            raise Invalid("The form cannot be read: {why}.", why=str(error), field="body") from error
        if not self._ended:
            raise Invalid("The form breaks off. Send it again.", field="body")
        if self._body is None:
            raise self._missing()
        return self._body

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._take,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._headers = {}

    def _end_header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if self._headers.get(b"content-transfer-encoding", b"").strip().lower() not in PLAIN:
            raise Invalid("Send the parts as they are, without Content-Transfer-Encoding.", field="body")
        name = _text(options.get(b"name", b""))
        if self._body is None:
            if name != self._part:
                raise self._missing()
            self._fields = bytearray()
        elif name != "file":
            raise Invalid("The form has no part {name}: files are named `file`.", name=name[:100], field="body")
        elif (file_name := self._file_name(options)) is None:
            raise Invalid("A file needs a name.", field="file_name")
        elif len(self.drafts) == MAX_FILES:
            raise Invalid("A version has at most {most} files.", most=MAX_FILES, field="file")
        else:
            self.drafts.append((check_name(file_name), self._draft()))

    def _file_name(self, options: Mapping[bytes, bytes]) -> str | None:
        """Return the name of a file; RFC 7578 does not want `filename*` of RFC 5987, some clients send only that."""
        if b"filename" in options:
            # browsers write a quotation mark in a name as %22 (WHATWG HTML, multipart form data)
            return _text(options[b"filename"]).replace("%22", '"')
        extended = EXTENDED.search(self._headers[b"content-disposition"])
        return _text(unquote_to_bytes(extended[1])) if extended else None

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._fields is None:
            self.drafts[-1][1].write(data[start:end])
            return
        self._fields += data[start:end]
        if len(self._fields) > self._limit:
            raise TooLarge("The part {name} may have at most {limit} bytes.", name=self._part, limit=self._limit)

    def _end_part(self) -> None:
        if self._fields is None:
            return
        try:
            self._body = self._shape.model_validate(read_json(bytes(self._fields)))
        except ValidationError as error:
            raise refusal(error.errors()) from error
        self._fields = None

    def _end(self) -> None:
        self._ended = True

    def _missing(self) -> Invalid:
        return Invalid("The form begins with a part {name} that holds JSON.", name=self._part, field=self._part)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("A name in the form is not in UTF-8.", field="file_name") from error
