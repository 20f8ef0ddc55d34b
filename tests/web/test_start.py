"""The first run: from an empty installation to a Home that says what to do first."""

from app.identity.actor import Grant, Role
from app.identity.passwords import hash_password
from app.identity.service import end_role, give_role, people
from app.identity.users import NewUser, add_user
from app.programmes.models import Organisation
from app.programmes.organisations import NewOrganisation, add_organisation
from app.programmes.service import find_programme, register
from tests.builders import F2018, HASH_KIB, INSTALLER, long_ago
from tests.web.conftest import PASSWORD, Site, key_of, text_of

ORGANISATION = {"step": "organisation", "name_zh": "示例公司", "time_zone": "Asia/Shanghai", "languages.zh": "on"}
PROGRAMME = {
    "step": "programme",
    "code": "certify",
    "name_en": "IT services",
    "scope_en": "Hosting for customers from Shanghai.",
    f"frameworks.{F2018}": "on",
    "start_of_operation": "2026-01-01",
}


def installer(site: Site) -> None:
    """Sign in as who administers the installation."""
    with site.runtime.database.writing() as session:
        new = NewUser("root", "Root", "en", hash_password(PASSWORD, HASH_KIB), installer=True)
        add_user(session, new, actor=INSTALLER, at=long_ago())
    site.sign_in("root")


def empty_organisation(site: Site, who: str, role: Role) -> str:
    """Give somebody a role in an organisation without a programme and take their others."""
    with site.runtime.database.writing() as session:
        made: Organisation = add_organisation(session, NewOrganisation("New", ""), actor=INSTALLER, at=long_ago())
        for user, membership in people(session, site.organisation, actor=INSTALLER, at=long_ago()):
            if user.login == who:
                end_role(session, membership.id, actor=INSTALLER, at=long_ago())
                give_role(session, Grant(made.id, frozenset({role})), user, actor=INSTALLER, at=long_ago())
        return made.id


def test_the_whole_first_run_ends_on_home(site: Site) -> None:
    installer(site)
    page = site.get("/start")
    assert "Your organisation" in text_of(page)
    programme = site.client.post("/start", data={**ORGANISATION, "form_key": key_of(page)})
    assert "Programme and scope" in text_of(programme)
    assert f'name="frameworks.{F2018}" value="on" checked' in programme.text
    organisation = programme.url.params["organisation"]
    guide = site.client.post("/start", data={**PROGRAMME, "organisation": organisation, "form_key": key_of(programme)})
    assert guide.url.path == "/programmes/certify/set-up/guide/services"
    assert "0 of 5 steps are done." in text_of(guide)
    base = "/programmes/certify/set-up/guide"
    site.send(f"{base}/services", f"{base}/services", {"name_zh": "云主机", "requirements": "SLA-1"})
    site.send(f"{base}/sites", f"{base}/sites", {"name_zh": "上海"})
    site.send(f"{base}/parties", f"{base}/parties", {"name_zh": "客户甲", "kind": "customer"})
    planned = site.send(f"{base}/audits", f"{base}/audits", {"stage-1": "2030-03-01", "stage-2": "2030-05-01"})
    assert "3 of 5 steps are done." in text_of(planned)
    owners = site.read(f"{base}/owners")
    assert "Nobody has a role in this organisation yet" in owners
    assert "Give roles first" in owners
    assert "Done: see where we stand" in owners
    home = site.read("/programmes/certify")
    assert "1 Mar 2030" in home
    assert "What to do next" in home


def test_the_guide_is_taken_up_where_something_is_missing(site: Site) -> None:
    site.sign_in("officer")
    base = "/programmes/itsm/set-up/guide"
    assert site.get(base).url.path == f"{base}/services"
    service = {"name_en": "Mail", "owner_id": site.users["owner"], "requirements": "SLA"}
    site.send(f"{base}/services", f"{base}/services", service)
    assert site.get(base).url.path == f"{base}/sites"


