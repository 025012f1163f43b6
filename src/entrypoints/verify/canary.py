"""Canaries: random words, one for each conversation, looked for in all bytes that come in.

What a client understands can only leak as the protocol has it. A bug leaks in other ways too: in
the text of an error, in a frame of an unknown type, in a header. So the bytes are searched as they
come from the network, before they are parsed.
"""

import re
from collections.abc import Callable
from http.client import HTTPResponse
from secrets import token_hex
from urllib.error import HTTPError

from websockets.asyncio.client import ClientConnection

from parlour.entrypoints.client.http import Http

_BYTES = 16
_CANARY = re.compile(rb"canary-[0-9a-f]{%d}" % (2 * _BYTES))
_LENGTH = len("canary-") + 2 * _BYTES

RecordBytes = Callable[[str, bytes], None]
"""Called with where bytes came from, and the bytes; in any thread."""


def new_canary() -> str:
    """Return a random word that occurs nowhere else."""
    return f"canary-{token_hex(_BYTES)}"


def canaries_in(data: bytes) -> set[str]:
    """Return the canaries that stand in *data*."""
    return {found.decode() for found in _CANARY.findall(data)}


class RecordingHttp(Http):
    """An HTTP client that records every answer, its headers and its body."""

    def __init__(self, server: str, record: RecordBytes) -> None:
        super().__init__(server)
        self._record = record

    def read(self, response: HTTPResponse | HTTPError) -> bytes:
        """Return the body of an answer, once it was recorded."""
        body = super().read(response)
        head = f"{response.reason}\n{response.headers}".encode()
        self._record(f"{response.status} of {response.url}", head + body)
        return body


def recording_socket(record: RecordBytes, place: str) -> type[ClientConnection]:
    """Return a class of socket that records all bytes that come in, the handshake too."""

    class RecordingSocket(ClientConnection):
        _end = b""

        def data_received(self, data: bytes) -> None:
            # A canary may be cut anywhere, so the end of the last chunk is searched again.
            both = self._end + data
            record(place, both)
            self._end = both[1 - _LENGTH :]
            super().data_received(data)

    return RecordingSocket
