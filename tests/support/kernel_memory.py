"""The kernel memory of a server's connections, from the same source as `ss -tm` (sock_diag)."""

import socket
import struct
from collections.abc import Iterator

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_DONE, _ERROR = 3, 2
_REQUEST_DUMP = 0x301
_ESTABLISHED = 1 << 1
_SKMEMINFO = 7
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI48x")  # inet_diag_req_v2, with an empty inet_diag_sockid
_ANSWER_BYTES = 72  # inet_diag_msg; the ports follow its first four bytes
_ATTRIBUTE = struct.Struct("=HH")
_MEMORY = struct.Struct("=9I")


def kernel_bytes(port: int) -> int:
    """Return the kernel memory in bytes for the open connections of a local TCP port.

    Both queues count, and what was set aside for them.
    """
    total = 0
    for answer in _dump():
        (local,) = struct.unpack_from("!H", answer, 4)
        if local == port:
            received, _, _, _, ahead, queued, *_ = _memory(answer)
            total += received + ahead + queued
    return total


def _dump() -> Iterator[bytes]:
    """Request every established IPv4 TCP connection."""
    body = _REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, 1 << (_SKMEMINFO - 1), _ESTABLISHED)
    header = _HEADER.pack(_HEADER.size + len(body), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.send(header + body)
        while True:
            data = netlink.recv(1 << 20)
            while data:
                length, kind, *_ = _HEADER.unpack_from(data)
                if kind == _DONE:
                    return
                if kind == _ERROR:
                    raise OSError("the kernel does not tell about its sockets")
                yield data[_HEADER.size : length]
                data = data[_aligned(length) :]


def _memory(answer: bytes) -> tuple[int, ...]:
    """Return sk_meminfo: bytes received, …, ahead, queued to be sent, …."""
    at = _ANSWER_BYTES
    while at < len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _SKMEMINFO:
            return _MEMORY.unpack_from(answer, at + _ATTRIBUTE.size)
        at += _aligned(length)
    raise OSError("the kernel does not tell about the memory of its sockets")


def _aligned(length: int) -> int:
    return (length + 3) & ~3
