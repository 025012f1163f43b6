"""The manners of one socket, as a pure state machine.

Text comes in with the time in seconds of a monotonic clock; what is to be done comes out. Nothing
here waits, writes or looks at a clock, so every rule can be tested in microseconds.
"""

from enum import IntEnum

import attrs

from domain.kernel.errors import Limited
from entrypoints.websocket.codec import BadRequest, NotAFrame, decode, encode_error, encode_pong
from entrypoints.websocket.frames import VERSION, Asked, Hello, Ping, Pong, Typing
from entrypoints.wire.errors import Problem, bad_request, problem
from entrypoints.wire.pushes import PING

MOST_BAD_FRAMES = 10
"""So many malformed frames in a minute are abuse."""

_MINUTE = 60.0


class CloseCode(IntEnum):
    """Why the server closes: below 4500 come back, above stay away (protocol.md 2.4)."""

    SERVER_ERROR = 4000
    DRAINING = 4001
    SLOW_CONSUMER = 4002
    NO_HEARTBEAT = 4003
    TOKEN_EXPIRED = 4005
    RATE_LIMITED = 4006
    BAD_FRAME = 4500
    UNAUTHENTICATED = 4501
    FORBIDDEN = 4502
    VERSION_UNSUPPORTED = 4503
    SESSION_REVOKED = 4504
    TOO_MANY_CONNECTIONS = 4505
    HELLO_TIMEOUT = 4506


@attrs.frozen
class Close:
    """Close the socket, with a code and one word that says why."""

    code: CloseCode
    reason: str


@attrs.frozen
class Reply:
    """Send this frame."""

    frame: bytes


@attrs.frozen
class Ask:
    """Ask the service; `Session.answered` is due once its id is answered."""

    frame: Asked


@attrs.frozen
class Tell:
    """Pass on what needs no answer."""

    frame: Typing


Action = Close | Reply | Ask | Tell


@attrs.frozen(kw_only=True)
class Timing:
    """The limits of a socket; times in seconds."""

    hello_timeout: float = 5.0
    heartbeat: float = 25.0
    heartbeat_grace: float = 10.0
    in_flight: int = 32


_CROWDED = problem(Limited("Too many requests are in flight on this socket"))


class Session:
    """One socket, from its first frame to its last."""

    __slots__ = (
        "_bad",
        "_bad_since",
        "_heard",
        "_in_flight",
        "_pinged",
        "_started",
        "_timing",
        "expires",
        "is_greeted",
    )

    def __init__(self, timing: Timing, now: float) -> None:
        self._timing = timing
        self._started = now
        self._heard = now
        self._pinged: float | None = None
        self._in_flight: set[int] = set()
        self._bad, self._bad_since = 0, now
        self.is_greeted = False
        self.expires: float | None = None

    def receive(self, text: str | bytes, now: float) -> Action | None:  # noqa: PLR0911 - a table
        """Take one text frame; return what to do."""
        self._heard = now
        self._pinged = None
        try:
            frame = decode(text)
        except NotAFrame:
            return Close(CloseCode.BAD_FRAME, "not_json")
        if isinstance(frame, BadRequest):
            return self._bad_frame(frame.id, frame.problem, now)
        if isinstance(frame, Pong):
            return None
        if isinstance(frame, Ping):
            return Reply(encode_pong(frame.id))
        if isinstance(frame, Typing):
            return Tell(frame) if self.is_greeted else self._not_greeted(None)
        if isinstance(frame, Hello):
            return self._hello(frame, now)
        if not self.is_greeted:
            return self._not_greeted(frame.id)
        return self._asked(frame, now)

    def answered(self, id_: int) -> None:
        """Note that a request is answered."""
        self._in_flight.discard(id_)

    def tick(self, now: float) -> Action | None:
        """Return what time itself demands; to be called about once a second."""
        timing = self._timing
        if not self.is_greeted:
            if now - self._started >= timing.hello_timeout:
                return Close(CloseCode.HELLO_TIMEOUT, "hello_timeout")
            return None
        if self.expires is not None and now >= self.expires:
            return Close(CloseCode.TOKEN_EXPIRED, "token_expired")
        if self._pinged is not None:
            if now - self._pinged >= timing.heartbeat_grace:
                return Close(CloseCode.NO_HEARTBEAT, "no_heartbeat")
        elif now - self._heard >= timing.heartbeat:
            self._pinged = now
            return Reply(PING)
        return None

    def _hello(self, frame: Hello, now: float) -> Action:
        if self.is_greeted or self._in_flight:
            return self._bad_frame(frame.id, bad_request("hello was said before"), now)
        if frame.v != VERSION:
            return Close(CloseCode.VERSION_UNSUPPORTED, "version_unsupported")
        self._in_flight.add(frame.id)
        return Ask(frame)

    def _asked(self, frame: Asked, now: float) -> Action:
        if frame.id in self._in_flight:
            return self._bad_frame(frame.id, bad_request("This id is in flight already"), now)
        if len(self._in_flight) >= self._timing.in_flight:
            return Reply(encode_error(frame.id, _CROWDED))
        self._in_flight.add(frame.id)
        return Ask(frame)

    def _not_greeted(self, id_: int | None) -> Action:
        return Reply(encode_error(id_, bad_request("Say hello first")))

    def _bad_frame(self, id_: int | None, why: Problem, now: float) -> Action:
        if now - self._bad_since > _MINUTE:
            self._bad, self._bad_since = 0, now
        self._bad += 1
        if self._bad > MOST_BAD_FRAMES:
            return Close(CloseCode.BAD_FRAME, "too_many_bad_frames")
        return Reply(encode_error(id_, why))
