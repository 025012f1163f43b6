"""The kinds of messages that this client knows, and each in one line, as the service shows it."""

from collections.abc import Callable, Mapping
from typing import Any

from parlour.entrypoints.client.models import Event
from parlour.entrypoints.client.text import excerpt

Body = Mapping[str, Any]


def _text(body: Body) -> str:
    text = body.get("text")
    return text if isinstance(text, str) else ""


_SHOWN: Mapping[str, Callable[[Body], str]] = {
    "text": _text,
    "location": lambda body: f"📍 {body.get('title') or body.get('address') or ''}",
    "contact": lambda _body: "👤",
    "poll": lambda body: f"📊 {body.get('question', '')}",
    "bundle": lambda body: f"🗂️ {body.get('title', '')}",
}


def excerpt_of(message: Event) -> str:
    """Return a message as the list of conversations shows it; empty where it was recalled."""
    kind, body = message.data.get("kind", ""), message.body
    shown = _SHOWN.get(kind, _text)(body)
    return excerpt(shown or (f"[{kind}]" if kind else ""))
