"""
The sender: sends what the outbox holds until the service has answered.

One message of a conversation is sent at a time, so that a retry never lets a later one pass. After
a lost answer the same key is sent again and gives the same message; edits, reactions and all other
changes say what is to be, and may be said twice. The first message to a user creates the
conversation, of which the service has one, however often it is asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import attrs

from parlour.entrypoints.client.connection import Connection
from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.client.outbox import SEND, Outbox, UnsentMessage
from parlour.entrypoints.client.reconnect import Backoff
from parlour.entrypoints.client.state import State
from parlour.entrypoints.client.unstarted import current_id, peer_of_unstarted

# These refuse the session, not the message: it waits for the next one.
_ABOUT_THE_SESSION = frozenset({"unauthenticated", "token_expired"})

FORWARD = "message.forward"

_PRIVATE = frozenset({"message.hide", "history.clear", "draft.set"})
"""Requests that are answered with an offset of the private log."""


@attrs.frozen
class SendFailed:
    """A message that the service refused for good, and why."""

    message: UnsentMessage
    reason: str


class Sender:
    """Takes messages and brings them to the service, each conversation in order.

    `idle` is set while the outbox is empty and nothing is being sent. *create* returns the direct
    conversation with a user, after it has moved the messages in the outbox there.
    """

    def __init__(
        self,
        outbox: Outbox,
        connection: Connection,
        *,
        create: Callable[[str], Awaitable[str]],
        dispatch: Callable[[Frame], None],
        failed: Callable[[SendFailed], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._outbox = outbox
        self._connection = connection
        self._create = create
        self._dispatch = dispatch
        self._failed = failed
        self._backoff = backoff or Backoff()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.idle = asyncio.Event()
        self._update_idle()

    def post(
        self, conversation: str, text: str, fields: Mapping[str, Any] | None = None
    ) -> UnsentMessage:
        """Take a message: it is on disk before it is sent."""
        return self.take(conversation, SEND, fields or {}, text=text)

    def take(
        self,
        conversation: str,
        type_: str,
        fields: Mapping[str, Any],
        *,
        target: str | None = None,
        text: str = "",
    ) -> UnsentMessage:
        """Take a request, in the place of an unsent one with the same *target*."""
        message = self._outbox.add(conversation, text, type_, fields, target=target)
        self.idle.clear()
        self._start(conversation)
        return message

    def flush(self) -> None:
        """Send everything unsent, also what an earlier process left behind."""
        for conversation in {message.conversation for message in self._outbox.unsent()}:
            self._start(conversation)
        self._update_idle()

    def move_started(self, state: State, new: AbstractSet[str]) -> None:
        """Move messages to the *new* conversations, before a later one is sent there."""
        for unsent in {message.conversation for message in self._outbox.unsent()}:
            started = current_id(state, unsent)
            if started != unsent and started in new:
                self._outbox.move(unsent, started)

    async def stop(self) -> None:
        """Stop sending; what is unsent stays in the outbox."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, conversation: str) -> None:
        if conversation not in self._tasks and self._connection.is_online:
            task = asyncio.get_running_loop().create_task(self._drain(conversation))
            self._tasks[conversation] = task

    async def _drain(self, conversation: str) -> None:
        attempt = 0
        try:
            while self._connection.is_online and (unsent := self._outbox.unsent(conversation)):
                wait = await self._try(unsent[0], attempt)
                attempt = 0 if wait is None else attempt + 1
                # Nothing is tried without a connection: the next welcome starts again.
                if wait is not None and self._connection.is_online:
                    await asyncio.sleep(wait)
        finally:
            del self._tasks[conversation]
            self._update_idle()

    async def _try(self, message: UnsentMessage, attempt: int) -> float | None:
        """Send a message; return the seconds before the next try, None when it is settled."""
        try:
            if peer := peer_of_unstarted(message.conversation):
                # The client moves the messages to it before any later one is sent there.
                self._start(await self._create(peer))
                return None
            ok = await self._connection.request(message.type, **_fields(message))
        except NoAnswer:
            return self._backoff.delay(attempt)
        except Refused as refusal:
            if refusal.temporary or refusal.code in _ABOUT_THE_SESSION:
                return max(refusal.retry_after, self._backoff.delay(attempt))
            self._outbox.remove(message.key)
            self._failed(SendFailed(message, str(refusal)))
            return None
        self._outbox.remove(message.key)
        self._acknowledged(message, ok)
        return None

    def _acknowledged(self, message: UnsentMessage, ok: Frame) -> None:
        where = message.conversation
        if message.type == SEND:
            self._dispatch({**message.fields, **ok, "type": "posted", "text": message.text})
        elif message.type in _PRIVATE:
            self._dispatch({"type": "acknowledged.me", "offset": ok["offset"]})
        elif message.type == FORWARD:
            last = max(posted["offset"] for posted in ok["messages"])
            self._dispatch({"type": "acknowledged", "conversation": where, "offset": last})
        else:
            self._dispatch({"type": "acknowledged", "conversation": where, "offset": ok["offset"]})
        if message.type == "message.edit":
            self._see_revision(message, ok["revision"])

    def _see_revision(self, edited: UnsentMessage, revision: int) -> None:
        """Note in a later edit of the same message that its author has seen this one."""
        for later in self._outbox.unsent(edited.conversation):
            if later.type == edited.type and later.fields["seq"] == edited.fields["seq"]:
                self._outbox.change(later.key, {**later.fields, "revision": revision})

    def _update_idle(self) -> None:
        if self._tasks or self._outbox.unsent():
            self.idle.clear()
        else:
            self.idle.set()


def _fields(message: UnsentMessage) -> Mapping[str, Any]:
    """Return the fields of the request that a message or change is."""
    where = {"conversation": message.conversation}
    if message.type == SEND:
        return {**where, "key": message.key, "body": {"text": message.text}, **message.fields}
    if message.type == FORWARD:
        return {"to": message.conversation, "key": message.key, **message.fields}
    return {**where, **message.fields}
