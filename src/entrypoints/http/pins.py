"""The pinned messages of a conversation."""

from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from parlour.domain.access import Identity
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.messages import SetPin
from parlour.entrypoints.http.admission import count_changes
from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.schemas_changes import ChangedView, PinsView, PinView
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.views import view_seen


class PinsController(Controller):
    """The pinned messages of a conversation."""

    path = "/conversations/{conversation:uuid}/pins"
    tags = ("Messages",)

    @get(
        operation_id="list_pins",
        summary="List the pinned messages",
        responses=answers("not_found"),
    )
    async def pins(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> PinsView:
        """List all pinned messages that the caller sees, the last pinned first."""
        found = await service.run(service.use.list_pins, me.user, ConversationId(conversation))
        pins = [PinView(pin.by, rfc3339(pin.at), view_seen(seen)) for pin, seen in found.pins]
        return PinsView(pins, found.as_of)

    @put(
        "/{seq:str}",
        operation_id="pin_message",
        summary="Pin a message",
        responses=answers("not_found", "conflict", "timeout", "log_damaged"),
    )
    async def pin(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ChangedView:
        """Pin a message for all members; a conversation has at most 100."""
        return await _set(service, me, ConversationId(conversation), seq, on=True)

    @delete(
        "/{seq:str}",
        operation_id="unpin_message",
        summary="Unpin a message",
        status_code=200,
        responses=answers("not_found", "timeout", "log_damaged"),
    )
    async def unpin(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ChangedView:
        """Unpin a message for all members."""
        return await _set(service, me, ConversationId(conversation), seq, on=False)


async def _set(
    service: Service, me: Identity, conversation: ConversationId, seq: int, *, on: bool
) -> ChangedView:
    await count_changes(service, me, conversation)
    changed = await service.execute(
        SetPin(actor=me.user, conversation=conversation, seq=seq, on=on)
    )
    return ChangedView(changed.offset, changed.replayed)
