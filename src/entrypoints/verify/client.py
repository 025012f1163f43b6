"""A client of the run: one socket at a time on any node, everything it sees written down."""

import asyncio
import json
import random
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from entrypoints.cli.chat.http import is_loopback
from entrypoints.cli.chat.problems import NoAnswer, Refused
from entrypoints.verify.account import Account
from entrypoints.verify.canaries import heard_connection
from entrypoints.verify.journal import Actor, Journal
from entrypoints.verify.room import Room

ANSWER = 5.0
"""Seconds after which a request is tried again: with the same key, so nothing is doubled."""

SILENCE = 5.0
"""Seconds without a frame after which a client asks whether the node is there, and as long again
after which it goes elsewhere."""

HOLD = 0.2
"""Seconds in which a missing event may still come by itself."""

_MOST_BYTES = 16 * 1024 * 1024

Frame = dict[str, Any]


class Client:
    """One device of one user. `run` keeps it connected until it is cancelled."""

    def __init__(self, name: str, account: Account, urls: Sequence[str], journal: Journal) -> None:
        self._account = account
        self._urls = list(urls)
        self._journal = journal
        self._cursor: str | None = None
        self._socket: ClientConnection | None = None
        self._sockets = 0
        self._answers: dict[int, asyncio.Future[Frame]] = {}
        self._next_id = 0
        self._catching: set[str] = set()
        self._again: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._up = asyncio.Event()
        self.name = name
        self.actor = Actor(name, account.id)
        self.rooms: dict[str, Room] = {}
        self.refused_for_ever: str | None = None

    # -- the connection ----------------------------------------------------------------------

    async def run(self) -> None:
        """Stay connected, on one node after the other."""
        turn, tries = random.randrange(len(self._urls)), 0  # noqa: S311 - spreads the clients
        try:
            while True:
                try:
                    await self._visit(self._urls[turn % len(self._urls)])
                    tries = 0
                except (OSError, WebSocketException, TimeoutError, NoAnswer, Refused):
                    tries += 1
                turn += 1
                most = min(1.0, 0.1 * 2 ** min(tries, 5))
                await asyncio.sleep(random.uniform(0.02, most))  # noqa: S311 - full jitter
        finally:
            for task in self._tasks:
                task.cancel()

    async def hang_up(self, *, rudely: bool = False) -> None:
        """End the present socket, without a word where *rudely*; `run` opens the next one."""
        socket = self._socket
        if socket is not None and rudely:
            socket.transport.abort()
        elif socket is not None:
            await socket.close()

    async def _visit(self, url: str) -> None:
        token = await self._account.token()
        address = f"{url.replace('http', 'ws', 1)}/v1/ws"
        async with connect(
            address,
            subprotocols=[Subprotocol("parlour.v1")],
            open_timeout=5,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            max_size=_MOST_BYTES,
            create_connection=heard_connection(self._account.hear, address),
            proxy=None if is_loopback(urlsplit(url).hostname or "") else True,
        ) as socket:
            hello = {"type": "hello", "id": 0, "v": 1, "token": token}
            if self._cursor is not None:
                hello["cursor"] = self._cursor
            await socket.send(json.dumps(hello))
            async with asyncio.timeout(10):
                welcome = json.loads(await socket.recv())
            if welcome["type"] != "welcome":
                raise NoAnswer("no welcome")
            self._sockets += 1
            self.actor = Actor(self.name, self._account.id, url)
            place = {"socket": f"{self.name}/{self._sockets}"}
            self._journal.note(self.actor, "connect", place)
            self._socket = socket
            self._up.set()
            try:
                self._greeted(welcome)
                await self._listen(socket)
            finally:
                self._socket = None
                self._up.clear()
                self._journal.note(self.actor, "close", place)
                for future in self._answers.values():
                    if not future.done():
                        future.set_exception(NoAnswer("the line is lost"))
        if socket.close_code in {4005, 4501}:
            await self._account.token(fresh=True)

    def _greeted(self, welcome: Frame) -> None:
        self._cursor = welcome["cursor"]
        if welcome["more"]:
            self._catch_up_everywhere()
        for head in welcome["heads"]:
            room = self.rooms.setdefault(head["conversation"], Room())
            if head["offset"] > room.offset:
                self._catch_up(head["conversation"])

    async def _listen(self, socket: ClientConnection) -> None:
        asked = False
        with suppress(WebSocketException):
            while True:
                try:
                    async with asyncio.timeout(SILENCE):
                        text = await socket.recv()
                    asked = False
                except TimeoutError:
                    if asked:
                        socket.transport.abort()
                        return
                    asked = True
                    await socket.send('{"type":"ping"}')
                    continue
                self._take(json.loads(text))

    # -- what comes in -----------------------------------------------------------------------

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        if "id" in frame and kind in {"ok", "error"}:
            future = self._answers.get(frame["id"])
            if future is not None and not future.done():
                future.set_result(frame)
        elif kind == "event":
            self._event(frame, via="live")
            self._close_gap(frame["conversation"])
        elif kind == "resync":
            if conversation := frame.get("conversation"):
                self._catch_up(conversation)
            else:
                self._catch_up_everywhere()
        elif kind == "event.me" and frame["kind"] == "conversation.joined":
            self._catch_up(frame["data"]["conversation"])
        elif kind == "drain":
            late = frame["after_ms"] + random.random() * frame["spread_ms"]  # noqa: S311 - a spread
            self._spawn(self._leave(self._socket, late / 1000))
        elif kind == "ping" and self._socket is not None:
            self._spawn(self._tell(self._socket, '{"type":"pong"}'))

    def _event(self, event: Frame, *, via: str) -> None:
        room = self.rooms.setdefault(event["conversation"], Room())
        if event["kind"] == "message.posted":
            self._seen(event, event["data"]["body"]["text"], via=via)
            room.seq = max(room.seq, event["seq"])
        room.take(event["offset"])

    def _seen(self, message: Frame, text: str, *, via: str) -> None:
        place = {
            "conversation": message["conversation"],
            "socket": f"{self.name}/{self._sockets}",
            "via": via,
        }
        shown = {name: message[name] for name in ("seq", "offset", "key", "by")}
        self._journal.note(self.actor, "recv", place, {**shown, "text": text})

    async def _leave(self, socket: ClientConnection | None, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if socket is not None and socket is self._socket:
            await socket.close()

    async def _tell(self, socket: ClientConnection, text: str) -> None:
        with suppress(WebSocketException):
            await socket.send(text)

    # -- catching up -------------------------------------------------------------------------

    def _close_gap(self, conversation: str) -> None:
        if self.rooms[conversation].has_gap:
            self._catch_up(conversation, after=HOLD)

    def _catch_up_everywhere(self) -> None:
        for conversation in self.rooms:
            self._catch_up(conversation)

    def _catch_up(self, conversation: str, *, after: float = 0.0) -> None:
        if conversation not in self._catching:
            self._catching.add(conversation)
            self._spawn(self._catching_up(conversation, after))
        elif not after:
            self._again.add(conversation)

    async def _catching_up(self, conversation: str, after: float) -> None:
        await asyncio.sleep(after)
        room, socket = self.rooms.setdefault(conversation, Room()), self._socket
        again = False
        try:
            if not after or room.has_gap:
                await self._sync(conversation, room)
        except Refused as refusal:
            again = refusal.temporary
            if not again:
                # This user does not belong there any more.
                self._forgo(conversation, room)
                room.early.clear()
        except NoAnswer:
            # On the next socket the welcome says what is missing.
            again = socket is not None and socket is self._socket
        finally:
            self._catching.discard(conversation)
        if again or conversation in self._again:
            self._again.discard(conversation)
            await asyncio.sleep(HOLD)
            self._catch_up(conversation)

    async def _sync(self, conversation: str, room: Room) -> None:
        more = True
        while more:
            page = await self.ask(
                {
                    "type": "sync",
                    "conversation": conversation,
                    "after": room.offset,
                    "limit": 200,
                }
            )
            if page["reset"]:
                await self._read_again(conversation, room)
            elif page["events"] and page["events"][0]["offset"] > room.offset + 1:
                # Another membership: what was left of the former one is no longer to be seen.
                self._forgo(conversation, room)
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
                self._seen(message, message["body"]["text"], via="sync")
                room.seq = max(room.seq, message["seq"])

    # -- what goes out -----------------------------------------------------------------------

    async def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer; raise `Refused`, or `NoAnswer`: who knows."""
        socket = self._socket
        if socket is None:
            raise NoAnswer("not connected")
        self._next_id += 1
        id_ = self._next_id
        future = self._answers[id_] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER):
                await socket.send(json.dumps({**frame, "id": id_}))
                answer: Frame = await future
        except (WebSocketException, OSError, TimeoutError) as error:
            raise NoAnswer(str(error)) from error
        finally:
            del self._answers[id_]
            future.cancel()
        if answer["type"] == "error":
            raise Refused.read(answer)
        return answer

    async def say(self, conversation: str, text: str, *, seconds: float) -> bool:
        """Send a message, again and again with its key, for *seconds*; tell whether it is there.

        Now and then what was acknowledged is sent once more.
        """
        key = str(uuid4())
        what = {"conversation": conversation, "key": key, "text": text}
        frame = {
            "type": "message.send",
            "conversation": conversation,
            "key": key,
            "body": {"text": text},
        }
        sending = self._journal.begin(self.actor, "send", what)
        loop = asyncio.get_running_loop()
        deadline, attempts, surely = loop.time() + seconds, 0, True
        while loop.time() < deadline:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._up.wait()
            attempts += 1
            place = f"{self.name}/{self._sockets}"
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
                number = {each: answer[each] for each in ("seq", "offset")}
                number["frame"] = answer["id"]
                sending.ok(self.actor, **number, attempts=attempts, socket=place)
                self._posted(conversation, answer)
                if random.random() < 0.05:  # noqa: S311 - now and then
                    await self._say_again(frame, what)
                return True
        sending.failed(self.actor, surely=surely)
        return False

    def _posted(self, conversation: str, answer: Frame) -> None:
        room = self.rooms.setdefault(conversation, Room())
        room.seq = max(room.seq, answer["seq"])
        room.take(answer["offset"])
        self._close_gap(conversation)

    async def _say_again(self, frame: Frame, what: dict[str, Any]) -> None:
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

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
