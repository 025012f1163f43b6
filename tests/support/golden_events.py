"""One event of every kind at least, as it travels, for clients in every language.

`tests/golden/events.json` holds them, a list of {kind, audience, since, frame} with the audiences
`conversation` and `private`; `python -m tests.support.golden_events` writes it anew. Every event
of a conversation has offset 134, every private one offset 8. To change a line that is there
already means to break clients.
"""

import json
from pathlib import Path
from typing import Any, Literal

import attrs
import msgspec

from parlour.entrypoints.http.reference import event_examples as examples
from parlour.entrypoints.wire import pushes

FILE = Path(__file__).parent.parent / "golden" / "events.json"


@attrs.frozen
class GoldenEvent:
    """One event, as the frame that carries it."""

    kind: str
    audience: Literal["conversation", "private"]
    since: int
    frame: dict[str, Any]


def golden_events() -> list[GoldenEvent]:
    """Return an event of every kind, the same in every run."""
    shared = [
        GoldenEvent(
            payload.KIND,
            "conversation",
            payload.SINCE,
            json.loads(pushes.encode_event(examples.conversation_event(payload))),
        )
        for payload in examples.conversation_payloads()
    ]
    own = [
        GoldenEvent(
            payload.KIND,
            "private",
            payload.SINCE,
            json.loads(pushes.encode_private(examples.private_event(payload))),
        )
        for payload in examples.private_payloads()
    ]
    return [*shared, *own]


def encoded() -> bytes:
    """Return the events as they stand in the file: one a line."""
    lines = b",\n".join(msgspec.json.encode(attrs.asdict(each)) for each in golden_events())
    return b"[\n" + lines + b"\n]\n"


if __name__ == "__main__":
    FILE.write_bytes(encoded())
