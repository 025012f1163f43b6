"""Notifying members of a message after its commit."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import attrs

from parlour.domain.conversations import Conversation, ConversationKind, Member
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, IdSource, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, PrivateNote, write_private
from parlour.domain.messages import Message, MessageNumber
from parlour.domain.notifications.events import NotificationAdded
from parlour.domain.notifications.model import (
    MAX_KEPT,
    Notification,
    Push,
    PushId,
    Reason,
)
from parlour.domain.notifications.ports import Stores
from parlour.domain.notifications.rule import Circumstances, decide, is_mentioned

MAX_TOLD = 100
"""Members that one transaction notifies."""

_TRIMMED_EVERY = 32

Watching = Mapping[UserId, Collection[ConversationId]]
"""The conversations that users have open now: their messages are not pushed."""


@attrs.frozen
class NotifyResult:
    """Changes to publish, the number of pushes added, and the member to continue after."""

    changes: Changes
    pushes: int = 0
    next: UserId | None = None


@attrs.frozen(kw_only=True)
class SelectMessages:
    """Select the messages of a batch that may notify somebody."""

    uow: UnitOfWork[Stores]
    is_pushing: bool

    def __call__(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages with a mention, and direct messages to a peer with a subscription."""
        mentioning = [each for each in messages if each.content.mentions_anybody]
        if not self.is_pushing or len(mentioning) == len(messages):
            return mentioning
        plain = [each for each in messages if not each.content.mentions_anybody]
        return mentioning + self.uow.read(lambda stores: _pushed(stores, plain))


def _pushed(stores: Stores, messages: Sequence[Message]) -> list[Message]:
    """Return the messages of direct conversations whose peer has a subscription."""
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
    """Write the notifications and pushes of a message, for at most `MAX_TOLD` members at a time.

    It may run many times for a message: each member gets one notification. A push that is added
    twice is shown once, because both have the same topic. What counts is what the message says
    now; nobody hears of one that was recalled meanwhile.
    """

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    delay: timedelta
    is_pushing: bool

    def __call__(
        self,
        message: Message,
        *,
        before: Message | None = None,
        watching: Watching | None = None,
        after: UserId | None = None,
    ) -> NotifyResult:
        """Notify members after *after*; `next` of the result is the *after* of the next call.

        With *before*, what the message was before an edit, only members who are mentioned now and
        were not before.
        """

        def work(stores: Stores) -> NotifyResult:
            return self._notify(stores, message.number, before, watching or {}, after)

        try:
            return self.uow(work)
        except AlreadyExists:  # another node notified them at the same time
            return self.uow(work)

    def _notify(
        self,
        stores: Stores,
        number: MessageNumber,
        before: Message | None,
        watching: Watching,
        after: UserId | None,
    ) -> NotifyResult:
        conversation = stores.conversations.find_many([number[0]]).get(number[0])
        message = stores.messages.find_many([number]).get(number)
        if conversation is None or message is None or message.recalled is not None:
            return NotifyResult(Changes())
        found, more = find_candidates(stores, message, conversation, after)
        members = [
            each
            for each in found
            if before is None
            or (is_mentioned(message, each.user) and not is_mentioned(before, each.user))
        ]
        now = self.clock()
        notices = {
            member.user: decide(
                Circumstances.of(
                    message,
                    conversation,
                    member,
                    now,
                    is_focused=conversation.id in watching.get(member.user, ()),
                )
            )
            for member in members
        }
        told = [user for user, notice in notices.items() if notice.bell or notice.push]
        known = stores.notifications.known((message.conversation, message.seq), told)
        new = [user for user in told if user not in known]
        changes = self._write(stores, message, [user for user in new if notices[user].bell])
        reasons = {
            user: Reason.MENTION if notices[user].bell else Reason.MESSAGE
            for user in new
            if notices[user].push
        }
        pushes = self._push(stores, message, reasons)
        return NotifyResult(changes, pushes, found[-1].user if more else None)

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
                at=message.at,
            )
            for user in users
        }
        notes = [
            PrivateNote(user=user, payload=NotificationAdded.of(each, message.content.excerpt))
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


def find_candidates(
    stores: Stores, message: Message, conversation: Conversation, after: UserId | None
) -> tuple[list[Member], bool]:
    """Return members that *message* may notify, after *after*, and whether more follow."""
    if message.content.mentions_all and conversation.kind is ConversationKind.GROUP:
        found = stores.members.page(conversation.id, after, MAX_TOLD + 1)
        return found[:MAX_TOLD], len(found) > MAX_TOLD
    users = set(message.content.mentions)
    if conversation.pair is not None:
        users.add(conversation.pair.peer_of(message.sender))
    keys = [(conversation.id, user) for user in users]
    return list(stores.members.find(keys).values()), False
