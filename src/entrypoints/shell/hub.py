"""The hub: delivers what was committed, here or on another node, to the sockets of this node."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.entrypoints.shell.meters import Meters
from parlour.entrypoints.shell.presence_watchers import PresenceWatchers
from parlour.entrypoints.shell.signals import (
    ENDED_TOPIC,
    NOBODY,
    Published,
    Signal,
    SignalKind,
    conversation_topic,
    id_of_topic,
    is_from,
    user_topic,
)
from parlour.entrypoints.shell.topic import Subscriber, Topic

MAX_TYPING_TO_ALL = 100
"""Sockets of a conversation up to which all of them see who types; above, those that focus it."""


class Hub(Listener):
    """Knows which sockets of this node subscribe to which logs, and delivers signals to them.

    A socket is made known by `register`, subscribed by `subscribe` and then
    `complete_subscription`. Signals come from this node through `publish` and from the bus through
    `frame`.

    Callbacks: `on_missing` when a log here lacks events that the log itself has (with True: when
    any log may); `on_ended` with a device that was logged out on any node (with None: any may
    have been, and the signal was lost); `on_presence_chosen` with the event of a user of this node
    who chose how others see them; `on_joined` when a user of this node is now a member of a
    conversation, `on_left` when any user is no longer a member of one; `on_echo` when the bus
    brings back the node's own self-test; `on_failed` with errors of one socket or signal, which
    do not stop the others. `partings` counts the calls of `on_left`.
    """

    def __init__(self, bus: Bus, node: UUID) -> None:
        self._bus = bus
        self._node = node
        self._subscriptions: dict[Subscriber, set[ConversationId]] = {}
        self._by_session: dict[UUID, Subscriber] = {}
        self.conversations: dict[ConversationId, Topic] = {}
        self.users: dict[UserId, Topic] = {}
        self.watching = PresenceWatchers(bus)
        self.on_missing: Callable[[bool], None] = lambda _everything: None
        self.on_ended: Callable[[DeviceId | None], None] = lambda _device: None
        self.on_presence_chosen: Callable[[UserId, bytes], None] = lambda *_: None
        self.on_joined: Callable[[UserId, ConversationId], None] = lambda *_: None
        self.on_left: Callable[[UserId], None] = lambda _user: None
        self.on_echo: Callable[[], None] = lambda: None
        self.on_failed: Callable[[BaseException], None] = lambda _error: None
        self.delivered = 0
        self.partings = 0
        self.meters = Meters()

    # -- sockets ---------------------------------------------------------------------------

    def register(self, socket: Subscriber) -> None:
        """Add *socket*, until `unregister`, and subscribe it to its user's private log."""
        self._subscriptions[socket] = set()
        self._by_session[socket.session] = socket
        self.watching.register(socket)
        self.users.setdefault(socket.user, Topic()).sockets.add(socket)

    async def subscribe(
        self, sockets: Iterable[Subscriber], conversations: Collection[ConversationId]
    ) -> None:
        """Subscribe *sockets* to *conversations*; returns when the bus follows their topics.

        Signals are buffered for them. The caller then reads where the logs end and passes that to
        `complete_subscription`.
        """
        topics = {}
        for socket in sockets:
            subscribed = self._subscriptions.get(socket)
            if subscribed is None:
                continue  # it was closed meanwhile
            topics[user_topic(socket.user)] = self.users[socket.user]
            for conversation in conversations:
                topic = self.conversations.setdefault(conversation, Topic())
                topic.subscribe(socket)
                subscribed.add(conversation)
                topics[conversation_topic(conversation)] = topic
        new = {name: topic for name, topic in topics.items() if not topic.is_followed}
        if new:
            await self._bus.follow(new.keys())
            for topic in new.values():
                topic.is_followed = True

    def complete_subscription(
        self,
        socket: Subscriber,
        private: int,
        ends: Mapping[ConversationId, int],
        conversations: Iterable[ConversationId],
    ) -> None:
        """Mark *socket* as caught up, and deliver the buffered signals that are news to it.

        *private* and *ends* are the last offsets of its user's private log and of all
        conversations of its user, read after `subscribe`. Those of *conversations* that are not in
        *ends* are unsubscribed. Other conversations are left alone: they may be newer than *ends*.
        """
        if socket not in self._subscriptions:
            return  # it was closed meanwhile
        own = self.users[socket.user]
        self._deliver_private(socket.user, own, own.tail.start(private))
        for conversation in conversations:
            if conversation not in self._subscriptions[socket]:
                continue  # its user was removed meanwhile
            if conversation not in ends:
                self._unsubscribe(socket, conversation)
                continue
            topic, end = self.conversations[conversation], ends[conversation]
            self._deliver(conversation, topic, topic.tail.start(end))
            buffered = topic.complete_subscription(socket, end)
            if buffered is None:
                socket.resync(conversation, "too_far_behind")
            for signal in buffered or ():
                self._push([socket], signal.frame, signal.session)

    def unregister(self, socket: Subscriber) -> None:
        """Remove *socket* and all its subscriptions; an unknown one is ignored."""
        if socket not in self._subscriptions:
            return
        self.watching.unregister(socket)
        for conversation in tuple(self._subscriptions[socket]):
            self._unsubscribe(socket, conversation)
        del self._subscriptions[socket]
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
        """Return the sockets of this node that subscribe to *conversation*."""
        topic = self.conversations.get(conversation)
        return tuple(topic.everybody) if topic else ()

    def is_subscribed(self, socket: Subscriber, conversation: ConversationId) -> bool:
        """Return whether *socket* subscribes to *conversation*, as a known member."""
        return conversation in self._subscriptions.get(socket, ())

    def unsubscribe(self, user: UserId, conversation: ConversationId) -> None:
        """Unsubscribe all sockets of *user* from *conversation*."""
        for socket in self.sockets_of(user):
            if self.is_subscribed(socket, conversation):
                self._unsubscribe(socket, conversation)

    def _unsubscribe(self, socket: Subscriber, conversation: ConversationId) -> None:
        self._subscriptions[socket].discard(conversation)
        topic = self.conversations[conversation]
        topic.discard(socket)
        if topic.is_empty:
            del self.conversations[conversation]
            self._bus.unfollow([conversation_topic(conversation)])

    # -- signals ---------------------------------------------------------------------------

    def publish(self, *published: Published) -> None:
        """Deliver signals of this node to their sockets, here and on the other nodes, in order."""
        for topic, signal in published:
            self._receive(topic, signal)
        self._bus.publish([(topic, signal.pack()) for topic, signal in published])

    def frame(self, topic: str, payload: bytes) -> None:
        # The bus brings back the node's own signals: half of all frames where there are two nodes.
        if is_from(self._node, payload):
            if topic[0] == "x":
                self.on_echo()
            return
        signal = Signal.unpack(payload)
        if signal is not None:
            self.meters.bus_seconds.observe(max(0.0, time.time() - signal.packed_at))
            self._receive(topic, signal)

    def gap(self) -> None:
        self.on_ended(None)
        self.on_missing(True)

    def _receive(self, name: str, signal: Signal) -> None:
        try:
            id_ = id_of_topic(name)
            if name[0] == "c":
                self._receive_conversation(ConversationId(id_), signal)
            elif name[0] == "u":
                self._receive_private(UserId(id_), signal)
            elif name[0] == "p":
                self.watching.show(UserId(id_), signal)
            elif name == ENDED_TOPIC:
                self.on_ended(DeviceId(signal.subject))
        except Exception as error:  # noqa: BLE001 - one bad signal must not stop the others
            self.on_failed(error)

    def _receive_conversation(self, conversation: ConversationId, signal: Signal) -> None:
        topic = self.conversations.get(conversation)
        if topic is None:
            return
        if signal.kind is SignalKind.EVENT:
            self._deliver(conversation, topic, topic.tail.receive(signal))
            if topic.tail.has_gap:
                self.on_missing(False)
            return
        key = f"{signal.kind.name}:{conversation}:{signal.subject}"
        to_all = signal.kind is SignalKind.TYPING and len(topic.sockets) <= MAX_TYPING_TO_ALL
        for socket in topic.sockets:
            if socket.user == signal.subject or not (to_all or socket.focus == conversation):
                continue
            if signal.kind is SignalKind.RECEIPT:
                socket.push_latest(key, signal.frame)
            else:
                socket.push_soft(key, signal.frame)

    def _receive_private(self, user: UserId, signal: Signal) -> None:
        topic = self.users.get(user)
        if topic is None:
            return
        if signal.kind is SignalKind.ENDED:
            for socket in tuple(topic.sockets):
                if socket.device == signal.subject:
                    socket.end()
            return
        self._deliver_private(user, topic, topic.tail.receive(signal))
        if topic.tail.has_gap:
            self.on_missing(False)

    def _deliver(
        self, conversation: ConversationId, topic: Topic, signals: Iterable[Signal]
    ) -> None:
        for signal in signals:
            if topic.pending:
                topic.buffer(signal)
            self._push(topic.sockets, signal.frame, signal.session)
            if signal.subject.int:
                self._remove_member(UserId(signal.subject), conversation, topic)
        topic.activate_caught_up()

    def _remove_member(self, user: UserId, conversation: ConversationId, topic: Topic) -> None:
        """Unsubscribe a removed member; pending sockets were read to be members since then."""
        for socket in self.sockets_of(user):
            if socket in topic.sockets:
                self._unsubscribe(socket, conversation)
        self.partings += 1
        self.on_left(user)

    def _deliver_private(self, user: UserId, topic: Topic, signals: Iterable[Signal]) -> None:
        for signal in signals:
            self._push(topic.sockets, signal.frame, NOBODY)
            if signal.kind is SignalKind.PRESENCE_CHOSEN:
                self.on_presence_chosen(user, signal.frame)
            elif signal.kind is SignalKind.JOINED:
                self.on_joined(user, ConversationId(signal.subject))
            elif signal.kind is SignalKind.LEFT:
                self.unsubscribe(user, ConversationId(signal.subject))
                self.partings += 1
                self.on_left(user)

    def _push(self, sockets: Collection[Subscriber], frame: bytes, but: UUID) -> None:
        """Push *frame* to each of *sockets* but the one of the session *but*."""
        self.delivered += len(sockets)
        sender = self._by_session.get(but)
        for socket in sockets:
            if socket is not sender:
                try:
                    socket.push(frame)
                except Exception as error:  # noqa: BLE001 - one broken socket, many good ones
                    self.on_failed(error)

    def is_beyond(self, user: UserId, offset: int) -> bool:
        """Return whether later events of a private log than *offset* were delivered here."""
        topic = self.users.get(user)
        return topic is not None and (topic.tail.offset or 0) > offset

    # -- from the log itself ---------------------------------------------------------------

    def apply_from_log(
        self, conversation: ConversationId, signals: Collection[Signal], end: int
    ) -> None:
        """Deliver what a conversation's log holds beyond its tail, up to the offset *end*."""
        topic = self.conversations.get(conversation)
        if topic is not None and topic.tail.offset is not None:
            topic.tail.replace_held(signals)
            for signal in signals:
                self._deliver(conversation, topic, topic.tail.apply_from_log(signal))
            self._deliver(conversation, topic, topic.tail.skip_to(end))

    def apply_private_from_log(self, user: UserId, signals: Collection[Signal], end: int) -> None:
        """Deliver what a private log holds beyond its tail, up to the offset *end*."""
        topic = self.users.get(user)
        if topic is not None and topic.tail.offset is not None:
            topic.tail.replace_held(signals)
            for signal in signals:
                self._deliver_private(user, topic, topic.tail.apply_from_log(signal))
            self._deliver_private(user, topic, topic.tail.skip_to(end))
