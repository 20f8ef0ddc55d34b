"""The rules of the house that no other tool checks."""

import ast
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from packaging.requirements import Requirement

from app import errors
from app.language import LOCALE_FOLDER, translate

ROOT = Path(__file__).parent.parent
APP = tuple(sorted((ROOT / "app").rglob("*.py")))
CODE = (*APP, *sorted((ROOT / "tests").rglob("*.py")))
LOCKS = ("requirements.lock", "requirements-dev.lock")
DOORS = {"api", "http", "web", "cli", "demo"}
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 50, 6
CLOCKS = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.localtime"}
ELSEWHERE = {
    "a path of one machine": re.compile(r"(?<![\w.:}-])/(?:work|root|home|Users)/\w|(?<!\w)[A-Z]:\\Users"),
    "the host of a registry": re.compile(
        r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|--(?:extra-)?index-url"
    ),
}
UNCOUNTED = {"self", "cls", "actor", "at"}
"""Who did it and when are one pair that every use case takes, always by name."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_file_has_more_than_400_lines() -> None:
    long = {_name(path): lines for path in CODE if (lines := len(_text(path).splitlines())) > MAX_FILE_LINES}
    assert long == {}


def test_no_function_has_more_than_50_lines() -> None:
    long = {}
    for path in CODE:
        for function in _functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                long[_name(path, function)] = lines
    assert long == {}


def test_no_function_of_the_app_has_more_than_6_parameters_before_a_dataclass_is_due() -> None:
    many = {}
    for path in APP:
        for function in _functions(path):
            each = function.args
            names = [one.arg for one in (*each.posonlyargs, *each.args, *each.kwonlyargs) if one.arg not in UNCOUNTED]
            if len(names) > MAX_PARAMETERS:
                many[_name(path, function)] = names
    assert many == {}


def test_nothing_in_the_app_commits_because_the_door_that_opened_the_transaction_does() -> None:
    assert [where for where, called in _calls(APP) if called.endswith(".commit")] == []


def test_only_the_doors_look_at_the_clock() -> None:
    inside = [path for path in APP if not _is_door(path)]
    assert [(where, called) for where, called in _calls(inside) if called.removeprefix("datetime.") in CLOCKS] == []


def test_only_the_command_line_prints() -> None:
    silent = [path for path in APP if path.relative_to(ROOT).parts[1] != "cli"]
    assert [where for where, called in _calls(silent) if called == "print"] == []


def test_the_readiness_engine_imports_python_itself_and_words_for_people_only() -> None:
    allowed = {*sys.stdlib_module_names, "app.readiness", "app.language"} - {"os", "random", "time"}
    strange = [
        (_name(path, node), module)
        for path in APP
        if path.relative_to(ROOT).parts[1] == "readiness"
        for node, module in _imports(path)
        if module.split(".")[0] not in allowed and ".".join(module.split(".")[:2]) not in allowed
    ]
    assert strange == []


def test_every_file_of_the_repository_is_free_of_places_that_only_one_machine_knows() -> None:
    found = [
        (name, number, what)
        for name, text in _repository()
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in ELSEWHERE.items()
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_everything_by_hash_and_names_no_address(lock: str) -> None:
    text = _text(ROOT / lock)
    assert "://" not in text
    entries = _locked(text)
    assert entries
    assert [name for name, (_, hashes) in entries.items() if not hashes] == []


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], {"build", "demo"}), (LOCKS[1], {"build", "demo", "dev"})])
def test_a_lock_file_satisfies_every_dependency_of_the_project(lock: str, extras: set[str]) -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra])]
    entries = _locked(_text(ROOT / lock))
    needs = [need for need in map(Requirement, wanted) if need.name != project["name"]]
    assert [str(need) for need in needs if not need.specifier.contains(entries.get(need.name, ("0", 0))[0])] == []


def test_the_two_readmes_have_the_same_headings_one_to_one() -> None:
    english, chinese = (_headings(_text(ROOT / name)) for name in ("README.md", "README.zh.md"))
    assert english
    assert [level for level, _ in english] == [level for level, _ in chinese], list(zip(english, chinese, strict=False))


def test_the_licence_is_there_in_full() -> None:
    text = _text(ROOT / "LICENSE")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_makefile_collects_the_sentences_of_every_error() -> None:
    [listed] = re.findall(r"^SAYING := (.*)$", _text(ROOT / "Makefile"), re.MULTILINE)
    assert set(listed.split()) == _sayings()


def test_every_sentence_for_people_is_translated_with_the_same_named_parts() -> None:
    catalogue = _chinese()
    wrong = []
    for sentence in _sentences():
        found = catalogue.get(sentence)
        if found is None or not found.string or found.fuzzy:
            wrong.append(("not translated", sentence))
        elif _parts(sentence) != _parts(str(found.string)):
            wrong.append(("other named parts", sentence))
    assert wrong == []


def test_the_translations_hold_no_sentence_that_nobody_says_any_more() -> None:
    assert {str(each.id) for each in _chinese() if each.id} - _sentences() == set()


def test_what_people_read_is_compiled_from_the_translations_as_they_are() -> None:
    stale = {str(each.id) for each in _chinese() if each.id and translate(str(each.id), "zh") != each.string}
    assert stale == set(), "run `make setup`"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    return path.relative_to(ROOT).as_posix() + ("" if node is None else f":{node.lineno}")


def _is_door(path: Path) -> bool:
    return path.relative_to(ROOT).parts[1] in DOORS


def _functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(_text(path))) if isinstance(node, Function))


def _calls(paths: tuple[Path, ...] | list[Path]) -> Iterator[tuple[str, str]]:
    """Yield place and dotted name of every call."""
    for path in paths:
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.Call):
                yield _name(path, node), ast.unparse(node.func)


def _imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def _repository() -> Iterator[tuple[str, str]]:
    """Yield name and text of every file that is or may be committed; bytes that are no text are left out."""
    words = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    assert "pyproject.toml" in names
    for name in sorted(filter(None, names)):
        try:
            yield name, _text(ROOT / name)
        except (UnicodeDecodeError, FileNotFoundError):  # deleted, not yet committed
            continue


def _locked(text: str) -> dict[str, tuple[str, int]]:
    """Return the version and the number of hashes of each package."""
    entries = text.replace("\\\n", " ").splitlines()
    pinned = (re.match(r"([a-z0-9-]+)==([^ ;]+)", entry) for entry in entries)
    matched = {entry: match for entry, match in zip(entries, pinned, strict=True) if entry.strip()}
    assert [entry for entry, match in matched.items() if match is None] == []
    return {match[1]: (match[2], entry.count("--hash=sha256:")) for entry, match in matched.items() if match}


def _headings(text: str) -> list[tuple[int, str]]:
    """Return level and words of the headings, in order, without what stands in blocks of code."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) +(.+)$", prose, re.MULTILINE)]


def _sayings() -> set[str]:
    return {"say", "_"} | {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.AppError)
    }


def _sentences() -> set[str]:
    mappings = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    found = extract_from_dir(ROOT / "app", method_map=methods, keywords=dict.fromkeys(_sayings()))
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def _chinese() -> Catalog:
    with (LOCALE_FOLDER / "zh" / "LC_MESSAGES" / "auditready.po").open("rb") as file:
        return read_po(file, locale="zh")


def _parts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
