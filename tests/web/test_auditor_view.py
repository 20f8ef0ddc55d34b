from tests.web.conftest import HOME, Site, text_of
from tests.web.test_viewing import some_file


def test_an_officer_sees_what_an_auditor_sees_and_comes_back(site: Site) -> None:
    draft = some_file(site, "draft.txt", b"draft", accept=False)
    site.sign_in("officer")
    assert site.get(draft).status_code == 200
    site.send(HOME, f"{HOME}/preview")
    page = site.get(HOME)
    assert "You see what an auditor sees." in text_of(page)
    assert "Preview as auditor" not in text_of(page)
    assert site.get(draft).status_code == 404
    site.send(HOME, "/preview/end")
    assert site.get(draft).status_code == 200


def test_whoever_may_not_manage_the_programme_has_no_preview_and_gains_no_right_by_its_cookie(site: Site) -> None:
    site.sign_in("contributor")
    assert "Preview as auditor" not in site.read(HOME)
    assert site.send(HOME, f"{HOME}/preview").status_code == 403
    site.client.cookies.set("auditready_preview", f"{site.organisation} {site.programme}")
    assert "You see what an auditor sees." not in site.read(HOME)


def test_an_auditor_begins_with_the_clauses(site: Site) -> None:
    site.sign_in("auditor")
    assert site.get("/", follow_redirects=False).headers["location"] == f"{HOME}/clauses"
