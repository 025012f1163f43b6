"""The protocol state machine of one socket. Time is a number that the test passes."""

import json
from typing import Any

import pytest

from parlour.entrypoints.websocket.codec import encode_pong
from parlour.entrypoints.websocket.frames import Hello, MessageSend, Read, Typing
from parlour.entrypoints.websocket.session import (
    MAX_BAD_FRAMES,
    MAX_NOISE,
    MAX_NOISE_BEFORE_HELLO,
    Action,
    Close,
    CloseCode,
    Dispatch,
    Relay,
    Reply,
    Session,
    Timing,
)
from tests.support import builders as b

HELLO = {"type": "hello", "id": 1, "v": 1, "token": "a token"}
TYPING = {"type": "typing", "conversation": str(b.LOBBY), "on": True}


def read(id_: int) -> dict[str, Any]:
    return {"type": "read", "id": id_, "conversation": str(b.LOBBY), "seq": 1}


def send(id_: int) -> dict[str, Any]:
    return {
        "type": "message.send",
        "id": id_,
        "conversation": str(b.LOBBY),
        "key": str(b.next_id()),
        "body": {"text": "hi"},
    }


class Talk:
    """A session and the moment that it thinks it is."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.now = 0.0
        self.session = Session(timing or Timing(), self.now)

    def say(self, frame: Any) -> Action | None:
        return self.session.receive(json.dumps(frame), self.now)

    def wait(self, seconds: float) -> Action | None:
        self.now += seconds
        return self.session.tick(self.now)

    def greet(self) -> None:
        self.say(HELLO)
        self.session.is_welcomed = True
        self.session.answered(1)


@pytest.fixture
def talk() -> Talk:
    """A socket that was just accepted."""
    return Talk()


@pytest.fixture
def greeted() -> Talk:
    """A socket that was welcomed."""
    talk = Talk()
    talk.greet()
    return talk


def error(action: Action | None) -> dict[str, Any]:
    """Return the error that *action* answers."""
    assert isinstance(action, Reply)
    frame: dict[str, Any] = json.loads(action.frame)
    assert frame.pop("type") == "error"
    return frame


class TestHello:
    def test_comes_first(self, talk: Talk) -> None:
        action = talk.say({**HELLO, "device": {"name": "Firefox"}, "cursor": "abc"})

        assert isinstance(action, Dispatch)
        assert isinstance(action.frame, Hello)
        assert (action.frame.token, action.frame.cursor) == ("a token", "abc")

    @pytest.mark.parametrize("frame", [read(7), send(7), {"type": "sync.me", "id": 7}])
    def test_is_asked_for_before_any_request(self, talk: Talk, frame: dict[str, Any]) -> None:
        refusal = error(talk.say(frame))

        assert (refusal["id"], refusal["code"]) == (7, "bad_request")

    def test_is_asked_for_before_typing(self, talk: Talk) -> None:
        assert error(talk.say(TYPING))["detail"] == "Say hello first"

    def test_is_said_once(self, greeted: Talk) -> None:
        assert error(greeted.say({**HELLO, "id": 2}))["code"] == "bad_request"

    def test_is_not_said_again_while_it_is_answered(self, talk: Talk) -> None:
        talk.say(HELLO)

        assert error(talk.say({**HELLO, "id": 2}))["detail"] == "hello was said before"

    def test_of_another_version_ends_the_socket(self, talk: Talk) -> None:
        assert talk.say({**HELLO, "v": 2}) == Close(
            CloseCode.VERSION_UNSUPPORTED, "version_unsupported"
        )

    def test_has_its_time(self, talk: Talk) -> None:
        assert talk.wait(4.9) is None
        assert talk.wait(0.1) == Close(CloseCode.HELLO_TIMEOUT, "hello_timeout")

    def test_that_cannot_be_read_does_not_count(self, talk: Talk) -> None:
        talk.say({"type": "hello", "id": 1})

        assert talk.wait(5) == Close(CloseCode.HELLO_TIMEOUT, "hello_timeout")

    def test_in_time_is_not_timed_out_by_a_slow_answer(self, talk: Talk) -> None:
        talk.say(HELLO)

        assert talk.wait(60) is None

    def test_may_follow_a_ping(self, talk: Talk) -> None:
        assert talk.say({"type": "ping"}) == Reply(encode_pong(None))
        assert isinstance(talk.say(HELLO), Dispatch)


class TestRequests:
    def test_are_asked(self, greeted: Talk) -> None:
        action = greeted.say(send(2))

        assert isinstance(action, Dispatch)
        assert isinstance(action.frame, MessageSend)

    def test_go_side_by_side(self, greeted: Talk) -> None:
        assert all(isinstance(greeted.say(read(id_)), Dispatch) for id_ in range(32))

    def test_are_refused_beyond_those_in_flight(self, greeted: Talk) -> None:
        for id_ in range(32):
            greeted.say(read(id_))
        refusal = error(greeted.say(read(32)))

        assert (refusal["id"], refusal["code"], refusal["temporary"]) == (32, "rate_limited", True)
        assert refusal["retry_after_ms"] > 0

        greeted.session.answered(5)

        assert isinstance(greeted.say(read(32)), Dispatch)

    def test_do_not_share_an_id_in_flight(self, greeted: Talk) -> None:
        greeted.say(read(2))

        assert error(greeted.say(read(2)))["detail"] == "This id is in flight already"

    def test_may_use_an_id_again(self, greeted: Talk) -> None:
        greeted.say(read(2))
        greeted.session.answered(2)

        assert isinstance(greeted.say(read(2)), Dispatch)

    @pytest.mark.parametrize("id_", [0, 2**53 - 1])
    def test_have_ids_that_every_client_can_hold(self, greeted: Talk, id_: int) -> None:
        assert isinstance(greeted.say(read(id_)), Dispatch)

    def test_may_have_fields_that_are_not_known_yet(self, greeted: Talk) -> None:
        action = greeted.say({**read(2), "colour": "green"})

        assert isinstance(action, Dispatch)
        assert isinstance(action.frame, Read)


class TestTyping:
    def test_is_passed_on_and_not_answered(self, greeted: Talk) -> None:
        action = greeted.say(TYPING)

        assert isinstance(action, Relay)
        assert action.frame == Typing(b.LOBBY, True)


class TestPing:
    @pytest.mark.parametrize("id_", [None, 7])
    def test_is_answered_with_its_id(self, greeted: Talk, id_: int | None) -> None:
        frame = {"type": "ping"} if id_ is None else {"type": "ping", "id": id_}

        assert greeted.say(frame) == Reply(encode_pong(id_))

    def test_does_not_take_the_place_of_a_request(self, greeted: Talk) -> None:
        greeted.say({"type": "ping", "id": 2})

        assert isinstance(greeted.say(read(2)), Dispatch)


class TestHeartbeat:
    def test_pings_into_silence(self, greeted: Talk) -> None:
        assert greeted.wait(24.9) is None
        assert greeted.wait(0.1) == Reply(b'{"type":"ping"}')

    def test_pings_once(self, greeted: Talk) -> None:
        greeted.wait(25)

        assert greeted.wait(5) is None

    def test_ends_a_socket_that_stays_silent(self, greeted: Talk) -> None:
        greeted.wait(25)

        assert greeted.wait(9.9) is None
        assert greeted.wait(0.1) == Close(CloseCode.NO_HEARTBEAT, "no_heartbeat")

    @pytest.mark.parametrize(
        "life", [{"type": "pong"}, {"type": "ping"}, read(2), TYPING, {"type": "nonsense"}]
    )
    def test_takes_any_frame_for_life(self, greeted: Talk, life: dict[str, Any]) -> None:
        greeted.wait(25)
        greeted.say(life)

        assert greeted.wait(24.9) is None
        assert greeted.wait(0.1) == Reply(b'{"type":"ping"}')

    def test_takes_control_frames_for_life(self, greeted: Talk) -> None:
        greeted.wait(25)
        greeted.session.control(greeted.now)

        assert greeted.wait(24.9) is None


class TestExpiry:
    def test_of_the_token_ends_the_socket(self, greeted: Talk) -> None:
        greeted.session.expires = 3.0

        assert greeted.wait(2.9) is None
        assert greeted.wait(0.1) == Close(CloseCode.TOKEN_EXPIRED, "token_expired")

    def test_can_be_put_off(self, greeted: Talk) -> None:
        greeted.session.expires = 3.0
        greeted.wait(2)
        greeted.session.expires = 30.0

        assert greeted.wait(1) is None


class TestAbuse:
    @pytest.mark.parametrize("text", ["", "hi", "[]", "1", "null", '"hi"', "{", "NaN", "\ufeff{}"])
    def test_without_an_object_ends_the_socket_at_once(self, greeted: Talk, text: str) -> None:
        assert greeted.session.receive(text, 0.0) == Close(CloseCode.BAD_FRAME, "not_json")

    def test_by_malformed_requests_is_answered_at_first(self, greeted: Talk) -> None:
        answers = [greeted.say({"type": "read", "id": id_}) for id_ in range(MAX_BAD_FRAMES)]

        assert [error(each)["id"] for each in answers] == list(range(MAX_BAD_FRAMES))
        assert greeted.say({"type": "read"}) == Close(CloseCode.BAD_FRAME, "too_many_bad_frames")

    def test_is_forgotten_after_a_minute(self, greeted: Talk) -> None:
        for _ in range(5):
            for _ in range(MAX_BAD_FRAMES):
                assert isinstance(greeted.say({"type": "read"}), Reply)
            greeted.now += 60.1

    def test_is_not_what_a_newer_client_tries(self, greeted: Talk) -> None:
        for id_ in range(MAX_NOISE):
            assert error(greeted.say({"type": "message.fly", "id": id_}))["id"] == id_

        assert greeted.say({"type": "message.fly"}) == Close(
            CloseCode.RATE_LIMITED, "rate_limited"
        )

    def test_before_hello_is_an_unknown_request_too(self, talk: Talk) -> None:
        for _ in range(MAX_BAD_FRAMES):
            error(talk.say({"type": "message.fly"}))

        assert talk.say({"type": "message.fly"}) == Close(
            CloseCode.BAD_FRAME, "too_many_bad_frames"
        )

    def test_by_noise_before_hello_sends_the_client_away_sooner(self, talk: Talk) -> None:
        for _ in range(MAX_NOISE_BEFORE_HELLO):
            assert isinstance(talk.say({"type": "ping"}), Reply)

        assert talk.say({"type": "ping"}) == Close(CloseCode.RATE_LIMITED, "rate_limited")

    def test_before_hello_counts(self, talk: Talk) -> None:
        for id_ in range(MAX_BAD_FRAMES):
            error(talk.say(read(id_)))

        assert talk.say(read(0)) == Close(CloseCode.BAD_FRAME, "too_many_bad_frames")

    @pytest.mark.parametrize("noise", [{"type": "ping"}, {"type": "pong"}, TYPING])
    def test_by_noise_sends_the_client_away(self, greeted: Talk, noise: dict[str, Any]) -> None:
        for _ in range(MAX_NOISE):
            assert not isinstance(greeted.say(noise), Close)

        assert greeted.say(noise) == Close(CloseCode.RATE_LIMITED, "rate_limited")

    def test_by_control_frames_sends_the_client_away(self, greeted: Talk) -> None:
        actions = [greeted.session.control(greeted.now) for _ in range(MAX_NOISE + 1)]

        assert actions == [None] * MAX_NOISE + [Close(CloseCode.RATE_LIMITED, "rate_limited")]

    def test_by_requests_that_were_refused_sends_the_client_away(self, greeted: Talk) -> None:
        for _ in range(MAX_NOISE):
            assert greeted.session.refused(greeted.now) is None

        assert greeted.session.refused(greeted.now) == Close(
            CloseCode.RATE_LIMITED, "rate_limited"
        )

    def test_by_crowding_sends_the_client_away(self, greeted: Talk) -> None:
        for id_ in range(32):
            greeted.say(read(id_))
        for _ in range(MAX_NOISE):
            assert isinstance(greeted.say(read(99)), Reply)

        assert greeted.say(read(99)) == Close(CloseCode.RATE_LIMITED, "rate_limited")
