"""The reference as one page: routes, frames and errors, to be searched with the browser's find."""

import json
from collections.abc import Iterable
from typing import Any

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.domain.logs import Payload
from parlour.entrypoints.http.reference.document import Json, operations
from parlour.entrypoints.http.reference.event_kinds import about, data_fields
from parlour.entrypoints.http.reference.examples import PROBLEMS, shown
from parlour.entrypoints.http.reference.html import Html, join, kind, prose, table, tag
from parlour.entrypoints.http.reference.socket import (
    Frame,
    answer_frames,
    client_frames,
    frame_schemas,
    push_frames,
)
from parlour.entrypoints.wire.errors import STATUS

_SCHEMA, _FRAME = "schema-", "frame-"


def build_page(document: Json) -> str:
    """Return the page for an OpenAPI *document*."""
    info = document["info"]
    body = tag(
        "body",
        _contents(document),
        tag(
            "main",
            tag("h1", f"{info['title']} {info['version']}: reference"),
            tag("p", prose(info["description"])),
            tag(
                "p",
                "The same for programs: ",
                tag("a", "OpenAPI", href="openapi.json"),
                " of the routes, ",
                tag("a", "AsyncAPI", href="asyncapi.json"),
                " of the socket.",
            ),
            *(_group(document, each) for each in document["tags"]),
            _schemas("Bodies", "bodies", document["components"]["schemas"], _SCHEMA),
            _socket(),
            _kinds(),
            _errors(),
        ),
    )
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", f"{info['title']}: reference"),
        Html('<link rel="stylesheet" href="docs/reference.css">'),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en")


def _contents(document: Json) -> Html:
    groups = []
    for group in document["tags"]:
        lines = [
            tag("li", tag("a", operation["summary"], href=f"#{operation['operationId']}"))
            for _, _, operation in operations(document)
            if group["name"] in operation["tags"]
        ]
        groups.append(join(tag("h2", group["name"]), tag("ul", *lines)))
    more = [
        ("Bodies", "bodies"),
        ("The socket", "socket"),
        ("Kinds of events", "kinds"),
        ("Errors", "errors"),
    ]
    links = [tag("li", tag("a", name, href=f"#{anchor}")) for name, anchor in more]
    return tag("nav", *groups, tag("h2", "More"), tag("ul", *links), aria_label="Contents")


def _group(document: Json, group: Json) -> Html:
    return tag(
        "section",
        tag("h2", group["name"]),
        tag("p", prose(group["description"])),
        *(
            _operation(document, path, method, operation)
            for path, method, operation in operations(document)
            if group["name"] in operation["tags"]
        ),
    )


def _operation(document: Json, path: str, method: str, operation: Json) -> Html:
    who = "Wants an access token." if operation.get("security", True) else "Open to strangers."
    parameters = [
        (
            tag("code", each["name"]),
            each["in"],
            join(kind(each["schema"], _SCHEMA), "" if each["required"] else " (may be missing)"),
            prose(each.get("description", "")),
        )
        for each in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    return tag(
        "article",
        tag("h3", tag("code", f"{method} {path}", class_="route"), " ", operation["summary"]),
        tag("p", prose(f"{operation['description']} {who}")),
        table(("Parameter", "In", "Type", ""), parameters),
        *(_content("Body", each) for each in body.values()),
        *_answers(document, operation),
        id=operation["operationId"],
    )


def _content(label: str, content: Json) -> Html:
    examples = [_json(each["value"]) for each in content["examples"].values()]
    return join(tag("h4", label, ": ", kind(content["schema"], _SCHEMA)), *examples)


def _answers(document: Json, operation: Json) -> list[Html]:
    good, bad = [], []
    for status, response in operation["responses"].items():
        if "$ref" in response:
            name = response["$ref"].rsplit("/", 1)[-1]
            found = document["components"]["responses"][name]
            bad.append(tag("li", status, " ", prose(found["description"])))
        elif "content" in response:
            (content,) = response["content"].values()
            good.append(_content(f"{status} {response['description']}", content))
        else:
            good.append(tag("h4", f"{status} {response['description']}"))
    return [*good, tag("h4", "Or a problem"), tag("ul", *bad, class_="problems")]


def _schemas(title: str, anchor: str, schemas: Json, prefix: str) -> Html:
    listed = [
        tag("article", tag("h3", name), _schema(schema, prefix), id=prefix + name)
        for name, schema in schemas.items()
    ]
    return tag("section", tag("h2", title), *listed, id=anchor)


def _schema(schema: Json, prefix: str) -> Html:
    required = schema.get("required", ())
    rows = [
        (
            tag("code", name),
            join(kind(field, prefix), _default(field)),
            "" if name in required else "may be missing",
        )
        for name, field in schema.get("properties", {}).items()
    ]
    about = tag("p", prose(schema.get("description", "")))
    return join(about, table(("Field", "Type", ""), rows))


def _default(field: dict[str, Any]) -> str:
    return f"; {json.dumps(field['default'])}" if field.get("default") is not None else ""


def _socket() -> Html:
    about = (
        "`GET /v1/ws`, subprotocol `parlour.v1`; one JSON object a text frame. A request carries "
        "an `id`, its answer carries it again; what the service says unasked carries none."
    )
    return tag(
        "section",
        tag("h2", "The socket"),
        tag("p", prose(about)),
        tag("h3", "From the client"),
        *(_frame(each) for each in client_frames()),
        tag("h3", "Answers"),
        *(_frame(each) for each in answer_frames()),
        tag("h3", "Unasked"),
        *(_frame(each) for each in push_frames()),
        tag("h3", "What frames hold"),
        *(
            tag("article", tag("h4", name), _schema(schema, _FRAME), id=_FRAME + name)
            for name, schema in frame_schemas().items()
        ),
        id="socket",
    )


def _frame(frame: Frame) -> Html:
    heading = tag("h4", tag("code", frame.type), f" {frame.name}")
    return tag("article", heading, _schema(frame.schema, _FRAME), id=f"{_FRAME}{frame.name}")


def _kinds() -> Html:
    def listed(title: str, kinds: Iterable[type[Payload]]) -> Html:
        rows = [
            (tag("code", kind.KIND), prose(data_fields(kind)), prose(about(kind)))
            for kind in kinds
        ]
        return join(tag("h3", title), table(("Kind", "Data", ""), rows))

    return tag(
        "section",
        tag("h2", "Kinds of events"),
        listed("Of a conversation", CONVERSATION_PAYLOADS),
        listed("Of the private log", PRIVATE_PAYLOADS),
        id="kinds",
    )


def _errors() -> Html:
    known = {code: shown(example) for code, example in PROBLEMS.items()}
    rows = [
        (
            tag("code", code),
            str(status),
            str(known[code]["title"]) if code in known else "",
            "yes" if code in known and known[code]["temporary"] else "",
        )
        for code, status in STATUS.items()
    ]
    about = "Problems (RFC 9457) over HTTP and `error` frames on the socket have the same codes."
    return tag(
        "section",
        tag("h2", "Errors"),
        tag("p", prose(about)),
        table(("Code", "Status", "Meaning", "Worth another try"), rows),
        _json(shown(PROBLEMS["invalid"])),
        id="errors",
    )


def _json(value: object) -> Html:
    return tag("pre", tag("code", json.dumps(value, indent=2, ensure_ascii=False)))
