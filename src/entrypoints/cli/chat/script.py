"""The client without a person: say something and end, or print what is said."""

import asyncio
import json
from collections.abc import Sequence

from parlour.entrypoints.cli.chat import words
from parlour.entrypoints.cli.chat.client import Client
from parlour.entrypoints.cli.chat.model import Event, Frame
from parlour.entrypoints.cli.chat.problems import ChatError
from parlour.entrypoints.cli.chat.screen import Screen
from parlour.entrypoints.cli.chat.sender import Failed
from parlour.entrypoints.cli.chat.store import State
from parlour.entrypoints.cli.chat.tokens import now_utc
from parlour.entrypoints.cli.chat.words import Paint


async def say(client: Client, screen: Screen, where: str, texts: Sequence[str]) -> None:
    """Say *texts* and wait until each is acknowledged.

    Raises:
        ChatError: one of them was refused.
    """
    refused: list[Failed] = []
    client.on_failed = refused.append
    keys = {client.say(where, text).key for text in texts}

    def note(frame: Frame, _before: State) -> None:
        if frame["type"] == "posted" and frame["key"] in keys:
            screen.show(f"✓ {frame['seq']}")

    client.on_change = note
    await client.sender.idle.wait()
    if refused:
        raise ChatError(f"not sent: {refused[0].reason}")


class Tail:
    """Prints each message once, as it comes: of one conversation, or of all."""

    def __init__(
        self, client: Client, screen: Screen, paint: Paint, *, only: str | None, as_json: bool
    ) -> None:
        self._client = client
        self._screen = screen
        self._paint = paint
        self._only = only
        self._as_json = as_json
        self._shown: dict[str, int] = {}
        self._changed = asyncio.Event()

    async def run(self, last: int) -> None:
        """Print the *last* messages of each conversation, then what comes, until cancelled."""
        for where in self._wanted():
            await self._client.catchup.load(where)
            conversation = self._client.state.conversations[where]
            recent = [event for event in conversation.events if event.seq][-last:] if last else []
            await self._print(where, recent)
            self._shown[where] = conversation.applied or 0
        self._client.on_change = lambda _frame, _before: self._changed.set()
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._print_new()
            except ChatError:
                asyncio.get_running_loop().call_later(1, self._changed.set)

    async def _print_new(self) -> None:
        for where in self._wanted():
            conversation = self._client.state.conversations[where]
            if not conversation.is_loaded and not conversation.left:
                # One that began after this did: all of it is new.
                await self._client.catchup.load(where)
                conversation = self._client.state.conversations[where]
            shown = self._shown.setdefault(where, 0)
            await self._print(where, [e for e in conversation.events if e.offset > shown])
            self._shown[where] = max(shown, conversation.applied or 0)

    async def _print(self, where: str, events: Sequence[Event]) -> None:
        messages = [event for event in events if event.seq]
        await self._client.meet({event.by for event in messages})
        name = words.namer(self._client.state)
        for event in messages:
            if self._as_json:
                line = {
                    "conversation": where,
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
                self._screen.show(words.message(event, name, now_utc(), self._paint, None))

    def _wanted(self) -> list[str]:
        return [self._only] if self._only else list(self._client.state.conversations)
