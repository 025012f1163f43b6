"""The kinds of events that `parlour verify` checks, and those that it skips on purpose.

A test holds the two lists together to the kinds that the service sends.
"""

from parlour.entrypoints.client.models import MESSAGE_POSTED

CONVERSATION_JOINED = "conversation.joined"
MEMBER_ADDED = "member.added"
MEMBER_REMOVED = "member.removed"

CHECKED = frozenset({MESSAGE_POSTED, CONVERSATION_JOINED, MEMBER_ADDED, MEMBER_REMOVED})
"""What the checks of messages and memberships are made of."""

SKIPPED = frozenset(
    {
        "conversation.created",
        "conversation.changed",
        "conversation.left",
        "member.changed",
        "notification.added",
        "notification.read",
        "profile.changed",
        "read.moved",
        "settings.changed",
    }
)
"""No check is about these; their offsets count all the same."""
