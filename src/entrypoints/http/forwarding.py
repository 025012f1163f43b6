"""Forwarding messages from one conversation to another."""

from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from parlour.domain.access import Identity
from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.messages import ForwardRequest
from parlour.entrypoints.http.admission import count_changes
from parlour.entrypoints.http.documentation import also, answers
from parlour.entrypoints.http.schemas_changes import ForwardedMessagesView, NewForward
from parlour.entrypoints.shell.forwarding import forward
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.wire.views import PlaceView


class ForwardingController(Controller):
    """Messages that are forwarded to a conversation."""

    path = "/conversations/{conversation:uuid}/forward"
    tags = ("Messages",)

    @post(
        operation_id="forward_messages",
        summary="Forward messages to a conversation",
        description="201 for new messages, 200 where this key had forwarded them before.",
        responses=answers("not_found", "idempotency_mismatch", "timeout", "log_damaged", body=True)
        | {200: also(ForwardedMessagesView)},
    )
    async def forward(
        self,
        conversation: FromPath[UUID],
        data: JSONBody[NewForward],
        service: NamedDependency[Service],
        me: NamedDependency[Identity],
    ) -> Response[ForwardedMessagesView]:
        """Post messages of another conversation in this one, each for itself or as one."""
        to = ConversationId(conversation)
        await count_changes(service, me, to, len(data.seqs))
        request = ForwardRequest(
            actor=me.user,
            session=None,
            source=ConversationId(data.from_),
            seqs=data.seqs,
            to=to,
            key=SendKey(data.key),
            merged=data.merged,
        )
        posted = await forward(service, request)
        places = [PlaceView(each.message.seq, each.message.offset) for each in posted]
        is_new = not all(each.replayed for each in posted)
        return Response(ForwardedMessagesView(places), status_code=201 if is_new else 200)
