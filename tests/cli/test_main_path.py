"""The whole job by commands, from an empty folder to a snapshot."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.commands import FRAMEWORK, Cli

F2018, RECORD = "iso20000-1-2018", "incident-records"


def test_evidence_goes_from_a_file_to_an_accepted_record_and_back(cli: Cli, tmp_path: Path) -> None:
    cli.run("register", "change", "profile", "frameworks=house-rules", f"frameworks={F2018}")
    report, minutes = tmp_path / "事件报告 2026年8月.txt", tmp_path / "纪要 “八月”.md"
    report.write_bytes("八月没有重大事件。\n".encode() * 50_000)
    minutes.write_text("minutes", encoding="utf-8")

    made = cli.json("evidence", "add", str(report), str(minutes), "--expectation", RECORD, "--owner", "wang.min",
                    "--period-from", "2026-08-01", "--period-to", "2026-08-31", "--as", "wang.min")  # fmt: skip
    assert made["title"] == "事件报告 2026年8月"
    assert [each["name"] for each in made["versions"][0]["files"]] == [report.name, minutes.name]
    assert made["versions"][0]["files"][0]["sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    assert "somebody else" in cli.refused("evidence", "review", "accept", made["id"], "--as", "wang.min")
    assert "为何" not in cli.refused("evidence", "review", "reject", made["id"], "--as", "li.na")
    assert cli.json("evidence", "review", "accept", made["id"], "--as", "li.na")["state"] == "accepted"

    second = cli.run("evidence", "version", made["id"], str(report), "--collected-on", "2026-09-02", "--note", "again",
                     "--period-from", "2026-08-01", "--period-to", "2026-08-31")  # fmt: skip
    assert report.name in second.stderr, "the same bytes are told of"
    shown = cli.run("evidence", "show", made["id"], "--language", "zh").stdout
    assert "王敏" in shown, "people have names"
    assert "提交人" in shown

    assert cli.json("evidence", "list", "--state", "accepted") == []
    listed = cli.run("evidence", "list", "--owner", "wang.min").stdout
    assert made["id"] in listed
    assert cli.json("evidence", "list", "--owner", "-") == []

    cli.run("evidence", "download", made["id"], "--number", "1", "--folder", str(tmp_path / "取回"))
    assert (tmp_path / "取回" / report.name).read_bytes() == report.read_bytes()
    assert "--force" in cli.refused("evidence", "download", made["id"], "--folder", str(tmp_path / "取回"), code=2)
    streamed = cli.run("evidence", "download", made["id"], "--number", "1", "--position", "2", "--output", "-")
    assert streamed.stdout_bytes == b"minutes"

    amended = cli.json("evidence", "amend", made["id"], "--title", "八月事件报告", "--owner", "-")
    assert (amended["title"], amended["owner_id"]) == ("八月事件报告", None)
    cli.run("evidence", "unlink", made["id"], RECORD)
    assert cli.json("evidence", "show", made["id"])["links"] == []
    cli.run("evidence", "link", made["id"], RECORD)
    assert cli.json("evidence", "confirm", made["id"], RECORD)["expectation_id"] == RECORD
    corrected = cli.json("evidence", "correct", made["id"], "--reason", "of July",
                         "--period-from", "2026-07-01", "--period-to", "2026-07-31")  # fmt: skip
    assert (corrected["versions"][0]["period_from"], corrected["versions"][0]["correction"]) == (
        "2026-07-01",
        "of July",
    )
    assert cli.json("evidence", "list", "--sort", "-period", "--state", "submitted")[0]["id"] == made["id"]
    assert cli.json("evidence", "withdraw", made["id"], "--reason", "wrong")["state"] == "withdrawn"


def test_a_nil_return_needs_no_file(cli: Cli) -> None:
    made = cli.json("evidence", "add", "--title", "无重大事件", "--nil-return", "--note", "八月没有", "--period-from",
                    "2026-08-01", "--period-to", "2026-08-31")  # fmt: skip
    assert made["versions"][0]["nil_return"] is True
    assert "file" in cli.refused("evidence", "add", "--title", "nothing")


def test_damaged_bytes_are_found_and_never_saved(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "report.bin"
    file.write_bytes(b"x" * 3_000_000)
    made = cli.json("evidence", "add", str(file))
    assert cli.json("evidence", "verify")[0]["sound"] is True
    assert cli.json("doctor")["sound"] is True

    sha256 = made["versions"][0]["files"][0]["sha256"]
    stored = cli.folder / "evidence" / sha256[:2] / sha256
    stored.chmod(0o644)
    stored.write_bytes(b"y" * 3_000_000)
    assert cli.json("doctor", "--quick")["sound"] is True, "it does not read"
    assert cli.json("evidence", "verify", made["id"], code=1)[0]["sound"] is False
    assert cli.json("doctor", "--quick", code=1)["troubles"] == [{"sha256": sha256, "reason": "altered"}], "on record"
    target = tmp_path / "saved.bin"
    assert "altered" in cli.refused("evidence", "download", made["id"], "--output", str(target), code=2)
    assert not target.exists()
    assert [path.name for path in tmp_path.glob(".saved*")] == []
    assert cli.json("doctor", code=1)["troubles"] == [{"sha256": sha256, "reason": "altered"}]


def test_a_document_goes_through_its_cycle_and_is_found_by_its_number(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "方针.docx"
    file.write_bytes(b"policy" * 1000)
    cli.run(
        "document", "add", "P-01", "--title", "服务台方针", "--level", "L1", "--kind", "policy", "--owner", "wang.min"
    )
    cli.run("document", "revise", "P-01", str(file), "--change-note", "首次发布", "--as", "wang.min")
    cli.run("document", "submit", "P-01", "--next-review-on", "2030-01-01")
    assert "somebody else" in cli.refused("document", "approve", "P-01", "--as", "wang.min")
    returned = cli.json("document", "return", "P-01", "--reason", "缺少范围", "--as", "li.na")
    assert returned["revisions"][0]["state"] == "returned"
    cli.run("document", "revise", "P-01", str(file), "--as", "wang.min")
    cli.run("document", "submit", "P-01")
    approved = cli.json("document", "approve", "P-01", "--number", "2", "--as", "li.na")
    assert approved["effective"] == 2
    assert "李娜" in cli.run("document", "show", "P-01", "--language", "zh").stdout

    cli.run("document", "link", "P-01", "desk-policy")
    assert cli.json("document", "confirm", "P-01", "desk-policy")["kind"] == "document"
    cli.run("document", "unlink", "P-01", "desk-policy")
    cli.run("document", "download", "P-01", "--output", str(tmp_path / "copy.docx"))
    assert (tmp_path / "copy.docx").read_bytes() == file.read_bytes()
    assert cli.json("document", "owner", "P-01", "li.na")["owner_id"] is not None
    assert [each["number"] for each in cli.json("document", "list")] == ["P-01"]
    assert cli.json("document", "withdraw", "P-01", "--reason", "merged")["withdrawn_reason"] == "merged"
    assert "document list" in cli.refused("document", "show", "P-99")


def test_registers_take_fields_by_name_and_keep_the_others(cli: Cli, tmp_path: Path) -> None:
    audit = cli.json("register", "add", "audits", "kind=stage-2", "planned_on=2027-06-01")
    moved = cli.json("register", "change", "audits", audit["id"], "planned_on=2027-07-01", "body=CNAS")
    assert moved["entry"] == {"kind": "stage-2", "planned_on": "2027-07-01", "until_on": None, "body": "CNAS"}
    assert "2027-07-01" in cli.run("register", "list", "audits").stdout
    cli.run("register", "remove", "audits", audit["id"])
    assert cli.json("register", "list", "audits") == []

    service = cli.json("register", "add", "services", "name_zh=云主机", "owner_id=wang.min")
    assert len(service["entry"]["owner_id"]) == 36
    changed = cli.json("register", "change", "services", service["id"], "owner_id:=null")
    assert changed["entry"]["owner_id"] is None
    body = tmp_path / "site.json"
    body.write_text('{"name_zh": "上海"}', encoding="utf-8")
    assert cli.json("register", "add", "sites", "--body", f"@{body}")["entry"]["name_zh"] == "上海"

    cli.run("register", "add", "ages", "expectation_id=desk-policy", "max_age_days=500", "reason=stable")
    assert "500" in cli.run("register", "list", "ages").stdout
    assert "no-such" in cli.refused("register", "add", "ages", "expectation_id=no-such", "max_age_days=5", "reason=r")

    settings = cli.json("register", "change", "settings", "min_operation_months=4", "expiring_warning_days=30")
    assert settings["entry"]["min_operation_months"] == 4
    assert settings["entry"]["expiring_warning_days"] == [30]
    assert cli.json("register", "list", "profile")[0]["entry"]["name_zh"] == "服务台"
    assert "nosuch" in cli.refused("register", "change", "settings", "nosuch=1")
    assert "which entry" in cli.refused("register", "change", "audits", "kind=stage-1", code=2)


def test_people_tokens_and_the_journal_are_looked_after(cli: Cli) -> None:
    cli.run("user", "add", "auditor", "--name", "张审核", "--password-stdin", given="a long enough password\n")
    cli.run("people", "give", "auditor", "auditor", "--programme", "desk", "--until", "2099-06-30")
    [role] = [each for each in cli.json("people", "list") if each["login"] == "auditor"]
    assert role["ends_at"].startswith("2099-06-30T15:59")
    cli.run("people", "end", role["id"])
    [back] = cli.json("people", "restore", role["id"])
    assert (back["role"], back["ends_at"]) == ("auditor", role["ends_at"])
    assert back["id"] != role["id"]
    cli.run("user", "add", "robot", "--name", "Pipeline")
    day = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    invited = cli.run("people", "invite", "Zhao Min", "--programme", "desk", "--until", day)
    assert invited.stdout.startswith("/enter/")
    [link] = cli.json("people", "invited")
    assert link["name"] == "Zhao Min"
    cli.run("people", "uninvite", link["id"])
    assert cli.json("people", "invited")[0]["revoked_at"]
    cli.run("people", "give", "robot", "ci")
    made = cli.run("token", "make", "pipeline", "--for", "robot", "--role", "ci", "--days", "3")
    assert made.stdout.startswith("ar_")
    assert made.stdout.count("\n") == 1
    [token] = cli.json("token", "list")
    assert cli.json("token", "list", "--mine", "--as", "robot") == [token]
    assert cli.json("token", "list", "--mine") == []
    cli.run("token", "revoke", token["id"])
    assert cli.json("token", "list")[0]["revoked_at"] is not None
    signed = cli.run("sign-in", "--login", "auditor", "--password-stdin", given="a long enough password\n")
    assert signed.stdout.startswith("ar_")
    cli.run("sign-in", "--login", "auditor", "--password-stdin", code=2, given="wrong\n")
    cli.run("user", "disable", "auditor")
    assert cli.json("user", "show", "auditor")["disabled_at"] is not None

    some = cli.run("journal", "list", "--limit", "2")
    assert len(some.stdout.splitlines()) == 3
    assert "--all" in some.stderr
    actions = [each["action"] for each in cli.json("journal", "list", "--all")]
    assert {"token.made", "token.revoked", "role.ended", "organisation.added"} <= set(actions)
    assert "user.disabled" in [each["action"] for each in cli.json("journal", "list", "-o", "installation")]


def test_organisations_and_frameworks_are_shown_and_changed(cli: Cli, tmp_path: Path) -> None:
    changed = cli.json("organisation", "change", "--time-zone", "Europe/Berlin")
    assert (changed["name_zh"], changed["time_zone"]) == ("云栈科技", "Europe/Berlin")
    assert "云栈科技" in cli.run("organisation", "list").stdout
    assert {"house-rules", F2018} <= {each["id"] for each in cli.json("framework", "list")}
    assert "服务台方针" in cli.run("framework", "show", "house-rules", "--language", "zh").stdout
    cli.run("framework", "text", "house-rules", "1", "--of", "zh", "--text", "自有原文")
    assert "自有原文" in cli.run("framework", "show", "house-rules", "--clause", "1", "--language", "zh").stdout
    stated = cli.json("framework", "licence", "house-rules", "--of", "zh", "--source", "本所规章第 3 版")
    assert (stated["source"], stated["for_auditors"]) == ("本所规章第 3 版", False)
    assert "第 3 版" in cli.run("framework", "show", "house-rules", "--clause", "1", "--language", "zh").stdout
    file = tmp_path / "text.txt"
    file.write_text("1 服务台\n全文", "utf-8")
    assert (
        "Nothing was written: 1 clauses" in cli.run("framework", "texts", "house-rules", str(file), "--of", "zh").stderr
    )
    assert cli.json("framework", "texts", "house-rules", str(file), "--of", "zh", "--apply")["applied"]
    assert "全文" in cli.run("framework", "show", "house-rules", "--clause", "1", "--language", "zh").stdout
    assert cli.json("crosswalk", "show", "crosswalk-2011-2018", "--clause", "4.1.1")
    assert "crosswalk-2011-2018" in cli.run("crosswalk", "show").stdout


def test_what_a_framework_would_change_is_shown_before_it_is_brought(cli: Cli, tmp_path: Path) -> None:
    def version() -> str:
        found: str = cli.json("framework", "show", "house-rules")["pack"]["framework"]["version"]
        return found

    file = tmp_path / "rules.yaml"
    file.write_text(FRAMEWORK, "utf-8")
    assert "nothing to change" in cli.run("framework", "import", str(file)).stderr
    file.write_text(FRAMEWORK.replace('"1.0.0"', '"1.1.0"').replace("max_age_days: 365", "max_age_days: 400"), "utf-8")
    shown = cli.run("framework", "import", str(file))
    assert "max_age_days" in shown.stdout
    assert "Nothing was written" in shown.stderr
    assert version() == "1.0.0"
    assert "1.1.0" in cli.run("framework", "import", str(file), "--apply").stderr
    assert version() == "1.1.0"
    file.write_text(FRAMEWORK, "utf-8")
    assert "1.1.0" in cli.refused("framework", "import", str(file))

    file.write_text(FRAMEWORK.replace("id: house-rules", "id: more-rules"), "utf-8")
    new = cli.run("framework", "import", str(file))
    assert "desk-policy" in new.stdout
    assert "would be new" in new.stderr
    assert "more-rules" not in [each["id"] for each in cli.json("framework", "list")]


def test_a_framework_file_that_cannot_be_used_is_named(cli: Cli, tmp_path: Path) -> None:
    broken = tmp_path / "规定 v2.yaml"
    broken.write_text("a: [", "utf-8")
    assert "规定 v2.yaml:2: is not YAML" in cli.refused("framework", "import", str(broken))
    broken.write_text("""\
