"""Asking about what is none of one's business: the answers must hold not a byte of it."""

from contextlib import suppress

from parlour.entrypoints.cli.chat.problems import ChatError
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.client import Client

_FRAMES = (
    {"type": "sync", "after": 0, "limit": 200},
    {"type": "read", "seq": 1},
    {"type": "focus"},
)
_PATHS = ("", "/messages", "/messages/1", "/events?after=0", "/members")


async def pry(client: Client, account: Account, conversation: str) -> None:
    """Ask for a foreign conversation in every way; what is answered is heard as bytes."""
    for frame in _FRAMES:
        with suppress(ChatError):
            await client.ask({**frame, "conversation": conversation})
    for path in _PATHS:
        with suppress(ChatError):
            await account.ask("GET", f"/v1/conversations/{conversation}{path}")
