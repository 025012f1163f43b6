"""Messages in memory."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter

from parlour.adapters.memory.conversations import MemoryConversationStore, MemoryMemberStore
from parlour.adapters.memory.transaction import UndoLog
from parlour.adapters.memory.users import MemoryUserStore
from parlour.domain.conversations import LogPosition, Membership
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MemberHandle,
    MentionQuery,
    Message,
    MessageStore,
    SendContext,
    SendIdentity,
    UnreadParts,
)

_SEQ = attrgetter("seq")


class MemoryMessageStore(MessageStore):
    """The messages of each conversation in order, and by key, by sender and by who is mentioned.

    Seqs are sorted lists, one for each sender and one for each mentioned user, so that counting
    those after a seq is one binary search. Empty lists may remain.
    """

    def __init__(
        self,
        undo_log: UndoLog,
        users: MemoryUserStore,
        conversations: MemoryConversationStore,
        members: MemoryMemberStore,
    ) -> None:
        self._undo_log = undo_log
        self._users = users
        self._conversations = conversations
        self._members = members
        self._logs: defaultdict[ConversationId, list[Message]] = defaultdict(list)
        self._sent: dict[SendIdentity, Message] = {}
        self._own: defaultdict[tuple[ConversationId, UserId], list[int]] = defaultdict(list)
        # Messages that mention everyone are under None only.
        self._mentions: defaultdict[tuple[ConversationId, UserId | None], list[Message]]
        self._mentions = defaultdict(list)

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
            content = message.content
            if content.mentions_all:
                undo_log.insert(self._mentions[conversation, None], message, _SEQ)
            else:
                for user in content.mentions:
                    undo_log.insert(self._mentions[conversation, user], message, _SEQ)

    def lock_for(
        self, sends: Collection[SendIdentity], mentions: MentionQuery | None = None
    ) -> SendContext:
        rooms = self._conversations.lock({conversation for conversation, _, _ in sends})
        members = self._members.find({(room, sender) for room, sender, _ in sends})
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
            for user in self._users.with_handles(handles)
        )
        members = self._members.find({*by_handle, *mentions.users})
        people = self._users.find_many({user for _, user in members})
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

    def after(self, conversation: ConversationId, seq: int, limit: int) -> list[Message]:
        log = self._logs.get(conversation, [])
        start = bisect_right(log, seq, key=_SEQ)
        return log[start : start + limit]

    def before(
        self, conversation: ConversationId, seq: int, limit: int, *, since: int = 0
    ) -> list[Message]:
        log = self._logs.get(conversation, [])
        end = bisect_left(log, seq, key=_SEQ)
        start = bisect_right(log, since, key=_SEQ)
        return log[max(start, end - limit) : end]

    def count_own(self, after: Mapping[Membership, int]) -> Mapping[Membership, int]:
        counts = {}
        for member, seq in after.items():
            own = self._own.get(member, [])
            counts[member] = len(own) - bisect_right(own, seq)
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
