"""The kinds of events that the checks of `parlour verify` are about.

All other kinds that the client knows are skipped on purpose: only their offsets count.
"""

from parlour.entrypoints.client.models import MESSAGE_POSTED

CONVERSATION_JOINED = "conversation.joined"
MEMBER_ADDED = "member.added"
MEMBER_REMOVED = "member.removed"

MESSAGE_EDITED = "message.edited"
MESSAGE_RECALLED = "message.recalled"
REACTION_SET = "reaction.set"

CHECKED = frozenset(
    {
        MESSAGE_POSTED,
        MESSAGE_EDITED,
        MESSAGE_RECALLED,
        REACTION_SET,
        CONVERSATION_JOINED,
        MEMBER_ADDED,
        MEMBER_REMOVED,
    }
)
"""Messages, what happens to them, and the events with which a membership begins and ends."""
