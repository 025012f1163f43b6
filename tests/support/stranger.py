"""
Strangers in a process of their own, who send without end and without a token.

`python -m tests.support.stranger` reads a line of JSON: the port, how many connections, and what
each sends, once (`opening`) and again and again (`repeated`), both in Base64. It writes a line
once they have begun. They connect again when they are cut off, until the input ends. Then the
process writes how many bytes were taken from them and how often they connected.
"""

import base64
import json
import selectors
import socket
import sys
from contextlib import suppress
from typing import Any, Self

import attrs

ADDRESS = "127.0.0.2"
"""Where strangers come from: loopback as well, and not the address of the other clients."""

_CHUNK = 256 * 1024


@attrs.define(eq=False)
class Stranger:
    """One connection that sends as fast as it is read, and reads what it is sent."""

    port: int
    opening: bytes
    repeated: bytes
    socket: socket.socket
    waiting: memoryview
    taken: int = 0
    connected: int = 1

    @classmethod
    def at(cls, port: int, opening: bytes, repeated: bytes) -> Self:
        """Connect a stranger."""
        flood = repeated * max(1, _CHUNK // len(repeated))
        return cls(port, opening, flood, _connect(port), memoryview(opening))

    def run(self) -> None:
        """Read and write what is possible now; connect again where the connection ended."""
        try:
            with suppress(BlockingIOError):
                if not self.socket.recv(_CHUNK):
                    raise ConnectionError
            if not len(self.waiting):
                self.waiting = memoryview(self.repeated)
            with suppress(BlockingIOError):
                sent = self.socket.send(self.waiting)
                self.taken += sent
                self.waiting = self.waiting[sent:]
        except OSError:
            self.socket.close()
            self.socket = _connect(self.port)
            self.waiting = memoryview(self.opening)
            self.connected += 1


def _connect(port: int) -> socket.socket:
    made = socket.socket()
    made.bind((ADDRESS, 0))
    made.setblocking(False)
    with suppress(BlockingIOError):
        made.connect(("127.0.0.1", port))
    return made


def main() -> None:
    """Send until the input ends."""
    wish: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    opening, repeated = (base64.b64decode(wish[key]) for key in ("opening", "repeated"))
    strangers = [Stranger.at(wish["port"], opening, repeated) for _ in range(wish["connections"])]
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    has_begun = False
    while True:
        with selectors.DefaultSelector() as selector:
            selector.register(sys.stdin.buffer, selectors.EVENT_READ)
            for each in strangers:
                selector.register(each.socket, both, each)
            ready = [key.data for key, _ in selector.select(1.0)]
        if None in ready:
            break
        for each in ready:
            each.run()
        if not has_begun and any(each.taken for each in strangers):
            has_begun = True
            sys.stdout.write("\n")
            sys.stdout.flush()
    taken = sum(each.taken for each in strangers)
    json.dump({"taken": taken, "connected": sum(each.connected for each in strangers)}, sys.stdout)


if __name__ == "__main__":
    main()
