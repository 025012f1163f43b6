"""The one gate to a conversation: it does not exist for those who do not belong to it."""

from parlour.domain.conversations.model import Member
from parlour.domain.conversations.ports import MemberStore
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId


def require_member(members: MemberStore, conversation: ConversationId, user: UserId) -> Member:
    """Return the member; raise `NotFound` for strangers and for what does not exist, alike."""
    member = members.find([(conversation, user)]).get((conversation, user))
    if member is None:
        raise NotFound
    return member
