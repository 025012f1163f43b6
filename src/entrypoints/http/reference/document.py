"""The OpenAPI document: the framework's paths, the exact schemas of the types, examples."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from inspect import cleandoc
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.routes import HTTPRoute
from msgspec import Struct

from parlour.entrypoints.http import (
    problems,
    schemas,
    schemas_admin,
    schemas_changes,
    schemas_messages,
    schemas_notifications,
)
from parlour.entrypoints.http.reference.examples import BODIES, PROBLEMS, shown
from parlour.entrypoints.wire import views
from parlour.entrypoints.wire.errors import STATUS

Json = dict[str, Any]

REF = "#/components/schemas/"

_TAGS = (
    ("Access", "Accounts, tokens and devices."),
    ("People", "Oneself and others."),
    ("Conversations", "Heads, groups and their members."),
    ("Messages", "Saying something, reading it back, and how far everybody has read."),
    ("Catching up", "The logs, read from where a client stopped."),
    ("Notifications", "Mentions, and telling a browser whose page is closed."),
    ("Administration", "For the role admin: accounts, numbers, and what was done."),
)
_ABOUT = (
    "Everything is a log: what changes in a conversation is an event with an `offset`, 1, 2, 3, … "
    "without a gap; messages are counted by `seq` as well. An answer to a change comes after its "
    "commit. A message is sent under a key: the same key again gives the same message, for ever, "
    "so a time-out is never a question. Numbers stay below 2^53, times are RFC 3339 in UTC."
)
_DONE = {"200": "Done", "201": "Done; it is new", "204": "Done; there is nothing to say"}
_RETRIED = frozenset({429, 503})
_TIMES = frozenset({"at", "muted_until", "last_seen"})


def build_document(router: Router) -> Json:
    """Return the OpenAPI 3.1 document of the routes below *router*, which serves nothing else."""
    app = Litestar([router], openapi_config=_config(), logging_config=None)
    document: Json = app.openapi_schema.to_schema()
    document["components"]["schemas"] = exact_schemas(document["components"]["schemas"])
    refusals: Json = {}
    for _, _, operation in operations(document):
        _polish(operation, refusals)
        if operation["operationId"] in _public(app):
            operation["security"] = []
    document["components"]["responses"] = dict(sorted(refusals.items()))
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Walk through the document: path, method in capitals, operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def exact_schemas(names: Json) -> Json:
    """Return the schemas of the types with these *names*, as strict as the types are."""
    known = {
        name: found
        for module in (
            schemas,
            schemas_admin,
            schemas_changes,
            schemas_messages,
            schemas_notifications,
            views,
            problems,
        )
        for name, found in vars(module).items()
        if isinstance(found, type) and issubclass(found, Struct)
    }
    types = [known[name] for name in sorted(names)]
    exact = json_schemas(types, REF)
    for name, schema in exact.items():
        if not known[name].__struct_config__.forbid_unknown_fields:
            _as_answered(schema)
    return dict(sorted(exact.items()))


def json_schemas(types: Iterable[type], ref: str) -> Json:
    """Return the JSON Schemas of *types* and of those inside them by name; links begin with *ref*.

    Descriptions are the docstrings without their indentation, whichever release of msgspec is
    installed: before 0.23 it left the indentation in.
    """
    _, components = msgspec.json.schema_components(types, ref_template=ref + "{name}")
    for schema in components.values():
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])
    return components


def _config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Parlour",
        version=version("parlour"),
        description=_ABOUT,
        tags=[Tag(name, description) for name, description in _TAGS],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", description="An access token."
                )
            }
        ),
        use_handler_docstrings=True,
    )


def _as_answered(schema: Json) -> None:
    """Say what an answer never holds: null, which is left out instead; and what is a time."""
    for name, field in schema["properties"].items():
        field.pop("default", None)
        _without_null(field, "anyOf")
        if name in _TIMES or name.endswith("_at"):
            field["format"] = "date-time"


def _polish(operation: Json, refusals: Json) -> None:
    """Say the same in fewer and better words; move problems to *refusals*, once each."""
    operation.pop("deprecated", None)
    for parameter in operation.get("parameters", ()):
        _polish_parameter(parameter)
    if body := operation.get("requestBody"):
        _exemplify(body["content"])
    for status, response in operation["responses"].items():
        if status < "300":
            response.pop("headers", None)
            response["description"] = _DONE[status]
            if status == "200" and "201" in operation["responses"]:
                response["description"] = "It stood already"
            _exemplify(response.get("content", {}))
            continue
        codes = [word.strip("`") for word in response["description"].split(", ")]
        name = "_or_".join(codes)
        refusals[name] = _refusal(codes, response)
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def _refusal(codes: list[str], response: Json) -> Json:
    (content,) = response["content"].values()
    content["examples"] = {code: {"value": shown(PROBLEMS[code])} for code in codes}
    if any(STATUS[code] in _RETRIED for code in codes):
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return response


def _polish_parameter(parameter: Json) -> None:
    for name in ("deprecated", "allowEmptyValue", "allowReserved"):
        parameter.pop(name, None)
    schema = parameter["schema"]
    schema.pop("description", None)
    _without_null(schema, "oneOf")
    if schema.get("type") == "integer":
        schema.setdefault("minimum", 0)


def _exemplify(content: Json) -> None:
    for shape in content.values():
        schema = shape["schema"]
        found = [each["$ref"] for each in (schema, *schema.get("oneOf", ())) if "$ref" in each]
        names = [each.removeprefix(REF) for each in found]
        shape["examples"] = {name: {"value": shown(BODIES[name])} for name in names}


def _public(app: Litestar) -> set[str]:
    """Return the operations that strangers may use."""
    return {
        str(handler.operation_id)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("public")
    }


def _without_null(schema: Json, union: str) -> None:
    """Take null out of a union, and a union of one apart."""
    if union in schema:
        kinds = [each for each in schema.pop(union) if each != {"type": "null"}]
        schema.update(kinds[0] if len(kinds) == 1 else {union: kinds})
