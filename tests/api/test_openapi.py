"""What the API says of itself: valid, complete, with an example everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.api.problems import KINDS, MEDIA_TYPE
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import World

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The document as a client reads it; making it opens no store."""
    app = create_app(Settings.load(data_folder=tmp_path_factory.mktemp("nothing") / "data"))
    return json.loads(json.dumps(app.openapi()))


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield every operation with its method and path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]


def test_every_reference_leads_somewhere_and_every_id_is_there_once(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    references = {part.partition('"')[0] for part in text.split('"$ref": "#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids) > 60
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == tags


def test_every_operation_says_what_it_does_who_may_and_how_it_refuses(document: Any) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        public = operation["tags"] == ["health"] or operation["operationId"] == "sign_in"
        assert ("security" in operation) is not public, name
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"422", "503"} <= set(refusals), name
        assert public or {"401", "403", "404"} <= set(refusals), name
        assert all(set(answer["content"]) == {MEDIA_TYPE} for answer in refusals.values()), name
    kinds = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert {f"urn:auditready:problem:{kind.name}" for kind in KINDS.values()} <= set(kinds)


def test_every_body_has_an_example_that_its_schema_allows(document: Any) -> None:
    seen = 0
    for name, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [answer for status, answer in operation["responses"].items() if status not in {"204", "304"}]
        assert bodies, name
        for body in bodies:
            for media in body["content"].values():
                examples = (
                    [media["example"]] if "example" in media else [e["value"] for e in media["examples"].values()]
                )
                assert examples, name
                for example in examples:
                    schema = {**media["schema"], "components": document["components"]}
                    Draft202012Validator(schema).validate(example)
                    seen += 1
    assert seen > 300


def test_every_parameter_has_an_example_that_its_schema_allows(document: Any) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("example") is not None, (name, parameter["name"])
            schema = {**parameter["schema"], "components": document["components"]}
            Draft202012Validator(schema).validate(parameter["example"])


def test_a_wrong_password_and_bytes_that_one_has_are_documented(document: Any) -> None:
    found = dict(operations(document))
    assert "401" in found["post /api/v1/sign-in"]["responses"]
    assert (
        "304" in found["get /api/v1/programmes/{programme}/documents/{document}/revisions/{number}/file"]["responses"]
    )


def test_an_etag_is_documented_where_an_answer_carries_one(world: World) -> None:
    item, paper = world.upload()["id"], world.document()["id"]
    for path, item_of in world.client.get("/api/v1/openapi.json").json()["paths"].items():
        ids = {"organisation": world.organisations[0], "programme": "itsm", "evidence": item, "document": paper,
               "register": "settings", "number": "1", "position": "1", "code": "iso20000-1-2018", "user": "officer"}  # fmt: skip
        if "get" not in item_of or any(
            f"{{{name}}}" in path for name in ("entry", "snapshot", "first", "kind", "evidence_import")
        ):
            continue
        answer = world.get("installer", path.removeprefix("/api/v1").format(**ids), params={})
        if answer.status_code == 200:
            documented = "ETag" in item_of["get"]["responses"]["200"].get("headers", {})
            assert ("etag" in answer.headers) is documented, path


def test_the_document_is_served_without_a_token_and_no_page_loads_from_elsewhere(world: Any) -> None:
    answer = world.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["version"]
    for path in ("/docs", "/redoc", "/api/v1/docs"):
        assert world.client.get(path).status_code == 404


def test_making_the_app_touches_no_store(tmp_path: Path) -> None:
    create_app(Settings.load(data_folder=tmp_path / "data"))
    assert not (tmp_path / "data").exists()
