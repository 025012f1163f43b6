"""Posting, reading, editing and recalling messages."""

import re
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from parlour.domain.access import Identity
from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.messages import Content, EditMessage, PageWindow, PostMessage, RecallMessage
from parlour.entrypoints.http.admission import count_changes
from parlour.entrypoints.http.documentation import also, answers, at_most
from parlour.entrypoints.http.problems import BadRequest
from parlour.entrypoints.http.schemas_changes import ChangedView, EditedView, MessageChange
from parlour.entrypoints.http.schemas_messages import MessagesView, NewMessage
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.attachments import refuse_attachments
from parlour.entrypoints.wire.views import MessageView, PostedView, posted_fields, view_seen

Key = Annotated[
    UUID,
    HeaderParameter(
        name="Idempotency-Key",
        description="The key of the send. The same key again gives the same message, for ever.",
    ),
]


_NUMBERS = re.compile(r"[1-9][0-9]{0,15}(?:,[1-9][0-9]{0,15})*")


class MessagesController(Controller):
    """The messages of a conversation."""

    path = "/conversations/{conversation:uuid}/messages"
    tags = ("Messages",)

    @get(
        operation_id="list_messages",
        summary="Read a page of messages",
        description=(
            "The newest page without a position; at most one position at a time. `seqs` asks for "
            "single messages instead; those that the caller does not see are left out."
        ),
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
        seqs: Annotated[
            str | None, QueryParameter(description="At most 50 numbers, such as `1,5,9`.")
        ] = None,
        limit: Annotated[int | None, at_most(100, default=50)] = None,
    ) -> MessagesView:
        """Read a page of messages, or those with the given numbers, ordered by seq."""
        where = PageWindow(before=before, after=after, around=around)
        id_ = ConversationId(conversation)
        if seqs is not None:
            if where != PageWindow():
                raise Invalid("cannot be combined with a position", field="seqs")
            found = await service.run(service.use.get_messages, me.user, id_, _numbers(seqs))
        else:
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
        await count_changes(service, me, id_)
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

    @patch(
        "/{seq:str}",
        operation_id="edit_message",
        summary="Give a message another text",
        description="A `conflict` has the present message where it is not the one that was seen.",
        responses=answers(
            "not_found", "forbidden", "conflict", "timeout", "log_damaged", body=True
        ),
    )
    async def edit(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        data: JSONBody[MessageChange],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> EditedView:
        """Give one's own message another text, for a while after it was posted."""
        id_ = ConversationId(conversation)
        await count_changes(service, me, id_)
        edited = await service.execute(
            EditMessage(
                actor=me.user,
                conversation=id_,
                seq=seq,
                content=Content.parse(body=data.body, mentions=data.mentions),
                seen_revision=data.revision,
            )
        )
        return EditedView(edited.offset, edited.revision, edited.replayed)

    @delete(
        "/{seq:str}",
        operation_id="recall_message",
        summary="Take a message back",
        status_code=200,
        responses=answers("not_found", "forbidden", "timeout", "log_damaged"),
    )
    async def recall(
        self,
        conversation: FromPath[UUID],
        seq: FromPath[int],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> ChangedView:
        """Take a message back on every device: one's own for a while, any as owner or admin."""
        id_ = ConversationId(conversation)
        await count_changes(service, me, id_)
        changed = await service.execute(RecallMessage(actor=me.user, conversation=id_, seq=seq))
        return ChangedView(changed.offset, changed.replayed)


def _numbers(raw: str) -> list[int]:
    """Return the numbers of a list such as `1,5,9`; raise `BadRequest` for any other text."""
    if not _NUMBERS.fullmatch(raw):
        raise BadRequest("is not a list of whole numbers such as 1,5,9", field="seqs")
    return [int(each) for each in raw.split(",")]
