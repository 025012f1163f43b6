"""Canaries: words that nobody could guess, one a conversation, looked for in all bytes that come.

What a client understands can only leak as the protocol has it. A bug leaks in other ways too: in
the text of an error, in a frame of an unknown type, in a header. So the bytes are looked at as the
network brings them, before anybody understands them.
"""

import re
from collections.abc import Callable
from http.client import HTTPResponse
from secrets import token_hex
from urllib.error import HTTPError

from websockets.asyncio.client import ClientConnection

from parlour.entrypoints.cli.chat.http import Http

_BYTES = 16
_CANARY = re.compile(rb"canary-[0-9a-f]{%d}" % (2 * _BYTES))
_LENGTH = len("canary-") + 2 * _BYTES

Hear = Callable[[str, bytes], None]
"""Told from where bytes came, and which; in any thread."""


def new_canary() -> str:
    """Return a word that stands nowhere else."""
    return f"canary-{token_hex(_BYTES)}"


def canaries_in(data: bytes) -> set[str]:
    """Return the canaries that stand in *data*."""
    return {found.decode() for found in _CANARY.findall(data)}


class HeardHttp(Http):
    """An HTTP client of which somebody hears every answer, its headers and its body."""

    def __init__(self, server: str, hear: Hear) -> None:
        super().__init__(server)
        self._hear = hear

    def read(self, response: HTTPResponse | HTTPError) -> bytes:
        """Return the body of an answer, once it was heard."""
        body = super().read(response)
        head = f"{response.reason}\n{response.headers}".encode()
        self._hear(f"{response.status} of {response.url}", head + body)
        return body


def heard_connection(hear: Hear, place: str) -> type[ClientConnection]:
    """Return a kind of socket of which somebody hears all that comes, the handshake too."""

    class HeardConnection(ClientConnection):
        _end = b""

        def data_received(self, data: bytes) -> None:
            # The network cuts where it likes.
            heard = self._end + data
            hear(place, heard)
            self._end = heard[1 - _LENGTH :]
            super().data_received(data)

    return HeardConnection
