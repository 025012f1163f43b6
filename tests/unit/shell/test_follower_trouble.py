"""Trouble with the database, and sockets that come and go while the follower reads."""

from typing import Any

import pytest

from parlour.domain.kernel.errors import Unavailable
from parlour.domain.messages import Message
from tests.support.broken_logs import move_head
from tests.support.following import EVERY, HOLD, House
from tests.support.hub import texts


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
        announce = house.node.publisher.message

        def poisoned(message: Message) -> Any:
            if message.content.body["text"] == "poison":
                raise ValueError("it cannot be encoded")
            return announce(message)

        monkeypatch.setattr(house.node.publisher, "message", poisoned)
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
        house.node.hub.unregister(bob)
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
        house.node.hub.unregister(bob)
        back = house.socket(house.bob)
        house.workers.is_open = True
        while house.workers.waiting:
            house.workers.let_through()
            house.loop.settle()
        house.hint(house.say("two"))

        assert texts(back) == ["two"]


class TestAHoleInALog:
    def test_makes_clients_read_it_afresh_once(self, house: House) -> None:
        bob = house.socket(house.bob)
        house.start()
        house.say("one")
        move_head(house.world.storage, house.lobby, 1)
        house.say("three")
        house.loop.advance(2 * EVERY)

        assert texts(bob) == ["one"]
        assert bob.resyncs == [(house.lobby, "too_far_behind")]
        gaps = house.reconciler.gaps
        house.loop.advance(5 * EVERY)
        assert house.reconciler.gaps == gaps

        house.say("four")
        house.loop.advance(EVERY)
        assert texts(bob) == ["one", "four"]
