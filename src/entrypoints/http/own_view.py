"""What the caller alone sees of a conversation: a draft, and no messages that they hid."""

from uuid import UUID

from litestar import Controller, delete, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from parlour.domain.access import Identity
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.logs import Noted
from parlour.entrypoints.http.documentation import answers
from parlour.entrypoints.http.schemas_changes import (
    DraftText,
    HiddenMessages,
    HistoryLimit,
    OwnOffsetView,
)
from parlour.entrypoints.shell.service import Service


class OwnViewController(Controller):
    """What the caller alone sees of a conversation, on all of their devices."""

    path = "/conversations/{conversation:uuid}"
    tags = ("Messages",)

    @post(
        "/messages/hide",
        operation_id="hide_messages",
        summary="Hide messages from oneself",
        status_code=200,
        responses=answers("not_found", body=True),
    )
    async def hide(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[HiddenMessages],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> OwnOffsetView:
        """Hide up to 100 messages from the caller alone; nobody else learns of it."""
        id_ = ConversationId(conversation)
        noted = await service.run(service.use.hide_messages, me.user, id_, data.seqs)
        return _answer(service, noted)

    @put(
        "/clear",
        operation_id="clear_history",
        summary="Hide the history from oneself",
        responses=answers("not_found", body=True),
    )
    async def clear(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[HistoryLimit],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> OwnOffsetView:
        """Hide all messages up to one from the caller alone, for ever."""
        id_ = ConversationId(conversation)
        noted = await service.run(service.use.clear_history, me.user, id_, data.up_to)
        return _answer(service, noted)

    @put(
        "/draft",
        operation_id="set_draft",
        summary="Keep a text that is not sent yet",
        responses=answers("not_found", "conflict", body=True),
    )
    async def set_draft(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[DraftText],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> OwnOffsetView:
        """Keep a draft for all devices of the caller, in the place of the former one."""
        id_ = ConversationId(conversation)
        noted = await service.run(service.use.set_draft, me.user, id_, data.text, data.reply_to)
        return _answer(service, noted)

    @delete(
        "/draft",
        operation_id="remove_draft",
        summary="Remove the draft",
        status_code=200,
        responses=answers("not_found"),
    )
    async def remove_draft(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> OwnOffsetView:
        """Remove the caller's draft, if there is one."""
        id_ = ConversationId(conversation)
        return _answer(service, await service.run(service.use.set_draft, me.user, id_, None))


def _answer(service: Service, noted: Noted) -> OwnOffsetView:
    service.publish(noted.changes)
    return OwnOffsetView(noted.offset)
