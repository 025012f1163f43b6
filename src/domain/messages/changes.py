"""What a batch needs to change messages: loaded with one query a store, written with one.

A batch of plain posts never makes a `MessageChanges`.
"""

from collections.abc import Iterable
from datetime import datetime

import attrs

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages.life import (
    Pin,
    Reaction,
    ReactionKey,
    ReactionTally,
    Revision,
    VoteKey,
    VoteTally,
)
from parlour.domain.messages.life_ports import PinStore, ReactionStore, VoteStore
from parlour.domain.messages.model import Flag, Message, MessageNumber
from parlour.domain.messages.ports import Stores


class ReactionChanges:
    """Reactions and their tallies, as the commands of a batch leave them."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._needed: set[ReactionKey] = set()
        self._held: set[ReactionKey] = set()
        self._loaded: frozenset[ReactionKey] = frozenset()
        self._tallies: dict[MessageNumber, dict[str, ReactionTally]] = {}
        self._changed: set[tuple[MessageNumber, str]] = set()

    def need(self, key: ReactionKey) -> None:
        """Load one reaction, and the tallies of its message."""
        self._needed.add(key)

    def load(self, store: ReactionStore) -> None:
        """Load what is needed."""
        if not self._needed:
            return
        self._loaded = frozenset(store.held(self._needed))
        self._held.update(self._loaded)
        found = store.tallies({(conversation, seq) for conversation, seq, _, _ in self._needed})
        for number, tallies in found.items():
            self._tallies[number] = {each.emoji: each for each in tallies}

    def has(self, key: ReactionKey) -> bool:
        """Return whether the user reacts like this."""
        return key in self._held

    def of(self, number: MessageNumber) -> dict[str, ReactionTally]:
        """Return the tallies of a message, by emoji."""
        return self._tallies.setdefault(number, {})

    def set(self, key: ReactionKey, *, on: bool, offset: int) -> int:
        """Record that a user reacts, or does not any more; return the new count."""
        conversation, seq, emoji, user = key
        tallies = self.of((conversation, seq))
        if on:
            self._held.add(key)
            known = tallies.get(emoji) or ReactionTally(
                conversation=conversation, seq=seq, emoji=emoji, count=0, users=(), since=offset
            )
            tally = known.plus(user)
        else:
            self._held.discard(key)
            tally = tallies[emoji].minus(user)
        if tally.count:
            tallies[emoji] = tally
        else:
            del tallies[emoji]
        self._changed.add(((conversation, seq), emoji))
        return tally.count

    def save(self, store: ReactionStore) -> None:
        """Write what changed."""
        added = sorted(self._held - self._loaded)
        if added:
            store.add(
                [
                    Reaction(
                        conversation=conversation, seq=seq, emoji=emoji, user=user, at=self._at
                    )
                    for conversation, seq, emoji, user in added
                ]
            )
        if removed := self._loaded - self._held:
            store.remove(removed)
        if self._changed:
            store.save_tallies([self._now(*each) for each in sorted(self._changed)])

    def _now(self, number: MessageNumber, emoji: str) -> ReactionTally:
        conversation, seq = number
        return self.of(number).get(emoji) or ReactionTally(
            conversation=conversation, seq=seq, emoji=emoji, count=0, users=(), since=0
        )


class PinChanges:
    """The pins of conversations, as the commands of a batch leave them."""

    def __init__(self) -> None:
        self._needed: set[ConversationId] = set()
        self._loaded: frozenset[MessageNumber] = frozenset()
        self._pins: dict[MessageNumber, Pin] = {}
        self._added: set[MessageNumber] = set()

    def need(self, conversation: ConversationId) -> None:
        """Load the pins of a conversation."""
        self._needed.add(conversation)

    def load(self, store: PinStore) -> None:
        """Load what is needed."""
        if self._needed:
            for pins in store.of(self._needed).values():
                self._pins.update(((pin.conversation, pin.seq), pin) for pin in pins)
            self._loaded = frozenset(self._pins)

    def count(self, conversation: ConversationId) -> int:
        """Return how many messages of a conversation are pinned."""
        return sum(pinned == conversation for pinned, _ in self._pins)

    def add(self, pin: Pin) -> None:
        """Record a pin."""
        number = (pin.conversation, pin.seq)
        self._pins[number] = pin
        self._added.add(number)

    def remove(self, number: MessageNumber) -> None:
        """Record that a message is not pinned any more."""
        self._pins.pop(number, None)
        self._added.discard(number)

    def save(self, store: PinStore) -> None:
        """Write what changed."""
        removed = {each for each in self._loaded if each not in self._pins or each in self._added}
        if removed:
            store.remove(removed)
        if self._added:
            store.add([self._pins[each] for each in sorted(self._added)])


class VoteChanges:
    """Votes and the results of polls, as the commands of a batch leave them."""

    def __init__(self) -> None:
        self._needed: set[VoteKey] = set()
        self._votes: dict[VoteKey, tuple[int, ...]] = {}
        self._tallies: dict[MessageNumber, VoteTally] = {}
        self._changed: set[VoteKey] = set()

    def need(self, key: VoteKey) -> None:
        """Load one vote, and the result of its poll."""
        self._needed.add(key)

    def load(self, store: VoteStore) -> None:
        """Load what is needed."""
        if self._needed:
            self._votes.update(store.cast(self._needed))
            self._tallies.update(store.tallies({(room, seq) for room, seq, _ in self._needed}))

    def of(self, key: VoteKey) -> tuple[int, ...]:
        """Return the options that a user chose; none for who did not vote."""
        return self._votes.get(key, ())

    def set(self, key: VoteKey, options: tuple[int, ...], *, choices: int) -> VoteTally:
        """Record a vote in a poll of so many *choices*; return the new result."""
        conversation, seq, _ = number = key
        empty = VoteTally(conversation=conversation, seq=seq, counts=(0,) * choices, voters=0)
        known = self._tallies.get(number[:2], empty)
        tally = self._tallies[conversation, seq] = known.moved(self.of(key), options)
        self._votes[key] = options
        self._changed.add(key)
        return tally

    def save(self, store: VoteStore) -> None:
        """Write what changed."""
        if self._changed:
            store.save({key: self._votes[key] for key in sorted(self._changed)})
            polls = sorted({(room, seq) for room, seq, _ in self._changed})
            store.save_tallies([self._tallies[poll] for poll in polls])


@attrs.frozen
class ContentChange:
    """A message before and after it was edited or recalled."""

    before: Message
    after: Message


class MessageChanges:
    """The messages that the commands of a batch change, and what is stored beside them."""

    def __init__(self, at: datetime) -> None:
        self.reactions = ReactionChanges(at)
        self.pins = PinChanges()
        self.votes = VoteChanges()
        self._needed: set[MessageNumber] = set()
        self._before: dict[MessageNumber, Message] = {}
        self._now: dict[MessageNumber, Message] = {}
        self._revisions: list[Revision] = []
        self._recalled: dict[MessageNumber, Message] = {}

    def need(self, conversation: ConversationId, seq: int) -> None:
        """Load a message."""
        self._needed.add((conversation, seq))

    def load(self, stores: Stores) -> None:
        """Load what is needed."""
        self._before.update(stores.messages.find_many(self._needed))
        self._now.update(self._before)
        self.reactions.load(stores.reactions)
        self.pins.load(stores.pins)
        self.votes.load(stores.votes)

    def post(self, message: Message) -> None:
        """Take a message that the batch posts: later commands may change it."""
        self._before[message.number] = self._now[message.number] = message

    def find(self, conversation: ConversationId, seq: int) -> Message | None:
        """Return a message as the commands before left it."""
        return self._now.get((conversation, seq))

    def edit(self, message: Message) -> None:
        """Record another content of a message; the former one is kept as a revision."""
        former = self._now[message.number]
        self._revisions.append(
            Revision(
                conversation=former.conversation,
                seq=former.seq,
                revision=former.revision,
                at=former.edited_at or former.at,
                kind=former.content.kind,
                body=former.content.body,
            )
        )
        self._now[message.number] = message

    def flag(self, message: Message, flag: int, *, on: bool) -> None:
        """Record what is stored beside a message."""
        self._now[message.number] = message.flagged(flag, on=on)

    def recall(self, message: Message, by: UserId, at: datetime) -> None:
        """Record that nothing of a message is left."""
        self._recalled[message.number] = message
        self.pins.remove(message.number)
        self._now[message.number] = message.without_content(by, at)

    @property
    def contents(self) -> list[ContentChange]:
        """The messages whose content changed: what is beside them may have, too."""
        return [
            ContentChange(before, self._now[number])
            for number, before in sorted(self._before.items())
            if self._now[number].content is not before.content
        ]

    def save(self, stores: Stores) -> None:
        """Write what changed; what belongs to recalled messages is deleted last."""
        changed = [
            (before, self._now[number])
            for number, before in sorted(self._before.items())
            if self._now[number] is not before
        ]
        if changed:
            stores.messages.save(changed)
        if self._revisions:
            stores.revisions.add(self._revisions)
        self.reactions.save(stores.reactions)
        self.pins.save(stores.pins)
        self.votes.save(stores.votes)
        if self._recalled:
            self._delete_recalled(stores)

    def _delete_recalled(self, stores: Stores) -> None:
        recalled = self._recalled.values()
        if edited := [each.number for each in recalled if each.revision > 1]:
            stores.revisions.remove_all(edited)
        if reacted := _with(Flag.REACTIONS, recalled):
            stores.reactions.remove_all(reacted)
        if pinned := _with(Flag.PINNED, recalled):
            stores.pins.remove(pinned)
        if voted := _with(Flag.VOTES, recalled):
            stores.votes.remove_all(voted)


def _with(flag: int, messages: Iterable[Message]) -> list[MessageNumber]:
    return [each.number for each in messages if each.flags & flag]
