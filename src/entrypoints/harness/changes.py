"""What a device can do with messages that were posted."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from parlour.domain.kernel.ids import ConversationId
from parlour.domain.messages import PinSet, ReactionSet
from parlour.entrypoints.harness.node import Frame

MessagePlace = Mapping[str, Any]
"""A message, by `conversation` and `seq`: the answer to `say`, or an event of a message."""


class MessageRequests(ABC):
    """The requests of a device about messages. Each returns its answer, as `ask` does."""

    @abstractmethod
    def ask(self, frame: Frame) -> Frame:
        """Send a request and return its answer."""

    @abstractmethod
    def sync(self, room: ConversationId) -> None:
        """Read what is missing of a conversation."""

    @abstractmethod
    def new_key(self) -> UUID:
        """Return an idempotency key."""

    def edit(
        self, message: MessagePlace, text: str, *, revision: int | None = None, **more: Any
    ) -> Frame:
        """Give a message another text; with *revision*, only if that is the present one."""
        seen = {} if revision is None else {"revision": revision}
        return self._change("message.edit", message, body={"text": text}, **seen, **more)

    def recall(self, message: MessagePlace) -> Frame:
        """Take a message back."""
        return self._change("message.recall", message)

    def react(self, message: MessagePlace, emoji: str) -> Frame:
        """React to a message."""
        return self._change(ReactionSet.KIND, message, emoji=emoji, on=True)

    def unreact(self, message: MessagePlace, emoji: str) -> Frame:
        """Take a reaction back."""
        return self._change(ReactionSet.KIND, message, emoji=emoji, on=False)

    def pin(self, message: MessagePlace) -> Frame:
        """Pin a message to its conversation."""
        return self._change(PinSet.KIND, message, on=True)

    def unpin(self, message: MessagePlace) -> Frame:
        """Unpin a message."""
        return self._change(PinSet.KIND, message, on=False)

    def vote(self, poll: MessagePlace, *options: int) -> Frame:
        """Vote for options of a poll by their index; without any, take the vote back."""
        return self._change("poll.vote", poll, options=list(options))

    def forward(
        self,
        room: ConversationId,
        *messages: MessagePlace,
        merged: bool = False,
        key: UUID | None = None,
    ) -> Frame:
        """Post messages of one conversation in *room*; *merged* makes one message of them."""
        request = {
            "type": "message.forward",
            "from": str(messages[0]["conversation"]),
            "seqs": [each["seq"] for each in messages],
            "to": str(room),
            "key": str(key or self.new_key()),
            "merged": merged,
        }
        answer = self.ask(request)
        self.sync(room)  # the sending socket gets no events of its own messages
        return answer

    def hide(self, *messages: MessagePlace) -> Frame:
        """Hide messages of one conversation from this user alone."""
        seqs = [each["seq"] for each in messages]
        conversation = str(messages[0]["conversation"])
        return self.ask({"type": "message.hide", "conversation": conversation, "seqs": seqs})

    def clear(self, room: ConversationId, up_to: int) -> Frame:
        """Hide everything up to a seq from this user alone."""
        return self.ask({"type": "history.clear", "conversation": str(room), "up_to": up_to})

    def draft(
        self, room: ConversationId, text: str | None, *, reply_to: int | None = None
    ) -> Frame:
        """Keep a text that is not sent yet for all devices of this user; None removes it."""
        draft = {"text": text, **({} if reply_to is None else {"reply_to": reply_to})}
        return self.ask({"type": "draft.set", "conversation": str(room), **draft})

    def _change(self, type_: str, message: MessagePlace, **fields: Any) -> Frame:
        place = {"conversation": str(message["conversation"]), "seq": message["seq"]}
        return self.ask({"type": type_, **place, **fields})
