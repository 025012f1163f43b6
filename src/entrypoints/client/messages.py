"""What a user does with messages: each becomes a request that is sent until it is answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from parlour.entrypoints.client.outbox import UnsentMessage
from parlour.entrypoints.client.sender import FORWARD, Sender


class Messages:
    """Posts, changes and hides messages, also without a connection.

    All of it is harmless to repeat, and sent again until the service has answered. A later change
    of the same thing takes the place of one that is unsent. Messages are named by `seq`.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, conversation: str, text: str, *, reply_to: int | None = None) -> UnsentMessage:
        """Send a text, as a reply to a message where one is given."""
        return self._sender.post(conversation, text, _given(reply_to=reply_to))

    def post(
        self, conversation: str, kind: str, body: Mapping[str, Any], text: str
    ) -> UnsentMessage:
        """Send a message of another kind; *text* is shown of it until it is sent."""
        return self._sender.post(conversation, text, {"kind": kind, "body": body})

    def edit(
        self, conversation: str, seq: int, text: str, *, revision: int | None = None
    ) -> UnsentMessage:
        """Give an own message another text; refused where *revision* is not the present one."""
        fields = {"seq": seq, "body": {"text": text}, **_given(revision=revision)}
        return self._set(conversation, "message.edit", fields, f"edit {seq}", text)

    def recall(self, conversation: str, seq: int) -> UnsentMessage:
        """Take a message back, for everybody."""
        return self._set(conversation, "message.recall", {"seq": seq}, f"recall {seq}")

    def react(self, conversation: str, seq: int, emoji: str, *, on: bool = True) -> UnsentMessage:
        """React to a message, or take the reaction back."""
        fields = {"seq": seq, "emoji": emoji, "on": on}
        return self._set(conversation, "reaction.set", fields, f"reaction {seq} {emoji}", emoji)

    def pin(self, conversation: str, seq: int, *, on: bool = True) -> UnsentMessage:
        """Pin a message to its conversation, or unpin it."""
        return self._set(conversation, "pin.set", {"seq": seq, "on": on}, f"pin {seq}")

    def vote(self, conversation: str, seq: int, options: Sequence[int]) -> UnsentMessage:
        """Vote in a poll for options, counted from 0; none takes the vote back."""
        fields = {"seq": seq, "options": sorted(set(options))}
        return self._set(conversation, "poll.vote", fields, f"vote {seq}")

    def forward(
        self, source: str, seqs: Sequence[int], to: str, *, merged: bool = False
    ) -> UnsentMessage:
        """Send messages on to another conversation, *merged* as a single one."""
        fields = {"from": source, "seqs": list(seqs), **({"merged": True} if merged else {})}
        return self._sender.take(to, FORWARD, fields)

    def hide(self, conversation: str, seqs: Sequence[int]) -> UnsentMessage:
        """Hide messages from this user alone."""
        return self._sender.take(conversation, "message.hide", {"seqs": list(seqs)})

    def clear(self, conversation: str, up_to: int) -> UnsentMessage:
        """Hide all messages up to a `seq` from this user alone."""
        return self._set(conversation, "history.clear", {"up_to": up_to}, "clear")

    def draft(
        self, conversation: str, text: str | None, *, reply_to: int | None = None
    ) -> UnsentMessage:
        """Keep a text that is not sent yet for all devices of this user; None forgets it."""
        fields = {"text": text, **_given(reply_to=reply_to)}
        return self._set(conversation, "draft.set", fields, "draft", text or "")

    def _set(
        self, conversation: str, type_: str, fields: Mapping[str, Any], target: str, text: str = ""
    ) -> UnsentMessage:
        return self._sender.take(conversation, type_, fields, target=target, text=text)


def _given(**fields: int | None) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
