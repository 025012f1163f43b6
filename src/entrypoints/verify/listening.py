"""What a client comes to know: events as they are told, and what it reads where some lack."""

import asyncio
from collections.abc import Sequence

from parlour.entrypoints.cli.chat.problems import NoAnswer, Refused
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.journal import Journal
from parlour.entrypoints.verify.line import ANSWER, Frame, Line
from parlour.entrypoints.verify.room import Room

HOLD = 0.2
"""Seconds in which a missing event may still come by itself."""


class Listener(Line):
    """Writes down every message that it sees, and catches up with what it missed."""

    def __init__(self, name: str, account: Account, urls: Sequence[str], journal: Journal) -> None:
        super().__init__(name, account, urls, journal)
        self._catching: set[str] = set()
        self._again: set[str] = set()
        self._behind: set[str] = set()
        self.rooms: dict[str, Room] = {}

    def greeted(self, welcome: Frame) -> None:
        if welcome["more"]:
            self._catch_up_everywhere()
        for conversation in tuple(self._behind):
            self._catch_up(conversation)
        for head in welcome["heads"]:
            if head["offset"] > self.room(head["conversation"]).offset:
                self._catch_up(head["conversation"])

    def heard(self, frame: Frame) -> None:
        kind = frame["type"]
        if kind == "event":
            self._event(frame, via="live")
            self.close_gap(frame["conversation"])
        elif kind == "resync":
            if conversation := frame.get("conversation"):
                self._catch_up(conversation)
            else:
                self._catch_up_everywhere()
        elif kind == "event.me" and frame["kind"] == "conversation.joined":
            self._catch_up(frame["data"]["conversation"])

    def room(self, conversation: str) -> Room:
        """Return what is known of a conversation."""
        return self.rooms.setdefault(conversation, Room())

    def close_gap(self, conversation: str) -> None:
        """Catch up soon where something lacks before what is known of *conversation*."""
        if self.room(conversation).has_gap:
            self._catch_up(conversation, after=HOLD)

    def _event(self, event: Frame, *, via: str) -> None:
        room = self.room(event["conversation"])
        if event["kind"] == "message.posted":
            self._seen(room, event, event["data"]["body"]["text"], via=via)
        room.take(event["offset"])

    def _seen(self, room: Room, message: Frame, text: str, *, via: str) -> None:
        place = {"conversation": message["conversation"], "socket": self.socket, "via": via}
        shown = {name: message[name] for name in ("seq", "offset", "key", "by")}
        self._journal.note(self.actor, "recv", place, {**shown, "text": text})
        room.seq = max(room.seq, message["seq"])

    # -- catching up -------------------------------------------------------------------------

    def _catch_up_everywhere(self) -> None:
        for conversation in self.rooms:
            self._catch_up(conversation)

    def _catch_up(self, conversation: str, *, after: float = 0.0) -> None:
        if conversation not in self._catching:
            self._catching.add(conversation)
            self.spawn(self._catching_up(conversation, after))
        elif not after:
            self._again.add(conversation)

    async def _catching_up(self, conversation: str, after: float) -> None:
        await asyncio.sleep(after)
        room, again = self.room(conversation), False
        try:
            if not after or room.has_gap:
                await self._sync(conversation, room)
            self._behind.discard(conversation)
        except Refused as refusal:
            again = refusal.temporary
            if not again:
                # This user does not belong there any more.
                self._forgo(conversation, room)
                room.early.clear()
        except NoAnswer:
            # The next welcome tells what changed since this one, and need not tell of this again.
            self._behind.add(conversation)
            again = self.is_up
        finally:
            self._catching.discard(conversation)
        if again or conversation in self._again:
            self._again.discard(conversation)
            await asyncio.sleep(HOLD)
            self._catch_up(conversation)

    async def _sync(self, conversation: str, room: Room) -> None:
        question = {"type": "sync", "conversation": conversation, "limit": 200}
        more = True
        while more:
            page = await self.ask({**question, "after": room.offset})
            if page["reset"]:
                # In another membership, what was left of the former one is no longer to be seen.
                self._forgo(conversation, room)
                await self._read_again(conversation, room)
            for event in page["events"]:
                if event["offset"] > room.offset:
                    self._event(event, via="sync")
            if page["events"] or not page["more"]:
                room.skip(page["events"][-1]["offset"] if page["more"] else page["last"])
            # A page that is empty and promises more leads nowhere: what lacks shows in the end.
            more = page["more"] and bool(page["events"])

    def _forgo(self, conversation: str, room: Room) -> None:
        what = {"conversation": conversation, "after": room.offset}
        self._journal.note(self.actor, "forgo", what)

    async def _read_again(self, conversation: str, room: Room) -> None:
        """Read what the log no longer tells one by one from the pages of the conversation."""
        for message in await self._account.whole_history(conversation, seconds=ANSWER):
            if message["offset"] > room.offset:
                self._seen(room, message, message["body"]["text"], via="sync")
