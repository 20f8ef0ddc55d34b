"""How operations are described in the OpenAPI document where their signatures cannot say it."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from app.api.fields import Body


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
    return {"responses": {200: {"description": "The bytes.", "content": content}}, "response_model": None}


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
