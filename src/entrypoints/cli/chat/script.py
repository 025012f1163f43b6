"""The client in scripts: send messages and end, or print messages as they come."""

import asyncio
import json
from collections.abc import Sequence

from parlour.entrypoints.cli.chat import formatting
from parlour.entrypoints.cli.chat.formatting import Style
from parlour.entrypoints.cli.chat.message_lines import Reader, message, people_of
from parlour.entrypoints.cli.chat.screen import Screen
from parlour.entrypoints.client.client import Client
from parlour.entrypoints.client.errors import ClientError
from parlour.entrypoints.client.models import Event, Frame
from parlour.entrypoints.client.sender import SendFailed
from parlour.entrypoints.client.state import State
from parlour.entrypoints.client.tokens import now_utc
from parlour.entrypoints.client.unstarted import direct_with, peer_of_unstarted


async def send(client: Client, screen: Screen, key: str, texts: Sequence[str]) -> None:
    """Send *texts* and wait until each is acknowledged.

    Raises:
        ClientError: one of them was refused.
    """
    refused: list[SendFailed] = []
    client.on_failed = refused.append
    keys = {client.send(key, text).key for text in texts}

    def note(frame: Frame, _before: State) -> None:
        if frame["type"] == "posted" and frame["key"] in keys:
            screen.show(f"✓ {frame['seq']}")

    client.on_change = note
    await client.sender.idle.wait()
    if refused:
        raise ClientError(f"not sent: {refused[0].reason}")


class MessageTail:
    """Prints each message once, as it comes: of one conversation, or of all."""

    def __init__(
        self, client: Client, screen: Screen, style: Style, *, only: str | None, as_json: bool
    ) -> None:
        self._client = client
        self._screen = screen
        self._style = style
        self._only = only
        self._as_json = as_json
        self._shown: dict[str, int] = {}
        self._changed = asyncio.Event()

    async def run(self, last: int) -> None:
        """Print the *last* messages of each conversation, then what comes, until cancelled."""
        for key in self._wanted():
            await self._client.catchup.load(key)
            conversation = self._client.state.conversations[key]
            recent = [event for event in conversation.events if event.seq][-last:] if last else []
            await self._print(key, recent)
            self._shown[key] = conversation.applied
        self._client.on_change = lambda _frame, _before: self._changed.set()
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._print_new()
            except ClientError:
                asyncio.get_running_loop().call_later(1, self._changed.set)

    async def _print_new(self) -> None:
        for key in self._wanted():
            conversation = self._client.state.conversations[key]
            if not conversation.is_loaded and not conversation.left:
                # It was created after this began: all of it is new.
                await self._client.catchup.load(key)
                conversation = self._client.state.conversations[key]
            shown = self._shown.setdefault(key, 0)
            await self._print(key, [e for e in conversation.events if e.offset > shown])
            self._shown[key] = max(shown, conversation.applied)

    async def _print(self, key: str, events: Sequence[Event]) -> None:
        messages = [event for event in events if event.seq]
        await self._client.people.load(set().union(*map(people_of, messages)))
        name = formatting.handle_lookup(self._client.state)
        for event in messages:
            if self._as_json:
                line = {
                    "conversation": key,
                    "seq": event.seq,
                    "offset": event.offset,
                    "at": event.at,
                    "by": event.by,
                    "handle": name(event.by),
                    "key": event.key,
                    "text": event.text,
                }
                self._screen.show(json.dumps(line))
            else:
                me = self._client.state.my_id
                reader = Reader(me=me, name=name, now=now_utc(), style=self._style)
                self._screen.show(message(event, reader))

    def _wanted(self) -> list[str]:
        state = self._client.state
        if not self._only:
            return [key for key in state.conversations if peer_of_unstarted(key) is None]
        peer = peer_of_unstarted(self._only)
        key = direct_with(state, peer) if peer else self._only
        return [key] if key else []
