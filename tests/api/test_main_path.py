"""The whole job through HTTP: from an organisation to a verdict that an auditor can read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.checks.formats import FORMATS
from tests.api.conftest import PASSWORD, World
from tests.builders import F2018, PAPER, RECORD


def test_from_an_empty_installation_to_a_verdict(world: World) -> None:
    organisation = _settled(world)
    audit_day = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()
    audit = world.post("li", "/programmes/ops/registers/audits", {"kind": "stage-2", "planned_on": audit_day})
    assert audit.status_code == 201, audit.text
    before = world.get("li", "/programmes/ops/check?stage=2")
    assert before.status_code == 200, before.text
    assert before.headers["auditready-verdict"] == "not-ready"
    assert before.json()["as_of"] == audit_day
    assert _line(before.json(), RECORD)["status"] == "gap"

    _proven(world)
    _approved(world)
    after = world.get("li", "/programmes/ops/check?stage=1")
    assert "document-unapproved" not in [each["code"] for each in _line(after.json(), PAPER)["findings"]]
    frozen = world.post("li", "/programmes/ops/snapshots", {"stage": 1, "label": "before the visit"})
    assert frozen.status_code == 201, frozen.text
    assert frozen.json()["verdict"] == after.headers["auditready-verdict"]
    journal = world.get("li", f"/organisations/{organisation}/journal?limit=3").json()
    assert [each["action"] for each in journal["items"]] == [
        "snapshot.taken",
        "document.approved",
        "document.submitted",
    ]
    assert journal["cursor"]


def _settled(world: World) -> str:
    """Make an organisation with its people and a programme; returns its id."""
    made = world.post("installer", "/organisations", {"name_zh": "云栈", "name_en": "Yunzhan"})
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    organisation: str = made.json()["id"]
    for login, role in (("li", "compliance-officer"), ("zhao", "contributor"), ("sun", "reviewer")):
        user = world.post("installer", "/users", {"login": login, "name": login.title(), "password": PASSWORD})
        assert user.status_code == 201, user.text
        given = world.post("installer", f"/organisations/{organisation}/people", {"login": login, "roles": [role]})
        assert given.status_code == 201, given.text
        session = world.post(None, "/sign-in", {"login": login, "password": PASSWORD})
        world.tokens[login] = session.json()["token"]
    profile = {"name_zh": "运维", "frameworks": [F2018], "start_of_operation": "2026-01-01"}
    programme = world.post("li", f"/organisations/{organisation}/programmes", {"code": "ops", "profile": profile})
    assert programme.status_code == 201, programme.text
    assert programme.json()["profile"]["name_zh"] == "运维"
    return organisation


def _proven(world: World) -> None:
    query = {"expectation_id": RECORD, "period_from": "2026-01-01", "period_to": "2026-01-31"}
    path = "/programmes/ops/evidence/files/事件记录.xlsx"
    evidence = world.call("zhao", "PUT", path, params=query, content=b"incidents")
    assert evidence.status_code == 201, evidence.text
    assert evidence.json()["title"] == "事件记录"
    assert [link["expectation_id"] for link in evidence.json()["links"]] == [RECORD]
    mine = f"/programmes/ops/evidence/{evidence.json()['id']}"
    assert world.post("zhao", f"{mine}/review", {"accept": True}).status_code == 403
    accepted = world.post("sun", f"{mine}/review", {"accept": True, "number": 1})
    assert accepted.json()["state"] == "accepted"


def _approved(world: World) -> None:
    body = {"number": "P-01", "title": "方针", "level": "L1", "kind": "policy", "expectation_ids": [PAPER]}
    document = world.post("li", "/programmes/ops/documents", body).json()
    mine = f"/programmes/ops/documents/{document['id']}"
    assert world.call("li", "PUT", f"{mine}/revisions/files/方针.docx", content=b"policy").status_code == 201
    assert world.call("li", "POST", f"{mine}/submit").status_code == 200
    assert world.post("li", f"{mine}/decision", {"approve": True}).status_code == 403
    decided = world.post("sun", f"{mine}/decision", {"approve": True, "number": 1})
    assert decided.json()["effective"] == 1
    assert decided.json()["revisions"][0]["signatures"][0]["user_id"] == world.get("sun", "/me").json()["id"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_comes_in_every_format_with_its_verdict_in_a_header(world: World, name: str) -> None:
    answer = world.get("officer", f"/programmes/itsm/check?stage=2&format={name}&language=zh&framework={F2018}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMATS[name].media_type
    assert answer.headers["auditready-verdict"] == "not-ready"
    assert answer.headers["content-language"] == "zh"
    assert answer.content


def test_a_check_against_an_earlier_report_says_what_is_new(world: World) -> None:
    before = world.get("officer", "/programmes/itsm/check?stage=2").json()
    answer = world.post("officer", "/programmes/itsm/check?stage=2&format=text&language=en", before)
    assert answer.status_code == 200, answer.text
    other = world.post("officer", "/programmes/itsm/check?stage=1", before)
    assert other.status_code == 422
    for broken in ({}, {"schema": before["schema"]}, {**before, "stage": None}, {**before, "frameworks": [{}]}):
        assert world.post("officer", "/programmes/itsm/check?stage=2", broken).status_code == 422
    incomplete = {name: value for name, value in before.items() if name != "stage"}
    assert world.post("officer", "/programmes/itsm/check?stage=2", incomplete).status_code == 422


def test_snapshots_are_listed_without_their_reports_and_can_be_compared(world: World) -> None:
    first = world.post("officer", "/programmes/itsm/snapshots", {"stage": 2}).json()
    world.accepted(name=f"r.txt?expectation_id={RECORD}")
    second = world.post("officer", "/programmes/itsm/snapshots", {"stage": 2, "frameworks": [F2018]}).json()
    listed = world.get("auditor", "/programmes/itsm/snapshots").json()["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    assert "report" not in listed[0]
    kept = f"/programmes/itsm/snapshots/{first['id']}"
    assert world.get("reviewer", kept).json()["report"] == first["report"]
    assert world.get("auditor", kept).json()["report"]["verdict"] == first["verdict"]
    compared = world.get("auditor", f"/programmes/itsm/snapshots/{first['id']}/compare/{second['id']}").json()
    assert set(compared) == {"new", "closed", "worsened", "left_out"}


def test_what_was_known_earlier_can_be_asked(world: World) -> None:
    earlier = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    world.accepted(name=f"r.txt?expectation_id={RECORD}")
    then = world.get("officer", f"/programmes/itsm/check?stage=2&known_at={earlier}&as_of=2026-08-31").json()
    assert "evidence-missing" in [each["code"] for each in _line(then, RECORD)["findings"]]
    now = world.get("officer", "/programmes/itsm/check?stage=2&as_of=2026-08-31").json()
    assert now["known_at"] > then["known_at"]
    assert then["as_of"] == "2026-08-31"


def test_registers_are_read_changed_and_ended(world: World) -> None:
    path = "/programmes/itsm/registers"
    site = world.post("officer", f"{path}/sites", {"name_zh": "上海"})
    assert site.headers["etag"] == '"1"'
    one = f"{path}/sites/{site.json()['id']}"
    changed = world.call("officer", "PUT", one, json={"name_zh": "北京"}, headers={"If-Match": '"1"'})
    assert changed.json()["entry"]["name_zh"] == "北京"
    assert changed.headers["etag"] == '"2"'
    assert world.get("auditor", f"{path}/sites").json()["items"][0]["revision"] == 2
    past = {"known_at": changed.json()["recorded_at"]}
    assert len(world.get("auditor", f"{path}/sites", params=past).json()["items"]) == 1
    assert world.call("officer", "DELETE", one).status_code == 204
    assert world.get("auditor", f"{path}/sites").json()["items"] == []
    assert world.get("auditor", one).status_code == 404
    assert world.get("auditor", one, params=past).json()["entry"]["name_zh"] == "北京"
    assert world.call("officer", "PUT", f"{path}/services/{site.json()['id']}", json={}).status_code == 404

    settings = world.get("auditor", f"{path}/settings")
    limits = {**settings.json()["items"][0]["entry"], "approvals_needed": 2}
    stored = world.call(
        "officer", "PUT", f"{path}/settings", json=limits, headers={"If-Match": settings.headers["etag"]}
    )
    assert stored.json()["entry"]["approvals_needed"] == 2
    assert world.post("officer", f"{path}/settings", limits).status_code == 409
    assert world.call("officer", "PUT", f"{path}/sites", json={"name_zh": "上海"}).status_code == 404
    assert world.post("officer", f"{path}/nothing", {}).status_code == 422


def test_coverage_is_laid_out_period_by_period(world: World) -> None:
    made = world.accepted(name=f"r.txt?expectation_id={RECORD}&period_from=2026-08-01&period_to=2026-08-31")
    world.document()
    asked = {"first": "2026-08-01", "months": 3}
    found = world.get("auditor", "/programmes/itsm/coverage", params=asked)
    assert found.status_code == 200, found.text
    assert found.json()["months"] == ["2026-08", "2026-09", "2026-10"]
    rows = {each["expectation_id"]: each for each in found.json()["rows"]}
    first = rows[RECORD]["cells"][0]
    assert [each["id"] for each in first["items"]] == [made["id"]]
    assert (first["period"], first["starts_on"], first["ends_on"]) == ("2026-08", "2026-08-01", "2026-08-31")
    assert rows[PAPER]["action"] == "maintain"
    for wrong in ({"months": 99}, {"framework": "iso9001"}, {"months": "many"}):
        assert world.get("auditor", "/programmes/itsm/coverage", params=wrong).status_code in {404, 422}


def test_the_licensed_text_of_a_standard_is_looked_through_and_then_kept(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}/frameworks/{F2018}"
    content = "8.6.1 事件管理\n组织应……\n8.6.2 服务请求管理\n组织应……\n".encode("gb18030")
    sent = {"content": content, "headers": {"Content-Type": "text/plain"}}
    looked = world.call("officer", "POST", f"{path}/texts/zh", **sent).json()
    assert [(each["clause"], each["changed"]) for each in looked["parts"]] == [("8.6.1", True), ("8.6.2", True)]
    assert (looked["applied"], len(looked["missing"])) == (False, 86)
    assert world.get("officer", path).json()["texts"] == []
    kept = world.call("officer", "POST", f"{path}/texts/zh?apply=true", **sent)
    assert kept.json()["applied"] is True
    assert [each["clause"] for each in world.get("officer", path).json()["texts"]] == ["8.6.1", "8.6.2"]
    assert world.call("reviewer", "POST", f"{path}/texts/zh", **sent).status_code == 403
    for wrong in (b"nothing", b"\x00", b""):
        refused = world.call("officer", "POST", f"{path}/texts/zh", **{**sent, "content": wrong})
        assert refused.status_code == 422, refused.text


def test_frameworks_are_shown_brought_and_given_own_texts(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}"
    heads = world.get("auditor", f"{path}/frameworks").json()["items"]
    assert F2018 in [each["id"] for each in heads]
    text = {"language": "zh", "text": "本组织购买的条文"}
    assert world.call("officer", "PUT", f"{path}/frameworks/{F2018}/clauses/8.6.1/text", json=text).status_code == 200
    whole = world.get("owner", f"{path}/frameworks/{F2018}").json()
    assert whole["texts"] == [{"clause": "8.6.1", **text}]
    assert [world.get(who, f"{path}/frameworks/{F2018}").json()["texts"] for who in ("auditor", "ci")] == [[], []]
    licence = {"source": "GB/T 24405.1, our copy", "for_auditors": True}
    stated = world.call("officer", "PUT", f"{path}/frameworks/{F2018}/licences/zh", json=licence)
    assert stated.status_code == 200, stated.text
    shared = world.get("auditor", f"{path}/frameworks/{F2018}").json()
    assert shared["texts"] == whole["texts"]
    assert [{name: each[name] for name in licence} for each in shared["licences"]] == [licence]
    other = world.get("stranger", f"/organisations/{world.organisations[1]}/frameworks/{F2018}").json()
    assert other["texts"] == []
    assert world.get("auditor", f"{path}/crosswalks").json()["items"]
    headers = {"Content-Type": "text/yaml"}
    broken = world.call("officer", "POST", f"{path}/frameworks", content=b"a: [", headers=headers)
    assert broken.status_code == 422, broken.text
    assert "the pack:2: is not YAML" in broken.json()["detail"]
    named = world.call("officer", "POST", f"{path}/frameworks?name=our%0Arules.yaml", content=b"a: [", headers=headers)
    assert " rules.yaml:2: is not YAML" in named.json()["detail"]
    answer = world.call("officer", "POST", f"{path}/frameworks", content=OWN.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    nothing: dict[str, list[Any]] = {"added": [], "removed": [], "changed": []}
    assert answer.json() == {
        "code": "own-rules", "version": "1.0.0", "former_version": None, "applied": False,
        "difference": {"facts": [], "clauses": {**nothing, "added": ["1"]}, "expectations": nothing, "rows": nothing},
    }  # fmt: skip
    assert world.get("officer", f"{path}/frameworks/own-rules").status_code == 404
    bring = f"{path}/frameworks?apply=true"
    assert world.call("officer", "POST", bring, content=OWN.encode(), headers=headers).json()["applied"] is True
    newer = OWN.replace("1.0.0", "1.1.0").replace("title_en: Rules", "title_en: Our rules").encode()
    upgraded = world.call("officer", "POST", bring, content=newer, headers=headers).json()
    assert upgraded["former_version"] == "1.0.0"
    assert upgraded["difference"]["facts"] == [
        {"name": "version", "before": "1.0.0", "after": "1.1.0"},
        {"name": "title", "before": {"en": "Rules", "zh": "规定"}, "after": {"en": "Our rules", "zh": "规定"}},
    ]
    assert upgraded["difference"]["expectations"] == nothing
    lower = world.call("officer", "POST", bring, content=OWN.encode(), headers=headers)
    assert (lower.status_code, "1.1.0" in lower.json()["detail"]) == (409, True)
    assert world.get("stranger", f"/organisations/{world.organisations[1]}/frameworks/own-rules").status_code == 404


def test_evidence_is_listed_counted_amended_linked_and_withdrawn(world: World) -> None:
    made = [world.upload(name=f"{number}.txt", content=str(number).encode()) for number in range(5)]
    first = world.get("contributor", "/programmes/itsm/evidence?limit=2&state=submitted").json()
    second = world.get("contributor", f"/programmes/itsm/evidence?limit=3&cursor={first['cursor']}").json()
    assert [each["title"] for each in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert second["cursor"] is None
    by_title = world.get("contributor", "/programmes/itsm/evidence?sort=title").json()
    assert [each["title"] for each in by_title["items"]] == ["0", "1", "2", "3", "4"]
    assert world.get("contributor", "/programmes/itsm/evidence?sort=size").status_code == 422
    assert world.get("contributor", "/programmes/itsm/evidence/counts").json()["submitted"] == 5

    one = f"/programmes/itsm/evidence/{made[0]['id']}"
    amended = world.call("owner", "PATCH", one, json={"owner_id": world.users["owner"]}).json()
    assert (amended["title"], amended["owner_id"]) == ("0", world.users["owner"])
    assert world.call("owner", "PATCH", one, json={"title": "Minutes"}).json()["owner_id"] == world.users["owner"]
    assert world.call("owner", "PATCH", one, json={"owner_id": None}).json()["owner_id"] is None
    linked = world.post("owner", f"{one}/links", {"expectation_ids": [RECORD]})
    assert [each["expectation_id"] for each in linked.json()["links"]] == [RECORD]
    link = f"/programmes/itsm/links/{made[0]['id']}/{RECORD}"
    assert world.call("owner", "POST", f"{link}/confirm").json()["confirmed_by"] == world.users["owner"]
    assert world.call("owner", "DELETE", link).status_code == 204
    assert world.call("owner", "DELETE", link).status_code == 404
    version = world.call("contributor", "PUT", f"{one}/versions/files/again.txt", content=b"again")
    assert [each["number"] for each in version.json()["versions"]] == [2]
    assert [each["number"] for each in world.get("contributor", one).json()["versions"]] == [2, 1]
    july = {"period_from": "2026-07-01", "period_to": "2026-07-31"}
    newest = world.post("owner", f"{one}/period", {**july, "reason": "of July"}).json()["versions"][0]
    assert newest | july | {"number": 3, "correction": "of July", "submitted_by": world.users["owner"]} == newest
    assert world.post("owner", f"{one}/period", {**july, "reason": "again"}).status_code == 409
    assert world.post("owner", f"{one}/withdraw", {"reason": "a mistake"}).json()["state"] == "withdrawn"
    assert world.post("owner", f"{one}/withdraw", {"reason": "again"}).status_code == 409


def test_signing_out_ends_the_token(world: World) -> None:
    me = world.get("installer", "/me").json()
    assert me["installer"]
    assert me["token_id"]
    assert world.call("installer", "DELETE", "/session").status_code == 204
    assert world.get("installer", "/me").status_code == 401


def test_the_stores_are_examined_by_the_installer_only(world: World) -> None:
    world.upload()
    found = world.call("installer", "POST", "/doctor?read=true").json()
    assert (found["sound"], found["blobs"]) == (True, 1)
    assert world.call("officer", "POST", "/doctor").status_code == 403


def test_people_and_tokens_are_listed_made_and_ended(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}"
    until = datetime.now(UTC).date() + timedelta(days=3)
    body = {"login": "stranger", "roles": ["auditor"], "programme_id": "itsm", "until": until.isoformat()}
    given = world.post("admin", f"{path}/people", body)
    assert given.status_code == 201, given.text
    [role] = given.json()["items"]
    assert role["ends_at"].startswith(f"{until}T15:59:59")  # the end of the day in Shanghai
    assert "stranger" in [each["login"] for each in world.get("officer", f"{path}/people").json()["items"]]
    assert world.get("stranger", "/programmes/itsm").status_code == 404  # the token is for the other organisation
    assert world.call("admin", "DELETE", f"/people/{role['id']}").status_code == 204

    token = world.post(
        "officer", f"{path}/tokens", {"name": "pipeline", "role": "ci", "days": 30, "programme_id": "itsm"}
    )
    assert token.status_code == 201, token.text
    world.tokens["pipeline"] = token.json()["secret"]
    assert world.get("pipeline", "/programmes/itsm/check?stage=1").status_code == 200
    assert world.get("pipeline", f"{path}/people").status_code == 404
    assert world.upload("pipeline")["state"] == "submitted"
    assert world.call("pipeline", "POST", "/programmes/itsm/snapshots", json={"stage": 1}).status_code == 403
    listed = world.get("admin", f"{path}/tokens").json()["items"]
    assert "secret" not in listed[0]
    assert world.call("admin", "DELETE", f"/tokens/{token.json()['id']}").status_code == 204
    assert world.get("pipeline", "/me").status_code == 401


def _line(report: Any, expectation_id: str) -> Any:
    [found] = [
        line for framework in report["frameworks"] for line in framework["expectations"] if line["id"] == expectation_id
    ]
    return found


OWN = """schema_version: 1
framework: {id: own-rules, version: "1.0.0", reference: Own rules, edition: 1, published: "2026-01", coverage: full,
  title_en: Rules, title_zh: 规定}
