"""Files coming in and going out: any name, any way to break off, and bytes that are what they were."""

import asyncio
import io
import json
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from starlette.types import Message

from app.evidence.models import EvidenceFile
from app.storage.files import MAX_FILES
from app.storage.models import BlobDamage, StoredBlob
from tests.api.conftest import API, LIMIT_BYTES, World
from tests.api.test_refusals import is_problem
from tests.builders import RECORD

EVIDENCE = "/programmes/itsm/evidence"
FILES = f"{EVIDENCE}/files"
BOUNDARY = "----boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
FIELDS = {"title": "记录", "collected_on": "2026-01-31", "expectation_ids": [RECORD]}


def part(name: str, content: bytes, file_name: bytes | None = None, more: bytes = b"") -> bytes:
    """Return one part of a form."""
    file = b"" if file_name is None else b'; filename="' + file_name + b'"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode() + file + b"\r\n" + more
    return head + b"\r\n" + content + b"\r\n"


def form(*parts: bytes, fields: object = FIELDS, first: str = "evidence") -> bytes:
    """Return a whole form that begins with the fields."""
    return b"".join([part(first, json.dumps(fields).encode()), *parts, f"--{BOUNDARY}--\r\n".encode()])


def nothing_kept(world: World) -> bool:
    """Say whether no row and no byte is there, not even a draft."""
    with world.runtime.database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(EvidenceFile))
        blobs = session.scalar(select(func.count()).select_from(StoredBlob))
    return not rows and not blobs and not list(world.runtime.blobs.incoming.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "会议纪要 2026年8月.docx",
        "记" * 255,
        "x" * 255,
        "a%b+c&d#e?.txt",
        "\u200f\u202cnot".replace("\u202c", "") + ".txt",
        "e\u0301.txt",
        "😀.txt",
        "'; DROP TABLE evidence --.txt",
        "<script>alert(1).html",
        'say "hello".txt',
        ".hidden",
        "CON",
        "name\u2028line.txt",
    ],
)
@pytest.mark.parametrize("way", ["raw", "form"])
def test_a_file_keeps_its_name_and_its_bytes(world: World, name: str, way: str) -> None:
    content = bytes(range(256)) * 10
    if way == "raw":
        answer = world.call("contributor", "PUT", f"{FILES}/{quote(name, safe='')}", content=content)
    else:
        raw = name.encode().replace(b'"', b"%22")
        answer = world.call("contributor", "POST", EVIDENCE, content=form(part("file", content, raw)), headers=FORM)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    [file] = made["versions"][0]["files"]
    assert file["name"] == unicodedata.normalize("NFC", name)
    assert answer.headers["etag"] == '"1"'
    got = world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/1/files/1")
    assert got.content == content
    assert got.headers["etag"] == f'"{file["sha256"]}"'
    assert got.headers["content-length"] == str(len(content))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    disposition = got.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.endswith(f"filename*=UTF-8''{quote(file['name'], safe='')}")
    again = world.get(
        "contributor", f"{EVIDENCE}/{made['id']}/versions/1/files/1", headers={"If-None-Match": got.headers["etag"]}
    )
    assert again.status_code == 304
    assert not again.content


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fx", "a%2Fb.txt", "a%5Cb.txt", "a%00b.txt", "%0A", "..", "%20", "", "a%1Fb", "%E2%80%AEfdp.exe",
             "%E8%AE%B0" * 256, "x" * 256, "a%C2%85b"]
)  # fmt: skip
def test_a_name_that_is_none_is_refused_before_a_byte_is_taken(world: World, name: str) -> None:
    if name == "..":
        path = "/api/v1" + FILES + "/%2E%2E"
        answer = world.client.put(
            path, content=b"x", headers={"Authorization": f"Bearer {world.tokens['contributor']}"}
        )
        assert answer.status_code in {404, 405, 422}
    else:
        is_problem(world.call("contributor", "PUT", f"{FILES}/{name}", content=b"x"), 422, "file_name")
    assert nothing_kept(world)


@pytest.mark.parametrize(
    "name", [b"../../x", b"a\\b", b"a\x00b", b"", b"..", b"\xff\xfe", "\u202egnp.exe".encode(), "记".encode() * 256]
)
def test_a_form_refuses_the_same_names(world: World, name: bytes) -> None:
    body = form(part("file", b"x", name))
    answer = world.call("contributor", "POST", EVIDENCE, content=body, headers=FORM)
    is_problem(answer, 422)
    assert nothing_kept(world)


