import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.evidence.service import NewEvidence, add_evidence, review_evidence
from app.evidence.versions import NewVersion
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.service import user_actor
from app.programmes.service import change_entry, find_programme, single
from app.readiness.periods import DAY, add_months, period_of
from app.storage.files import NewFile
from tests.builders import INSTALLER, RECORD, some_programme
from tests.web.conftest import HOME, Site, text_of
from tests.web.papers import document

COVERAGE = f"{HOME}/coverage"


def actor(session: Any, site: Site, login: str) -> Actor:
    """Return a person of the site as an actor."""
    return user_actor(session, session.get_one(User, site.users[login]), at=datetime.now(UTC))


def record_of(site: Site, day: date, *, title: str = "Incidents", accept: bool = True) -> str:
    """Hand in the record of the month of a day; returns its id."""
    month = period_of(day, "monthly")
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        version = NewVersion(month.end, month.start, month.end)
        file = NewFile("records.csv", site.runtime.blobs.put(io.BytesIO(title.encode())))
        new = NewEvidence(title, version, (RECORD,))
        at = datetime.now(UTC)
        who = actor(session, site, "contributor")
        made = add_evidence(session, programme, new, [file], actor=who, at=at).evidence.id
        if accept:
            review_evidence(session, programme, made, accept=True, actor=actor(session, site, "reviewer"), at=at)
        return made


def month(back: int) -> date:
    """Return a day of a month that ended."""
    return add_months(datetime.now(UTC).date().replace(day=1), -back)


def test_a_hole_leads_to_adding_evidence_for_exactly_its_period(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(COVERAGE).text
    first = month(3)
    last = add_months(first, 1) - DAY
    address = f"{HOME}/evidence/add?expectation={RECORD}&amp;period_from={first}&amp;period_to={last}"
    assert f'href="{address}"' in page
    assert f"{first:%Y-%m}: missing. Add evidence." in page


def test_what_is_there_leads_to_it_and_several_are_listed(site: Site) -> None:
    one, two = record_of(site, month(3), title="事件 <b>"), record_of(site, month(2))
    three = record_of(site, month(2))
    site.sign_in("officer")
    page = site.get(COVERAGE).text
    assert f'href="{HOME}/evidence/{one}"' in page
    assert "事件 &lt;b&gt;" in page
    for each in (two, three):
        assert f'<li><a href="{HOME}/evidence/{each}"' in page


def test_who_may_not_add_evidence_sees_the_words_without_a_way_to_add(site: Site) -> None:
    for who in ("reviewer", "auditor"):
        site.sign_in(who)
        page = site.get(COVERAGE)
        assert page.status_code == 200
        assert "evidence/add" not in page.text
        assert "missing" in text_of(page)
        assert "Add evidence" not in page.text


def test_an_auditor_sees_nothing_of_what_awaits_acceptance(site: Site) -> None:
    made = record_of(site, month(3), accept=False)
    site.sign_in("officer")
    assert made in site.get(COVERAGE).text
    site.sign_in("auditor")
    assert made not in site.get(COVERAGE).text


def test_rows_can_be_narrowed_to_a_process_and_to_those_with_holes(site: Site) -> None:
    for back in (1, 2, 3, 4):
        record_of(site, month(back))
    site.sign_in("officer")
    narrowed = site.read(f"{COVERAGE}?process=incident")
    assert "8.6.1" in narrowed
    assert "8.7.1" not in narrowed
    assert "No row is left by these filters." in site.read(f"{COVERAGE}?process=nothing")
    assert "Incident records" in site.read(COVERAGE)
    assert "Incident records" not in site.read(f"{COVERAGE}?holes=yes").split("Expectation", 1)[1]


def test_the_months_shown_are_chosen_and_walked(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{COVERAGE}?from={month(7):%Y-%m}&months=6")
    assert f"{month(7):%Y-%m} to {month(2):%Y-%m}" in text_of(page)
    assert f'from={month(1):%Y-%m}&amp;months=6" rel="next"' in page.text
    assert 'rel="prev"' not in site.get(f"{COVERAGE}?from=2026-01&months=6").text
    for wrong in ("from=soon", "months=many", "months=99", "from=1000-01"):
        assert site.get(f"{COVERAGE}?{wrong}").status_code == 422


def test_the_days_travel_along_and_a_framework_of_others_is_not_found(site: Site) -> None:
    site.sign_in("officer")
    day = datetime.now(UTC).date() - timedelta(days=1)
    page = site.get(f"{COVERAGE}?as_of={day}").text
    assert len(re.findall(rf'href="{HOME}/evidence/add\?as_of={day}&amp;', page)) > 3
    past = site.get(f"{COVERAGE}?as_of={day}&known_at={day}").text
    assert f'href="{HOME}/evidence?as_of={day}&amp;known_at={day}"' in past
    assert "evidence/add" not in past  # nothing is changed in the past
    assert site.get(f"{COVERAGE}?framework=iso9001").status_code == 404


def test_a_programme_without_a_framework_is_told_what_to_do(site: Site) -> None:
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        profile = single(session, programme, "profile")
        change_entry(session, programme, profile.id, {"name_en": "x"}, actor=INSTALLER, at=datetime.now(UTC))
    site.sign_in("officer")
    assert "Choose one in its set-up." in site.read(COVERAGE)


def test_nobody_sees_the_coverage_of_another_organisation(site: Site) -> None:
    with site.runtime.database.writing() as session:
        some_programme(session, code="other")
    site.sign_in("officer")
    assert site.get("/programmes/other/coverage").status_code == 404


def test_documents_stand_beside_records_and_a_hole_leads_to_entering_one(site: Site) -> None:
    made = document(site, state="effective")
    site.sign_in("officer")
    page = site.get(f"{COVERAGE}?what=documents")
    assert f'href="{HOME}/documents/{made}"' in page.text
    assert "in force" in text_of(page)
    assert f'href="{HOME}/documents/add?expectation=' in page.text
    assert "Incident records" not in text_of(page)
    assert "Incident records" in site.read(f"{COVERAGE}?what=records")
    [address] = re.findall(rf'href="({HOME}/documents/add\?expectation=sms-scope-statement)"', page.text)
    assert re.search(r'value="sms-scope-statement" checked', site.get(address).text)
    site.sign_in("auditor")
    assert "documents/add" not in site.get(COVERAGE).text
