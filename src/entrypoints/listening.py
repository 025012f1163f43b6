"""Listening sockets and their addresses."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parlour.adapters.config import Settings

SEND_BUFFER = 128 * 1024
"""Kernel send buffer of one connection in bytes; bounds what a stalled reader costs."""

BACKLOG = 4096
"""Connections that may wait to be accepted."""

PEER_TIMEOUT_MS = 20_000
"""TCP_USER_TIMEOUT: milliseconds after which a peer that acknowledges nothing is dropped."""


class CannotServe(Exception):
    """The process cannot start; the message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a TCP listener with bounded send buffers and a time-out for dead peers.

    Raises `CannotServe` where the address is not ours or is taken.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host.removeprefix("[").removesuffix("]"),
            port,
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise CannotServe(
            f"Cannot listen on {host}:{port}: {host} is no address and no host name that can be "
            "resolved here. Give an address of this machine, such as 127.0.0.1."
        ) from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_TIMEOUT_MS)
    try:
        listener.bind(address)
        # From here on clients connect: they wait in the backlog until the loop accepts.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotServe(
            f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}. Choose another "
            "port or an address of this machine, or stop the program that listens there."
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL at which a bound socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def control_path(settings: Settings) -> Path | None:
    """Return where the control socket is.

    As configured, else beside the SQLite database; with another storage in `/tmp/parlour-UID`,
    named by the port of the service. None where that port is 0: the commands could not know it.
    """
    if settings.ops.socket is not None:
        return settings.ops.socket
    if settings.storage.backend == "sqlite":
        return Path(f"{settings.storage.sqlite.path}.control")
    if settings.server.port == 0:
        return None
    # Not the folder that XDG_RUNTIME_DIR or TMPDIR name: service and commands must find the same.
    return Path("/tmp") / f"parlour-{os.getuid()}" / f"{settings.server.port}.control"  # noqa: S108


@contextmanager
def listen_at_path(path: Path) -> Iterator[socket.socket]:
    """Listen on a Unix socket that only the user of this process may open.

    A socket file that a dead process left is replaced. Raises `CannotServe`.
    """
    if not _is_private(path.parent):
        raise CannotServe(
            f"Cannot listen on {path}: another user made {path.parent}, or may write to it. Set "
            "ops.socket to a short path in a folder of this user."
        )
    if _is_answered(path):
        raise CannotServe(f"Another process listens on {path}: give each its own ops.socket")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        # Permissions are set before the name exists, so that nobody else can open it meanwhile.
        os.fchmod(listener.fileno(), 0o600)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(16)
    except OSError as error:
        listener.close()
        raise CannotServe(
            f"Cannot listen on {path}: {error.strerror or error}. Set ops.socket to a short path "
            "in a folder that this user may write to."
        ) from error
    try:
        yield listener
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _is_private(folder: Path) -> bool:
    """Return whether a folder of `/tmp` is this user's alone, or not there yet."""
    if folder.parent != Path("/tmp"):  # noqa: S108 - others may write here
        return True
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return True
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    )


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
