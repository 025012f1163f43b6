"""A simulated device: a client of the protocol whose network can fail."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from parlour.domain.access import Grant
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.client.errors import Refused
from parlour.entrypoints.client.models import User
from parlour.entrypoints.client.needs import needs
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from parlour.entrypoints.harness.changes import MessageRequests
from parlour.entrypoints.harness.node import Frame, Node
from parlour.entrypoints.harness.shown import DeviceView, HasId
from parlour.entrypoints.harness.transport import SimulatedTransport
from parlour.entrypoints.websocket.session import CloseCode


class Closed(Exception):
    """The service closed the socket instead of answering."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Device(MessageRequests, DeviceView):
    """One log-in of one person, with a socket of its own.

    `state` is what it knows, kept by the rules of the headless client; `frames` holds every push.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        node: int,
        owner: UserId,
        *,
        name: str,
        grant: Grant,
        refresh: Callable[[Grant], Grant],
    ) -> None:
        self._nodes = nodes
        self._node = nodes[node]
        self._owner = owner
        self._grant = grant
        self._refresh = refresh
        self._next_id = 0
        self._answers: dict[int, Frame] = {}
        self._unsent: dict[UUID, tuple[ConversationId, Frame]] = {}
        self._transport: SimulatedTransport | None = None
        self.id = grant.device
        self.name = name
        self.frames: list[Frame] = []
        self.state = State(me=User(str(owner), "", ""), keeps_logs=True)

    # -- the network -------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        """Whether the device has a socket, and the network is up."""
        socket = self._transport
        return socket is not None and socket.is_up and socket.closed is None

    @property
    def close_code(self) -> int | None:
        """The code with which the service closed the socket, None while it is open."""
        return self._transport.closed[0] if self._transport and self._transport.closed else None

    def connect(self, *, node: int | None = None) -> None:
        """Open a socket, say hello, catch up, and send unsent messages; raise `Closed`.

        A token that has expired is refreshed. Connects to the node it was at unless another is
        named; raises `ConnectionError` where that one is dead.
        """
        if node is not None:
            self._node = self._nodes[node]
        try:
            welcome = self._hello()
        except Closed as closed:
            if closed.code != CloseCode.TOKEN_EXPIRED:
                raise
            self._grant = self._refresh(self._grant)
            welcome = self._hello()
        self._resume(more=welcome["more"])
        for key, (conversation_id, content) in list(self._unsent.items()):
            self._post(conversation_id, key, content)

    def drop_network(self) -> None:
        """Lose the network: neither side receives a close."""
        if self._transport is not None:
            self._transport.is_up = False

    def close(self) -> None:
        """End the socket, as a client does that is closed."""
        if self._transport is not None:
            self._transport.end()
            self._transport = None
            self._node.settle()

    def reconnect(self, *, node: int | None = None) -> None:
        """Come back on a new socket; the service forgets the old one."""
        self.close()
        self.connect(node=node)

    def stall(self) -> None:
        """Stop reading: frames wait at the service until it closes the socket."""
        if self._transport is not None:
            self._transport.read(on=False)

    def read_on(self) -> None:
        """Read what waited, and go on reading."""
        if self._transport is not None:
            self._transport.read(on=True)
            self._node.settle()

    # -- requests ----------------------------------------------------------------------------

    def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer.

        Raises:
            Refused: the answer is an error.
            Closed: the service closed the socket.
            TimeoutError: nothing came at all.
        """
        if self._transport is None:
            raise TimeoutError("the device is not connected")
        self._next_id += 1
        number = self._next_id  # what settles may ask as well
        self._transport.send({**frame, "id": number})
        self._node.settle()
        answer = self._answers.pop(number, None)
        if answer is None:
            if self._transport.closed is not None:
                raise Closed(*self._transport.closed)
            raise TimeoutError(f"no answer to {frame['type']}")
        if answer["type"] == "error":
            raise Refused.read(answer)
        return answer

    def say(
        self, room: ConversationId, text: str, *, key: UUID | None = None, **more: Any
    ) -> Frame | None:
        """Post a message; None while the network is down: it is sent after `reconnect`.

        *more* are other fields of the request: `reply_to`, `mentions`.
        """
        return self.post(room, "text", {"text": text}, key=key, **more)

    def post(
        self,
        room: ConversationId,
        kind: str,
        body: Frame,
        *,
        key: UUID | None = None,
        **more: Any,
    ) -> Frame | None:
        """Post a message of any kind, such as a `poll`; None while the network is down."""
        key = key or self.new_key()
        self._unsent[key] = (room, {"kind": kind, "body": body, **more})
        if not self.is_connected:
            return None
        return self._post(room, key, self._unsent[key][1])

    def now(self) -> float:
        return self._node.now()

    def new_key(self) -> UUID:
        """Return an idempotency key."""
        return self._node.new_key()

    def read(self, room: ConversationId, seq: int | None = None) -> Frame:
        """Mark everything up to *seq*, or all that this device knows, as read."""
        if seq is None:
            known = self.state.conversations.get(str(room))
            seq = known.last_seq if known else 0
        return self.ask({"type": "read", "conversation": str(room), "seq": seq})

    def receive(self, room: ConversationId, seq: int) -> Frame:
        """Mark everything up to *seq* as received by this device."""
        return self.ask({"type": "received", "marks": {str(room): seq}})

    def focus(self, room: ConversationId | None) -> None:
        """Look at a conversation, or at none."""
        self.ask({"type": "focus", "conversation": str(room) if room else None})

    def type(self, room: ConversationId, *, on: bool = True) -> None:
        """Type, or stop typing."""
        if self._transport is not None:
            self._transport.send({"type": "typing", "conversation": str(room), "on": on})
            self._node.settle()

    def watch(self, *people: HasId) -> None:
        """Watch the presence of *people*, and of nobody else."""
        users = [str(person.id) for person in people]
        for presence in self.ask({"type": "presence.watch", "users": users})["states"]:
            self.state = apply(self.state, {**presence, "type": "presence"})

    def be(self, state: str, text: str | None = None) -> None:
        """Choose how others see the user: `online`, `busy` or `invisible`, on all devices.

        `away` is no choice: it says of this device alone that nobody is there.
        """
        self.ask({"type": "presence.set", "state": state, "text": text})

    # -- catching up -------------------------------------------------------------------------

    def sync(self, room: ConversationId) -> None:
        """Read what is missing of a conversation."""
        self._sync(str(room))

    def _resume(self, *, more: bool) -> None:
        if more:
            self._load_heads()
        for conversation, known in self.state.conversations.items():
            if known.gap is not None:
                self._sync(conversation)

    def _sync(self, conversation: str) -> None:
        more = self.is_connected
        if more and conversation not in self.state.conversations:
            self._load_heads()
        while more and (known := self.state.conversations.get(conversation)):
            question = {"type": "sync", "conversation": conversation, "after": known.position}
            page = self.ask(question)
            if page["reset"]:
                self._load_heads()
                newest = self._node.newest(self._owner, ConversationId(UUID(conversation)))
                self._apply({**newest, "type": "page", "upto": page["last"]}, conversation)
            else:
                self._apply({**page, "type": "events"}, conversation)
            more = page["more"]

    def _read_again(self, conversation: str, seq: int) -> None:
        room = ConversationId(UUID(conversation))
        found = self._node.messages(self._owner, room, [seq])
        self._apply({**found, "type": "messages"}, conversation)

    def _sync_private(self) -> None:
        more = self.is_connected
        while more:
            page = self.ask({"type": "sync.me", "cursor": self.state.cursor})
            self.state = apply(self.state, {**page, "type": "private"})
            more = page["more"]

    def _load_heads(self) -> None:
        if not self.is_connected:
            return
        heads = self.ask({"type": "conversations"})["heads"]
        self.state = apply(self.state, {"type": "heads", "heads": heads})

    def _apply(self, frame: Frame, conversation: str) -> None:
        self.state = apply(self.state, {**frame, "conversation": conversation})

    def _hello(self) -> Frame:
        if not self._node.is_alive:
            raise ConnectionError("this node is dead")
        self._transport = SimulatedTransport(self._node, self._received)
        self._transport.open()
        hello: Frame = {"type": "hello", "v": 1, "token": self._grant.access_token}
        if self.state.cursor is not None:
            hello["cursor"] = self.state.cursor
        return self.ask(hello)

    def _post(self, room: ConversationId, key: UUID, content: Frame) -> Frame:
        conversation = str(room)
        request = {"type": "message.send", "conversation": conversation, "key": str(key)}
        answer = self.ask({**request, **content})
        del self._unsent[key]
        text = content["body"].get("text", "")
        self._apply({**content, **answer, "type": "posted", "text": text}, conversation)
        known = self.state.conversations.get(conversation)
        if known is None or known.gap is not None:
            self._sync(conversation)
        return answer

    def _received(self, frame: Frame) -> None:
        if "id" in frame:
            self._answers[frame["id"]] = frame
            if frame["type"] == "welcome":  # before the pushes that follow it
                self.state = apply(self.state, frame)
            return
        self.frames.append(frame)
        if frame["type"] == "ping" and self._transport is not None:
            self._transport.send({"type": "pong"})
            return
        before = self.state
        self.state = apply(before, {**frame, "now": self._node.now()})
        for need in needs(frame, before, self.state):
            if need.kind == "private":
                self._node.later(self._sync_private)
            elif need.kind == "resume" and frame["type"] != "welcome":
                self._node.later(partial(self._resume, more=True))
            elif need.kind == "message":
                self._node.later(partial(self._read_again, need.conversation, need.seq))
            elif need.conversation:
                if need.kind == "head":
                    self._node.later(self._load_heads)
                self._node.later(partial(self._sync, need.conversation))
