"""Read marks, receipts and settings of a conversation."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET

from parlour.domain.access import Identity
from parlour.domain.conversations import UNCHANGED, ConversationSettings
from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import Mark
from parlour.entrypoints.http.documentation import CURSOR, answers, at_most
from parlour.entrypoints.http.schemas import SettingsChange
from parlour.entrypoints.http.schemas_messages import (
    ReadMark,
    ReceiptsView,
    ReceivedMark,
    SeqView,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.views import HeadView, ReceiptView, view_head


class MarksController(Controller):
    """Marks, receipts and the caller's settings of a conversation."""

    path = "/conversations/{conversation:uuid}"
    tags = ("Messages",)

    @put(
        "/read",
        operation_id="mark_read",
        summary="Say up to where one has read",
        responses=answers("not_found", body=True),
    )
    async def read(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[ReadMark],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> SeqView:
        """Move the read mark forward; it never moves back."""
        id_ = ConversationId(conversation)
        mark = Mark(conversation=id_, user=me.user, read=data.seq, private=data.private)
        return SeqView(await service.mark(mark))

    @put(
        "/received",
        operation_id="mark_received",
        summary="Say up to where one has received",
        status_code=204,
        responses=answers("not_found", body=True),
    )
    async def received(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[ReceivedMark],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> None:
        """Move the received mark forward; it never moves back."""
        id_ = ConversationId(conversation)
        await service.mark(Mark(conversation=id_, user=me.user, received=data.seq))

    @get(
        "/receipts",
        operation_id="list_receipts",
        summary="See who has received and read",
        responses=answers("not_found", "invalid"),
    )
    async def receipts(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        seq: Annotated[int, QueryParameter(description="Who has received this message.")] = 0,
        limit: Annotated[int | None, at_most(100, default=100)] = None,
        cursor: Annotated[str | None, CURSOR] = None,
    ) -> ReceiptsView:
        """List the members who received a message; a page may be short and still have a next."""
        id_ = ConversationId(conversation)
        page = await service.run(
            service.use.list_receipts, me.user, id_, seq=seq, cursor=cursor, limit=limit
        )
        receipts = [ReceiptView(each.user, each.received, each.read) for each in page.members]
        return ReceiptsView(receipts, page.next)

    @patch(
        "/settings",
        operation_id="change_settings",
        summary="Mute, pin or mark as unread for oneself",
        responses=answers("not_found", body=True),
    )
    async def settings(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[SettingsChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> HeadView:
        """Mute, pin or mark as unread on all devices of the caller; nobody else sees it."""
        id_ = ConversationId(conversation)
        until, pinned, unread = data.muted_until, data.pinned, data.marked_unread
        settings = ConversationSettings(
            muted_until=UNCHANGED if until is UNSET else _moment(until),
            pinned=UNCHANGED if pinned is UNSET else pinned,
            marked_unread=UNCHANGED if unread is UNSET else unread,
        )
        service.publish(await service.run(service.use.change_settings, me.user, id_, settings))
        return view_head(await service.run(service.use.get_head, me.user, id_))


def _moment(at: datetime | None) -> datetime | None:
    """Return a time in UTC; raise `Invalid` if no database can store it."""
    if at is None:
        return None
    if not 2000 <= at.year <= 9998:
        raise Invalid("is not a time between the years 2000 and 9998", field="muted_until")
    return at.astimezone(UTC)
