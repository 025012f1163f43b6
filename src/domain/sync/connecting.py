"""Arriving: from a token to everything a client needs to begin or to resume.

Clients arrive in crowds, when a node has gone or a network is back, so both steps are done for
many at once with a fixed number of queries.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import attrs

from parlour.domain.access import Identity, Secrets, identify
from parlour.domain.access import Stores as AccessStores
from parlour.domain.conversations import LogHead, Membership
from parlour.domain.kernel.errors import DomainError, Unauthenticated
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Cursor
from parlour.domain.messages import Stores as MessageStores
from parlour.domain.sync.heads import MAX_HEADS, Head, build_heads

SKEW = timedelta(minutes=2)
"""How far the clocks of nodes may differ before a head that changed could be overlooked."""


class Stores(MessageStores, AccessStores, Protocol):
    """What the work of arriving sees."""


@attrs.frozen
class Connected:
    """Who arrives, and which conversations are theirs to hear."""

    identity: Identity
    conversations: Collection[ConversationId]


@attrs.frozen
class Snapshot:
    """What a client needs to begin or to resume.

    `heads` that changed since the cursor, the newest first, one window; `more` where others
    changed too. `cursor` is where private events are to be asked for from. `private` and
    `conversations` tell where the logs of the user end, all of them.
    """

    heads: tuple[Head, ...]
    more: bool
    cursor: Cursor
    private: int
    conversations: Mapping[ConversationId, int]


@attrs.frozen
class Connect:
    """Tell for many access tokens at once who comes and what they will follow."""

    uow: UnitOfWork[Stores]
    clock: Clock
    secrets: Secrets

    def __call__(self, tokens: Sequence[str]) -> list[Connected | DomainError]:
        """Return one arrival a token, or why it is none (`Unauthenticated`, `TokenExpired`)."""
        now = self.clock()

        def work(stores: Stores) -> list[Connected | DomainError]:
            found = identify(stores, self.secrets, tokens, now)
            users = {each.user for each in found if isinstance(each, Identity)}
            theirs = stores.members.joined_by(users) if users else {}
            return [
                Connected(each, theirs[each.user]) if isinstance(each, Identity) else each
                for each in found
            ]

        return self.uow.read(work)


@attrs.frozen
class SnapshotRequest:
    """Somebody wants a snapshot, for a device if it has not ended."""

    user: UserId
    cursor: Cursor | None = None
    device: DeviceId | None = None


@attrs.frozen
class TakeSnapshots:
    """Begin or resume, many at once: what changed since a cursor, or the newest window."""

    uow: UnitOfWork[Stores]
    clock: Clock

    def __call__(self, wishes: Sequence[SnapshotRequest]) -> list[Snapshot | DomainError]:
        """Return one snapshot a wish, `Unauthenticated` where its device has ended.

        Heads may repeat; comparing offsets makes repeats harmless.
        """
        # Read the clock first: what commits while the work reads is newer than the cursor.
        now = self.clock()

        def work(stores: Stores) -> list[Snapshot | DomainError]:
            devices = {wish.device for wish in wishes if wish.device is not None}
            alive = {None, *(stores.devices.alive(devices) if devices else ())}
            users = {wish.user for wish in wishes}
            private = stores.private_logs.heads(users)
            ends = stores.members.conversations_of(users)
            windows = [_window(ends.get(wish.user, {}), wish.cursor) for wish in wishes]
            heads = _heads(
                stores,
                {
                    (conversation, wish.user)
                    for wish, window in zip(wishes, windows, strict=True)
                    for conversation in window[:MAX_HEADS]
                },
            )
            return [
                Snapshot(
                    _mine(wish.user, window, heads),
                    len(window) > MAX_HEADS,
                    Cursor(wish.cursor.offset if wish.cursor else private.get(wish.user, 0), now),
                    private.get(wish.user, 0),
                    {each: end.offset for each, end in ends.get(wish.user, {}).items()},
                )
                if wish.device in alive
                else Unauthenticated()
                for wish, window in zip(wishes, windows, strict=True)
            ]

        return self.uow.read(work)


def _window(ends: Mapping[ConversationId, LogHead], cursor: Cursor | None) -> list[ConversationId]:
    """Return the conversations that changed last, one more than a window holds."""
    since = cursor.at - SKEW if cursor else None
    changed = [
        (end.changed_at, each)
        for each, end in ends.items()
        if since is None or end.changed_at >= since
    ]
    return [each for _, each in sorted(changed, reverse=True)[: MAX_HEADS + 1]]


def _heads(stores: Stores, keys: Collection[Membership]) -> dict[Membership, Head]:
    entries = stores.members.entries(keys) if keys else {}
    heads = build_heads(stores, [*entries.values()]) if entries else ()
    return dict(zip(entries, heads, strict=True))


def _mine(
    user: UserId, window: Sequence[ConversationId], heads: Mapping[Membership, Head]
) -> tuple[Head, ...]:
    keys = ((conversation, user) for conversation in window[:MAX_HEADS])
    # Where somebody removed them while the work read, they have no head.
    return tuple(heads[key] for key in keys if key in heads)
