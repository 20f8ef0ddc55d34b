import io
import re
from datetime import date

from sqlalchemy import event

from app.documents import approval
from app.documents import service as documents
from app.evidence import service as evidence
from app.evidence.service import NewEvidence
from app.evidence.versions import NewVersion
from app.identity.actor import Actor
from app.identity.service import user_actor
from app.identity.users import find_user
from app.links.service import remove_link
from app.programmes.models import Programme
from app.programmes.service import add_entry, change_entry, find_programme, single
from app.storage.files import NewFile
from tests.builders import AT, F2011, F2018, INSTALLER, PAPER, RECORD, long_ago
from tests.web.conftest import HOME, Site, text_of

TREE = f"{HOME}/clauses"
INCIDENTS, POLICY, LEVELS = f"{TREE}/{F2018}/8.6.1", f"{TREE}/{F2018}/5.2.1", f"{TREE}/{F2018}/8.3.3"


def test_the_tree_shows_how_each_clause_stands_and_whose_it_is(site: Site) -> None:
    with site.runtime.database.writing() as session:
        programme = _programme(site, session)
        body = {"framework": F2018, "clause": "8", "owner_id": site.users["owner"]}
        add_entry(session, programme, "owners", body, actor=INSTALLER, at=long_ago())
    site.sign_in("officer")
    words = site.read(TREE)
    assert "8.6.1 Incident management gap" in words
    assert "10 Improvement" in words
    row = _row(site.get(TREE).text, "8.6.1")
    assert "Owner" in row
    assert "nobody yet" in _row(site.get(TREE).text, "9.3")


