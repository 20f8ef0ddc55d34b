"""Evidence and documents as known at a moment, through HTTP."""

from datetime import UTC, datetime, timedelta

from tests.api.conftest import World
from tests.builders import RECORD


def moment() -> str:
    """Return this moment as an address says it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_evidence_is_read_as_it_was_known(world: World) -> None:
    path = "/programmes/itsm/evidence"
    before = moment()
    made = world.upload(name=f"minutes.txt?expectation_id={RECORD}")
    one, sent = f"{path}/{made['id']}", moment()
    world.post("reviewer", f"{one}/review", {"accept": True})
    headers = {"If-Match": world.get("officer", one).headers["etag"]}
    changed = world.call("officer", "PATCH", one, json={"title": "Otherwise"}, headers=headers)
    assert changed.status_code == 200, changed.text

    assert world.get("officer", path, params={"known_at": before}).json()["items"] == []
    assert world.get("officer", one, params={"known_at": before}).status_code == 404
    then = world.get("officer", one, params={"known_at": sent})
    assert (then.json()["state"], then.json()["title"]) == ("submitted", "minutes")
    assert "etag" not in then.headers
    [listed] = world.get("officer", path, params={"known_at": sent, "state": "submitted"}).json()["items"]
    assert listed["title"] == "minutes"
    counts = f"{path}/counts"
    assert world.get("officer", counts, params={"known_at": sent}).json()["submitted"] == 1
    assert world.get("officer", counts).json()["accepted"] == 1
    assert world.get("officer", one, params={"known_at": moment()}).json()["title"] == "Otherwise"


def test_documents_are_read_as_they_were_known(world: World) -> None:
    before = moment()
    made, drafted = world.document(), moment()
    one = f"/programmes/itsm/documents/{made['id']}"
    headers = {"If-Match": world.get("officer", one).headers["etag"]}
    world.call("officer", "PATCH", one, json={"title": "Otherwise"}, headers=headers)
    world.post("officer", f"{one}/submit", {})

    documents = "/programmes/itsm/documents"
    assert world.get("officer", documents, params={"known_at": before}).json()["items"] == []
    assert world.get("officer", one, params={"known_at": before}).status_code == 404
    then = world.get("officer", one, params={"known_at": drafted})
    assert (then.json()["title"], then.json()["revisions"][0]["state"]) == ("Policy", "draft")
    assert "etag" not in then.headers
    [listed] = world.get("officer", documents, params={"known_at": drafted}).json()["items"]
    assert listed["title"] == "Policy"
    assert world.get("officer", one).json()["revisions"][0]["state"] == "in-review"


def test_nobody_knows_what_will_be_known(world: World) -> None:
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    for path in ("evidence", "evidence/counts", "documents"):
        refused = world.get("officer", f"/programmes/itsm/{path}", params={"known_at": later})
        assert refused.status_code == 422
        assert "known_at" in refused.text
