"""Posting and reading messages, read marks, receipts and settings of a conversation."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter
from msgspec import UNSET

from parlour.domain.access import Identity
from parlour.domain.conversations import UNCHANGED, ConversationSettings
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.messages import Content, Mark, PageWindow, PostMessage
from parlour.entrypoints.http.documentation import CURSOR, also, answers, at_most
from parlour.entrypoints.http.schemas import SettingsChange
from parlour.entrypoints.http.schemas_messages import (
    MessagesView,
    NewMessage,
    ReadMark,
    ReceiptsView,
    ReceivedMark,
    SeqView,
)
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.attachments import refuse_attachments
from parlour.entrypoints.wire.views import (
    HeadView,
    MessageView,
    PostedView,
    ReceiptView,
    posted_fields,
    view_head,
    view_seen,
)

Key = Annotated[
    UUID,
    HeaderParameter(
        name="Idempotency-Key",
        description="The key of the send. The same key again gives the same message, for ever.",
    ),
]


class MessagesController(Controller):
    """The messages of a conversation."""

    path = "/conversations/{conversation:uuid}/messages"
    tags = ("Messages",)

    @get(
        operation_id="list_messages",
        summary="Read a page of messages",
        description="The newest page without a position; at most one position at a time.",
        responses=answers("not_found", "invalid"),
    )
    async def page(
        self,
        conversation: FromPath[UUID],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
        *,
        before: Annotated[int | None, QueryParameter(description="Older than this seq.")] = None,
        after: Annotated[int | None, QueryParameter(description="Newer than this seq.")] = None,
        around: Annotated[int | None, QueryParameter(description="Around this seq.")] = None,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
    ) -> MessagesView:
        """Read a page of messages, ordered by seq."""
        where = PageWindow(before=before, after=after, around=around)
        id_ = ConversationId(conversation)
        found = await service.run(service.use.page_history, me.user, id_, where, limit)
        messages = [view_seen(seen) for seen in found.messages]
        return MessagesView(messages, found.more_before, found.more_after, found.as_of)

    @get(
        "/{seq:str}",
        operation_id="get_message",
        summary="Read one message",
        responses=answers("not_found"),
    )
    async def show(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> MessageView:
        """Read one message by its seq."""
        id_ = ConversationId(conversation)
        return view_seen(await service.run(service.use.get_message, me.user, id_, seq))

    @post(
        operation_id="post_message",
        summary="Say something",
        description="201 for a new message, 200 where this key had posted it before.",
        responses=answers(
            "not_found",
            "idempotency_mismatch",
            "unsupported_kind",
            "timeout",
            "log_damaged",
            body=True,
        )
        | {200: also(PostedView)},
    )
    async def post(
        self,
        conversation: FromPath[UUID],
        key: Key,
        data: JSONBody[NewMessage],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> Response[PostedView]:
        """Post a message; the answer comes after the commit."""
        id_ = ConversationId(conversation)
        service.limits.message(me.user.hex)
        if not await service.run(service.use.filter_members, id_, [me.user]):
            raise NotFound
        service.limits.conversation_message(id_.hex)
        refuse_attachments(data.attachments)
        content = Content.parse(
            body=data.body,
            kind=data.kind,
            reply_to=data.reply_to,
            mentions=data.mentions,
            kinds=service.use.kinds,
        )
        posted = await service.execute(
            PostMessage(
                conversation=id_, sender=me.user, session=None, key=SendKey(key), content=content
            )
        )
        return Response(
            PostedView(**posted_fields(posted)), status_code=200 if posted.replayed else 201
        )


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
