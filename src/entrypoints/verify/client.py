"""A client of the run: one device of one user, everything it sends and receives recorded."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from parlour.entrypoints.client.errors import NoAnswer, Refused
from parlour.entrypoints.client.models import Frame
from parlour.entrypoints.verify.listener import Listener
from parlour.entrypoints.verify.recorder import Operation

_READ_AGAIN = 100
"""Events that are read again after a recall."""

_UNSURE = frozenset({"timeout", "internal"})
"""Refusals after which nobody knows whether anything was stored."""


class RecordingClient(Listener):
    """Asks for what users ask for, again and again until there is an answer."""

    async def send(self, conversation: str, text: str, *, seconds: float) -> int | None:
        """Send a message with a key; return its number if it was acknowledged.

        Now and then what was acknowledged is sent once more.
        """
        args = {"conversation": conversation, "key": str(uuid4()), "text": text}
        operation = self._recorder.begin(self.actor, "send", args)
        answer = await self._insist(operation, lambda: self._post(operation), seconds=seconds)
        if answer is None:
            return None
        seq: int = answer["seq"]
        self._last_seqs[conversation] = max(self._last_seqs.get(conversation, 0), seq)
        if random.random() < 0.05:  # noqa: S311 - now and then
            await self._send_again(operation)
        return seq

    async def edit(self, conversation: str, seq: int, text: str, *, seconds: float) -> bool:
        """Give a message another text; return whether that was acknowledged."""
        args = {"conversation": conversation, "seq": seq, "text": text}
        body = {"text": text}
        return await self._change("edit", "message.edit", args, {"body": body}, seconds=seconds)

    async def recall(self, conversation: str, seq: int, *, seconds: float) -> bool:
        """Take a message back; return whether that was acknowledged.

        The end of the log is read again then: nothing of the message may be there any more.
        """
        args = {"conversation": conversation, "seq": seq}
        done = await self._change("recall", "message.recall", args, {}, seconds=seconds)
        if done:
            with suppress(Refused, NoAnswer):
                await self._read_again(conversation)
        return done

    async def _read_again(self, conversation: str) -> None:
        after, asked = max(0, self.log(conversation).applied - _READ_AGAIN), monotonic_ns()
        page = await self.connection.request(
            "sync", conversation=conversation, after=after, limit=_READ_AGAIN
        )
        for event in page["events"]:
            self._event(event, via="sync", asked=asked)

    async def react(
        self, conversation: str, seq: int, emoji: str, *, on: bool, seconds: float
    ) -> bool:
        """React to a message, or take that back; return whether that was acknowledged."""
        args = {"conversation": conversation, "seq": seq, "emoji": emoji, "on": on}
        what = {"emoji": emoji, "on": on}
        return await self._change("react", "reaction.set", args, what, seconds=seconds)

    async def _change(
        self, f: str, frame: str, args: dict[str, Any], fields: dict[str, Any], *, seconds: float
    ) -> bool:
        operation = self._recorder.begin(self.actor, f, args)
        number = {name: args[name] for name in ("conversation", "seq")}

        async def ask() -> Frame:
            return await self.connection.request(frame, **number, **fields)

        return await self._insist(operation, ask, seconds=seconds) is not None

    async def _insist(
        self, operation: Operation, ask: Callable[[], Awaitable[Frame]], *, seconds: float
    ) -> Frame | None:
        """Ask until there is an answer; return it, None after a final refusal or the time."""
        loop = asyncio.get_running_loop()
        deadline, attempts, is_sure = loop.time() + seconds, 0, True
        while loop.time() < deadline:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._online.wait()
            attempts += 1
            socket = self.socket
            try:
                answer = await ask()
            except Refused as refusal:
                is_sure = is_sure and refusal.code not in _UNSURE
                if not refusal.temporary:
                    break
                await asyncio.sleep(max(0.05, refusal.retry_after))
            except NoAnswer:
                is_sure = False
                await asyncio.sleep(0.02)
            else:
                self._acknowledged(operation, answer, attempts=attempts, socket=socket)
                return answer
        operation.failed(self.actor, is_sure=is_sure)
        return None

    def _acknowledged(
        self, operation: Operation, answer: Frame, *, attempts: int, socket: str
    ) -> None:
        conversation, offset = operation.args["conversation"], answer["offset"]
        said = {name: answer[name] for name in ("seq", "revision", "count") if name in answer}
        operation.ok(
            self.actor,
            **said,
            offset=offset,
            frame=answer["id"],
            attempts=attempts,
            socket=socket,
        )
        # A change that was there already has the offset of another event.
        if operation.f == "send" or not answer["replayed"]:
            self._take(conversation, offset)
        self._catch_up_if_gap(conversation)

    async def _send_again(self, sent: Operation) -> None:
        operation = self._recorder.begin(self.actor, "resend", sent.args)
        try:
            answer = await self._post(operation)
        except (Refused, NoAnswer):
            operation.failed(self.actor, is_sure=False)
        else:
            operation.ok(self.actor, seq=answer["seq"], offset=answer["offset"])

    async def _post(self, operation: Operation) -> Frame:
        fields = {name: operation.args[name] for name in ("conversation", "key")}
        body = {"text": operation.args["text"]}
        return await self.connection.request("message.send", **fields, body=body)

    async def read(self, conversation: str) -> None:
        """Mark everything that is known of a conversation as read."""
        if seq := self._last_seqs.get(conversation):
            args = {"conversation": conversation, "seq": seq}
            operation = self._recorder.begin(self.actor, "read", args)
            try:
                answer = await self.connection.request("read", **args)
            except (Refused, NoAnswer):
                operation.failed(self.actor, is_sure=False)
            else:
                operation.ok(self.actor, seq=answer["seq"])
