"""The log reconciler delivers events that the bus has lost."""

from typing import Any

import attrs

from tests.support.hub import kinds, texts
from tests.support.reconciled_node import EVERY, HOLD, ReconciledNode
from tests.support.sockets import HeardSocket


class TestCheck:
    def test_delivers_events_that_the_bus_lost(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one", "two")
        here.loop.advance(EVERY - 0.1)
        assert texts(bob) == []
        here.loop.advance(0.2)
        assert texts(bob) == ["one", "two"]

    def test_delivers_each_event_once(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.hint(here.say("one"))
        here.say("two")
        here.loop.advance(3 * EVERY)

        assert texts(bob) == ["one", "two"]

    def test_does_not_push_an_event_to_the_socket_that_sent_it(self, here: ReconciledNode) -> None:
        phone, laptop = here.socket(here.alice), here.socket(here.alice)
        here.start()
        here.world.post(_from(here, phone, "hi"))
        here.loop.advance(EVERY)

        assert (texts(phone), texts(laptop)) == ([], ["hi"])

    def test_delivers_private_events(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one")
        here.world.read(here.bob, here.lobby, 1)
        here.loop.advance(EVERY)

        assert kinds(bob) == ["message.posted", "read.moved"]

    def test_asks_for_the_heads_of_all_logs_in_one_query(self, here: ReconciledNode) -> None:
        for _ in range(40):
            here.world.group(here.bob)
        here.socket(here.bob)
        here.start()
        here.workers.calls.clear()
        here.loop.advance(EVERY)

        assert here.workers.calls == [here.world.do.read_log_heads] * 2

    def test_reads_long_gaps_page_by_page(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        words = [str(number) for number in range(450)]
        here.say(*words)
        here.loop.advance(EVERY)

        assert texts(bob) == words
        assert here.workers.calls.count(here.world.do.read_backlog) == 3

    def test_runs_on_time_however_many_gaps_wake_it(self, here: ReconciledNode) -> None:
        """A log whose last signal was lost shows no gap: it must not wait for other gaps."""
        bob = here.socket(here.bob)
        quiet = here.world.group(here.alice, here.bob)
        here.node.hub.unregister(bob)
        bob = here.socket(here.bob)
        here.start()
        here.world.say(here.alice, quiet, "do you hear me?")
        for number in range(30):
            here.say(f"lost {number}")
            here.hint(here.say(f"heard {number}"))
            here.loop.advance(0.5)

        assert "do you hear me?" in texts(bob)
        assert len(texts(bob)) == 61

    def test_records_when_it_last_ran(self, here: ReconciledNode) -> None:
        here.start()
        assert here.reconciler.checked_at is None
        here.loop.advance(2.5 * EVERY)
        assert here.reconciler.checked_at == 2 * EVERY


class TestGaps:
    def test_are_closed_after_the_hold(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one")
        here.hint(here.say("two"))
        assert texts(bob) == []
        here.loop.advance(HOLD)
        assert texts(bob) == ["one", "two"]

    def test_that_close_by_themselves_cost_no_query(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        one, two = here.say("one"), here.say("two")
        here.workers.calls.clear()
        here.hint(two)
        here.hint(one)
        here.loop.advance(HOLD)

        assert texts(bob) == ["one", "two"]
        assert not here.workers.calls

    def test_in_private_logs_are_closed_too(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one", "two")
        here.world.read(here.bob, here.lobby, 1)
        here.world.read(here.bob, here.lobby, 2)
        last = here.world.do.read_backlog({}, {here.bob: 1}, 200).users[here.bob][-1]
        here.node.hub.publish(here.node.publisher.private(last))
        here.loop.advance(HOLD)

        assert kinds(bob) == ["read.moved", "read.moved"]

    def test_of_the_bus_check_all_logs(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one")
        here.node.hub.gap()
        here.loop.advance(HOLD)

        assert texts(bob) == ["one"]

    def test_that_are_too_long_are_skipped_with_a_resync(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say(*["lost"] * 1_001)
        here.loop.advance(EVERY)
        assert texts(bob) == []
        assert bob.resyncs == [(here.lobby, "too_far_behind")]

        here.hint(here.say("next"))
        assert texts(bob) == ["next"]

    def test_up_to_the_limit_are_delivered(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say(*["lost"] * 1_000)
        here.loop.advance(EVERY)

        assert len(texts(bob)) == 1_000
        assert not bob.resyncs

    def test_that_are_skipped_unsubscribe_members_who_were_removed(
        self, here: ReconciledNode
    ) -> None:
        alice, bob = here.socket(here.alice), here.socket(here.bob)
        here.start()
        here.world.remove_member(here.alice, here.lobby, here.bob)
        here.say(*["secret"] * 1_001)
        here.loop.advance(EVERY)
        here.hint(here.say("more secrets"))

        assert texts(alice) == ["more secrets"]
        assert texts(bob) == []
        assert not bob.resyncs

    def test_in_private_logs_that_are_too_long_restart_the_socket(
        self, here: ReconciledNode
    ) -> None:
        alice, bob = here.socket(here.alice), here.socket(here.bob)
        here.say(*["word"] * 1_002)
        here.start()
        for seq in range(1, 1_003):
            here.world.read(here.bob, here.lobby, seq)
        here.node.hub.apply_from_log(here.lobby, (), 1_003)
        here.loop.advance(EVERY)

        assert (alice.is_restarted, bob.is_restarted) == (False, True)


def _from(here: ReconciledNode, socket: HeardSocket, text: str) -> Any:

    return attrs.evolve(here.world.draft(here.alice, here.lobby, text), session=socket.session)
