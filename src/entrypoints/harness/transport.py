"""The simulated network between a device and a node of the harness."""

import json
from collections.abc import Callable
from functools import partial

from parlour.entrypoints.harness.node import Frame, Node
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.transport import Receiver, Transport


class SimulatedTransport(Transport):
    """Carries frames while the network is up; holds them back while the device does not read."""

    def __init__(self, node: Node, received: Callable[[Frame], None]) -> None:
        self._node = node
        self._received = received
        self._connection: Connection | None = None
        self._receiver: Receiver | None = None
        self._reads = True
        self.is_up = True
        self.closed: tuple[int, str] | None = None

    def open(self) -> None:
        """Connect to the node."""
        self._connection = self._node.open(self)

    # -- the node's side ---------------------------------------------------------------------

    stall_timeout = 10.0

    @property
    def is_writable(self) -> bool:
        return self._reads

    @property
    def unsent_bytes(self) -> int:
        return 0

    def attach(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def admitted(self) -> None:
        pass

    def write(self, text: bytes) -> None:
        if self.is_up:
            self._received(json.loads(text))

    def close(self, code: int, reason: str) -> None:
        if self.is_up:
            self.closed = (code, reason)
        self._node.soon(self._forget)

    # -- the device's side -------------------------------------------------------------------

    def send(self, frame: Frame) -> None:
        """Send a frame of the device to the node."""
        if self.is_up and self._receiver is not None:
            self._node.soon(partial(self._receiver.text, json.dumps(frame)))

    def read(self, *, on: bool) -> None:
        """Read, or stop reading."""
        self._reads = on
        if on and self._receiver is not None:
            self._node.soon(self._receiver.writable)

    def end(self) -> None:
        """End the socket, as a client does that is closed."""
        self._node.soon(self._forget)
        self.is_up = False

    def _forget(self) -> None:
        if self._connection is not None:
            self._node.forget(self._connection)
            self._connection = None
