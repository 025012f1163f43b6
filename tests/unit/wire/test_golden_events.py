"""The golden events, with which clients in every language are tested, are current."""

import json

import pytest

from parlour.domain.events import (
    CONVERSATION_PAYLOADS,
    PRIVATE_PAYLOADS,
    decode_conversation_payload,
    decode_private_payload,
    encode_payload,
)
from parlour.domain.logs import UnknownPayload
from parlour.entrypoints.wire import pushes
from tests.support import builders as b
from tests.support.golden_events import FILE, GoldenEvent, encoded, golden_events

GOLDENS = golden_events()
DECODE = {"conversation": decode_conversation_payload, "private": decode_private_payload}


def test_the_file_of_golden_events_is_current() -> None:
    assert FILE.read_bytes() == encoded(), "run `python -m tests.support.golden_events`"


def test_there_is_a_golden_event_of_every_kind() -> None:
    shown = {type(DECODE[each.audience](each.kind, each.frame["data"])) for each in GOLDENS}

    assert {*CONVERSATION_PAYLOADS, *PRIVATE_PAYLOADS} == shown


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.kind)
def test_a_golden_event_is_decoded_and_encoded_unchanged(golden: GoldenEvent) -> None:
    data = golden.frame["data"]
    payload = DECODE[golden.audience](golden.kind, data)

    assert not isinstance(payload, UnknownPayload)
    assert json.dumps(encode_payload(payload)) == json.dumps(data)
    assert golden.kind == golden.frame["kind"] == payload.KIND


def test_a_message_has_the_same_frame_live_and_from_the_log() -> None:
    message = b.message(122, "hi", mentions=(b.BOB,), everyone=True, reply_to=120)

    assert pushes.encode_message(message) == pushes.encode_event(message.as_event())
