"""Names under which files are saved: each once, none too long, whatever they were called."""

import pytest

from app.cli.downloads import Stored, own_names
from app.cli.where import Trouble


def names(*several: str) -> list[str]:
    """Return the names for the files of one version."""
    return own_names([Stored("evidence", "p", "e", 1, place, name, 1, "") for place, name in enumerate(several, 1)])


@pytest.mark.parametrize(
    ("several", "saved"),
    [
        (["a.pdf", "b.pdf"], ["a.pdf", "b.pdf"]),
        (["a.pdf", "a.pdf", "a.pdf"], ["a.pdf", "a (2).pdf", "a (3).pdf"]),
        (["a.pdf", "A.PDF"], ["a.pdf", "A (2).PDF"]),
        (["a (2).pdf", "a.pdf", "a.pdf"], ["a (2).pdf", "a.pdf", "a (3).pdf"]),
        (["README", "readme"], ["README", "readme (2)"]),
        ([".profile", ".profile"], [".profile", ".profile (2)"]),
    ],
)
def test_two_files_never_have_one_name(several: list[str], saved: list[str]) -> None:
    assert names(*several) == saved


def test_a_name_that_is_too_long_for_a_disk_is_shortened_and_keeps_its_ending() -> None:
    long = "会" * 250 + ".pdf"
    first, second = names(long, long)
    assert first == "会" * 83 + ".pdf"
    assert second.endswith(" (2).pdf")
    assert all(len(name.encode()) <= 255 for name in (first, second))


@pytest.mark.parametrize("name", ["..", "a/b", "a\\b", ""])
def test_a_name_that_would_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(Trouble):
        names(name)