def test_a_clause_stands_as_its_worst_expectation_also_one_declared_elsewhere(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{TREE}/{F2018}/10.1.2").text
    assert "declared at" in page
    assert re.search(r'href="[^"]*/10\.1\.1"', page)
    assert "Nothing of its own" not in page


def test_the_tree_is_narrowed_by_stage_status_and_process(site: Site) -> None:
    site.sign_in("officer")
    process = site.read(f"{TREE}?process=incident")
    assert "8.6.1" in process
    assert "8.6 Resolution" in process
    assert "8.7.1" not in process
    assert "8.6.3" not in site.read(f"{TREE}?process=incident&stage=1&status=gap")
    assert "8.3.1 General" not in site.read(f"{TREE}?stage=1")
    assert "No clause is like this." in site.read(f"{TREE}?status=waived")
    assert "No clause is like this." in site.read(f"{TREE}?status=nonsense&process=nothing")


def test_the_other_framework_is_a_link_away_and_one_that_is_not_the_programmes_is_refused(site: Site) -> None:
    _about(site, F2018, F2011)
    site.sign_in("officer")
    assert f'href="{TREE}?framework={F2011}"' in site.get(TREE).text
    assert "8.1 Incident and service request management" in site.read(f"{TREE}?framework={F2011}")
    answer = site.get(f"{TREE}?framework=iso27001-2022")
    assert answer.status_code == 404
    assert "it is about" in text_of(answer)
    assert site.get(f"{TREE}/{F2018}/99").status_code == 404


def test_a_programme_without_a_framework_is_told_what_to_do(site: Site) -> None:
    _about(site)
    site.sign_in("officer")
    assert "The programme is about no framework yet." in site.read(TREE)
    assert site.get(INCIDENTS).status_code == 404


def test_a_clause_says_in_both_languages_what_it_asks_and_what_is_wrong(site: Site) -> None:
    site.sign_in("officer")
    words = site.read(INCIDENTS)
    for expected in ("8.6.1 Incident management", "事件管理", "Incident records", "demanded by the standard", "Do by"):
        assert expected in words
    site.sign_in("officer", "zh")
    assert "8.6.1 事件管理" in site.read(INCIDENTS)


def test_previous_and_next_are_reached_by_keyboard(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(f"{INCIDENTS}?as_of=2027-03-01&stage=1").text
    assert re.search(rf'data-key="ArrowLeft" href="{TREE}/{F2018}/8\.6\?as_of=2027-03-01&amp;stage=1"', page)
    assert re.search(rf'data-key="ArrowRight" href="{TREE}/{F2018}/8\.6\.2\?', page)
    assert "ArrowLeft" not in site.get(f"{TREE}/{F2018}/4").text


def test_linked_evidence_and_documents_stand_with_their_dates_and_can_be_viewed(site: Site) -> None:
    item = _evidence(site, "事件记录 2026-07", accept=True)
    document = _document(site, effective=True)
    site.sign_in("officer")
    page = site.get(INCIDENTS)
    for expected in ("事件记录 2026-07", "accepted", "1 Jul 2026", "31 Jul 2026", "31 Dec 2030"):
        assert expected in text_of(page)
    assert f'href="{HOME}/evidence/{item}/versions/1/files/1/view"' in page.text
    assert f'href="{HOME}/evidence?expectation={RECORD}"' in page.text
    policy = site.get(POLICY)
    assert "SMS-P-01 服务管理方针" in text_of(policy)
    assert "1 Feb 2030" in text_of(policy)
    assert f'href="{HOME}/documents/{document}/revisions/1/file/view"' in policy.text


def test_at_most_ten_pieces_of_evidence_are_shown_the_newest_first(site: Site) -> None:
    for number in range(12):
        _evidence(site, f"Record no. {number:02}")
    site.sign_in("officer")
    page = site.get(INCIDENTS)
    rows = re.findall(r'<th scope="row"><a href="[^"]*">(Record no. ..)</a></th>', page.text)
    assert rows == [f"Record no. {number:02}" for number in range(11, 1, -1)]
    assert "All evidence for this, and more than these 10" in text_of(page)


def test_who_may_not_add_evidence_is_not_asked_to(site: Site) -> None:
    site.sign_in("contributor")
    assert f'href="{HOME}/evidence/add?expectation={RECORD}"' in site.get(INCIDENTS).text
    for login in ("reviewer", "auditor"):
        site.sign_in(login)
        assert "evidence/add" not in site.get(INCIDENTS).text


def test_an_auditor_sees_what_is_in_force_and_nothing_that_is_not(site: Site) -> None:
    _evidence(site, "Waiting record")
    _evidence(site, "Rejected record", accept=False)
    _evidence(site, "Sound record", accept=True)
    _document(site, effective=False)
    site.sign_in("auditor")
    words = site.read(INCIDENTS)
    assert "Sound record" in words
    for hidden in ("Waiting record", "Rejected record", "What happened here"):
        assert hidden not in words
    assert "SMS-P-01" not in site.read(POLICY)
    site.sign_in("officer")
    assert "Waiting record" in site.read(INCIDENTS)
    assert "SMS-P-01" in site.read(POLICY)


def test_a_newer_version_that_waits_is_said_beside_the_one_in_force(site: Site) -> None:
    item = _evidence(site, "Records", accept=True)
    with site.runtime.database.writing() as session:
        new, file = _version(), _file(site)
        programme, contributor = _programme(site, session), _person(session, "contributor")
        evidence.add_version(session, programme, item, new, [file], actor=contributor, at=AT)
    site.sign_in("officer")
    assert "accepted version 2 submitted" in site.read(INCIDENTS)
    site.sign_in("auditor")
    assert "version 2" not in site.read(INCIDENTS)


def test_findings_about_a_clause_as_a_whole_stand_there_and_make_it_a_gap(site: Site) -> None:
    with site.runtime.database.writing() as session:
        body = {"name_en": "Hosting", "name_zh": "托管"}
        add_entry(session, _programme(site, session), "services", body, actor=INSTALLER, at=long_ago())
    site.sign_in("officer")
    words = site.read(LEVELS)
    assert "Findings about the clause as a whole" in words
    assert "Hosting" in words


def test_counterparts_are_linked_only_where_the_programme_is_about_them_too(site: Site) -> None:
    site.sign_in("officer")
    page = site.get(INCIDENTS)
    words = text_of(page)
    assert "ISO/IEC 20000-1:2011" in words
    assert "demands less than 8.1 Incident and service request management" in words
    assert "overlaps with" in words
    assert f"{F2011}/8.1" not in page.text
    assert "No counterpart there: new" not in words
    assert "No counterpart there" in site.read(f"{TREE}/{F2018}/7.6")
    _about(site, F2018, F2011)
    assert f'href="{TREE}/{F2011}/8.1"' in site.get(INCIDENTS).text
    assert "demands more than" in site.read(f"{TREE}/{F2011}/8.1")


def test_what_happened_stands_there_for_those_who_may_read_the_journal(site: Site) -> None:
    item = _evidence(site, "Records", accept=True)
    _document(site, effective=True)
    with site.runtime.database.writing() as session:
        remove_link(session, _programme(site, session), item, RECORD, actor=INSTALLER, at=AT)
    site.sign_in("officer")
    history = site.read(INCIDENTS).split("What happened here")[1]
    assert "2026-08-10 10:00 Contributor Records : added" in history
    assert "version 1 accepted" in history
    assert "link to Incident records removed" in history
    assert "SMS-P-01" not in history
    assert "Nothing has happened here yet." in site.read(LEVELS)
    site.sign_in("contributor")
    assert "What happened here" not in site.read(INCIDENTS)


def test_clauses_on_home_lead_to_their_pages(site: Site) -> None:
    site.sign_in("officer")
    assert f'href="{INCIDENTS}?as_of=2031-05-06"' in site.get(f"{HOME}/worklist?as_of=2031-05-06").text


def test_other_days_keep_what_else_was_asked_for(site: Site) -> None:
    site.sign_in("officer")
    form = site.get(f"{TREE}?process=incident&as_of=2031-05-06").text.split('class="dates"')[1].split("</form>")[0]
    assert '<input type="hidden" name="process" value="incident">' in form
    assert form.count('name="as_of"') == 1


def test_a_clause_costs_the_same_number_of_queries_however_much_is_linked(site: Site) -> None:
    _evidence(site, "First", accept=True)
    site.sign_in("officer")
    site.get(INCIDENTS)
    few = _queries(site, INCIDENTS)
    for number in range(15):
        _evidence(site, f"Record {number}", accept=number % 2 == 0)
    site.get(INCIDENTS)
    assert _queries(site, INCIDENTS) == few
    assert few < 45


def _row(page: str, number: str) -> str:
    return next(row for row in page.split("<tr") if f'<span class="number">{number}</span>' in row)


def _programme(site: Site, session) -> Programme:  # type: ignore[no-untyped-def]  # noqa: ANN001 (a session)
    return find_programme(session, site.programme, actor=INSTALLER)


def _person(session, login: str) -> Actor:  # type: ignore[no-untyped-def]  # noqa: ANN001 (a session)
    return user_actor(session, find_user(session, login), at=AT)


def _about(site: Site, *frameworks: str) -> None:
    with site.runtime.database.writing() as session:
        programme = _programme(site, session)
        profile = single(session, programme, "profile")
        body = {"name_en": "IT services", "frameworks": list(frameworks), "start_of_operation": "2026-01-01"}
        change_entry(session, programme, profile.id, body, actor=INSTALLER, at=AT)


def _file(site: Site, content: bytes = b"minutes") -> NewFile:
    return NewFile("minutes.txt", site.runtime.blobs.put(io.BytesIO(content)))


def _version() -> NewVersion:
    july = (date(2026, 7, 1), date(2026, 7, 31))
    return NewVersion(date(2026, 8, 1), *july, valid_until=date(2030, 12, 31))


def _evidence(site: Site, title: str, *, accept: bool | None = None) -> str:
    """Add evidence about incidents as the contributor; accept or reject it as the reviewer."""
    with site.runtime.database.writing() as session:
        programme, file = _programme(site, session), _file(site)
        new = NewEvidence(title, _version(), (RECORD,), None)
        made = evidence.add_evidence(
            session, programme, new, [file], actor=_person(session, "contributor"), at=AT
        ).evidence.id
        if accept is not None:
            reviewer = _person(session, "reviewer")
            evidence.review_evidence(session, programme, made, accept=accept, reason="why", actor=reviewer, at=AT)
        return made


def _document(site: Site, *, effective: bool) -> str:
    """Enter a policy as the officer, with a draft, or with a revision in force."""
    with site.runtime.database.writing() as session:
        programme, officer = _programme(site, session), _person(session, "officer")
        new = documents.NewDocument(
            "SMS-P-01", "服务管理方针", documents.Level.L1, documents.DocumentKind.POLICY, None, (PAPER,)
        )
        made = documents.add_document(session, programme, new, actor=officer, at=AT).id
        documents.add_revision(session, programme, made, _file(site), actor=officer, at=AT)
        if effective:
            review = date(2030, 2, 1)
            approval.submit_revision(session, programme, made, next_review_on=review, actor=officer, at=AT)
            approval.decide_revision(session, programme, made, approve=True, actor=_person(session, "reviewer"), at=AT)
        return made


def _queries(site: Site, path: str) -> int:
    sent: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    engine = site.runtime.database.reads
    event.listen(engine, "before_cursor_execute", note)
    try:
        site.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
