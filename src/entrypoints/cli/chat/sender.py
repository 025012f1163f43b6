"""
The sender: sends what the outbox holds until the service has answered.

One message of a conversation is under way at a time, so that a retry never lets a later one pass.
A lost answer is no question: the same key is sent again and gives the same message.
"""

import asyncio
from collections.abc import Callable

import attrs

from parlour.entrypoints.cli.chat.codes import pause
from parlour.entrypoints.cli.chat.link import Link
from parlour.entrypoints.cli.chat.model import Frame
from parlour.entrypoints.cli.chat.outbox import Outbox, Waiting
from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused

# About who asks, not about the message: it waits for better times.
_NOT_ABOUT_THE_MESSAGE = frozenset({"unauthenticated", "token_expired"})


@attrs.frozen
class Failed:
    """A message that the service refused for good, and why."""

    message: Waiting
    reason: str


class Sender:
    """Takes messages and brings them to the service, each conversation in order."""

    def __init__(
        self,
        outbox: Outbox,
        link: Link,
        *,
        dispatch: Callable[[Frame], None],
        failed: Callable[[Failed], None],
        pause: Callable[[int], float] = pause,
    ) -> None:
        self._outbox = outbox
        self._link = link
        self._dispatch = dispatch
        self._failed = failed
        self._pause = pause
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self.idle = asyncio.Event()
        self._note_idle()

    def post(self, conversation: str, text: str) -> Waiting:
        """Take a message: it is on disk before it is on the wire."""
        message = self._outbox.add(conversation, text)
        self.idle.clear()
        self._begin(conversation)
        return message

    def flush(self) -> None:
        """Send what waits, also what an earlier process left behind."""
        for conversation in {message.conversation for message in self._outbox.waiting()}:
            self._begin(conversation)
        self._note_idle()

    async def stop(self) -> None:
        """Stop sending; what waits stays in the outbox."""
        tasks = list(self._at_work.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, conversation: str) -> None:
        if conversation not in self._at_work and self._link.is_online:
            task = asyncio.get_running_loop().create_task(self._drain(conversation))
            self._at_work[conversation] = task

    async def _drain(self, conversation: str) -> None:
        attempt = 0
        try:
            while self._link.is_online and (waiting := self._outbox.waiting(conversation)):
                wait = await self._try(waiting[0], attempt)
                attempt = 0 if wait is None else attempt + 1
                # Off line nothing is tried: the next welcome begins anew.
                if wait is not None and self._link.is_online:
                    await asyncio.sleep(wait)
        finally:
            del self._at_work[conversation]
            self._note_idle()

    async def _try(self, message: Waiting, attempt: int) -> float | None:
        """Send one message; return the seconds before the next try, None when it is settled."""
        try:
            ok = await self._link.request(
                "message.send",
                conversation=message.conversation,
                key=message.key,
                body={"text": message.text},
            )
        except NoAnswer:
            return self._pause(attempt)
        except Refused as refusal:
            if refusal.temporary or refusal.code in _NOT_ABOUT_THE_MESSAGE:
                return max(refusal.retry_after, self._pause(attempt))
            self._outbox.done(message.key)
            self._failed(Failed(message, str(refusal)))
            return None
        self._outbox.done(message.key)
        self._dispatch({**ok, "type": "posted", "text": message.text})
        return None

    def _note_idle(self) -> None:
        if self._at_work or self._outbox.waiting():
            self.idle.clear()
        else:
            self.idle.set()
