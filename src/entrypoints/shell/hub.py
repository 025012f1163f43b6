"""The hub: brings what was committed, here or on another node, to the sockets of this node."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.presence_watchers import PresenceWatchers
from parlour.entrypoints.shell.signals import (
    NOBODY,
    Kind,
    Published,
    Signal,
    about,
    conversation_topic,
    is_from,
    user_topic,
)
from parlour.entrypoints.shell.subscriber import Subscriber
from parlour.entrypoints.shell.topic import Topic

FEW = 100
"""Up to so many sockets here, everybody sees who types; in larger crowds those who look."""


class Hub(Listener):
    """Knows which sockets of this node follow which logs.

    Sockets come in through `enter`, `attach` and `settle`, signals through `tell` (from this node)
    and `frame` (from the bus). `on_missing` is called at once when a log here lacks a part that
    the log itself has (with True: when any log may), `on_joined` when a user here belongs to a
    conversation from now on, `on_echo` when the bus brings back what this node said to itself,
    `on_failed` with errors that must not stop the others.
    """

    def __init__(self, bus: Bus, node: UUID) -> None:
        self._bus = bus
        self._node = node
        self._followed_by: dict[Subscriber, set[ConversationId]] = {}
        self._by_session: dict[UUID, Subscriber] = {}
        self.conversations: dict[ConversationId, Topic] = {}
        self.users: dict[UserId, Topic] = {}
        self.watching = PresenceWatchers(bus)
        self.on_missing: Callable[[bool], None] = lambda _everything: None
        self.on_joined: Callable[[UserId, ConversationId], None] = lambda *_: None
        self.on_echo: Callable[[], None] = lambda: None
        self.on_failed: Callable[[BaseException], None] = lambda _error: None
        self.delivered = 0
        self.meters = Meters()

    # -- sockets ---------------------------------------------------------------------------

    def enter(self, socket: Subscriber) -> None:
        """Know *socket*, until `detach`."""
        self._followed_by[socket] = set()
        self._by_session[socket.session] = socket
        self.watching.enter(socket)
        self.users.setdefault(socket.user, Topic()).sockets.add(socket)

    async def attach(
        self, sockets: Iterable[Subscriber], conversations: Collection[ConversationId]
    ) -> None:
        """Let *sockets* hear their users' logs and *conversations* from now on.

        Afterwards the caller reads where these logs end and says so to `settle`; what happens in
        between is held for it.
        """
        topics = {}
        for socket in sockets:
            followed = self._followed_by.get(socket)
            if followed is None:
                continue  # it has gone meanwhile
            topics[user_topic(socket.user)] = self.users[socket.user]
            for conversation in conversations:
                topic = self.conversations.setdefault(conversation, Topic())
                topic.expect(socket)
                followed.add(conversation)
                topics[conversation_topic(conversation)] = topic
        new = {name: topic for name, topic in topics.items() if not topic.is_followed}
        if new:
            await self._bus.follow(new.keys())
            for topic in new.values():
                topic.is_followed = True

    def settle(
        self,
        socket: Subscriber,
        private: int,
        ends: Mapping[ConversationId, int],
        conversations: Iterable[ConversationId],
    ) -> None:
        """Say where the logs ended that *socket* was attached to, when they were read after that.

        *ends* has the conversations of its user: *socket* stops hearing those of *conversations*
        that are not among them. Of others nothing is concluded: they may be newer than *ends*.
        """
        if socket not in self._followed_by:
            return  # it has gone meanwhile
        own = self.users[socket.user]
        self._deliver_private(socket.user, own, own.tail.start(private))
        for conversation in conversations:
            if conversation not in self._followed_by[socket]:
                continue  # it was removed meanwhile
            if conversation not in ends:
                self._forget(socket, conversation)
                continue
            topic, end = self.conversations[conversation], ends[conversation]
            self._deliver(conversation, topic, topic.tail.start(end))
            held = topic.settle(socket, end)
            if held is None:
                socket.resync(conversation, "too_far_behind")
            for signal in held or ():
                self._push([socket], signal.frame, signal.session)

    def detach(self, socket: Subscriber) -> None:
        """Forget *socket* everywhere; nothing happens where it was never known."""
        if socket not in self._followed_by:
            return
        self.watching.detach(socket)
        for conversation in tuple(self._followed_by[socket]):
            self._forget(socket, conversation)
        del self._followed_by[socket]
        self._by_session.pop(socket.session, None)
        own = self.users[socket.user]
        own.sockets.discard(socket)
        if not own.sockets:
            del self.users[socket.user]
            self._bus.unfollow([user_topic(socket.user)])

    def sockets_of(self, user: UserId) -> tuple[Subscriber, ...]:
        """Return the sockets of *user* on this node."""
        own = self.users.get(user)
        return tuple(own.sockets) if own else ()

    def sockets_in(self, conversation: ConversationId) -> tuple[Subscriber, ...]:
        """Return the sockets of this node that hear *conversation*."""
        topic = self.conversations.get(conversation)
        return tuple(topic.everybody) if topic else ()

    def follows(self, socket: Subscriber, conversation: ConversationId) -> bool:
        """Tell whether *socket* hears *conversation*: its user belongs to it, as far as known."""
        return conversation in self._followed_by.get(socket, ())

    def drop(self, user: UserId, conversation: ConversationId) -> None:
        """Let no socket of *user* hear *conversation* any longer."""
        for socket in self.sockets_of(user):
            if self.follows(socket, conversation):
                self._forget(socket, conversation)

    def _forget(self, socket: Subscriber, conversation: ConversationId) -> None:
        self._followed_by[socket].discard(conversation)
        topic = self.conversations[conversation]
        topic.discard(socket)
        if topic.is_empty:
            del self.conversations[conversation]
            self._bus.unfollow([conversation_topic(conversation)])

    # -- signals ---------------------------------------------------------------------------

    def tell(self, *announced: Published) -> None:
        """Bring signals of this node to their sockets, here and on the other nodes, in order."""
        for topic, signal in announced:
            self._take(topic, signal)
        self._bus.publish([(topic, signal.pack()) for topic, signal in announced])

    def frame(self, topic: str, payload: bytes) -> None:
        # The bus brings back what this node says: half of all frames where there are two.
        if is_from(self._node, payload):
            if topic[0] == "x":
                self.on_echo()
            return
        signal = Signal.unpack(payload)
        if signal is not None:
            self.meters.bus_seconds.observe(max(0.0, time.time() - signal.told))
            self._take(topic, signal)

    def gap(self) -> None:
        self.on_missing(True)

    def _take(self, name: str, signal: Signal) -> None:
        try:
            id_ = about(name)
            if name[0] == "c":
                self._take_conversation(ConversationId(id_), signal)
            elif name[0] == "u":
                self._take_private(UserId(id_), signal)
            elif name[0] == "p":
                self.watching.show(UserId(id_), signal)
        except Exception as error:  # noqa: BLE001 - one bad signal must not stop the others
            self.on_failed(error)

    def _take_conversation(self, conversation: ConversationId, signal: Signal) -> None:
        topic = self.conversations.get(conversation)
        if topic is None:
            return
        if signal.kind is Kind.EVENT:
            self._deliver(conversation, topic, topic.tail.offer(signal))
            if topic.tail.has_gap:
                self.on_missing(False)
            return
        key = f"{signal.kind.name}:{conversation}:{signal.subject}"
        everybody = signal.kind is Kind.TYPING and len(topic.sockets) <= FEW
        for socket in topic.sockets:
            if socket.user == signal.subject or not (everybody or socket.focus == conversation):
                continue
            if signal.kind is Kind.RECEIPT:
                socket.push_latest(key, signal.frame)
            else:
                socket.push_soft(key, signal.frame)

    def _take_private(self, user: UserId, signal: Signal) -> None:
        topic = self.users.get(user)
        if topic is None:
            return
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
            if topic.newcomers:
                topic.hold(signal)
            self._push(topic.sockets, signal.frame, signal.session)
            if signal.subject.int:
                self._take_out(UserId(signal.subject), conversation, topic)
        topic.let_in()

    def _take_out(self, user: UserId, conversation: ConversationId, topic: Topic) -> None:
        """Let a removed member hear no more; newcomers have been read to be members since."""
        for socket in self.sockets_of(user):
            if socket in topic.sockets:
                self._forget(socket, conversation)

    def _deliver_private(self, user: UserId, topic: Topic, signals: Iterable[Signal]) -> None:
        for signal in signals:
            self._push(topic.sockets, signal.frame, NOBODY)
            if signal.kind is Kind.JOINED:
                self.on_joined(user, ConversationId(signal.subject))
            elif signal.kind is Kind.LEFT:
                self.drop(user, ConversationId(signal.subject))

    def _push(self, sockets: Collection[Subscriber], frame: bytes, but: UUID) -> None:
        """Push *frame* to each of *sockets* but the one of that session."""
        self.delivered += len(sockets)
        sender = self._by_session.get(but)
        for socket in sockets:
            if socket is not sender:
                try:
                    socket.push(frame)
                except Exception as error:  # noqa: BLE001 - one broken socket, many good ones
                    self.on_failed(error)

    # -- healing ---------------------------------------------------------------------------

    def heal(self, conversation: ConversationId, signals: Iterable[Signal], end: int) -> None:
        """Take what a conversation's log holds beyond its tail, up to the offset *end*."""
        topic = self.conversations.get(conversation)
        if topic is not None and topic.tail.offset is not None:
            for signal in signals:
                self._deliver(conversation, topic, topic.tail.heal(signal))
            self._deliver(conversation, topic, topic.tail.skip(end))

    def heal_private(self, user: UserId, signals: Iterable[Signal], end: int) -> None:
        """Take what a private log holds beyond its tail, up to the offset *end*."""
        topic = self.users.get(user)
        if topic is not None and topic.tail.offset is not None:
            for signal in signals:
                self._deliver_private(user, topic, topic.tail.heal(signal))
            self._deliver_private(user, topic, topic.tail.skip(end))
