"""Puts the lines of an export into the stores, once they are known to be right."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import attrs

from parlour.adapters.sql.archive import portable, translating
from parlour.adapters.sql.archive.consistency import Consistency
from parlour.adapters.sql.archive.life_checks import LifeChecks
from parlour.adapters.sql.archive.life_values import CastVote, HiddenMessage
from parlour.adapters.sql.stores import SqlStores
from parlour.domain.conversations import Conversation, Member
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.logs import Event, PrivateEvent
from parlour.domain.messages import (
    Draft,
    Message,
    Pin,
    Reaction,
    ReactionTally,
    Revision,
    VoteTally,
)
from parlour.domain.users import User

NumberedLine = tuple[int, portable.Line]
"""A line and its number, from 1."""


class Filler:
    """Fills empty stores."""

    def __init__(self, stores: SqlStores, report: Callable[[str], None]) -> None:
        self.stores = stores
        self._consistency = Consistency(report)
        self._life = LifeChecks(self._consistency)
        self._joined: dict[ConversationId, int] = {}
        """Up to which message not every member of a conversation sees it."""
        self._put: Mapping[type, Callable[[list[Any]], None]] = {
            User: self._put_users,
            Conversation: self._put_conversations,
            Member: self._put_members,
            Event: stores.events.add,
            Revision: stores.revisions.add,
            ReactionTally: stores.reactions.save_tallies,
            Reaction: stores.reactions.add,
            Pin: stores.pins.add,
            VoteTally: stores.votes.save_tallies,
            CastVote: self._put_votes,
            Message: stores.messages.add,
            PrivateEvent: self._put_private_events,
            Draft: self._put_drafts,
            HiddenMessage: self._put_hidden,
        }

    def take(self, batch: Sequence[NumberedLine]) -> None:
        """Keep what lines of one type say; raise `WrongLine` or `AlreadyExists`."""
        values = [self._checked(line, number) for number, line in batch]
        self._put[type(values[0])](values)

    def finish(self) -> None:
        """Raise `WrongLine` where the values do not belong together."""
        self._consistency.finish()
        self._life.finish()
        # Exports of old releases do not say it.
        found = self.stores.conversations.find_many(self._joined)
        late = [
            attrs.evolve(each, joined_seq=self._joined[id_])
            for id_, each in found.items()
            if each.joined_seq < self._joined[id_]
        ]
        self.stores.conversations.save(late)

    def _checked(self, line: portable.Line, number: int) -> Any:
        value = _READ[type(line)](line)
        if type(line) in _LIFE:
            return self._life.take(value, number)
        if isinstance(value, Message) and not value.flags:
            value = attrs.evolve(value, flags=self._life.flags_of(value.number))
        accepted = self._consistency.take(value, number)
        if isinstance(accepted, Message | Member):
            self._life.take(accepted, number)
        return accepted

    def _put_users(self, users: list[User]) -> None:
        for user in users:
            self.stores.users.add(user)
            self.stores.private_logs.open(user.id)

    def _put_conversations(self, conversations: list[Conversation]) -> None:
        for conversation in conversations:
            self.stores.conversations.add(conversation)

    def _put_members(self, members: list[Member]) -> None:
        self.stores.members.add(members)
        for member in members:
            if member.since_seq > self._joined.get(member.conversation, 0):
                self._joined[member.conversation] = member.since_seq

    def _put_votes(self, votes: list[CastVote]) -> None:
        self.stores.votes.save(
            {(vote.conversation, vote.seq, vote.user): vote.options for vote in votes}
        )

    def _put_private_events(self, events: list[PrivateEvent]) -> None:
        for _, group in groupby(events, key=lambda event: event.user):
            self.stores.private_logs.add(list(group))

    def _put_drafts(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            self.stores.drafts.put(draft)

    def _put_hidden(self, messages: list[HiddenMessage]) -> None:
        for user, group in groupby(messages, key=lambda message: message.user):
            self.stores.hidden.add(user, [(each.conversation, each.seq) for each in group])


_LIFE: Mapping[type[portable.Line], type] = {
    portable.RevisionLine: Revision,
    portable.ReactionTallyLine: ReactionTally,
    portable.ReactionLine: Reaction,
    portable.PinLine: Pin,
    portable.VoteTallyLine: VoteTally,
    portable.VoteLine: CastVote,
    portable.DraftLine: Draft,
    portable.HiddenLine: HiddenMessage,
}
_READ: Mapping[type[portable.Line], Callable[[Any], Any]] = {
    portable.UserLine: translating.to_user,
    portable.ConversationLine: partial(translating.from_line, Conversation),
    portable.MemberLine: partial(translating.from_line, Member),
    portable.EventLine: translating.to_event,
    portable.MessageLine: translating.to_message,
    portable.PrivateLine: translating.to_private,
    **{line: partial(translating.from_line, kind) for line, kind in _LIFE.items()},
}
