"""The commands with which members react to a message, pin it, or vote in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs

from parlour.domain.conversations import Changed
from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.commands import MessageBatch
from parlour.domain.messages.emoji import Emoji
from parlour.domain.messages.events import PinSet, PollVoted, ReactionSet
from parlour.domain.messages.life import (
    MAX_EMOJIS,
    MAX_PINS,
    Pin,
    PollClosed,
    TooManyPins,
    TooManyReactions,
)
from parlour.domain.messages.model import Flag


@attrs.frozen
class Reacted:
    """How many users react with this emoji now; `replayed` if nothing changed."""

    offset: int
    count: int
    replayed: bool = False


@attrs.frozen(kw_only=True)
class SetReaction:
    """React to a message with an emoji, or take that back.

    Raises `NotFound` to strangers and for recalled messages, and `TooManyReactions` where the
    message has `MAX_EMOJIS` other emojis.
    """

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    seq: int
    emoji: Emoji
    on: bool

    def prepare(self, batch: MessageBatch) -> None:
        batch.need_message(self.conversation, self.seq, self.actor)
        batch.changes.reactions.need(self._key)

    def decide(self, batch: MessageBatch) -> Reacted:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        changes, head = batch.changes, batch.heads[self.conversation]
        tallies = changes.reactions.of(message.number)
        emoji = self.emoji.value
        if changes.reactions.has(self._key) == self.on:
            count = tallies[emoji].count if emoji in tallies else 0
            return Reacted(head.offset, count, replayed=True)
        if self.on and emoji not in tallies and len(tallies) >= MAX_EMOJIS:
            raise TooManyReactions
        count = changes.reactions.set(self._key, on=self.on, offset=head.offset + 1)
        changes.flag(message, Flag.REACTIONS, on=bool(tallies))
        payload = ReactionSet(seq=self.seq, emoji=emoji, on=self.on, count=count)
        event = batch.append(self.conversation, self.actor, payload)
        return Reacted(event.offset, count)

    @property
    def _key(self) -> tuple[ConversationId, int, str, UserId]:
        return self.conversation, self.seq, self.emoji.value, self.actor


@attrs.frozen(kw_only=True)
class SetPin:
    """Pin a message to its conversation, or unpin it.

    Raises `NotFound` to strangers and for recalled messages, and `TooManyPins`.
    """

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    seq: int
    on: bool

    def prepare(self, batch: MessageBatch) -> None:
        batch.need_message(self.conversation, self.seq, self.actor)
        batch.changes.pins.need(self.conversation)

    def decide(self, batch: MessageBatch) -> Changed:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        changes, head = batch.changes, batch.heads[self.conversation]
        if bool(message.flags & Flag.PINNED) == self.on:
            return Changed(head.offset, replayed=True)
        if self.on and changes.pins.count(self.conversation) >= MAX_PINS:
            raise TooManyPins
        changes.flag(message, Flag.PINNED, on=self.on)
        event = batch.append(self.conversation, self.actor, PinSet(seq=self.seq, on=self.on))
        if self.on:
            changes.pins.add(
                Pin(
                    conversation=self.conversation,
                    seq=self.seq,
                    by=self.actor,
                    at=batch.at,
                    offset=event.offset,
                )
            )
        else:
            changes.pins.remove(message.number)
        return Changed(event.offset)


def _in_order(options: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(options)))


@attrs.frozen(kw_only=True)
class Vote:
    """Choose options of a poll by their index, in the place of an earlier vote.

    No option takes the vote back. Raises `NotFound` to strangers and for recalled polls, `Invalid`
    for what is no poll or no choice of it, and `PollClosed`.
    """

    is_idempotent: ClassVar = True

    actor: UserId
    conversation: ConversationId
    seq: int
    options: tuple[int, ...] = attrs.field(converter=_in_order)

    def prepare(self, batch: MessageBatch) -> None:
        batch.need_message(self.conversation, self.seq, self.actor)
        batch.changes.votes.need(self._key)

    def decide(self, batch: MessageBatch) -> Changed:
        _, message = batch.require_present(self.conversation, self.seq, self.actor)
        if message.content.kind != "poll":
            raise Invalid("is not a poll", field="seq")
        poll, changes = message.content.body, batch.changes
        choices = len(poll["options"])
        if any(not 0 <= each < choices for each in self.options):
            raise Invalid("are not options of this poll", field="options")
        if len(self.options) > 1 and not poll.get("multiple"):
            raise Invalid("must be one: this poll has a single answer", field="options")
        if changes.votes.of(self._key) == self.options:
            return Changed(batch.heads[self.conversation].offset, replayed=True)
        _require_open(poll, batch.at)
        tally = changes.votes.set(self._key, self.options, choices=choices)
        changes.flag(message, Flag.VOTES, on=tally.voters > 0)
        payload = PollVoted(
            seq=self.seq,
            counts=tally.counts,
            voters=tally.voters,
            options=self.options if poll.get("public") else None,
        )
        return Changed(batch.append(self.conversation, self.actor, payload).offset)

    @property
    def _key(self) -> tuple[ConversationId, int, UserId]:
        return self.conversation, self.seq, self.actor


def _require_open(poll: Mapping[str, Any], now: datetime) -> None:
    """Raise `PollClosed` after the closing time."""
    closes_at = poll.get("closes_at")
    if closes_at is not None and now >= datetime.fromisoformat(closes_at):
        raise PollClosed
