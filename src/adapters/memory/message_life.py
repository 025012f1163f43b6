"""What happens to messages after they were posted, in memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from parlour.adapters.memory.transaction import UndoLog
from parlour.domain.conversations import Membership
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MAX_REVISIONS,
    Draft,
    DraftStore,
    HiddenKey,
    HiddenStore,
    MessageNumber,
    Pin,
    PinStore,
    Reaction,
    ReactionKey,
    ReactionStore,
    ReactionTally,
    Revision,
    RevisionStore,
    VoteKey,
    VoteStore,
    VoteTally,
)


class MemoryReactionStore(ReactionStore):
    """Reactions by message, emoji and user, and tallies by message and emoji."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._reactions: dict[MessageNumber, dict[tuple[bytes, UserId], Reaction]] = {}
        self._order: dict[MessageNumber, list[tuple[bytes, UserId]]] = {}
        self._tallies: dict[MessageNumber, dict[str, ReactionTally]] = {}

    def tallies(
        self, messages: Collection[MessageNumber]
    ) -> Mapping[MessageNumber, Sequence[ReactionTally]]:
        return {
            number: sorted(found.values(), key=lambda tally: tally.since)
            for number in messages
            if (found := self._tallies.get(number))
        }

    def held(self, reactions: Collection[ReactionKey]) -> set[ReactionKey]:
        return {
            key
            for key in reactions
            if (key[2].encode(), key[3]) in self._reactions.get(key[:2], {})
        }

    def add(self, reactions: Sequence[Reaction]) -> None:
        for reaction in reactions:
            number = (reaction.conversation, reaction.seq)
            key = (reaction.emoji.encode(), reaction.user)
            if number not in self._reactions:
                self._undo_log.put(self._reactions, number, {})
                self._undo_log.put(self._order, number, [])
            self._undo_log.put(self._reactions[number], key, reaction)
            self._undo_log.insert(self._order[number], key)

    def remove(self, reactions: Collection[ReactionKey]) -> None:
        for conversation, seq, emoji, user in reactions:
            number, key = (conversation, seq), (emoji.encode(), user)
            if key in self._reactions.get(number, {}):
                self._undo_log.drop(self._reactions[number], key)
                order = self._order[number]
                self._undo_log.delete(order, bisect_left(order, key))

    def save_tallies(self, tallies: Sequence[ReactionTally]) -> None:
        for tally in tallies:
            number = (tally.conversation, tally.seq)
            if number not in self._tallies:
                self._undo_log.put(self._tallies, number, {})
            kept = self._tallies[number]
            if tally.count:
                self._undo_log.put(kept, tally.emoji, tally)
            elif tally.emoji in kept:
                self._undo_log.drop(kept, tally.emoji)

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        for number in messages:
            if number in self._reactions:
                self._undo_log.drop(self._reactions, number)
                self._undo_log.drop(self._order, number)
            if number in self._tallies:
                self._undo_log.drop(self._tallies, number)

    def page(
        self,
        conversation: ConversationId,
        seq: int,
        *,
        emoji: str | None,
        after: tuple[str, UserId] | None,
        limit: int,
    ) -> list[Reaction]:
        number = (conversation, seq)
        order = self._order.get(number, [])
        start = bisect_right(order, (after[0].encode(), after[1])) if after else 0
        kept = self._reactions.get(number, {})
        found = (kept[key] for key in islice(order, start, None))
        return list(islice((each for each in found if emoji in {None, each.emoji}), limit))


