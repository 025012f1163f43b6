"""A TCP relay between a client and a server that cuts the connection after chosen bytes."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

Wire = bytes
Cut = Callable[[Wire], bool]


class Relay:
    """Forwards bytes in both directions until *cut* returns true for bytes of the client.

    What was said yes to still reaches the server, and its answer is waited for; but the client
    gets no answer: its line is dead. `cuts` counts how often that happened.
    """

    def __init__(self, port: int, cut: Cut) -> None:
        self._to = ("127.0.0.1", port)
        self._cut = cut
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.cuts = 0

    @property
    def port(self) -> int:
        """The port of the relay."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._sockets):
            _shut(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._to)
                self._sockets += [client, server]
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                if self._cut(data):
                    self.cuts += 1
                    # The client's connection is shut, so that no answer passes.
                    client.shutdown(socket.SHUT_WR)
                server.sendall(data)
        _shut(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                client.sendall(data)
        _shut(client)


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
