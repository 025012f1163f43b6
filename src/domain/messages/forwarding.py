"""Forwarding messages to another conversation: each as it is, or all in one bundle.

Nothing is written here: the result are the commands that post what is forwarded. Their keys follow
from the key of the request, so that a request that is repeated posts nothing twice.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import uuid5

import attrs

from parlour.domain.conversations import Conversation, Member
from parlour.domain.kernel.errors import Invalid, NotFound, TooLarge
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.kernel.time import rfc3339
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.bodies import MAX_BODY, size_of
from parlour.domain.messages.kinds import BUNDLE, TEXT
from parlour.domain.messages.model import MAX_NUMBER, Content, Forwarded, Message
from parlour.domain.messages.ports import Stores
from parlour.domain.messages.posting import PostMessage

MAX_FORWARDED = 100
"""Messages that one request may forward."""


@attrs.frozen(kw_only=True)
class ForwardRequest:
    """What is to be forwarded: by whom, from which socket, which messages, where to.

    `merged` makes one message of all.
    """

    actor: UserId
    session: SessionId | None
    source: ConversationId
    seqs: Collection[int]
    to: ConversationId
    key: SendKey
    merged: bool = False

    def check(self) -> None:
        """Raise `Invalid` unless it names 1 to `MAX_FORWARDED` messages."""
        if not 1 <= len(self.seqs) <= MAX_FORWARDED:
            raise Invalid(f"must name 1 to {MAX_FORWARDED} messages", field="seqs")


@attrs.frozen
class ForwardMessages:
    """Read the messages to forward, as their reader sees them now."""

    uow: UnitOfWork[Stores]

    def __call__(self, request: ForwardRequest) -> tuple[PostMessage, ...]:
        """Return what has to be posted, in the order of the originals.

        Messages that were recalled, and those that the actor has hidden or cleared, are left out.
        A message that was forwarded before keeps its first author.

        Raises:
            Invalid: too many messages, or none.
            NotFound: a message is not there for the actor to see, or nothing is left of them.
            TooLarge: the bundle would have more than `MAX_BODY` bytes.
        """
        request.check()
        return self.uow.read(lambda stores: _forward(stores, request))


def _forward(stores: Stores, request: ForwardRequest) -> tuple[PostMessage, ...]:
    key = (request.source, request.actor)
    entry = stores.members.entries([key]).get(key)
    if entry is None:
        raise NotFound
    conversation, member = entry
    messages = _readable(stores, member, request.seqs)
    if not messages:
        raise NotFound("Nothing is left of these messages")
    if request.merged:
        return (_merged(stores, request, conversation, messages),)
    return tuple(_single(request, message) for message in messages)


def _readable(stores: Stores, member: Member, seqs: Collection[int]) -> list[Message]:
    if not all(member.since_seq < seq <= MAX_NUMBER for seq in seqs):
        raise NotFound
    numbers = {(member.conversation, seq) for seq in seqs}
    found = stores.messages.find_many(numbers)
    if len(found) < len(numbers):
        raise NotFound
    hidden = stores.hidden.among(member.user, numbers) if member.hides else set()
    return [
        found[number]
        for number in sorted(numbers - hidden)
        if number[1] > member.cleared_seq and found[number].recalled is None
    ]


def _single(request: ForwardRequest, message: Message) -> PostMessage:
    return PostMessage(
        conversation=request.to,
        sender=request.actor,
        session=request.session,
        key=SendKey(uuid5(request.key, f"{message.conversation}/{message.seq}")),
        content=Content(kind=message.content.kind, body=message.content.body),
        forwarded=message.forwarded or _origin(message),
    )


def _origin(message: Message) -> Forwarded:
    return Forwarded(
        by=message.sender, at=message.at, conversation=message.conversation, seq=message.seq
    )


def _merged(
    stores: Stores,
    request: ForwardRequest,
    conversation: Conversation,
    messages: Sequence[Message],
) -> PostMessage:
    origins = [message.forwarded or _origin(message) for message in messages]
    pair = conversation.pair
    partners = [pair.low, pair.high] if pair else []
    people = stores.users.find_many({*partners, *(origin.by for origin in origins)})
    names = {id_: user.display_name.value for id_, user in people.items()}
    title = conversation.title.value if conversation.title else ""
    title = title or ", ".join(dict.fromkeys(names[each] for each in partners if each in names))
    items = [
        _item(message, origin, names) for message, origin in zip(messages, origins, strict=True)
    ]
    body = {"title": title, "items": items}
    if size_of(body) > MAX_BODY:
        raise TooLarge("These messages are too long to be forwarded as one: choose fewer of them")
    return PostMessage(
        conversation=request.to,
        sender=request.actor,
        session=request.session,
        key=request.key,
        content=Content(kind=BUNDLE, body=body),
    )


def _item(message: Message, origin: Forwarded, names: Mapping[UserId, str]) -> dict[str, Any]:
    content = message.content
    return {
        "by": str(origin.by),
        "name": names.get(origin.by, ""),
        "at": rfc3339(origin.at),
        "kind": content.kind,
        "text": content.body["text"] if content.kind == TEXT else content.excerpt,
    }
