"""Concurrent use cases keep their guarantees in every order."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread

import attrs
import pytest

from parlour.domain.access import Grant, Password, WrongCredentials
from parlour.domain.conversations import ConversationSettings, Role
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.messages import Mark, Message
from parlour.domain.users import Handle
from parlour.entrypoints.use_cases import Stores
from tests.support.concurrency import results_of, run_in_parallel
from tests.support.fakes import SECOND, SequentialSecrets
from tests.support.world import BROWSER, PASSWORD, World, new_world, posted

TIMES = 25


@pytest.fixture
def world(storage: Storage[Stores]) -> World:
    return new_world(storage)


class TestPosting:
    def test_of_one_key_ten_times_at_once_posts_one_message(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        draft = world.draft(alice, world.direct(alice, bob))
        outcomes = results_of(run_in_parallel([lambda: posted(world.post(draft)[0])] * 10))

        assert {1} == {outcome.message.seq for outcome in outcomes}
        assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * 9

    def test_on_many_threads_leaves_no_gap(self, world: World) -> None:
        people = world.people("alice", "bob", "carol")
        rooms = [world.group(*people, title=f"Room {n}") for n in range(3)]

        def say(user: UserId) -> list[Message]:
            return [
                posted(outcome).message
                for _ in range(TIMES // 5)
                for outcome in world.post(*(world.draft(user, room) for room in rooms))
            ]

        said = results_of(run_in_parallel([partial(say, user) for user in people]))
        for room in rooms:
            own = [[each.seq for each in mine if each.conversation == room] for mine in said]
            seqs = sorted(seq for mine in own for seq in mine)
            events = world.do.events_after(people[0], room, 0).events

            # Whoever posts one after the other is numbered so.
            assert own == [sorted(mine) for mine in own]
            assert seqs == list(range(1, len(seqs) + 1))
            assert [event.offset for event in events] == list(range(1, len(seqs) + 2))

    def test_while_members_come_and_go_keeps_the_log_dense(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        room = world.group(alice, bob)

        def come_and_go() -> None:
            for _ in range(TIMES // 5):
                world.add_members(alice, room, [carol])
                world.remove_member(alice, room, carol)

        def say() -> None:
            for _ in range(TIMES):
                world.say(bob, room, "hi")

        results_of(run_in_parallel([come_and_go, say]))
        events = world.do.events_after(alice, room, 0).events

        assert [event.offset for event in events] == list(range(1, TIMES + 2 * (TIMES // 5) + 2))


class TestOpening:
    def test_from_both_sides_at_once_opens_one_conversation(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        opened = results_of(
            run_in_parallel(
                [
                    lambda: world.do.open_direct(alice, bob),
                    lambda: world.do.open_direct(bob, alice),
                ]
                * 3
            )
        )

        assert len({each.conversation.id for each in opened}) == 1
        assert sorted(each.is_new for each in opened) == [False] * 5 + [True]


class TestReading:
    def test_never_moves_back_while_roles_and_settings_change(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, *["hi"] * TIMES)

        def read() -> list[int]:
            seen = []
            for seq in range(1, TIMES + 1):
                world.read(bob, room, seq)
                seen.append(world.do.get_head(bob, room).member.read)
            return seen

        def promote() -> list[int]:
            for n in range(TIMES):
                world.change_role(alice, room, bob, (Role.ADMIN, Role.MEMBER)[n % 2])
            return []

        def mute() -> list[int]:
            for n in range(TIMES):
                until = world.clock.now + n * SECOND
                world.do.change_settings(
                    bob, room, ConversationSettings(muted_until=until, pinned=True)
                )
            return []

        seen, *_ = results_of(run_in_parallel([read, promote, mute]))
        member = world.do.get_head(bob, room).member

        assert seen == list(range(1, TIMES + 1))
        assert (member.read, member.received, member.pinned) == (TIMES, TIMES, True)
        assert member.muted_until == world.clock.now + (TIMES - 1) * SECOND

    def test_on_two_devices_keeps_the_higher_mark(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.direct(alice, bob)
        world.say(alice, room, *["hi"] * TIMES)

        def read(numbers: range) -> None:
            for seq in numbers:
                world.do.mark_watermarks([Mark(conversation=room, user=bob, read=seq)])

        results_of(
            run_in_parallel([lambda: read(range(1, TIMES + 1)), lambda: read(range(TIMES, 0, -1))])
        )
        assert world.do.get_head(bob, room).member.read == TIMES
        log = world.storage.uow.read(lambda stores: stores.private_logs.after(bob, 0, 1_000))
        assert [event.offset for event in log] == list(range(1, len(log) + 1))


class Interrupted(SequentialSecrets):
    """Makes tokens; before the next one something else happens, or tries to for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.action: Callable[[], object] | None = None
        self.thread: Thread | None = None

    def token(self, kind: str) -> str:
        if self.action is not None:
            self.thread, self.action = Thread(target=self.action), None
            self.thread.start()
            # Where the action has to wait for us, it happens after us.
            self.thread.join(0.5)
        return super().token(f"late-{kind}")


class TestLoggingIn:
    def test_with_a_password_that_is_changed_meanwhile_fails(self, world: World) -> None:
        """Either the new password is seen, or it ends the log-in: nobody stays with the old."""
        me = world.do.authenticate(world.register("alice").access_token)
        secrets = Interrupted()
        secrets.action = lambda: world.do.change_password(
            me, old=PASSWORD, new=Password("a completely new password")
        )
        grants = attrs.evolve(world.do.log_in.grants, secrets=secrets)
        log_in = attrs.evolve(world.do.log_in, grants=grants)
        with suppress(WrongCredentials):
            log_in(handle=Handle("alice"), password=PASSWORD, device=BROWSER)
        assert secrets.thread is not None
        secrets.thread.join()

        assert [me.device] == [device.id for device in world.do.list_devices(me.user)]

    def test_out_while_refreshing_leaves_no_token(self, world: World) -> None:
        grant = world.register("alice")
        secrets = Interrupted()
        secrets.action = lambda: world.do.end_device(grant.user.id, grant.device)
        refresh = attrs.evolve(
            world.do.refresh, grants=attrs.evolve(world.do.refresh.grants, secrets=secrets)
        )
        fresh = refresh(grant.refresh_token)
        assert secrets.thread is not None
        secrets.thread.join()
        assert isinstance(fresh, Grant)

        for token in (grant.access_token, fresh.access_token):
            with pytest.raises(Unauthenticated):
                world.do.authenticate(token)
        for token in (grant.refresh_token, fresh.refresh_token):
            with pytest.raises(Unauthenticated):
                world.do.refresh(token)

    def test_again_with_one_refresh_token_gives_one_successor(self, world: World) -> None:
        grant = world.register("alice")
        fresh = results_of(run_in_parallel([lambda: world.do.refresh(grant.refresh_token)] * 4))

        assert all(isinstance(each, Grant) for each in fresh)
        assert len({each.refresh_token for each in fresh if isinstance(each, Grant)}) == 1
