"""A bus for several nodes on one machine, without a server: datagrams on the loopback interface.

Every node binds a port, leaves its number in a folder, and sends its frames to all the others.
Name it in the configuration:

    [bus]
    backend = "examples.loopback_bus:open_bus"

The folder is `$PARLOUR_BUS_FOLDER`, or `parlour-bus` in the folder for temporary files. A
neighbour that is too slow loses frames, as a bus may: offsets heal what it misses.
"""

import asyncio
import os
import socket
import tempfile
import zlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from parlour.domain.kernel.broadcast import Bus, Listener

MAX_BYTES = 65_536
"""No datagram is larger."""

RECEIVE_BUFFER = 4 * 1024 * 1024


def open_bus(settings: object) -> "LoopbackBus":  # noqa: ARG001 - the form of a factory
    """Return the bus of one node. A factory is handed all settings; this one needs none."""
    beside = Path(tempfile.gettempdir()) / "parlour-bus"
    return LoopbackBus(Path(os.environ.get("PARLOUR_BUS_FOLDER", beside)))


class LoopbackBus(Bus):
    """Sends every frame to every port in a folder, and hears the topics it follows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._topics: set[str] = set()
        self._socket: socket.socket | None = None
        self._listener: Listener | None = None

    async def start(self, listener: Listener) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_the_dead()
        self._listener = listener
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        (self._folder / str(self._port)).touch(mode=0o600)
        asyncio.get_running_loop().add_reader(self._socket, self._receive)

    async def close(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            (self._folder / str(self._port)).unlink(missing_ok=True)
            self._socket.close()
            self._socket = None

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        if self._socket is None:
            return
        ports = {int(path.name) for path in self._folder.iterdir()} - {self._port}
        for topic, payload in frames:
            datagram = topic.encode() + b"\n" + zlib.compress(payload, level=1)
            for port in ports:
                with suppress(OSError):  # too large, or no room now: the log has it
                    self._socket.sendto(datagram, ("127.0.0.1", port))

    async def follow(self, topics: Collection[str]) -> None:
        self._topics.update(topics)

    def unfollow(self, topics: Collection[str]) -> None:
        self._topics.difference_update(topics)

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    @property
    def _port(self) -> int:
        return int(self._socket.getsockname()[1]) if self._socket else 0

    def _receive(self) -> None:
        while self._socket is not None and self._listener is not None:
            try:
                topic, _, packed = self._socket.recv(MAX_BYTES).partition(b"\n")
            except BlockingIOError:
                return
            if topic.decode() in self._topics:
                self._listener.frame(topic.decode(), zlib.decompress(packed))

    def _forget_the_dead(self) -> None:
        """Remove the ports of nodes that were killed: anybody can bind those."""
        for path in self._folder.iterdir():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
                probe.bind(("127.0.0.1", int(path.name)))
                path.unlink(missing_ok=True)
