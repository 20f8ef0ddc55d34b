"""Names of files with their folders, as a table writes them and as they come in; found by their last parts."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from app.errors import Invalid
from app.language import Message, say
from app.storage.files import check_name

MOST_CHARACTERS = 500
SHOWN = 5
"""So many paths are named where it is unclear which is meant."""


def clean_path(text: str) -> str:
    """Return a file's name with its folders, as `a/b/c.pdf`. Raises Invalid for one that is no file name somewhere."""
    parts = [part for part in text.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts:
        raise Invalid("A file needs a name.", field="file_name")
    path = "/".join(check_name(part) for part in parts)
    if max(len(path), len(key_of(path))) > MOST_CHARACTERS:
        raise Invalid(
            "A file's name with its folders has at most {most} characters.", most=MOST_CHARACTERS, field="file_name"
        )
    return path


def key_of(path: str) -> str:
    """Return the path as it is compared: systems do not agree on cases, nor on how letters are composed."""
    return unicodedata.normalize("NFC", path).casefold()


def unclear(name: str, paths: Iterable[str]) -> Message:
    """Return what is said where a name stands for several files."""
    return say(
        "Several files are called {name}: {paths}. Write the folder before the name.",
        name=name,
        paths=tuple(sorted(paths)[:SHOWN]),
    )


class Paths:
    """Some files by their paths. A name finds the file of this path, else those whose path ends with it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._whole = {key_of(path): path for path in paths}
        self._ending: defaultdict[str, list[str]] = defaultdict(list)
        for key, path in self._whole.items():
            parts = key.split("/")
            for start in range(1, len(parts)):
                self._ending["/".join(parts[start:])].append(path)

    def find(self, name: str) -> list[str]:
        """Return the paths that the name stands for: none where there is no such file, several where it is unclear."""
        key = key_of("/".join(part for part in name.replace("\\", "/").split("/") if part.strip() not in {"", "."}))
        if key in self._whole:
            return [self._whole[key]]
        return list(self._ending.get(key, ()))
