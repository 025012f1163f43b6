"""Between text and frames."""

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Limited
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.codec import (
    MalformedRequest,
    NotAFrame,
    decode,
    encode_error,
    encode_pong,
)
from parlour.entrypoints.wire.errors import bad_request, problem
from tests.support import builders as b
from tests.support.fakes import SECOND

SEND: dict[str, Any] = {
    "type": "message.send",
    "id": 2,
    "conversation": str(b.LOBBY),
    "key": str(b.ALICE),
    "body": {"text": "hi"},
}
DEEP = "[" * 20_000

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def refused(text: str | bytes) -> MalformedRequest:
    found = decode(text)
    assert isinstance(found, MalformedRequest)
    return found


class TestDecode:
    def test_reads_a_send(self) -> None:
        assert decode(json.dumps(SEND)) == frames.MessageSend(
            id=2, conversation=b.LOBBY, key=b.ALICE, body={"text": "hi"}
        )

    def test_ignores_unknown_fields(self) -> None:
        assert decode(json.dumps({**SEND, "shiny": [1]})) == decode(json.dumps(SEND))

    @pytest.mark.parametrize(
        "text",
        [
            *("", " ", "hi", "[]", "[{}]", "1", "true", "null", '"hi"', "NaN", "{'type':'ping'}"),
            *("{", "{]", "{}{}", '{"type":"ping"', '{"type":"ping"}\0', "\ufeff{}"),
            *('{"a":NaN}', '{"a":Infinity}', DEEP, '{"a":' + DEEP),
        ],
    )
    def test_takes_nothing_but_an_object(self, text: str) -> None:
        with pytest.raises(NotAFrame):
            decode(text)

    @pytest.mark.parametrize(
        "raw",
        [b"\xff\xfe{\0}\0", '{"type":"ping"}'.encode("utf-16"), b'{"type":"p\xffng"}'],
    )
    def test_takes_nothing_but_utf_8(self, raw: bytes) -> None:
        with pytest.raises(NotAFrame):
            decode(raw)

    @pytest.mark.parametrize(
        ("wrong", "where"),
        [
            ({"type": "wat"}, "type"),
            ({"type": 7}, "type"),
            ({"type": None}, "type"),
            ({"conversation": "lobby"}, "conversation"),
            ({"conversation": None}, "conversation"),
            ({"key": 7}, "key"),
            ({"body": "hi"}, "body"),
            ({"body": []}, "body"),
            ({"kind": "x" * 65}, "kind"),
            ({"kind": None}, "kind"),
            ({"reply_to": -1}, "reply_to"),
            ({"reply_to": 2**53}, "reply_to"),
            ({"reply_to": True}, "reply_to"),
            ({"reply_to": 1.5}, "reply_to"),
            ({"reply_to": "1"}, "reply_to"),
            ({"mentions": ["all"] * 51}, "mentions"),
            ({"mentions": [7]}, "mentions"),
            ({"mentions": ["a" * 37]}, "mentions"),
        ],
    )
    def test_says_what_is_wrong_with_a_request(self, wrong: dict[str, Any], where: str) -> None:
        found = refused(json.dumps({**SEND, **wrong}))

        assert (found.id, found.problem.code) == (2, "bad_request")
        assert where in str(found.problem.detail)

    @pytest.mark.parametrize("id_", [-1, 2**53, 2**63, 10**40, True, 1.5, "2", None, [], {}])
    def test_needs_an_id_to_answer_by(self, id_: object) -> None:
        found = refused(json.dumps({**SEND, "id": id_}))

        assert (found.id, found.problem.code) == (None, "bad_request")

    def test_answers_by_the_id_where_the_rest_is_wrong(self) -> None:
        assert refused('{"id": 7}').id == 7

    @pytest.mark.parametrize(
        "text",
        [
            r'{"type":"message.send","id":2,"body":{"text":"\ud83d"}}',
            r'{"type":"message.send","id":2,"body":{"text":"\udc4d\ud83d"}}',
            r'{"id":2,"type":"\ud800"}',
            '{"id":2,"n":' + "9" * 5_000 + "}",
        ],
        ids=["half an emoji", "its halves turned round", "a type", "a number of 5,000 digits"],
    )
    def test_does_not_take_strange_json_for_none(self, text: str) -> None:
        """A browser writes half an emoji as a lone surrogate: a mistake, no reason to hang up."""
        assert refused(text).id == 2

    def test_lets_the_last_of_equal_keys_count(self) -> None:
        assert decode('{"type":"ping","id":1,"id":2}') == frames.Ping(2)

    def test_keeps_what_it_says_of_long_nonsense_short(self) -> None:
        assert len(str(refused(json.dumps({"type": "x" * 60_000})).problem.detail)) <= 300

    def test_reads_a_great_many_keys(self) -> None:
        assert refused(json.dumps({str(n): n for n in range(5_000)})).id is None

    @given(anything)
    def test_is_never_surprised(self, value: object) -> None:
        try:
            decode(json.dumps(value))
        except NotAFrame:
            assert not isinstance(value, dict)

    @given(st.dictionaries(st.sampled_from([*SEND, "marks", "seq", "v", "token"]), anything))
    def test_is_never_surprised_by_the_fields(self, fields: dict[str, object]) -> None:
        for type_ in ("message.send", "read", "received", "hello", "presence.watch"):
            found = decode(json.dumps({"type": type_, **fields}))
            assert isinstance(found, MalformedRequest | msgspec.Struct)

    @given(st.binary(max_size=200))
    def test_is_never_surprised_by_bytes(self, raw: bytes) -> None:
        with contextlib.suppress(NotAFrame):
            decode(raw)


class TestEncode:
    def test_writes_errors_as_the_protocol_says(self) -> None:
        frame = encode_error(4, problem(Limited("Slower", retry_after=SECOND * 1.5)))

        assert json.loads(frame) == {
            "type": "error",
            "id": 4,
            "code": "rate_limited",
            "title": "Too many requests",
            "detail": "Slower",
            "temporary": True,
            "retry_after_ms": 1500,
        }

    def test_leaves_out_the_id_that_it_does_not_know(self) -> None:
        assert "id" not in json.loads(encode_error(None, bad_request("What?")))

    def test_writes_pongs(self) -> None:
        assert (encode_pong(None), encode_pong(7)) == (
            b'{"type":"pong"}',
            b'{"type":"pong","id":7}',
        )
