"""One connection: a session, its wire, and what waits to go out."""

from collections.abc import Callable
from typing import Protocol

from parlour.domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.topic import Subscriber
from parlour.entrypoints.websocket.frame_order import FrameOrder
from parlour.entrypoints.websocket.frames import Asked, Typing
from parlour.entrypoints.websocket.outbox import Outbox
from parlour.entrypoints.websocket.session import Action, Ask, Close, CloseCode, Reply, Session
from parlour.entrypoints.websocket.transport import Link, Receiver
from parlour.entrypoints.wire import pushes


class Requests(Protocol):
    """Answers what connections ask."""

    def ask(self, connection: "Connection", frame: Asked) -> None:
        """Begin to answer *frame*; the answer comes through `Connection.answer`."""
        ...

    def tell(self, connection: "Connection", frame: Typing) -> None:
        """Pass *frame* on."""
        ...


class Connection(Subscriber, Receiver):
    """A socket from its accept to its end. Everything happens on the event loop.

    Frames go straight to the wire while it takes them and wait, bounded, while it does not. Pushes
    that come before the welcome wait for it in the same way.
    """

    __slots__ = (
        "_clock", "_link", "_meters", "_outbox", "_progress", "_requests", "device", "focus",
        "is_open", "order", "session", "state", "user", "user_key",
    )  # fmt: skip

    user: UserId
    device: DeviceId
    session: SessionId

    def __init__(
        self,
        link: Link,
        state: Session,
        outbox: Outbox,
        requests: Requests,
        clock: Callable[[], float],
        *,
        meters: Meters | None = None,
    ) -> None:
        self._link = link
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
        """Tell the time of this connection's clock, in seconds."""
        return self._clock()

    # -- what comes in -----------------------------------------------------------------------

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
        """Do what the time *now* demands."""
        if self.is_open:
            self._act(self.state.tick(now))
            self._watch_progress(now)

    def refused(self) -> None:
        """Note that a request was one too many; a client that goes on like this is sent away."""
        if self.is_open:
            self._act(self.state.refused(self._clock()))

    def _act(self, action: Action | None) -> None:
        if action is None:
            return
        if isinstance(action, Ask):
            self._requests.ask(self, action.frame)
        elif isinstance(action, Reply):
            if action.refusal:
                self.count_refusal(action.refusal)
            self._send(action.frame)
        elif isinstance(action, Close):
            self.close(action.code, action.reason)
        else:
            self._requests.tell(self, action.frame)

    # -- what goes out -----------------------------------------------------------------------

    def count_refusal(self, code: str) -> None:
        """Count an answer that is an error."""
        self._meters.errors["socket", code] += 1

    def answer(self, id_: int, frame: bytes) -> None:
        """Send the answer to a request."""
        self.state.answered(id_)
        self._send(frame)

    def welcome(self, id_: int, frame: bytes) -> None:
        """Send the welcome, and after it what waited for it."""
        self.state.answered(id_)
        self.state.is_greeted = True
        if self.is_open:
            self._write(frame)
            self.writable()

    def push(self, frame: bytes) -> None:
        if self._has_way:
            self._write(frame)
        elif self.is_open and not self._outbox.add(frame):
            self._too_slow()

    def push_latest(self, key: str, frame: bytes) -> None:
        if self._has_way:
            self._write(frame)
        elif self.is_open and not self._outbox.add_latest(key, frame):
            self._too_slow()

    def push_soft(self, key: str, frame: bytes) -> None:
        if self._has_way:
            self._write(frame)
        elif self.is_open:
            self._outbox.add_soft(key, frame)

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        self._meters.resyncs[reason] += 1
        self.push(pushes.encode_resync(conversation, reason))

    def writable(self) -> None:
        while self.state.is_greeted and self._link.is_writable and len(self._outbox):
            self._write(self._outbox.pop())

    @property
    def _has_way(self) -> bool:
        """Whether a push may go out now: after the welcome, and nothing waits before it."""
        return (
            self._link.is_writable
            and not len(self._outbox)
            and self.state.is_greeted
            and self.is_open
        )

    def _send(self, frame: bytes) -> None:
        if not self.is_open:
            return
        # Before the welcome there are only refusals and pongs, few and short.
        if not self.state.is_greeted or (self._link.is_writable and not len(self._outbox)):
            self._meters.frames_out += 1
            self._link.write(frame)
        elif not self._outbox.add(frame):
            self._too_slow()

    def _watch_progress(self, now: float) -> None:
        """Send a peer away that has stopped reading, however little waits for it."""
        untaken = 0 if self._link.is_writable else self._link.untaken
        if not untaken:
            self._progress = None
        elif self._progress is None or untaken < self._progress[0]:
            self._progress = (untaken, now)
        elif now - self._progress[1] >= self._link.stall_timeout:
            self._too_slow()

    def _write(self, frame: bytes) -> None:
        self._meters.frames_out += 1
        self._link.write(frame)

    def _too_slow(self) -> None:
        self.close(CloseCode.SLOW_CONSUMER, "slow_consumer")

    # -- the end -----------------------------------------------------------------------------

    def restart(self) -> None:
        self.close(CloseCode.SERVER_ERROR, "too_far_behind")

    def end(self) -> None:
        self.close(CloseCode.SESSION_REVOKED, "session_revoked")

    def close(self, code: CloseCode, reason: str) -> None:
        """Close the socket; what waits is given up."""
        if self.is_open:
            self.is_open = False
            self._meters.closes[code] += 1
            self._outbox.clear()
            self._link.close(code, reason)

    def lost(self) -> None:
        """Note that the wire has gone."""
        self.is_open = False
        self._outbox.clear()
