"""The registry of errors for clients: every code, every field that can be at fault, the limits.

A client that speaks in words of its own needs a sentence for each of them; errors.json is what its
tests walk through.
"""

import json
from collections.abc import Iterator
from typing import Any

from parlour.domain.access import Password
from parlour.domain.conversations import Title
from parlour.domain.messages import MAX_CHARACTERS
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.wire.errors import STATUS

Json = dict[str, Any]

_ADMIN = "/v1/admin"
_IN_BODIES = (
    "body.text",
    *("body.question", "body.options", "body.multiple", "body.public", "body.closes_at"),
    *("body.latitude", "body.longitude", "body.title", "body.address"),
    "body.user",
    "body.items",
    "keys.p256dh",
    "keys.auth",
)
"""Fields inside of others, whose schema does not name them."""


def build_errors(openapi: Json) -> Json:
    """Return the registry of the API that *openapi* describes, without administration."""
    return {
        "codes": dict(sorted(STATUS.items())),
        "fields": sorted({*_fields(openapi), *_IN_BODIES}),
        "limits": {
            "handle": {"min": Handle.MIN_LENGTH, "max": Handle.MAX_LENGTH},
            "display_name": {"max": DisplayName.MAX_LENGTH},
            "title": {"max": Title.MAX_LENGTH},
            "password": {"min": Password.MIN_LENGTH},
            "body.text": {"max": MAX_CHARACTERS},
        },
    }


def encode_errors(registry: Json) -> str:
    """Return the registry as it is written to a file."""
    return json.dumps(registry, indent=2, ensure_ascii=False) + "\n"


def _fields(openapi: Json) -> Iterator[str]:
    """Yield the names of parameters and of what is in bodies."""
    for path, item in openapi["paths"].items():
        if path.startswith(_ADMIN):
            continue
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                yield parameter["name"]
            content = operation.get("requestBody", {}).get("content", {})
            for body in content.values():
                yield from _properties(body["schema"], openapi)


def _properties(schema: Json, openapi: Json) -> Iterator[str]:
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _properties(choice, openapi)
    if link := schema.get("$ref"):
        name = link.rpartition("/")[2]
        yield from _properties(openapi["components"]["schemas"][name], openapi)
    yield from schema.get("properties", ())
