"""The frames that ask for a durable command: how each becomes one, and its result the answer."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.messages import Content, Posted, PostMessage
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.wire.attachments import refuse_attachments
from parlour.entrypoints.wire.views import posted_fields


@attrs.frozen
class CommandFrame:
    """What is to be done with frames of one type.

    `command` makes the command that a socket asks for; it raises refusals of what cannot be read.
    `answer` makes the answer to a frame from the result of its command.
    """

    command: Callable[[Connection, Any], DurableCommand[Any]]
    answer: Callable[[Any, Any], frames.Answer]


def _post(connection: Connection, frame: frames.MessageSend) -> PostMessage:
    refuse_attachments(frame.attachments)
    return PostMessage(
        conversation=ConversationId(frame.conversation),
        sender=connection.user,
        session=connection.session,
        key=SendKey(frame.key),
        content=Content.parse(
            kind=frame.kind,
            body=frame.body,
            reply_to=frame.reply_to,
            mentions=frame.mentions,
        ),
    )


def _posted(frame: frames.MessageSend, posted: Posted) -> frames.Sent:
    return frames.Sent(id=frame.id, **posted_fields(posted))


COMMAND_FRAMES: Mapping[type, CommandFrame] = {
    frames.MessageSend: CommandFrame(_post, _posted),
}
"""Every frame that asks for a command. Their order on a socket holds whatever their types."""
