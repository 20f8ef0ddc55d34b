"""What people choose from and read through stands in the order of their language."""

import re

import pytest

from app.identity.actor import Grant, Role
from app.identity.service import give_role
from app.identity.users import NewUser, add_user
from app.programmes.service import add_entry, find_programme
from tests.builders import INSTALLER, long_ago
from tests.web.conftest import HOME, Site

NAMES = ("Élodie", "Eva", "陈志远", "单伟", "王敏", "曾国", "张三")


def some_people(site: Site) -> None:
    """Let process owners in, in no order."""
    with site.runtime.database.writing() as session:
        for number, name in enumerate(sorted(NAMES, reverse=True)):
            user = add_user(session, NewUser(f"user-{number}", name, "zh"), actor=INSTALLER, at=long_ago())
            grant = Grant(site.organisation, frozenset({Role.PROCESS_OWNER}))
            give_role(session, grant, user, actor=INSTALLER, at=long_ago())


def in_order(page: str, words: tuple[str, ...]) -> list[str]:
    """Return those words that a page shows alone between two tags, in its order."""
    return [each for each in re.findall(r">\s*([^<>\n]+?)\s*<", page) if each in words]


@pytest.mark.parametrize("path", ["/people", "/evidence", "/journal", "/set-up/owners"])
def test_people_stand_by_pinyin_and_without_regard_to_accents(site: Site, path: str) -> None:
    some_people(site)
    site.sign_in("admin")
    assert in_order(site.get(HOME + path).text, NAMES) == list(NAMES)


@pytest.mark.parametrize(
    ("register", "bodies", "expected"),
    [
        ("sites", [{"name_zh": "重庆"}, {"name_zh": "上海"}, {"name_zh": "北京"}], ("北京", "重庆", "上海")),
        ("parties", [{"name_zh": f"{n}号", "kind": "external-supplier"} for n in (10, 9)], ("9号", "10号")),
        ("audits", [{"kind": "stage-2", "planned_on": "2030-03-01"}, {"kind": "stage-1", "planned_on": "2030-01-01"}],
         ("第一阶段", "第二阶段")),
        ("owners", [{"framework": "iso20000-1-2018", "clause": n} for n in ("8.5.1", "10.1")], ("8.5.1", "10.1")),
    ],
)  # fmt: skip
def test_registers_stand_in_the_order_of_the_language(
    site: Site, register: str, bodies: list[dict[str, object]], expected: tuple[str, ...]
) -> None:
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        for body in bodies:
            owner = {"owner_id": site.users["owner"]} if register == "owners" else {}
            add_entry(session, programme, register, {**body, **owner}, actor=INSTALLER, at=long_ago())
    site.sign_in("officer", "zh")
    table = site.get(f"{HOME}/set-up/{register}").text.partition("<tbody>")[2].partition("</tbody>")[0]
    places = [table.index(f">{each}") for each in expected]
    assert places == sorted(places)
