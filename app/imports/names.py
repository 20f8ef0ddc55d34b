"""What names in a table stand for: expectations of the programme, and people of the organisation."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app.catalogue.pack import Action, Expectation, Pack
from app.errors import Invalid
from app.identity.logins import folded as folded_login
from app.imports.columns import Column, folded
from app.language import LANGUAGES

LEVELS = (re.compile(r"[\n;；]"), re.compile(r"[,，、]"), re.compile(r"\s+"))  # noqa: RUF001 (Chinese writes others)
"""What stands between several expectations in a cell; the weaker ones also stand within names."""


HAN = re.compile(r"[\u3400-\u9fff]+(?:[·・][\u3400-\u9fff]+)*")
"""A run of Chinese characters, as a name has one."""


class Expectations:
    """The expectations of a programme by whatever people call them."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._named: dict[str, Expectation] = {}
        self._records: defaultdict[str, dict[str, Expectation]] = defaultdict(dict)
        for each in (each for pack in packs for each in pack.expectations):
            for name in (each.id, *(each.name.in_(language) for language in LANGUAGES)):
                self._named.setdefault(folded(name), each)
                self._named.setdefault(folded(f"{each.clause} {name}"), each)
            if each.action is Action.RETAIN:
                self._records[folded(each.clause)][each.id] = each

    def find(self, text: str) -> tuple[str, ...]:
        """Return the ids of those that a cell names, each once. Raises Invalid for what is none, or unclear."""
        return tuple(dict.fromkeys(self._find(text.strip(), LEVELS))) if text.strip() else ()

    def _find(self, text: str, levels: Sequence[re.Pattern[str]]) -> Iterable[str]:
        if (found := self._named.get(folded(text))) is not None:
            return [found.id]
        if not levels:
            return [self._at_clause(text).id]
        parts = [part.strip() for part in levels[0].split(text) if part.strip()]
        return [one for part in parts for one in self._find(part, levels[1:])]

    def _at_clause(self, text: str) -> Expectation:
        """Return the one record that is expected at a clause."""
        records = self._records.get(folded(text), {})
        if len(records) > 1:
            raise Invalid(
                "Several records are expected at {clause}: {names}. Write the name of one.",
                clause=text,
                names=tuple(each.name for each in records.values()),
                field=Column.EXPECTATIONS,
            )
        if not records:
            raise Invalid(
                "“{value}” is nothing that is expected here, and no clause where one record is. The template lists "
                "what is.",
                value=text[:100],
                field=Column.EXPECTATIONS,
            )
        return next(iter(records.values()))


class People:
    """Those who can own something, by login, id and name. `names` and `logins` are by id."""

    def __init__(self, names: Mapping[str, str], logins: Mapping[str, str]) -> None:
        self._sure = {**{key: key for key in names}, **{login: key for key, login in logins.items() if key in names}}
        self._called: defaultdict[str, list[str]] = defaultdict(list)
        for key, name in names.items():
            for part in {folded(name), *_by_script(name)}:
                self._called[part].append(key)

    def find(self, text: str) -> str | None:
        """Return the id of whom a cell names, None where it is empty. Raises Invalid for nobody, or for several."""
        if not text.strip():
            return None
        if (sure := self._sure.get(folded_login(text))) is not None:
            return sure
        found = self._called.get(folded(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise Invalid(
                "Several people here are called {name}. Write the login instead.", name=text[:100], field=Column.OWNER
            )
        raise Invalid(
            "Nobody with a role here is called “{name}”. Write a name or a login, or give them a role first.",
            name=text[:100],
            field=Column.OWNER,
        )


def _by_script(name: str) -> list[str]:
    """Return the Chinese and the other part of a name that is written in both ways, such as 王敏 Wang Min."""
    parts = (" ".join(HAN.findall(name)), " ".join(HAN.sub(" ", name).split()))
    return [folded(part) for part in parts] if all(parts) else []
