"""Reading what a server answers: everything that has come, at once.

The client reads one reply a call, and a call costs several times what the reply itself does: for
every frame of every node, twice.
"""

from collections.abc import Sequence
from typing import Any

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import InvalidResponse, RedisError, ResponseError

_READ_BYTES = 1 << 16
_NOTHING = object()
_ELSEWHERE = {"MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN"}


class Elsewhere(RedisError):
    """This server of a cluster does not carry the channel, now or for good."""


class ReplyReader:
    """The replies of a connection that is open and owes none; nobody else may read them."""

    def __init__(self, connection: AbstractConnection) -> None:
        stream = connection._reader  # noqa: SLF001 - what the client itself reads from
        if stream is None:
            raise NotConnected("the connection is not open")
        self._stream = stream
        self._parser = hiredis.Reader(
            protocolError=InvalidResponse,
            replyError=_refusal,
            notEnoughData=_NOTHING,
        )

    async def read(self) -> Sequence[Any]:
        """Wait for replies and return them in order, refusals as exceptions among them.

        Raises a `RedisError` or an `OSError` where the connection ends or makes no sense.
        """
        while True:
            data = await self._stream.read(_READ_BYTES)
            if not data:
                raise NotConnected("the server has closed the connection")
            self._parser.feed(data)
            if replies := list(iter(self._parser.gets, _NOTHING)):
                return replies


def _refusal(text: str) -> RedisError:
    return Elsewhere(text) if text.partition(" ")[0] in _ELSEWHERE else ResponseError(text)
