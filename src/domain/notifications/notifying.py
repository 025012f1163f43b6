"""Telling those whom a message concerns, after it was committed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import attrs

from parlour.domain.conversations import Conversation, ConversationKind, Member
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, IdSource, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.messages import Message
from parlour.domain.notifications.events import NotificationAdded
from parlour.domain.notifications.model import (
    MAX_KEPT,
    Notification,
    Push,
    PushId,
    Reason,
    reason_for,
)
from parlour.domain.notifications.ports import Stores

MAX_TOLD = 100
"""Members whom one transaction tells."""

_TRIMMED_EVERY = 32

Watching = Mapping[UserId, Collection[ConversationId]]
"""Which conversations users look at now: what they see is not pushed."""


@attrs.frozen
class NotifyResult:
    """What was written: changes to tell, how many pushes wait, and from whom to go on."""

    changes: Changes
    pushes: int = 0
    next: UserId | None = None


@attrs.frozen(kw_only=True)
class SelectMessages:
    """Choose those of a batch of messages that may concern somebody."""

    uow: UnitOfWork[Stores]
    is_pushing: bool

    def __call__(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages that mention somebody, or that a subscribed peer was sent."""
        mentioning = [each for each in messages if each.content.mentions_anybody]
        if not self.is_pushing or len(mentioning) == len(messages):
            return mentioning
        plain = [each for each in messages if not each.content.mentions_anybody]
        return mentioning + self.uow.read(lambda stores: _pushed(stores, plain))


def _pushed(stores: Stores, messages: Sequence[Message]) -> list[Message]:
    """Return those messages of direct conversations whose peer has a subscription."""
    talks = stores.conversations.find_many({each.conversation for each in messages})
    peers = {
        each.conversation: pair.peer_of(each.sender)
        for each in messages
        if each.conversation in talks and (pair := talks[each.conversation].pair)
    }
    subscribed = {each.user for each in stores.subscriptions.of_users(set(peers.values()))}
    return [each for each in messages if peers.get(each.conversation) in subscribed]


@attrs.frozen(kw_only=True)
class Notify:
    """Write the notifications and pushes of a message, at most `MAX_TOLD` members at a time.

    Done once or many times, it leaves each member one notification. A push that is written twice
    shows once: the browser puts it in the place of the first.
    """

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    delay: timedelta
    is_pushing: bool

    def __call__(
        self, message: Message, *, watching: Watching | None = None, after: UserId | None = None
    ) -> NotifyResult:
        """Tell the members after *after*; `next` of the answer says from where to go on."""
        try:
            return self.uow(lambda stores: self._tell(stores, message, watching or {}, after))
        except AlreadyExists:  # another node has told them meanwhile
            return self.uow(lambda stores: self._tell(stores, message, watching or {}, after))

    def _tell(
        self, stores: Stores, message: Message, watching: Watching, after: UserId | None
    ) -> NotifyResult:
        conversation = stores.conversations.find_many([message.conversation]).get(
            message.conversation
        )
        if conversation is None:
            return NotifyResult(Changes())
        members, more = _concerned(stores, message, conversation, after)
        now = self.clock()
        reasons = {
            member.user: reason
            for member in members
            if (reason := reason_for(message, conversation, member, now)) is not None
        }
        known = stores.notifications.known((message.conversation, message.seq), reasons)
        mentioned = [
            user
            for user, reason in reasons.items()
            if reason is Reason.MENTION and user not in known
        ]
        changes = self._write(stores, message, mentioned)
        pushes = self._push(stores, message, {
            user: reason
            for user, reason in reasons.items()
            if user not in known and message.conversation not in watching.get(user, ())
        })  # fmt: skip
        return NotifyResult(changes, pushes, members[-1].user if more else None)

    def _write(self, stores: Stores, message: Message, users: Sequence[UserId]) -> Changes:
        if not users:
            return Changes()
        new = {
            user: Notification(
                user=user,
                conversation=message.conversation,
                seq=message.seq,
                number=0,
                by=message.sender,
                reason=Reason.MENTION,
                excerpt=message.content.excerpt,
                at=message.at,
            )
            for user in users
        }
        notes = [
            PrivateNote(user=user, payload=NotificationAdded.of(each))
            for user, each in new.items()
        ]
        events = write_private(stores.private_logs, notes, self.clock())
        stores.notifications.add(
            [attrs.evolve(new[event.user], number=event.offset) for event in events]
        )
        for event in events:
            if event.offset % _TRIMMED_EVERY == 0:
                stores.notifications.trim(event.user, MAX_KEPT)
        return Changes(private=events)

    def _push(self, stores: Stores, message: Message, reasons: Mapping[UserId, Reason]) -> int:
        if not self.is_pushing or not reasons:
            return 0
        due = self.clock() + self.delay
        pushes = [
            Push(
                id=PushId(self.new_id()),
                subscription=each.id,
                user=each.user,
                conversation=message.conversation,
                seq=message.seq,
                reason=reasons[each.user],
                tries=0,
                due_at=due,
            )
            for each in stores.subscriptions.of_users(set(reasons))
        ]
        if pushes:
            stores.outbox.add(pushes)
        return len(pushes)


def _concerned(
    stores: Stores, message: Message, conversation: Conversation, after: UserId | None
) -> tuple[list[Member], bool]:
    """Return the members whom *message* may concern, after *after*, and whether more follow."""
    if message.content.mentions_all and conversation.kind is ConversationKind.GROUP:
        found = stores.members.page(conversation.id, after, MAX_TOLD + 1)
        return found[:MAX_TOLD], len(found) > MAX_TOLD
    users = set(message.content.mentions)
    if conversation.pair is not None:
        users.add(conversation.pair.peer_of(message.sender))
    keys = [(conversation.id, user) for user in users]
    return list(stores.members.find(keys).values()), False
