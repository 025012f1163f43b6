"""The head check: heals whatever the bus has lost."""

from typing import Any

import attrs

from tests.support.following import EVERY, HOLD, House
from tests.support.hub import kinds, texts
from tests.support.sockets import HeardSocket


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

        assert house.workers.calls == [house.world.do.read_log_heads] * 2

    def test_reads_long_gaps_page_by_page(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        words = [str(number) for number in range(450)]
        house.say(*words)
        house.loop.advance(EVERY)

        assert texts(bob) == words
        assert house.workers.calls.count(house.world.do.read_backlog) == 3

    def test_comes_in_time_however_many_gaps_wake_it(self, house: House) -> None:
        """A log whose last hint was lost shows no gap, and must not wait for calmer times."""
        bob = house.socket(house.bob)
        quiet = house.world.group(house.alice, house.bob)
        house.node.hub.unregister(bob)
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
        assert house.reconciler.checked_at is None
        house.loop.advance(2.5 * EVERY)
        assert house.reconciler.checked_at == 2 * EVERY


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
        last = house.world.do.read_backlog({}, {house.bob: 1}, 200).users[house.bob][-1]
        house.node.hub.publish(house.node.publisher.private(last))
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
        house.world.remove_member(house.alice, house.lobby, house.bob)
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
        house.node.hub.apply_from_log(house.lobby, (), 1_003)
        house.loop.advance(EVERY)

        assert (alice.is_restarted, bob.is_restarted) == (False, True)


def _from(house: House, socket: HeardSocket, text: str) -> Any:

    return attrs.evolve(house.world.draft(house.alice, house.lobby, text), session=socket.session)
