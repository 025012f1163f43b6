"""Protocol state machine of one socket, without I/O.

Its input is text and the time in seconds of a monotonic clock, its output the action to take.
Nothing here waits, writes or reads a clock (sans-I/O), so every rule can be tested in
microseconds.
"""

from datetime import timedelta
from enum import IntEnum

import attrs

from parlour.domain.kernel.errors import Limited
from parlour.entrypoints.websocket.codec import (
    MalformedRequest,
    NotAFrame,
    decode,
    encode_error,
    encode_pong,
)
from parlour.entrypoints.websocket.frames import VERSION, Asked, Hello, Ping, Pong, Typing
from parlour.entrypoints.wire.errors import Problem, bad_request, problem
from parlour.entrypoints.wire.pushes import PING

MAX_BAD_FRAMES = 10
"""Malformed frames a minute; one more closes the socket."""

MAX_NOISE = 1_000
"""Pings, pongs, typing and refused requests a minute; one more closes the socket."""

MAX_NOISE_BEFORE_HELLO = 50
"""The same before the client has logged in."""

_MINUTE = 60.0

# A tuple: `Typing | Ping | Pong` would build a union for every frame.
_UNANSWERED = (Typing, Ping, Pong)


class CloseCode(IntEnum):
    """Why the server closes (protocol.md 2.4): below 4500 reconnect, from 4500 on do not."""

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
    """Close the socket, with a code and a one-word reason."""

    code: CloseCode
    reason: str


@attrs.frozen
class Reply:
    """Send this frame; `refusal` is its error code if it is an error."""

    frame: bytes
    refusal: str = attrs.field(default="", eq=False)


@attrs.frozen
class Dispatch:
    """Let the service handle this request; call `Session.answered` once it is answered."""

    frame: Asked


@attrs.frozen
class Relay:
    """Pass on a frame that has no answer."""

    frame: Typing


Action = Close | Reply | Dispatch | Relay


@attrs.frozen(kw_only=True)
class Timing:
    """The limits of a socket; times in seconds."""

    hello_timeout: float = 5.0
    heartbeat: float = 25.0
    heartbeat_grace: float = 10.0
    in_flight: int = 32


_TOO_MANY = problem(
    Limited(
        "Too many requests are in flight on this socket",
        retry_after=timedelta(milliseconds=100),
    )
)
_HELLO_MISSING = bad_request("Say hello first")


class _PerMinuteLimit:
    """Counts events of one client within a minute."""

    __slots__ = ("_count", "_since")

    def __init__(self, now: float) -> None:
        self._count = 0
        self._since = now

    def allows(self, now: float, most: int) -> bool:
        """Count one event; return False if there were more than *most*."""
        if now - self._since > _MINUTE:
            self._count, self._since = 0, now
        self._count += 1
        return self._count <= most


class Session:
    """One socket, from its first frame to its last."""

    __slots__ = (
        "_bad_frames",
        "_heard",
        "_in_flight",
        "_noise",
        "_pinged",
        "_started",
        "_timing",
        "expires",
        "is_welcomed",
    )

    def __init__(self, timing: Timing, now: float) -> None:
        self._timing = timing
        self._started = now
        self._heard = now
        self._pinged: float | None = None
        self._in_flight: set[int] = set()
        self._bad_frames = _PerMinuteLimit(now)
        self._noise = _PerMinuteLimit(now)
        self.is_welcomed = False
        self.expires: float | None = None

    def receive(self, text: str | bytes, now: float) -> Action | None:
        """Handle one text frame; return what to do."""
        self._heard = now
        self._pinged = None
        try:
            frame = decode(text)
        except NotAFrame:
            return Close(CloseCode.BAD_FRAME, "not_json")
        if isinstance(frame, MalformedRequest):
            return self._malformed(frame, now)
        if isinstance(frame, _UNANSWERED):
            return self._unanswered(frame, now)
        if isinstance(frame, Hello):
            return self._hello(frame, now)
        if not self.is_welcomed:
            return self._bad_frame(frame.id, _HELLO_MISSING, now)
        return self._asked(frame, now)

    def control(self, now: float) -> Action | None:
        """Handle a ping or pong of WebSocket itself as a heartbeat; return what to do."""
        self._heard = now
        self._pinged = None
        return self.refused(now)

    def answered(self, id_: int) -> None:
        """Take the request *id_* off the requests in flight."""
        self._in_flight.discard(id_)

    def refused(self, now: float) -> Close | None:
        """Count a request beyond its limit; return the close if there were too many."""
        most = MAX_NOISE if self.is_welcomed else MAX_NOISE_BEFORE_HELLO
        if self._noise.allows(now, most):
            return None
        return Close(CloseCode.RATE_LIMITED, "rate_limited")

    def tick(self, now: float) -> Action | None:
        """Return the action that a timer requires; to be called about once a second."""
        timing = self._timing
        if not self.is_welcomed:
            # A hello that is being handled came in time, however long that takes.
            if not self._in_flight and now - self._started >= timing.hello_timeout:
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

    def _unanswered(self, frame: Typing | Ping | Pong, now: float) -> Action | None:
        if isinstance(frame, Typing) and not self.is_welcomed:
            return self._bad_frame(None, _HELLO_MISSING, now)
        if flood := self.refused(now):
            return flood
        if isinstance(frame, Ping):
            return Reply(encode_pong(frame.id))
        return Relay(frame) if isinstance(frame, Typing) else None

    def _hello(self, frame: Hello, now: float) -> Action:
        if self.is_welcomed or self._in_flight:
            return self._bad_frame(frame.id, bad_request("hello was said before"), now)
        if frame.v != VERSION:
            return Close(CloseCode.VERSION_UNSUPPORTED, "version_unsupported")
        self._in_flight.add(frame.id)
        return Dispatch(frame)

    def _asked(self, frame: Asked, now: float) -> Action:
        if frame.id in self._in_flight:
            return self._bad_frame(frame.id, bad_request("This id is in flight already"), now)
        if len(self._in_flight) >= self._timing.in_flight:
            return self.refused(now) or Reply(encode_error(frame.id, _TOO_MANY), _TOO_MANY.code)
        self._in_flight.add(frame.id)
        return Dispatch(frame)

    def _malformed(self, request: MalformedRequest, now: float) -> Action:
        # A newer client may try what this version does not know: no abuse, only noise.
        if not (request.is_unknown and self.is_welcomed):
            return self._bad_frame(request.id, request.problem, now)
        refusal = request.problem
        return self.refused(now) or Reply(encode_error(request.id, refusal), refusal.code)

    def _bad_frame(self, id_: int | None, why: Problem, now: float) -> Action:
        if not self._bad_frames.allows(now, MAX_BAD_FRAMES):
            return Close(CloseCode.BAD_FRAME, "too_many_bad_frames")
        return Reply(encode_error(id_, why), why.code)
