"""Everything that a storage keeps, read through its ports, as one value to compare."""

from collections.abc import Collection, Mapping
from typing import Any

from parlour.domain.conversations import Membership, Pair
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.entrypoints.use_cases import Stores

ALL = 10_000


def dump(
    uow: UnitOfWork[Stores],
    *,
    users: Collection[UserId],
    conversations: Collection[ConversationId],
    digests: Collection[bytes] = (),
) -> Mapping[str, Any]:
    """Return what is kept about *users* and *conversations*, and the tokens with *digests*."""

    def work(stores: Stores) -> Mapping[str, Any]:
        devices = [device for user in users for device in stores.devices.of_user(user)]
        return {
            "users": stores.users.find_many(users),
            "found": stores.users.search("", "", ALL),
            "credentials": [
                (kept.user, kept.password_hash, kept.changed_at) if kept else None
                for kept in map(stores.credentials.find, users)
            ],
            "devices": devices,
            "alive": stores.devices.alive([DeviceId(device.id) for device in devices]),
            "tokens": [stores.tokens.find(digest) for digest in digests],
            "private": {user: stores.private_logs.after(user, 0, ALL) for user in users},
            "heads": stores.private_logs.heads(users),
            "conversations": stores.conversations.find_many(conversations),
            "offsets": stores.conversations.offsets(conversations),
            "directs": [
                stores.conversations.find_direct(Pair.of(one, other))
                for one in users
                for other in users
            ],
            "members": {each: stores.members.page(each, None, ALL) for each in conversations},
            "inboxes": {user: stores.members.inbox(user, limit=ALL) for user in users},
            "belongs": stores.members.conversations_of(users),
            "sharing": {user: stores.members.sharing(user, users) for user in users},
            "events": {each: stores.events.after(each, 0, ALL) for each in conversations},
            "messages": {each: stores.messages.after(each, 0, ALL) for each in conversations},
            "own": {user: _counted(stores, user, conversations) for user in users},
            **_lives(stores, users, conversations),
        }

    return uow.read(work)


def _lives(
    stores: Stores, users: Collection[UserId], conversations: Collection[ConversationId]
) -> Mapping[str, Any]:
    """Return what happened to messages, and what users keep about them."""
    numbers = [
        message.number for each in conversations for message in stores.messages.after(each, 0, ALL)
    ]
    return {
        "tallies": stores.reactions.tallies(numbers),
        "reactions": [
            stores.reactions.page(*number, emoji=None, after=None, limit=ALL) for number in numbers
        ],
        "pins": stores.pins.of(conversations),
        "results": stores.votes.tallies(numbers),
        "votes": stores.votes.cast([(*number, user) for number in numbers for user in users]),
        "revisions": [stores.revisions.page(*number, ALL) for number in numbers],
        "drafts": stores.drafts.find([(each, user) for each in conversations for user in users]),
        "hidden": {user: stores.hidden.among(user, numbers) for user in users},
        "seen": {user: stores.messages.details(user, numbers, numbers) for user in users},
    }


def _life(
    stores: Stores, conversation: ConversationId, users: Collection[UserId]
) -> Mapping[str, Any]:
    """Return what happened to the messages of a conversation, without what is none."""
    messages = stores.messages.after(conversation, 0, ALL)
    numbers = [each.number for each in messages]
    tallies = stores.reactions.tallies(numbers)
    mine = [(conversation, user) for user in users]
    votes = [(*number, user) for number in numbers for user in users]
    revisions = {seq: stores.revisions.page(room, seq, ALL) for room, seq in numbers}
    return {
        "tallies": {number: list(found) for number, found in tallies.items()},
        "reactions": {
            number: stores.reactions.page(*number, emoji=None, after=None, limit=ALL)
            for number in tallies
        },
        "pins": list(stores.pins.of([conversation]).get(conversation, ())),
        "results": dict(stores.votes.tallies(numbers)),
        "votes": dict(stores.votes.cast(votes)),
        "revisions": {seq: found for seq, found in revisions.items() if found},
        "drafts": dict(stores.drafts.find(mine)),
        "hidden": {user: stores.hidden.among(user, numbers) for user in users},
        "shown": {
            user: stores.messages.before(conversation, ALL, ALL, hidden_from=user)
            for user in users
        },
    }


def _counted(
    stores: Stores, user: UserId, conversations: Collection[ConversationId]
) -> Mapping[str, Mapping[Membership, int]]:
    since = {(conversation, user): 0 for conversation in conversations}
    counted = {
        "own": stores.messages.count_own(since),
        "mentions": stores.messages.count_mentions(since),
    }
    # A store may leave out what it counts as nothing.
    return {name: {key: n for key, n in each.items() if n} for name, each in counted.items()}