def test_a_file_has_bytes_but_not_too_many(world: World) -> None:
    is_problem(world.call("contributor", "PUT", f"{FILES}/a.txt", content=b""), 422, "file")
    assert world.upload(content=b"x" * LIMIT_BYTES)["versions"][0]["files"][0]["size_bytes"] == LIMIT_BYTES
    big = b"x" * (LIMIT_BYTES + 1)
    is_problem(world.call("contributor", "PUT", f"{FILES}/a.txt", content=big), 413, "file")
    is_problem(world.call("contributor", "PUT", f"{FILES}/a.txt", content=iter([big])), 413, "file")
    body = form(part("file", big, b"a.txt"))
    is_problem(world.call("contributor", "POST", EVIDENCE, content=body, headers=FORM), 413, "file")
    assert not list(world.runtime.blobs.incoming.iterdir())


def test_a_stranger_cannot_fill_the_disk(world: World) -> None:
    def endless() -> Iterator[bytes]:
        yield b"x"
        pytest.fail("the body was read")

    for who, status in (("reviewer", 403), ("stranger", 404)):
        assert world.call(who, "PUT", f"{FILES}/a.txt", content=endless()).status_code == status
    assert nothing_kept(world)


@pytest.mark.parametrize(
    ("query", "field"),
    [("titel=x", "titel"), ("collected_on=9999-12-31", "collected_on"), ("collected_on=31.1.2026", "collected_on"),
     ("collected_on=2026-01-01&collected_on=2026-01-02", "collected_on"), ("period_from=2026-01-01", "period_to"),
     ("period_from=2026-02-01&period_to=2026-01-01", "period_to"), ("valid_until=0001-01-01", "valid_until"),
     ("nil_return=maybe", "nil_return"), ("nil_return=true", "nil_return"), ("title=", "title"), ("title=a%00b", "title"),
     ("title=" + "x" * 301, "title"), ("note=" + "x" * 4001, "note"), ("owner_id=nobody", "owner_id"),
     ("owner_id=a%00b", "owner_id")],
)  # fmt: skip
def test_fields_beside_a_raw_body_are_checked(world: World, query: str, field: str) -> None:
    is_problem(world.call("contributor", "PUT", f"{FILES}/a.txt?{query}", content=b"x"), 422, field)
    with world.runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 0


def test_an_expectation_that_no_framework_has_is_refused(world: World) -> None:
    path = f"{FILES}/a.txt?expectation_id={RECORD}&expectation_id=nothing"
    is_problem(world.call("contributor", "PUT", path, content=b"x"), 404, "expectation_ids")
    path = f"{FILES}/a.txt?expectation_id={RECORD}&expectation_id=policy-review-record"
    made = world.call("contributor", "PUT", path, content=b"x").json()
    assert {link["expectation_id"] for link in made["links"]} == {RECORD, "policy-review-record"}


def test_bytes_that_are_there_already_are_said(world: World) -> None:
    first = world.upload(name="first.txt")
    assert first["same_bytes"] == []
    second = world.upload(name="second.txt")
    assert second["same_bytes"] == [{"file_name": "second.txt", "evidence_id": first["id"], "title": "first"}]
    other = world.call("stranger", "PUT", "/programmes/other/evidence/files/a.txt", content=b"minutes").json()
    assert other["same_bytes"] == []


def test_a_form_brings_several_files_or_for_a_nil_return_none(world: World) -> None:
    parts = [part("file", b"x%d" % number, f"文件{number}.txt".encode()) for number in range(MAX_FILES)]
    answer = world.call("contributor", "POST", EVIDENCE, content=form(*parts), headers=FORM)
    assert answer.status_code == 201, answer.text
    files = answer.json()["versions"][0]["files"]
    assert [file["name"] for file in files] == [f"文件{number}.txt" for number in range(MAX_FILES)]
    parts.append(part("file", b"one more", b"more.txt"))
    is_problem(world.call("contributor", "POST", EVIDENCE, content=form(*parts), headers=FORM), 422, "file")

    period = {"period_from": "2026-01-01", "period_to": "2026-01-31"}
    refused = {**FIELDS, "nil_return": True, "note": "没有紧急变更", **period}
    is_problem(
        world.call("contributor", "POST", EVIDENCE, content=form(fields=refused), headers=FORM), 422, "nil_return"
    )
    nothing = {**refused, "expectation_ids": ["emergency-change-records"]}
    answer = world.call("contributor", "POST", EVIDENCE, content=form(fields=nothing), headers=FORM)
    assert answer.status_code == 201, answer.text
    assert answer.json()["versions"][0]["files"] == []
    version = {name: value for name, value in FIELDS.items() if name == "collected_on"}
    body = form(part("file", b"v2", b"v2.txt"), fields=version, first="version")
    path = f"{EVIDENCE}/{answer.json()['id']}/versions"
    assert world.call("contributor", "POST", path, content=body, headers=FORM).json()["versions"][0]["number"] == 2


