"""A client of the run: one device of one user, everything it says and sees written down."""

import asyncio
import random
from uuid import uuid4

from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.verify.journal import Facts, Operation
from parlour.entrypoints.verify.line import Frame
from parlour.entrypoints.verify.listening import Listener


class Client(Listener):
    """A listener that also speaks. `run` keeps it connected until it is cancelled."""

    async def say(self, conversation: str, text: str, *, seconds: float) -> bool:
        """Send a message, again and again with its key, for *seconds*; tell whether it is there.

        Now and then what was acknowledged is sent once more.
        """
        what = {"conversation": conversation, "key": str(uuid4()), "text": text}
        frame = _send(what)
        sending = self._journal.begin(self.actor, "send", what)
        loop = asyncio.get_running_loop()
        deadline, attempts, surely = loop.time() + seconds, 0, True
        while loop.time() < deadline:
            await self.up(deadline)
            attempts += 1
            socket = self.socket
            try:
                answer = await self.ask(frame)
            except Refused as refusal:
                surely = surely and refusal.code not in {"timeout", "internal"}
                if not refusal.temporary:
                    break
                await asyncio.sleep(max(0.05, refusal.retry_after))
            except NoAnswer:
                surely = False
                await asyncio.sleep(0.02)
            else:
                self._said(sending, answer, attempts=attempts, socket=socket)
                if random.random() < 0.05:  # noqa: S311 - now and then
                    await self._say_again(frame, what)
                return True
        sending.failed(self.actor, surely=surely)
        return False

    def _said(self, sending: Operation, answer: Frame, *, attempts: int, socket: str) -> None:
        seq, offset = answer["seq"], answer["offset"]
        sending.ok(
            self.actor,
            seq=seq,
            offset=offset,
            frame=answer["id"],
            attempts=attempts,
            socket=socket,
        )
        conversation = sending.args["conversation"]
        room = self.room(conversation)
        room.seq = max(room.seq, seq)
        room.take(offset)
        self.close_gap(conversation)

    async def _say_again(self, frame: Frame, what: Facts) -> None:
        sending = self._journal.begin(self.actor, "resend", what)
        try:
            answer = await self.ask(frame)
        except (Refused, NoAnswer):
            sending.failed(self.actor, surely=False)
        else:
            sending.ok(self.actor, seq=answer["seq"], offset=answer["offset"])

    async def read(self, conversation: str) -> None:
        """Mark everything that is known of a conversation as read."""
        room = self.rooms.get(conversation)
        if room is None or not room.seq:
            return
        what = {"conversation": conversation, "seq": room.seq}
        reading = self._journal.begin(self.actor, "read", what)
        try:
            answer = await self.ask({"type": "read", **what})
        except (Refused, NoAnswer):
            reading.failed(self.actor, surely=False)
        else:
            reading.ok(self.actor, seq=answer["seq"])


def _send(what: Facts) -> Frame:
    """Return the frame that sends a message."""
    return {
        "type": "message.send",
        "conversation": what["conversation"],
        "key": what["key"],
        "body": {"text": what["text"]},
    }
