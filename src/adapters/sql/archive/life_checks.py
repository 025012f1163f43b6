"""Checks what happened to messages: that it fits the messages, and that sums are those of rows.

Sums come before the rows that they sum up; otherwise values may come in any order of tables.
"""

from collections import Counter
from functools import singledispatchmethod
from typing import Any, TypeVar

import attrs

from parlour.adapters.sql.archive.accepting import accept_content, check_json, clean_fields
from parlour.adapters.sql.archive.consistency import Consistency, WrongLine
from parlour.adapters.sql.archive.life_values import CastVote, HiddenMessage
from parlour.domain.conversations import Member, Membership
from parlour.domain.kernel.errors import DomainError, Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import (
    MAX_EMOJIS,
    MAX_PINS,
    MAX_REVISIONS,
    Content,
    Draft,
    Emoji,
    Flag,
    Message,
    MessageNumber,
    Pin,
    Reaction,
    ReactionTally,
    Revision,
    VoteTally,
)
from parlour.domain.messages.bodies import MAX_CHARACTERS
from parlour.domain.messages.life import MAX_NAMED

T = TypeVar("T")

_BESIDE = Flag.REACTIONS | Flag.PINNED | Flag.VOTES
_WORDS = {Flag.REACTIONS: "reactions", Flag.PINNED: "a pin", Flag.VOTES: "votes"}
_NAMED_BY = {ReactionTally: Flag.REACTIONS, Pin: Flag.PINNED, VoteTally: Flag.VOTES}


@attrs.define
class _Known:
    """What is known of one message, and the line that said so last."""

    line: int
    message_flags: int = 0
    flags: int = 0
    revision: int = 1
    newest: int = 0
    revisions: int = 0
    options: int = 0
    votes: int = 0
    is_recalled: bool = False


@attrs.define
class _Sum:
    """How many rows a sum says there are, less those that were found."""

    line: int
    left: Counter[Any] = attrs.field(factory=Counter)
    named: set[UserId] = attrs.field(factory=set)


