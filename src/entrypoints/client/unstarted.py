"""
Direct conversations that do not exist yet: the first message creates them.

Until then a conversation has an id of this client, `new:` and the id of the other user, and a
place in the state, so that it can be shown and written to. Pure functions.
"""

from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.models import ConversationHead, Frame, User
from parlour.entrypoints.client.state import Conversation, State

_PREFIX = "new:"


def unstarted_id(user: str) -> str:
    """Return the id of the conversation with a user before it exists."""
    return _PREFIX + user


def peer_of_unstarted(conversation: str) -> str | None:
    """Return the other user of a conversation that does not exist yet, None of one that does."""
    is_unstarted = conversation.startswith(_PREFIX)
    return conversation.removeprefix(_PREFIX) if is_unstarted else None


def unstarted(peer: User, me: str) -> Conversation:
    """Return the empty conversation with *peer*, who may be oneself."""
    head = ConversationHead(
        conversation=unstarted_id(peer.id),
        kind="direct",
        title=peer.name,
        members=1 if peer.id == me else 2,
        seq=0,
        offset=0,
        peer=peer.id,
    )
    return Conversation(head=head, tail=GapBuffer(0))


def direct_with(state: State, user: str) -> str | None:
    """Return the id of the direct conversation with a user, where one is known to exist."""
    for key, known in state.conversations.items():
        if known.head.peer == user and peer_of_unstarted(key) is None:
            return key
    return None


def current_id(state: State, conversation: str) -> str:
    """Return the id of the conversation that was created in place of an unstarted one."""
    peer = peer_of_unstarted(conversation)
    return (direct_with(state, peer) if peer else None) or conversation


def members_of_unstarted(state: State, peer: str) -> list[Frame]:
    """Return the two as the service would return members."""
    two = {user.id: user for user in (state.users[peer], state.me) if user}
    return [
        {"user": id_, "handle": user.handle, "display_name": user.name, "role": "member"}
        for id_, user in two.items()
    ]