class MemoryPinStore(PinStore):
    """The pins of each conversation."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._pins: dict[ConversationId, dict[int, Pin]] = {}

    def of(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Sequence[Pin]]:
        return {
            id_: sorted(found.values(), key=lambda pin: pin.offset)
            for id_ in conversations
            if (found := self._pins.get(id_))
        }

    def add(self, pins: Sequence[Pin]) -> None:
        for pin in pins:
            if pin.conversation not in self._pins:
                self._undo_log.put(self._pins, pin.conversation, {})
            self._undo_log.put(self._pins[pin.conversation], pin.seq, pin)

    def remove(self, messages: Collection[MessageNumber]) -> None:
        for conversation, seq in messages:
            kept = self._pins.get(conversation, {})
            if seq in kept:
                self._undo_log.drop(kept, seq)


class MemoryVoteStore(VoteStore):
    """Votes by voter, and results by poll."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._votes: dict[MessageNumber, dict[UserId, tuple[int, ...]]] = {}
        self._tallies: dict[MessageNumber, VoteTally] = {}

    def tallies(self, messages: Collection[MessageNumber]) -> Mapping[MessageNumber, VoteTally]:
        kept = self._tallies
        return {number: kept[number] for number in messages if number in kept}

    def cast(self, votes: Collection[VoteKey]) -> Mapping[VoteKey, tuple[int, ...]]:
        found = ((key, self._votes.get(key[:2], {}).get(key[2])) for key in votes)
        return {key: options for key, options in found if options is not None}

    def save(self, votes: Mapping[VoteKey, tuple[int, ...]]) -> None:
        for (conversation, seq, user), options in votes.items():
            number = (conversation, seq)
            if number not in self._votes:
                self._undo_log.put(self._votes, number, {})
            kept = self._votes[number]
            if options:
                self._undo_log.put(kept, user, options)
            elif user in kept:
                self._undo_log.drop(kept, user)

    def save_tallies(self, tallies: Sequence[VoteTally]) -> None:
        for tally in tallies:
            number = (tally.conversation, tally.seq)
            if tally.voters:
                self._undo_log.put(self._tallies, number, tally)
            elif number in self._tallies:
                self._undo_log.drop(self._tallies, number)

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        for number in messages:
            if number in self._votes:
                self._undo_log.drop(self._votes, number)
            if number in self._tallies:
                self._undo_log.drop(self._tallies, number)


class MemoryRevisionStore(RevisionStore):
    """The earlier contents of each message, in order."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._revisions: dict[MessageNumber, list[Revision]] = {}

    def add(self, revisions: Sequence[Revision]) -> None:
        for revision in revisions:
            number = (revision.conversation, revision.seq)
            if number not in self._revisions:
                self._undo_log.put(self._revisions, number, [])
            kept = self._revisions[number]
            self._undo_log.insert(kept, revision, lambda each: each.revision)
            if len(kept) > MAX_REVISIONS:
                self._undo_log.delete(kept, 0)

    def page(self, conversation: ConversationId, seq: int, limit: int) -> list[Revision]:
        return self._revisions.get((conversation, seq), [])[::-1][:limit]

    def remove_all(self, messages: Collection[MessageNumber]) -> None:
        for number in messages:
            if number in self._revisions:
                self._undo_log.drop(self._revisions, number)


class MemoryDraftStore(DraftStore):
    """The drafts of each user, by conversation."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._drafts: dict[UserId, dict[ConversationId, Draft]] = {}

    def put(self, draft: Draft) -> None:
        if draft.user not in self._drafts:
            self._undo_log.put(self._drafts, draft.user, {})
        self._undo_log.put(self._drafts[draft.user], draft.conversation, draft)

    def remove(self, user: UserId, conversation: ConversationId) -> None:
        kept = self._drafts.get(user, {})
        if conversation in kept:
            self._undo_log.drop(kept, conversation)

    def find(self, drafts: Collection[Membership]) -> Mapping[Membership, Draft]:
        found = ((key, self._drafts.get(key[1], {}).get(key[0])) for key in drafts)
        return {key: draft for key, draft in found if draft is not None}

    def count(self, user: UserId) -> int:
        return len(self._drafts.get(user, {}))


class MemoryHiddenStore(HiddenStore):
    """The hidden messages of each user."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._hidden: dict[UserId, set[MessageNumber]] = {}

    def add(self, user: UserId, messages: Collection[MessageNumber]) -> None:
        if user not in self._hidden:
            self._undo_log.put(self._hidden, user, set())
        kept = self._hidden[user]
        for number in set(messages) - kept:
            self._undo_log.include(kept, number)

    def held(self, hidden: Collection[HiddenKey]) -> set[HiddenKey]:
        return {
            (user, room, seq)
            for user, room, seq in hidden
            if (room, seq) in self._hidden.get(user, ())
        }

    def among(self, user: UserId, messages: Collection[MessageNumber]) -> set[MessageNumber]:
        return self._hidden.get(user, set()) & set(messages)