class LifeChecks:
    """Takes values one by one; what they name must exist in *consistency* at its end."""

    def __init__(self, consistency: Consistency) -> None:
        self._consistency = consistency
        self._messages: dict[MessageNumber, _Known] = {}
        self._sums: dict[tuple[MessageNumber, str], _Sum] = {}
        self._emojis = Counter[MessageNumber]()
        self._pins = Counter[ConversationId]()
        self._owed: dict[tuple[Membership, str], int] = {}
        """The line of a member who must have a draft, or hidden messages."""
        self._had: set[tuple[Membership, str]] = set()

    def take(self, value: T, line: int) -> T:
        """Return *value* as the domain makes it; raise `WrongLine` where it would not have."""
        try:
            cleaned = clean_fields(value, lambda _what: None)
            self._take(cleaned, line)
        except DomainError as problem:
            raise WrongLine(line, str(problem)) from None
        if flag := _NAMED_BY.get(type(cleaned)):
            self._known(_number(cleaned), line).flags |= flag
        return cleaned

    def flags_of(self, number: MessageNumber) -> int:
        """Return the bits of `Message.flags` that the values so far stand for."""
        known = self._messages.get(number)
        return known.flags if known else 0

    def finish(self) -> None:
        """Raise `WrongLine` where values do not fit each other."""
        for number, known in self._messages.items():
            if problem := _problem(known):
                raise WrongLine(known.line, f"message {number[1]} of {number[0]} {problem}")
        for (number, what), total in self._sums.items():
            if any(total.left.values()) or total.named:
                text = f"message {number[1]} of {number[0]} has other {what} than it says"
                raise WrongLine(total.line, text)
        for owed, line in self._owed.items():
            if owed not in self._had:
                (conversation, user), what = owed
                raise WrongLine(line, f"{user} has no {what} in {conversation}")

    @singledispatchmethod
    def _take(self, value: Any, line: int) -> None:
        raise TypeError(f"{value.__class__} is not checked: line {line}")

    @_take.register
    def _(self, message: Message, line: int) -> None:
        if not (message.flags or message.revision > 1 or message.number in self._messages):
            return
        known = self._known(message.number, line)
        known.message_flags = message.flags & _BESIDE
        known.revision = message.revision
        known.is_recalled = message.recalled is not None
        known.options = len(message.content.body.get("options", ()))

    @_take.register
    def _(self, member: Member, line: int) -> None:
        for owes, what in ((member.has_draft, "draft"), (member.hides, "hidden messages")):
            if owes:
                self._owed[(member.conversation, member.user), what] = line

    @_take.register
    def _(self, revision: Revision, line: int) -> None:
        self._name(line, _number(revision))
        accept_content(Content(kind=revision.kind, body=revision.body), lambda _what: None)
        known = self._known(_number(revision), line)
        known.newest = max(known.newest, revision.revision)
        known.revisions += 1
        if revision.revision < 1 or known.revisions > MAX_REVISIONS:
            raise Invalid(f"has no number, or is one of more than {MAX_REVISIONS}")

    @_take.register
    def _(self, tally: ReactionTally, line: int) -> None:
        self._name(line, _number(tally))
        self._consistency.name_users(line, *tally.users)
        _check_emoji(tally.emoji)
        self._emojis[_number(tally)] += 1
        if self._emojis[_number(tally)] > MAX_EMOJIS:
            raise Invalid(f"a message has at most {MAX_EMOJIS} different emojis")
        named = set(tally.users)
        if tally.count < 1 or not len(named) == len(tally.users) <= min(tally.count, MAX_NAMED):
            raise Invalid("is not how many users reacted", field="count")
        total = self._sum(_number(tally), tally.emoji, line)
        if total.left[None] > 0:
            raise Invalid("these reactions stand twice")
        total.left[None] += tally.count
        total.named ^= named

    @_take.register
    def _(self, reaction: Reaction, line: int) -> None:
        self._name(line, _number(reaction))
        self._consistency.name_users(line, reaction.user)
        _check_emoji(reaction.emoji)
        total = self._sum(_number(reaction), reaction.emoji, line)
        total.left[None] -= 1
        total.named.discard(reaction.user)

    @_take.register
    def _(self, pin: Pin, line: int) -> None:
        self._name(line, _number(pin))
        self._consistency.name_users(line, pin.by)
        self._pins[pin.conversation] += 1
        if self._pins[pin.conversation] > MAX_PINS:
            raise Invalid(f"a conversation has at most {MAX_PINS} pins")

    @_take.register
    def _(self, tally: VoteTally, line: int) -> None:
        self._name(line, _number(tally))
        if tally.voters < 1:
            raise Invalid("a poll without votes has no result", field="voters")
        self._known(_number(tally), line).votes = len(tally.counts)
        total = self._sum(_number(tally), "votes", line)
        total.left["voters"] += tally.voters
        for option, count in enumerate(tally.counts):
            total.left[option] += count

    @_take.register
    def _(self, vote: CastVote, line: int) -> None:
        self._name(line, _number(vote))
        self._consistency.name_users(line, vote.user)
        if not vote.options or vote.options != tuple(sorted(set(vote.options))):
            raise Invalid("must be different options in order", field="options")
        total = self._sum(_number(vote), "votes", line)
        total.left["voters"] -= 1
        total.left.subtract(vote.options)

    @_take.register
    def _(self, draft: Draft, line: int) -> None:
        self._consistency.name_users(line, draft.user)
        self._consistency.name_conversation(line, draft.conversation)
        if not draft.text.strip() or len(draft.text) > MAX_CHARACTERS:
            raise Invalid(f"must have 1 to {MAX_CHARACTERS} characters", field="text")
        check_json(draft.text)
        self._had.add(((draft.conversation, draft.user), "draft"))

    @_take.register
    def _(self, hidden: HiddenMessage, line: int) -> None:
        self._name(line, _number(hidden))
        self._consistency.name_users(line, hidden.user)
        self._had.add(((hidden.conversation, hidden.user), "hidden messages"))

    def _name(self, line: int, number: MessageNumber) -> None:
        self._consistency.name_message(line, *number)

    def _known(self, number: MessageNumber, line: int) -> _Known:
        known = self._messages.setdefault(number, _Known(line))
        known.line = line
        return known

    def _sum(self, number: MessageNumber, what: str, line: int) -> _Sum:
        return self._sums.setdefault((number, what), _Sum(line))


def _number(value: Any) -> MessageNumber:
    return value.conversation, value.seq


def _problem(known: _Known) -> str | None:
    """Return what does not fit in what is known of a message."""
    if known.is_recalled and (known.flags or known.revisions):
        return "was recalled, and has more than that"
    for flag, word in _WORDS.items():
        if (known.flags ^ known.message_flags) & flag:
            return f"has {word}, and does not say so, or the other way round"
    if known.newest >= known.revision and known.revisions:
        return f"has revision {known.newest} among the earlier ones"
    if known.votes != (known.options if known.flags & Flag.VOTES else 0):
        return "has votes for other options than it has"
    return None


def _check_emoji(emoji: str) -> None:
    custom = (emoji[1:-1],)
    check_json(emoji)
    if Emoji.parse(emoji, custom).value != emoji:
        raise Invalid("is not as it is stored", field="emoji")