def test_the_form_of_an_ordinary_client_is_read(world: World) -> None:
    files = [
        ("evidence", (None, json.dumps(FIELDS), "application/json")),
        ("file", ("会议.txt", b"one", "text/plain")),
        ("file", ("b.txt", b"two", "text/plain")),
    ]
    answer = world.call("contributor", "POST", EVIDENCE, files=files)
    assert answer.status_code == 201, answer.text
    assert [file["name"] for file in answer.json()["versions"][0]["files"]] == ["会议.txt", "b.txt"]


WHOLE = form(part("file", b"x" * 5000, b"a.txt"))


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 422, "body"),
        (b"no form at all", 422, "body"),
        (WHOLE[: len(WHOLE) // 2], 422, "body"),
        (WHOLE[:-8], 422, "body"),
        (form(part("file", b"x", b"a.txt"), fields=[]), 422, None),
        (form(part("file", b"x", b"a.txt"), fields={**FIELDS, "titel": "x"}), 422, "titel"),
        (form(part("file", b"x", b"a.txt"), fields={"title": "x"}), 422, "collected_on"),
        (form(part("file", b"x", b"a.txt"), fields={**FIELDS, "title": "\ud800"}), 422, "title"),
        (form(part("file", b"x", b"a.txt"), fields={**FIELDS, "nil_return": "yes"}), 422, "nil_return"),
        (form(part("file", b"x", b"a.txt"), first="proof"), 422, "evidence"),
        (part("file", b"x", b"a.txt") + WHOLE, 422, "evidence"),
        (form(part("other", b"x", b"a.txt")), 422, "body"),
        (form(part("evidence", b"{}")), 422, "body"),
        (form(part("file", b"x")), 422, "file_name"),
        (form(part("file", b"", b"a.txt")), 422, "file"),
        (form(part("file", b"eA==", b"a.txt", b"Content-Transfer-Encoding: base64\r\n")), 422, "body"),
        (form(part("file", b"x", b"a.txt", b"X: y\r\n" * 50)), 422, "body"),
        (form(part("file", b"x", b"a.txt", b"X: " + b"y" * 9000 + b"\r\n")), 422, "body"),
        (form(fields={**FIELDS, "note": "x" * 600_000}), 413, None),
        (form(), 422, "file"),
        (b"--" + BOUNDARY.encode() + b"\r\n\r\n{}\r\n--" + BOUNDARY.encode() + b"--\r\n", 422, "evidence"),
    ],
)
def test_a_form_that_is_no_good_leaves_nothing(world: World, body: bytes, status: int, field: str | None) -> None:
    answer = world.call("contributor", "POST", EVIDENCE, content=body, headers=FORM)
    is_problem(answer, status, field)
    with world.runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceFile)) == 0
    assert not list(world.runtime.blobs.incoming.iterdir())


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "x" * 300, '; boundary="a b\x80"'])
def test_a_form_without_a_usable_boundary(world: World, boundary: str) -> None:
    headers = {"Content-Type": f"multipart/form-data{boundary}".encode("latin-1")}
    answer = world.call("contributor", "POST", EVIDENCE, content=WHOLE, headers=headers)
    assert is_problem(answer, answer.status_code)["status"] in {415, 422}


def test_a_revision_has_exactly_one_file(world: World) -> None:
    document = world.document()
    path = f"/programmes/itsm/documents/{document['id']}/revisions"
    world.call("officer", "POST", f"/programmes/itsm/documents/{document['id']}/submit")
    is_problem(world.call("officer", "PUT", f"{path}/files/b.docx", content=b"x"), 409)
    world.post("reviewer", f"/programmes/itsm/documents/{document['id']}/decision", {"approve": False, "reason": "no"})
    one, note = part("file", b"v2", "方针.docx".encode()), {"change_note": "第二版"}
    for body in (form(fields=note, first="revision"), form(one, one, fields=note, first="revision")):
        is_problem(world.call("officer", "POST", path, content=body, headers=FORM), 422, "file")
    answer = world.call("officer", "POST", path, content=form(one, fields=note, first="revision"), headers=FORM)
    assert [each["change_note"] for each in answer.json()["revisions"]] == ["第二版", ""]
    assert answer.headers["etag"] != f'"{document["revision"]}"'
    got = world.get("officer", f"{path}/2/file")
    assert got.content == b"v2"
    assert quote("方针.docx") in got.headers["content-disposition"]
    is_problem(world.get("officer", f"{path}/3/file"), 404)


