"""Networks and nodes that fail, in memory."""

from uuid import UUID

import pytest

from parlour.entrypoints.harness import Chat


class TestNetwork:
    def test_failure_loses_no_message(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        bob.phone.drop_network()
        alice.phone.say(room, "are you there?")
        assert bob.phone.say(room, "who knows") is None
        bob.phone.reconnect()

        for device in (alice.phone, bob.phone):
            assert device.texts(room) == ["are you there?", "who knows"]

    def test_failure_that_loses_an_answer_doubles_no_message(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        key = UUID(int=7)
        alice.phone.say(room, "once", key=key)
        alice.phone._unsent[key] = (room, {"body": {"text": "once"}})  # as if it had never come
        alice.phone.reconnect()

        assert bob.phone.texts(room) == alice.phone.texts(room) == ["once"]

    def test_failure_is_noticed_by_the_heartbeat(self, chat: Chat) -> None:
        alice = chat.user("alice")
        alice.phone.drop_network()
        chat.advance(40)

        assert chat.service.hub.sockets_of(alice.id) == ()
        with pytest.raises(TimeoutError):
            alice.phone.ask({"type": "ping"})

    def test_without_a_socket_times_out(self, chat: Chat) -> None:
        alice = chat.user("alice")
        room = alice.create_group("Tea")
        alice.phone.close()
        with pytest.raises(TimeoutError, match="not connected"):
            alice.phone.read(room)
        alice.phone.type(room)
        alice.phone.stall()
        alice.phone.read_on()
        alice.phone.drop_network()
        assert alice.phone.close_code is None
        assert chat.service.hub.sockets_of(alice.id) == ()

    def test_of_a_device_that_does_not_read_is_closed_in_the_end(self, chat: Chat) -> None:
        alice, bob = chat.user("alice"), chat.user("bob")
        room = alice.open_direct(bob)
        bob.phone.stall()
        for number in range(200):
            chat.advance(0.1)
            alice.phone.say(room, str(number))
        assert bob.phone.texts(room) == []
        bob.phone.read_on()
        assert len(bob.phone.texts(room)) == 200

        bob.phone.stall()
        for number in range(300):
            chat.advance(0.05)
            alice.phone.say(room, str(number))
        assert bob.phone.close_code == 4002
        assert chat.service.hub.sockets_of(bob.id) == ()
        bob.phone.reconnect()
        assert len(bob.phone.texts(room)) == 500


class TestNodes:
    @pytest.fixture
    def chat(self) -> Chat:
        """A house with two nodes, closed by the test."""
        return Chat(nodes=2)

    def test_pass_events_to_each_other(self, chat: Chat) -> None:
        with chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.open_direct(bob)
            alice.phone.watch(bob)
            alice.phone.focus(room)
            bob.laptop.say(room, "from afar")
            alice.phone.say(room, "I hear you")
            bob.laptop.read(room)
            bob.laptop.type(room)

            assert bob.laptop.texts(room) == alice.phone.texts(room) == ["from afar", "I hear you"]
            assert alice.phone.presence_of(bob) == "online"
            assert alice.phone.receipt_of(room, bob) == (2, 2)
            assert alice.phone.typing_in(room) == {bob.id}
            assert not chat.errors

    def test_deliver_what_the_bus_lost(self, chat: Chat) -> None:
        with chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.open_direct(bob)
            bob.laptop.texts(room)
            chat.lose_hints()
            alice.phone.say(room, "do you hear me?")
            assert bob.laptop.texts(room) == []
            chat.advance(10)
            assert bob.laptop.texts(room) == ["do you hear me?"]

            alice.phone.say(room, "lost")
            chat.lose_hints(on=False)
            alice.phone.say(room, "and now?")
            chat.advance(0.05)  # a hole is seen at once, and waits for no check
            assert bob.laptop.texts(room)[1:] == ["lost", "and now?"]

    def test_can_be_killed(self, chat: Chat) -> None:
        with chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.open_direct(bob)
            bob.phone.watch(alice)
            alice.laptop.say(room, "about to fall")
            chat.kill(1)
            with pytest.raises(TimeoutError):
                alice.laptop.say(room, "are you there?")
            with pytest.raises(ConnectionError):
                alice.laptop.reconnect()
            alice.laptop.reconnect(node=0)
            assert bob.phone.texts(room) == ["about to fall", "are you there?"]
            assert chat.service is chat.nodes[0].service

    def test_deliver_nothing_to_a_removed_member(self, chat: Chat) -> None:
        with chat:
            alice, bob = chat.user("alice"), chat.user("bob")
            room = alice.create_group("Tea", bob)
            bob.laptop.texts(room)
            alice.remove(room, bob)
            alice.phone.say(room, "a secret")
            chat.advance(60)

            assert bob.laptop.texts(room) == []
