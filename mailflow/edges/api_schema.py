"""The document of the API: OpenAPI 3.1, made from the table of operations and the models their bodies are read with.

Rules: OpenAPI 3.1.1 (its schemas are JSON Schema 2020-12, as pydantic writes them), RFC 9457 for problems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mailflow import __version__
from mailflow.core.api_problems import PROBLEMS, Name
from mailflow.edges import api_shapes as shapes
from mailflow.edges.api_operations import ALWAYS, OPERATIONS, PATHS, ROOT, WITH_BODY, Operation

_REF = "#/components/schemas/{model}"
_PROBLEM = "application/problem+json"
_KEY = {"in": "header", "name": "Idempotency-Key", "required": True}
LONGEST_IDEMPOTENCY = 200
IDEMPOTENCY = r"^[!-~]{1,200}$"
_ABOUT = (
    "Starts cases, shows how they stand and gives back their papers. A key never decides: a decision needs the "
    "one-use link of the person who decides, and the same code the page asks for."
)
Json = dict[str, Any]
_Mode = Literal["validation", "serialization"]


def document(url: str) -> Json:
    """Give the document; `url` is where people reach the site."""
    schemas, refs = _schemas()
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas, refs)
    return {
        "openapi": "3.1.1",
        "info": {"title": "mailflow", "version": __version__, "summary": "Approvals by e-mail.", "description": _ABOUT},
        "servers": [{"url": f"{url}{ROOT}"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "mfk_"}},
        },
    }


def _schemas() -> tuple[Json, Mapping[tuple[type[BaseModel], str], Json]]:
    wanted: dict[tuple[type[BaseModel], _Mode], None] = {(shapes.ProblemDetails, "serialization"): None}
    for operation in OPERATIONS:
        for model in (operation.asked, operation.query):
            if model is not None:
                wanted[(model, "validation")] = None
        if operation.told is not None:
            wanted[(operation.told, "serialization")] = None
    refs, defined = models_json_schema(list(wanted), ref_template=_REF)
    return defined["$defs"], refs  # type: ignore[return-value]


def _operation(operation: Operation, schemas: Json, refs: Mapping[tuple[type[BaseModel], str], Json]) -> Json:
    told: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_of_path(operation), *_of_query(operation, schemas, refs), *_of_headers(operation)],
        "responses": dict(_responses(operation, refs)),
    }
    if operation.free:
        told["security"] = []
    elif operation.right is not None:
        told["description"] = f"Needs the right `{operation.right}`."
    if operation.asked is not None:
        body = {"application/json": {"schema": refs[(operation.asked, "validation")]}}
        told["requestBody"] = {"required": True, "content": body}
    return told


def _of_path(operation: Operation) -> Iterator[Json]:
    for name, pattern in PATHS.items():
        if f"{{{name}}}" in operation.path:
            yield {"in": "path", "name": name, "required": True, "schema": {"type": "string", "pattern": pattern}}


def _of_query(operation: Operation, schemas: Json, refs: Mapping[tuple[type[BaseModel], str], Json]) -> Iterator[Json]:
    if operation.query is None:
        return
    named = refs[(operation.query, "validation")]["$ref"].rpartition("/")[2]
    for name, schema in schemas[named]["properties"].items():
        whole = _without_null(schema)
        about = {"description": whole.pop("description")} if "description" in whole else {}
        yield {"in": "query", "name": name, "required": False, "schema": whole, **about}


def _without_null(schema: Json) -> Json:
    """Give the schema of a value that may be left out: in a query, leaving it out is how nothing is said."""
    plain = {name: value for name, value in schema.items() if name not in ("title", "default")}
    options = [one for one in plain.pop("anyOf", []) if one.get("type") != "null"]
    return {**plain, **(options[0] if options else {})}


def _of_headers(operation: Operation) -> Iterator[Json]:
    if operation.named:
        about = "A name of this request that the caller chooses: sent again under it, it happens once."
        yield {**_KEY, "description": about, "schema": {"type": "string", "pattern": IDEMPOTENCY}}


def _responses(operation: Operation, refs: Mapping[tuple[type[BaseModel], str], Json]) -> Iterator[tuple[str, Json]]:
    content: Json = {"application/octet-stream": {}}
    if operation.told is not None:
        content = {"application/json": {"schema": refs[(operation.told, "serialization")]}}
    elif operation.free:
        content = {"application/json": {"schema": {"type": "object"}}}
    yield str(operation.status), {"description": "Done.", "content": content}
    if operation.again:
        yield str(operation.again), {"description": "Done before, by the same request.", "content": content}
    schema = {"schema": refs[(shapes.ProblemDetails, "serialization")]}
    for status, names in _problems(operation).items():
        yield str(status), {"description": ", ".join(names), "content": {_PROBLEM: schema}}


def _problems(operation: Operation) -> Mapping[int, list[Name]]:
    """Give what may be wrong, by status."""
    always = ALWAYS[4:] if operation.free else ALWAYS
    query: tuple[Name, ...] = ("wrong-values",)
    body = WITH_BODY if operation.asked is not None else query
    named: tuple[Name, ...] = ("no-idempotency-key",) if operation.named else ()
    found: dict[int, list[Name]] = {}
    for name in dict.fromkeys((*always, *body, *named, *operation.problems)):
        found.setdefault(PROBLEMS[name], []).append(name)
    return dict(sorted(found.items()))
