"""The frames that ask for a durable command: how each becomes one, and its result the answer."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from parlour.domain.conversations import Changed
from parlour.domain.kernel.ids import ConversationId, SendKey
from parlour.domain.messages import (
    Content,
    Edited,
    EditMessage,
    Posted,
    PostMessage,
    Reacted,
    RecallMessage,
    SetPin,
    SetReaction,
    Vote,
)
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.wire.attachments import refuse_attachments
from parlour.entrypoints.wire.emoji import read_emoji
from parlour.entrypoints.wire.views import posted_fields


@attrs.frozen
class CommandFrame:
    """What is to be done with frames of one type.

    `command` makes the command that a socket asks for; it raises refusals of what cannot be read.
    `answer` makes the answer to a frame from the result of its command.
    """

    command: Callable[[Connection, Any], DurableCommand[Any]]
    answer: Callable[[Any, Any], frames.Answer]


def command_frames(service: Service) -> Mapping[type, CommandFrame]:
    """Return every frame that asks for a command. Their order on a socket holds across types."""

    def post(connection: Connection, frame: frames.MessageSend) -> PostMessage:
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
                kinds=service.use.kinds,
            ),
        )

    def react(connection: Connection, frame: frames.SetReaction) -> SetReaction:
        return SetReaction(
            actor=connection.user,
            conversation=ConversationId(frame.conversation),
            seq=frame.seq,
            emoji=read_emoji(
                frame.emoji, service.settings.messages.custom_emojis, is_new=frame.on
            ),
            on=frame.on,
        )

    return {
        frames.MessageSend: CommandFrame(post, _posted),
        frames.MessageEdit: CommandFrame(_edit, _edited),
        frames.MessageRecall: CommandFrame(_recall, _changed),
        frames.SetReaction: CommandFrame(react, _reacted),
        frames.SetPin: CommandFrame(_pin, _changed),
        frames.PollVote: CommandFrame(_vote, _changed),
    }


def _edit(connection: Connection, frame: frames.MessageEdit) -> EditMessage:
    return EditMessage(
        actor=connection.user,
        conversation=ConversationId(frame.conversation),
        seq=frame.seq,
        content=Content.parse(body=frame.body, mentions=frame.mentions),
        seen_revision=frame.revision,
    )


def _recall(connection: Connection, frame: frames.MessageRecall) -> RecallMessage:
    return RecallMessage(
        actor=connection.user, conversation=ConversationId(frame.conversation), seq=frame.seq
    )


def _pin(connection: Connection, frame: frames.SetPin) -> SetPin:
    return SetPin(
        actor=connection.user,
        conversation=ConversationId(frame.conversation),
        seq=frame.seq,
        on=frame.on,
    )


def _vote(connection: Connection, frame: frames.PollVote) -> Vote:
    return Vote(
        actor=connection.user,
        conversation=ConversationId(frame.conversation),
        seq=frame.seq,
        options=tuple(frame.options),
    )


def _posted(frame: frames.MessageSend, posted: Posted) -> frames.Sent:
    return frames.Sent(id=frame.id, **posted_fields(posted))


def _edited(frame: frames.MessageEdit, edited: Edited) -> frames.Edited:
    return frames.Edited(
        id=frame.id, offset=edited.offset, revision=edited.revision, replayed=edited.replayed
    )


def _reacted(frame: frames.SetReaction, reacted: Reacted) -> frames.Reacted:
    return frames.Reacted(
        id=frame.id, offset=reacted.offset, count=reacted.count, replayed=reacted.replayed
    )


def _changed(frame: frames.Request, changed: Changed) -> frames.Changed:
    return frames.Changed(id=frame.id, offset=changed.offset, replayed=changed.replayed)
