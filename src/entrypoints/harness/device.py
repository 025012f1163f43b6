"""A simulated device: a client of the protocol whose network can fail."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import attrs

from domain.kernel.ids import ConversationId, UserId
from entrypoints.websocket.connection import Connection
from entrypoints.websocket.protocol import Link, Receiver

Frame = dict[str, Any]


class Refused(Exception):
    """The service answered with an error; `code` says which."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(f"{frame['code']}: {frame.get('detail', frame['title'])}")
        self.code: str = frame["code"]
        self.frame = frame


class World(Protocol):
    """What a device needs of the harness around it."""

    def open(self, link: Link) -> Connection: ...
    def forget(self, connection: Connection) -> None: ...
    def soon(self, work: Callable[[], None]) -> None: ...
    def settle(self) -> None: ...
    def later(self, work: Callable[[], None]) -> None: ...
    def new_key(self) -> UUID: ...
    def newest(self, actor: UserId, room: ConversationId) -> dict[int, Frame]: ...


class SimulatedLink(Link):
    """Carries frames between a device and the service while the network is up."""

    def __init__(self, world: World, heard: Callable[[Frame], None]) -> None:
        self._world = world
        self._heard = heard
        self.receiver: Receiver | None = None
        self.is_up = True
        self.close_code: int | None = None

    @property
    def is_writable(self) -> bool:
        return True

    def attach(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def write(self, text: bytes) -> None:
        if self.is_up:
            self._heard(json.loads(text))

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - the code says it all
        self.close_code = code

    def send(self, frame: Frame) -> None:
        """Bring a frame of the device to the service."""
        if self.is_up and self.receiver is not None:
            self._world.soon(partial(self.receiver.text, json.dumps(frame)))


@attrs.define
class Room:
    """What a device knows of one conversation."""

    offset: int = 0
    messages: dict[int, Frame] = attrs.field(factory=dict)


class Device:
    """One log-in of one person, with a socket of its own."""

    def __init__(self, world: World, owner: UserId, name: str, token: str) -> None:
        self._world = world
        self._owner = owner
        self._token = token
        self._cursor: str | None = None
        self._next_id = 0
        self._answers: dict[int, Frame] = {}
        self._unsent: dict[UUID, tuple[ConversationId, Frame]] = {}
        self._link: SimulatedLink | None = None
        self._connection: Connection | None = None
        self.name = name
        self.frames: list[Frame] = []
        self.rooms: dict[ConversationId, Room] = {}

    # -- the network -------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Tell whether the device has said hello and the network is up."""
        return self._link is not None and self._link.is_up and self._link.close_code is None

    @property
    def close_code(self) -> int | None:
        """The code with which the service closed the socket, None while it is open."""
        return self._link.close_code if self._link else None

    def connect(self) -> None:
        """Open a socket, say hello, catch up, and send what waits."""
        self._link = SimulatedLink(self._world, self._heard)
        self._connection = self._world.open(self._link)
        hello: Frame = {"type": "hello", "v": 1, "token": self._token}
        if self._cursor is not None:
            hello["cursor"] = self._cursor
        welcome = self.ask(hello)
        self._cursor = welcome["cursor"]
        for head in welcome["heads"]:
            conversation = ConversationId(UUID(head["conversation"]))
            if head["offset"] > self._room(conversation).offset:
                self.sync(conversation)
        for key, (conversation, body) in list(self._unsent.items()):
            self._post(conversation, key, body)

    def drop_network(self) -> None:
        """Lose the network: neither side hears of it."""
        if self._link is not None:
            self._link.is_up = False

    def close(self) -> None:
        """End the socket, as a client does that is closed."""
        if self._connection is not None:
            self._world.forget(self._connection)
        self._link = self._connection = None

    def reconnect(self) -> None:
        """Come back on a new socket; the service forgets the old one."""
        self.close()
        self.connect()

    # -- talking -----------------------------------------------------------------------------

    def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer; raise `Refused`, or `TimeoutError` without one."""
        if self._link is None:
            raise TimeoutError("the device is not connected")
        self._next_id += 1
        self._link.send({**frame, "id": self._next_id})
        self._world.settle()
        answer = self._answers.pop(self._next_id, None)
        if answer is None:
            raise TimeoutError(f"no answer to {frame['type']}")
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    def say(self, room: ConversationId, text: str, *, key: UUID | None = None) -> Frame | None:
        """Post a message; None while the network is down: it is sent after `reconnect`."""
        key = key or self._world.new_key()
        self._unsent[key] = (room, {"text": text})
        if not self.is_connected:
            return None
        return self._post(room, key, {"text": text})

    def read(self, room: ConversationId, seq: int) -> Frame:
        """Say that everything up to *seq* was read."""
        return self.ask({"type": "read", "conversation": str(room), "seq": seq})

    def texts(self, room: ConversationId) -> list[str]:
        """Return the texts that this device knows of a conversation, in order."""
        messages = self._room(room).messages
        return [messages[seq]["data"]["body"]["text"] for seq in sorted(messages)]

    def heard(self, kind: str) -> list[Frame]:
        """Return the pushes of one type that came since the device connected first."""
        return [frame for frame in self.frames if frame["type"] == kind]

    def sync(self, room: ConversationId) -> None:
        """Read what this device lacks of a conversation's log."""
        known = self._room(room)
        more = True
        while more:
            page = self.ask({"type": "sync", "conversation": str(room), "after": known.offset})
            for event in page["events"]:
                self._apply(room, event)
            if page["reset"]:
                known.offset = page["last"]
                known.messages = self._world.newest(self._owner, room)
            more = page["more"]

    def _post(self, room: ConversationId, key: UUID, body: Frame) -> Frame:
        answer = self.ask(
            {
                "type": "message.send",
                "conversation": str(room),
                "key": str(key),
                "body": body,
            }
        )
        del self._unsent[key]
        message = {"seq": answer["seq"], "data": {"kind": "text", "body": body}}
        self._room(room).messages[answer["seq"]] = message
        self._offer(room, answer["offset"])
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
        elif frame["type"] == "event":
            room = ConversationId(UUID(frame["conversation"]))
            if frame["offset"] <= self._room(room).offset + 1:
                self._apply(room, frame)
            else:
                self._world.later(lambda: self.sync(room))
        elif frame["type"] == "resync" and "conversation" in frame:
            resync = ConversationId(UUID(frame["conversation"]))
            self._world.later(lambda: self.sync(resync))

    def _apply(self, room: ConversationId, event: Frame) -> None:
        known = self._room(room)
        if event["offset"] <= known.offset:
            return
        known.offset = event["offset"]
        if event["kind"] == "message.posted":
            known.messages[event["seq"]] = event

    def _offer(self, room: ConversationId, offset: int) -> None:
        known = self._room(room)
        if offset == known.offset + 1:
            known.offset = offset
        elif offset > known.offset:
            self._world.later(lambda: self.sync(room))