def test_both_stages_are_planned_in_one_form_and_moved_later(site: Site) -> None:
    site.sign_in("officer")
    page = "/programmes/itsm/set-up/guide/audits"
    site.send(page, page, {"stage-1": "2030-03-01", "stage-2": "2030-05-01", "body": "CNAS"})
    moved = site.send(page, page, {"stage-1": "2030-03-01", "stage-2": "2030-06-01"})
    assert 'name="stage-2" value="2030-06-01"' in moved.text
    with site.runtime.database.reading() as session:
        found = register(session, find_programme(session, "itsm", actor=INSTALLER), "audits")
    assert [(each.revision, each.entry.body) for each in found] == [(1, "CNAS"), (2, "CNAS")]
    wrong = site.send(page, page, {"stage-1": "soon"})
    assert wrong.status_code == 422
    assert "such as 2027-03-01" in text_of(wrong)


def test_many_processes_get_their_owner_at_once(site: Site) -> None:
    site.sign_in("officer")
    page = "/programmes/itsm/set-up/guide/owners"
    chosen = {f"owner {F2018} {clause}": site.users["owner"] for clause in ("8.6.1", "8.6.3")}
    site.send(page, page, {**chosen, f"owner {F2018} 8.5.1": ""})
    with site.runtime.database.reading() as session:
        found = register(session, find_programme(session, "itsm", actor=INSTALLER), "owners")
    assert [each.entry.clause for each in found] == ["8.6.1", "8.6.3"]


def test_a_refused_step_keeps_what_was_typed(site: Site) -> None:
    installer(site)
    refused = site.send("/start", "/start", {"step": "organisation", "time_zone": "Asia/Tokyo", "languages.en": "on"})
    assert refused.status_code == 422
    assert "An organisation needs a name" in text_of(refused)
    assert '<option value="Asia/Tokyo" selected>' in refused.text
    assert 'name="languages.zh" value="on">' in refused.text
    made = site.send("/start", "/start", ORGANISATION)
    organisation = made.url.params["organisation"]
    answer = site.send("/start", "/start", {**PROGRAMME, "organisation": organisation, "code": "itsm"})
    assert "Another programme of yours has the code itsm." in text_of(answer)
    assert "Hosting for customers from Shanghai." in answer.text
    none = {name: value for name, value in PROGRAMME.items() if not name.startswith("frameworks")}
    answer = site.send("/start", "/start", {**none, "organisation": organisation})
    assert "Choose at least one framework" in text_of(answer)


def test_an_administrator_of_an_empty_organisation_is_sent_there(site: Site) -> None:
    organisation = empty_organisation(site, "admin", Role.ADMINISTRATOR)
    site.sign_in("admin")
    start = site.get("/")
    assert start.url.path == "/start"
    assert "in New." in text_of(start)
    renamed = site.send(
        "/start?step=organisation",
        "/start",
        {**ORGANISATION, "organisation": organisation, "revision": "1"},
    )
    assert "示例公司" in text_of(renamed)
    stale = site.send(
        "/start?step=organisation", "/start", {**ORGANISATION, "organisation": organisation, "revision": "1"}
    )
    assert stale.status_code == 412
    made = site.send("/start", "/start", {**PROGRAMME, "organisation": organisation})
    assert made.url.path == "/programmes/certify/set-up/guide/services"
    assert site.get("/start").url.path == "/programmes/certify"


def test_others_see_that_nothing_is_there_for_them(site: Site) -> None:
    organisation = empty_organisation(site, "contributor", Role.CONTRIBUTOR)
    site.sign_in("contributor")
    assert "There is no programme you may see yet." in site.read("/")
    assert site.get("/start").url.path == "/"
    key = key_of(site.get("/"))
    for fields in (ORGANISATION, {**PROGRAMME, "organisation": organisation}):
        assert site.client.post("/start", data={**fields, "form_key": key}).status_code == 403
