"""Data sets: evidence over twenty programmes, written straight into the tables, since only reading them is measured."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.catalogue.service import get_pack
from app.collation import stored_key
from app.database import new_id
from app.identity.actor import Grant, Role, local_operator
from app.identity.service import NewToken, give_role, make_token, user_actor
from app.identity.users import NewUser, add_user
from app.programmes.organisations import NewOrganisation, add_organisation
from app.programmes.service import add_entry, add_programme
from app.runtime import Runtime, open_runtime
from app.settings import Settings

PROGRAMMES = 20
FRAMEWORK = "iso20000-1-2018"
NOW = datetime.now(UTC)
TODAY = NOW.date()
STAGE_2_ON = TODAY + timedelta(days=180)
Row = tuple[object, ...]


def build(folder: Path, items: int, programmes: int = PROGRAMMES) -> str:
    """Make a data folder with `items` pieces of accepted evidence over several programmes; returns a token."""
    settings = Settings.load(data_folder=folder, password_memory_kib=64)
    with open_runtime(settings, at=NOW) as runtime:
        programme_ids, token = _programmes(runtime, programmes)
        with runtime.database.reading() as session:
            needs = [each for each in get_pack(session, FRAMEWORK, None).expectations if each.action == "retain"]
    connection = sqlite3.connect(folder / "auditready.sqlite3")
    connection.execute("PRAGMA synchronous=OFF")
    for number, programme_id in enumerate(programme_ids):
        share = items // programmes + (number < items % programmes)
        _insert(connection, programme_id, [need.id for need in needs], share)
    connection.commit()
    connection.close()
    return token


def _programmes(runtime: Runtime, count: int) -> tuple[list[str], str]:
    actor = local_operator("bench")
    with runtime.database.writing() as session:
        organisation = add_organisation(session, NewOrganisation("Bench", "基准"), actor=actor, at=NOW)
        user = add_user(session, NewUser("bench", "Bench"), actor=actor, at=NOW)
        grant = Grant(organisation.id, frozenset({Role.COMPLIANCE_OFFICER}))
        give_role(session, grant, user, actor=actor, at=NOW)
        new = NewToken("bench", user.id, organisation.id, Role.COMPLIANCE_OFFICER, days=30)
        _, secret = make_token(session, new, actor=user_actor(session, user, at=NOW), at=NOW)
        ids = []
        for number in range(count):
            name = f"Programme {number}"
            profile = {"name_en": name, "frameworks": [FRAMEWORK], "start_of_operation": "2025-01-01"}
            programme = add_programme(session, organisation.id, f"p{number}", profile, actor=actor, at=NOW)
            audit = {"kind": "stage-2", "planned_on": STAGE_2_ON.isoformat()}
            add_entry(session, programme, "audits", audit, actor=actor, at=NOW)
            ids.append(programme.id)
        return ids, secret


def _insert(connection: sqlite3.Connection, programme_id: str, need_ids: list[str], items: int) -> None:
    evidence, versions, links = _rows(programme_id, need_ids, items)
    connection.executemany(
        "INSERT INTO evidence (id, programme_id, title, title_key, owner_id, state, created_at, revision)"
        " VALUES (?, ?, ?, ?, NULL, 'accepted', ?, 1)",
        evidence,
    )
    connection.executemany(
        "INSERT INTO evidence_versions (id, programme_id, evidence_id, number, collected_on, period_from, period_to,"
        " valid_until, nil_return, note, recorded_at, recorded_on, submitted_by, decision, decided_at, decided_by)"
        " VALUES (?, ?, ?, 1, ?, ?, ?, NULL, 0, '', ?, ?, 'bench', 'accepted', ?, 'other')",
        versions,
    )
    connection.executemany(
        "INSERT INTO links (id, programme_id, kind, item_id, expectation_id, made_at, made_by, confirmed_at,"
        " confirmed_by) VALUES (?, ?, 'evidence', ?, ?, ?, 'bench', ?, 'bench')",
        links,
    )
    connection.commit()


def _rows(programme_id: str, need_ids: list[str], items: int) -> tuple[list[Row], list[Row], list[Row]]:
    evidence: list[Row] = []
    versions: list[Row] = []
    links: list[Row] = []
    for number, (first, last) in zip(range(items), _months(), strict=False):
        item_id, moment = new_id(), f"{last} 08:00:00.000000"
        title = f"Record {number} 记录"
        evidence.append((item_id, programme_id, title, stored_key(title), moment))
        versions.append((new_id(), programme_id, item_id, str(last), str(first), str(last), moment, str(last), moment))
        links.append((new_id(), programme_id, item_id, need_ids[number % len(need_ids)], moment, moment))
    return evidence, versions, links


def _months() -> Iterator[tuple[date, date]]:
    """The last twelve whole months, again and again."""
    while True:
        last = TODAY.replace(day=1) - timedelta(days=1)
        for _ in range(12):
            yield last.replace(day=1), last
            last = last.replace(day=1) - timedelta(days=1)
