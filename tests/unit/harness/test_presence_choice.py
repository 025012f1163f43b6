"""How a user chose to be seen: on all devices, at every node, and before anybody sees a moment."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from parlour.domain.sync import Snapshot, SnapshotRequest
from parlour.domain.users import ChosenState, PresenceChoice
from parlour.entrypoints.harness import Chat
from parlour.entrypoints.harness.device import Device
from parlour.entrypoints.harness.person import Person

INVISIBLE = PresenceChoice(ChosenState.INVISIBLE)


@pytest.fixture
def two_nodes() -> Iterator[Chat]:
    with Chat(nodes=2) as chat:
        yield chat


def states(watcher: Device) -> list[str]:
    """Return the states of others that were pushed to a device, in order."""
    return [frame["state"] for frame in watcher.heard("presence")]


def watched(chat: Chat) -> tuple[Person, Person]:
    """Return a watcher, and a user whose conversation with them lets them watch."""
    alice, bob = chat.user("alice"), chat.user("bob")
    alice.open_direct(bob)
    alice.phone.watch(bob)
    return alice, bob


class TestTheChoice:
    @pytest.mark.parametrize(
        ("chosen", "seen"), [("invisible", "offline"), ("busy", "busy"), ("online", "online")]
    )
    def test_is_in_force_on_every_device_that_connects(
        self, two_nodes: Chat, chosen: str, seen: str
    ) -> None:
        alice, bob = watched(two_nodes)
        bob.phone.be(chosen)
        bob.phone.reconnect(node=1)
        two_nodes.advance(1)
        bob.laptop.texts(alice.open_direct(bob))
        two_nodes.advance(1)
        bob.device("tablet")
        two_nodes.advance(1)

        assert alice.phone.presence_of(bob) == seen
        assert bob.laptop.chosen_presence == bob.phone.chosen_presence == chosen

    def test_of_the_invisible_shows_nobody_a_moment_of_presence(self, two_nodes: Chat) -> None:
        alice, bob = watched(two_nodes)
        bob.phone.be("invisible")
        alice.phone.frames.clear()
        for _ in range(3):
            bob.phone.reconnect()
            two_nodes.advance(20)
            bob.laptop.reconnect()
            two_nodes.advance(20)
        bob.phone.close()
        bob.laptop.close()
        two_nodes.advance(60)

        assert states(alice.phone) == []

    def test_reaches_the_devices_at_another_node(self, two_nodes: Chat) -> None:
        alice, bob = watched(two_nodes)
        assert bob.laptop.is_connected
        bob.phone.be("invisible")
        two_nodes.advance(1)
        assert alice.phone.presence_of(bob) == "offline"
        assert bob.laptop.chosen_presence == "invisible"

        bob.laptop.be("online", "back")
        two_nodes.advance(1)
        assert alice.phone.presence_of(bob) == "online"
        assert bob.phone.chosen_presence == "online"

    def test_hides_at_once_what_another_node_has_not_heard_of(self, two_nodes: Chat) -> None:
        alice, bob = watched(two_nodes)
        assert bob.laptop.is_connected
        two_nodes.lose_hints()
        bob.phone.be("invisible")
        two_nodes.advance(1)
        assert alice.phone.presence_of(bob) == "offline"

        two_nodes.advance(60)
        bob.phone.close()
        two_nodes.advance(60)
        assert alice.phone.presence_of(bob) == "offline"
        assert states(alice.phone) == ["online", "offline"]

    def test_outlives_a_node_that_is_killed(self, two_nodes: Chat) -> None:
        alice, bob = watched(two_nodes)
        bob.laptop.be("invisible")
        two_nodes.kill(1)
        bob.laptop.reconnect(node=0)
        two_nodes.advance(120)

        assert alice.phone.presence_of(bob) == "offline"

    def test_stays_while_a_device_is_away_and_back(self, chat: Chat) -> None:
        alice, bob = watched(chat)
        bob.phone.be("invisible")
        bob.phone.be("away", "lunch")
        assert alice.phone.presence_of(bob) == "offline"
        bob.phone.be("busy")
        assert alice.phone.presence_of(bob) == "busy"
        bob.phone.be("away", "lunch")
        assert alice.phone.presence_of(bob) == "busy"
        bob.phone.be("online")
        bob.phone.be("away", "lunch")
        assert alice.phone.presence_of(bob) == "away"

    @pytest.mark.parametrize("has_another_socket", [False, True])
    def test_made_while_a_device_connects_is_not_lost(
        self, chat: Chat, *, has_another_socket: bool
    ) -> None:
        """The snapshot was read before the choice, and used after it."""
        alice, bob = watched(chat)
        device = bob.device("tablet")
        device.close()
        if has_another_socket:
            bob.phone.texts(alice.open_direct(bob))
        take, taken = chat.service.take_snapshot, list[Snapshot]()

        async def and_then_choose(request: SnapshotRequest) -> Snapshot:
            snapshot = await take(request)
            if request.user == bob.id and not taken:
                taken.append(snapshot)
                chosen, changes = chat.use.choose_presence(bob.id, INVISIBLE)
                chat.service.publish(changes)
                assert chosen.presence == INVISIBLE
            return snapshot

        chat.service.take_snapshot = and_then_choose  # type: ignore[method-assign]
        device.connect()
        chat.advance(1)

        assert taken
        assert alice.phone.presence_of(bob) == "offline"
        assert device.chosen_presence == "invisible"


class TestTheInvisible:
    def test_show_no_typing_and_no_receipts(self, chat: Chat) -> None:
        alice, bob = watched(chat)
        room = alice.open_direct(bob)
        alice.phone.focus(room)
        alice.phone.say(room, "are you there?")
        bob.phone.be("invisible")
        bob.phone.texts(room)
        bob.phone.type(room)
        bob.phone.read(room, 1)
        chat.advance(1)

        assert alice.phone.typing_in(room) == set()
        assert alice.phone.heard("receipt") == []
        assert alice.phone.receipt_of(room, bob) == (0, 0)

        bob.phone.be("online")
        bob.phone.type(room)
        assert alice.phone.typing_in(room) == {bob.id}

    def test_were_last_seen_when_they_became_invisible(self, chat: Chat) -> None:
        alice, bob = watched(chat)
        bob.phone.be("online")
        chat.advance(20)
        bob.phone.be("invisible")
        left = alice.phone.heard("presence")[-1]
        bob.phone.close()
        chat.advance(10)
        alice.phone.watch(bob)

        shown = alice.phone.state.presence[str(bob.id)]
        assert (left["state"], left["last_seen"]) == ("offline", shown.last_seen)
        seconds = (chat.clock() - datetime.fromisoformat(left["last_seen"])).total_seconds()
        assert 10 <= seconds < 11
