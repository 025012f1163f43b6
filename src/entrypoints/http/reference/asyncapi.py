"""The AsyncAPI 3.0 document of the socket (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

It is made from the types that read and write the frames and from the registry of event kinds.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, get_args

from msgspec import Struct

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.domain.logs import Payload
from parlour.entrypoints.http.reference.document import json_schemas
from parlour.entrypoints.http.reference.event_kinds import about, data_schema
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.wire import pushes
from parlour.entrypoints.wire.errors import STATUS
from parlour.entrypoints.wire.views import MessageView

Json = dict[str, Any]

ANSWERS: Mapping[type[Struct], type[Struct]] = {
    frames.Hello: frames.Welcome,
    frames.AuthRefresh: frames.Refreshed,
    frames.MessageSend: frames.Sent,
    frames.Read: frames.ReadUpTo,
    frames.Received: frames.Answer,
    frames.Sync: frames.Synced,
    frames.SyncMe: frames.SyncedMe,
    frames.Conversations: frames.Listed,
    frames.Focus: frames.Answer,
    frames.PresenceWatch: frames.Watching,
    frames.PresenceSet: frames.Answer,
    frames.MessageEdit: frames.Edited,
    frames.MessageRecall: frames.Changed,
    frames.MessageHide: frames.OwnChanged,
    frames.MessageForward: frames.Forwarded,
    frames.SetReaction: frames.Reacted,
    frames.SetPin: frames.Changed,
    frames.PollVote: frames.Changed,
    frames.DraftSet: frames.OwnChanged,
    frames.HistoryClear: frames.OwnChanged,
    frames.Ping: frames.Pong,
}
"""What answers each request when it succeeds; every request but `ping` may get an `error`."""

_ABOUT = (
    "One WebSocket with the subprotocol `parlour.v1`, one JSON object in each text frame. A "
    "request carries an `id`, its answer carries it again; a push carries none. The document "
    "describes the service: it receives requests and sends answers and pushes. The rules of the "
    "protocol are in docs/reference/protocol.md."
)
_SCHEMAS, _MESSAGES = "#/components/schemas/", "#/components/messages/"
_CHANNEL = "#/channels/socket"


def build_asyncapi(path: str = "") -> Json:
    """Return the document, ready for JSON, of an application mounted under *path*."""
    messages = _messages()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parlour socket",
            "version": version("parlour"),
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"node": {**_server(), **({"pathname": path} if path else {})}},
        "channels": {
            "socket": {
                "address": "/v1/ws",
                "description": "The socket of one client.",
                "messages": {name: {"$ref": _MESSAGES + name} for name in messages},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": _operations(),
        "components": {"messages": messages, "schemas": _schemas()},
    }


def _server() -> Json:
    return {
        "host": "{host}",
        "protocol": "wss",
        "protocolVersion": "13",
        "description": "Any node of the service.",
        "variables": {"host": {"description": "Host name, and port where it is not 443."}},
    }


def _pushed() -> list[type[Struct]]:
    return [
        found
        for found in vars(pushes).values()
        if isinstance(found, type)
        and issubclass(found, Struct)
        and found.__module__ == pushes.__name__
    ]


def _tag(frame: type[Struct]) -> str:
    return str(frame.__struct_config__.tag)


def _events() -> dict[str, tuple[type[Payload], str]]:
    """Return each kind of event by name, with the name of the frame that carries it."""
    carried: Iterable[tuple[type[Payload], type[Struct]]] = (
        *((kind, pushes.EventPush) for kind in CONVERSATION_PAYLOADS),
        *((kind, pushes.PrivatePush) for kind in PRIVATE_PAYLOADS),
    )
    return {kind.__name__: (kind, frame.__name__) for kind, frame in carried}


def _messages() -> Json:
    requests = [*get_args(frames.ClientFrame)]
    answers = dict.fromkeys(each for each in ANSWERS.values() if each not in requests)
    plain = [each for each in _pushed() if each not in {pushes.EventPush, pushes.PrivatePush}]
    messages: Json = {
        frame.__name__: {
            "name": _tag(frame),
            "summary": (frame.__doc__ or "").splitlines()[0],
            "payload": {"$ref": _SCHEMAS + frame.__name__},
        }
        for frame in (*requests, *answers, *plain)
    }
    messages["Error"] = {
        "name": "error",
        "summary": "A request is refused.",
        "payload": {"$ref": _SCHEMAS + "Error"},
    }
    for name, (kind, frame) in _events().items():
        messages[name] = _event_message(kind, frame)
    return messages


def _event_message(kind: type[Payload], frame: str) -> Json:
    tag = _tag(getattr(pushes, frame))
    own = {"kind": {"const": kind.KIND}, "data": {"$ref": f"{_SCHEMAS}{kind.__name__}"}}
    return {
        "name": f"{tag} {kind.KIND}",
        "summary": about(kind),
        "payload": {"allOf": [{"$ref": _SCHEMAS + frame}, {"properties": own}]},
    }


def _schemas() -> Json:
    types = [*get_args(frames.ClientFrame), *ANSWERS.values(), *_pushed(), MessageView]
    schemas = json_schemas(types, _SCHEMAS)
    schemas["Error"] = _error_schema()
    schemas |= {name: data_schema(kind) for name, (kind, _) in _events().items()}
    return dict(sorted(schemas.items()))


def _error_schema() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "type": {"const": "error"},
            "id": {"type": "integer", "description": "Missing where the request had none."},
            "code": {"enum": list(STATUS)},
            "title": text,
            "detail": text,
            "temporary": {"type": "boolean"},
            "retry_after_ms": {"type": "integer"},
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": text, "message": text}},
            },
            "message": {
                "$ref": _SCHEMAS + MessageView.__name__,
                "description": "What it is now, where it was changed since the client saw it.",
            },
        },
        "required": ["type", "code", "title", "temporary"],
    }


def _operations() -> Json:
    operations = {_tag(frame): _request(frame) for frame in get_args(frames.ClientFrame)}
    plain = [each.__name__ for each in _pushed()]
    carriers = {pushes.EventPush.__name__, pushes.PrivatePush.__name__}
    pushed = [name for name in plain if name not in carriers]
    operations["push"] = {
        "action": "send",
        "channel": {"$ref": _CHANNEL},
        "summary": "What the service sends unasked.",
        "messages": _refs([*pushed, *_events()]),
    }
    return operations


def _request(frame: type[Struct]) -> Json:
    operation: Json = {
        "action": "receive",
        "channel": {"$ref": _CHANNEL},
        "summary": (frame.__doc__ or "").splitlines()[0],
        "messages": _refs([frame.__name__]),
    }
    if frame in ANSWERS:
        answers = [ANSWERS[frame].__name__, *(["Error"] if frame is not frames.Ping else [])]
        operation["reply"] = {"channel": {"$ref": _CHANNEL}, "messages": _refs(answers)}
    return operation


def _refs(names: Iterable[str]) -> list[Json]:
    return [{"$ref": f"{_CHANNEL}/messages/{name}"} for name in names]


def encode_document(document: Json) -> str:
    """Return the document as it is published."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
