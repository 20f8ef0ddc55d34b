"""Names of files: kept as they came where they can be shown, refused where they pretend or cannot be stored."""

import unicodedata

import pytest

from app.errors import Invalid
from app.storage.blobs import Blob
from app.storage.files import NewFile, check_file, check_name, media_type_of


@pytest.mark.parametrize(
    "name",
    [
        "minutes.pdf",
        "会" * 85,  # 255 bytes
        "会" * 251 + ".pdf",
        "管理评审 纪要(2026年8月).docx",
        ".hidden",
        "a..b",
        "CON.txt",
        "report\u200f.pdf",  # a mark of direction changes no order
        "e\u0301t\u00e9.txt",
        "😀.png",
        "data:text,x",
        "-rf",
        "$(touch x).txt",
    ],
)
def test_a_name_that_can_be_shown_is_kept(name: str) -> None:
    assert check_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "\t", ".", "..", "...", "../../x", "/etc/passwd", "a/b", "..\\..\\x", "a\x00.pdf", "a\nb", "a\x7fb",
        "a\x85b", "\ud800.pdf", "x" * 256,
    ],
)  # fmt: skip
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_name(name)
    assert refusal.value.field == "file_name"


@pytest.mark.parametrize("control", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_a_name_that_reads_other_than_it_is_is_refused(control: str) -> None:
    with pytest.raises(Invalid):
        check_name(f"invoice{control}fdp.exe")


def test_an_empty_file_proves_nothing() -> None:
    with pytest.raises(Invalid) as refusal:
        check_file(NewFile("a.txt", Blob("0" * 64, 0)))
    assert refusal.value.field == "file"
    assert check_file(NewFile("e\u0301.txt", Blob("0" * 64, 1))).name == "\u00e9.txt"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pdf", "application/pdf"), ("a.PDF", "application/pdf"), ("a.png", "image/png"), ("a.txt", "text/plain"),
        ("纪要", "application/octet-stream"), ("a.unknown-kind", "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_media_type_is_that_of_the_ending(name: str, kind: str) -> None:
    assert media_type_of(name) == kind
