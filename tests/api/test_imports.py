"""Imports through the API: from the template to the undo, the same request twice, and bytes that are let go."""

import csv
import io
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.evidence.models import Evidence
from app.imports.columns import HEADS
from app.imports.models import EvidenceImport
from app.imports.tables import MOST_BYTES
from app.storage.models import StoredBlob
from tests.api.conftest import World
from tests.api.test_refusals import is_problem
from tests.imports.sheets import GOOD, NIL, csv_of, xlsx_of

IMPORTS = "/programmes/itsm/evidence/imports"
ROWS = (GOOD, NIL)
BOOK = xlsx_of(*ROWS)
"""Made once: it says when it was made."""


def prepare(world: World, content: bytes | None = None, who: str = "contributor", **more: Any) -> Any:
    """Prepare an import and return it."""
    content = BOOK if content is None else content
    answer = world.call(who, "PUT", f"{IMPORTS}/tables/登记表.xlsx", content=content, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def send(world: World, import_id: str, name: str = "incidents.xlsx", content: bytes = b"incidents") -> Any:
    """Send a file of an import."""
    answer = world.call("contributor", "PUT", f"{IMPORTS}/{import_id}/files/{name}", content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()


def applied(world: World) -> Any:
    """Import two rows and return the import."""
    made = prepare(world)
    send(world, made["id"])
    answer = world.post("contributor", f"{IMPORTS}/{made['id']}/apply")
    assert answer.status_code == 200, answer.text
    return answer.json()


def stored(world: World) -> set[str]:
    """Return the names of all stored bytes, which have to be those that are on record."""
    there = {path.name for path in Path(world.runtime.blobs.root).glob("??/*")}
    with world.runtime.database.reading() as session:
        assert set(session.scalars(select(StoredBlob.sha256))) == there
    return there


def count(world: World, table: type) -> int:
    with world.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_evidence_comes_in_from_a_table_with_its_files_and_goes_again(world: World) -> None:
    draft = prepare(world)
    assert (draft["state"], draft["table_name"], draft["rows"]) == ("draft", "登记表.xlsx", 2)
    check = draft["check"]
    assert (check["rows_ready"], check["rows_wrong"], check["files_missing"]) == (1, 1, ["incidents.xlsx"])
    [error] = check["errors"]
    assert (error["row"], error["column"], error["file"]) == (2, "files", "incidents.xlsx")
    assert "has not come" in error["message"]["en"]
    assert error["message"]["zh"] != error["message"]["en"]
    is_problem(world.post("contributor", f"{IMPORTS}/{draft['id']}/apply"), 422, "table")
    assert count(world, Evidence) == 0

    assert send(world, draft["id"])["name"] == "incidents.xlsx"
    now = world.get("contributor", f"{IMPORTS}/{draft['id']}").json()
    assert (now["check"]["errors"], now["check"]["files"], now["items"]) == ([], 1, [])
    done = world.post("contributor", f"{IMPORTS}/{draft['id']}/apply").json()
    assert (done["state"], done["check"], [item["row"] for item in done["items"]]) == ("applied", None, [2, 3])
    one = world.get("officer", f"/programmes/itsm/evidence/{done['items'][0]['evidence_id']}").json()
    assert (one["title"], one["versions"][0]["submitted_by"]) == (GOOD[0], world.users["contributor"])

    [listed] = world.get("reviewer", IMPORTS).json()["items"]
    assert (listed["id"], listed["applied_by"]) == (draft["id"], world.users["contributor"])
    undone = world.post("contributor", f"{IMPORTS}/{draft['id']}/undo", {"reason": "wrong year"}).json()
    assert (undone["state"], undone["undone_reason"]) == ("undone", "wrong year")
    assert {item["state"] for item in undone["items"]} == {"withdrawn"}


def test_undoing_is_refused_with_what_stands_against_it(world: World) -> None:
    done = applied(world)
    evidence_id = done["items"][1]["evidence_id"]
    world.post("reviewer", f"/programmes/itsm/evidence/{evidence_id}/review", {"accept": True})
    [obstacle] = world.get("officer", f"{IMPORTS}/{done['id']}").json()["obstacles"]
    assert (obstacle["evidence_id"], obstacle["reason"]["en"]) == (evidence_id, "it was accepted")
    is_problem(world.post("contributor", f"{IMPORTS}/{done['id']}/undo"), 409)
    assert world.get("officer", f"{IMPORTS}/{done['id']}").json()["state"] == "applied"


def test_the_same_request_with_the_same_key_is_done_once(world: World) -> None:
    key = {"Idempotency-Key": "table-1"}
    draft = prepare(world, headers=key)
    assert prepare(world, headers=key) == draft
    assert count(world, EvidenceImport) == 1
    other = world.call("contributor", "PUT", f"{IMPORTS}/tables/登记表.xlsx", content=csv_of(NIL), headers=key)
    is_problem(other, 409)
    send(world, draft["id"])
    for step, name in (("apply", "apply-1"), ("undo", "undo-1")):
        answers = [
            world.post("contributor", f"{IMPORTS}/{draft['id']}/{step}", headers={"Idempotency-Key": name})
            for _ in range(2)
        ]
        assert [each.status_code for each in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        is_problem(world.post("contributor", f"{IMPORTS}/{draft['id']}/{step}"), 409)
    assert count(world, Evidence) == 2


def test_a_draft_that_is_dropped_leaves_no_row_and_no_byte(world: World) -> None:
    world.upload(content=b"in use")
    before, journal = stored(world), world.get("officer", f"/organisations/{world.organisations[0]}/journal").json()
    draft = prepare(world)
    send(world, draft["id"])
    send(world, draft["id"], "b.txt", b"in use")
    assert len(stored(world)) == len(before) + 2
    assert world.call("contributor", "DELETE", f"{IMPORTS}/{draft['id']}").status_code == 204
    assert stored(world) == before
    assert count(world, EvidenceImport) == 0
    assert world.get("officer", f"/organisations/{world.organisations[0]}/journal").json() == journal
    is_problem(world.get("contributor", f"{IMPORTS}/{draft['id']}"), 404)
    is_problem(world.call("contributor", "DELETE", f"{IMPORTS}/{applied(world)['id']}"), 409)


def test_bytes_that_a_draft_no_longer_needs_are_let_go_at_once(world: World) -> None:
    draft = prepare(world)
    for content in (b"1", b"2", b"3"):
        send(world, draft["id"], content=content)
    send(world, draft["id"], "2026/holiday.jpg", b"not needed")
    assert len(stored(world)) == 3
    path = f"{IMPORTS}/{draft['id']}/tables/b.csv"
    better = world.call("contributor", "PUT", path, content=csv_of(*ROWS)).json()
    assert better["check"]["files_unneeded"] == ["2026/holiday.jpg"]
    assert len(stored(world)) == 3
    world.post("contributor", f"{IMPORTS}/{draft['id']}/apply")
    assert len(stored(world)) == 2


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_template_comes_in_the_language_of_the_request_and_is_understood(
    world: World, kind: str, language: str
) -> None:
    answer = world.get("ci", f"{IMPORTS}/template.{kind}?language={language}")
    assert answer.status_code == 200
    assert f"itsm-evidence-template.{kind}" in answer.headers["content-disposition"]
    is_problem(world.call("ci", "PUT", f"{IMPORTS}/tables/t.{kind}", content=answer.content), 422, "table")
    if kind == "csv":
        written = io.StringIO(newline="")
        csv.writer(written).writerow(head.example.in_(language) for head in HEADS.values())
        draft = prepare(world, answer.content + written.getvalue().encode(), who="ci")
        assert {each["column"] for each in draft["check"]["errors"]} <= {"owner", "files", "collected_on", "period_to"}
    is_problem(world.get("ci", f"{IMPORTS}/template.pdf"), 404)


def test_errors_come_as_a_table_that_no_spreadsheet_runs(world: World) -> None:
    draft = prepare(world, csv_of(("=cmd()", "=no", "2026-08-02", "", "", "", "", "", "=file")))
    answer = world.get("contributor", f"{IMPORTS}/{draft['id']}/errors.csv?language=zh")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["行", "列"], ["2", "期望"], ["2", "文件"]]
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert world.get("contributor", f"{IMPORTS}/{draft['id']}/errors.xlsx").content.startswith(b"PK")
    is_problem(world.get("contributor", f"{IMPORTS}/{draft['id']}/errors.pdf"), 404)
    is_problem(world.get("contributor", f"{IMPORTS}/{applied(world)['id']}/errors.csv"), 409)


def test_the_table_is_kept_as_it_came(world: World) -> None:
    done = applied(world)
    answer = world.get("reviewer", f"{IMPORTS}/{done['id']}/table")
    assert (answer.content, answer.headers["etag"]) == (BOOK, f'"{done["table_sha256"]}"')


@pytest.mark.parametrize("who", ["reviewer", "auditor"])
def test_who_may_not_add_evidence_imports_none_and_leaves_no_byte(world: World, who: str) -> None:
    draft, before = prepare(world), stored(world)
    for method, path, more in (
        ("PUT", "/tables/a.csv", {"content": csv_of(NIL)}),
        ("PUT", f"/{draft['id']}/tables/a.csv", {"content": csv_of(NIL)}),
        ("PUT", f"/{draft['id']}/files/a.txt", {"content": b"x"}),
        ("POST", f"/{draft['id']}/apply", {}),
        ("POST", f"/{draft['id']}/undo", {}),
        ("DELETE", f"/{draft['id']}", {}),
        ("GET", "/template.xlsx", {}),
    ):
        is_problem(world.call(who, method, IMPORTS + path, **more), 403)
    assert stored(world) == before


def test_a_table_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    answer = world.call("contributor", "PUT", f"{IMPORTS}/tables/a.csv", content=b"x" * (MOST_BYTES + 1))
    is_problem(answer, 413)


def test_more_errors_than_an_answer_holds_are_counted(world: World) -> None:
    draft = prepare(world, csv_of(*[(f"t{each}", "no-such", *GOOD[2:]) for each in range(700)]))
    assert (len(draft["check"]["errors"]), draft["check"]["error_count"]) == (1000, 1400)


@pytest.mark.only("sqlite")
def test_whatever_is_sent_as_a_table_is_no_server_error(world: World) -> None:
    @hypothesis.settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda more: csv_of(GOOD)[:-20] + more))
    def answered(content: bytes) -> None:
        answer = world.call("contributor", "PUT", f"{IMPORTS}/tables/a.csv", content=content)
        assert answer.status_code in {201, 422}, answer.text
        if answer.status_code == 201:
            assert world.get("contributor", f"{IMPORTS}/{answer.json()['id']}").status_code == 200

    answered()
