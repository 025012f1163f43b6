"""Ports for servers that tests start, stop and start again."""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

# Below those that systems give to outgoing connections: while a server is away nobody gets its
# port by chance, and no client that dials it meets itself.
_PORTS = range(10_000, 32_000)
_taken: set[int] = set()
# One byte for each port, locked for as long as this process lives.
_locks = (Path(tempfile.gettempdir()) / f"parlour-ports-{os.getuid()}").open("ab")


def free_port() -> int:
    """Return a TCP port of the loopback interface that this process has to itself from now on."""
    while True:
        port = random.choice(_PORTS)
        if port in _taken:
            continue
        with suppress(OSError), socket.socket() as probe:
            fcntl.lockf(_locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            _taken.add(port)
            probe.bind(("127.0.0.1", port))
            return port
