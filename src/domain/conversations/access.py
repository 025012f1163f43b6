"""Access checks: a conversation does not exist for users who are not its members."""

from parlour.domain.conversations.model import Member
from parlour.domain.conversations.ports import MemberStore
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId


def require_member(members: MemberStore, conversation: ConversationId, user: UserId) -> Member:
    """Return the member; raise `NotFound` for strangers and for unknown conversations alike."""
    member = members.find([(conversation, user)]).get((conversation, user))
    if member is None:
        raise NotFound
    return member


def lock_member(members: MemberStore, conversation: ConversationId, user: UserId) -> Member:
    """Lock and return the member; raise `NotFound` as `require_member` does."""
    member = members.lock([(conversation, user)]).get((conversation, user))
    if member is None:
        raise NotFound
    return member
