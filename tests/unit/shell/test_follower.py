"""The head check: heals whatever the bus has lost."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from domain.kernel.errors import Unavailable
from domain.kernel.ids import UserId
from domain.logs import Event
from entrypoints.harness.held_loop import HeldLoop
from entrypoints.shell.follower import Follower
from tests.support.hub import Node, kinds, texts
from tests.support.shell import HeldWorkers
from tests.support.sockets import HeardSocket
from tests.support.world import World, new_world

EVERY, HOLD = 10.0, 0.05


class House:
    """A node whose bus loses everything: what its sockets hear, the follower has read."""

    def __init__(self, loop: HeldLoop) -> None:
        self.loop = loop
        self.world: World = new_world()
        self.node = Node()
        self.workers = HeldWorkers(is_open=True)
        self.failed: list[BaseException] = []
        self.follower = Follower(
            self.node.hub,
            self.node.announcer,
            self.workers,
            log_ends=self.world.do.log_ends,
            logs_after=self.world.do.logs_after,
            members_among=self.world.do.members_among,
            every=EVERY,
            hold=HOLD,
            failed=self.failed.append,
        )
        self.alice, self.bob = self.world.people("alice", "bob")
        self.lobby = self.world.group(self.alice, self.bob)

    def start(self) -> None:
        self.loop.create_task(self.follower.run())
        self.loop.settle()

    def socket(self, user: UserId) -> HeardSocket:
        """Let in a socket that knows everything so far."""
        socket = HeardSocket(user)
        private, ends = self.world.do.topics_of(user)

        async def let_in() -> None:
            self.node.hub.enter(socket)
            await self.node.hub.attach([socket], ends.keys())
            self.node.hub.settle(socket, private, ends, ends.keys())

        self.loop.finish(let_in())
        return socket

    def hint(self, event: Event) -> None:
        """Bring a hint that the bus did not lose."""
        self.node.hub.tell(self.node.announcer.event(event))
        self.loop.settle()

    def say(self, *texts: str) -> Event:
        """Post messages, of which the bus says nothing; return the last."""
        return self.world.say(self.alice, self.lobby, *texts).as_event()


@pytest.fixture
def house() -> Iterator[House]:
    """Alice and Bob in a group; the follower runs, and time stands still."""
    loop = HeldLoop()
    yield House(loop)
    loop.end()


class TestHeadCheck:
    def test_tells_what_the_bus_lost(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one", "two")
        house.loop.advance(EVERY - 0.1)
        assert texts(bob) == []
        house.loop.advance(0.2)
        assert texts(bob) == ["one", "two"]

    def test_tells_each_event_once(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.hint(house.say("one"))
        house.say("two")
        house.loop.advance(3 * EVERY)

        assert texts(bob) == ["one", "two"]

    def test_leaves_out_the_socket_that_said_it(self, house: House) -> None:
        phone, laptop = house.socket(house.alice), house.socket(house.alice)
        house.start()
        house.world.post(_from(house, phone, "hi"))
        house.loop.advance(EVERY)

        assert (texts(phone), texts(laptop)) == ([], ["hi"])

    def test_tells_private_events(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one")
        house.world.read(house.bob, house.lobby, 1)
        house.loop.advance(EVERY)

        assert kinds(bob) == ["message.posted", "read.moved"]

    def test_asks_one_question_for_all_logs(self, house: House) -> None:
        for _ in range(40):
            house.world.group(house.bob)
        house.socket(house.bob)
        house.start()
        house.workers.calls.clear()
        house.loop.advance(EVERY)

        assert house.workers.calls == [house.world.do.log_ends] * 2

    def test_reads_long_gaps_page_by_page(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        words = [str(number) for number in range(450)]
        house.say(*words)
        house.loop.advance(EVERY)

        assert texts(bob) == words
        assert house.workers.calls.count(house.world.do.logs_after) == 3

    def test_comes_in_time_however_many_gaps_wake_it(self, house: House) -> None:
        """A log whose last hint was lost shows no gap, and must not wait for calmer times."""
        bob = house.socket(house.bob)
        quiet = house.world.group(house.alice, house.bob)
        house.node.hub.detach(bob)
        bob = house.socket(house.bob)
        house.start()
        house.world.say(house.alice, quiet, "do you hear me?")
        for number in range(30):
            house.say(f"lost {number}")
            house.hint(house.say(f"heard {number}"))
            house.loop.advance(0.5)

        assert "do you hear me?" in texts(bob)
        assert len(texts(bob)) == 61

    def test_says_when_it_was_last_made(self, house: House) -> None:
        house.start()
        assert house.follower.checked_at is None
        house.loop.advance(2.5 * EVERY)
        assert house.follower.checked_at == 2 * EVERY


class TestGaps:
    def test_are_closed_soon(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one")
        house.hint(house.say("two"))
        assert texts(bob) == []
        house.loop.advance(HOLD)
        assert texts(bob) == ["one", "two"]

    def test_that_close_by_themselves_cost_no_query(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        one, two = house.say("one"), house.say("two")
        house.workers.calls.clear()
        house.hint(two)
        house.hint(one)
        house.loop.advance(HOLD)

        assert texts(bob) == ["one", "two"]
        assert not house.workers.calls

    def test_in_private_logs_are_closed_too(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one", "two")
        house.world.read(house.bob, house.lobby, 1)
        house.world.read(house.bob, house.lobby, 2)
        last = house.world.do.logs_after({}, {house.bob: 1}, 200).users[house.bob][-1]
        house.node.hub.tell(house.node.announcer.private(last))
        house.loop.advance(HOLD)

        assert kinds(bob) == ["read.moved", "read.moved"]

    def test_of_the_bus_make_it_look_everywhere(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one")
        house.node.hub.gap()
        house.loop.advance(HOLD)

        assert texts(bob) == ["one"]

    def test_that_are_too_long_are_given_up(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say(*["lost"] * 1_001)
        house.loop.advance(EVERY)
        assert texts(bob) == []
        assert bob.resyncs == [(house.lobby, "too_far_behind")]

        house.hint(house.say("next"))
        assert texts(bob) == ["next"]

    def test_as_long_as_a_client_may_miss_are_told(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say(*["lost"] * 1_000)
        house.loop.advance(EVERY)

        assert len(texts(bob)) == 1_000
        assert not bob.resyncs

    def test_that_are_given_up_do_not_keep_those_who_were_removed(self, house: House) -> None:
        alice, bob = house.socket(house.alice), house.socket(house.bob)
        house.start()
        house.world.do.remove_member(house.alice, house.lobby, house.bob)
        house.say(*["secret"] * 1_001)
        house.loop.advance(EVERY)
        house.hint(house.say("more secrets"))

        assert texts(alice) == ["more secrets"]
        assert texts(bob) == []
        assert not bob.resyncs

    def test_in_private_logs_that_are_too_long_begin_the_socket_afresh(self, house: House) -> None:
        alice, bob = house.socket(house.alice), house.socket(house.bob)
        house.say(*["word"] * 1_002)
        house.start()
        for seq in range(1, 1_003):
            house.world.read(house.bob, house.lobby, seq)
        house.node.hub.heal(house.lobby, (), 1_003)
        house.loop.advance(EVERY)

        assert (alice.is_restarted, bob.is_restarted) == (False, True)


class TestTrouble:
    def test_with_the_database_is_outlived(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.workers.broken = Unavailable()
        house.say("one")
        house.loop.advance(3 * EVERY)
        assert {type(error) for error in house.failed} == {Unavailable}

        house.workers.broken = None
        house.loop.advance(5)
        assert texts(bob) == ["one"]

    def test_is_asked_about_again_with_growing_pauses(self, house: House) -> None:
        house.socket(house.bob)
        house.start()
        house.workers.broken = Unavailable()
        house.loop.advance(EVERY + 60)

        assert 12 <= len(house.failed) <= 20

    def test_while_a_gap_is_closed_makes_it_look_everywhere(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.workers.broken = Unavailable()
        house.say("one")
        house.hint(house.say("two"))
        house.loop.advance(HOLD)
        house.workers.broken = None
        house.loop.advance(1)

        assert texts(bob) == ["one", "two"]

    def test_with_one_event_does_not_hide_the_others(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bob = house.socket(house.bob)
        house.start()
        announce = house.node.announcer.event

        def poisoned(event: Event) -> Any:
            if event.data["body"]["text"] == "poison":
                raise ValueError("it cannot be encoded")
            return announce(event)

        monkeypatch.setattr(house.node.announcer, "event", poisoned)
        house.say("one", "poison", "two")
        house.loop.advance(EVERY)
        house.say("three")
        house.loop.advance(EVERY)

        assert texts(bob) == ["one", "two", "three"]
        assert [type(error) for error in house.failed] == [ValueError]

    def test_is_none_where_sockets_go_while_it_reads(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say(*["lost"] * 1_001)
        house.workers.is_open = False
        house.loop.advance(EVERY)
        house.node.hub.detach(bob)
        house.workers.is_open = True
        while house.workers.waiting:
            house.workers.let_through()
            house.loop.settle()

        assert not house.failed
        assert not bob.resyncs

    def test_is_none_where_a_socket_comes_while_it_reads(self, house: House) -> None:
        """The log is another one since then: what was read belongs to the one before."""
        bob = house.socket(house.bob)
        house.start()
        house.say("one")
        house.workers.is_open = False
        house.loop.advance(EVERY)
        house.node.hub.detach(bob)
        back = house.socket(house.bob)
        house.workers.is_open = True
        while house.workers.waiting:
            house.workers.let_through()
            house.loop.settle()
        house.hint(house.say("two"))

        assert texts(back) == ["two"]


def _from(house: House, socket: HeardSocket, text: str) -> Any:

    return attrs.evolve(house.world.draft(house.alice, house.lobby, text), session=socket.session)
