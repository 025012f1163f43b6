"""Requests for conversations of others: their answers must hold not a byte of those."""

from contextlib import suppress

from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.verify.client import RecordingClient

_FRAMES = (
    {"type_": "sync", "after": 0, "limit": 200},
    {"type_": "read", "seq": 1},
    {"type_": "focus"},
)
_PATHS = ("", "/messages", "/messages/1", "/events?after=0", "/members")


async def probe(client: RecordingClient, conversation: str) -> None:
    """Ask in every way for a conversation; the bytes of the answers are looked at for canaries."""
    for frame in _FRAMES:
        with suppress(ClientError):
            await client.connection.request(**frame, conversation=conversation)
    for path in _PATHS:
        with suppress(ClientError):
            await client.account.ask("GET", f"/v1/conversations/{conversation}{path}")
