"""One connection: its protocol state, its transport, and the frames that wait to be sent."""

from collections.abc import Callable
from typing import Protocol

from parlour.domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.topic import Subscriber
from parlour.entrypoints.websocket.frame_order import FrameOrder
from parlour.entrypoints.websocket.frames import Asked, Typing
from parlour.entrypoints.websocket.outbox import WriteQueue
from parlour.entrypoints.websocket.session import (
    Action,
    Close,
    CloseCode,
    Dispatch,
    Reply,
    Session,
)
from parlour.entrypoints.websocket.transport import Receiver, Transport
from parlour.entrypoints.wire import pushes


class Requests(Protocol):
    """Handles the requests of connections."""

    def dispatch(self, connection: "Connection", frame: Asked) -> None:
        """Start to handle *frame*; the answer goes through `Connection.answer`."""
        ...

    def relay(self, connection: "Connection", frame: Typing) -> None:
        """Pass *frame* on to the other members; there is no answer."""
        ...


class Connection(Subscriber, Receiver):
    """One socket from its accept to its end. Every method runs on the event loop.

    Frames go straight to the wire while it takes them and wait, bounded, while it does not. Pushes
    that come before the welcome wait for it in the same way.
    """

    __slots__ = (
        "_clock",
        "_meters",
        "_outbox",
        "_progress",
        "_requests",
        "_transport",
        "device",
        "focus",
        "is_open",
        "order",
        "session",
        "state",
        "user",
        "user_key",
    )  # fmt: skip

    user: UserId
    device: DeviceId
    session: SessionId

    def __init__(
        self,
        transport: Transport,
        state: Session,
        outbox: WriteQueue,
        requests: Requests,
        clock: Callable[[], float],
        *,
        meters: Meters | None = None,
    ) -> None:
        self._transport = transport
        self._meters = meters or Meters()
        self._outbox = outbox
        self._requests = requests
        self._clock = clock
        self._progress: tuple[int, float] | None = None
        self.state = state
        self.order = FrameOrder()
        self.focus: ConversationId | None = None
        self.is_open = True
        self.user_key = ""

    def now(self) -> float:
        """Return the seconds of this connection's monotonic clock."""
        return self._clock()

    # -- incoming -----------------------------------------------------------------------------

    def text(self, text: str) -> None:
        if self.is_open:
            self._meters.frames_in += 1
            self._act(self.state.receive(text, self._clock()))

    def binary(self) -> None:
        self.close(CloseCode.BAD_FRAME, "binary")

    def control(self) -> None:
        if self.is_open:
            self._act(self.state.control(self._clock()))

    def tick(self, now: float) -> None:
        """Apply the rules that depend on time: heartbeat, expiry, stalled peers."""
        if self.is_open:
            self._act(self.state.tick(now))
            self._watch_progress(now)

    def refused(self) -> None:
        """Count a request beyond its limit; close the socket when there are too many."""
        if self.is_open:
            self._act(self.state.refused(self._clock()))

    def _act(self, action: Action | None) -> None:
        if action is None:
            return
        if isinstance(action, Dispatch):
            self._requests.dispatch(self, action.frame)
        elif isinstance(action, Reply):
            if action.refusal:
                self.count_refusal(action.refusal)
            self._send(action.frame)
        elif isinstance(action, Close):
            self.close(action.code, action.reason)
        else:
            self._requests.relay(self, action.frame)

    # -- outgoing -----------------------------------------------------------------------------

    def count_refusal(self, code: str) -> None:
        """Count an answer that is an error."""
        self._meters.errors["socket", code] += 1

    def answer(self, id_: int, frame: bytes) -> None:
        """Send the answer to a request; until then the request stays in flight.

        So no more answers wait than requests may be in flight, and they never make a reader too
        slow: a client that requests much at once gets it as fast as it reads.
        """
        if self._is_clear:
            self.state.answered(id_)
            self._write(frame)
        elif self.is_open:
            self._outbox.add_answer(id_, frame)

    def welcome(self, id_: int, frame: bytes) -> None:
        """Send the welcome, then the pushes that waited for it."""
        self.state.answered(id_)
        self.state.is_welcomed = True
        self._transport.admitted()
        if self.is_open:
            self._write(frame)
            self.writable()

    def push(self, frame: bytes) -> None:
        if self._is_clear:
            self._write(frame)
        elif self.is_open and not self._outbox.add(frame):
            self._too_slow()

    def push_latest(self, key: str, frame: bytes) -> None:
        if self._is_clear:
            self._write(frame)
        elif self.is_open and not self._outbox.add_latest(key, frame):
            self._too_slow()

    def push_soft(self, key: str, frame: bytes) -> None:
        if self._is_clear:
            self._write(frame)
        elif self.is_open:
            self._outbox.add_soft(key, frame)

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        self._meters.resyncs[reason] += 1
        self.push(pushes.encode_resync(conversation, reason))

    def writable(self) -> None:
        self._progress = None  # the peer has taken something, however much follows
        while self.state.is_welcomed and self._transport.is_writable and len(self._outbox):
            frame, answered = self._outbox.pop()
            if answered is not None:
                self.state.answered(answered)
            self._write(frame)

    @property
    def _is_clear(self) -> bool:
        """Whether a push may be written now: after the welcome, with nothing waiting before it."""
        return (
            self._transport.is_writable
            and not len(self._outbox)
            and self.state.is_welcomed
            and self.is_open
        )

    def _send(self, frame: bytes) -> None:
        if not self.is_open:
            return
        # Before the welcome there are only refusals and pongs, few and short.
        if not self.state.is_welcomed or (self._transport.is_writable and not len(self._outbox)):
            self._meters.frames_out += 1
            self._transport.write(frame)
        elif not self._outbox.add(frame):
            self._too_slow()

    def _watch_progress(self, now: float) -> None:
        """Close the socket of a peer that has stopped reading, however little waits for it."""
        unsent_bytes = 0 if self._transport.is_writable else self._transport.unsent_bytes
        if not unsent_bytes:
            self._progress = None
        elif self._progress is None or unsent_bytes < self._progress[0]:
            self._progress = (unsent_bytes, now)
        elif now - self._progress[1] >= self._transport.stall_timeout:
            self._too_slow()

    def _write(self, frame: bytes) -> None:
        self._meters.frames_out += 1
        self._transport.write(frame)

    def _too_slow(self) -> None:
        self.close(CloseCode.SLOW_CONSUMER, "slow_consumer")

    # -- closing -----------------------------------------------------------------------------

    def restart(self) -> None:
        self.close(CloseCode.SERVER_ERROR, "too_far_behind")

    def end(self) -> None:
        self.close(CloseCode.SESSION_REVOKED, "session_revoked")

    def close(self, code: CloseCode, reason: str) -> None:
        """Close the socket and drop the frames that wait."""
        if self.is_open:
            self.is_open = False
            self._meters.closes[code] += 1
            self._outbox.clear()
            self._transport.close(code, reason)

    def lost(self) -> None:
        """Take note that the connection is gone."""
        self.is_open = False
        self._outbox.clear()