processes: []
clauses:
  - {number: "1", parent: null, type: heading, title_en: Support, title_zh: 支持, summary_en: Help., summary_zh: 帮助。}
"""


def test_an_access_link_is_made_shown_once_listed_and_revoked(world: World) -> None:
    path = f"/organisations/{world.organisations[0]}/access-links"
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    body = {"name": "Zhao Min", "programme_id": "itsm", "until": until}
    key = {"headers": {"Idempotency-Key": "link-1"}}
    made = world.post("admin", path, body, **key)
    assert made.status_code == 201, made.text
    assert made.json()["path"].startswith("/enter/")
    assert made.json()["programme_id"] == world.programmes[0]
    assert world.post("admin", path, body, **key).json()["path"] is None  # repeated: made once, shown once
    [listed] = world.get("admin", path).json()["items"]
    assert listed["id"] == made.json()["id"]
    assert "path" not in listed
    assert world.client.get(made.json()["path"]).status_code == 200
    assert world.call("admin", "DELETE", f"/access-links/{listed['id']}").status_code == 204
    assert world.get("admin", path).json()["items"][0]["revoked_at"]
    assert world.client.get(made.json()["path"]).status_code == 404
    for wrong in ({"until": "2999-12-31"}, {"until": "2020-01-01"}, {"name": ""}, {"programme_id": "other"}):
        assert world.post("admin", path, {**body, **wrong}).status_code in {404, 422}
    assert world.post("officer", path, body).status_code == 403
