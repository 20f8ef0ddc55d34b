"""Names of files with their folders: which can be, and which file one stands for."""

import pytest

from app.errors import Invalid
from app.imports.paths import Paths, clean_path


@pytest.mark.parametrize("path", ["", "/", "..", "a/../b", "a/\x00", "x" * 256, "/".join(["xxxx"] * 120), "ß" * 251])
def test_a_path_that_no_system_can_have_is_refused(path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_path(path)
    assert refusal.value.field == "file_name"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.pdf", ["1/a.pdf", "2/a.pdf"]),
        ("1\\A.PDF", ["1/a.pdf"]),
        ("./1/a.pdf", ["1/a.pdf"]),
        ("x/1/a.pdf", []),
        ("b.pdf", ["b.pdf"]),
        ("pdf", []),
        ("", []),
    ],
)
def test_a_file_is_found_by_its_whole_path_or_by_its_end(name: str, found: list[str]) -> None:
    assert Paths(["1/a.pdf", "2/a.pdf", "b.pdf", "3/b.pdf"]).find(name) == found
