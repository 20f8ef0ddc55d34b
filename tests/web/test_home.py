import re

from app.identity.actor import local_operator
from app.programmes.service import add_entry, find_programme
from app.web.guarded import POLICY
from tests.builders import F2018, INSTALLER, RECORD, long_ago
from tests.web.conftest import HOME, Site, text_of
from tests.web.papers import document
from tests.web.test_coverage import month, record_of


def test_home_says_for_both_stages_how_ready_we_are_and_what_to_do(site: Site) -> None:
    site.sign_in("officer")
    words = site.read(HOME)
    for expected in ("Stage 1: documents", "Stage 2: practice", "not ready", "What to do next", "ISO/IEC 20000-1:2018"):
        assert expected in words


def test_a_report_is_made_anew_when_anything_changed(site: Site) -> None:
    site.sign_in("officer")
    assert "1 Mar 2030" not in site.read(HOME)
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=local_operator("test"))
        body = {"kind": "stage-2", "planned_on": "2030-03-01"}
        add_entry(session, programme, "audits", body, actor=INSTALLER, at=long_ago())
    assert "1 Mar 2030" in site.read(HOME)


def test_the_days_asked_for_are_said_and_travel_along(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{HOME}?as_of=2031-05-06")
    assert "As of 6 May 2031, with what is known today." in text_of(page)
    assert f'href="{HOME}/worklist?as_of=2031-05-06' in page.text
    assert "is no day such as" in text_of(site.get(f"{HOME}?as_of=tomorrow"))
    assert "Nobody knows yet" in text_of(site.get(f"{HOME}?known_at=2099-01-01"))


def test_the_worklist_can_be_narrowed(site: Site) -> None:
    site.sign_in("officer")
    assert "Nothing to do here." in site.read(f"{HOME}/worklist?whose=mine")
    narrowed = site.read(f"{HOME}/worklist?process=incident")
    assert "8.6.1" in narrowed
    assert "8.7.1" not in narrowed


def test_every_page_forbids_scripts_and_frames_of_others(site: Site) -> None:
    site.sign_in("officer")
    for path in ("/sign-in", HOME, f"{HOME}/nothing"):
        headers = site.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY


def test_what_is_not_there_is_a_page_that_shows_the_way(site: Site) -> None:
    site.sign_in("officer")
    answer = site.get("/programmes/nothing")
    assert answer.status_code == 404
    assert "Go to the start" in text_of(answer)


def test_style_and_scripts_keep_for_ever_under_a_name_that_changes_with_them(site: Site) -> None:
    page = site.get("/sign-in").text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = site.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert site.get("/static/000000000000/style.css").status_code == 404


def test_an_auditor_is_not_told_what_is_still_being_prepared(site: Site) -> None:
    site.sign_in("auditor")
    assert site.get(HOME).url.path == f"{HOME}/clauses"
    assert site.get(f"{HOME}/worklist").status_code == 403
    assert site.get(f"{HOME}/worklist/export.csv").status_code == 403
    assert "Home" not in site.read(f"{HOME}/clauses")


def test_each_line_of_the_worklist_leads_to_where_it_is_settled(site: Site) -> None:
    draft, first = document(site, state="in-review"), month(4)
    record_of(site, month(3))
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        service = {"name_en": "Mail", "name_zh": "邮件"}
        added = add_entry(session, programme, "services", service, actor=INSTALLER, at=long_ago()).id
        party = {"kind": "external-supplier", "name_en": "Dongchen"}
        add_entry(session, programme, "parties", party, actor=INSTALLER, at=long_ago())
    site.sign_in("officer")
    page = site.get(f"{HOME}/worklist").text
    rows = re.findall(r'<p class="next"><a href="([^"]*)">', page)
    expected = {
        f"{HOME}/documents/{draft}",
        f"{HOME}/documents/add?expectation=sms-scope-statement",
        f"{HOME}/evidence/add?expectation=internal-audit-report",
        f"{HOME}/set-up/services/{added}",
        f"{HOME}/set-up/agreements",
    }
    assert expected <= set(rows)
    assert f'<p class="next"><a href="{HOME}/set-up/owners">' in site.get(f"{HOME}/worklist?code=owner-missing").text
    closed = [row for row in rows if f"expectation={RECORD}&amp;period_from=" in row]
    assert len(closed) == 1
    assert closed[0].partition("period_from=")[2][:10] in {str(first), str(month(2))}
    for address in {*rows}:
        assert site.get(address.replace("&amp;", "&")).status_code == 200
    clause = site.get(f"{HOME}/clauses/{F2018}/8.6.1").text
    assert f'<p class="next"><a href="{closed[0]}">' in clause


def test_nobody_is_led_to_what_they_may_not_do(site: Site) -> None:
    for who in ("contributor", "reviewer", "admin", "owner"):
        site.sign_in(who)
        for address in re.findall(r'<p class="next"><a href="([^"]*)">', site.get(f"{HOME}/worklist").text):
            assert site.get(address.replace("&amp;", "&")).status_code == 200, (who, address)
    site.sign_in("auditor")
    assert '<p class="next"><a' not in site.get(f"{HOME}/clauses/{F2018}/8.6.1").text
