"""What a client of the run receives: live, and by catching up, all of it recorded.

It uses the connection and the gap rule of the headless client and nothing else of it: it has to
be an independent judge, so a frame is recorded as it comes in, before the gap rule sees it.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic_ns
from typing import Any

from parlour.entrypoints.client.connection import Connection, Hooks
from parlour.entrypoints.client.errors import ConnectionEnded, NoAnswer, Refused
from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.models import MESSAGE_POSTED, Frame
from parlour.entrypoints.client.protocol import SocketProtocol
from parlour.entrypoints.client.reconnect import Backoff, ReconnectPolicy
from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.canary import recording_socket
from parlour.entrypoints.verify.event_kinds import (
    CONVERSATION_JOINED,
    MESSAGE_EDITED,
    MESSAGE_RECALLED,
    REACTION_SET,
)
from parlour.entrypoints.verify.recorder import Actor, Recorder

ANSWER_TIMEOUT = 5.0
"""Seconds after which a request is sent again: with the same key, so nothing is doubled."""

SILENCE = 5.0
"""Seconds without a frame after which the node is pinged, and as long again until it is left."""

HOLD = 0.2
"""Seconds in which a missing event may still come by itself."""

MESSAGE = ("seq", "offset", "key", "by")


class Listener:
    """Connects one device, to one node after the other. `run` keeps it connected.

    `logs` says up to where the log of each conversation is known, `authors` who sent the messages
    that came in live.
    """

    def __init__(
        self, name: str, account: Account, urls: Sequence[str], recorder: Recorder
    ) -> None:
        self.name = name
        self.account = account
        self.actor = Actor(name, account.id)
        self.logs: dict[str, GapBuffer[None]] = {}
        self.connection = Connection(
            urls,
            Hooks(
                token=lambda fresh: account.token(fresh=fresh),
                hello=lambda: {"cursor": self._cursor} if self._cursor else {},
                on_welcome=self._welcomed,
                on_frame=self._received,
                on_lost=self._lost,
            ),
            policy=ReconnectPolicy(Backoff(0.05, 1.0), steady=0.5),
            protocol=partial(SocketProtocol, heartbeat=SILENCE, grace=SILENCE),
            answer_timeout=ANSWER_TIMEOUT,
            socket_class=partial(recording_socket, account.record_bytes),
        )
        self._recorder = recorder
        self._cursor: str | None = None
        self._sockets = 0
        self._last_seqs: dict[str, int] = {}
        self.authors: dict[str, dict[int, str]] = {}
        self._online = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._syncing: set[str] = set()
        self._sync_again: set[str] = set()
        self._behind: set[str] = set()

    @property
    def socket(self) -> str:
        """The name of the present socket, or of the last one."""
        return f"{self.name}/{self._sockets}"

    def log(self, conversation: str) -> GapBuffer[None]:
        """Return up to where the log of a conversation is known."""
        return self.logs.get(conversation, GapBuffer())

    async def run(self) -> None:
        """Stay connected until cancelled, also where the service wants no other try."""
        try:
            while True:
                with suppress(ConnectionEnded):
                    await self.connection.run()
                await asyncio.sleep(1.0)
        finally:
            for task in self._tasks:
                task.cancel()

    # -- what comes in -----------------------------------------------------------------------

    def _welcomed(self, welcome: Frame) -> None:
        self._sockets += 1
        self.actor = Actor(self.name, self.account.id, self.connection.server)
        self._recorder.note(self.actor, "connect", {"socket": self.socket})
        self._online.set()
        self._cursor = welcome["cursor"]
        for conversation in {*self._behind, *(self.logs if welcome["more"] else ())}:
            self._catch_up(conversation)
        for head in welcome["heads"]:
            if head["offset"] > self.log(head["conversation"]).applied:
                self._catch_up(head["conversation"])

    def _lost(self) -> None:
        self._online.clear()
        self._recorder.note(self.actor, "close", {"socket": self.socket})

    def _received(self, frame: Frame) -> None:
        match frame["type"]:
            case "event":
                self._event(frame, via="live")
                self._catch_up_if_gap(frame["conversation"])
            case "resync":
                wanted = [frame["conversation"]] if frame.get("conversation") else self.logs
                for conversation in tuple(wanted):
                    self._catch_up(conversation)
            case "event.me" if frame["kind"] == CONVERSATION_JOINED:
                self._catch_up(frame["data"]["conversation"])

    def _event(self, event: Frame, *, via: str, asked: int | None = None) -> None:
        conversation, data = event["conversation"], event["data"]
        args = {"conversation": conversation, "socket": self.socket, "via": via, "asked": asked}
        about = {"seq": data.get("seq"), "offset": event["offset"], "by": event["by"]}
        match event["kind"]:
            case kind if kind == MESSAGE_POSTED:
                self._record_message(event, data, args)
            case kind if kind == MESSAGE_EDITED:
                self._recorder.note(self.actor, "changed", args, {**about, **shown(data)})
            case kind if kind == MESSAGE_RECALLED:
                gone = {"text": None, "revision": 1, "recalled": True}
                self._recorder.note(self.actor, "changed", args, {**about, **gone})
            case kind if kind == REACTION_SET:
                what = {name: data[name] for name in ("emoji", "on", "count")}
                self._recorder.note(self.actor, "reacted", args, {**about, **what})
        self._take(conversation, event["offset"])

    def _record_message(
        self, message: Frame, content: Mapping[str, Any], args: Mapping[str, Any]
    ) -> None:
        conversation, seq = message["conversation"], message["seq"]
        known = {name: message[name] for name in MESSAGE}
        self._recorder.note(self.actor, "recv", dict(args), {**known, **shown(content)})
        self._last_seqs[conversation] = max(self._last_seqs.get(conversation, 0), seq)
        self.authors.setdefault(conversation, {})[seq] = message["by"]

    def _take(self, conversation: str, offset: int) -> None:
        self.logs[conversation], _ = self.log(conversation).take(offset, None)

    # -- catching up -------------------------------------------------------------------------

    def _catch_up_if_gap(self, conversation: str) -> None:
        if self.log(conversation).has_gap:
            self._catch_up(conversation, after=HOLD)

    def _catch_up(self, conversation: str, *, after: float = 0.0) -> None:
        if conversation not in self._syncing:
            self._syncing.add(conversation)
            self._spawn(self._catching_up(conversation, after))
        elif not after:
            self._sync_again.add(conversation)

    async def _catching_up(self, conversation: str, after: float) -> None:
        await asyncio.sleep(after)
        again = False
        try:
            if not after or self.log(conversation).has_gap:
                await self._sync(conversation)
            self._behind.discard(conversation)
        except Refused as refusal:
            again = refusal.temporary
            if not again:
                # This user is not a member any more.
                self._forgo(conversation)
                self.logs[conversation] = GapBuffer(self.log(conversation).applied)
        except NoAnswer:
            # The next welcome lists what changed since this one, and perhaps not this.
            self._behind.add(conversation)
            again = self.connection.is_online
        finally:
            self._syncing.discard(conversation)
        if again or conversation in self._sync_again:
            self._sync_again.discard(conversation)
            await asyncio.sleep(HOLD)
            self._catch_up(conversation)

    async def _sync(self, conversation: str) -> None:
        more = True
        while more:
            after, asked = self.log(conversation).applied, monotonic_ns()
            page = await self.connection.request(
                "sync", conversation=conversation, after=after, limit=200
            )
            if page["reset"]:
                # In a new membership, what was left of the former one is no longer visible.
                self._forgo(conversation)
                await self._read_pages(conversation)
            events = page["events"]
            for event in events:
                if event["offset"] > self.log(conversation).applied:
                    self._event(event, via="sync", asked=asked)
            if events or not page["more"]:
                end = events[-1]["offset"] if page["more"] else page["last"]
                self.logs[conversation], _ = self.log(conversation).skip_to(end)
            # An empty page that promises more leads nowhere: the checks show what is missing.
            more = page["more"] and bool(events)

    def _forgo(self, conversation: str) -> None:
        args = {"conversation": conversation, "after": self.log(conversation).applied}
        self._recorder.note(self.actor, "forgo", args)

    async def _read_pages(self, conversation: str) -> None:
        """Read from the pages of history what the log does not return any more."""
        args: dict[str, Any]
        args = {"conversation": conversation, "socket": self.socket, "via": "sync"}
        args["asked"] = monotonic_ns()
        for message in await self.account.whole_history(conversation, seconds=ANSWER_TIMEOUT):
            if message["offset"] > self.log(conversation).applied:
                self._record_message(message, message, args)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def shown(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a message shows, in an event about it or on a page: text, revision, recalled."""
    text = content["body"].get("text")
    return {"text": text, "revision": content["revision"], "recalled": "recalled" in content}
