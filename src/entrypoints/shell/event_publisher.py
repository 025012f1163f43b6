"""Makes signals of what was committed, for the hub to publish."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from parlour.domain.access import Ended
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import LogEvent, Message, Receipt
from parlour.domain.presence import Status
from parlour.domain.users import User
from parlour.entrypoints.shell.signals import (
    ENDED_TOPIC,
    NOBODY,
    Published,
    Signal,
    SignalKind,
    conversation_topic,
    presence_topic,
    user_topic,
)
from parlour.entrypoints.wire import pushes

RECEIPTS_UP_TO = 100
"""Members up to which receipts are pushed; in larger conversations clients ask for them."""


class EventPublisher:
    """Encodes events and short-lived states as signals of one node."""

    def __init__(self, node: UUID) -> None:
        self._node = node

    def message(self, message: Message) -> Published:
        """Return the signal of a posted message."""
        return conversation_topic(message.conversation), Signal(
            SignalKind.EVENT,
            pushes.encode_message(message),
            message.offset,
            message.session or NOBODY,
            NOBODY,
            self._node,
        )

    def event(self, event: Event) -> Published:
        """Return the signal of any event of a conversation."""
        return conversation_topic(event.conversation), Signal(
            SignalKind.EVENT,
            pushes.encode_event(event),
            event.offset,
            event.session or NOBODY,
            event.payload.ends_delivery_to() or NOBODY,
            self._node,
        )

    def entry(self, entry: LogEvent) -> Published:
        """Return the signal of an entry of a conversation's log: a message or any other event."""
        return self.message(entry) if isinstance(entry, Message) else self.event(entry)

    def private(self, event: PrivateEvent) -> Published:
        """Return the signal of an event of a private log."""
        kind, subject = SignalKind.PRIVATE, NOBODY
        if (joined := event.payload.starts_delivery_of()) is not None:
            kind, subject = SignalKind.JOINED, joined
        elif (left := event.payload.ends_delivery_of()) is not None:
            kind, subject = SignalKind.LEFT, left
        elif event.payload.changes_presence():
            kind = SignalKind.PRESENCE_CHOSEN
        return user_topic(event.user), Signal(
            kind, pushes.encode_private(event), event.offset, NOBODY, subject, self._node
        )

    def receipts(self, receipts: Iterable[Receipt]) -> Iterator[Published]:
        """Return the signals of read receipts, for conversations that are not too large."""
        for receipt in receipts:
            if receipt.members <= RECEIPTS_UP_TO:
                yield (
                    conversation_topic(receipt.conversation),
                    self._soft(SignalKind.RECEIPT, pushes.encode_receipt(receipt), receipt.user),
                )

    def typing(self, conversation: ConversationId, user: UserId, *, on: bool) -> Published:
        """Return the signal that a member types, or stopped typing."""
        return conversation_topic(conversation), self._soft(
            SignalKind.TYPING, pushes.encode_typing(conversation, user, on=on), user
        )

    def status(self, status: Status) -> Published:
        """Return the signal of a user's presence."""
        return presence_topic(status.user), self._soft(
            SignalKind.PRESENCE, pushes.encode_status(status), status.user
        )

    def profile(self, user: User) -> Published:
        """Return the signal of a user's name, for those who watch the user."""
        return presence_topic(user.id), self._soft(
            SignalKind.PROFILE, pushes.encode_profile(user), user.id
        )

    def ended(self, ended: Ended) -> Iterator[Published]:
        """Return the signals of devices that were logged out.

        One closes their sockets, where there are any. The other reaches every node: a node without
        a socket of the user may have one of their access tokens in its cache.
        """
        for device in ended.devices:
            signal = self._soft(SignalKind.ENDED, b"", device)
            yield user_topic(ended.user), signal
            yield ENDED_TOPIC, signal

    def _soft(self, kind: SignalKind, frame: bytes, subject: UUID) -> Signal:
        return Signal(kind, frame, 0, NOBODY, subject, self._node)
