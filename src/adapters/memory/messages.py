"""Messages in memory."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter

import attrs

from parlour.adapters.memory.conversations import MemoryConversationStore, MemoryMemberStore
from parlour.adapters.memory.message_life import (
    MemoryHiddenStore,
    MemoryReactionStore,
    MemoryVoteStore,
)
from parlour.adapters.memory.transaction import UndoLog
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.conversations import LogPosition, Membership
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MemberHandle,
    MentionQuery,
    Message,
    MessageDetails,
    MessageNumber,
    MessageStore,
    ReactionSummary,
    SendContext,
    SendIdentity,
    UnreadParts,
    VoteSummary,
)

_SEQ = attrgetter("seq")


@attrs.frozen
class MemoryPeople:
    """The stores of those who send messages and are mentioned in them."""

    users: MemoryUserStore
    conversations: MemoryConversationStore
    members: MemoryMemberStore


@attrs.frozen
class MemoryDetails:
    """The stores of what is beside messages."""

    reactions: MemoryReactionStore
    votes: MemoryVoteStore
    hidden: MemoryHiddenStore


class MemoryMessageStore(MessageStore):
    """The messages of each conversation in order, and by key, by sender and by who is mentioned.

    Seqs are sorted lists, one for each sender and one for each mentioned user, so that counting
    those after a seq is one binary search. Empty lists may remain.
    """

    def __init__(self, undo_log: UndoLog, people: MemoryPeople, details: MemoryDetails) -> None:
        self._undo_log = undo_log
        self._people = people
        self._details = details
        self._logs: defaultdict[ConversationId, list[Message]] = defaultdict(list)
        self._sent: dict[SendIdentity, Message] = {}
        self._own: defaultdict[tuple[ConversationId, UserId], list[int]] = defaultdict(list)
        # Messages that mention everyone are under None only.
        self._mentions: defaultdict[tuple[ConversationId, UserId | None], list[Message]]
        self._mentions = defaultdict(list)
        self._recalled: defaultdict[ConversationId, list[Message]] = defaultdict(list)

    def add(self, messages: Sequence[Message]) -> None:
        undo_log = self._undo_log
        for message in messages:
            conversation, sender = message.conversation, message.sender
            identity = (conversation, sender, message.key)
            if not undo_log.claim(self._sent, identity, message):
                raise AlreadyExists
            log = self._logs[conversation]
            if log and log[-1].seq >= message.seq and self._find(conversation, message.seq):
                raise AlreadyExists
            undo_log.insert(log, message, _SEQ)
            undo_log.insert(self._own[conversation, sender], message.seq)
            for user in _mentioned(message):
                undo_log.insert(self._mentions[conversation, user], message, _SEQ)

    def save(self, changes: Sequence[tuple[Message, Message]]) -> None:
        undo_log = self._undo_log
        for before, now in changes:
            conversation = now.conversation
            log = self._logs[conversation]
            undo_log.replace(log, bisect_left(log, now.seq, key=_SEQ), now)
            undo_log.put(self._sent, (conversation, now.sender, now.key), now)
            for user in _mentioned(before):
                mentions = self._mentions[conversation, user]
                undo_log.delete(mentions, bisect_left(mentions, now.seq, key=_SEQ))
            for user in _mentioned(now):
                undo_log.insert(self._mentions[conversation, user], now, _SEQ)
            if now.recalled and not before.recalled:
                undo_log.insert(self._recalled[conversation], now, _SEQ)

    def lock_for(
        self, sends: Collection[SendIdentity], mentions: MentionQuery | None = None
    ) -> SendContext:
        rooms = self._people.conversations.lock({conversation for conversation, _, _ in sends})
        members = self._people.members.find({(room, sender) for room, sender, _ in sends})
        sent = self._sent
        return SendContext(
            {
                id_: LogPosition(each.seq, each.offset, each.changed_at)
                for id_, each in rooms.items()
            },
            {key: member.since_seq for key, member in members.items()},
            {send: sent[send] for send in sends if send in sent},
            self._named(mentions) if mentions else (),
        )

    def _named(self, mentions: MentionQuery) -> list[MemberHandle]:
        by_handle = (
            (conversation, user)
            for conversation, handles in mentions.handles.items()
            for user in self._people.users.with_handles(handles)
        )
        members = self._people.members.find({*by_handle, *mentions.users})
        people = self._people.users.find_many({user for _, user in members})
        return [
            MemberHandle(conversation, user, people[user].handle.value, member.role)
            for (conversation, user), member in members.items()
            if user in people
        ]

    def find_many(
        self, numbers: Collection[tuple[ConversationId, int]]
    ) -> Mapping[tuple[ConversationId, int], Message]:
        found = ((number, self._find(*number)) for number in numbers)
        return {number: message for number, message in found if message is not None}

    def after(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        log = self._logs.get(conversation, [])
        start = bisect_right(log, seq, key=_SEQ)
        if hidden_from is None:
            return log[start : start + limit]
        return list(islice(self._shown(islice(log, start, None), hidden_from), limit))

    def before(
        self,
        conversation: ConversationId,
        seq: int,
        limit: int,
        *,
        since: int = 0,
        hidden_from: UserId | None = None,
    ) -> list[Message]:
        log = self._logs.get(conversation, [])
        end = bisect_left(log, seq, key=_SEQ)
        start = bisect_right(log, since, key=_SEQ)
        if hidden_from is None:
            return log[max(start, end - limit) : end]
        backwards = (log[place] for place in range(end - 1, start - 1, -1))
        return list(islice(self._shown(backwards, hidden_from), limit))[::-1]

    def _shown(self, messages: Iterable[Message], user: UserId) -> Iterator[Message]:
        hidden = self._details.hidden
        return (each for each in messages if not hidden.among(user, [each.number]))

    def details(
        self,
        viewer: UserId,
        reacted: Collection[MessageNumber],
        voted: Collection[MessageNumber],
    ) -> MessageDetails:
        reactions, votes = self._details.reactions, self._details.votes
        mine = votes.cast([(*number, viewer) for number in voted])
        return MessageDetails(
            {
                number: tuple(
                    ReactionSummary(
                        emoji=each.emoji,
                        count=each.count,
                        users=each.users,
                        mine=bool(reactions.held([(*number, each.emoji, viewer)])),
                    )
                    for each in tallies
                )
                for number, tallies in reactions.tallies(reacted).items()
            },
            {
                number: VoteSummary(
                    counts=tally.counts, voters=tally.voters, mine=mine.get((*number, viewer))
                )
                for number, tally in votes.tallies(voted).items()
            },
        )

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        counts = {}
        for member, seq in after.items():
            conversation, user = member
            own = self._own.get(member, [])
            recalled = _beyond(self._recalled.get(conversation, []), seq)
            taken_back = sum(message.sender != user for message in recalled)
            counts[member] = len(own) - bisect_right(own, seq) + taken_back
        return counts

    def count_far(self, after: Mapping[Membership, int]) -> Mapping[Membership, UnreadParts]:
        own, mentions = self.count_own(after), self.count_mentions(after)
        return {each: UnreadParts(own.get(each, 0), mentions.get(each, 0)) for each in after}

    def count_mentions(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        return {
            (conversation, user): sum(
                message.sender != user
                for mentioned in (user, None)
                for message in _beyond(self._mentions.get((conversation, mentioned), []), seq)
            )
            for (conversation, user), seq in after.items()
        }

    def _find(self, conversation: ConversationId, seq: int) -> Message | None:
        log = self._logs.get(conversation, [])
        place = bisect_left(log, seq, key=_SEQ)
        return log[place] if place < len(log) and log[place].seq == seq else None


def _beyond(messages: list[Message], seq: int) -> list[Message]:
    return messages[bisect_right(messages, seq, key=_SEQ) :]


def _mentioned(message: Message) -> tuple[UserId | None, ...]:
    """Return the users under whom a mention is listed; None stands for everyone."""
    content = message.content
    return (None,) if content.mentions_all else content.mentions
