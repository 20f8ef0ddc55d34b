"""The OpenAPI document: what the framework makes, with problems, the token, stable ids and examples everywhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.api.documented import ETAG
from app.api.examples import PARAMETERS, example_of
from app.api.problems import KINDS, MEDIA_TYPE, METHOD

METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = """Audit readiness for ISO/IEC 20000-1: evidence, controlled documents, and how ready a programme is.

Send a token as `Authorization: Bearer ar_...`. Days are ISO days where the organisation is, moments carry their zone.
Every refusal is a problem document (RFC 9457) in both languages. Lists that grow come in pages. What can be changed has
an `ETag`; send it as `If-Match`. What makes something takes an `Idempotency-Key`. Unknown fields and parameters are
refused.
"""
TAGS = {
    "health": "Is it alive, can it work.",
    "session": "Signing in and out.",
    "organisations": "Organisations and their journal.",
    "people": "Users, roles, tokens.",
    "frameworks": "What the standards expect.",
    "programmes": "Programmes and their registers.",
    "evidence": "Proof that something was done.",
    "imports": "Evidence coming in from tables.",
    "documents": "Controlled documents.",
    "links": "Which item answers which expectation.",
    "readiness": "Checks and snapshots.",
    "installation": "The stores.",
}
PUBLIC = frozenset({"check_alive", "check_ready", "sign_in"})
STATUSES = {422: "What was sent cannot be used.", 503: "A store cannot be reached now."}
SIGNED_IN = {401: "The token is missing or not valid.", 403: "Not allowed.", 404: "Not there, or not to be seen."}
TOO_OFTEN = {429: "Too many wrong passwords: wait for Retry-After."}
SIGNING_IN = {401: "The login or the password is wrong.", **TOO_OFTEN}
CHANGING = {409: "It contradicts what is there.", 412: "Changed meanwhile.", 413: "Too large.", 415: "Other content."}


TAGGED = frozenset({"OrganisationShape", "EvidenceShape", "SubmittedShape", "DocumentShape", "EntryShape", "Register"})
"""What has a revision, so that its answers carry an ETag; of registers those with one entry."""


def install(app: FastAPI) -> None:
    """Make the app describe itself so; the document is made when it is first asked for."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # (the framework's own way)


def _document(app: FastAPI) -> dict[str, Any]:
    tags = [{"name": name, "description": text} for name, text in TAGS.items()]
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=tags)
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for made_up in ("HTTPValidationError", "ValidationError"):
        schemas.pop(made_up, None)
    schemas["Problem"] = _problem()
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "A token, ar_..."}}
    for operation in _operations(document):
        _complete(operation, schemas)
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def _complete(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    operation["summary"] = operation["description"].splitlines()[0].rstrip(".")
    public = operation["operationId"] in PUBLIC
    if not public:
        operation["security"] = [{"token": []}]
    damaged = {500: "The stored bytes are damaged."} if "500" in operation["responses"] else {}
    statuses = {
        **STATUSES,
        **(SIGNING_IN if operation["operationId"] == "sign_in" else {}),
        **(TOO_OFTEN if operation["operationId"] == "set_password" else {}),
        **({} if public else SIGNED_IN),
        **(CHANGING if "requestBody" in operation else {}),
        **damaged,
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": PROBLEM}}
    for status, text in statuses.items():
        operation["responses"][str(status)] = {"description": text, "content": content}
    for parameter in operation.get("parameters", []):
        example = PARAMETERS.get(parameter["name"]) or example_of(parameter["schema"], parameter["name"], schemas)
        parameter.setdefault("example", example)
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    answers = [answer for status, answer in operation["responses"].items() if status < "400"]
    for answer in answers:
        if _shape_of(answer) in TAGGED:
            answer["headers"] = {"ETag": ETAG}
    bodies += answers
    for body in bodies:
        for media in body.get("content", {}).values():
            if not {"example", "examples"} & set(media) and "schema" in media:
                media["example"] = example_of(media["schema"], "", schemas)


def _shape_of(answer: Mapping[str, Any]) -> str:
    media = answer.get("content", {}).get("application/json", {})
    return str(media.get("schema", {}).get("$ref", "")).rpartition("/")[2]


def _problem() -> dict[str, Any]:
    kinds = [f"urn:auditready:problem:{kind.name}" for kind in (*KINDS.values(), METHOD)]
    text = {"type": "string"}
    both = {"type": "object", "required": ["en", "zh"], "properties": {"en": text, "zh": text}}
    return {
        "type": "object",
        "description": "A refusal (RFC 9457): what is wrong and the next step.",
        "required": ["type", "title", "status", "detail", "details"],
        "properties": {
            "type": {"type": "string", "enum": kinds},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "details": both,
            "field": {"type": "string", "description": "The input at fault, where there is one."},
        },
        "example": PROBLEM,
    }


def operation_id(route: APIRoute) -> str:
    """Return the name of the endpoint's function as the operation's id."""
    return route.name


PROBLEM = {
    "type": "urn:auditready:problem:invalid",
    "title": "It cannot be used",
    "status": 422,
    "detail": "The period ends before it begins.",
    "field": "period_to",
    "details": {"en": "The period ends before it begins.", "zh": "期间的结束早于开始。"},
}
