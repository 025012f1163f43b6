"""A simulated device: a client of the protocol whose network can fail."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

from parlour.domain.access import Grant
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.harness.link import Frame, SimulatedLink, World
from parlour.entrypoints.harness.room import Room
from parlour.entrypoints.websocket.session import CloseCode


class Refused(Exception):
    """The service answered with an error; `code` says which."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(f"{frame['code']}: {frame.get('detail', frame['title'])}")
        self.code: str = frame["code"]
        self.frame = frame


class Closed(Exception):
    """The service closed the socket instead of answering."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Somebody(Protocol):
    """Whoever has an account."""

    id: UserId


class Device:
    """One log-in of one person, with a socket of its own."""

    def __init__(
        self,
        worlds: Sequence[World],
        node: int,
        owner: UserId,
        *,
        name: str,
        grant: Grant,
        refresh: Callable[[Grant], Grant],
    ) -> None:
        self._worlds = worlds
        self._world = worlds[node]
        self._owner = owner
        self._grant = grant
        self._refresh = refresh
        self._cursor: str | None = None
        self._next_id = 0
        self._answers: dict[int, Frame] = {}
        self._unsent: dict[UUID, tuple[ConversationId, Frame]] = {}
        self._link: SimulatedLink | None = None
        self.id = grant.device
        self.name = name
        self.frames: list[Frame] = []
        self.rooms: dict[ConversationId, Room] = {}
        self.presence: dict[UserId, Frame] = {}

    # -- the network -------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Tell whether the device has a socket, and the network is up."""
        return self._link is not None and self._link.is_up and self._link.closed is None

    @property
    def close_code(self) -> int | None:
        """The code with which the service closed the socket, None while it is open."""
        return self._link.closed[0] if self._link and self._link.closed else None

    def connect(self, *, node: int | None = None) -> None:
        """Open a socket, say hello, catch up, and send what waits; raise `Closed`.

        A token that has expired is refreshed. Goes to the node it was at unless another is named;
        raises `ConnectionError` where that one is dead.
        """
        if node is not None:
            self._world = self._worlds[node]
        try:
            welcome = self._hello()
        except Closed as closed:
            if closed.code != CloseCode.TOKEN_EXPIRED:
                raise
            self._grant = self._refresh(self._grant)
            welcome = self._hello()
        self._cursor = welcome["cursor"]
        for head in welcome["heads"]:
            conversation = ConversationId(UUID(head["conversation"]))
            if head["offset"] > self._room(conversation).offset:
                self.sync(conversation)
        for key, (conversation, content) in list(self._unsent.items()):
            self._post(conversation, key, content)

    def drop_network(self) -> None:
        """Lose the network: neither side hears of it."""
        if self._link is not None:
            self._link.is_up = False

    def close(self) -> None:
        """End the socket, as a client does that is closed."""
        if self._link is not None:
            self._link.end()
            self._link = None
            self._world.settle()

    def reconnect(self, *, node: int | None = None) -> None:
        """Come back on a new socket; the service forgets the old one."""
        self.close()
        self.connect(node=node)

    def stall(self) -> None:
        """Read no more: what comes waits at the service, as long as that has patience."""
        if self._link is not None:
            self._link.read(on=False)

    def read_on(self) -> None:
        """Read what waited, and go on."""
        if self._link is not None:
            self._link.read(on=True)
            self._world.settle()

    # -- talking -----------------------------------------------------------------------------

    def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer.

        Raises `Refused` for an error, `Closed` where the socket was closed, and `TimeoutError`
        where nothing came at all.
        """
        if self._link is None:
            raise TimeoutError("the device is not connected")
        self._next_id += 1
        self._link.send({**frame, "id": self._next_id})
        self._world.settle()
        answer = self._answers.pop(self._next_id, None)
        if answer is None:
            if self._link.closed is not None:
                raise Closed(*self._link.closed)
            raise TimeoutError(f"no answer to {frame['type']}")
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    def say(
        self, room: ConversationId, text: str, *, key: UUID | None = None, **more: Any
    ) -> Frame | None:
        """Post a message; None while the network is down: it is sent after `reconnect`.

        *more* are other fields of the request: `reply_to`, `mentions`.
        """
        key = key or self._world.new_key()
        self._unsent[key] = (room, {"body": {"text": text}, **more})
        if not self.is_connected:
            return None
        return self._post(room, key, self._unsent[key][1])

    def read(self, room: ConversationId, seq: int | None = None) -> Frame:
        """Say that everything up to *seq*, or all that this device knows, was read."""
        if seq is None:
            seq = max(self._room(room).messages, default=0)
        return self.ask({"type": "read", "conversation": str(room), "seq": seq})

    def receive(self, room: ConversationId, seq: int) -> Frame:
        """Say that everything up to *seq* has reached this device."""
        return self.ask({"type": "received", "marks": {str(room): seq}})

    def focus(self, room: ConversationId | None) -> None:
        """Look at a conversation, or at none."""
        self.ask({"type": "focus", "conversation": str(room) if room else None})

    def type(self, room: ConversationId, *, on: bool = True) -> None:
        """Type, or stop typing."""
        if self._link is not None:
            self._link.send({"type": "typing", "conversation": str(room), "on": on})
            self._world.settle()

    def watch(self, *people: Somebody) -> None:
        """Watch how *people* are seen, and nobody else."""
        users = [str(each.id) for each in people]
        for state in self.ask({"type": "presence.watch", "users": users})["states"]:
            self.presence[UserId(UUID(state["user"]))] = state

    def be(self, state: str, text: str | None = None) -> None:
        """Be seen as `online`, `away`, `busy` or `invisible`."""
        self.ask({"type": "presence.set", "state": state, "text": text})

    # -- what the device shows ---------------------------------------------------------------

    def texts(self, room: ConversationId) -> list[str]:
        """Return the texts that this device knows of a conversation, in order."""
        return self._room(room).texts

    def typing_in(self, room: ConversationId) -> set[UserId]:
        """Return who is shown as typing."""
        return self._room(room).typing(self._world.now())

    def receipt_of(self, room: ConversationId, who: Somebody) -> tuple[int, int]:
        """Return up to where *who* is shown to have received and read, while this one looks."""
        return self._room(room).receipts.get(who.id, (0, 0))

    def presence_of(self, who: Somebody) -> str | None:
        """Return how *who* is shown; None for somebody not watched."""
        known = self.presence.get(who.id)
        return known["state"] if known else None

    def heard(self, kind: str) -> list[Frame]:
        """Return the pushes of one type that came since the device connected first."""
        return [frame for frame in self.frames if frame["type"] == kind]

    # -- keeping up --------------------------------------------------------------------------

    def sync(self, room: ConversationId) -> None:
        """Read what this device lacks of a conversation's log."""
        known = self._room(room)
        more = self.is_connected
        while more:
            page = self.ask({"type": "sync", "conversation": str(room), "after": known.offset})
            for event in page["events"]:
                known.apply(event)
            if page["reset"]:
                known.begin_afresh(page["last"], self._world.newest(self._owner, room))
            more = page["more"]

    def _hello(self) -> Frame:
        if not self._world.is_alive:
            raise ConnectionError("this node is dead")
        self._link = SimulatedLink(self._world, self._heard)
        self._link.open()
        hello: Frame = {"type": "hello", "v": 1, "token": self._grant.access_token}
        if self._cursor is not None:
            hello["cursor"] = self._cursor
        return self.ask(hello)

    def _post(self, room: ConversationId, key: UUID, content: Frame) -> Frame:
        request = {"type": "message.send", "conversation": str(room), "key": str(key), **content}
        answer = self.ask(request)
        del self._unsent[key]
        if not self._room(room).sent(answer["seq"], answer["offset"], content):
            self._world.later(lambda: self.sync(room))
        return answer

    def _room(self, room: ConversationId) -> Room:
        return self.rooms.setdefault(room, Room())

    def _heard(self, frame: Frame) -> None:
        if "id" in frame:
            self._answers[frame["id"]] = frame
            return
        self.frames.append(frame)
        if frame["type"] == "ping" and self._link is not None:
            self._link.send({"type": "pong"})
        elif frame["type"] == "presence":
            self.presence[UserId(UUID(frame["user"]))] = frame
        elif "conversation" in frame:
            room = ConversationId(UUID(frame["conversation"]))
            if self._room(room).hear(frame, self._world.now()):
                self._world.later(lambda: self.sync(room))
