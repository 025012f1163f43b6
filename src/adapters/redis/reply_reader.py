"""Read the replies of a server: all that have arrived at once, or one for each call."""

from collections.abc import Sequence
from typing import Any, Protocol

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import (
    AskError,
    ClusterDownError,
    InvalidResponse,
    MovedError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as NotConnected

_READ_BYTES = 1 << 16
_NOTHING = object()
_MOVED = {"MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN"}


class ChannelMoved(RedisError):
    """This server of a cluster does not carry the channel (MOVED, ASK, …)."""


class ReplyReader(Protocol):
    """Reads the replies of an open connection on which no reply is pending; the only reader."""

    async def read(self) -> Sequence[Any]:
        """Wait for replies and return them in order; error replies are exceptions in the list.

        Raises a `RedisError` or an `OSError` where the connection ends or breaks the protocol.
        """
        ...


class ClientReplyReader(ReplyReader):
    """Reads one reply for each call, by redis-py's own function."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection

    async def read(self) -> Sequence[Any]:
        try:
            return [await self._connection.read_response(disable_decoding=True)]
        except (MovedError, AskError, ClusterDownError, TryAgainError) as error:
            return [ChannelMoved(str(error))]
        except ResponseError as error:
            return [error]


class DirectReplyReader(ReplyReader):
    """Reads all that has arrived with redis-py's parser, past its function for one reply.

    A call of that function costs several times what parsing costs; it would be made for every
    frame of every node, on both connections.
    """

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
        while True:
            data = await self._stream.read(_READ_BYTES)
            if not data:
                raise NotConnected("the server has closed the connection")
            self._parser.feed(data)
            if replies := list(iter(self._parser.gets, _NOTHING)):
                return replies


def _error_of(text: str) -> RedisError:
    return ChannelMoved(text) if text.partition(" ")[0] in _MOVED else ResponseError(text)
