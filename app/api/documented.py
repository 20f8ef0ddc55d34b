"""How operations are described in the OpenAPI document where their signatures cannot say it."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from app.api.fields import Body
from app.checks.formats import FORMATS
from app.checks.snapshots import SCHEMA

ETAG = {"description": "Names this state; send it as If-Match.", "schema": {"type": "string"}, "example": '"3"'}
ENTRIES: dict[str, dict[str, Any]] = {
    "profile": {
        "name_en": "IT service management",
        "name_zh": "信息技术服务管理",
        "scope_zh": "面向外部客户的运维服务",
        "frameworks": ["iso20000-1-2018"],
        "start_of_operation": "2026-01-01",
    },
    "settings": {"approvals_needed": 2, "period_grace_days": 10},
    "sites": {"name_en": "Shanghai office", "name_zh": "上海办公室", "address": "上海市浦东新区"},
    "services": {"name_en": "Hosting", "name_zh": "托管服务", "requirements": "SLA-01"},
    "parties": {"kind": "customer", "name_en": "Example Bank", "name_zh": "示例银行"},
    "agreements": {
        "kind": "sla",
        "title": "SLA-01",
        "party_id": "01990a6e-0000-7000-8000-000000000001",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
    },
    "audits": {"kind": "stage-1", "planned_on": "2027-03-01", "body": "Certification body"},
    "waivers": {"expectation_id": "policy-review-record", "reason": "First year", "until": "2027-06-30"},
    "owners": {
        "framework": "iso20000-1-2018",
        "clause": "8.6.1",
        "owner_id": "01990a6e-0000-7000-8000-000000000002",
    },
    "ages": {"expectation_id": "training-records", "max_age_days": 730, "reason": "Training comes every two years"},
}
"""An entry of each register."""


def reads(shape: type[BaseModel]) -> dict[str, Any]:
    """Answers 200 with this shape."""
    return {"responses": {200: {"model": shape, "description": "What was asked for."}}, "response_model": None}


def changes(shape: type[BaseModel]) -> dict[str, Any]:
    """Answers 200 with this shape, as it is after the change."""
    return {"responses": {200: {"model": shape, "description": "As it is now."}}, "response_model": None}


def made(shape: type[BaseModel]) -> dict[str, Any]:
    """Answers 201 with this shape."""
    return {
        "status_code": HTTPStatus.CREATED,
        "responses": {201: {"model": shape, "description": "What was made."}},
        "response_model": None,
    }


def ends() -> dict[str, Any]:
    """Answers 204."""
    return {"status_code": HTTPStatus.NO_CONTENT, "response_model": None}


def sends_bytes() -> dict[str, Any]:
    """Answers 200 with the bytes of a file."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "…"}}
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "The bytes.", "content": content, "headers": {"ETag": ETAG}},
        304: {"description": "The client has these bytes already.", "headers": {"ETag": ETAG}},
        500: {"description": "Damaged."},
    }
    return {"responses": answers, "response_model": None}


def sends_table() -> dict[str, Any]:
    """Answers 200 with a table, as a workbook or as CSV."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "…"}}
    return {"responses": {200: {"description": "The table.", "content": content}}, "response_model": None}


def raw_file() -> dict[str, Any]:
    """The body is the bytes of one file."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "…"}}
    return {"requestBody": {"required": True, "content": content}}


def form_of(part: str, shape: type[Body], *, several: bool = True) -> dict[str, Any]:
    """The body is a form: a part with JSON, then files."""
    file: dict[str, Any] = {"type": "string", "format": "binary"}
    files = {"type": "array", "items": file, "maxItems": 100} if several else file
    fields = shape.model_json_schema()
    schema = {"type": "object", "required": [part], "properties": {part: fields, "file": files}}
    content = {"multipart/form-data": {"schema": schema, "encoding": {part: {"contentType": "application/json"}}}}
    return {"requestBody": {"required": True, "content": content}}


def yaml_body() -> dict[str, Any]:
    """The body is a framework or a crosswalk in YAML."""
    example = "schema_version: 1\npack:\n  id: our-rules\n  version: 1.0.0\n"
    content = {"text/yaml": {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def text_body() -> dict[str, Any]:
    """The body is a plain text."""
    content = {"text/plain": {"schema": {"type": "string"}, "example": "4.1 Title\nThe words of the clause.\n"}}
    return {"requestBody": {"required": True, "content": content}}


def entry_body() -> dict[str, Any]:
    """The body is an entry of the register that the address names."""
    examples = {name: {"summary": name, "value": value} for name, value in ENTRIES.items()}
    schema = {"type": "object", "description": "The fields of the register's entries."}
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"requestBody": {"required": True, "content": content}}


def sends_report() -> dict[str, Any]:
    """Answers 200 with a report in the form asked for."""
    text = {"schema": {"type": "string"}, "example": "…"}
    content = {form.media_type.partition(";")[0]: text for name, form in FORMATS.items() if name != "json"}
    json = {"schema": {"type": "object"}, "example": {"schema": SCHEMA, "stage": 2, "verdict": "at-risk"}}
    verdict = {
        "description": "ready, at-risk, not-ready or cannot-evaluate.",
        "schema": {"type": "string"},
        "example": "at-risk",
    }
    answer = {
        "description": "The report.",
        "headers": {"Auditready-Verdict": verdict},
        "content": {"application/json": json, **content},
    }
    return {"responses": {200: answer}, "response_model": None}
