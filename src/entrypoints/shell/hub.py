"""The hub: brings what was committed, here or on another node, to the sockets of this node."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from uuid import UUID

from domain.kernel.broadcast import Bus, Listener
from domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId
from entrypoints.shell.signals import (
    Kind,
    Signal,
    conversation_topic,
    presence_topic,
    user_topic,
)
from entrypoints.shell.tail import Tail

FEW = 100
"""Up to so many sockets here, everybody sees who types; in larger crowds those who look."""


class Subscriber(Protocol):
    """A socket that said hello."""

    user: UserId
    device: DeviceId
    session: SessionId
    focus: ConversationId | None

    def push(self, frame: bytes) -> None:
        """Send a frame that must not be lost, or close the socket."""
        ...

    def push_soft(self, key: str, frame: bytes) -> None:
        """Send a frame that a slow reader can miss; it takes the place of one with its key."""
        ...

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        """Tell the client to compare its offsets with the log."""
        ...

    def end(self) -> None:
        """Close: the device may no longer act."""
        ...


class Topic:
    """The tail of one log and the sockets here that follow it."""

    __slots__ = ("is_followed", "sockets", "tail")

    def __init__(self) -> None:
        self.tail = Tail()
        self.sockets: set[Subscriber] = set()
        self.is_followed = False


class Hub(Listener):
    """Knows which sockets of this node follow which logs.

    Sockets come in through `attach` and `settle`, signals through `tell` (from this node) and
    `frame` (from the bus). `on_missing` is called at once when a log here lacks a part that the
    log itself has (with True: when any log may), `on_joined` when a user here belongs to a
    conversation from now on.
    """

    def __init__(self, bus: Bus, node: UUID) -> None:
        self._bus = bus
        self._node = node
        self._followed_by: dict[Subscriber, set[ConversationId]] = {}
        self._watched_by: dict[Subscriber, tuple[UserId, ...]] = {}
        self.conversations: dict[ConversationId, Topic] = {}
        self.users: dict[UserId, Topic] = {}
        self.watchers: dict[UserId, set[Subscriber]] = {}
        self.on_missing: Callable[[bool], None] = lambda _everything: None
        self.on_joined: Callable[[UserId, ConversationId], None] = lambda _user, _conversation: (
            None
        )
        self.delivered = 0

    # -- sockets ---------------------------------------------------------------------------

    async def attach(self, socket: Subscriber, conversations: Iterable[ConversationId]) -> None:
        """Let *socket* hear its user's log and *conversations* from now on.

        Afterwards the caller reads where these logs end and says so to `settle`; what happens in
        between is held for it.
        """
        own = self.users.setdefault(socket.user, Topic())
        own.sockets.add(socket)
        topics = [(user_topic(socket.user), own)]
        followed = self._followed_by.setdefault(socket, set())
        for conversation in conversations:
            topic = self.conversations.setdefault(conversation, Topic())
            topic.sockets.add(socket)
            followed.add(conversation)
            topics.append((conversation_topic(conversation), topic))
        new = {name: topic for name, topic in topics if not topic.is_followed}
        if new:
            await self._bus.follow(new.keys())
            for topic in new.values():
                topic.is_followed = True

    def settle(
        self, socket: Subscriber, private: int, conversations: Mapping[ConversationId, int]
    ) -> None:
        """Say where the logs of *socket* ended when they were read, after `attach`.

        *conversations* are all that its user belongs to: *socket* stops hearing any other.
        """
        own = self.users.get(socket.user)
        if own is None or socket not in own.sockets:
            return  # it closed meanwhile
        self._deliver_private(socket.user, own, own.tail.start(private))
        for conversation in self._followed_by[socket] - conversations.keys():
            self._forget(socket, conversation)
        for conversation in tuple(self._followed_by[socket]):
            topic = self.conversations[conversation]
            self._deliver(conversation, topic, topic.tail.start(conversations[conversation]))

    def detach(self, socket: Subscriber) -> None:
        """Forget *socket* everywhere."""
        self.unwatch(socket)
        for conversation in tuple(self._followed_by.get(socket, ())):
            self._forget(socket, conversation)
        self._followed_by.pop(socket, None)
        own = self.users.get(socket.user)
        if own is not None:
            own.sockets.discard(socket)
            if not own.sockets:
                del self.users[socket.user]
                self._bus.unfollow([user_topic(socket.user)])

    def sockets_of(self, user: UserId) -> tuple[Subscriber, ...]:
        """Return the sockets of *user* on this node."""
        own = self.users.get(user)
        return tuple(own.sockets) if own else ()

    def follows(self, socket: Subscriber, conversation: ConversationId) -> bool:
        """Tell whether *socket* hears *conversation*: its user belongs to it, as far as known."""
        return conversation in self._followed_by.get(socket, ())

    def _forget(self, socket: Subscriber, conversation: ConversationId) -> None:
        self._followed_by[socket].discard(conversation)
        topic = self.conversations[conversation]
        topic.sockets.discard(socket)
        if not topic.sockets:
            del self.conversations[conversation]
            self._bus.unfollow([conversation_topic(conversation)])

    # -- watching presence -----------------------------------------------------------------

    async def watch(self, socket: Subscriber, users: Iterable[UserId]) -> None:
        """Let *socket* hear how *users* are seen, in the place of those it watched before."""
        self.unwatch(socket)
        self._watched_by[socket] = watched = tuple(dict.fromkeys(users))
        new = [presence_topic(user) for user in watched if user not in self.watchers]
        for user in watched:
            self.watchers.setdefault(user, set()).add(socket)
        if new:
            await self._bus.follow(new)

    def unwatch(self, socket: Subscriber) -> None:
        """Let *socket* watch nobody."""
        for user in self._watched_by.pop(socket, ()):
            self.watchers[user].discard(socket)
            if not self.watchers[user]:
                del self.watchers[user]
                self._bus.unfollow([presence_topic(user)])

    def show(self, user: UserId, signal: Signal) -> None:
        """Bring how *user* is seen to those who watch on this node."""
        for socket in self.watchers.get(user, ()):
            socket.push_soft(f"presence:{user}", signal.frame)

    # -- signals ---------------------------------------------------------------------------

    def tell(self, topic: str, signal: Signal) -> None:
        """Bring a signal of this node to its sockets, here and on the other nodes."""
        self._take(topic, signal)
        self._bus.publish([(topic, signal.pack())])

    def frame(self, topic: str, payload: bytes) -> None:
        signal = Signal.unpack(payload)
        if signal is not None and signal.node != self._node:
            self._take(topic, signal)

    def gap(self) -> None:
        self.on_missing(True)

    def _take(self, name: str, signal: Signal) -> None:
        id_ = UUID(hex=name[2:])
        if name[0] == "c":
            conversation = ConversationId(id_)
            topic = self.conversations.get(conversation)
            if topic is not None:
                self._take_conversation(conversation, topic, signal)
        elif name[0] == "u":
            user = UserId(id_)
            topic = self.users.get(user)
            if topic is not None:
                self._take_private(user, topic, signal)
        elif name[0] == "p":
            self.show(UserId(id_), signal)

    def _take_conversation(
        self, conversation: ConversationId, topic: Topic, signal: Signal
    ) -> None:
        if signal.kind is Kind.EVENT:
            self._deliver(conversation, topic, topic.tail.offer(signal))
            if topic.tail.has_gap:
                self.on_missing(False)
            return
        crowd = len(topic.sockets) > FEW
        key = f"{signal.kind.name}:{conversation}:{signal.subject}"
        for socket in topic.sockets:
            looks = socket.focus == conversation
            if socket.user != signal.subject and (
                looks or (signal.kind is Kind.TYPING and not crowd)
            ):
                socket.push_soft(key, signal.frame)

    def _take_private(self, user: UserId, topic: Topic, signal: Signal) -> None:
        if signal.kind is Kind.ENDED:
            for socket in tuple(topic.sockets):
                if socket.device == signal.subject:
                    socket.end()
            return
        self._deliver_private(user, topic, topic.tail.offer(signal))
        if topic.tail.has_gap:
            self.on_missing(False)

    def _deliver(
        self, conversation: ConversationId, topic: Topic, signals: Iterable[Signal]
    ) -> None:
        for signal in signals:
            self.delivered += len(topic.sockets)
            for socket in tuple(topic.sockets):
                if socket.session != signal.session:
                    socket.push(signal.frame)
            if signal.subject.int:
                # A member was removed: what follows in this log is not theirs to see.
                for socket in self.sockets_of(UserId(signal.subject)):
                    if self.follows(socket, conversation):
                        self._forget(socket, conversation)

    def _deliver_private(self, user: UserId, topic: Topic, signals: Iterable[Signal]) -> None:
        for signal in signals:
            for socket in tuple(topic.sockets):
                socket.push(signal.frame)
            if signal.kind is Kind.JOINED:
                self.on_joined(user, ConversationId(signal.subject))
            elif signal.kind is Kind.LEFT:
                for socket in tuple(topic.sockets):
                    if self.follows(socket, ConversationId(signal.subject)):
                        self._forget(socket, ConversationId(signal.subject))

    def heal(self, conversation: ConversationId, signals: Iterable[Signal], end: int) -> None:
        """Take events of a conversation that were read from its log, up to the offset *end*."""
        topic = self.conversations.get(conversation)
        if topic is not None:
            for signal in signals:
                self._deliver(conversation, topic, topic.tail.offer(signal))
            self._deliver(conversation, topic, topic.tail.skip(end))

    def heal_private(self, user: UserId, signals: Iterable[Signal], end: int) -> None:
        """Take events of a private log that were read from it, up to the offset *end*."""
        topic = self.users.get(user)
        if topic is not None:
            for signal in signals:
                self._deliver_private(user, topic, topic.tail.offer(signal))
            self._deliver_private(user, topic, topic.tail.skip(end))
