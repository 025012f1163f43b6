"""Failing queries, and sockets that open and close while the log reconciler reads."""

from typing import Any

import pytest

from parlour.domain.kernel.errors import Unavailable
from parlour.domain.messages import Message
from tests.support.broken_logs import move_head
from tests.support.hub import texts
from tests.support.reconciled_node import EVERY, HOLD, ReconciledNode


class TestFailures:
    def test_of_the_database_are_retried(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.workers.broken = Unavailable()
        here.say("one")
        here.loop.advance(3 * EVERY)
        assert {type(error) for error in here.failed} == {Unavailable}

        here.workers.broken = None
        here.loop.advance(5)
        assert texts(bob) == ["one"]

    def test_are_retried_with_growing_pauses(self, here: ReconciledNode) -> None:
        here.socket(here.bob)
        here.start()
        here.workers.broken = Unavailable()
        here.loop.advance(EVERY + 60)

        assert 12 <= len(here.failed) <= 20

    def test_while_a_gap_is_closed_check_all_logs(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.workers.broken = Unavailable()
        here.say("one")
        here.hint(here.say("two"))
        here.loop.advance(HOLD)
        here.workers.broken = None
        here.loop.advance(1)

        assert texts(bob) == ["one", "two"]

    def test_to_encode_one_event_do_not_hide_the_others(
        self, here: ReconciledNode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bob = here.socket(here.bob)
        here.start()
        announce = here.node.publisher.message

        def poisoned(message: Message) -> Any:
            if message.content.body["text"] == "poison":
                raise ValueError("it cannot be encoded")
            return announce(message)

        monkeypatch.setattr(here.node.publisher, "message", poisoned)
        here.say("one", "poison", "two")
        here.loop.advance(EVERY)
        here.say("three")
        here.loop.advance(EVERY)

        assert texts(bob) == ["one", "two", "three"]
        assert [type(error) for error in here.failed] == [ValueError]

    def test_do_not_come_from_sockets_that_close_meanwhile(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say(*["lost"] * 1_001)
        here.workers.is_open = False
        here.loop.advance(EVERY)
        here.node.hub.unregister(bob)
        here.workers.is_open = True
        while here.workers.waiting:
            here.workers.let_through()
            here.loop.settle()

        assert not here.failed
        assert not bob.resyncs

    def test_do_not_come_from_a_socket_that_opens_meanwhile(self, here: ReconciledNode) -> None:
        """The topic was replaced since then: the events that were read belong to the old one."""
        bob = here.socket(here.bob)
        here.start()
        here.say("one")
        here.workers.is_open = False
        here.loop.advance(EVERY)
        here.node.hub.unregister(bob)
        back = here.socket(here.bob)
        here.workers.is_open = True
        while here.workers.waiting:
            here.workers.let_through()
            here.loop.settle()
        here.hint(here.say("two"))

        assert texts(back) == ["two"]


class TestAHoleInALog:
    def test_makes_clients_read_it_afresh_once(self, here: ReconciledNode) -> None:
        bob = here.socket(here.bob)
        here.start()
        here.say("one")
        move_head(here.world.storage, here.lobby, 1)
        here.say("three")
        here.loop.advance(2 * EVERY)

        assert texts(bob) == ["one"]
        assert bob.resyncs == [(here.lobby, "too_far_behind")]
        gaps = here.reconciler.gaps
        here.loop.advance(5 * EVERY)
        assert here.reconciler.gaps == gaps

        here.say("four")
        here.loop.advance(EVERY)
        assert texts(bob) == ["one", "four"]
