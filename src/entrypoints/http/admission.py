"""How changes of conversations over HTTP are counted against the rate limits."""

from parlour.domain.access import Identity
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId
from parlour.entrypoints.shell.service import Service


async def count_changes(
    service: Service, me: Identity, conversation: ConversationId, count: int = 1
) -> None:
    """Count messages of a conversation, or changes of them, against the limits of both.

    Raises `Limited`, and `NotFound` to strangers: they must not use up what members may change.
    """
    service.limits.message(me.user.hex, count)
    if not await service.run(service.use.filter_members, conversation, [me.user]):
        raise NotFound
    service.limits.conversation_message(conversation.hex, count)
