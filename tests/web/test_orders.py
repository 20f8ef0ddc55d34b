"""What people choose from and read through stands in the order of their language."""

import re
from html import unescape

import pytest

from app.identity.actor import Grant, Role
from app.identity.service import give_role
from app.identity.users import NewUser, add_user
from app.programmes.service import add_entry, find_programme
from tests.builders import INSTALLER, long_ago
from tests.web.conftest import HOME, Site
from tests.web.papers import document
from tests.web.test_evidence import some_item

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


def test_a_heading_sorts_the_list_up_down_and_back_and_filters_stay(site: Site) -> None:
    for title in ("变更记录 10", "变更记录 9", "安全策略"):
        some_item(site, title)
    some_item(site, "被拒绝的", accept=False)
    site.sign_in("officer")
    address, seen = f"{HOME}/evidence?state=submitted", []
    for _ in range(4):
        page = site.get(address).text
        [(direction, address)] = re.findall(
            r'<th scope="col"([^>]*)><a class="sorts" id="by-title" href="([^"]*)"', page
        )
        address = unescape(address)
        seen.append((direction.strip(), re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)))
        [hidden] = re.findall(r'<input type="hidden" id="sort" name="sort" value="([^"]*)">', page)
        assert hidden == {0: "", 1: "title", 2: "-title", 3: ""}[len(seen) - 1]
    upwards = ["安全策略", "变更记录 9", "变更记录 10"]
    newest = ["安全策略", "变更记录 9", "变更记录 10"]
    assert seen == [
        ("", newest),
        ('aria-sort="ascending"', upwards),
        ('aria-sort="descending"', upwards[::-1]),
        ("", newest),
    ]
    assert "state=submitted" in address


def test_the_order_goes_along_to_the_next_page_the_table_and_back_from_a_form(site: Site) -> None:
    made = [some_item(site, f"E{number}") for number in range(51)]
    site.sign_in("officer")
    page = site.get(f"{HOME}/evidence?sort=title")
    [following] = re.findall(r'rel="next" href="([^"]*)"', page.text)
    assert "E50" in site.read(unescape(following))
    [sheet] = re.findall(r'href="([^"]*export\.csv[^"]*)"', page.text)
    table = site.get(unescape(sheet)).content.decode("utf-8-sig")
    assert table.index("E9") < table.index("E10")
    fields = {"item": f"{made[0]}:1", "act": "owner", "owner_id": site.users["owner"], "back": "sort=title"}
    answer = site.send(f"{HOME}/evidence", f"{HOME}/evidence/bulk", fields)
    assert "sort=title" in str(answer.url)


def test_the_master_list_stands_by_number_and_can_be_turned_round(site: Site) -> None:
    for number in ("P-10", "P-9"):
        document(site, number)
    site.sign_in("officer")
    order = re.compile(r'<th scope="row" class="number"><a href="[^"]*">([^<]*)</a>')
    page = site.get(f"{HOME}/documents").text
    assert order.findall(page) == ["P-9", "P-10"]
    assert re.search(r'aria-sort="ascending"><a class="sorts" id="by-number"', page)
    assert order.findall(site.get(f"{HOME}/documents?sort=-number").text) == ["P-10", "P-9"]
    assert site.get(f"{HOME}/documents?sort=colour").status_code == 422
    assert site.get(f"{HOME}/evidence?sort=colour").status_code == 422
