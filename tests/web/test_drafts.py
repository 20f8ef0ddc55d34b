"""An auditor's pages, tables and answers of the API are the same whether there are drafts or not."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.documents import approval
from app.documents.service import add_revision
from app.evidence.service import NewEvidence, add_evidence, add_version, review_evidence
from app.evidence.versions import NewVersion
from app.programmes.service import change_entry, find_programme, single
from app.readiness.periods import period_of
from app.storage.files import NewFile
from app.web.visits import SESSION
from tests.builders import F2018, INSTALLER, RECORD
from tests.web.conftest import HOME, Site
from tests.web.papers import document, person
from tests.web.test_coverage import month, record_of

OTHER, THIRD = "internal-audit-report", "security-incident-records"
FORMATS = ("json", "text", "markdown", "sarif", "junit", "badge")
CHANGING = re.compile(
    r'name="form_key" value="[0-9a-f]+"|what is shown is as of [^<]*|<time [^>]*>[^<]*|'
    r'"known_at": *"[^"]*"|as known [0-9: -]*|timestamp="[^"]*"|name="known_at" value="[^"]*"|"\w*[tT]imeUtc": *"[^"]*"'
)
"""What is another in every answer."""


def add_drafts(site: Site, evidence: str, paper: str) -> None:
    """Put drafts of every kind beside what is in force."""
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        contributor, reviewer, officer = (person(site, who, session) for who in ("contributor", "reviewer", "officer"))

        def file(name: str) -> NewFile:
            return NewFile(name, site.runtime.blobs.put(io.BytesIO(name.encode())))

        span = period_of(month(2), "monthly")
        at, version = datetime.now(UTC), NewVersion(span.end, span.start, span.end)
        add_version(session, programme, evidence, version, [file("SECRET.csv")], actor=contributor, at=at)
        for title, accept in (("SECRET waiting", None), ("SECRET rejected", False)):
            new = NewEvidence(title, version, (RECORD, OTHER, THIRD))
            made = add_evidence(session, programme, new, [file(title)], actor=contributor, at=at).evidence.id
            if accept is not None:
                review_evidence(session, programme, made, accept=False, reason="SECRET", actor=reviewer, at=at)
        add_revision(session, programme, paper, file("SECRET.docx"), change_note="SECRET", actor=officer, at=at)
        approval.submit_revision(session, programme, paper, actor=officer, at=at)
    document(site, "SECRET-1", "SECRET draft", state="draft")
    document(site, "SECRET-2", "SECRET review", state="in-review")
    document(site, "SECRET-3", "SECRET returned", state="returned")
    soon = datetime.now(UTC).date() + timedelta(days=9)
    document(site, "SECRET-4", "SECRET soon", state="approved", effective_on=soon)


def addresses(evidence: str, paper: str) -> Iterator[str]:
    """Yield everything an auditor can read."""
    clauses = ("5.2", "7.5.2", "8.6.1", "8.7.3", "9.2")
    for stage in ("", "?stage=1"):
        yield f"{HOME}/clauses{stage}"
        yield from (f"{HOME}/clauses/{F2018}/{clause}{stage}" for clause in clauses)
    yield from (f"{HOME}/{name}" for name in ("coverage", "evidence", "documents"))
    yield from (f"{HOME}/evidence?state={state}" for state in ("submitted", "accepted", "rejected"))
    yield from (f"{HOME}/{name}/export.csv" for name in ("coverage", "evidence", "documents", "clauses"))
    yield f"{HOME}/evidence/{evidence}"
    yield f"{HOME}/documents/{paper}"
    yield f"{HOME}/documents/{paper}/revisions/1/file/view"
    api = "/api/v1/programmes/itsm"
    yield from (f"{api}/check?stage={stage}&format={name}" for stage in (1, 2) for name in FORMATS)
    yield from (f"{api}/{name}" for name in ("evidence", "evidence/counts", "documents", "snapshots"))
    yield f"{api}/evidence/{evidence}"
    yield f"{api}/documents/{paper}"


def test_nothing_an_auditor_can_read_tells_of_drafts(site: Site) -> None:
    evidence, paper = record_of(site, month(2)), document(site, state="effective")
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        settings = single(session, programme, "settings")
        counted = {"count_submitted": True}
        change_entry(session, programme, settings.id, counted, actor=INSTALLER, at=datetime.now(UTC))
    site.sign_in("auditor")
    token = {"Authorization": f"Bearer {site.client.cookies[SESSION]}"}

    def read() -> dict[str, str]:
        found = {}
        for address in addresses(evidence, paper):
            answer = site.get(address, headers=token)
            assert answer.status_code == 200, address
            tag = "" if "check" in address else answer.headers.get("etag", "")
            found[address] = CHANGING.sub("", answer.text) + tag
        return found

    before = read()
    add_drafts(site, evidence, paper)
    after = read()
    assert [address for address in before if "SECRET" in after[address]] == []
    assert [address for address in before if before[address] != after[address]] == []
