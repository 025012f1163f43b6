"""Presence leases of this node's sockets, and what is pushed to watchers."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from parlour.adapters.memory import MemoryPresence
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import (
    ChangePresence,
    Lease,
    ReadPresence,
    RenewPresence,
    State,
    Status,
)
from parlour.entrypoints.harness.virtual_time import VirtualClock, VirtualTimeLoop
from parlour.entrypoints.shell.presence_keeper import PresenceKeeper
from tests.support import builders as b
from tests.support.hub import Node
from tests.support.shell import HeldWorkers
from tests.support.sockets import HeardSocket

LEASE = timedelta(seconds=45)


class Keeper:
    """The presence of one node, on a store that others may share."""

    def __init__(self, loop: VirtualTimeLoop, store: MemoryPresence) -> None:
        self.loop = loop
        self.node = Node()
        self.workers = HeldWorkers(is_open=True)
        self.failed: list[BaseException] = []
        self.keeper = PresenceKeeper(
            self.node.hub,
            self.node.publisher,
            self.workers,
            change=ChangePresence(presence=store, lease=LEASE),
            renew=RenewPresence(presence=store, lease=LEASE),
            read=ReadPresence(store),
            lease=LEASE,
            failed=self.failed.append,
        )
        self.running = loop.create_task(self.keeper.run())
        loop.settle()

    def hold(self, lease: Lease) -> None:
        self.keeper.hold(lease)
        self.loop.settle()

    def release(self, lease: Lease) -> None:
        self.keeper.release(lease.session)
        self.loop.settle()

    def watcher(self, *users: UserId) -> HeardSocket:
        socket = HeardSocket(b.BOB)

        async def watch() -> None:
            await self.node.connect(socket)
            await self.node.hub.watching.watch(socket, users)
            await self.keeper.statuses(list(users))

        self.loop.finish(watch())
        return socket

    def die(self) -> None:
        """Stop without releasing anything, as a killed node does."""
        self.running.cancel()
        self.loop.settle()


def lease(user: UserId = b.ALICE, state: State = State.ONLINE, text: str | None = None) -> Lease:
    return Lease(user, SessionId(b.next_id()), state, text)


def seen(socket: HeardSocket) -> list[Any]:
    return [json.loads(frame)["state"] for _, frame in socket.soft]


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    """A loop at the beginning of time."""
    loop = VirtualTimeLoop()
    yield loop
    loop.end()


@pytest.fixture
def store(loop: VirtualTimeLoop) -> MemoryPresence:
    """What all nodes share."""
    return MemoryPresence(VirtualClock(loop), loop.time)


@pytest.fixture
def here(loop: VirtualTimeLoop, store: MemoryPresence) -> Keeper:
    """This node."""
    return Keeper(loop, store)


@pytest.fixture
def there(loop: VirtualTimeLoop, store: MemoryPresence) -> Keeper:
    """Another node, whose signals never arrive here."""
    return Keeper(loop, store)


class TestThisNode:
    def test_publishes_online_and_offline_at_once(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease()
        here.hold(phone)
        assert seen(bob) == ["online"]
        here.release(phone)
        assert seen(bob) == ["online", "offline"]

    def test_publishes_nothing_for_a_second_device(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone, laptop = lease(), lease()
        here.hold(phone)
        here.hold(laptop)
        here.release(phone)
        assert seen(bob) == ["online"]
        here.release(laptop)
        assert seen(bob) == ["online", "offline"]

    def test_publishes_a_changed_state(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease()
        for state in (State.ONLINE, State.BUSY, State.INVISIBLE):
            here.hold(Lease(phone.user, phone.session, state))

        assert seen(bob) == ["online", "busy", "offline"]

    def test_publishes_nothing_for_a_socket_that_closes_at_once(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease()
        here.keeper.hold(phone)
        here.keeper.release(phone.session)
        here.loop.settle()

        assert seen(bob) == []

    def test_keeps_a_user_online_who_reconnects_at_once(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease()
        here.hold(phone)
        here.keeper.release(phone.session)
        here.keeper.hold(phone)
        here.loop.advance(100)

        assert seen(bob) == ["online"]

    def test_renews_leases_while_the_socket_is_open(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        here.hold(lease())
        here.loop.advance(10 * LEASE.total_seconds())

        assert seen(bob) == ["online"]

    def test_releases_all_leases_when_the_node_stops(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        here.hold(lease())
        here.hold(lease(b.CAROL))
        here.loop.finish(here.keeper.release_all())

        assert seen(bob) == ["online", "offline"]


class TestAnotherNode:
    def test_that_died_is_noticed_when_its_leases_expire(
        self, here: Keeper, there: Keeper
    ) -> None:
        bob = here.watcher(b.ALICE)
        there.hold(lease())
        here.loop.advance(20)
        assert seen(bob) == ["online"]
        there.die()
        here.loop.advance(LEASE.total_seconds() + 5)
        assert seen(bob) == ["online", "offline"]

    def test_death_is_seen_though_only_a_signal_told_of_the_life(
        self, here: Keeper, there: Keeper
    ) -> None:
        """The store was away from the signal to the end of the lease: no round saw the lease."""
        bob = here.watcher(b.ALICE)
        here.workers.broken = Unavailable()
        phone = lease()
        there.hold(phone)
        _, signal = there.node.publisher.status(Status(b.ALICE, State.ONLINE))
        here.node.hub.watching.show(b.ALICE, signal)
        there.die()
        here.loop.advance(60)
        assert seen(bob) == ["online"]
        here.workers.broken = None
        here.loop.advance(15)

        assert seen(bob) == ["online", "offline"]

    def test_changes_are_noticed_though_every_signal_is_lost(
        self, here: Keeper, there: Keeper
    ) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease()
        there.hold(phone)
        here.loop.advance(LEASE.total_seconds() / 3)
        there.hold(Lease(phone.user, phone.session, State.BUSY))
        here.loop.advance(LEASE.total_seconds() / 3)
        there.release(phone)
        here.loop.advance(LEASE.total_seconds() / 3)

        assert seen(bob) == ["online", "busy", "offline"]

    def test_changes_of_the_status_text_are_noticed(self, here: Keeper, there: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        phone = lease(text="at work")
        there.hold(phone)
        here.loop.advance(20)
        there.hold(Lease(phone.user, phone.session, State.ONLINE, "at lunch"))
        here.loop.advance(20)

        assert [json.loads(frame)["text"] for _, frame in bob.soft] == ["at work", "at lunch"]

    def test_users_whom_nobody_watches_are_not_read(self, here: Keeper, there: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        there.hold(lease())
        here.loop.advance(20)
        here.node.hub.unregister(bob)
        here.workers.calls.clear()
        here.loop.advance(100)

        assert here.workers.calls == []
        assert here.keeper._shown == {}


class TestFailures:
    def test_of_the_store_are_retried(self, here: Keeper) -> None:
        bob = here.watcher(b.ALICE)
        here.workers.broken = Unavailable()
        here.hold(lease())
        here.loop.advance(2 * LEASE.total_seconds())
        assert seen(bob) == []
        assert {type(error) for error in here.failed} == {Unavailable}

        here.workers.broken = None
        here.loop.advance(LEASE.total_seconds() / 3)
        assert seen(bob) == ["online"]

    def test_are_retried_with_pauses(self, here: Keeper) -> None:
        here.workers.broken = Unavailable()
        for _ in range(50):
            here.hold(lease(UserId(b.next_id())))
        here.loop.advance(LEASE.total_seconds())

        assert len(here.failed) < 80

    def test_that_lose_all_leases_are_repaired_by_the_next_renewal(
        self, here: Keeper, there: Keeper, store: MemoryPresence
    ) -> None:
        bob = here.watcher(b.ALICE)
        there.hold(lease())
        here.loop.advance(20)
        store._leases.clear()
        here.loop.advance(LEASE.total_seconds())

        assert seen(bob)[-1] == "online"

    def test_do_not_keep_a_node_from_stopping(self, here: Keeper) -> None:
        here.hold(lease())
        here.workers.broken = Unavailable()
        here.loop.finish(here.keeper.release_all())

        assert here.failed


def test_a_keeper_ends_when_cancelled_whatever_just_woke_it(
    here: Keeper, loop: VirtualTimeLoop
) -> None:
    async def leave() -> None:
        here.keeper.hold(lease())
        await asyncio.sleep(0)  # the wake-up is on its way, and then comes the end
        here.running.cancel()

    loop.finish(leave())
    assert here.running.cancelled()
