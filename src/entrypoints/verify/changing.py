"""What clients of a run do to messages: edit, recall, react, and try what they may not."""

import asyncio
import random
from collections.abc import Mapping

from parlour.entrypoints.verify.client import RecordingClient

EMOJIS = ("👍", "❤️", "🎉")

RECENT = 20
"""So many of the newest messages of a conversation are reacted to."""


class Changer:
    """One client that changes messages, one request after the other.

    `own` has the messages that it sent and nobody recalled; only this client edits them, so the
    order of its edits is the order of the revisions.
    """

    def __init__(
        self, client: RecordingClient, canaries: Mapping[str, str], *, reacts: bool, seconds: float
    ) -> None:
        self.own: dict[str, list[int]] = {}
        self._client = client
        self._canaries = canaries
        self._reacts = reacts
        self._seconds = seconds
        self._edits = 0

    async def change(self, conversation: str) -> None:
        """Change some message of a conversation, as people do: reactions are most frequent."""
        own, chance = self.own.get(conversation, []), random.random()  # noqa: S311 - any
        if self._reacts and chance < 0.5:
            await self._react(conversation)
        elif own and chance < 0.7:
            await self._edit(conversation, random.choice(own[-RECENT:]))  # noqa: S311 - any
        elif own and chance < 0.8:
            seq = own.pop(random.randrange(len(own)))  # noqa: S311 - any
            await self._recall(conversation, seq)
        else:
            await self._trespass(conversation)

    async def _react(self, conversation: str) -> None:
        seqs = [*self._client.authors.get(conversation, {})][-RECENT:]
        if seqs:
            await self._client.react(
                conversation,
                random.choice(seqs),  # noqa: S311 - any
                random.choice(EMOJIS),  # noqa: S311 - any
                on=random.random() < 0.7,  # noqa: S311 - any
                seconds=self._seconds,
            )

    async def _edit(self, conversation: str, seq: int) -> None:
        self._edits += 1
        text = f"{self._client.name} edits {self._edits}: {self._canaries[conversation]}"
        editing = self._client.edit(conversation, seq, text, seconds=self._seconds)
        if not self._reacts or random.random() < 0.5:  # noqa: S311 - either
            await editing
            return
        # Both at once, without waiting: their order must hold.
        reacting = self._client.react(conversation, seq, EMOJIS[0], on=True, seconds=self._seconds)
        await asyncio.gather(editing, reacting)

    async def _recall(self, conversation: str, seq: int) -> None:
        await self._client.recall(conversation, seq, seconds=self._seconds)

    async def _trespass(self, conversation: str) -> None:
        """Try to edit what somebody else said."""
        me = self._client.account.id
        authors = self._client.authors.get(conversation, {})
        if others := [seq for seq, author in authors.items() if author != me][-RECENT:]:
            await self._edit(conversation, random.choice(others))  # noqa: S311 - any
