"""The one gate to a conversation: it does not exist for those who do not belong to it."""

from parlour.domain.conversations.model import Conversation, Member
from parlour.domain.conversations.ports import ConversationStore, MemberStore
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId


def require_member(members: MemberStore, conversation: ConversationId, user: UserId) -> Member:
    """Return the member; raise `NotFound` for strangers and for what does not exist, alike."""
    member = members.find([(conversation, user)]).get((conversation, user))
    if member is None:
        raise NotFound
    return member


def lock_for(
    conversations: ConversationStore,
    members: MemberStore,
    conversation: ConversationId,
    user: UserId,
) -> tuple[Conversation, Member]:
    """Lock a conversation and then read the member, so that a removal cannot slip between."""
    locked = conversations.lock([conversation]).get(conversation)
    if locked is None:
        raise NotFound
    return locked, require_member(members, conversation, user)
