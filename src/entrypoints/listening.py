"""Sockets that listen, and where they can be reached."""

import socket

SEND_BUFFER = 128 * 1024
"""Bytes the kernel keeps for one socket: a reader that stalls costs this and not megabytes."""

BACKLOG = 4096
"""Connections that may wait to be accepted."""

PEER_PATIENCE_MS = 20_000
"""Milliseconds that data may stay unacknowledged before the kernel gives a peer up."""


class CannotServe(Exception):
    """The process cannot begin to serve; the message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose connections neither hoard memory nor linger for ever.

    Raises `CannotServe` where the address is not ours or is taken.
    """
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_PATIENCE_MS)
    try:
        listener.bind(address)
        # From here on nobody is turned away: who comes before the loop looks waits in the backlog.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotServe(f"Cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL at which a bound socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
