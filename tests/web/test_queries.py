"""No page asks more of the database because there is more in it."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection

from app.checks.models import Snapshot
from app.checks.service import Question, freeze
from app.documents.models import Document
from app.evidence.models import Evidence
from app.evidence.service import NewEvidence, add_evidence, amend_evidence, review_evidence
from app.evidence.versions import NewVersion
from app.identity.actor import Grant, Role
from app.identity.models import User
from app.identity.service import give_role
from app.identity.users import NewUser, add_user
from app.imports.models import EvidenceImport
from app.programmes.models import Organisation, Programme, RegisterEntry
from app.programmes.service import add_entry
from app.storage.files import NewFile
from app.web.routes import ROUTERS
from tests.builders import CUSTOMARY, F2018, INSTALLER, RECORD, some_programme
from tests.imports.sheets import GOOD, NIL, csv_of
from tests.web.conftest import HOME, Site
from tests.web.papers import document, person
from tests.web.test_evidence import JANUARY, some_item
from tests.web.test_imports import prepare, table

FEW, MANY = 3, 30
MOST = 40
NOW = datetime.now(UTC)
BEFORE, TODAY = NOW - timedelta(days=3), (NOW + timedelta(hours=8)).date() - timedelta(days=3)
PROGRAMME = "/programmes/{programme}"
PAGES = {
    "/": ("/",),
    "/account": ("/account",),
    "/start": ("/start",),
    PROGRAMME: ("", "?known_at={yesterday}"),
    "/worklist": ("/worklist",),
    "/clauses": ("/clauses", "/clauses?status=gap", "/clauses?known_at={yesterday}"),
    "/clauses/{framework}/{clause}": (f"/clauses/{F2018}/8.6.1", f"/clauses/{F2018}/8.6.1?known_at={{yesterday}}"),
    "/coverage": ("/coverage", "/coverage?holes=yes&months=24"),
    "/evidence": (
        "/evidence",
        "/evidence?state=submitted",
        "/evidence?owner=nobody",
        "/evidence?expiring=30",
        f"/evidence?clause={F2018}:8",
        "/evidence?period_from=2026-01-01",
        "/evidence?sort=title",
        "/evidence?sort=-period",
        "/evidence?known_at={yesterday}",
    ),
    "/evidence/add": ("/evidence/add",),
    "/evidence/imports": ("/evidence/imports",),
    "/evidence/imports/{import_id}": ("/evidence/imports/{import}",),
    "/evidence/{evidence_id}": ("/evidence/{evidence}",),
    "/documents": ("/documents", "/documents?state=effective&due=soon", "/documents?known_at={yesterday}"),
    "/documents/add": ("/documents/add",),
    "/documents/{document}": ("/documents/{document}",),
    "/journal": ("/journal", "/journal?group=evidence", "/journal?scope=organisation"),
    "/set-up": ("/set-up",),
    "/set-up/guide/{name}": ("/set-up/guide/audits", "/set-up/guide/services"),
    "/set-up/{name}": ("/set-up/parties", "/set-up/settings", "/set-up/waivers"),
    "/set-up/{name}/{entry}": ("/set-up/parties/{party}",),
    "/people": ("/people",),
    "/people/role": ("/people/role",),
    "/people/auditor": ("/people/auditor",),
    "/people/token": ("/people/token",),
    "/people/user": ("/people/user",),
    "/people/link": ("/people/link",),
    "/snapshots": ("/snapshots",),
    "/snapshots/{snapshot}": ("/snapshots/{snapshot}",),
    "/texts": ("/texts",),
    "/texts/{framework}/{clause}": (f"/texts/{F2018}/8.6.1",),
    **{
        f"/{name}/export.{{kind}}": (f"/{name}/export.csv",)
        for name in ("evidence", "documents", "journal", "worklist", "clauses", "coverage")
    },
}
"""Addresses by route, in the programme unless they begin elsewhere."""
ELSEWHERE = frozenset({"/", "/account", "/start"})
WITHOUT_ROWS = (
    "/static/",
    "/sign-in",
    "/enter/",
    "/language/",
    "/files/",
    "/file",
    "/template.",
    "/errors.",
    "/table",
    "/{step}",
)
"""What is in routes that send no list: one file, one picture, a way on."""
WAY_ON = "/set-up/guide"


def test_every_page_is_counted() -> None:
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, APIRoute)]
    paths = {each.path for each in routes if "GET" in (each.methods or ())}
    counted = {path if path in ELSEWHERE | {PROGRAMME} else PROGRAMME + path for path in PAGES}
    others = paths - counted - {PROGRAMME + WAY_ON}
    assert counted < paths
    assert [path for path in others if not any(part in path for part in WITHOUT_ROWS)] == []


@pytest.mark.parametrize("who", ["officer", "auditor"])
def test_no_page_asks_more_of_the_database_where_there_is_ten_times_as_much(site: Site, who: str) -> None:
    give_every_right(site)
    grow(site, range(FEW))
    few = asked(site, who)
    grow(site, range(FEW, MANY))
    assert asked(site, who) == few
    assert max(few.values()) <= MOST, few
    assert who == "auditor" or [each for several in PAGES.values() for each in several if each not in few] == []


def test_a_page_after_a_change_asks_no_more_where_there_is_ten_times_as_much(site: Site) -> None:
    counts = []
    for numbers in (range(FEW), range(FEW, MANY)):
        grow(site, numbers)
        site.sign_in("officer")
        site.read(HOME)
        some_item(site, "One more")
        counts.append(statements(site, HOME))
    assert counts[0] == counts[1] <= MOST


def grow(site: Site, numbers: range) -> None:
    """Add one more of everything for each number, all of it some days ago; some of it was changed today."""
    for number in numbers:
        document(site, f"A-{number}", state="effective" if number % 2 else "in-review", at=BEFORE)
        _grow(site, number)
    site.sign_in("officer")
    rows = [(f"Row {number}", *GOOD[1:]) for number in numbers] + [NIL]
    prepare(site, table(csv_of(*rows), "rows.csv"))


def _grow(site: Site, number: int) -> None:
    file = NewFile("record.txt", site.runtime.blobs.put(io.BytesIO(b"%d" % number)))
    with site.runtime.database.writing() as session:
        programme = session.get_one(Programme, site.programme)
        organisation = session.get_one(Organisation, site.organisation)
        some_programme(session, organisation, code=f"p{number}")
        user = add_user(session, NewUser(f"u{number}", f"U {number}"), actor=INSTALLER, at=BEFORE)
        role = (Role.CONTRIBUTOR, Role.REVIEWER)[number % 2]
        give_role(session, Grant(organisation.id, frozenset({role})), user, actor=INSTALLER, at=BEFORE)
        officer, reviewer = person(site, "officer", session), person(site, "reviewer", session)
        version = NewVersion(TODAY, *JANUARY, TODAY + timedelta(days=20))
        new = NewEvidence(f"E {number}", version, (RECORD, CUSTOMARY), user.id if number % 2 else None)
        item = add_evidence(session, programme, new, [file], actor=officer, at=BEFORE).evidence.id
        if number % 3:
            review_evidence(session, programme, item, accept=True, actor=reviewer, at=BEFORE)
        amend_evidence(session, programme, item, title=f"Now {number}", owner_id=new.owner_id, actor=officer, at=NOW)
        day = str(TODAY + timedelta(days=number))
        party = {"kind": "external-supplier", "name_en": f"P {number}"}
        party_id = add_entry(session, programme, "parties", party, actor=officer, at=BEFORE).id
        entries = {
            "agreements": {"kind": "contract", "title": "C", "party_id": party_id, "ends_on": day},
            "services": {"name_en": f"S {number}", "owner_id": user.id},
            "audits": {"kind": "internal", "planned_on": day},
        }
        if number == 0:
            entries["waivers"] = {"expectation_id": CUSTOMARY, "reason": "none", "until": day}
            entries["owners"] = {"framework": F2018, "clause": "8", "owner_id": user.id}
        for name, entry in entries.items():
            add_entry(session, programme, name, entry, actor=officer, at=BEFORE)
        freeze(session, programme, Question(2), known_at=BEFORE, actor=officer, at=BEFORE)


def addresses(site: Site) -> dict[str, str]:
    """Return ids of what is there, by the names they have in addresses."""
    queries = {
        "evidence": select(func.min(Evidence.id)),
        "document": select(func.min(Document.id)).where(Document.number == "A-1"),
        "party": select(func.min(RegisterEntry.entry_id)).where(RegisterEntry.register == "parties"),
        "import": select(func.max(EvidenceImport.id)),
        "snapshot": select(func.min(Snapshot.id)),
    }
    with site.runtime.database.reading() as session:
        found = {name: str(session.scalar(query)) for name, query in queries.items()}
    return {**found, "yesterday": str(TODAY - timedelta(days=1))}


def give_every_right(site: Site) -> None:
    """Have the officer administer everything too."""
    with site.runtime.database.writing() as session:
        officer = session.get_one(User, site.users["officer"])
        officer.installer = True
        grant = Grant(site.organisation, frozenset({Role.ADMINISTRATOR}))
        give_role(session, grant, officer, actor=INSTALLER, at=BEFORE)


def asked(site: Site, who: str) -> dict[str, int]:
    """Return how many statements each page sends that one may see and that was shown before."""
    found = {}
    site.sign_in("officer")
    names = addresses(site)
    site.sign_in(who)
    for path, several in PAGES.items():
        for each in several:
            address = each if path in ELSEWHERE else HOME + each
            for name, value in names.items():
                address = address.replace(f"{{{name}}}", value)
            if site.get(address, follow_redirects=False).status_code == 200:
                found[each] = statements(site, address)
    return found


def statements(site: Site, address: str) -> int:
    """Return how many statements a page sends."""
    sent: list[str] = []

    def note(_c: Connection, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    database = site.runtime.database
    shared = database.reads.pool is database.engine.pool  # on PostgreSQL, where one hears of the other's statements
    engines = (database.engine,) if shared else (database.engine, database.reads)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        assert site.get(address, follow_redirects=False).status_code == 200, address
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return len(sent)
