import asyncio
import math
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import Request
from starlette.datastructures import FormData

from app.web.typed import MOST_BYTES, MOST_FIELDS, PLAIN_BYTES, Typed, carried_in, read_typed

PLAIN = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
CHUNK = b"y" * (1 << 16)


class Client:
    """Sends a form in pieces and counts how many are taken."""

    def __init__(self, kind: str, *chunks: bytes) -> None:
        self.request = Request({"type": "http", "headers": [(b"content-type", kind.encode())]}, self._receive)
        self.taken = 0
        self._chunks = chunks

    async def _receive(self) -> MutableMapping[str, Any]:
        self.taken += 1
        more = self.taken < len(self._chunks)
        return {"type": "http.request", "body": self._chunks[self.taken - 1], "more_body": more}

    def read(self, most_bytes: float = math.inf) -> Typed:
        """Return what is kept of the form."""
        return asyncio.run(read_typed(self.request, most_bytes=most_bytes))


def part(name: str, text: bytes, file: str | None = None) -> bytes:
    """Return a field of a form with files."""
    named = f'name="{name}"' + ("" if file is None else f'; filename="{file}"')
    return f"--x\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode() + text + b"\r\n"


def test_the_bytes_of_files_go_by_and_what_was_typed_is_kept() -> None:
    client = Client(
        PARTS,
        *(part("form_key", b"0" * 128 + b"a" * 32), part("note", "笔记".encode()), part("password", b"secret")),
        *(part("file", b"", ""), part("file", CHUNK * 40, "C:\\\\目录\\\\a.bin"), part("title", b"after")),
        b"--x--\r\n",
    )
    assert client.read() == Typed(
        fields=(("note", "笔记"), ("title", "after")),
        files=(("file", "a.bin"),),
        secrets=("password",),
        owner="a" * 32,
    )


def test_however_a_form_with_files_is_cut_into_pieces_the_same_is_kept() -> None:
    whole = part("a", b"1") + part("file", b"\r\n--y", "b.txt") + part("c", b"2") + b"--x--\r\n"
    wanted = Typed(fields=(("a", "1"), ("c", "2")), files=(("file", "b.txt"),))
    for size in range(1, 20):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert Client(PARTS, *pieces).read() == wanted


def test_reading_ends_at_the_limit() -> None:
    client = Client(PARTS, part("note", b"kept"), part("file", CHUNK, "a.bin")[:-2], *[CHUNK] * 40)
    assert client.read(3 * len(CHUNK)) == Typed(fields=(("note", "kept"),), files=(("file", "a.bin"),), cut=True)
    assert client.taken < 6


@pytest.mark.parametrize(
    "client",
    [
        Client(PARTS, part("a", b"1"), *[part("note", CHUNK)] * 40),
        Client(PARTS, part("a", b"1"), part("note", CHUNK * (MOST_BYTES // len(CHUNK) + 1)), *[CHUNK] * 40),
    ],
)
def test_more_text_than_anybody_types_is_not_read_on(client: Client) -> None:
    found = client.read()
    assert found.fields[0] == ("a", "1")
    assert found.cut
    assert client.taken < 10


def test_more_fields_than_any_form_has_are_not_kept() -> None:
    assert len(Client(PARTS, *[part("a", b"")] * (MOST_FIELDS + 9), b"--x--\r\n").read().fields) == MOST_FIELDS
    assert Client(PLAIN, b"a=1&" * (MOST_FIELDS + 9)).read() == Typed(cut=True)


def test_a_plain_form_is_kept_whole_or_not_at_all() -> None:
    assert Client(PLAIN, b"a=%E7%AC%94&b=&again=secret", b"&c=1").read() == Typed(
        fields=(("a", "笔"), ("b", ""), ("c", "1")), secrets=("again",)
    )
    assert Client(PLAIN, b"a=" + b"x" * PLAIN_BYTES).read() == Typed(cut=True)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 999]
)
def test_what_is_no_form_is_not_read(kind: str) -> None:
    client = Client(kind, b"a=1")
    assert not client.read()


@pytest.mark.parametrize(
    "content", [b"nonsense", b"--x\r\nContent-Disposition\r\n\r\n", part("a", b"1")[:-3] + b"\r\n--xx"]
)
def test_a_broken_form_is_no_error(content: bytes) -> None:
    assert not Client(PARTS, content).read()


def test_the_page_that_signs_in_carries_all_of_it() -> None:
    typed = Typed((("a", "1"), ("a", "2")), (("file", "b.txt"),), ("password",), "c" * 32, cut=True)
    assert carried_in(FormData(list(typed.carried))) == typed


def test_what_a_person_would_know_again_is_shown_with_its_label() -> None:
    fields = {
        "title": "T",
        "submit_effective_on": "2027-01-31",
        "other": "two words",
        "owner_id": "01a2 1fa2",
        "mode": "each",
        "note": "",
    }
    shown = [(label and label.text, value) for label, value in Typed(tuple(fields.items())).shown]
    assert shown == [("Title", "T"), ("Effective on", "2027-01-31"), (None, "two words")]