schema_version: 1
crosswalk: {id: map, version: "1.0.0", from: house-rules, to: iso20000-1-2018, title_en: Map, title_zh: 映射}
rows:
  - {from: "1", to: [{clause: "8.6.99", relation: subset}]}
""", "utf-8")  # fmt: skip
    refused = cli.refused("framework", "import", str(broken))
    assert "规定 v2.yaml:4: rows[0].to[0].clause: iso20000-1-2018 8.6.99" in refused
    broken.write_bytes(b" " * 10_000_001)
    assert "规定 v2.yaml is larger than 10 MB" in cli.refused("framework", "import", str(broken), code=2)


def test_snapshots_are_kept_and_compared_and_serve_as_baseline(cli: Cli, tmp_path: Path) -> None:
    first = cli.json("snapshot", "take", "--stage", "1", "--label", "早")
    file = tmp_path / "policy.txt"
    file.write_text("policy", encoding="utf-8")
    cli.approve_policy(file)
    cli.run("snapshot", "take", "--stage", "1")
    newer, older = cli.json("snapshot", "list")
    assert older["label"] == "早"
    changes = cli.json("snapshot", "compare", older["id"], newer["id"])
    assert [each["code"] for each in changes["closed"]] == ["evidence-missing", "owner-missing"]
    assert "closed" in cli.run("snapshot", "compare", older["id"], newer["id"]).stdout
    assert cli.json("snapshot", "show", older["id"]) == first
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps(first), encoding="utf-8")
    report = json.loads(cli.run("check", "--stage", "1", "--format", "json", "--baseline", str(baseline)).stdout)
    assert len(report["comparison"]["closed"]) == 2


def test_users_are_listed_and_let_in_again_and_get_new_passwords(cli: Cli) -> None:
    logins = [each["login"] for each in cli.json("user", "list")]
    assert logins == ["admin", "li.na", "wang.min"]
    cli.run("user", "password", "li.na", "--password-stdin", given="a long enough password\n")
    cli.run("user", "password", "--password-stdin", "--as", "li.na", given="wrong\nanother long password\n", code=1)
    both = "a long enough password\nanother long password\n"
    cli.run("user", "password", "--password-stdin", "--as", "li.na", given=both)
    cli.run("sign-in", "--login", "LI.NA", "--password-stdin", given="another long password\n")
    cli.run("user", "disable", "li.na")
    assert cli.json("user", "enable", "LI.NA")["disabled_at"] is None


def test_a_command_with_the_same_key_is_done_once(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "minutes.txt"
    file.write_text("minutes")
    once = ("--idempotency-key", "night-1", "--as", "wang.min")
    first, again = (cli.json("evidence", "add", str(file), "--collected-on", "2026-08-10", *once) for _ in range(2))
    assert first["id"] == again["id"]
    assert cli.json("evidence", "counts") == {"submitted": 1, "accepted": 0, "rejected": 0, "withdrawn": 0}
    cli.refused("evidence", "add", str(file), "--collected-on", "2026-08-09", *once)
    for words in (("document", "add", "P-9", "--title", "方针", "--level", "L1", "--kind", "policy"),
                  ("document", "revise", "P-9", str(file)), ("register", "add", "sites", "name_zh=上海"),
                  ("user", "add", "robot", "--name", "Robot"), ("snapshot", "take", "--stage", "1")):  # fmt: skip
        one, two = (cli.json(*words, "--idempotency-key", "-".join(words[:2])) for _ in range(2))
        assert one == two


def test_one_sees_who_one_is(cli: Cli) -> None:
    found = cli.json("me", "--as", "wang.min")
    assert (found["name"], found["grants"][0]["roles"]) == ("王敏", ["compliance-officer"])
    assert "compliance-officer" in cli.run("me", "--as", "wang.min").stdout
    cli.refused("sign-out")
