"""
The protocol of one socket without I/O: frames and moments in, frames and decisions out.

After the pattern of https://sans-io.readthedocs.io: the owner of a socket passes every text that
comes to `receive`, calls `silent` when `deadline` has passed, and sends what stands in `to_send`
after either.
"""

import json
import random
from collections.abc import Callable
from typing import Any

import attrs

from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.reconnect import LOST, MOVED

WELCOME_TIMEOUT = 10.0


def encode(type_: str, **fields: Any) -> str:
    """Return a frame as it is sent."""
    return json.dumps({"type": type_, **fields})


@attrs.define
class SocketProtocol:
    """The state of one socket; times are seconds of *clock*.

    *heartbeat* is the silence after which a ping is sent (None: as the service says), *grace* how
    long the answer may take. `longest` is the size of the longest frame that the service takes, in
    bytes, once it is known.
    """

    clock: Callable[[], float]
    grace: float = 10.0
    heartbeat: float | None = None
    chance: Callable[[], float] = random.random
    is_welcome: bool = False
    longest: int | None = None
    to_send: list[str] = attrs.field(factory=list)
    _last_id: int = 0
    _heard: float = 0.0
    _was_pinged: bool = False
    _leave_at: float = float("inf")

    def hello(self, token: str, **fields: Any) -> str:
        """Return the first frame; the answer is `welcome`, or a close whose code says why."""
        self._heard = self.clock()
        return encode("hello", id=0, v=1, token=token, **fields)

    def request(self, type_: str, **fields: Any) -> tuple[int, str]:
        """Return the id that the answer to a request will carry, and its frame.

        Raises:
            Refused: the frame is longer than the service takes. Sent, it would end the socket with
                1009 (RFC 6455, section 7.4.1), and again after each reconnect.
        """
        self._last_id += 1
        text = encode(type_, id=self._last_id, **fields)
        if self.longest is not None and len(text.encode()) > self.longest:
            raise Refused("too_large", "This is too long for the service")
        return self._last_id, text

    def receive(self, text: str | bytes) -> Frame | None:
        """Take a text; return the frame in it, None where nothing is left to do about it."""
        self._heard, self._was_pinged = self.clock(), False
        try:
            frame: Frame = json.loads(text)
            type_ = frame["type"]
        except (ValueError, KeyError, TypeError):
            return None  # not a frame of this protocol
        match type_:
            case "ping":
                self.to_send.append(encode("pong"))
            case "pong":
                pass
            case "drain":
                spread = self.chance() * frame.get("spread_ms", 0)
                self._leave_at = self._heard + (frame.get("after_ms", 0) + spread) / 1000
            case "welcome":
                self.is_welcome = True
                self.longest = frame.get("limits", {}).get("frame")
                if self.heartbeat is None:
                    self.heartbeat = frame["heartbeat_ms"] / 1000
                return frame
            case _:
                return frame
        return None

    @property
    def deadline(self) -> float:
        """The next moment at which silence means something."""
        if not self.is_welcome or self.heartbeat is None:
            silence = WELCOME_TIMEOUT
        else:
            silence = self.heartbeat + (self.grace if self._was_pinged else 0)
        return min(self._heard + silence, self._leave_at)

    def silent(self) -> int | None:
        """Decide what to do at the deadline: None to go on, else the code to end with.

        `MOVED` is the moment to leave a draining node, `LOST` a connection that is dead.
        """
        if self.clock() >= self._leave_at:
            return MOVED
        if not self.is_welcome or self._was_pinged:
            return LOST
        self._was_pinged = True
        self.to_send.append(encode("ping"))
        return None
