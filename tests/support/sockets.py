"""Sockets that a test holds in its hand: the ends of a connection and of the hub."""

import json
from typing import Any

from parlour.domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId
from parlour.entrypoints.shell.topic import Subscriber
from parlour.entrypoints.websocket.transport import Receiver, Transport
from tests.support import builders as b


class HeldTransport(Transport):
    """A wire that takes frames while the test says so, and notes them."""

    stall_timeout = 10.0

    def __init__(self) -> None:
        self.takes = True
        self.waiting = 0
        self.receiver: Receiver | None = None
        self.written: list[bytes] = []
        self.closed: tuple[int, str] | None = None

    @property
    def is_writable(self) -> bool:
        return self.takes

    @property
    def unsent_bytes(self) -> int:
        return self.waiting

    def attach(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def admitted(self) -> None:
        pass

    def write(self, text: bytes) -> None:
        self.written.append(text)

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    @property
    def frames(self) -> list[Any]:
        """Everything that was written, decoded."""
        return [json.loads(text) for text in self.written]

    def say(self, frame: dict[str, Any] | str) -> None:
        """Bring a frame in, as if the peer had sent it."""
        assert self.receiver is not None
        self.receiver.text(frame if isinstance(frame, str) else json.dumps(frame))


class HeardSocket(Subscriber):
    """A socket of the hub that notes what it is told."""

    def __init__(
        self, user: UserId = b.ALICE, device: DeviceId = b.PHONE, *, focus: bool = False
    ) -> None:
        self.user = user
        self.device = device
        self.session = SessionId(b.next_id())
        self.focus: ConversationId | None = b.LOBBY if focus else None
        self.pushed: list[bytes] = []
        self.latest: list[tuple[str, bytes]] = []
        self.soft: list[tuple[str, bytes]] = []
        self.resyncs: list[tuple[ConversationId | None, str]] = []
        self.is_ended = False
        self.is_restarted = False
        self.breaks = False

    def push(self, frame: bytes) -> None:
        if self.breaks:
            raise RuntimeError("this socket is broken")
        self.pushed.append(frame)

    def push_latest(self, key: str, frame: bytes) -> None:
        self.latest.append((key, frame))

    def push_soft(self, key: str, frame: bytes) -> None:
        self.soft.append((key, frame))

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        self.resyncs.append((conversation, reason))

    def restart(self) -> None:
        self.is_restarted = True

    def end(self) -> None:
        self.is_ended = True
