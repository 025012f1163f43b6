"""Connecting: from an access token to the snapshot with which a client starts or resumes.

After an outage thousands of clients reconnect at once, so both steps work for many clients with a
fixed number of queries.
"""

from collections.abc import Collection, Mapping, Sequence
from heapq import nlargest
from typing import Protocol

import attrs

from parlour.domain.access import Identity, Secrets, identify
from parlour.domain.access import Stores as AccessStores
from parlour.domain.conversations import LogHead, Membership
from parlour.domain.kernel.errors import DomainError, Unauthenticated
from parlour.domain.kernel.ids import ConversationId, DeviceId, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Cursor, OffsetDigest
from parlour.domain.messages import Stores as MessageStores
from parlour.domain.sync.heads import MAX_HEADS, Head, build_heads, fit
from parlour.domain.users import PresenceChoice


class Stores(MessageStores, AccessStores, Protocol):
    """The stores that a unit of work of this concept uses."""


@attrs.frozen
class Connected:
    """The identity behind an access token, and the conversations that it may receive."""

    identity: Identity
    conversations: Collection[ConversationId]


@attrs.frozen
class Snapshot:
    """What a client needs to start or to resume.

    `heads` are those that changed since the cursor, newest first, at most `MAX_HEADS`, and fewer
    where drafts are long; `more` says that others changed too. Private events are to be asked for
    from `cursor` on. `private` is the last offset of the private log, `conversations` the last
    offset of each conversation. `presence` is what the user of the device chose, at that offset or
    later.
    """

    heads: tuple[Head, ...]
    more: bool
    cursor: Cursor
    private: int
    conversations: Mapping[ConversationId, int]
    presence: PresenceChoice


@attrs.frozen
class Connect:
    """Identify many access tokens at once, and list the conversations of their users."""

    uow: UnitOfWork[Stores]
    clock: Clock
    secrets: Secrets

    def __call__(self, tokens: Sequence[str]) -> list[Connected | DomainError]:
        """Return a result for each token; an error is `Unauthenticated` or `TokenExpired`."""
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
    """A request for a snapshot; with a device, only if that device is still logged in."""

    user: UserId
    cursor: Cursor | None = None
    device: DeviceId | None = None


@attrs.frozen
class TakeSnapshots:
    """Take many snapshots at once: what changed since a cursor, or the newest heads."""

    uow: UnitOfWork[Stores]

    def __call__(self, requests: Sequence[SnapshotRequest]) -> list[Snapshot | DomainError]:
        """Return a snapshot for each request, or `Unauthenticated` if its device is logged out.

        Heads may repeat; comparing offsets makes repeats harmless.
        """

        def work(stores: Stores) -> list[Snapshot | DomainError]:
            devices = {request.device for request in requests if request.device is not None}
            users = {request.user for request in requests}
            private = stores.private_logs.heads(users)
            # After the heads: a choice of presence that is newer than what is read here has a
            # higher offset than the head, and arrives as an event.
            alive = stores.devices.alive(devices) if devices else {}
            ends = stores.members.conversations_of(users)
            # The digest is of these offsets: what commits after this query is not in the cursor.
            windows = [_window(ends.get(request.user, {}), request.cursor) for request in requests]
            heads = _heads(
                stores,
                {
                    (conversation, request.user)
                    for request, window in zip(requests, windows, strict=True)
                    for conversation in window[:MAX_HEADS]
                },
            )

            def snapshot(request: SnapshotRequest, window: list[ConversationId]) -> Snapshot:
                last = private.get(request.user, 0)
                offsets = _offsets(ends.get(request.user, {}))
                known = request.cursor.offset if request.cursor else last
                mine = _mine(request.user, window, heads)
                shown = fit(mine)
                return Snapshot(
                    shown,
                    len(window) > MAX_HEADS or len(shown) < len(mine),
                    Cursor(known, OffsetDigest.of(offsets)),
                    last,
                    offsets,
                    alive[request.device] if request.device is not None else PresenceChoice(),
                )

            return [
                snapshot(request, window)
                if request.device is None or request.device in alive
                else Unauthenticated()
                for request, window in zip(requests, windows, strict=True)
            ]

        return self.uow.read(work)


def _window(ends: Mapping[ConversationId, LogHead], cursor: Cursor | None) -> list[ConversationId]:
    """Return the conversations that moved since, one more than a snapshot holds.

    Offsets say which; times only say in which order they are listed.
    """
    known = cursor.conversations if cursor else None
    moved = known.moved(_offsets(ends)) if known else ends
    newest = nlargest(MAX_HEADS + 1, ((ends[each].changed_at, each) for each in moved))
    return [each for _, each in newest]


def _offsets(ends: Mapping[ConversationId, LogHead]) -> dict[ConversationId, int]:
    return {each: end.offset for each, end in ends.items()}


def _heads(stores: Stores, keys: Collection[Membership]) -> dict[Membership, Head]:
    entries = stores.members.entries(keys) if keys else {}
    heads = build_heads(stores, [*entries.values()]) if entries else ()
    return dict(zip(entries, heads, strict=True))


def _mine(
    user: UserId, window: Sequence[ConversationId], heads: Mapping[Membership, Head]
) -> tuple[Head, ...]:
    keys = ((conversation, user) for conversation in window[:MAX_HEADS])
    # A conversation has no head if the user was removed between the queries.
    return tuple(heads[key] for key in keys if key in heads)
