"""Examples for the OpenAPI document, made from schemas."""

from collections.abc import Mapping
from typing import Any

ID = "01990a6e-5b1c-7f00-8a3e-0123456789ab"
EXAMPLES: Mapping[str, Any] = {
    "accept": True,
    "approve": True,
    "capacity": 1,
    "clause": "8.6.1",
    "code": "itsm",
    "cursor": None,
    "decision": "accepted",
    "effective": 1,
    "expectation": "incident-records",
    "expectation_id": "incident-records",
    "expectation_ids": ["incident-records"],
    "facts_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "file_name": "事件记录-2026-08.xlsx",
    "framework": ["iso20000-1-2018"],
    "frameworks": ["iso20000-1-2018"],
    "kind": "policy",
    "language": "zh",
    "languages": ["zh", "en"],
    "level": "L1",
    "login": "wang.min",
    "media_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "name": "王敏",
    "name_en": "Example Cloud",
    "name_zh": "示例云",
    "number": 1,
    "old_password": "battery horse staple correct",
    "page": 1,
    "password": "correct horse battery staple",
    "position": 1,
    "profile": {"name_en": "IT services", "frameworks": ["iso20000-1-2018"], "start_of_operation": "2026-01-01"},
    "reason": "Signed by the process owner.",
    "register": "services",
    "revision": 1,
    "role": "ci",
    "roles": ["contributor"],
    "secret": "ar_…",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "stage": 2,
    "state": "submitted",
    "time_zone": "Asia/Shanghai",
    "title": "Incident records, August 2026",
    "token": "ar_…",
    "until": "2027-03-31",
    "verdict": "at-risk",
}
"""Examples by the name of the field; others follow from their type."""

PARAMETERS: Mapping[str, Any] = {
    "Idempotency-Key": "upload-2026-08-31-1",
    "If-Match": '"3"',
    "If-None-Match": '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    "as_of": "2027-03-01",
    "collected_on": "2026-09-01",
    "cursor": "ZXZpZGVuY2U6MDE5OTBhNmU",
    "first": "2026-08-01",
    "known_at": "2026-08-31T08:00:00Z",
    "owner_id": ID,
    "period_from": "2026-08-01",
    "period_to": "2026-08-31",
    "programme_id": ID,
    "subject_id": ID,
    "valid_until": "2027-08-31",
}
"""Examples of parameters that may be left out."""


_IDS = frozenset(
    {"organisation", "programme", "evidence", "document", "entry", "item", "snapshot", "membership", "evidence_import"}
)
_KINDS = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object", type(None): "null"}
_BY_FORM = {"date": "2026-08-31", "date-time": "2026-08-31T08:00:00Z", "binary": "…"}
_BY_KIND: dict[str, Any] = {"integer": 1, "number": 1.0, "boolean": False, "object": {}}


def example_of(schema: Mapping[str, Any], name: str, schemas: Mapping[str, Any]) -> Any:  # noqa: ANN401 (any JSON)
    """Return an example of a schema; the name of a field tells what is in it. `schemas` are those of the document."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "examples" in schema:
        return schema["examples"][0]
    if name in EXAMPLES and _fits(EXAMPLES[name], schema):
        return EXAMPLES[name]
    if "properties" in schema:
        return {key: example_of(each, key, schemas) for key, each in schema["properties"].items()}
    if "items" in schema:
        return [example_of(schema["items"], name, schemas)]
    return _plain(schema, name)


def _plain(schema: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 (any JSON)
    kind = schema.get("type")
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") in _BY_FORM:
        return _BY_FORM[schema["format"]]
    if kind == "string":
        return ID if name == "id" or name.endswith("_id") or name in _IDS else str(schema.get("default") or name)
    return schema.get("default", _BY_KIND.get(str(kind)))  # what may be null is null


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    options = schema.get("anyOf", [schema])
    of_kind = [each for each in options if each.get("type") in {None, _KINDS[type(value)]}]
    return any(
        value in each.get("enum", [value]) and each.get("format") in {None, "date", "password"} for each in of_kind
    )
