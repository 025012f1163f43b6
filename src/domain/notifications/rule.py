"""What notifies whom, and how: the one rule that the bell, pushes and open pages obey.

The page has the same rule in `client/notification-rule.js`. `tests/cases/notifications.json` holds
the cases that both must decide alike.
"""

from datetime import datetime

import attrs

from parlour.domain.conversations import Conversation, ConversationKind, Member
from parlour.domain.kernel.ids import UserId
from parlour.domain.messages import Message


@attrs.frozen(kw_only=True)
class Circumstances:
    """A message, as one member of its conversation meets it.

    `is_mentioned`: by name or together with everyone. `is_blocked`: the member blocked the sender.
    `is_quiet`: "do not disturb" is on, on this device. `is_focused`: the member has the
    conversation open and looks at it, on any device.
    """

    is_direct: bool
    is_mentioned: bool = False
    is_own: bool = False
    is_read: bool = False
    is_muted: bool = False
    is_blocked: bool = False
    is_quiet: bool = False
    is_focused: bool = False

    @classmethod
    def of(
        cls,
        message: Message,
        conversation: Conversation,
        member: Member,
        now: datetime,
        *,
        is_focused: bool = False,
    ) -> "Circumstances":
        """Return how *member* meets *message* at the time *now*.

        The service pushes to no device on which "do not disturb" is on: it is not subscribed.
        Messages from before the membership count as read.
        """
        return cls(
            is_direct=conversation.kind is ConversationKind.DIRECT,
            is_mentioned=is_mentioned(message, member.user),
            is_own=message.sender == member.user,
            is_read=message.seq <= member.read_up_to,
            is_muted=member.muted_until is not None and member.muted_until > now,
            is_focused=is_focused,
        )


def is_mentioned(message: Message, user: UserId) -> bool:
    """Return whether *message* mentions *user*, by name or together with everyone."""
    return message.content.mentions_all or user in message.content.mentions


@attrs.frozen(kw_only=True)
class Notice:
    """How a member is notified.

    `bell`: an entry in the list of notifications. `push`: Web Push, to devices without an open
    page. `popup`: a notification and a sound of an open page.
    """

    bell: bool = False
    push: bool = False
    popup: bool = False


def decide(case: Circumstances) -> Notice:
    """Return how a member is notified of a message.

    Nothing comes of one's own messages, of those that are read, of muted conversations and of
    blocked people, not even of a mention. Otherwise mentions are listed; mentions and direct
    messages are pushed; an open page pops up for every message. Who looks at the conversation,
    or does not want to be disturbed, is not interrupted, but finds the mention in the list.
    """
    if case.is_own or case.is_read or case.is_muted or case.is_blocked:
        return Notice()
    interrupts = not (case.is_quiet or case.is_focused)
    concerns = case.is_mentioned or case.is_direct
    return Notice(bell=case.is_mentioned, push=interrupts and concerns, popup=interrupts)
