"""The client handles every kind of event that the service sends, or skips it on purpose."""

import json
from pathlib import Path
from typing import Any

import pytest

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.entrypoints.cli.chat import notes
from parlour.entrypoints.client import events
from parlour.entrypoints.client.models import User
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from tests.support.programs import ROOT

GOLDEN: list[dict[str, Any]] = json.loads((ROOT / "tests/golden/events.json").read_text("utf-8"))
CONVERSATION = {kind.KIND for kind in CONVERSATION_PAYLOADS}
PRIVATE = {kind.KIND for kind in PRIVATE_PAYLOADS}


def missing_in(module: str | None, kinds: set[str], known: set[str]) -> str:
    """Say which kinds a module lacks, and which it has too many."""
    path = Path(str(module)).resolve().relative_to(ROOT)
    return f"{path}: lacks {sorted(kinds - known)}, has too many {sorted(known - kinds)}"


def test_every_kind_has_an_entry_in_the_table_of_the_client() -> None:
    for kinds, table in (
        (CONVERSATION, events.CONVERSATION_EVENTS),
        (PRIVATE, events.PRIVATE_EVENTS),
    ):
        assert kinds == set(table), missing_in(events.__file__, kinds, set(table))


def test_every_kind_of_a_conversation_has_an_entry_in_the_texts_of_the_terminal() -> None:
    known = set(notes.NOTES)

    assert known == CONVERSATION, missing_in(notes.__file__, CONVERSATION, known)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: str(golden["kind"]))
def test_a_golden_event_takes_its_place_in_its_log(golden: dict[str, Any]) -> None:
    frame, offset = golden["frame"], golden["frame"]["offset"]
    where = frame.get("conversation", "garden")
    head = {"conversation": where, "kind": "group", "title": "Garden", "members": 3}
    heads = [{**head, "seq": 121, "offset": offset - 1}]
    state = apply(State(me=User("me", "me", "Me")), {"type": "heads", "heads": heads})
    page = {"events": [], "cursor": "1", "reset": False}
    state = apply(state, {"type": "private", **page})
    if golden["audience"] == "private":
        state = apply(state, {"type": "private", **page, "events": [frame]})
        assert state.private_offset == offset
    else:
        state = apply(state, frame)
        assert state.conversations[where].head.offset == offset
    assert state.skipped == 0
