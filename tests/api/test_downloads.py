"""What an auditor takes out through the API is on record, as what they open in a page is."""

from typing import Any

from tests.api.conftest import World


def opened(world: World) -> list[tuple[str, str, Any]]:
    """Return who opened what, oldest first."""
    found = world.get("officer", f"/organisations/{world.organisations[0]}/journal").json()["items"]
    lines = [(each["actor_id"], each["subject_id"], each["after"]) for each in found if each["action"] == "file.opened"]
    return lines[::-1]


def test_an_auditors_download_is_on_record_and_nobody_elses(world: World) -> None:
    evidence, document = world.accepted(name="纪要.txt"), world.document()
    mine = f"/programmes/itsm/documents/{document['id']}"
    assert world.post("officer", f"{mine}/submit").status_code == 200
    assert world.post("reviewer", f"{mine}/decision", {"approve": True}).status_code == 200
    file, revision = f"/programmes/itsm/evidence/{evidence['id']}/versions/1/files/1", f"{mine}/revisions/1/file"
    for who in ("officer", "contributor", "ci"):
        assert world.get(who, file).status_code == 200
    assert world.get("ci", revision).status_code == 200
    assert opened(world) == []
    tag = world.get("auditor", file).headers["etag"]
    assert world.get("auditor", file, headers={"If-None-Match": tag}).status_code == 304
    assert world.get("auditor", revision).content == b"policy"
    auditor = world.users["auditor"]
    looked = (auditor, evidence["id"], {"file": "纪要.txt"})
    assert opened(world) == [looked, looked, (auditor, document["id"], {"file": "policy.docx"})]


def test_what_an_auditor_may_not_see_leaves_no_trace(world: World) -> None:
    waiting = world.upload()
    assert world.get("auditor", f"/programmes/itsm/evidence/{waiting['id']}/versions/1/files/1").status_code == 404
    assert opened(world) == []
