"""Read all replies of a server that have arrived, at once.

redis-py reads one reply for each call, and the call costs several times what parsing costs; it
would be made for every frame of every node, on both connections.
"""

from collections.abc import Sequence
from typing import Any

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import InvalidResponse, RedisError, ResponseError

_READ_BYTES = 1 << 16
_NOTHING = object()
_MOVED = {"MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN"}


class ChannelMoved(RedisError):
    """This server of a cluster does not carry the channel (MOVED, ASK, …)."""


class ReplyReader:
    """Reads the replies of an open connection on which no reply is pending; the only reader."""

    def __init__(self, connection: AbstractConnection) -> None:
        stream = connection._reader  # noqa: SLF001 - what the client itself reads from
        if stream is None:
            raise NotConnected("the connection is not open")
        self._stream = stream
        self._parser = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=_error_of,
            notEnoughData=_NOTHING,
        )

    async def read(self) -> Sequence[Any]:
        """Wait for replies and return them in order; error replies are exceptions in the list.

        Raises a `RedisError` or an `OSError` where the connection ends or breaks the protocol.
        """
        while True:
            data = await self._stream.read(_READ_BYTES)
            if not data:
                raise NotConnected("the server has closed the connection")
            self._parser.feed(data)
            if replies := list(iter(self._parser.gets, _NOTHING)):
                return replies


def _error_of(text: str) -> RedisError:
    return ChannelMoved(text) if text.partition(" ")[0] in _MOVED else ResponseError(text)