@pytest.mark.parametrize("damage", ["altered", "cut", "gone"])
def test_a_damaged_file_never_looks_complete(world: World, damage: str) -> None:
    made = world.upload(content=b"x" * 1000)
    sha256 = made["versions"][0]["files"][0]["sha256"]
    path = world.runtime.blobs.path(sha256)
    path.chmod(0o640)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"y" * (1000 if damage == "altered" else 10))
    answer = world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/1/files/1")
    assert is_problem(answer, 500)["type"] == "urn:auditready:problem:damaged"
    with world.runtime.database.reading() as session:
        [found] = session.scalars(select(BlobDamage))
        assert (found.sha256, found.reason) == (sha256, "gone" if damage == "gone" else "altered")
    is_problem(world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/1/files/1"), 500)
    with world.runtime.database.reading() as session:
        assert len(session.scalars(select(BlobDamage)).all()) == 1, "it is put on record once"
    again: Any = world.upload(name="again.txt", content=b"x" * 1000)
    assert again["same_bytes"]
    assert world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/1/files/1").content == b"x" * 1000


def test_damage_found_while_a_revision_is_downloaded_goes_on_record(world: World) -> None:
    document = world.document()
    world.runtime.blobs.path(document["revisions"][0]["sha256"]).unlink()
    is_problem(world.get("officer", f"/programmes/itsm/documents/{document['id']}/revisions/1/file"), 500)
    with world.runtime.database.reading() as session:
        assert [each.reason for each in session.scalars(select(BlobDamage))] == ["gone"]


def test_numbers_in_the_address_of_a_file_have_bounds(world: World) -> None:
    made = world.upload()
    for place in ("0/files/1", "1/files/0", "x/files/1", "1/files/" + "9" * 30, "-1/files/1"):
        is_problem(world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/{place}"), 422)
    for place in ("2/files/1", "1/files/2"):
        is_problem(world.get("contributor", f"{EVIDENCE}/{made['id']}/versions/{place}"), 404)


def stored(world: World) -> list[str]:
    """Return what is in the store."""
    return sorted(blob.sha256 for blob in world.runtime.blobs.sizes())


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"collected_on": "2999-01-01"}, {"expectation_ids": ["no-such-thing"]}, {"owner_id": "nobody"}],
)
def test_fields_are_refused_before_the_bytes_are_taken(world: World, wrong: dict[str, Any]) -> None:
    body = form(part("file", b"x" * 200_000, b"a.txt"), fields={**FIELDS, **wrong})
    chunks = [body[start : start + 10_000] for start in range(0, len(body), 10_000)]
    sent: list[Message] = []

    async def receive() -> Message:  # the test client would send it all at once
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {world.tokens['contributor']}".encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in FORM.items()]
    scope = {"type": "http", "method": "POST", "path": API + EVIDENCE, "query_string": b"", "headers": headers}

    async def ask() -> None:
        await world.client.app({**scope, "http_version": "1.1", "scheme": "http"}, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] in {404, 422}
    assert len(chunks) > 10, "the rest was not asked for"
    assert stored(world) == []


def test_a_refused_upload_keeps_no_bytes_but_those_that_are_named(world: World) -> None:
    made = world.upload(content=b"kept")
    empty = part("file", b"", b"empty.txt")
    for content in (b"kept", b"new"):
        body = form(part("file", content, b"a.txt"), empty)
        is_problem(world.call("contributor", "POST", EVIDENCE, content=body, headers=FORM), 422, "file")
    assert stored(world) == [made["versions"][0]["files"][0]["sha256"]]


def test_bytes_that_somebody_else_stores_meanwhile_are_not_taken_back(world: World) -> None:
    blobs = world.runtime.blobs
    with blobs.draft() as mine:
        mine.write(b"same")
        blob = mine.finish()
        blobs.put(io.BytesIO(b"same"))  # the other has no row yet
        mine.take_back()
    assert b"".join(blobs.read(blob)) == b"same"
    with blobs.draft() as late:
        late.write(b"same")
        late.finish()
        late.take_back()
    assert stored(world) == [blob.sha256]
    with blobs.draft() as alone:
        alone.write(b"alone")
        alone.finish()
        alone.take_back()
    assert stored(world) == [blob.sha256]


def test_a_file_may_have_an_extended_name_only(world: World) -> None:
    name = quote("会议 1.txt").encode()
    file = part("file", b"x").replace(b'name="file"', b"name=\"file\"; filename*=UTF-8''" + name)
    answer = world.call("contributor", "POST", EVIDENCE, content=form(file), headers=FORM)
    assert answer.status_code == 201, answer.text
    assert answer.json()["versions"][0]["files"][0]["name"] == "会议 1.txt"
